"""Polynomials in one bounded value (an activation, a weight): Bernstein coefficients on its exact range."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import comb

from symgrad.notation.tree import ONE, Add, Div, Mul, Neg, Number, Pow, Tree, number
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.enclosures.intervals import Interval
from symgrad.proving.tactics.expanded import gap
from symgrad.proving.tactics.goal import Goal, Offer

MAX_DEGREE = 12
RAISE = (0, 1, 2, 4, 8, 16)
Coefficients = list[Fraction]
"""c_0 + c_1 x + ..., no trailing zeros."""


def candidates(goal: Goal) -> Iterator[Offer]:
    """Gap = (x - r)^2 ... * sum of b_k (x - low)^k (high - x)^(n-k) with every b_k >= 0."""
    for unfold in (0, 1):
        value = gap(goal, unfold)
        if value is None or not value.numerator:
            continue
        bases = {base for m in value.numerator for base, _ in m}
        if len(bases) != 1:
            continue
        (x,) = bases
        box = goal.bounds.enclose(x)
        degree = max((n for m in value.numerator for _, n in m), default=0)
        if box.low is None or box.high is None or box.low == box.high or not 0 < degree <= MAX_DEGREE:
            continue
        powers = [frozenset({(x, k)} if k else ()) for k in range(degree + 1)]
        coefficients = [value.numerator.get(power, Fraction(0)) for power in powers]
        roots, rest = without_double_roots(coefficients)
        outside: list[Tree] = [Pow(Add((x, Neg(Number(r)))), number(2)) for r in roots]
        if value.denominator != nf.constant(1):
            outside.append(Div(ONE, nf.to_tree(value.denominator)))
        common = ONE if not outside else outside[0] if len(outside) == 1 else Mul(tuple(outside))
        for extra in RAISE:
            found = bernstein(rest, box.low, box.high, len(rest) - 1 + extra)
            if all(b >= 0 for b in found):
                yield goal.difference(common, written(found, x, box), unfold)
                break


def bernstein(poly: Coefficients, low: Fraction, high: Fraction, degree: int) -> Coefficients:
    """b_k with poly(x) = sum b_k (x - low)^k (high - x)^(degree - k)."""
    width, total = high - low, [Fraction(0)] * (degree + 1)
    shifted = [
        sum((c * comb(k, j) * low ** (k - j) for k, c in enumerate(poly) if k >= j), Fraction(0))
        for j in range(len(poly))
    ]
    for j, c in enumerate(shifted):
        for k in range(j, degree + 1):
            total[k] += c * comb(degree - j, k - j) / width ** (degree - j)
    return total


def written(coefficients: Coefficients, x: Tree, box: Interval) -> Tree:
    """The Bernstein sum as a tree."""
    assert box.low is not None and box.high is not None
    n, terms = len(coefficients) - 1, list[Tree]()
    up = x if box.low == 0 else Add((x, Neg(Number(box.low))))
    down = Add((Number(box.high), Neg(x)))
    for k, b in enumerate(coefficients):
        factors: list[Tree] = [Number(b)]
        for base, power in ((up, k), (down, n - k)):
            if power:
                factors.append(base if power == 1 else Pow(base, number(power)))
        if b:
            terms.append(factors[0] if len(factors) == 1 else Mul(tuple(factors)))
    return Number(Fraction(0)) if not terms else terms[0] if len(terms) == 1 else Add(tuple(terms))


def without_double_roots(poly: Coefficients) -> tuple[list[Fraction], Coefficients]:
    """Rational r with (x - r)^2 | poly, divided out: where a bound is attained inside the range."""
    roots: list[Fraction] = []
    while len(poly) > 2:
        slope = [k * c for k, c in enumerate(poly)][1:]
        shared = gcd(poly, slope)
        if len(shared) != 2:
            break
        root = -shared[0] / shared[1]
        roots.append(root)
        poly = divide(divide(poly, [-root, Fraction(1)])[0], [-root, Fraction(1)])[0]
    return roots, poly


def gcd(a: Coefficients, b: Coefficients) -> Coefficients:
    """The greatest common divisor, up to a factor."""
    while b:
        a, b = b, divide(a, b)[1]
    return a


def divide(a: Coefficients, b: Coefficients) -> tuple[Coefficients, Coefficients]:
    """Quotient and remainder."""
    rest, quotient = list(a), [Fraction(0)] * max(0, len(a) - len(b) + 1)
    for k in range(len(a) - len(b), -1, -1):
        c = rest[k + len(b) - 1] / b[-1]
        quotient[k] = c
        for j, d in enumerate(b):
            rest[k + j] -= c * d
    rest = rest[: len(b) - 1]
    while rest and not rest[-1]:
        rest.pop()
    return quotient, rest
