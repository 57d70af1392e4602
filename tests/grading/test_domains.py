"""Where right answers are defined, and how equations and sentences are read."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symgrad.api import Chain, Question
from symgrad.grading.domains import Span, never_zero, span
from symgrad.notation.reader import read
from symgrad.notation.tree import strip_spans

TWO = """\
sigma = sigmoid
for j in 1..3:
    z_j = w_j a_{j-1} + b_j
    a_j = sigma(z_j)
C = 1/2 (y-a_3)^2
"""
W2 = Question(Chain.parse(TWO), wrt="w_2")
GOLD = "a_1 s'(z_2) w_3 s'(z_3) (a_3-y)"


@pytest.mark.parametrize(
    ("factor", "remark"),
    [
        ("exp(log(w_3))", "w₃ > 0"),
        ("sqrt(w_3)^2", "w₃ ≥ 0"),
        ("exp(2 log(w_3))/w_3", "w₃ > 0"),
        ("(w_3^(1/2))^2", "w₃ ≥ 0"),
        ("exp(log(w_3^2))/w_3", "w₃² > 0"),
    ],
)
def test_a_form_with_a_smaller_domain_is_correct_with_a_remark(factor: str, remark: str) -> None:
    mark = W2.mark(GOLD.replace("w_3", factor, 1))
    assert mark.verdict == "correct"
    assert mark.to("text").count("no points lost") == 1 and f"only where {remark};" in mark.to("text")
    assert remark in mark.to("text", "zh")


@pytest.mark.parametrize(
    "more",
    [
        "a_2/a_2", "s'(z_1)/s'(z_1)", "(1-a_1)/(1-a_1)", "exp(log(a_2))/a_2", "sqrt(a_1)^2/sigma(z_1)",
        "(1+w_1^2)/(1+w_1^2)", "exp(w_1)/exp(w_1)", "(2-a_1)/(2-a_1)", "exp(log(1-a_1))/(1-a_1)",
    ],
)  # fmt: skip
def test_no_remark_where_the_facts_exclude_it(more: str) -> None:
    mark = W2.mark(f"{GOLD} {more}")
    assert mark.verdict == "correct", mark
    assert "no points lost" not in mark.to("text")


@pytest.mark.parametrize("more", ["w_2/w_2", "z_1/z_1", "(a_1-1/2)/(a_1-1/2)"])
def test_a_remark_where_it_may_vanish(more: str) -> None:
    assert "undefined at" in W2.mark(f"{GOLD} {more}").to("text")


def test_a_logarithm_that_the_question_has_is_no_restriction() -> None:
    assert "no points" not in Question(answer="log(w) + 1").mark("1 + log(w)").to("text")
    loss = Question(Chain.parse("L = -(y log(p) + (1-y) log(1-p))\n"), wrt="y")
    assert "no points" not in loss.mark("log(1-p) - log(p)").to("text")


@pytest.mark.parametrize("answer", ["-sqrt(-1)^2 w", "w exp(log(-1-w^2))/exp(log(-1-w^2))"])
def test_a_form_that_is_defined_nowhere_is_not_correct(answer: str) -> None:
    assert Question(answer="w").mark(answer).verdict != "correct"


SMALL = st.integers(-3, 3).map(Fraction)


@given(SMALL, SMALL, SMALL, SMALL, st.booleans(), st.booleans())
def test_products_of_spans_hold(a: Fraction, b: Fraction, c: Fraction, d: Fraction, p: bool, q: bool) -> None:
    left, right = Span((min(a, b), p), (max(a, b), p)), Span((min(c, d), q), (max(c, d), q))
    found, total = left.times(right), left.plus(right)
    for u in (min(a, b), (a + b) / 2, max(a, b)) if p else ((a + b) / 2,) if a != b else ():
        for v in (min(c, d), (c + d) / 2, max(c, d)) if q else ((c + d) / 2,) if c != d else ():
            assert inside(found, u * v) and inside(total, u + v)


def inside(found: Span, value: Fraction) -> bool:
    low, high = found.low, found.high
    above = low is None or value > low[0] or (low[1] and value == low[0])
    return above and (high is None or value < high[0] or (high[1] and value == high[0]))


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("tanh(x) - 1", True), ("tanh(x) + 2", True), ("tanh(x)", False), ("relu(x)", False),
        ("1 + relu(x)", True), ("-exp(x)", True), ("x^2", False), ("1 + x^2", True), ("1/sigmoid(x)", True),
        ("0 sigmoid(x)", False), ("sigmoid(x) sigmoid(y)", True), ("x", False), ("e^x", True),
    ],
)  # fmt: skip
def test_what_can_never_vanish(text: str, sure: bool) -> None:
    asked = Question(answer="x").question
    tree = strip_spans(read(text))
    assert never_zero(asked, tree) == sure, span(asked, tree)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (f"{GOLD} = dC/dw_2", "correct"),
        (f"a_1 delta_2 = {GOLD} = dC/dw_2", "correct"),
        (f"dC/dw_2 = {GOLD} = dC/dw_2", "correct"),
        (f"-{GOLD} = dC/dw_2", "incorrect"),
        ("dC/dw_2 = dC/dw_2", "incorrect"),
    ],
)
def test_an_equation_written_backwards(answer: str, verdict: str) -> None:
    mark = W2.mark(answer)
    assert mark.verdict == verdict
    assert ([m.name for m in mark.mistakes] == ["not-an-answer"]) == (answer == "dC/dw_2 = dC/dw_2")


def test_a_broken_link_of_an_equation_written_backwards() -> None:
    assert "The link" in W2.mark(f"a_1 = {GOLD} = dC/dw_2").to("text")


@pytest.mark.parametrize(
    "answer", ["I don't know", "I do not know", "no idea at all", "don't know", "the gradient is a_1 delta_2"]
)
def test_sentences_are_words(answer: str) -> None:
    mark = W2.mark(answer)
    assert mark.verdict == "unreadable"
    assert "these are words, not mathematics" in dict(mark.value.problem)["en"]


@pytest.mark.parametrize("answer", ["foo bar", "w_9 a_1", "sigma'(z_1) W_2 q_1", "s'(z_2) omega_3"])
def test_a_few_unknown_names_are_not_a_sentence(answer: str) -> None:
    mark = W2.mark(answer)
    assert mark.verdict == "unreadable" and "words" not in dict(mark.value.problem)["en"]


@pytest.mark.parametrize(("loss", "slope"), [("half_square(z, y)", "z-y"), ("mse(z, y)", "2(z-y)")])
def test_a_named_loss_is_no_general_function(loss: str, slope: str) -> None:
    asked = Question(Chain.parse(f"z = w x + b\nL = {loss}\n"), wrt="w")
    assert asked.question.context.functions == frozenset()
    assert asked.mark(f"x ({slope})").verdict == "correct"
    assert asked.mark("x dL/dz").verdict == "correct"
    assert asked.mark(f"-x ({slope})").verdict == "incorrect"
