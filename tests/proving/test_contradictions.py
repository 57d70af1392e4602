"""Assumptions that nothing meets are an input error of their own, never a proof."""

from __future__ import annotations

import pytest

from symgrad import Chain, prove
from symgrad.errors import InputError

MLP = (
    "x : vector(d)\nW_1 : matrix(m,d)\nb_1 : vector(m)\nz_1 = W_1 x + b_1\nh_1 = sigmoid(z_1)\nL = sum(h_1)\n"
)


@pytest.mark.parametrize(
    "given",
    [
        ("log(x) > 0", "x < 1"),
        ("sqrt(x) < 0",),
        ("sqrt(x) + 1 <= 0",),
        ("x > 1", "x < 0"),
        ("1/x = 0", "x = 0"),
    ],
)
@pytest.mark.parametrize("claim", ["x + 1 > x", "x > 5"])
def test_numbers(claim: str, given: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="contradict"):
        prove(claim, given=list(given))


@pytest.mark.parametrize(
    "given",
    [("norm(x) < 0",), ("opnorm(W_1) <= -1",), ("norm(x) > 2", "norm(x) < 1"), ("norm(x) <= q", "q < 0")],
)
@pytest.mark.parametrize("claim", ["norm(dL/dx) <= 1", "norm(x) >= 0"])
def test_arrays(claim: str, given: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="contradict"):
        Chain.parse(MLP).prove(claim, given=list(given))


def test_what_can_be_met_is_no_contradiction() -> None:
    chain = Chain.parse(MLP)
    assert chain.prove("norm(x) >= 0", given=["norm(x) <= 0"]).verdict == "proved"
    assert chain.prove("norm(x) >= 0", given=["opnorm(W_1) <= 1", "norm(x) > 3"]).verdict == "proved"
    assert prove("x + 1 > x", given=["log(x) < 0"]).verdict == "proved"
    assert prove("x + 1 > x", given=["sqrt(x) <= 0"]).verdict == "proved"
