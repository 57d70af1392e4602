"""What students really type: dots, definitions, HTML, lead words; doubtful readings are asked about."""

from __future__ import annotations

import pytest

from symgrad.api import Chain, Question

LAYERS = """\
sigma = sigmoid
for j in 1..{n}:
    z_j = w_j a_{{j-1}} + b_j
    a_j = sigma(z_j)
C = (a_{n} - y)^2 / 2
"""
B1 = Question(Chain.parse(LAYERS.format(n=4)), wrt="b_1")
LONG = Question(Chain.parse(LAYERS.format(n=10)), wrt="b_1")
SLOPE = Question(answer="sigma(z)*(1-sigma(z))")
RELU = Question(
    Chain.parse("z_1 = w_1 x + b_1\nh_1 = relu(z_1)\nz_2 = w_2 h_1 + b_2\nL = (z_2 - y)^2/2\n"), wrt="w_1"
)
ENTROPY = Question(Chain.parse("z = w x + b\np = sigmoid(z)\nL = -(y log(p) + (1-y) log(1-p))\n"), wrt="w")
HAT = Question(
    Chain.parse("h_1 = sigmoid(w_1 x + b_1)\ny_hat = sigmoid(w_2 h_1 + b_2)\nL = (y_hat - y_true)^2/2\n"),
    wrt="b_2",
)
P = "σ'(z1) w2 σ'(z2) w3 σ'(z3) w4 σ'(z4) (a4-y)"
G = r"\sigma'(z_1) w_2 \sigma'(z_2) w_3 \sigma'(z_3) w_4 \sigma'(z_4) (a_4-y)"

RIGHT = [
    # dots whose pattern is plain
    (LONG, r"\sigma'(z_1) w_2\sigma'(z_2) \cdots w_{10}\sigma'(z_{10}) (a_{10}-y)"),
    (LONG, r"\sigma'(z_1) w_2\sigma'(z_2) w_3\sigma'(z_3) \dots w_{10}\sigma'(z_{10}) (a_{10}-y)"),
    (LONG, "s'(z1) * w2 * s'(z2) * ... * w10 * s'(z10) * (a10-y)"),
    (LONG, r"(a_{10}-y)\sigma'(z_{10}) w_{10} \cdots \sigma'(z_2) w_2 \sigma'(z_1)"),
    (LONG, r"\sigma'(z_1)\sigma'(z_2)\cdots\sigma'(z_{10}) w_2 w_3\cdots w_{10}(a_{10}-y)"),
    # local definitions
    (B1, r"\delta_4 = (a_4-y)\sigma'(z_4), \quad \delta_3 = \delta_4 w_4 \sigma'(z_3), \quad "
         r"\frac{\partial C}{\partial b_1} = \delta_3 w_3 \sigma'(z_2) w_2 \sigma'(z_1)"),
    (B1, "d4 = (a4-y) s'(z4)\nd3 = d4 w4 s'(z3)\nd2 = d3 w3 s'(z2)\nd1 = d2 w2 s'(z1)"),
    (B1, "Let p = w_2 w_3 w_4; dC/db_1 = p s'(z1) s'(z2) s'(z3) s'(z4) (a4-y)"),
    (ENTROPY, r"(q-y) x, \quad q = \sigma(z)"),
    (ENTROPY, "grad = (p-y)x"),
    # library functions and indicators
    (SLOPE, "np.exp(-z)/(1+np.exp(-z))**2"),
    (SLOPE, "np.power(1+np.exp(-z), -2)*np.exp(-z)"),
    (SLOPE, "torch.sigmoid(z)*(1-torch.sigmoid(z))"),
    (SLOPE, "np.multiply(sigma(z), 1-sigma(z))"),
    *((RELU, f"(z_2-y) w_2 x {step}") for step in (
        "1[z_1>0]", r"\mathbb 1_{z_1>0}", r"\mathbb{1}\{z_1>0\}", r"\mathbf{1}_{\{z_1>0\}}", "(z_1 > 0)",
        r"\mathbb{I}(z_1>0)", "step(z_1)", "heaviside(z_1)", "np.where(z_1 > 0, 1, 0)", "relu'(z_1)",
        r"\begin{cases} 1 & z_1 > 0 \\ 0 & z_1 \le 0\end{cases}",
        r"\begin{cases} 1, & \text{if } z_1 > 0 \\ 0, & \text{otherwise}\end{cases}",
    )),
    # assignment, arrows, lead words
    *((B1, lead + P) for lead in (
        "dC/db_1 := ", "dC/db_1 ← ", "=> ", "∴ dC/db1 = ", "= ", "Answer: ", "答：",
        "解：由链式法则，dC/db1 = ",
        "**Answer:** ", "1. ", "a) ", "So dC/db_1 = ", "Q1: ", "由链式法则得：",
    )),
    *((B1, P + end) for end in (" QED", r" \qed", " □", "。证毕")),
    (B1, rf"\Rightarrow \frac{{\partial C}}{{\partial b_1}} \leftarrow {G}"),
    # a text box's HTML
    (B1, "<p>&sigma;&#39;(z<sub>1</sub>) w<sub>2</sub> &sigma;'(z<sub>2</sub>) w<sub>3</sub>"
         " &sigma;'(z<sub>3</sub>)"
         " w<sub>4</sub> &sigma;&prime;(z<sub>4</sub>)&nbsp;&middot;&nbsp;(a<sub>4</sub> &minus; y)</p>"),
    (SLOPE, "e<sup>-z</sup>/(1+e<sup>-z</sup>)<sup>2</sup>"),
    (SLOPE, "&lt;p&gt;sigma(z)(1-sigma(z))&lt;/p&gt;"),
    (SLOPE, "&frac14; - (sigma(z)-&frac12;)&sup2;"),
    # sloppy LaTeX and full-width signs
    (B1, r"\sigma'(z _1) w _2 \sigma'(z _ 2) w_ 3 \sigma'(z_3) w _{4} \sigma ' (z_{ 4 }) (a _4 - y)"),
    (B1, "＝σ′（z₁）＊w₂＊σ′（z₂）×w₃×σ′（z₃）·w₄·σ′（z₄）·（a₄－y）。"),
    (SLOPE, r"$\sigma(z)(1-\sigma(z))"), (SLOPE, r"\boxed{\sigma'(z) = \sigma(z)(1-\sigma(z))}"),
    (SLOPE, r"\underbrace{\sigma(z)}_{\text{the value}}(1-\sigma(z))"), (SLOPE, "σ(z)【1-σ(z)】"),
    (SLOPE, r"\sigma'(z) \stackrel{\text{def}}{=} \sigma(z)(1-\sigma(z))"), (SLOPE, "𝜎(𝑧)(1−𝜎(𝑧))"),
    (SLOPE, r"{e^{-z} \over (1+e^{-z})^2}"), (SLOPE, r"\textcolor{red}{\sigma(z)}(1-\sigma(z))"),
    (SLOPE, r"\|\sigma(z)\|(1-\sigma(z))"), (SLOPE, r"\frac{\exp -z}{(1+\exp -z)^2}"),
    (HAT, r"(y_hat-y_{\mathrm{true}}) y_hat (1-y_hat)"), (HAT, r"(\hat y - y_{\text{true}})\hat{y}(1-ŷ)"),
    (ENTROPY, r"\partial_w L = (p-y)x"), (ENTROPY, r"\nabla_w L = (p-y)x"),
    (B1, "σ'(z1) w2 σ'(z2)\nw3 σ'(z3) w4 σ'(z4) (a4-y)"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "answer"), RIGHT, ids=range(len(RIGHT)))
def test_what_students_type_is_read(question: Question, answer: str) -> None:
    mark = question.mark(answer)
    assert mark.verdict == "correct", (mark, mark.value.problem, mark.reading)


UNREADABLE = [
    (LONG, r"\sigma'(z_1) w_2 \cdots (a_{10}-y)", "dots"),
    (LONG, r"w_2 \sigma'(z_2) \cdots \sigma'(z_{10})", "dots"),
    (LONG, r"\sigma'(z_1) \cdots \cdots \sigma'(z_{10})", "dots"),
    (SLOPE, "2e-1", "power of ten"),
    (B1, "(2) σ'(z1) w2", "number of the question"),
    (B1, "w_2 σ'(z1)\nw_3 σ'(z2)", "another answer"),
    (B1, P + " or 0", "one answer"),
    (B1, P + "; 0", "one answer"),
    (B1, "The answer is not: " + P, "words"),
    (B1, "q = p + 1; p = q w_2", "there is no"),
    (SLOPE, "sigmod(z)", "did you mean sigmoid"),
    (SLOPE, "0,25 - (sigma(z)-0,5)^2", "did not expect"),
    (ENTROPY, "px", "did you mean p x"),
    (B1, "dC/db_1 =", ""),
    (B1, "print(" + P + ")", "print"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "answer", "said"), UNREADABLE, ids=range(len(UNREADABLE)))
def test_doubts_are_asked_about_with_a_place_in_both_languages(
    question: Question, answer: str, said: str
) -> None:
    mark = question.mark(answer)
    assert (mark.verdict, mark.points) == ("unreadable", None), (mark, mark.reading)
    english, chinese = dict(mark.value.problem)["en"], dict(mark.value.problem)["zh"]
    assert said in english and "<answer>:" in english and "<answer>:" in chinese
    assert any("\u4e00" <= c <= "\u9fff" for c in chinese)


def test_dots_read_literally_can_be_wrong() -> None:
    mark = LONG.mark(r"\sigma'(z_1)\cdots\sigma'(z_{10}) w_2 \cdots w_9 (a_{10}-y)")
    assert mark.verdict == "incorrect"
    assert [(m.name, m.detail) for m in mark.mistakes] == [("missing-factor", "w_10")]


def test_aliases_stand_for_names_functions_and_single_members() -> None:
    asked = Question(
        Chain.parse(LAYERS.format(n=4)),
        wrt="w_3",
        aliases={"theta": "w", "g": "sigma", "o_4": "a_4", "x": "a_0"},
    )
    assert asked.mark("a_2 g'(z_3) theta_4 g'(z_4) (o_4-y)").verdict == "correct"
    assert asked.mark("dC/dtheta_3").mistakes[0].name == "not-an-answer"


def test_the_place_of_an_error_is_that_in_the_text_as_it_was_typed() -> None:
    mark = B1.mark("<p>Answer: &sigma;'(z_1) q_7</p>")
    assert dict(mark.value.problem)["en"].startswith("<answer>:1:26:")


SQUARE = Question(
    Chain.parse("z_1 = w_1 x + b_1\na_1 = sigmoid(z_1)\nz_2 = w_2 a_1 + b_2\nL = (z_2-y)^2\n"), wrt="b_1"
)
STEPS = (
    "for t in 1..3:\n    z_t = w h_{t-1} + u x_t\n    h_t = tanh(z_t)\nL = (h_3 - y)^2 / 2\nparameters w, u"
)
SHARED = Question(Chain.parse(STEPS), wrt="w")


@pytest.mark.parametrize(
    ("question", "answer", "verdict"),
    [
        # the error of an output without an activation is that of its z
        (SQUARE, "\\delta_2 = 2(z_2-y)\n\\delta_1 = w_2 \\delta_2 \\sigma'(z_1)", "correct"),
        (SQUARE, "\\delta_2 = z_2-y\n\\delta_1 = w_2 \\delta_2 \\sigma'(z_1)", "incorrect"),
        (SQUARE, r"\delta_2 w_2 \sigma'(z_1)", "correct"),
        # the errors of all time steps in one sum
        (SHARED, r"\sum_{t=1}^3 \delta_t h_{t-1}", "correct"),
        (SHARED, r"\sum_{t=1}^3 \delta_t h_t", "incorrect"),
        (SHARED, r"\sum_{t=2}^3 \delta_t h_{t-1}", "incorrect"),
        (SHARED, r"\sum_{t=1}^4 \delta_t h_{t-1}", "unreadable"),
    ],
)
def test_errors_of_linear_outputs_and_in_sums(question: Question, answer: str, verdict: str) -> None:
    assert question.mark(answer).verdict == verdict
