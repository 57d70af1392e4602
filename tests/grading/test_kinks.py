"""Signs, absolute values and indicators in answers: exact where they agree, with a remark beside a kink."""

from __future__ import annotations

from pathlib import Path

import pytest

from symgrad import Chain, Question

EXAMPLES = Path(__file__).parents[2] / "examples"
PENALTY = Question(Chain.parse((EXAMPLES / "regularised.chain").read_text(encoding="utf-8")), wrt="W")
DISTANCE = Question(Chain.parse("L = |w x - y|\n"), wrt="w")
RECTIFIED = Question(Chain.parse("z = w x\na = relu(z)\nL = (a - y)^2/2\n"), wrt="w")
FLAT = Question(Chain.parse("a = relu(w x)\nL = |a|\n"), wrt="w")
LAYERS = Question(
    Chain.parse("a_1 = relu(w_1 a_0)\na_2 = relu(w_2 a_1)\na_3 = relu(w_3 a_2)\nL = (a_3 - y)^2/2\n"),
    wrt="w_1",
)
SIGN, STEP = Question(answer="sign(z)"), Question(answer="1[z > 0]")

CASES = [
    (PENALTY, "(p-y)x^T + lambda W + kappa sign(W)", "correct"),
    (PENALTY, r"(p-y)x^T + \lambda W + \kappa\operatorname{sgn}(W)", "correct"),
    (PENALTY, "(p-y)x^T + lambda W - kappa sign(W)", "incorrect"),
    (DISTANCE, "x sign(w x - y)", "correct"),
    (DISTANCE, "x*np.sign(w*x - y)", "correct"),
    (DISTANCE, "x sign(y - w x)", "incorrect"),
    (DISTANCE, "x (w x - y)/|w x - y|", "remark"),
    (DISTANCE, "x |w x - y|/(w x - y)", "remark"),
    (DISTANCE, "x (y - w x)/|w x - y|", "incorrect"),
    (RECTIFIED, "(a-y) x (1 + sign(w x))/2", "remark"),
    (RECTIFIED, "(a-y) x heaviside(z)", "correct"),
    (RECTIFIED, "(a-y) x (1 - sign(w x))/2", "incorrect"),
    (FLAT, "x 1[a >= 0]", "undecided"),  # relu is 0 on half a line
    (LAYERS, "(a_3-y) 1[a_3>0] w_3 1[a_2>0] w_2 1[a_1>0] a_0", "correct"),
    (LAYERS, "(a_3-y) 1[a_3>0] w_3 1[a_2>0] w_2 1[a_1>0]", "incorrect"),
    (SIGN, "|z|/z", "remark"),
    (SIGN, "z/|z|", "remark"),
    (SIGN, "-sgn(z)", "incorrect"),
    (STEP, "(1 + |z|/z)/2", "remark"),
]


@pytest.mark.parametrize(("question", "answer", "expected"), CASES)
def test_signs_are_known(question: Question, answer: str, expected: str) -> None:
    mark = question.mark(answer).value
    assert mark.verdict == ("correct" if expected == "remark" else expected), mark
    assert bool(mark.remarks) == (expected == "remark")


@pytest.mark.parametrize("answer", ["1[z >= 0]", "(1 + sign(z))/2"])
def test_functions_that_differ_at_a_point_are_not_one(answer: str) -> None:
    assert STEP.mark(answer).verdict != "correct"
