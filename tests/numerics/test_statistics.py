"""Moments of activations against the lecture's figures and mpmath, initialisations against the table."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import pytest

from symgrad.errors import InputError
from symgrad.numerics.statistics import he, log_size, moment, xavier


@pytest.mark.parametrize(
    ("function", "order", "figure"),
    [("sigmoid", 0, 0.293379), ("sigmoid", 1, 0.0448362), ("tanh", 0, 0.394294), ("tanh", 1, 0.464403)],
)
def test_second_moments_of_the_lecture(function: str, order: int, figure: float) -> None:
    assert float(moment(function, 2, order)) == pytest.approx(figure, rel=2e-6)


def test_relu_halves_and_its_mean_is_known() -> None:
    assert moment("relu", 2).contains(0.5)
    assert moment("relu", 2, 1).contains(0.5)
    mean = float(moment("relu", 1, variance=Fraction(9, 4)))
    assert mean == pytest.approx(math.sqrt(2.25 / (2 * math.pi)), rel=1e-14)
    assert float(moment("relu", 2)) - float(moment("relu", 1)) ** 2 == pytest.approx(0.340845, abs=1e-6)


@pytest.mark.parametrize("variance", [1, Fraction(1, 3), 7])
@pytest.mark.parametrize(
    ("function", "by_hand", "breaks"),
    [
        ("elu", lambda x: x if x > 0 else mpmath.expm1(x), [0]),
        ("hard_tanh", lambda x: max(-1, min(1, x)), [-1, 1]),
        ("softsign", lambda x: x / (1 + abs(x)), [0]),
        ("gelu", lambda x: x * mpmath.ncdf(x), []),
        ("softplus", lambda x: mpmath.log1p(mpmath.exp(x)), []),
    ],
)
def test_balls_contain_what_quadrature_finds(
    function: str, by_hand: object, breaks: list[int], variance: Fraction | int
) -> None:
    spread = mpmath.sqrt(mpmath.mpf(Fraction(variance).numerator) / Fraction(variance).denominator)

    def density(x: mpmath.mpf) -> mpmath.mpf:
        return by_hand(x) ** 2 * mpmath.npdf(x, 0, spread)  # type: ignore[operator]

    edges = sorted({-14 * spread, -4 * spread, *map(mpmath.mpf, breaks), 4 * spread, 14 * spread})
    wanted = mpmath.quad(density, edges)
    assert float(moment(function, 2, variance=variance)) == pytest.approx(float(wanted), rel=1e-10)


def test_more_digits_are_inside_fewer() -> None:
    few, many = moment("tanh", 2, digits=10), moment("tanh", 2, digits=40)
    assert (few.overlaps(many) and many.rad() < few.rad()) or many.rel_accuracy_bits() > 130


@pytest.mark.parametrize(
    ("sizes", "variance", "limit", "forward", "backward"),
    [
        ((100, 100), 0.01, 0.173205, 1, 1),
        ((784, 256), 0.00192308, 0.0759555, 1.507692, 0.492308),
        ((256, 10), 0.00751880, 0.150188, 1.924812, 0.0751880),
    ],
)
def test_xavier(
    sizes: tuple[int, int], variance: float, limit: float, forward: float, backward: float
) -> None:
    found = xavier(*sizes)
    assert float(found.variance) == pytest.approx(variance, rel=1e-5)
    assert found.limit == pytest.approx(limit, rel=1e-5)
    assert (float(found.forward), float(found.backward)) == pytest.approx((forward, backward), rel=1e-5)


def test_he() -> None:
    assert (float(he(784).variance), he(784).limit) == pytest.approx((0.00255102, 0.0874818), rel=1e-5)
    assert (he(256).variance, he(256).forward, he(256).backward) == (Fraction(1, 128), 1, 1)
    assert he(256).limit == pytest.approx(0.153093, rel=1e-5)


def test_width_one_shrinks_although_its_second_moment_does_not() -> None:
    assert math.exp(float(log_size(2))) == pytest.approx(0.749306, rel=1e-6)


@pytest.mark.parametrize("function", ["exp", "nonsense", "half_square"])
def test_what_has_no_moment_is_refused(function: str) -> None:
    with pytest.raises(InputError):
        moment(function, 2)
