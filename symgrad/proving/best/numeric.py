"""Where a function of one letter is largest or smallest, in floating point: hints for a proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import exp, inf, isfinite, isnan

from flint import arb, ctx

from symgrad.errors import CertificateError
from symgrad.notation.tree import Apply, Constant, Div, Mul, Name, Neg, Number, Tree, number
from symgrad.proving.kernel.enclosures.intervals import Interval
from symgrad.proving.kernel.evaluate import ball, evaluate

SPREAD = (
    0,
    0.05,
    0.1,
    0.25,
    0.5,
    0.75,
    1,
    1.25,
    1.5,
    1.75,
    2,
    2.25,
    2.5,
    3,
    3.5,
    4,
    5,
    6,
    8,
    12,
    20,
    50,
    300,
)
FAR, FARTHER = 10.0**4, 10.0**8
INSIDE = 64
GOLDEN = (5**0.5 - 1) / 2
BITS = 96
SIMPLE = tuple(map(Fraction, ("0", "1", "-1", "1/2", "-1/2", "2", "-2")))


@dataclass(frozen=True, slots=True)
class Summit:
    """About where |f| is largest (or smallest) and how large; `x` is infinite where it is only approached."""

    x: float
    value: float


@dataclass(frozen=True, slots=True)
class Sizes:
    """|f| of one letter in floating point, on an interval; sign -1 looks for the least."""

    tree: Tree
    letter: Name
    box: Interval
    functions: Mapping[str, str]
    sign: int = 1

    def at(self, x: float) -> float:
        """The size there, signed; -inf where there is none."""
        with ctx.workprec(BITS):
            try:
                found = float(abs(ball(evaluate(self.tree, {self.letter: arb(x)}, self.functions))).mid())
            except (CertificateError, ArithmeticError, ValueError, OverflowError):
                return -inf
        return -inf if isnan(found) else self.sign * found

    def places(self) -> list[float]:
        """Where to look first."""
        low = -inf if self.box.low is None else float(self.box.low)
        high = inf if self.box.high is None else float(self.box.high)
        found = {sign * x for x in (*SPREAD, FAR) for sign in (1, -1)}
        if isfinite(low):
            found |= {low, *(low + x for x in SPREAD)}
        if isfinite(high):
            found |= {high, *(high - x for x in SPREAD)}
        if isfinite(low) and isfinite(high):
            found |= {low + (high - low) * k / INSIDE for k in range(INSIDE + 1)}
        return sorted(x for x in found if low <= x <= high)

    def summit(self) -> Summit:
        """The highest place, refined; at an infinity if the values still rise there."""
        places = self.places()
        sizes = [self.at(x) for x in places]
        k = max(range(len(places)), key=lambda i: (sizes[i], -abs(places[i])))
        best, top = places[k], sizes[k]
        for place, size in zip(places, sizes, strict=True):
            if abs(place) >= FAR and size >= top - 1e-12 * abs(top):
                best = place
        if abs(best) >= FAR:
            far = self.at(FARTHER if best > 0 else -FARTHER)
            return Summit(inf if best > 0 else -inf, far)
        a, b = places[max(k - 1, 0)], places[min(k + 1, len(places) - 1)]
        found, value = self._refined(max(a, -FAR), min(b, FAR))
        if value > top + 1e-15 * abs(top):
            best, top = found, value
        return Summit(best, top)

    def _refined(self, a: float, b: float) -> tuple[float, float]:
        x, y = b - GOLDEN * (b - a), a + GOLDEN * (b - a)
        fx, fy = self.at(x), self.at(y)
        for _ in range(80):
            if fx >= fy:
                b, y, fy = y, x, fx
                x = b - GOLDEN * (b - a)
                fx = self.at(x)
            else:
                a, x, fx = x, y, fy
                y = a + GOLDEN * (b - a)
                fy = self.at(y)
        return (x, fx) if fx >= fy else (y, fy)


def guesses(x: float, box: Interval) -> Iterator[Tree]:
    """Exact numbers near a float, simplest first: ends, fractions, logarithms and roots of fractions."""
    near = 1e-5 * max(1.0, abs(x))
    for end in (box.low, box.high):
        if end is not None and abs(float(end) - x) < near:
            yield Number(end)
    for limit in (1, 2, 12, 100):
        short = Fraction(x).limit_denominator(limit)
        if abs(float(short) - x) < near:
            yield Number(short)
            break
    for half in (1, 2):
        if abs(x * half) < 20 and (ratio := _near(exp(x * half), near)) is not None and ratio not in (0, 1):
            logarithm: Tree = Apply(Name("log"), (Number(max(ratio, 1 / ratio)),))
            logarithm = Div(logarithm, number(2)) if half == 2 else logarithm
            yield logarithm if ratio > 1 else Neg(logarithm)
    if (square := _near(x * x, near)) is not None and square:
        root = Apply(Name("sqrt"), (Number(square),))
        yield root if x > 0 else Neg(root)


def _near(value: float, near: float) -> Fraction | None:
    """A fraction of one or two digits near a float."""
    short = Fraction(value).limit_denominator(50)
    return short if abs(float(short) - value) < near * max(1.0, value) else None


def limits(value: float) -> Iterator[Tree]:
    """Exact numbers near the value far out: fractions, and multiples of pi."""
    short = Fraction(value).limit_denominator(2000)
    if abs(float(short) - value) < 1e-7 * max(1.0, value):
        yield Number(short)
    turns = Fraction(value / 3.141592653589793).limit_denominator(12)
    if turns and abs(float(turns) * 3.141592653589793 - value) < 1e-7:
        yield Mul((Number(turns), Constant("pi")))
