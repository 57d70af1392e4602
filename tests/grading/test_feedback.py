"""What is said about slips: consistent for several at once, in words that fit where the slip is."""

from __future__ import annotations

import re

import pytest

from symgrad.api import Chain, Question
from symgrad.grading.feedback import hints
from symgrad.grading.slips import Slips
from symgrad.grading.writings import written
from symgrad.rendering.render import Target, render_phrase
from symgrad.values.mark import Mistake

TWO = """\
sigma = sigmoid
for j in 1..3:
    z_j = w_j a_{j-1} + b_j
    a_j = sigma(z_j)
C = 1/2 (y-a_3)^2
"""
CROSS = """\
sigma = sigmoid
z = w x + b
a = sigma(z)
L = -(y log(a) + (1-y) log(1-a))
"""
TIED = """\
for t in 1..3:
    s_t = w h_{t-1} + v x_t + b
    h_t = tanh(s_t)
L = (h_3-y)^2
"""
LINEAR = "for j in 1..3:\n    y_j = w_j y_{j-1} + b\nL = (y_3 - y)^2/2\n"
SQUARE = "z = w x + b\nL = (z-y)^2\n"
W2 = Question(Chain.parse(TWO), wrt="w_2")
GOLD = "a_1 s'(z_2) w_3 s'(z_3) (a_3-y)"


def question(text: str, wrt: str, **settings: object) -> Question:
    return Question(Chain.parse(text), wrt=wrt, **settings)  # type: ignore[arg-type]


PAIRS = [
    ("s'(z_2) s'(z_3) (a_3-y)", "3 of the 5 factors are right; two things"),
    ("-a_1 s'(z_2) s'(z_3) (a_3-y)", "4 of the 5 factors are right; two things"),
    ("2 a_1 s'(z_2) s'(z_3) (a_3-y)", "4 of the 5 factors are right; two things"),
    (f"2 w_2 {GOLD}", "All 5 factors that belong here are there; two things"),
    ("a_1 s'(z_2) w_3 (a_3-y)^2/2", "3 of the 5 factors are right; two things"),
    (GOLD.replace("a_1", "-z_1"), "4 of the 5 factors are right; two things"),
    (GOLD.replace("w_3 s'(z_3)", "w_1 s'(z_1) s'(z_3)"), "4 of the 5 factors are right; two things"),
]


@pytest.mark.parametrize(("answer", "opening"), PAIRS, ids=[answer for answer, _ in PAIRS])
def test_two_slips_are_told_as_one_message(answer: str, opening: str) -> None:
    mark = W2.mark(answer)
    assert mark.verdict == "incorrect" and len(mark.mistakes) > 1
    first = mark.feedback(hint=1)
    assert first.startswith(opening + " are to be mended. ")
    for claim in ("only", "All 3", "one is missing", "are there, and"):
        assert claim not in first
    assert "处需要改正。" in mark.feedback("zh")
    for level in (1, 2, 3):
        sentences = re.split(r"(?<=\.) (?=[A-Z])", mark.feedback(hint=level))
        assert len(sentences) == len(set(sentences))
        assert "opposite sign" not in mark.feedback(hint=level)
        assert "times the right one" not in mark.feedback(hint=level)


def test_two_missing_factors_are_each_shown_where_they_belong() -> None:
    mark = W2.mark("s'(z_2) s'(z_3) (a_3-y)")
    assert "from w₂ to a₂" in mark.feedback() and "from a₂ to a₃" in mark.feedback()
    assert "a₁ is missing" in mark.feedback(hint=3) and "w₃ is missing" in mark.feedback(hint=3)


@pytest.mark.parametrize(("old", "new"), [("a_1", "z_1"), ("w_3", "b_3")])
def test_a_wrong_factor_is_one_slip(old: str, new: str) -> None:
    mark = W2.mark(GOLD.replace(old, new))
    assert [(m.name, m.detail) for m in mark.mistakes] == [("missing-factor", old), ("extra-factor", new)]
    assert mark.feedback().startswith("4 of 5 factors are correct, and in one place another factor belongs.")
    shown = {"a_1": "a₁", "z_1": "z₁", "w_3": "w₃", "b_3": "b₃"}
    assert mark.feedback(hint=3) == f"{shown[new]} stands where {shown[old]} belongs."
    assert mark.feedback("zh", hint=3) == f"写着 {shown[new]} 的地方应当是 {shown[old]}。"


@pytest.mark.parametrize("answer", ["x", "2(z-y) x w", "1", "z-y"])
def test_small_numbers_of_factors_are_not_counted_clumsily(answer: str) -> None:
    for wrt in ("w", "b"):
        mark = question(SQUARE, wrt).mark(answer)
        for level in (1, 2, 3):
            assert not re.search(r"\b(All|of the) [01] factors|All 0|All 1 ", mark.feedback(hint=level))


def test_a_sign_inside_a_sum_is_told_of_its_term() -> None:
    mark = question(LINEAR, "b").mark("(y_3-y)+w_3(y_3-y)-w_3 w_2(y_3-y)")
    assert [m.name for m in mark.mistakes] == ["wrong-sign"]
    assert mark.feedback() == "Every term has the right size; inside a sum one sign is off."
    assert mark.feedback(hint=3) == "In the sum, −w₂ w₃ should be w₂ w₃."
    assert mark.feedback("zh", hint=3) == "和式中的 −w₂ w₃ 应为 w₂ w₃。"
    whole = question(LINEAR, "b").mark("(y - y_3)(1 + w_3 + w_3 w_2)")
    assert "opposite sign" in whole.feedback(hint=3)


def test_the_first_term_of_a_sum_may_have_the_wrong_sign_too() -> None:
    mark = question(LINEAR, "b").mark("(y_3-y)(-1 + w_3 + w_3 w_2)")
    assert [m.name for m in mark.mistakes] == ["wrong-sign"]
    assert mark.feedback(hint=3) == "In the sum, −1 should be 1."


def test_all_terms_but_one_dropped() -> None:
    mark = question(TIED, "w").mark("2(h_3-y) tanh'(s_3) h_2")
    assert [m.name for m in mark.mistakes] == ["dropped-term"]


@pytest.mark.parametrize(("wrt", "answer"), [("w", "x a(1-a)(a-y)"), ("b", "s'(z)(a-y)")])
def test_a_slope_that_is_contained_already(wrt: str, answer: str) -> None:
    mark = question(CROSS, wrt).mark(answer)
    assert "extra-factor" in [m.name for m in mark.mistakes]
    assert "does not lie on the path" not in mark.feedback(hint=2)
    assert "contained already in ∂L/∂z" in mark.feedback(hint=3)
    assert "∂L/∂z" in mark.feedback("zh", hint=3)
    assert "does not lie on the path" in W2.mark(f"w_1 {GOLD}").feedback(hint=2)


def test_minus_the_gradient_is_a_wrong_sign_and_nothing_else() -> None:
    asked = question(SQUARE, "b", points=4, rubric={"wrong-sign": -1})
    mark = asked.mark("2(y-z)")
    assert [m.name for m in mark.mistakes] == ["wrong-sign"] and mark.points == 3
    assert "sign" in mark.feedback() and "another variable" not in mark.feedback()


def test_minus_the_gradient_that_is_another_parameters() -> None:
    text = "parameters b, c\nz = w x + b - c\nL = (z-y)^2\n"
    mark = question(text, "b", points=4, rubric={"wrong-sign": -1, "wrong-variable": 0}).mark("2(y-z)")
    assert [m.name for m in mark.mistakes] == ["wrong-sign", "wrong-variable"]
    assert mark.points == 3 and "sign" in mark.feedback()


def test_another_gradient_is_still_named_first() -> None:
    mark = question(SQUARE, "w").mark("2(z-y)")
    assert mark.mistakes[0].name == "wrong-variable" and "another variable" in mark.feedback()


def test_the_next_hint_is_offered_at_the_prompt_only() -> None:
    mark = W2.mark("s'(z_2) s'(z_3) (a_3-y)")
    assert "next hint" not in mark.to("text")
    assert "next hint" in mark.to("text", prompt=True)


@pytest.mark.parametrize("answer", ["1/0", "9^9^9^9^9"])
def test_why_nothing_was_decided(answer: str) -> None:
    mark = W2.mark(answer)
    assert mark.verdict == "undecided"
    for text in (mark.to("text"), mark.to("markdown"), mark.feedback()):
        assert "Not decided: " in text and "person" not in text
    assert "未能判定：" in mark.to("text", "zh")
    assert mark.to("text", explain=True).count(mark.evidence) == 1
    number = Question(value="0.25", tolerance="0.01").mark("1/0")
    assert "Not decided: " in number.to("text")


ASKED = [
    W2, question(CROSS, "w"), question(TIED, "w"), question(SQUARE, "b"), question(LINEAR, "b"),
    Question(answer="sigma(z)*(1-sigma(z))"),
]  # fmt: skip


@pytest.mark.parametrize("asked", ASKED, ids=range(len(ASKED)))
def test_every_slip_has_words_alone_and_beside_another(asked: Question) -> None:
    for form in ("factors", "slopes", "values", "exponentials"):
        factors = written(asked.question, form)
        found = [edit.mistake for edit in Slips(asked.question, factors).all()] if factors else []
        kinds = {(m.name, m.at, len(m.right)): m for m in found}.values()
        for mistake in kinds:
            for spoken in ((mistake,), (mistake, Mistake("wrong-sign")), (mistake, found[0])):
                for level in hints(asked.question, spoken):
                    for lang in ("en", "zh"):
                        assert all(render_phrase(phrase, Target("text", lang)) for phrase in level)
