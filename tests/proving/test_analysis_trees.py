"""The rule for one variable on trees nobody thought of: what it says holds, by mpmath with 60 digits."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from random import Random
from typing import Any

import mpmath  # type: ignore[import-untyped]
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.errors import CertificateError
from symgrad.notation.reader import read
from symgrad.notation.tree import (
    Add,
    Apply,
    Constant,
    Div,
    Indicator,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
)
from symgrad.proving.kernel.analysis.boxes import enclosed
from symgrad.proving.kernel.analysis.elementary import elementary
from symgrad.proving.kernel.analysis.ends import argument, constant_of, sign_at, sign_at_end
from symgrad.proving.kernel.analysis.germs import Germs
from symgrad.proving.kernel.analysis.line import check_line
from symgrad.proving.kernel.enclosures.intervals import LINE
from symgrad.proving.kernel.evaluate import evaluate, precise
from symgrad.proving.methods.cover import Cover
from tests.proving.truth import number

X = Name("x")
REFUSED = (CertificateError, ArithmeticError, ValueError)
POWERS = tuple(map(Fraction, ("2", "3", "4", "9", "-1", "-2", "1/2", "3/2", "-1/2")))
NUMBERS = tuple(map(Fraction, ("1", "2", "-1", "3", "1/2", "-3/2", "1/3")))


def applied(names: tuple[str, ...], *arguments: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.builds(lambda name, *given: Apply(Name(name), given), st.sampled_from(names), *arguments)


def grown(tree: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    condition = st.builds(lambda op, a, b: Relation((op,), (a, b)), st.sampled_from(("<", "<=", ">", ">=")),
                          tree, tree)  # fmt: skip
    return st.one_of(
        st.builds(lambda a, b: Add((a, b)), tree, tree),
        st.builds(lambda a, b: Mul((a, b)), tree, tree),
        st.builds(Neg, tree),
        st.builds(Div, tree, tree),
        st.builds(lambda a, n: Pow(a, Number(n)), tree, st.sampled_from(POWERS)),
        st.builds(Pow, tree, tree),
        applied(("exp", "log", "sqrt", "erf", "arctan", "abs"), tree),
        applied(("max", "min"), tree, tree),
        st.builds(lambda a, c: Mul((a, Indicator(c))), tree, condition),
        st.builds(lambda a, c, b: Apply(Name("piecewise"), (a, c, b)), tree, condition, tree),
        st.builds(lambda a: Apply(Name("exp"), (Neg(Pow(a, Number(Fraction(2)))),)), tree),
    )


LEAVES: st.SearchStrategy[Tree] = st.sampled_from(
    [X, X, X, *map(Number, NUMBERS), Constant("pi"), Constant("e")]
)
TREES = st.recursive(LEAVES, grown, max_leaves=8)
PLACES = ("0", "1", "-1", "sqrt(2)", "log(2)", "pi", "1/3", "exp(1/2)")


def value(tree: Tree, x: mpmath.mpf) -> mpmath.mpf | None:
    """The real value by mpmath, None where there is none, or none of a size that 60 digits hold."""
    try:
        found = number(tree, {X: x})
    except (ArithmeticError, ValueError, TypeError):
        return None
    plain = not isinstance(found, mpmath.mpc) and mpmath.isfinite(found) and abs(found) < 10**60
    return found if plain else None


def ends(ball: arb) -> tuple[mpmath.mpf, mpmath.mpf]:
    """The ball as exact numbers."""
    (m, k), (r, j) = ball.mid().man_exp(), ball.rad().man_exp()
    middle, radius = mpmath.ldexp(int(m), int(k)), mpmath.ldexp(int(r), int(j))
    return middle - radius, middle + radius


def inside(found: mpmath.mpf, ball: arb) -> bool:
    low, high = ends(ball)
    slack = mpmath.mpf(10) ** -40 * (1 + abs(found))
    return bool(low - slack <= found <= high + slack)


@settings(max_examples=250, deadline=None)
@given(
    TREES, st.fractions(-6, 6, max_denominator=12), st.fractions(0, 2, max_denominator=12), st.integers(0, 12)
)
def test_a_box_holds_every_value(tree: Tree, low: Fraction, width: Fraction, terms: int) -> None:
    with precise():
        try:
            found = enclosed(tree, X, low, low + width, terms)
        except REFUSED:
            return
    with mpmath.workdps(60):
        for k in range(7):
            x = low + width * Fraction(k, 6)
            there = value(tree, mpmath.mpf(x.numerator) / x.denominator)
            assert there is None or inside(there, found)


@settings(max_examples=250, deadline=None)
@given(
    TREES,
    st.sampled_from(("up", "down", *PLACES)),
    st.booleans(),
    st.sampled_from((3, 4, 7, 40)),
    st.integers(1, 8),
)
def test_a_germ_and_its_sign_hold_from_their_start_on(
    tree: Tree, end: str, left: bool, start: int, order: int
) -> None:
    side, at = (end, None) if end in ("up", "down") else ("left" if left else "right", read(end))
    with precise():
        point = constant_of(at or read("0"))
        germs = Germs(Fraction(start), order, {X: argument(side, point)})
        try:
            found = germs.of(tree)
        except REFUSED:
            return
        try:
            sign = sign_at_end(tree, X, side, at, Fraction(start), order)
        except REFUSED:
            sign = None
        ratios = tuple(map(Fraction, ("1", "1001/1000", "3/2", "7", "300")))
        totals = []
        for ratio in ratios:
            there = Germs(start * ratio, order)
            totals.append(sum((f.ball * there.value(t) for t, f in found.items()), start=arb(0)))
    with mpmath.workdps(60):
        for ratio, total in zip(ratios, totals, strict=True):
            y = mpmath.mpf((start * ratio).numerator) / (start * ratio).denominator
            centre = mpmath.mpf(0) if at is None else number(at, {})
            seen = value(tree, {"up": y, "down": -y, "right": centre + 1 / y, "left": centre - 1 / y}[side])
            if seen is None or not total.is_finite():
                continue
            assert inside(seen, total)
            if sign is not None and abs(seen) > 1e-40:
                assert mpmath.sign(seen) == sign


@settings(max_examples=150, deadline=None)
@given(TREES, st.sampled_from(PLACES))
def test_signs_and_values_at_a_point_hold(tree: Tree, at: str) -> None:
    with mpmath.workdps(60):
        seen = value(tree, number(read(at), {}))
    if seen is None:
        return
    with precise():
        try:
            sign = sign_at(tree, X, read(at))
        except REFUSED:
            return
        try:
            found = evaluate(tree, {X: evaluate(read(at), {}, {})}, {})
        except REFUSED:
            found = None
    assert abs(seen) < 1e-45 or mpmath.sign(seen) == sign
    if found is not None:
        with mpmath.workdps(60):
            assert inside(seen, found if isinstance(found, arb) else arb(found.numerator) / found.denominator)


# ---- covers of claims that fail by little, at irrational places

PEAKS: tuple[str, ...] = (
    "silu'(x + {a})", "gelu'({b} x)", "x exp(-{b} x^2)", "exp(-(x - {a})^2) + erf(x)/3",
    "arctan(x + {a}) exp(-x^2)", "tanh''({b} x)", "abs(x) exp({a} - abs(x))",
    "max(x, -x) exp(-{b} x^2)", "softsign(x) exp(-x^2)",
    "sqrt(1 + x^2) exp(-abs(x - {a}))", "exp({b} x - exp({b} x))", "log(1 + {b} x^2)/(1 + x^2)",
    "piecewise(x exp(-x), x > {a}, 0)", "{b} exp(-x^2) 1[x > {a}]",
)  # fmt: skip
SPOILED: dict[str, Callable[[dict[str, Any], Random], None]] = {
    "terms": lambda piece, dice: piece.update(terms=dice.randint(0, 17)),
    "ends": lambda piece, dice: piece.update(
        {
            key: str(Fraction(piece[key]) * Fraction(dice.randint(0, 6), 4))
            for key in ("from", "to")
            if key in piece
        }
    ),
    "radius": lambda piece, dice: piece.update(
        {
            key: dice.choice((None, "1/3", "1/2", "1/1000", "-1/4"))
            for key in ("left", "right")
            if key in piece
        }
    ),
}


def highest(tree: Tree) -> mpmath.mpf:
    """The largest value found on [-12, 12]."""
    places = [mpmath.mpf(k) / 25 for k in range(-300, 301)]
    best = max(places, key=lambda x: number(tree, {X: x}))
    low, high = best - mpmath.mpf(1) / 25, best + mpmath.mpf(1) / 25
    for _ in range(90):
        a, b = (2 * low + high) / 3, (low + 2 * high) / 3
        low, high = (a, high) if number(tree, {X: a}) < number(tree, {X: b}) else (low, b)
    return max(number(tree, {X: x}) for x in (best, low, high))


def spoiled(pieces: list[dict[str, Any]], dice: Random) -> Iterator[list[dict[str, Any]]]:
    """Covers with other ends, terms and radii, without a piece, with two boxes as one."""
    yield pieces
    for _ in range(12):
        found = copy.deepcopy(pieces)
        for _ in range(dice.randint(1, 3)):
            k = dice.randrange(len(found))
            how = dice.choice((*SPOILED, "gone", "wide"))
            if how in SPOILED:
                SPOILED[how](found[k], dice)
            elif how == "gone" or k + 1 == len(found):
                found = found[:k] + found[k + 1 :] or found
            elif found[k]["kind"] == found[k + 1]["kind"] == "box":
                found[k : k + 2] = [{**found[k], "to": found[k + 1]["to"], "terms": 9}]
        yield found


@pytest.mark.parametrize("text", PEAKS)
def test_no_cover_of_a_claim_that_fails_by_little(text: str) -> None:
    dice = Random(text)
    a, b = Fraction(dice.randint(-20, 20), 11), Fraction(dice.randint(3, 12), 7)
    tree = elementary(read(text.format(a=f"({a})", b=f"({b})")), {})
    with mpmath.workdps(40):
        peak = Fraction(int(mpmath.floor(highest(tree) * 10**14)), 10**14)
    with precise():
        above = Add((Number(peak + Fraction(1, 1000)), Neg(tree)))
        pieces = Cover(above, X, LINE, False, time.monotonic() + 20).pieces()
        assert pieces is not None
        check_line(above, X, LINE, pieces, True, lambda at: False)
        for cover in spoiled(pieces, dice):
            for digits in (3, 6, 10):
                below = Add((Number(peak - Fraction(1, 10**digits)), Neg(tree)))
                with pytest.raises((*REFUSED, TypeError, LookupError)):
                    check_line(below, X, LINE, cover, False, lambda at: False)
