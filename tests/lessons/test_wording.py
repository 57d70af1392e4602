"""What a note says of unusual chains: shared weights, one neuron, skips, leaves that are not trained."""

from __future__ import annotations

import re

import pytest

from symgrad.calculus.derive import derive
from symgrad.errors import InputError
from symgrad.lessons.anatomy import Anatomy
from symgrad.lessons.note import Note, note
from symgrad.notation.tree import Name, number
from symgrad.notation.writers.plain import plain
from symgrad.phrases import LANGUAGES
from symgrad.rendering.render import Target, render_derivation, render_note
from tests.lessons.chains import example, inputs, network
from tests.rendering.viewer import check

TIED = "for t in 1..3:\n  s_t = w h_{t-1} + v x_t + b\n  h_t = tanh(s_t)\nL = (h_3-y)^2\n"
SINGLE = "sigma = sigmoid\nz = w x + b\na = sigma(z)\nL = -(y log(a) + (1-y) log(1-a))\n"
THREE = "sigma = sigmoid\nfor j in 1..3:\n  z_j = w_j a_{j-1} + b_j\n  a_j = sigma(z_j)\nC = 1/2 (y-a_3)^2\n"
SKIPS = (
    "for k in 1..3:\n  g_k = u_k x_{k-1} + c_k\n  x_k = x_{k-1} + relu(g_k)\nL = (x_3-y)^2\nparameters u, c\n"
)
HIDDEN = "z = w x + b\na = sigmoid(z)\np = v a + c\nL = (p-y)^2\nparameters w, b, v, c\n"
LETTERS = "u = alpha x + delta\ng = tanh(gamma u)\nL = (v g - y)^2\n"
RELU = "for j in 1..3:\n  z_j = w_j a_{j-1} + b_j\n  a_j = relu(z_j)\nL = (a_3-y)^2\n"


def made(chain: str) -> Note:
    return note(inputs(network(chain)))


def page(chain: str, lang: str = "en", format: str = "text") -> str:
    return render_note(made(chain).document, Target(format, lang))


def answers(chain: str, lang: str = "en", format: str = "text") -> str:
    return render_note(made(chain).answers, Target(format, lang))


def test_a_shared_weight_is_a_weight_and_what_it_multiplies_an_input() -> None:
    text = page(TIED)
    assert "w is one weight shared by three layers" in text
    assert "b is one bias shared by three layers" in text
    assert "v is a fixed number, not trained here" in text
    assert "h₀ is the value to start from" in text and "xⱼ is the input of layer j" in text
    assert "tanh′(sⱼ) is the derivative of tanh" in text and "any differentiable" not in text
    assert "w 为三层共用的权重" in page(TIED, "zh") and "b 为三层共用的偏置" in page(TIED, "zh")


def test_the_title_of_a_shared_parameter_promises_its_sum() -> None:
    assert page(TIED).splitlines()[0] == "One parameter w in three layers: a gradient that is a sum"


def test_untied_layers_have_weights_of_their_own() -> None:
    told = answers(TIED)
    assert "∂L/∂w₁ = h₀ tanh′(s₁) w₂ tanh′(s₂) w₃ tanh′(s₃) (2 (h₃ − y))" in told
    assert r"\;\allowbreak " in answers(TIED, format="latex")


@pytest.mark.parametrize("chain", [TIED, THREE, SINGLE, SKIPS, RELU])
def test_no_exercise_is_solved_in_the_text(chain: str) -> None:
    told = made(chain)
    text = render_note(told.document, Target())
    solved = re.findall(r"^(?:\S+\. )?.*?(∂\S+ = .*)\.", render_note(told.answers, Target()), re.M)
    before = text[: text.index("Exercises")]
    asked = set(re.findall(r"Write down (\S+)\.", text))
    assert asked and solved
    assert not any(f"The gradient {goal}" in before for goal in asked)
    pair = re.search(r"bound for (\S+) relative to (\S+)\.", text)
    assert pair is None or f"{pair[1]} = " not in before


def test_a_single_neuron_has_no_row_and_no_vanishing() -> None:
    text = page(SINGLE, format="markdown")
    assert text.startswith("# The gradient of a single neuron\n") and "one neurons" not in text
    assert "w$ is the weight, $b$ is the bias" in text
    assert "| $j$ |" not in text and check(text) > 10
    assert "∂L/∂w = x σ′(z)" in answers(SINGLE)
    assert page(SINGLE, "zh", "markdown").startswith("# 单个神经元的梯度\n")


def test_one_hidden_neuron_is_not_plural() -> None:
    text = page(HIDDEN)
    assert text.startswith("The gradient through one hidden neuron and the output p\n")
    assert "w, v are the weights, b, c are the biases" in text
    assert "a is the activation, p is the output" in text


def test_both_neurons() -> None:
    assert "While both neurons of this stretch" in page(RELU) and "all two" not in page(RELU)
    assert "两个神经元都打开时" in page(RELU, "zh")
    four = RELU.replace("1..3", "1..4").replace("a_3", "a_4")
    assert "While both" in page(four)  # the comparison reaches two layers ahead, however deep the chain


def test_a_skip_is_no_bias() -> None:
    text = page(SKIPS)
    assert "the skip connection passes xⱼ₋₁ on unchanged" in text
    assert "along four paths." in text and "the earlier the layer" not in text
    assert text.startswith("From c₁ to L, step by step")
    assert "跳跃连接把 xⱼ₋₁ 原样传过来" in page(SKIPS, "zh")


def test_steps_tell_bias_skip_and_mere_terms_apart() -> None:
    net = network(SKIPS)
    rules = {plain(s.before): s.rule for s in derive(net, Name("c", (number(1),))).steps}
    assert rules["dg_1/dc_1"] == "bias-derivative" and rules["dx_2/dx_1"] == "skip-derivative"
    sums = network("u = w x + b\nv = theta x\ns = u + v\nL = (s - y)^2\n")
    rules = {plain(s.before): s.rule for s in derive(sums, Name("w")).steps}
    assert rules["ds/du"] == "added-derivative"


def test_only_a_trained_factor_is_called_a_weight() -> None:
    net = network("z = w x + b\nf = c_0 z\nh = w_2 f\nL = (h - y)^2\n")
    said = {plain(step.before): step.why.id for step in derive(net, Name("b")).steps}
    assert said["df/dz"] == "steps.linear-derivative-first" and said["dh/df"] == "steps.linear-derivative"


def test_leaves_that_stand_like_parameters_are_no_inputs() -> None:
    text = page(LETTERS)
    assert "x is the input, γ is the weight, α, δ, v are fixed numbers, not trained here" in text
    assert "y is the target" in text


@pytest.mark.parametrize(
    ("chain", "found"),
    [
        ("z = w x + b\nL = (z-y)^2 + lambda w^2\n", (("x",), ("y",), ("lambda",))),
        ("z = w x + b\nL = max(0, 1 - y z)\n", (("x",), ("y",), ())),
        ("z = x + b\nL = (z-y)^2\n", (("x",), ("y",), ())),
        ("z = w h + x\nL = (z-y)^2\n", (("h", "x"), ("y",), ())),
        ("z_1 = w a_0 + c x\nL = (z_1-y)^2\n", (("a_0", "x"), ("y",), ("c",))),
    ],
)
def test_the_roles_of_untrained_leaves(chain: str, found: tuple[tuple[str, ...], ...]) -> None:
    anatomy = Anatomy(network(chain))
    groups = (anatomy.inputs, anatomy.targets, anatomy.fixed)
    assert tuple(tuple(map(plain, names)) for names in groups) == found


@pytest.mark.parametrize("chain", ["u = alpha x + delta\nL = (u - y)^2\n", "L = x^2\n"])
def test_nothing_to_train_is_an_error_that_says_what_to_write(chain: str) -> None:
    with pytest.raises(InputError, match="parameters"):
        made(chain)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["residual", "lstm", "rnn", "cross_entropy"])
def test_every_scalar_example_has_a_note(name: str, lang: str) -> None:
    told = note(inputs(example(name)))
    assert check(render_note(told.document, Target("markdown", lang))) > 5
    assert "one neurons" not in render_note(told.document, Target("text", lang))


def test_a_chain_without_exercises_has_no_answers() -> None:
    told = made("L = (w x - y)^2\n")
    assert not told.answers.sections and "Exercises" not in render_note(told.document, Target())


@pytest.mark.parametrize("format", ["text", "markdown", "latex"])
@pytest.mark.parametrize(("lang", "words"), [("en", "Not trained:"), ("zh", "未参与训练：")])
def test_an_overview_says_what_it_leaves_out(format: str, lang: str, words: str) -> None:
    net = network(LETTERS)
    told = render_derivation([derive(net, Name("gamma"))], Target(format, lang), overview=True, network=net)
    line = next(line for line in told.splitlines() if words in line)
    assert "parameters ..." in line
    for name in ("α", "δ", "v") if format == "text" else (r"\alpha", r"\delta", "v"):
        assert name in line
