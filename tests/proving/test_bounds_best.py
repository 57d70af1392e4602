"""Best bounds of gradients: exact or honest about it, met where they say, and never below a gradient."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad import Chain
from symgrad.cli.main import run
from symgrad.errors import InputError, SymgradError
from symgrad.proving import kernel

NIELSEN = """sigma = {function}
for j in 1..{depth}:
    z_j = w_j a_{{j-1}} + b_j
    a_j = sigma(z_j)
C = (a_{depth} - y)^2 / 2
parameters w, b"""
DEEP = (
    "sigma = sigmoid\nfor j in 1..n:\n    z_j = w_j a_{j-1} + b_j\n    a_j = sigma(z_j)\nC = (a_n - y)^2 / 2"
)
MLP = """sigma = sigmoid
h_0 : vector(n_0)
y : vector(n_3)
W_t : matrix(n_t, n_{t-1})
b_t : vector(n_t)
parameters W, b
for t in 1..3:
    z_t = W_t h_{t-1} + b_t
    h_t = sigma(z_t)
L = half_square(h_3, y)"""


def chain(function: str = "sigmoid", depth: int = 4) -> Chain:
    return Chain.parse(NIELSEN.format(function=function, depth=depth))


@pytest.mark.parametrize(
    ("wrt", "assumptions", "supremum", "attained"),
    [
        ("w_2", ["|w_j| <= 1"], Fraction(1, 64), False),
        ("b_1", ["|w_2| <= 2", "|w_3| <= 1/2", "|w_4| <= 1"], Fraction(1, 256), True),
        ("b_1", ["1/2 <= w_2", "w_2 <= 3", "-1 <= w_3", "w_3 < 2", "|w_4| <= 1"], Fraction(3, 128), False),
        ("b_1", ["|w_2 w_3| <= 1", "|w_4| <= 1"], Fraction(1, 256), True),
        ("b_1", ["|z_j| <= 1/2", "|w_j| <= 1"], Fraction(1, 256), True),
        ("b_1", ["w_2 = 3", "|w_j| <= 5"], Fraction(75, 256), True),
        ("w_1", ["|w_j| <= 1", "|a_0| <= 2"], Fraction(1, 128), True),
    ],
)
def test_suprema_of_one_chain(wrt: str, assumptions: list[str], supremum: Fraction, attained: bool) -> None:
    found = chain().bounds(wrt, assumptions, timeout=60)
    assert (found.supremum, found.attained, found.sharp) == (supremum, attained, True)
    assert found.proof.check()


def test_a_supremum_that_is_approached_is_proved_to_be() -> None:
    found = chain().bounds("w_2", ["|w_j| <= 1"], timeout=60)
    assert found.found.toward and not found.attained
    for proof in found.found.evidence:
        assert proof.verdict == "proved" and proof.certificate is not None
        kernel.check(proof.certificate)


def test_the_gradient_itself_with_a_bounded_target() -> None:
    found = chain().bounds("b_1", ["y = 0 or y = 1", "|w_j| <= 1"], timeout=120)
    assert (found.supremum, found.bound) == (Fraction(1, 256), Fraction(1, 432))  # 1/64 times 4/27
    assert found.whole is not None and found.whole.exact and found.whole.attained
    kernel.check(found.whole.proof.certificate or {})
    s = np.linspace(0, 1, 100001)
    assert np.max(s * s * (1 - s)) == pytest.approx(4 / 27)


def test_cross_entropy_of_a_sigmoid_leaves_the_error() -> None:
    text = "z = w x + b\np = sigmoid(z)\nC = binary_cross_entropy(p, y)"
    found = Chain.parse(text).bounds("b", ["0 <= y", "y <= 1"], timeout=60)
    assert found.bound == 1 and found.whole is not None
    assert found.whole.exact and not found.whole.attained


def test_gelu_has_an_exact_description_and_so_have_its_layers() -> None:
    found = chain("gelu", 2).bounds("b_1", ["|w_j| <= 1"], timeout=120)
    assert found.supremum == "((1 + erf(1))/2 + exp(-1)/sqrt(pi))^2" and found.attained
    (layer,) = found.layers
    assert layer.exact and layer.threshold == "1/((1 + erf(1))/2 + exp(-1)/sqrt(pi))"
    assert "1.274" in found.to("text") and "0.8858" in found.to("text")
    assert found.proof.check()


def test_what_has_no_closed_form_lies_between_two_values() -> None:
    found = chain("silu", 2).bounds("b_1", ["|w_j| <= 1"], timeout=120)
    assert not found.sharp and found.between is not None
    low, high = found.between
    x = np.linspace(2, 3, 2000001)
    s = 1 / (1 + np.exp(-x))
    assert float(low) <= float(np.max(s + x * s * (1 - s))) ** 2 <= float(high) < float(low) + 1e-4


def test_a_letter_as_the_limit_of_the_weights() -> None:
    found = chain().bounds("b_1", ["|w_j| <= c"])
    assert (found.supremum, found.sharp) == ("1/256 c^3", True)
    two = chain().bounds("b_1", ["|w_j| <= c", "|w_j| <= 1/2"])
    assert not two.sharp


def test_intervals_of_the_arguments_change_bound_and_layers() -> None:
    found = chain().bounds("b_1", ["|z_j| >= 1", "|w_j| <= 1"], timeout=120)
    assert (found.supremum, found.attained) == ("sigma'(1)^4", True)
    assert {layer.condition for layer in found.layers} == {f"abs(w_{j}) > 1/sigma'(1)" for j in (2, 3, 4)}
    low = chain().bounds("b_1", ["|z_j| <= 1/2", "|w_j| <= 1"], timeout=120)
    assert low.infimum == "sigma'(1/2)^4" and low.least is not None and low.least.exact
    kernel.check(low.least.proof.certificate or {})


def test_free_weights_stay_and_without_proof_nothing_is_called_unbounded() -> None:
    text = chain().bounds("b_1").to("text")
    assert "as large as one likes" in text and "no smaller number" in text
    squared = chain().bounds("b_1", ["w_2^2 <= 4", "|w_3| <= 1", "|w_4| <= 1"])
    assert squared.supremum is not None or "as large as one likes" not in squared.to("text")


def test_quotients_of_two_layers() -> None:
    found = chain().bounds("b_1", ["|w_j| <= 1"], relative_to="b_3")
    assert (found.supremum, found.attained) == (Fraction(1, 16), True)
    assert chain().bounds("b_1", ["|w_j| <= 1"], of="a_3").supremum == Fraction(1, 64)
    with pytest.raises(InputError):
        chain().bounds("b_4", ["|w_j| <= 1"], relative_to="b_1")


def test_tied_weights_and_skip_connections() -> None:
    rnn = "for t in 1..3:\n    z_t = w h_{t-1} + u x_t + b\n    h_t = tanh(z_t)\nL = (h_3 - y)^2 / 2"
    found = Chain.parse(rnn).bounds("b", ["|w| <= 1"])
    assert (found.supremum, found.attained) == (3, True)
    skip = "for j in 1..3:\n    h_j = h_{j-1} + tanh(w_j h_{j-1} + b_j)\nL = (h_3 - y)^2 / 2"
    assert Chain.parse(skip).bounds("b_1", ["|w_j| <= 1"]).supremum == 4


def test_without_biases_the_supremum_is_enclosed() -> None:
    text = "z_1 = w_1 a_0\na_1 = sigmoid(z_1)\nz_2 = w_2 a_1\na_2 = sigmoid(z_2)\nC = (a_2 - y)^2/2"
    found = Chain.parse(text).bounds("w_1", ["|w_j| <= 1", "|a_0| <= 1"])
    assert not found.sharp and found.between is not None
    assert [layer.exact for layer in found.layers] == [False]
    dice, best = Random(1), 0.0
    for _ in range(20000):
        w1, w2, a0 = (dice.choice((-1, 1, dice.uniform(-1, 1))) for _ in range(3))
        a1 = 1 / (1 + np.exp(-w1 * a0))
        a2 = 1 / (1 + np.exp(-w2 * a1))
        best = max(best, abs(a0 * a1 * (1 - a1) * w2 * a2 * (1 - a2)))
    assert best <= float(found.between[1]) and best == pytest.approx(float(found.between[0]), rel=1e-3)


@pytest.mark.parametrize(
    ("assumptions", "bound"),
    [
        (["|w_j| <= 1"], "(1/4)^n"),
        (["|w_j| <= c"], "1/4 (1/4 c)^(n - 1)"),
        ([], None),
    ],
)
def test_symbolic_depth(assumptions: list[str], bound: str | None) -> None:
    found = Chain.parse(DEEP).bounds("b_1", assumptions, timeout=60)
    assert found.supremum == bound and found.proof.verdict == "proved" and found.proof.check()
    assert found.found.exact and "|wₖ| > 4" in found.to("text")


def test_vectors_by_norms() -> None:
    found = Chain.parse(MLP).bounds("b_1", ["opnorm(W_t) <= 1"], timeout=60)
    assert (found.supremum, found.sharp) == (Fraction(1, 64), True) and found.proof.check()
    dice = np.random.default_rng(3)
    for _ in range(200):
        z = [dice.normal(size=3) for _ in range(3)]
        slopes = [(e := 1 / (1 + np.exp(-x))) * (1 - e) for x in z]
        weights = [(w := dice.normal(size=(3, 3))) / np.linalg.norm(w, 2) for _ in range(2)]
        error = dice.normal(size=3)
        back = slopes[0] * (weights[0].T @ (slopes[1] * (weights[1].T @ (slopes[2] * error))))
        assert np.linalg.norm(back) <= np.linalg.norm(error) / 64


def test_input_that_cannot_be_used() -> None:
    for wrt, assumptions in (("q", []), ("b_1", ["|w_j| <= 1", "|w_j| >= 2"]), ("b_1", ["y"])):
        with pytest.raises(SymgradError):
            chain().bounds(wrt, assumptions)
    with pytest.raises(SymgradError):
        Chain.parse("z = w x + b\nC = (z - y)^2/2\nq = 2 v\nobjective C").bounds("v")


def test_the_command_writes_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "n.chain"
    file.write_text(NIELSEN.format(function="sigmoid", depth=2), encoding="utf-8")
    certificate, coq = tmp_path / "c.json", tmp_path / "b.v"
    arguments = ["prove", "--chain", str(file), "--bounds", "b_1", "--given", "|w_j| <= 1"]
    assert run([*arguments, "--json", "--certificate", str(certificate), "--coq", str(coq)]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["supremum"], data["attained"], data["proof"]["checked"]) == ("1/16", True, True)
    kernel.check(json.loads(certificate.read_text(encoding="utf-8")))
    assert "Theorem" in coq.read_text(encoding="utf-8")
    assert run([*arguments, "--lang", "zh"]) == 0
    assert "当且仅当" in capsys.readouterr().out
    assert run([*arguments, "--relative-to", "b_2"]) == 0
    assert "1/4" in capsys.readouterr().out
    assert run([*arguments, "--given", "|w_j| >= 3"]) == 2


# ---- never below a gradient


def slope(function: str, z: np.ndarray) -> np.ndarray:
    if function == "sigmoid":
        s = 1 / (1 + np.exp(-z))
        return np.asarray(s * (1 - s))
    if function == "tanh":
        return np.asarray(1 - np.tanh(z) ** 2)
    if function == "softplus":
        return np.asarray(1 / (1 + np.exp(-z)))
    if function == "arctan":
        return np.asarray(1 / (1 + z**2))
    return np.asarray((z > 0) * 1.0)


@settings(max_examples=12, deadline=None)
@given(
    function=st.sampled_from(["sigmoid", "tanh", "softplus", "arctan", "relu"]),
    depth=st.integers(1, 3),
    limits=st.lists(st.fractions(Fraction(1, 4), 5, max_denominator=4), min_size=3, max_size=3),
    of_weight=st.booleans(),
    strict=st.booleans(),
    seed=st.integers(0, 10**6),
)
def test_no_gradient_exceeds_the_supremum(
    function: str, depth: int, limits: list[Fraction], of_weight: bool, strict: bool, seed: int
) -> None:
    relation = "<" if strict else "<="
    assumptions = [f"|w_{j}| {relation} {limits[j - 1]}" for j in range(1, depth + 1)]
    wrt = "w_1" if of_weight else "b_1"
    found = chain(function, depth).bounds(wrt, [*assumptions, "|a_0| <= 3"], timeout=120)
    supremum = found.supremum
    assert isinstance(supremum, Fraction) and found.sharp
    dice = np.random.default_rng(seed)
    many = 4000
    ratio = dice.uniform(-3, 3, many) if of_weight else np.ones(many)
    for j in range(1, depth + 1):
        w = float(limits[j - 1]) * dice.choice([-1, 1, 1, 0.999], many) * dice.uniform(0.9, 1, many)
        z = dice.normal(size=many) * dice.choice([1e-3, 1, 20], many)
        ratio = ratio * slope(function, z) * (w if j > 1 else 1)
    assert np.max(np.abs(ratio)) <= float(supremum) * (1 + 1e-12)
    assert found.attained == (function != "softplus" and not (strict and depth > 1))
    if found.attained:
        point = found.proof.certificate["attained"] if found.proof.certificate else None
        assert point and found.proof.check()
