"""Bounds of a function of one variable on a short interval: a Taylor polynomial with remainder, in balls."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from operator import add, mul
from typing import TypeAlias

from flint import arb, arb_series

from symgrad.errors import CertificateError
from symgrad.notation.tree import Name, Tree
from symgrad.proving.kernel.evaluate import ball, signs_of
from symgrad.proving.kernel.walk import Walk

Series: TypeAlias = arb_series
MAX_TERMS, MAX_EXPONENT = 9, 64
"""Arb cuts series off at `ctx.cap` coefficients, 10 unless someone says otherwise."""
SMOOTH: dict[str, Callable[[Series], Series]] = {
    "exp": arb_series.exp,
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
    return Expansion(x, at, order).of(tree)


class Expansion(Walk[Series]):
    """Power series with balls as coefficients; where a function has a kink in the ball, values at most."""

    add, times = staticmethod(add), staticmethod(mul)

    def __init__(self, x: Name, at: arb, order: int) -> None:
        super().__init__({x: arb_series([at, 1], order + 1)})
        self.order = order

    def constant(self, value: arb) -> Series:
        """A series of one coefficient."""
        return arb_series([value], self.order + 1)

    def number(self, value: Fraction) -> Series:
        """A rational."""
        return self.constant(ball(value))

    def pi(self) -> Series:
        """Pi."""
        return self.constant(arb.pi())

    def power(self, a: Series, n: Fraction) -> Series:
        """a^n; at order 0 even powers are never negative."""
        if n.denominator != 1:
            return self.raised(a, self.number(n))
        if abs(n) > MAX_EXPONENT:
            raise CertificateError("certificate-too-large")
        if n < 0:
            below = self.power(a, -n)
            if not (below[0] > 0 or below[0] < 0):
                raise CertificateError("certificate-division")
            return self.number(Fraction(1)) / below
        if not self.order and n % 2 == 0:
            return self.constant(abs_ball(a[0]) ** int(n))
        return a ** int(n)

    def call(self, name: str, a: Series) -> Series:
        """A primitive function; logarithms and roots of what is certainly positive."""
        if name == "sqrt" and not self.order:
            return self.constant(_root(a[0]))
        if name in ("log", "sqrt"):
            if not a[0] > 0:
                raise CertificateError("certificate-interval")
            return a.log() if name == "log" else a.sqrt()
        if name not in SMOOTH:
            raise self.refused(name)
        return SMOOTH[name](a)

    def signs(self, a: Series) -> tuple[int, int]:
        """The signs of the value."""
        return signs_of(a[0])

    def bars(self, a: Series) -> Series:
        """|a|."""
        return super().bars(a) if self.order else self.constant(abs_ball(a[0]))

    def extreme(self, a: Series, b: Series, largest: bool) -> Series:
        """The larger or smaller of two."""
        if self.order:
            return super().extreme(a, b, largest)
        return self.constant(a[0].max(b[0]) if largest else a[0].min(b[0]))


def _root(value: arb) -> arb:
    """The root of a value that is defined, so never negative."""
    if not value.is_finite() or value.upper() < 0:
        raise CertificateError("certificate-interval")
    return value.nonnegative_part().sqrt() if not value >= 0 else value.sqrt()


def abs_ball(value: arb) -> arb:
    """|value|."""
    return arb(value.abs_lower()).union(arb(value.abs_upper()))
