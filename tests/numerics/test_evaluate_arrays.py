"""Gradients through vectors and matrices in numbers: by hand, by differences, and every slip in a value."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symgrad import Chain
from symgrad.errors import InputError, MissingValueError, ShapeError, SymgradError, UnknownNameError
from symgrad.numerics.sizes import size_symbols

EXAMPLES = Path(__file__).parents[2] / "examples"
MLP = Chain.parse("""
sigma = relu
x : vector(2)
y : vector(1)
W_1 : matrix(3, 2)
b_1 : vector(3)
W_2 : matrix(1, 3)
b_2 : vector(1)
parameters W, b
z_1 = W_1 x + b_1
h_1 = sigma(z_1)
z_2 = W_2 h_1 + b_2
C = half_square(z_2, y)
""")
BY_HAND: dict[str, Any] = {
    "x": [1, 2], "y": [1], "W_1": [[1, 1], [-2, 1], [1, "-3/2"]], "b_1": [0, "1/2", 0],
    "W_2": [[1, 2, 3]], "b_2": [0],
}  # fmt: skip
"""z_1 = (3, 1/2, -2), h_1 = (3, 1/2, 0), z_2 = 4, so that dC/dz_2 = 3."""
F12 = Chain.parse("""
h_0 : vector(n_0)
y : vector(n_3)
W_t : matrix(n_t, n_{t-1})
sigma = sigmoid
for t in 1..3:
    z_t = W_t h_{t-1}
    h_t = sigma(z_t)
ell = half_square(h_3, y)
parameters W
""")


def random_f12() -> dict[str, Any]:
    random = np.random.default_rng(5)
    sizes = {"h_0": (3,), "y": (2,), "W_1": (4, 3), "W_2": (3, 4), "W_3": (2, 3)}
    return {name: random.normal(0, 1, size) for name, size in sizes.items()}


def fractions(rows: list[Any]) -> list[Any]:
    return [fractions(row) if isinstance(row, list) else Fraction(row) for row in rows]


def test_exact_values_by_hand() -> None:
    found = MLP.evaluate(None, BY_HAND, precision="exact").values
    assert found["dC/dW_1"].tolist() == fractions([[3, 6], [6, 12], [0, 0]])
    assert found["dC/db_1"].tolist() == fractions([3, 6, 0])
    assert found["dC/dW_2"].tolist() == fractions([[9, "3/2", 0]])
    assert found["dC/db_2"].tolist() == fractions([3])


@pytest.mark.parametrize("precision", ["float16", "bfloat16", "float32", "float64", "log", 30])
def test_every_kind_gives_the_same_numbers(precision: str | int) -> None:
    found = MLP.evaluate("W_1", BY_HAND, precision=precision)
    assert np.allclose(
        [[float(x) for x in row] for row in found.value], [[3, 6], [6, 12], [0, 0]], rtol=1e-14
    )
    assert found.factors[-1][0] is not None and len(found.factors) >= 3
    assert not found.underflow and not found.overflow


def test_the_network_of_the_lecture_by_finite_differences() -> None:
    values = random_f12()

    def loss(given: dict[str, Any]) -> float:
        h = given["h_0"]
        for t in (1, 2, 3):
            h = 1 / (1 + np.exp(-given[f"W_{t}"] @ h))
        return float(((h - given["y"]) ** 2).sum() / 2)

    gradients = F12.evaluate(None, values).values
    for t in (1, 2, 3):
        own = gradients[f"dell/dW_{t}"]
        for place in np.ndindex(own.shape):
            up, down = dict(values), dict(values)
            up[f"W_{t}"], down[f"W_{t}"] = up[f"W_{t}"].copy(), down[f"W_{t}"].copy()
            up[f"W_{t}"][place] += 1e-6
            down[f"W_{t}"][place] -= 1e-6
            assert own[place] == pytest.approx((loss(up) - loss(down)) / 2e-6, rel=1e-6, abs=1e-9)


def test_a_jacobian_is_the_product_of_its_layers() -> None:
    values = random_f12()
    found = F12.evaluate("h_1", values, of="h_3").value
    h, slopes = values["h_0"], []
    for t in (1, 2, 3):
        h = 1 / (1 + np.exp(-values[f"W_{t}"] @ h))
        slopes.append(np.diag(h * (1 - h)))
    assert np.allclose(found, slopes[2] @ values["W_3"] @ slopes[1] @ values["W_2"], rtol=1e-13)


def test_the_factors_multiply_to_the_gradient() -> None:
    found = F12.evaluate("W_1", random_f12())
    product: Any = None
    for _, value in found.factors:
        part = value.reshape(-1, 1) if value.ndim == 1 else value
        product = part if product is None else product @ part
    assert np.allclose(product, found.value, rtol=1e-12)


def test_balls_contain_what_floats_round() -> None:
    values = random_f12()
    exact = F12.evaluate("W_2", values, precision=25).value
    double = F12.evaluate("W_2", values).value
    for place in np.ndindex(double.shape):
        assert exact[place].rel_accuracy_bits() > 80
        assert abs(float(exact[place]) - double[place]) <= 1e-14 * abs(double[place]) + 1e-18


def test_a_deep_chain_is_one_pass() -> None:
    depth = 150
    lines = "".join(f"h_{j} = tanh(W h_{j - 1})\n" for j in range(1, depth + 1))
    chain = Chain.parse(f"h_0 : vector(d)\nW : matrix(d, d)\nparameters W\n{lines}C = norm(h_{depth})^2/2\n")
    w, h = np.array([[0.9, 0.4], [-0.4, 0.9]]), np.array([0.3, -0.2])
    states = [h]
    for _ in range(depth):
        states.append(np.tanh(w @ states[-1]))
    adjoint, total = states[-1], np.zeros((2, 2))
    for before, after in zip(reversed(states[:-1]), reversed(states[1:]), strict=True):
        delta = adjoint * (1 - after**2)
        total += np.outer(delta, before)
        adjoint = w.T @ delta
    assert np.allclose(chain.evaluate("W", {"W": w, "h_0": h}).value, total, rtol=1e-10)


def test_underflow_is_named_entry_by_entry() -> None:
    chain = Chain.parse("x : vector(2)\nw : vector(2)\nparameters w\nC = (w^T x) k\n")
    found = chain.evaluate("w", {"x": [1, "1/1024"], "w": [1, 1], "k": "1/16384"}, precision="float16")
    assert found.underflow == ()  # 2^-24 is the smallest subnormal, and exact
    found = chain.evaluate("w", {"x": [1, "1/2048"], "w": [1, 1], "k": "1/16384"}, precision="float16")
    assert found.underflow == ("dC/dw[2]",)
    assert found.overflow == ()
    big = chain.evaluate("w", {"x": [60000, 1], "w": [0, 1], "k": 60000}, precision="float16")
    assert big.overflow == ("dC/dw[1]",)


def test_softmax_far_out_keeps_its_gradient() -> None:
    chain = Chain.read(EXAMPLES / "softmax.chain")
    values = {"x": [1, 2], "y": [0, 1, 0], "W": [[1, 0], [0, 1], [1, 1]], "b": [900, 0, 0]}
    found = chain.evaluate("b", values).value
    assert found.tolist() == [1, -1, 0]


SLIPS: list[tuple[dict[str, Any], type[SymgradError], str]] = [
    ({"W_1": [[1, 1], [2, 2]]}, ShapeError, "W_1 is a matrix(3, 2); the value given is a matrix(2, 2)"),
    ({"x": [1, 2, 3]}, ShapeError, "x is a vector(2); the value given is a vector(3)"),
    ({"x": 1}, ShapeError, "x is a vector(2); the value given is a scalar"),
    ({"x": [[1], [2]]}, ShapeError, "the value given is a matrix(2, 1)"),
    ({"W_1": [[1, 1], [2]]}, ShapeError, "different lengths: the first has 2, this one 1"),
    ({"W_1": "[[1, 1], [2]]"}, ShapeError, "<values>:1:14: the rows have different lengths"),
    ({"W_1": [[1, 1], 2]}, ShapeError, "in brackets"),
    ({"x": [[[1]]]}, ShapeError, "vectors and matrices only"),
    ({"x": np.zeros((1, 2, 2))}, ShapeError, "vectors and matrices only"),
    ({"x": [1, float("nan")]}, InputError, "a number is expected"),
    ({"x": "[1, inf]"}, InputError, "<values>:1:7: a number is expected"),
    ({"x": [1, None]}, InputError, "a number is expected"),
    ({"x": []}, InputError, "a number is expected"),
    ({"x": "[1, t]"}, UnknownNameError, "no t in this chain"),
    ({"z_1": [1, 2, 3]}, InputError, "defined by the chain itself"),
    ({"x": "b_1"}, ShapeError, "x is a vector(2); the value given is a vector(3)"),
    ({"x": "[b_2, 1]"}, InputError, "a number is expected"),
]


@pytest.mark.parametrize(("slip", "kind", "words"), SLIPS)
def test_a_slip_in_a_value_is_told(slip: dict[str, Any], kind: type[SymgradError], words: str) -> None:
    with pytest.raises(kind) as caught:
        MLP.evaluate("W_1", {**BY_HAND, **slip})
    assert words in str(caught.value)


def test_sizes_come_from_the_arrays_and_must_agree() -> None:
    values = random_f12()
    with pytest.raises(ShapeError) as caught:
        F12.evaluate("W_1", {**values, "h_0": [1, 2]})
    assert "n_0" in str(caught.value)
    with pytest.raises(ShapeError) as caught:
        F12.evaluate("W_1", {"n_0": 7, **values})
    assert "W_1 is a matrix(4, 7); the value given is a matrix(4, 3)" in str(caught.value)
    for wrong in (0, -1, "2.5", "a", [1]):
        with pytest.raises(InputError, match="positive whole number"):
            F12.evaluate("W_1", {**values, "n_0": wrong})


def test_what_is_missing_is_a_line_to_paste() -> None:
    with pytest.raises(MissingValueError) as caught:
        F12.evaluate("W_1", {"h_0": [1, 2, 3]})
    line = str(caught.value).splitlines()[-1].strip()
    settings = [part.rstrip('" ').lstrip('"') for part in line.split("--set ")[1:]]
    values = dict(part.split("=", 1) for part in settings)
    assert values["W_1"] == "[[1, 0, 0], [0, 1, 0]]"
    assert F12.evaluate("W_1", {"h_0": [1, 2, 3], **values}).value.shape == (2, 3)


def test_drawn_values_are_the_same_again_and_said() -> None:
    sizes: dict[str, Any] = {"n_0": 2, "n_1": 3, "n_2": 2, "n_3": 1}
    first, again = (F12.evaluate("W_1", sizes, seed=3) for _ in range(2))
    assert (first.value == again.value).all()
    assert (first.value != F12.evaluate("W_1", sizes, seed=4).value).any()
    given = {one.name.stem + "_" + str(one.name.indices[0]) if one.name.indices else one.name.stem: one.value
             for one in first.drawn}  # fmt: skip
    assert (F12.evaluate("W_1", given).value == first.value).all()
    assert "seed 3" in first.to("text")
    with pytest.raises(MissingValueError, match="n_0"):
        F12.evaluate("W_1", {}, seed=3)


def test_a_kink_is_said() -> None:
    values = {**BY_HAND, "b_1": [-3, 0, 0]}
    assert "kink" in MLP.evaluate("W_1", values, precision="exact").to("text")
    assert "kink" not in MLP.evaluate("W_1", BY_HAND, precision="exact").to("text")
    tie = Chain.parse("u = w\nC = max(u, x)\n")
    assert "tie" in tie.evaluate("w", {"w": 2, "x": 2}).to("text")
    assert "折点" in MLP.evaluate("W_1", values).to("text", lang="zh")


def test_formats_of_the_output() -> None:
    found = MLP.evaluate(["W_1", "b_1"], BY_HAND, precision="exact")
    text = found.to("text")
    assert "  [ 3   6 ]" in text and "  [ 6  12 ]" in text and "[3, 6, 0]" in text
    assert r"\begin{pmatrix} 3 & 6 \\ 6 & 12 \\ 0 & 0 \end{pmatrix}" in found.to("latex")
    assert "pmatrix" in found.to("markdown")
    assert '"dC/dW_1": "[[3, 6], [6, 12], [0, 0]]"' in found.to("json")
    large = Chain.parse("x : vector(n)\nw : vector(n)\nparameters w\nC = w^T x\n")
    shown = large.evaluate("w", {"w": [1] * 50, "x": list(range(50))}).to("text")
    assert "[0, 1, 2, ..., 47, 48, 49]" in shown


def test_a_size_called_e_is_no_constant() -> None:
    chain = Chain.parse("x : vector(e)\nw : vector(e)\nparameters w\nC = mean(w .* x)\n")
    found = chain.evaluate("w", {"x": [1, 2, 3], "w": [1, 1, 1]}, precision="exact").value
    assert found.tolist() == fractions(["1/3", "2/3", 1])
    assert chain.evaluate("w", {"e": 2}, seed=1).value.shape == (2,)


def test_epsilon_is_drawn_positive() -> None:
    chain = Chain.read(EXAMPLES / "layernorm.chain")
    sizes = {str(symbol): 3 for symbol in size_symbols(chain.network)}
    found = chain.evaluate(None, sizes, seed=1)
    assert all(np.isfinite(value).all() for value in found.values.values())
