"""The table of formats against NumPy's own and the lecture's, and what rounding does at its edges."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from symgrad.calculus.derive import derive
from symgrad.numerics import evaluate
from symgrad.numerics.formats import FORMATS
from tests.numerics.chains import chain


@pytest.mark.parametrize("name", ["float16", "float32", "float64"])
def test_limits_are_those_of_numpy(name: str) -> None:
    known, info = FORMATS[name], np.finfo(name)
    assert known.largest == Fraction(float(info.max))
    assert known.smallest_normal == Fraction(float(info.smallest_normal))
    assert known.smallest_subnormal == Fraction(float(info.smallest_subnormal))
    assert known.spacing == Fraction(float(info.eps))


def test_bfloat16_is_half_of_a_float32() -> None:
    known = FORMATS["bfloat16"]
    assert float(known.largest) == pytest.approx(3.3895313892515355e38, rel=1e-15)
    assert known.smallest_subnormal == Fraction(1, 2**133)
    assert known.spacing == Fraction(1, 128)


@pytest.mark.parametrize("name", ["float16", "float32", "float64"])
def test_what_vanishes_and_what_overflows(name: str) -> None:
    known, kind = FORMATS[name], np.dtype(name).type
    if name == "float64":
        assert float(known.vanishing) == 0 and float(known.vanishing * Fraction(3, 2)) > 0
        return
    with np.errstate(all="ignore"):
        assert kind(float(known.vanishing)) == 0
        assert kind(float(known.vanishing) * (1 + 2**-20)) > 0
        assert np.isinf(kind(float(known.overflowing)))
        assert np.isfinite(kind(float(known.overflowing) * (1 - 2**-30)))


def powers(base: str, count: int) -> str:
    """A product of equal factors, one layer each."""
    return f"for j in 1..{count}:\n    a_j = w_j a_{{j-1}}\nC = a_{count}\n"


def test_a_hundred_factors_step_by_step_and_rounded_once() -> None:
    network = chain(powers("0.8", 100))
    goal = derive(network, network.leaves[1])
    values = {"w_j": "0.8", "a_0": 1}
    (half,) = evaluate(network, [goal], values, "float16")
    assert float(half.value) == 2.0**-23  # sticks: 0.8 times 2 units rounds to 2 units
    assert np.float16(0.8**100) == 0
    (exact,) = evaluate(network, [goal], values, "exact")
    assert exact.value == Fraction(4, 5) ** 100
    assert float(exact.value) == pytest.approx(2.03703597633449e-10, rel=1e-14)


@pytest.mark.parametrize(("precision", "first"), [("float16", 13), ("float32", 75), ("float64", 538)])
def test_quarters_step_by_step(precision: str, first: int) -> None:
    for count, gone in ((first - 1, False), (first, True)):
        network = chain(powers("1/4", count))
        (found,) = evaluate(
            network, [derive(network, network.leaves[1])], {"w_j": "1/4", "a_0": 1}, precision
        )
        assert (float(found.value) == 0) is gone
