"""Every answer of every function against mpmath: values, slopes, exact ranges, symmetry, exact points."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from symgrad.functions.questionnaire import End, Function
from symgrad.functions.registry import (
    derivative,
    formula,
    lookup,
    names,
    stable_derivative,
    stable_value,
    value,
)
from tests.functions.evaluation import TRUTH, evaluate, holds

DIGITS = mpf(10) ** -30
POINTS = [mpf(k) / 16 for k in range(-160, 161)] + [s * mpf(10) ** k for k in (-9, -4, 2, 3) for s in (-1, 1)]
FAR = [s * mpf(10) ** k for k in (-40, -12, 2, 12, 40) for s in (-1, 1)]

STEEP = ("exp", "sinh", "cosh")
IRRATIONAL = {
    "value": {"arctan", "gelu", "gelu_tanh", "silu", "mish"},
    "slope": {"gelu", "gelu_tanh", "silu", "mish", "erf", "erfc", "sech", "floor"},
}
"""Where an end or where it is attained is irrational, or the slope does not bound the function."""


@pytest.fixture(autouse=True)
def precise() -> Any:
    with mp.workdps(60):
        yield


def functions() -> list[Function]:
    found = [lookup(name) for name in names()]
    return [function for function in found if function is not None]


every = pytest.mark.parametrize("function", functions(), ids=lambda f: f.name)


def inside(domain: str | None, x: Any) -> bool:
    return domain is None or holds(formula(domain), {"x": x})


def close(a: Any, b: Any) -> bool:
    return bool(abs(a - b) <= DIGITS * (1 + abs(b)))


@every
@given(numerator=st.integers(-(10**6), 10**6), denominator=st.integers(10**4, 10**5))
def test_all_forms_agree_with_mpmath(function: Function, numerator: int, denominator: int) -> None:
    with mp.workdps(60 + abs(numerator // denominator) // 2):
        x, truth = mpf(numerator) / denominator, TRUTH[function.name]
        if not inside(function.derivative_domain, x):
            return
        for form in (value(function), stable_value(function)):
            assert form is None or close(evaluate(form, {"x": x}), truth(x))
        if function.exponential is not None:
            assert close(evaluate(formula(function.exponential), {"E": mp.exp(x)}), truth(x))
        if all(x != kink.at for kink in function.kinks):
            step = min((abs(x - kink.at) for kink in function.kinks), default=mpf(1)) / mpf(10) ** 45
            with mp.workdps(mp.dps + 110):
                slope = (truth(x + step) - truth(x - step)) / (2 * step)
            assert close(evaluate(derivative(function), {"x": x}), slope)
            assert close(evaluate(stable_derivative(function), {"x": x}), slope)


@every
def test_ranges_hold_everywhere_and_are_approached(function: Function) -> None:
    slopes = derivative(function)

    def slope(x: Any) -> Any:
        return evaluate(slopes, {"x": x})

    for range_, compute, domain in (
        (function.range, TRUTH[function.name], function.domain),
        (function.derivative_range, slope, function.derivative_domain),
    ):
        if range_ is None:
            continue
        beside = [fraction(k.at) + s * mpf(10) ** -9 for k in function.kinks for s in (-1, 1)]
        most = 10**6 if function.name in STEEP else 10**50
        seen = 20 if function.name in ("erf", "erfc") else 10**6
        with mp.workdps(1000):
            near = [compute(x) for x in (*POINTS, *beside) if inside(domain, x) and abs(x) < seen]
            far = [compute(x) for x in FAR if inside(domain, x) and abs(x) < most]
            low, high = bound(range_.low), bound(range_.high)
        if range_.low.value is not None:
            assert all(v >= low if range_.low.closed else v > low for v in near)
            assert min(near + far) <= low + mpf(10) ** -4
        else:
            assert min(near + far) < -90
        if range_.high.value is not None:
            assert all(v <= high if range_.high.closed else v < high for v in near)
            assert max(near + far) >= high - mpf(10) ** -4
        else:
            assert max(near + far) > 10**6 or max(near + far) > 90
        for end in (range_.low, range_.high):
            assert all(close(compute(fraction(x)), fraction(end.value)) for x in end.at)


def test_only_irrational_ranges_are_left_out() -> None:
    assert {f.name for f in functions() if f.range is None} == IRRATIONAL["value"]
    assert {f.name for f in functions() if f.derivative_range is None} == IRRATIONAL["slope"]


def bound(end: End) -> Any:
    return None if end.value is None else fraction(end.value)


def fraction(value: Any) -> Any:
    return mpf(value.numerator) / value.denominator


@every
def test_symmetry_and_direction(function: Function) -> None:
    truth = TRUTH[function.name]
    points = [x for x in sorted(POINTS) if abs(x) <= 20 and inside(function.domain, x)]
    with mp.workdps(400):
        values = [truth(x) for x in points]
        rises = [b - a for a, b in pairwise(values)]
    seen = {
        "increasing": all(d > 0 for d in rises),
        "nondecreasing": all(d >= 0 for d in rises),
        "decreasing": all(d < 0 for d in rises),
        "nonincreasing": all(d <= 0 for d in rises),
    }
    direction = next(
        (word for word in ("increasing", "decreasing", "nondecreasing", "nonincreasing") if seen[word]), None
    )
    assert function.monotone == direction
    mirrored = [truth(-x) for x in points] if function.domain is None else []
    odd = bool(mirrored) and all(close(m, -v) for m, v in zip(mirrored, values, strict=True))
    even = bool(mirrored) and all(close(m, v) for m, v in zip(mirrored, values, strict=True))
    assert function.parity == ("odd" if odd else "even" if even else None)


@every
def test_exact_points_and_kinks(function: Function) -> None:
    truth = TRUTH[function.name]
    for at, exact in function.exact:
        assert close(truth(fraction(at)), fraction(exact))
    for kink in function.kinks:
        here, step = fraction(kink.at), mpf(10) ** -20
        left = (truth(here) - truth(here - step)) / step
        right = (truth(here + step) - truth(here)) / step
        assert abs(left - right) > mpf(1) / 10
        if function.name not in ("relu", "abs"):
            assert abs(left - fraction(kink.derivative)) < mpf(10) ** -15
        for form in (derivative(function), stable_derivative(function)):
            assert close(evaluate(form, {"x": here}), fraction(kink.derivative))


def test_the_textbook_numbers() -> None:
    sigmoid, tanh = lookup("sigmoid"), lookup("tanh")
    assert sigmoid is not None and tanh is not None
    assert mp.nstr(evaluate(derivative(sigmoid), {"x": mpf(1)}), 10) == "0.1966119332"
    assert mp.nstr(evaluate(derivative(tanh), {"x": mpf(1)}), 10) == "0.4199743416"
    assert str(sigmoid.lipschitz) == "1/4" and str(tanh.lipschitz) == "1"
