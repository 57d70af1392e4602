"""Underflow and overflow against what the formats can hold."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from symgrad.notation.tree import Name
from symgrad.numerics import evaluate
from tests.numerics.chains import ONES, STEEP, biases, chain, gradients, nielsen


@pytest.mark.parametrize(
    ("format", "factor", "depth", "zero"),
    [
        ("float16", "1/4", 12, False),
        ("float16", "1/4", 13, True),
        ("float32", "1/4", 74, False),
        ("float32", "1/4", 75, True),
        ("float64", "1/4", 537, False),
        ("float64", "1/4", 538, True),
    ],
)
def test_powers_of_a_quarter_step_by_step(format: str, factor: str, depth: int, zero: bool) -> None:
    network = chain(f"h_0 = x\nfor j in 1..{depth}:\n    h_j = w_j h_{{j-1}}\nC = h_{depth}\n")
    (found,) = evaluate(network, gradients(network, Name("x")), {"x": 1, "w_j": factor}, format)
    assert bool(found.value == 0) is zero
    assert found.underflow == (("dC/dx",) if zero else ())  # 4^-12 = 2^-24 is held exactly: nothing is lost


def test_a_product_that_sticks_instead_of_reaching_zero() -> None:
    network = chain("h_0 = x\nfor j in 1..100:\n    h_j = w_j h_{j-1}\nC = h_100\n")
    (found,) = evaluate(network, gradients(network, Name("x")), {"x": 1, "w_j": 0.8}, "float16")
    assert found.factors[0].value == np.float16(0.7998046875)
    assert found.value == np.float16(2.0**-23) and found.underflow == ("dC/dx",)
    (double,) = evaluate(network, gradients(network, Name("x")), {"x": 1, "w_j": 0.8})
    assert float(double.value) == pytest.approx(2.03703597633449e-10, rel=1e-13)
    (exact,) = evaluate(network, gradients(network, Name("x")), {"x": 1, "w_j": 0.8}, "exact")
    assert exact.value == Fraction(4, 5) ** 100


@pytest.mark.parametrize(("layers", "infinite"), [(4, False), (5, True), (6, True)])
def test_explosion_overflows_float16(layers: int, infinite: bool) -> None:
    network = nielsen(layers)
    (found,) = evaluate(network, biases(network, 1), STEEP, "float16")
    assert bool(np.isinf(found.value)) is infinite
    assert found.overflow == (("dC/db_1",) if infinite else ())
    assert found.underflow == ()


def test_a_true_zero_is_not_an_underflow() -> None:
    network = nielsen(2, sigma="relu")
    values = {**ONES, "b_1": -5}
    for format in ("float16", "float64", "log"):
        (found,) = evaluate(network, biases(network, 1), values, format)
        assert float(found.value) == 0 and found.underflow == ()


def test_a_zero_of_equal_numbers_is_not_an_underflow() -> None:
    network = nielsen(1)
    (found,) = evaluate(network, biases(network, 1), {**ONES, "w_1": 0, "y": "1/2"})
    assert found.value == 0 and found.underflow == ()


def test_a_saturated_slope_is_named() -> None:
    network = nielsen(2)
    (found,) = evaluate(network, biases(network, 1), {**ONES, "b_1": 30}, "float16")
    assert found.underflow == ("sigma'(z_1)", "dC/db_1")
    (found,) = evaluate(network, biases(network, 1), {**ONES, "b_1": 30})
    assert found.underflow == () and float(found.value) > 0


def test_a_leaf_beyond_the_format_is_named() -> None:
    network = nielsen(2)
    (found,) = evaluate(network, biases(network, 1), {**ONES, "w_2": 100_000}, "float16")
    assert "w_2" in found.overflow


def test_bfloat16_has_the_range_of_float32() -> None:
    network = nielsen(12)
    (small,) = evaluate(network, biases(network, 1), ONES, "bfloat16")
    (half,) = evaluate(network, biases(network, 1), ONES, "float16")
    assert small.value > 0 and small.underflow == ()
    assert half.value == 0 and half.underflow == ("dC/db_1",)
    assert float(small.value) == pytest.approx(1.159e-08, rel=0.1)


def test_logs_lose_nothing() -> None:
    network = nielsen(900)
    (found,) = evaluate(network, biases(network, 1), ONES, "log")
    assert found.underflow == () and found.value.log < -1300
