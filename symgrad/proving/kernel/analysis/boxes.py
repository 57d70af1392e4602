"""Bounds of a function of one variable on a short interval: a Taylor polynomial with remainder, in balls."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from typing import TypeAlias

from flint import arb, arb_series

from symgrad.errors import CertificateError
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
)  # fmt: skip
from symgrad.proving.kernel.evaluate import ball

Series: TypeAlias = arb_series
MAX_TERMS = 9
"""Arb cuts series off at `ctx.cap` coefficients, 10 unless someone says otherwise."""
SMOOTH: dict[str, Callable[[Series], Series]] = {
    "exp": arb_series.exp,
    "log": arb_series.log,
    "sqrt": arb_series.sqrt,
    "erf": arb_series.erf,
    "arctan": arb_series.atan,
}


def enclosed(tree: Tree, x: Name, low: Fraction, high: Fraction, terms: int) -> arb:
    """A ball that holds the tree's values for all low <= x <= high; terms = 0: by intervals alone."""
    if not 0 <= terms <= MAX_TERMS or not low <= high:
        raise CertificateError("certificate-malformed", problem="box")
    middle, radius = ball((low + high) / 2), ball((high - low) / 2)
    box = ball(low).union(ball(high))
    rest = coefficient(expansion(tree, x, box, terms), terms)
    if not terms:
        return rest
    centre = expansion(tree, x, middle, terms - 1)
    known = [coefficient(centre, k) for k in range(terms)]
    total = rest * step(radius, terms) + parabola(known[1:3], radius)
    for k, c in enumerate(known):
        if k not in (1, 2):
            total += c * step(radius, k)
    if not total.is_finite():
        raise CertificateError("certificate-interval")
    return total


def step(radius: arb, power: int) -> arb:
    """(x - middle)^power."""
    size = radius**power
    return arb(1) if not power else arb(0).union(size) if power % 2 == 0 else size.union(-size)


def parabola(coefficients: list[arb], radius: arb) -> arb:
    """B d + a d^2 for |d| <= radius: never beyond its vertex, where it is -b^2/4a."""
    total = arb(0)
    for k, c in enumerate(coefficients, 1):
        total += c * step(radius, k)
    if len(coefficients) == 2:
        b, a = coefficients
        if a > 0 or a < 0:
            vertex = -b * b / (4 * a)
            low, high = (vertex.lower(), total.upper()) if a > 0 else (total.lower(), vertex.upper())
            low, high = low.max(total.lower()), high.min(total.upper())
            return low.union(high)
    return total


def coefficient(series: Series, k: int) -> arb:
    """The k-th coefficient, of a series that certainly knows it: behind its end Arb says 0."""
    found = series[k]
    if series.prec <= k or not found.is_finite():
        raise CertificateError("certificate-interval")
    return found


def expansion(tree: Tree, x: Name, at: arb, order: int) -> Series:
    """The Taylor coefficients up to the order at every point of a ball, in balls."""
    memo: dict[Tree, Series] = {x: arb_series([at, 1], order + 1)}

    def constant(value: arb) -> Series:
        return arb_series([value], order + 1)

    def of(node: Tree) -> Series:
        if (found := memo.get(node)) is None:
            found = memo[node] = made(node)
        return found

    def made(node: Tree) -> Series:
        match node:
            case Number(value):
                return constant(ball(value))
            case Constant("pi"):
                return constant(arb.pi())
            case Constant("e"):
                return constant(arb(1).exp())
            case Add(terms):
                return reduce(lambda a, b: a + b, map(of, terms))
            case Mul(factors):
                return reduce(lambda a, b: a * b, map(of, factors))
            case Neg(a):
                return -of(a)
            case Div(a, b):
                return _divided(of(a), of(b))
            case Pow(base, Number(n)):
                return _power(of(base), n)
            case Pow(base, exponent):
                return (of(exponent) * _positive(of(base)).log()).exp()
            case Indicator(condition):
                return constant(arb(int(_holds(condition))))
            case Apply(Name("abs"), (a,), 0):
                return _bars(of(a), order)
            case Apply(Name("max" | "min" as which), arguments, 0):
                return reduce(lambda a, b: _larger(a, b, which == "max", order), map(of, arguments))
            case Apply(Name("piecewise"), arguments, 0):
                for case, condition in zip(arguments[::2], arguments[1::2], strict=False):
                    if _holds(condition):
                        return of(case)
                return of(arguments[-1])
            case Apply(Name("log"), (a,), 0):
                return _positive(of(a)).log()
            case Apply(Name("sqrt"), (a,), 0):
                inside = of(a)
                return constant(_root(inside[0])) if not order else _positive(inside).sqrt()
            case Apply(Name(stem), (a,), 0) if stem in SMOOTH:
                return SMOOTH[stem](of(a))
        raise CertificateError("certificate-unsupported", kind=type(node).__name__)

    def _holds(condition: Tree) -> bool:
        match condition:
            case Relation((operator,), (a, b)):
                gap = (of(a) - of(b))[0]
                if operator in ("<", ">=") and (gap < 0 or gap >= 0):
                    return bool(gap < 0) == (operator == "<")
                if operator in (">", "<=") and (gap > 0 or gap <= 0):
                    return bool(gap > 0) == (operator == ">")
        raise CertificateError("certificate-interval")

    return of(tree)


def _positive(series: Series) -> Series:
    if not series[0] > 0:
        raise CertificateError("certificate-interval")
    return series


def _root(value: arb) -> arb:
    """The root of a value that is defined, so never negative."""
    if not value.is_finite() or value.upper() < 0:
        raise CertificateError("certificate-interval")
    return value.nonnegative_part().sqrt() if not value >= 0 else value.sqrt()


def _divided(a: Series, b: Series) -> Series:
    if not (b[0] > 0 or b[0] < 0):
        raise CertificateError("certificate-division")
    return a / b


def _power(base: Series, n: Fraction) -> Series:
    if n.denominator == 1:
        if abs(n) > 64:
            raise CertificateError("certificate-too-large")
        if n >= 0:
            if base.prec == 1 and n % 2 == 0 and not (base[0] > 0 or base[0] < 0):
                return arb_series([abs_ball(base[0]) ** int(n)], 1)
            return base ** int(n)
        return _divided(arb_series([1], base.prec), base ** int(-n))
    return (arb_series([ball(n)], base.prec) * _positive(base).log()).exp()


def abs_ball(value: arb) -> arb:
    """|value|."""
    return arb(value.abs_lower()).union(arb(value.abs_upper()))


def _bars(series: Series, order: int) -> Series:
    if series[0] >= 0:
        return series
    if series[0] <= 0:
        return -series
    if order:
        raise CertificateError("certificate-interval")
    return arb_series([abs_ball(series[0])], 1)


def _larger(a: Series, b: Series, largest: bool, order: int) -> Series:
    gap = (a - b)[0]
    if gap >= 0 or gap <= 0:
        return a if bool(gap >= 0) == largest else b
    if order:
        raise CertificateError("certificate-interval")
    return arb_series([a[0].max(b[0]) if largest else a[0].min(b[0])], 1)
