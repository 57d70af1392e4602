"""Marks: right answers in every spelling, wrong ones with the slip named, known false accepts refused."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symgrad.api import Chain, Question

TEXT = """\
sigma = sigmoid
for j in 1..4:
    z_j = w_j a_{j-1} + b_j
    a_j = sigma(z_j)
C = (a_4 - y)^2 / 2
"""
CHAIN = Chain.parse(TEXT)
COST = Chain.parse(TEXT.replace("(a_4 - y)^2 / 2", "cost(a_4)"))
GOLD = r"\sigma'(z_1) w_2 \sigma'(z_2) w_3 \sigma'(z_3) w_4 \sigma'(z_4)"
D = r"\frac{\partial C}{\partial a_4}"
B1, W3 = Question(CHAIN, wrt="b_1"), Question(CHAIN, wrt="w_3")
COST_B1 = Question(COST, wrt="b_1")
SLOPE = Question(answer="sigma(z)*(1-sigma(z))")

RIGHT = [
    (B1, f"{GOLD} {D}"),
    (B1, "s'(z1) w2 s'(z2) w3 s'(z3) w4 s'(z4) dC/da4"),
    (B1, "σ′(z₁)·w₂·σ′(z₂)·w₃·σ′(z₃)·w₄·σ′(z₄)·∂C/∂a₄"),
    (B1, "sp(z1)*w2*sp(z2)*w3*sp(z3)*w4*sp(z4)*dC_da4"),
    (B1, rf"-(y-a_4) {GOLD}"),
    (B1, rf"\frac{{2(a_4-y)}}{{2}}{GOLD}"),
    (B1, "a_1(1-a_1) w_2 a_2(1-a_2) w_3 a_3(1-a_3) w_4 a_4(1-a_4) (a_4-y)"),
    (B1, r"w_2 \delta_2 \sigma'(z_1)"),
    (B1, r"\sigma'(z_1) \left( \prod_{j=2}^{4} w_j \sigma'(z_j) \right) (\sigma(z_4) - y)"),
    (B1, f"$$\\frac{{\\partial C}}{{\\partial b_1}} = {GOLD}\\,{D}.$$"),
    (B1, f"答：{GOLD} {D}"),
    (B1, "Answer: s'(z_1) w_2 s'(z_2) w_3 dC/db_3"),
    (B1, "sigma(w_1 a_0 + b_1)(1 - sigma(z_1)) w_2 s'(z_2) w_3 s'(z_3) w_4 s'(z_4)(a_4 - y)"),
    (
        B1,
        r"\begin{align} \frac{\partial C}{\partial b_1} &= \delta_1 \\ &= \sigma'(z_1)w_2\delta_2\end{align}",
    ),
    (W3, "a2*s'(z3)*w4*s'(z4)*dC/da4"),
    (W3, "sigma(z_2) delta_3"),
    (SLOPE, r"\frac{e^{-z}}{(1+e^{-z})^2}"),
    (SLOPE, r"\frac14\operatorname{sech}^2\left(\frac z2\right)"),
    (SLOPE, r"\frac{1-\tanh^2(z/2)}{4}"),
    (SLOPE, "1/(2+e^z+e^-z)"),
    (SLOPE, r"\sigma(z)\,\sigma(-z)"),
    (COST_B1, f"{GOLD} {D}"),
    (COST_B1, f"{GOLD} cost'(a_4)"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "answer"), RIGHT, ids=range(len(RIGHT)))
def test_right_answers_are_correct(question: Question, answer: str) -> None:
    mark = question.mark(answer)
    assert mark.verdict == "correct", (mark, mark.value.problem)
    assert mark.points == 1 and not mark.mistakes and mark.reading


def slip(old: str, new: str) -> str:
    assert old in GOLD
    return f"{GOLD.replace(old, new, 1)} {D}"


WRONG = [
    (B1, slip("w_3 ", ""), "missing-factor", "w_3"),
    (B1, slip(r"\sigma'(z_3) ", ""), "missing-factor", "sigma'(z_3)"),
    (B1, GOLD, "missing-factor", "dC/da_4"),
    (B1, rf"\sigma'(z_1) w_1 {GOLD} {D}", "extra-factor", "w_1 sigma'(z_1)"),
    (B1, f"a_0 {GOLD} {D}", "extra-factor", "a_0"),
    (B1, slip("w_2", "w_1"), "wrong-index", "w_1 -> w_2"),
    (B1, slip(r"\sigma'(z_2)", r"\sigma'(z_3)"), "wrong-index", "sigma'(z_3) -> sigma'(z_2)"),
    (B1, r"\sigma'(z_1) w_1 \sigma'(z_2) w_2 \sigma'(z_3) w_3 \sigma'(z_4) " + D, "wrong-index", None),
    (B1, slip(r"\sigma'(z_2)", r"\sigma(z_2)"), "function-for-derivative", "sigma(z_2) -> sigma'(z_2)"),
    (B1, GOLD.replace("'", "") + D, "function-for-derivative", None),
    (B1, f"-{GOLD} {D}", "wrong-sign", ""),
    (B1, f"(y-a_4){GOLD}", "wrong-sign", ""),
    (B1, f"2(a_4-y){GOLD}", "wrong-constant", "2"),
    (B1, f"(a_4-y)^2{GOLD}", "loss-not-differentiated", None),
    (COST_B1, rf"{GOLD} \frac{{C}}{{a_4}}", "quotient-for-derivative", None),
    (COST_B1, rf"\frac{{{GOLD}}}{{w_4^2}} {D}", "inverted-factor", "1/w_4 -> w_4"),
    (B1, GOLD.replace("z_", "a_") + D, "wrong-argument", None),
    (B1, rf"\sigma'(z_1) + w_2\sigma'(z_2) + w_3\sigma'(z_3) + w_4\sigma'(z_4) {D}", "sum-for-product", ""),
    (B1, rf"\sigma'(z_1) \prod_{{j=2}}^{{3}} w_j \sigma'(z_j) {D}", "product-range", None),
    (B1, rf"\prod_{{j=1}}^{{4}} w_j \sigma'(z_j) {D}", "product-range", None),
    (W3, f"w_3 s'(z_3) w_4 s'(z_4) {D}".replace("s'", r"\sigma'"), "wrong-variable", "dC/da_2 -> dC/dw_3"),
    (B1, "dC/db_1", "not-an-answer", ""),
    (SLOPE, "1 - sigma(z)", "missing-factor", "sigma(z)"),
    (SLOPE, r"\sigma(z)(1-z)", "wrong-argument", None),
    (SLOPE, r"\frac{e^{-z}}{1+e^{-z}}", "wrong-power", None),
    (SLOPE, r"1-\tanh^2(z)", "wrong-activation-derivative", None),
    (SLOPE, r"-\frac{e^{-z}}{(1+e^{-z})^2}", "wrong-sign", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "answer", "name", "detail"), WRONG, ids=[f"{i}-{w[2]}" for i, w in enumerate(WRONG)]
)
def test_wrong_answers_are_incorrect_and_the_slip_is_named(
    question: Question, answer: str, name: str, detail: str | None
) -> None:
    mark = question.mark(answer)
    assert mark.verdict == "incorrect", mark
    named = {m.name: m.detail for m in mark.mistakes}
    assert name in named, named
    if detail is not None:
        assert detail in [m.detail for m in mark.mistakes if m.name == name]
    for lang in ("en", "zh"):
        for hint in (1, 2, 3):
            assert mark.feedback(lang, hint=hint)


def test_two_slips_at_once_are_both_named() -> None:
    mark = B1.mark("-sigma'(z_1) w_2 sigma'(z_2) sigma'(z_3) w_4 sigma'(z_4) dC/da_4")
    assert sorted(m.name for m in mark.mistakes) == ["missing-factor", "wrong-sign"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (B1, f"{GOLD} {D} ) + 17"),
        (B1, f"{GOLD} {D} ( garbage"),
        (B1, r"\sigma'(z_1) w_2 ... \frac{\partial C}{\partial a_4}"),
        (B1, "I do not know"),
        (B1, ""),
        (B1, "dC/db_1 ="),
        (B1, f"{GOLD} {D} or 0"),
        (B1, "W_2 s'(z_1)"),
        (B1, "(а_1) w_2"),
        (B1, "__import__('os')"),
    ],
)
def test_what_cannot_be_read_is_never_wrong_and_never_right(question: Question, answer: str) -> None:
    mark = question.mark(answer)
    assert mark.verdict == "unreadable"
    assert mark.points is None
    assert "<answer>:" in dict(mark.value.problem)["en"] and dict(mark.value.problem)["zh"]


@pytest.mark.parametrize(
    "answer",
    [
        "A_4 - y", "a_4", "2", "0", "(a_4 - y)", r"\frac{C}{a_4}", "w_2 w_3 w_4 (a_4 - y)", "nan", "1/0",
        f"{GOLD} {D} + 0.0000001", f"{GOLD} {D} 1.0000000001",
    ],
)  # fmt: skip
def test_near_misses_are_never_accepted(answer: str) -> None:
    assert B1.mark(answer).verdict in ("incorrect", "unreadable", "undecided")


def test_a_general_function_has_no_logistic_derivative() -> None:
    chain = Chain.parse(TEXT.replace("sigma = sigmoid\n", ""))
    question = Question(chain, wrt="b_4")
    assert question.mark("sigma'(z_4) (a_4 - y)").verdict == "correct"
    assert question.mark("a_4 (1 - a_4) (a_4 - y)").verdict == "incorrect"


def test_towers_of_powers_end_quickly_and_are_not_correct() -> None:
    assert B1.mark("9^9^9^9^9").verdict in ("incorrect", "undecided")


def test_a_removable_restriction_is_correct_with_a_remark() -> None:
    mark = B1.mark(f"{GOLD} {D} w_2 / w_2")
    assert mark.verdict == "correct"
    assert "undefined at" in mark.to("text") and "w₂" in mark.to("text")


def test_a_left_side_that_names_another_gradient_is_reported() -> None:
    mark = B1.mark(f"dC/db_2 = {GOLD} {D}")
    assert mark.verdict == "correct" and "∂C/∂b₂" in mark.to("text")


def test_rubrics_deduct_cap_and_count_occurrences() -> None:
    rubric = {"missing-factor": {"each": -1, "max": -2}, "wrong-sign": -1, "wrong-variable": 1}
    question = Question(CHAIN, wrt="b_1", points=4, rubric=rubric)
    assert question.mark(f"{GOLD} {D}").points == 4
    assert question.mark(slip("w_3 ", "")).points == 3
    assert question.mark(f"-{slip('w_3 ', '')}").points == 2
    assert question.mark(f"2 {GOLD} {D}").points == 0
    assert question.mark("what?").points is None
    assert Question(CHAIN, wrt="b_1", points=4).mark(slip("w_3 ", "")).points == 0


def test_witness_is_exact_and_true() -> None:
    mark = B1.mark(slip("w_3 ", ""))
    assert "Your formula gives 1/512, the gradient is 1/256" in mark.evidence
    exact = {"w_j": 1, "w_3": 2, "b_1": "-w_1*a_0", "a_0": 0, "y": 0}
    exact |= {f"b_{j}": f"-w_{j}*a_{j - 1}" for j in (2, 3, 4)}
    value = CHAIN.evaluate(
        "b_1",
        {**{f"w_{j}": 1 for j in (1, 2, 4)}, **{k: v for k, v in exact.items() if k != "w_j"}},
        precision="exact",
    )
    assert value.value == Fraction(1, 256)


def test_numbers_within_a_tolerance() -> None:
    question = Question(value="0.25", tolerance="0.01")
    assert question.mark("1/4").verdict == "correct"
    assert question.mark("0.259").verdict == "correct"
    assert question.mark("0.2601").verdict == "incorrect"
    assert question.mark("quarter").verdict == "unreadable"


def test_form_is_a_remark() -> None:
    question = Question(answer="sigma(z)*(1-sigma(z))", form="expanded")
    assert "expanded form" in question.mark("sigma(z)(1 - sigma(z))").to("text")
    assert "expanded form" not in question.mark("sigma(z) - sigma(z)^2").to("text")
