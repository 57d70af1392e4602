"""What the proof kernel makes of the questionnaires: intervals hold every value, false claims fail."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from symgrad import prove
from symgrad.functions.registry import derivative, lookup, names
from symgrad.proving.kernel.enclosures.bounds import function_range, image
from symgrad.proving.kernel.enclosures.intervals import Interval
from tests.functions.evaluation import TRUTH, evaluate

CONFIGURED = (
    "leaky_relu(slope=1/5)",
    "leaky_relu(slope=-2)",
    "leaky_relu(slope=3)",
    "elu(alpha=4)",
    "elu(alpha=-1)",
)
POINTS = [Fraction(k, 8) for k in range(-80, 81)]


def value(name: str, order: int, x: Fraction) -> Any:
    function = lookup(name)
    assert function is not None
    z = mpf(x.numerator) / x.denominator
    if order:
        return evaluate(derivative(function), {"x": z})
    if "(" not in name:
        return TRUTH[name](z)
    (_, option), *_ = function.options
    factor = mpf(option.numerator) / option.denominator
    return z if z > 0 else factor * (mp.expm1(z) if name.startswith("elu") else z)


def holds(interval: Interval, y: Any) -> bool:
    slack = mpf(10) ** -12 * (1 + abs(y))
    low, high = (
        None if end is None else mpf(end.numerator) / end.denominator for end in (interval.low, interval.high)
    )
    return (low is None or y >= low - slack) and (high is None or y <= high + slack)


def defined(name: str, x: Fraction) -> bool:
    return x > 0 or name not in ("log", "sqrt")


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("name", (*names(), *CONFIGURED))
def test_the_kernel_never_takes_a_range_for_smaller_than_it_is(name: str, order: int) -> None:
    whole = function_range(name, order)
    assert all(holds(whole, value(name, order, x)) for x in POINTS if defined(name, x))


@pytest.mark.parametrize("name", (*names(), *CONFIGURED))
@settings(max_examples=20)
@given(ends=st.tuples(st.sampled_from(POINTS), st.sampled_from(POINTS)))
def test_images_of_intervals_hold_the_values_inside(name: str, ends: tuple[Fraction, Fraction]) -> None:
    low, high = sorted(ends)
    if not defined(name, low):
        return
    for order in (0, 1):
        found = image(name, order, Interval(low, True, high, True))
        assert all(holds(found, value(name, order, x)) for x in POINTS if low <= x <= high)


@pytest.mark.parametrize(
    "claim",
    [
        "gelu'(x) <= 112/100",
        "gelu(x) >= 0",
        "silu'(x) <= 1",
        "mish(x) >= 0",
        "hard_sigmoid'(x) < 1/6",
        "hardswish(x) >= -37/100",
        "hardswish'(x) <= 1",
        "selu'(x) <= 1757/1000",
        "softsign'(x) < 1",
        "arctan(x) <= 3/2",
        "erf(x) <= 9/10",
        "sech(x) < 1",
        "cosh(x) > 1",
        "sinh(x) >= 0",
        "floor(x) >= x",
        "floor(x)^2 <= x^2",
        "elu(x) > -99/100",
        "elu'(x) < 1",
    ],
)
def test_false_claims_are_not_proved(claim: str) -> None:
    assert prove(claim, timeout=2.0).verdict != "proved"


@pytest.mark.parametrize("bound", [Fraction(1, 5), Fraction(1, 2)])
def test_options_of_a_bound_function_count_in_claims(bound: Fraction) -> None:
    functions = {"f": f"leaky_relu(slope={bound})"}
    assert prove(f"f'(x) < {bound}", functions=functions, timeout=2.0).verdict != "proved"
    assert prove("f'(x) <= 1/100 or f'(x) >= 1", functions=functions, timeout=2.0).verdict != "proved"
