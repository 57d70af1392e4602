"""Every function of the questionnaire in every kind of number, against mpmath."""

from __future__ import annotations

import warnings
from fractions import Fraction
from typing import Any

import pytest
from mpmath import mp, mpf

from symgrad.arithmetic import (
    BFLOAT16,
    EXACT,
    FLOAT16,
    FLOAT32,
    FLOAT64,
    MOD_P,
    SIGNED_LOG,
    Arb,
    Inexact,
    Kind,
    Undefined,
    evaluate,
)
from symgrad.functions import registry
from symgrad.functions.questionnaire import Function
from symgrad.notation.tree import Apply, Name, Number, Tree
from tests.functions.evaluation import TRUTH

X = Name("x")
POINTS = [
    Fraction(k, 64) for k in (-44800, -6500, -2600, -1281, -640, -230, -97, -33, -3, 5, 41, 101, 250, 700)
]
POINTS += [Fraction(1281, 64), Fraction(101), Fraction(700), Fraction(1, 10**9), Fraction(-1, 10**9)]
GROWING = ("exp", "sinh", "cosh")


def question(name: str) -> Function:
    found = registry.lookup(name)
    assert found is not None
    return found


def at(name: str, order: int, x: Fraction, kind: Kind) -> Any:
    with kind.working():
        value = kind.number(x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return evaluate(Apply(Name(name), (X,), order), {X: value}, kind)


def truth(name: str, order: int, x: Fraction) -> Any:
    """By differences at so many digits that thirty survive; a kink is never within a step."""
    with mp.workdps(1400):
        z, step = mpf(x.numerator) / x.denominator, mpf(10) ** -300
        f = TRUTH[name]
        if order == 0:
            return f(z)
        if order == 1:
            return (f(z + step) - f(z - step)) / (2 * step)
        return (f(z + step) - 2 * f(z) + f(z - step)) / step**2


def points(name: str) -> list[Fraction]:
    whole = name == "floor"  # it has no slope there
    return [
        x for x in POINTS if (x > 0 or name not in ("log", "sqrt")) and not (whole and x.denominator == 1)
    ]


@pytest.mark.parametrize("order", range(3))
@pytest.mark.parametrize("name", registry.names())
def test_doubles_to_all_their_digits_up_to_seven_hundred(name: str, order: int) -> None:
    for x in points(name):
        expected, found = truth(name, order, x), float(at(name, order, x, FLOAT64))
        scale = max(abs(expected), mpf(10) ** -300)
        digits = mpf(10) ** -11 if order < 2 else mpf(10) ** -9
        # differences of second order lose their digits where the function is steep; nothing is lost below 1
        near = abs(mpf(found) - expected) <= digits * scale or (
            order == 2 and abs(mpf(found) - expected) <= digits
        )
        assert near or abs(expected) < mpf(10) ** -280, (x, found, mp.nstr(expected, 15))


@pytest.mark.parametrize("name", registry.names())
def test_balls_hold_the_truth(name: str) -> None:
    for order in range(3):
        for x in points(name):
            ball, expected = at(name, order, x, Arb(256)), truth(name, order, x)
            with mp.workdps(90):
                middle, radius = (mpf(part.str(90, radius=False)) for part in (ball.mid(), ball.rad()))
                slack = mpf(10) ** -60 * (1 + abs(expected))
                assert abs(middle - expected) <= radius + slack
                assert radius <= mpf(10) ** -30 * (1 + abs(expected))


@pytest.mark.parametrize("name", registry.names())
@pytest.mark.parametrize("kind", [FLOAT16, BFLOAT16, FLOAT32, SIGNED_LOG], ids=lambda kind: kind.name)
def test_no_format_gives_nonsense_where_its_numbers_reach(name: str, kind: Kind) -> None:
    digits = {"float16": 2e-2, "bfloat16": 2e-1, "float32": 1e-4, "log": 1e-9}[kind.name]
    for x in points(name):
        if kind.name != "log" and (not Fraction(1, 100) < abs(x) < 300 or (name in GROWING and abs(x) > 10)):
            continue
        for order in range(2):
            found, expected = float(at(name, order, x, kind)), truth(name, order, x)
            if abs(expected) < mpf(10) ** 300:
                assert abs(found - expected) <= digits * (1 + abs(expected)), (x, order, found)


@pytest.mark.parametrize("name", registry.names())
def test_exact_numbers_at_the_points_of_the_questionnaire_and_never_a_rounded_one(name: str) -> None:
    function = question(name)
    for x, value in function.exact:
        assert at(name, 0, x, EXACT) == value
    for x in points(name)[:8]:
        try:
            found = at(name, 0, x, EXACT)
        except (Inexact, Undefined):
            continue
        assert mp.almosteq(mpf(found.numerator) / found.denominator, truth(name, 0, x), 10**-14)


def test_residues_tell_functions_and_their_options_apart() -> None:
    texts = (*registry.names(), "leaky_relu(slope=1/5)", "elu(alpha=2)")
    found = {int(at(text, 0, Fraction(3), MOD_P)) for text in texts}
    assert len(found) == len(texts)


def configured(name: str, order: int = 0, **options: Fraction) -> Tree:
    return Apply(Name(name), (X,), order, tuple((key, Number(value)) for key, value in options.items()))


@pytest.mark.parametrize("kind", [EXACT, FLOAT64], ids=lambda kind: kind.name)
def test_options_written_at_the_application_or_in_the_name(kind: Kind) -> None:
    x, slope = Fraction(-3), Fraction(1, 5)
    values = {X: kind.number(x)}
    for order, expected in ((0, -3 * slope), (1, slope), (2, Fraction(0))):
        found = evaluate(configured("leaky_relu", order, slope=slope), values, kind)
        assert found == pytest.approx(expected, rel=0 if kind is EXACT else 1e-15)
        named = {"rho": "leaky_relu(slope=0.2)"}
        assert evaluate(Apply(Name("rho"), (X,), order), values, kind, named) == found
    over = Apply(Name("rho"), (X,), 0, (("slope", Number(Fraction(1, 4))),))
    assert evaluate(over, values, kind, named) == kind.number(Fraction(-3, 4))


def test_options_of_the_exponential_unit() -> None:
    for alpha in (Fraction(-1), Fraction(1, 2), Fraction(3)):
        for x in (-30.0, -1.0, -1e-9, 0.5):
            value = evaluate(configured("elu", alpha=alpha), {X: FLOAT64.number(Fraction(x))}, FLOAT64)
            expected = mpf(x) if x > 0 else mpf(alpha.numerator) / alpha.denominator * mp.expm1(x)
            assert abs(value - expected) <= mpf(10) ** -14 * abs(expected)
