"""Questions about bounds, by the whole inequality, its right side or the best constant; and numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from symgrad.api import Chain, Question, grade
from symgrad.errors import InputError

TEXT = """\
sigma = sigmoid
for j in 1..4:
    z_j = w_j a_{j-1} + b_j
    a_j = sigma(z_j)
C = (a_4 - y)^2 / 2
"""
LATEX = r"\left|\frac{\partial C}{\partial b_1}\right| \le \frac{1}{16} |\frac{\partial C}{\partial b_3}|"
BOUND = "|dC/db_1| <= |dC/db_3|/16"
ASKED = Question(
    Chain.parse(TEXT), bound=BOUND, given=["|w_j| <= 1"], points=3, rubric={"wrong-constant": -1}
)


@pytest.mark.parametrize(
    "answer",
    [
        "|dC/db_1| <= 1/16 |dC/db_3|", "16|dC/db_1| <= |dC/db_3|", "|dC/db_1|/|dC/db_3| <= 1/16", "1/16",
        "0.0625",
        "|dC/db_3|/16", "1/16 |dC/db_3| >= |dC/db_1|", "答：1/16",
        LATEX,
    ],
)  # fmt: skip
def test_the_best_bound_in_any_form_is_correct(answer: str) -> None:
    assert ASKED.mark(answer).verdict == "correct"


@pytest.mark.parametrize(("answer", "times"), [("1/4", "4"), ("1/8 |dC/db_3|", "2"), ("1/32", "1/2")])
def test_a_constant_that_is_not_the_best_is_named(answer: str, times: str) -> None:
    mark = ASKED.mark(answer)
    assert (mark.verdict, mark.points) == ("incorrect", 2)
    assert [(m.name, m.detail) for m in mark.mistakes] == [("wrong-constant", times)]
    assert times in mark.feedback("en", hint=3) and mark.feedback("zh", hint=1)


def test_another_statement_is_wrong_only_if_it_is_refuted() -> None:
    assert ASKED.mark("|dC/db_2| <= 1/4 |dC/db_3|").verdict == "undecided"  # true, and not what was asked
    assert ASKED.mark("|dC/db_1| >= 1/16 |dC/db_3|").verdict == "incorrect"
    assert ASKED.mark("|dC/db_1| < 1/16 |dC/db_3|").verdict == "incorrect"  # 0 < 0 where a_4 = y
    assert ASKED.mark("foo").verdict == "unreadable"


def test_a_sharper_truth_is_correct() -> None:
    loose = Question(bound="|w*sigma'(z)| <= 1/2", given=["|w| <= 1"])
    mark = loose.mark("1/4")
    assert mark.verdict == "correct" and "sharper" in mark.feedback("en")
    assert loose.mark("1/8").verdict == "incorrect"


def test_a_bound_is_a_relation() -> None:
    with pytest.raises(InputError):
        Question(bound="1/16")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("0.1485", "correct"),
        ("1.48e-1", "correct"),
        ("148/1000", "correct"),
        ("0.2", "incorrect"),
        ("x", "unreadable"),
    ],
)
def test_numbers_are_compared_within_their_tolerance(answer: str, verdict: str) -> None:
    assert Question(value="0.148", tolerance="0.001").mark(answer).verdict == verdict


def test_an_assignment_takes_every_kind_of_question(tmp_path: Path) -> None:
    (tmp_path / "n.chain").write_text(TEXT, encoding="utf-8")
    (tmp_path / "sheet.yaml").write_text(
        "questions:\n"
        "  - {id: a, chain: n.chain, wrt: w_3, points: 2, aliases: {theta: w},"
        " rubric: {steps: {each: 1/2}}}\n"
        f"  - {{id: b, chain: n.chain, bound: '{BOUND}'}}\n"
        "  - {id: c, value: 0.25, tolerance: 0.01}\n"
        "  - {id: d, answer: sigma(z), functions: {sigma: sigmoid}}\n",
        encoding="utf-8",
    )
    (tmp_path / "answers.csv").write_text(
        "student,question,answer\nx,a,a_2 sigma'(z_3) theta_4 sigma'(z_4) (a_4-y)\n"
        "x,b,1/16\nx,c,2.5e-1\nx,d,1/(1+e^-z)\n",
        encoding="utf-8",
    )
    results = grade(tmp_path / "sheet.yaml", tmp_path / "answers.csv")
    assert [r.mark.verdict for r in results] == ["correct"] * 4


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("sigma'(z) = 1/4", "incorrect"),
        ("|sigma'(z)| = 1/4", "incorrect"), ("sigma'(z) < 1/4", "incorrect"),
        ("1 < sigma'(z) <= 1/4", "incorrect"), ("0 < sigma'(z) < 1/4", "incorrect"),
        ("sigma'(z) <= 1/2", "incorrect"), ("-sigma'(z) <= 1/4", "undecided"),
        ("sigma'(z) <= 1/4", "correct"), ("0 < sigma'(z) <= 1/4", "correct"),
        ("1/4 >= sigma'(z) > 0", "correct"), ("= 1/4", "correct"), ("max(sigma'(z)) = 1/4", "correct"),
    ],
)  # fmt: skip
def test_an_equation_is_a_claim_and_every_part_of_a_chain_must_hold(answer: str, verdict: str) -> None:
    assert Question(bound="|sigma'(z)| <= 1/4").mark(answer).verdict == verdict


def test_an_equation_of_gradients_is_not_their_bound() -> None:
    assert ASKED.mark("|dC/db_1| = |dC/db_3|/16").verdict == "incorrect"
