"""What other graders accept wrongly (measured): each is refused here, and for the right reason."""

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
DEEP = Chain.parse("""\
sigma = sigmoid
for j in 1..n:
    z_j = w_j a_{j-1} + b_j
    a_j = sigma(z_j)
C = (a_n - y)^2 / 2
""")
B1 = Question(CHAIN, wrt="b_1")
B4 = Question(CHAIN, wrt="b_4")
GOLD = r"\sigma'(z_1) w_2 \sigma'(z_2) w_3 \sigma'(z_3) w_4 \sigma'(z_4) \frac{\partial C}{\partial a_4}"

INCORRECT = [
    (B1, GOLD.replace("'", ""), "function-for-derivative"),  # the prime deleted while normalising
    (B1, GOLD.replace(r"\sigma'(z_2)", r"\sigma(z_2)"), "function-for-derivative"),
    (B1, GOLD.replace(r"\partial C", "C").replace(r"\partial a_4", "a_4"), "quotient-for-derivative"),
    (Question(DEEP, wrt="b_1"), r"\sigma'(z_1) \prod_{j=2}^{n-1} w_j\sigma'(z_j) (a_n-y)", "product-range"),
    (Question(answer="1 - 1/e"), "1+1/e", None),
    (Question(answer="sum(k, k, 1, 10)"), "sum(k, k, 2, 10)", None),
    (Question(answer="1/3"), "0.333333333", None),
    (Question(answer="100.4 - 80"), "20.399999999", None),
    (Question(answer="e^(2x)/8 + 2e^(-2x)"), "e^(2x)/8", "dropped-term"),
    (Question(answer="x"), "x + 0*x + 10^-30", None),
]  # fmt: skip
UNREADABLE = [
    (Question(answer="w"), "W"),  # names are not case-insensitive
    (Question(answer="a_4 - y"), "A_4 - y"),
    (B1, GOLD + " ) + 17"),  # text behind an unmatched bracket is not dropped
    (B1, GOLD + " ( garbage"),
    (B1, "{" + GOLD + "}_k"),
    (Question(answer="x(x-1)"), "x((x-1)"),
    (B4, "the answer is 2"),  # no bare number is picked out of a text
]  # fmt: skip


@pytest.mark.parametrize(("question", "answer", "slip"), INCORRECT, ids=range(len(INCORRECT)))
def test_known_false_accepts_are_incorrect(question: Question, answer: str, slip: str | None) -> None:
    mark = question.mark(answer)
    assert mark.verdict == "incorrect", (mark, mark.value.problem)
    assert slip is None or slip in [m.name for m in mark.mistakes]


@pytest.mark.parametrize(("question", "answer"), UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_others_read_half_is_not_read(question: Question, answer: str) -> None:
    assert question.mark(answer).verdict == "unreadable"


def test_a_product_is_not_a_call_and_e_is_a_number() -> None:
    assert Question(answer="x(x-1)").mark("x^2 - x").verdict == "correct"
    assert Question(answer="e^x").mark("exp(x)").verdict == "correct"
    assert B4.mark(r"\sigma(z_4)(1-\sigma(z_4))\frac{dC}{da_4}").verdict == "correct"
    assert Question(CHAIN, wrt="b_4").mark("a_4(1-a_4)(a_4-y)").verdict == "correct"
