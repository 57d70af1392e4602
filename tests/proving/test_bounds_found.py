"""The best bound of a gradient: its supremum, where it is met, and which layers can grow."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from symgrad import Chain
from symgrad.errors import InputError

CHAIN = """sigma = {function}
for j in 1..4:
    z_j = w_j a_{{j-1}} + b_j
    a_j = sigma(z_j)
C = (a_4 - y)^2 / 2
parameters w, b"""


def nielsen(function: str = "sigmoid") -> Chain:
    return Chain.parse(CHAIN.format(function=function))


@pytest.mark.parametrize(
    ("function", "given", "supremum", "attained", "threshold"),
    [
        ("sigmoid", "|w_j| <= 1", Fraction(1, 256), True, 4),
        ("sigmoid", "|w_j| < 1", Fraction(1, 256), False, 4),
        ("sigmoid", "|w_j| <= 100", Fraction(15625, 4), True, 4),
        ("tanh", "|w_j| <= 1", Fraction(1), True, 1),
        ("tanh", "|w_j| <= 2", Fraction(8), True, 1),
    ],
)
def test_the_supremum_under_a_bound_on_the_weights(
    function: str, given: str, supremum: Fraction, attained: bool, threshold: int
) -> None:
    found = nielsen(function).bounds("b_1", given=[given])
    assert found.proof.verdict == "proved"
    assert found.proof.check()
    assert (found.supremum, found.attained, found.sharp) == (supremum, attained, True)
    assert found.bound is None
    assert [layer.weight for layer in found.layers] == ["w_2", "w_3", "w_4"]
    assert {layer.threshold for layer in found.layers} == {threshold}


def test_without_a_bound_on_the_weights_they_stay() -> None:
    found = nielsen().bounds("b_2")
    assert found.supremum is None
    assert found.proof.verdict == "proved"
    assert str(found.claim) == "abs(dC/db_2) <= (1/64 abs(w_3 w_4)) abs(dC/da_4)"


def test_a_bounded_loss_factor_bounds_the_gradient() -> None:
    found = nielsen().bounds("b_4", given=["0 <= y", "y <= 1"])
    assert (found.supremum, found.bound) == (Fraction(1, 4), Fraction(4, 27))


def test_it_is_said_in_two_languages_and_for_scripts() -> None:
    found = nielsen().bounds("b_1", given=["|w_j| <= 1"])
    for lang in ("en", "zh"):
        for format_ in ("text", "markdown", "latex"):
            assert "256" in found.to(format_, lang)
    data = json.loads(found.to("json"))
    assert data["supremum"] == "1/256"
    assert data["proof"]["checked"] is True
    assert data["layers"][0] == {"weight": "w_2", "grows_if": "abs(w_2) > 4"}


def test_a_general_function_has_no_bound() -> None:
    chain = Chain.parse("z = w x + b\na = f(z)\nC = (a - y)^2 / 2")
    with pytest.raises(InputError):
        chain.bounds("b")
