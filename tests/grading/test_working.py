"""Derivations of several lines: the first wrong line, errors carried forward, marks for right steps."""

from __future__ import annotations

import pytest

from symgrad.api import Chain, Question

CHAIN = Chain.parse("""\
sigma = sigmoid
for j in 1..4:
    z_j = w_j a_{j-1} + b_j
    a_j = sigma(z_j)
C = (a_4 - y)^2 / 2
""")
RUBRIC = {"wrong-sign": -1, "missing-factor": -2, "steps": {"each": "1/2", "max": 2}}
B1 = Question(CHAIN, wrt="b_1", points=4, rubric=RUBRIC)
TAIL = "s'(z_1) w_2 s'(z_2) w_3 s'(z_3)"

WRONG = [
    (f"dC/da_4 = y - a_4\ndC/dz_4 = (y-a_4) s'(z_4)\ndC/db_1 = {TAIL} w_4 s'(z_4) (y-a_4)",
     "wrong-sign", 1, 3),
    (f"dC/da_4 = y - a_4\ndC/db_1 = {TAIL} w_4 s'(z_4) dC/da_4", "wrong-sign", 1, 3),
    ("delta_4 = (a_4-y) s'(z_4)\ndelta_3 = delta_4 w_4 s'(z_3)\ndelta_2 = delta_3 s'(z_2)\n"
     "delta_1 = delta_2 w_2 s'(z_1)\ndC/db_1 = delta_1", "missing-factor", 3, 2),
    (f"dC/da_4 = a_4 - y\ndC/dz_4 = (a_4-y) s'(z_4)\ndC/db_1 = {TAIL} s'(z_4) (a_4-y)",
     "missing-factor", 3, 2),
    (r"\begin{align}\frac{\partial C}{\partial b_1} &= \frac{\partial C}{\partial a_1}\sigma'(z_1)\\"
     r"&= (a_4-y)\sigma'(z_4) w_4 \sigma'(z_3) w_3\sigma'(z_2)w_2\end{align}", "missing-factor", 2, None),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "slip", "line", "points"), WRONG, ids=range(len(WRONG)))
def test_the_first_wrong_line_is_named(answer: str, slip: str, line: int, points: int | None) -> None:
    mark = B1.mark(answer)
    assert mark.verdict == "incorrect" and slip in [m.name for m in mark.mistakes]
    assert f"Line {line} is the first" in mark.evidence
    assert points is None or mark.points == points
    for lang in ("en", "zh"):
        assert str(line) in mark.feedback(lang, hint=1)


def test_what_follows_from_a_wrong_line_is_no_second_mistake() -> None:
    carried = B1.mark(f"dC/da_4 = y - a_4\ndC/dz_4 = (y-a_4) s'(z_4)\ndC/db_1 = {TAIL} w_4 s'(z_4) (y-a_4)")
    assert "follows correctly" in carried.evidence and len(carried.mistakes) == 1
    twice = B1.mark(f"dC/da_4 = y - a_4\ndC/dz_4 = (y-a_4) s'(z_4)\ndC/db_1 = {TAIL} s'(z_4) (y-a_4)")
    assert "follows correctly" not in twice.evidence
    assert twice.points == 0.5  # the slips no longer explain everything; one line follows from the first


def test_right_derivations_are_correct_and_a_broken_link_is_said() -> None:
    lines = f"dC/da_4 = a_4 - y\ndC/dz_4 = (a_4-y) s'(z_4)\ndC/da_3 = w_4 dC/dz_4\ndC/db_1 = {TAIL} dC/da_3"
    assert B1.mark(lines).verdict == "correct"
    broken = B1.mark(f"dC/db_1 = delta_2 w_2 = {TAIL} w_4 s'(z_4) (a_4-y)")
    assert broken.verdict == "correct" and "not equal to the rest" in broken.feedback("en")


def test_several_equals_signs_in_one_line_are_counted() -> None:
    mark = B1.mark(f"dC/db_1 = s'(z_1) w_2 delta_2 = {TAIL} w_4 s'(z_4) (y-a_4)")
    assert "behind equals sign 2" in mark.evidence and mark.points == 3


def test_right_steps_earn_nothing_without_the_rubric_saying_so() -> None:
    plain = Question(CHAIN, wrt="b_1", points=4, rubric={"missing-factor": -2})
    assert plain.mark(f"dC/da_4 = a_4 - y\ndC/db_1 = {TAIL} w_4 w_4 (a_4-y) w_2").points == 0
    assert B1.mark(f"dC/da_4 = a_4 - y\ndC/db_1 = {TAIL} w_4 w_4 (a_4-y) w_2").points == 0.5
