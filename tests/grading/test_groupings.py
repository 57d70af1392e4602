"""Products without brackets whose sizes fit in one way only, and lines that begin with a minus."""

from __future__ import annotations

from pathlib import Path

import pytest

from symgrad import Chain, Question

LAYERS = Chain.parse("""x : vector(d)
y : vector(k)
W_1 : matrix(m, d)
b_1 : vector(m)
W_2 : matrix(k, m)
b_2 : vector(k)
z_1 = W_1 x + b_1
a_1 = tanh(z_1)
z_2 = W_2 a_1 + b_2
L = half_square(z_2, y)
""")
SCALARS = Chain.parse("h_1 = tanh(w_1 x)\nh_2 = tanh(w_2 h_1)\nz_3 = w_3 h_2\nL = (y - z_3)^2\n")
WEIGHTS, BIASES = Question(LAYERS, wrt="W_1"), Question(LAYERS, wrt="b_1")
PRODUCT = "(y-z_3)w_3(1-h_2^2)w_2(1-h_1^2)x"


@pytest.mark.parametrize(
    ("question", "answer", "verdict"),
    [
        (WEIGHTS, r"(1-a_1^2) \odot W_2^T (z_2-y) x^T", "correct"),
        (WEIGHTS, r"W_2^T (z_2-y) \odot (1-a_1^2) x^T", "correct"),
        (WEIGHTS, r"(1-a_1^2) \odot W_2^T (y-z_2) x^T", "incorrect"),
        (WEIGHTS, r"(1-a_1^2) \odot W_2^T x^T (z_2-y)", "incorrect"),
        (BIASES, r"W_2^T (z_2-y) (1-a_1^2)", "correct"),
        (BIASES, r"(1-a_1^2) W_2^T (z_2-y)", "correct"),
        (BIASES, r"(1-a_1^2) W_2^T (y-z_2)", "incorrect"),
        (BIASES, r"(1-a_1^2) (z_2-y) W_2^T", "incorrect"),
        (BIASES, r"(1-a_1^2) W_2 (z_2-y)", "incorrect"),
    ],
)
def test_the_grouping_whose_sizes_fit_is_meant(question: Question, answer: str, verdict: str) -> None:
    mark = question.mark(answer).value
    assert mark.verdict == verdict, mark
    assert mark.remarks or verdict == "incorrect"


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (f"dL/dz_3 = -2(y-z_3)\n-2{PRODUCT}", "correct"),
        (f"dL/dz_3 = -2(y-z_3)\n-{PRODUCT}", "incorrect"),
        (f"dL/dz_3 = 2 z_3\n - 2 y\ndL/dw_1 = -2{PRODUCT}", "correct"),
        (f"dL/dw_1 = -3{PRODUCT}\n + {PRODUCT}", "correct"),
    ],
)
def test_a_line_that_begins_with_a_minus_may_be_the_answer(answer: str, verdict: str) -> None:
    assert Question(SCALARS, wrt="w_1").mark(answer).verdict == verdict


@pytest.mark.parametrize(
    ("answer", "verdict"), [("1/8", "correct"), ("0.125", "correct"), ("1/4", "incorrect")]
)
def test_a_right_number_may_be_written_with_a_function(answer: str, verdict: str) -> None:
    assert Question(value="sigma(0)/4").mark(answer).verdict == verdict


@pytest.mark.parametrize("gold", [r"\sum_{k=0}^n r^k", "(1-r^(n+1))/(1-r)"])
def test_a_sum_with_a_wrong_range_differs_at_a_number_of_terms(gold: str) -> None:
    mark = Question(answer=gold).mark(r"\sum_{k=1}^n r^k")
    assert mark.verdict == "incorrect" and "n = 2" in mark.feedback("en", hint=3)
    assert Question(answer=gold).mark(r"\sum_{k=0}^n r^k").verdict != "incorrect"


def test_numbers_that_differ_late_are_printed_with_enough_digits() -> None:
    question = Question(Chain.parse("a = tanh(w x)\nL = (a - y)^2\n"), wrt="w")
    said = question.mark("2(a-y)(1-a^2)x + 10^-20").feedback("en", hint=3)
    assert "0.639700008449224500198" in said and "0.639700008449224500188" in said


def test_a_letter_in_its_own_range_is_remarked() -> None:
    chain = Chain.parse("for j in 1..n:\n    a_j = w_j a_{j-1}\nC = (a_n - y)^2/2\n")
    mark = Question(chain, wrt="w_j").mark(r"(a_n-y) a_{j-1}\prod_{j=j+1}^n w_j")
    assert mark.verdict == "correct" and "running index" in mark.feedback("en")


def test_the_softmax_example_knows_that_labels_add_up_to_one() -> None:
    text = (Path(__file__).parents[2] / "examples" / "softmax.chain").read_text(encoding="utf-8")
    assert Question(Chain.parse(text), wrt="b").mark("p - y").verdict == "correct"
    assert Question(Chain.parse(text), wrt="b").mark("y - p").verdict == "incorrect"


@pytest.mark.parametrize(("answer", "meant"), [("h_O", "h_0"), ("z_l h_0", "z_1")])
def test_a_letter_for_a_digit_is_asked_about(answer: str, meant: str) -> None:
    chain = Chain.parse("z_1 = w h_0\nL = z_1^2\n")
    mark = Question(chain, wrt="w").mark(answer)
    assert mark.verdict == "unreadable" and meant in mark.to("text")
