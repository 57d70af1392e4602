"""Comparisons: numbers against a pass written here, facts of the functions, both languages, all formats."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import pytest

from symgrad import Chain
from symgrad.errors import UnknownNameError
from tests.helpers import EXAMPLES
from tests.rendering.viewer import check

NIELSEN = Chain.read(EXAMPLES / "nielsen.chain")
TANH = NIELSEN.vary(functions={"sigma": "tanh"})


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def by_hand(f: Callable[[float], float], slope: Callable[[float], float], n: int, weight: float = 1) -> float:
    """dC/dw_1 of Nielsen's chain, in floats: b = 0, a_0 = 1/2, y = 0."""
    a, gradient = 0.5, 0.5
    for j in range(1, n + 1):
        z = weight * a
        gradient *= slope(z) * (weight if j > 1 else 1)
        a = f(z)
    return gradient * a


def test_the_numbers_of_both_sides_are_right() -> None:
    found = NIELSEN.compare(TANH).value
    assert math.isclose(
        found.left.value, by_hand(sigmoid, lambda z: sigmoid(z) * sigmoid(-z), 4), rel_tol=1e-12
    )
    assert math.isclose(
        found.right.value, by_hand(math.tanh, lambda z: 1 - math.tanh(z) ** 2, 4), rel_tol=1e-12
    )
    deep = NIELSEN.compare(TANH.vary(depth=50), values={"w_j": 2}).value
    tanh = by_hand(math.tanh, lambda z: 1 - math.tanh(z) ** 2, 50, 2)
    assert math.isclose(deep.right.value, tanh, rel_tol=1e-9)


def test_a_deeper_chain_keeps_the_functions_it_was_given() -> None:
    deep = TANH.vary(depth=6).vary(depth=5)
    assert deep.network.functions["sigma"] == "tanh" and deep.objective == "C"
    assert NIELSEN.vary(functions={"sigma": "tanh"}, depth=5).network.functions["sigma"] == "tanh"


def test_where_each_format_loses_the_gradient() -> None:
    """The first depth whose exact gradient is at most half the smallest number of the format."""
    depths = NIELSEN.compare(TANH).value.left.depths or {}
    for name, exponent in (("float16", -25), ("float32", -150)):
        sizes = [
            by_hand(sigmoid, lambda z: sigmoid(z) * sigmoid(-z), n) for n in (depths[name] - 1, depths[name])
        ]
        assert sizes[0] > 2.0**exponent >= sizes[1]


def test_columns_hold_the_facts_of_each_activation() -> None:
    page = NIELSEN.compare(TANH).to()
    assert "nielsen.chain with sigma=sigmoid" in page and "nielsen.chain with sigma=tanh" in page
    assert "0 < σ′(z) ≤ 1/4" in page and "0 < σ′(z) ≤ 1\n" in page
    assert "|wⱼ σ′(zⱼ)| ≤ |wⱼ|/4" in page
    assert page.count("∂C/∂w₁ = ") == 1  # the same formula for both


def test_data_for_programs() -> None:
    found = json.loads(NIELSEN.compare(TANH, "b_1", {"w_2": 3}).to("json"))
    assert set(found) == {"left", "right"}
    left, right = found["left"], found["right"]
    assert (left["activation"], right["activation"]) == ("sigmoid", "tanh")
    assert left["slope"] == ["0", "1/4"] and right["slope"] == ["0", "1"]
    assert left["bound"] == "abs(w_j sigma'(z_j)) <= abs(w_j)/4" and left["wrt"] == "b_1"
    assert left["values"] == {"w_j": "1", "a_0": "1/2", "b_j": "0", "y": "0", "w_2": "3"}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("other", ["linear", "relu3", "mlp", "softmax", "nielsen"])
def test_every_pair_in_every_format(other: str, lang: str) -> None:
    found = NIELSEN.compare(Chain.read(EXAMPLES / f"{other}.chain"))
    assert check(found.to("markdown", lang)) > 3
    page = found.to("latex", lang)
    assert page.count(r"\begin") == page.count(r"\end")
    assert json.loads(found.to("json", lang))["left"]["layers"] == 4
    assert found.to("text", lang)


def test_vectors_and_general_functions_have_bounds_or_none_but_no_numbers() -> None:
    mlp = Chain.read(EXAMPLES / "mlp.chain")
    page = mlp.compare(mlp.vary(functions={"sigma": "relu"})).to()
    assert "opnorm(diag(σ′(zⱼ)) Wⱼ) ≤ opnorm(Wⱼ)/4" in page and "value" not in page
    general = Chain.parse("for j in 1..2:\n    z_j = w_j a_{j-1} + b_j\n    a_j = phi(z_j)\nC = a_2^2")
    found = general.compare(general.vary(functions={"phi": "tanh"})).value
    assert found.left.value is None and found.right.value is not None


def test_a_value_that_one_chain_alone_knows_is_for_it() -> None:
    found = NIELSEN.compare(Chain.read(EXAMPLES / "relu3.chain"), "b_1", {"x": 2, "a_0": 3}).value
    assert dict(found.left.values)["a_0"] == "3" and "x" not in dict(found.left.values)
    assert dict(found.right.values)["x"] == "2"
    with pytest.raises(UnknownNameError):
        NIELSEN.compare(TANH, values={"q": 1})
    with pytest.raises(UnknownNameError):
        NIELSEN.compare(TANH, "q")
