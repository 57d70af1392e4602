"""The search for pieces of the line on each of which a function of one variable has one plain sign."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, ctx

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import Add, Apply, Div, Indicator, Name, Neg, Number, Relation, Tree, number, walk
from symgrad.proving.kernel.analysis.boxes import expansion
from symgrad.proving.kernel.analysis.ends import constant_of, sign_at
from symgrad.proving.kernel.analysis.line import sign_on
from symgrad.proving.kernel.enclosures.intervals import Interval
from symgrad.proving.kernel.enclosures.ranges import dyadic
from symgrad.proving.kernel.evaluate import ball
from symgrad.proving.kernel.normal import UNIT, Normaliser
from symgrad.proving.methods.contacts import described

Piece = dict[str, Any]
SECONDS, MAX_BOXES, MIN_WIDTH = 2.0, 600, Fraction(1, 2**24)
STARTS = (3, 6, 12, 32, 128, 1024, 2**14)
RADII = tuple(Fraction(1, n) for n in (4, 16, 64, 512, 4096))
STEPS = (0, 1, 10, 25, 50, 75, 100, 125, 150, 200, 250, 300, 400, 500, 600, 800, 1200, 2400, 10**4, 10**5)
SAMPLES = tuple(Fraction(k, 100) for k in STEPS)


class Hopeless(CertificateError):
    """The sign is certainly another one somewhere."""

    def __init__(self) -> None:
        super().__init__("certificate-sign")


@dataclass(frozen=True, slots=True)
class Near:
    """A point with the pieces beside it: where boxes may start again on either side."""

    at: arb
    left: Fraction
    right: Fraction
    piece: Piece


class Cover:
    """One function, its interval, and the sign wanted."""

    def __init__(self, tree: Tree, x: Name, domain: Interval, strict: bool, deadline: float) -> None:
        self.tree, self.x, self.domain, self.strict = tree, x, domain, strict
        self.deadline = min(deadline, time.monotonic() + SECONDS)
        self.boxes = 0

    def pieces(self) -> list[Piece] | None:
        """The pieces from left to right, None if none were found; Hopeless where the sign is wrong."""
        samples = self.sampled()
        down = self.tail("down") if self.domain.low is None else None
        up = self.tail("up") if self.domain.high is None else None
        if (self.domain.low is None and down is None) or (self.domain.high is None and up is None):
            return None
        low = Fraction(down["to"]) if down else self.domain.low
        high = Fraction(up["from"]) if up else self.domain.high
        assert low is not None and high is not None
        if low > high:
            low = high = min(max(low, high), max(low, high))
        points = self.special(samples, low, high)
        if points is None:
            return None
        middle: list[Piece] = []
        position = low
        for near in points:
            if near.left > position:
                boxes = self.boxed(position, near.left)
                if boxes is None:
                    return None
                middle += boxes
            middle.append(near.piece)
            position = max(position, near.right)
        if position < high or (not middle and low <= high):
            boxes = self.boxed(position, high)
            if boxes is None:
                return None
            middle += boxes
        return [*([down] if down else []), *middle, *([up] if up else [])]

    def equalities(self) -> Iterator[Tree]:
        """Points of the interval where the function is exactly 0."""
        try:
            samples = self.sampled()
        except Hopeless:
            return
        for tree in (*self.ends(), *self.kinks(), *self.zeros(samples)):
            if self.vanishes(tree):
                yield tree

    @property
    def late(self) -> bool:
        """Whether to stop."""
        return time.monotonic() > self.deadline or self.boxes > MAX_BOXES

    # ---- values

    def at(self, x: arb | Fraction, order: int = 0) -> list[arb] | None:
        """Taylor coefficients at a point, None where there are none."""
        try:
            series = expansion(self.tree, self.x, ball(x) if isinstance(x, Fraction) else x, order)
        except (CertificateError, ValueError, ZeroDivisionError):
            return None
        found = [series[k] for k in range(order + 1)]
        return found if all(c.is_finite() for c in found) else None

    def sampled(self) -> list[tuple[Fraction, float]]:
        """Values at simple points of the interval; Hopeless at the first of the wrong sign."""
        found = []
        for x in self.abscissas():
            values = self.at(x)
            if values is None:
                continue
            if values[0] < 0:
                raise Hopeless
            found.append((x, float(values[0].mid())))
        return found

    def abscissas(self) -> list[Fraction]:
        """Where to look first."""
        low, high = self.domain.low, self.domain.high
        if low is not None and high is not None:
            inside = [low + (high - low) * Fraction(k, 24) for k in range(25)]
        elif low is not None:
            inside = [low + s for s in SAMPLES]
        elif high is not None:
            inside = [high - s for s in reversed(SAMPLES)]
        else:
            inside = sorted({*SAMPLES, *(-s for s in SAMPLES)})
        ends = {low: self.domain.low_closed, high: self.domain.high_closed}
        return [x for x in inside if ends.get(x, True)]

    # ---- pieces

    def accepted(self, piece: Piece) -> int:
        """The sign on a piece that serves; -1 if it does not."""
        try:
            sign = sign_on(self.tree, self.x, piece)
        except (CertificateError, ValueError, ArithmeticError):
            return -1
        return -1 if self.strict and not sign else sign

    def tail(self, kind: str) -> Piece | None:
        """Leading terms at infinity, from as early as they decide."""
        sign = 1 if kind == "up" else -1
        other = self.domain.low if kind == "up" else self.domain.high
        least = Fraction(0) if other is None else sign * other
        for start in STARTS:
            for terms in (3, 6):
                if self.late:
                    return None
                where = max(Fraction(start), least)
                key = "from" if kind == "up" else "to"
                piece: Piece = {"kind": kind, key: str(sign * where), "terms": terms}
                if self.accepted(piece) >= 0:
                    return piece
        return None

    def boxed(self, low: Fraction, high: Fraction) -> list[Piece] | None:
        """Boxes from low to high, halved until each has the sign."""
        found: list[Piece] = []
        stack = [(low, high)]
        while stack:
            a, b = stack.pop()
            self.boxes += 1
            if self.late:
                return None
            box = self.box(a, b)
            if box is not None:
                found.append(box)
                continue
            middle = (a + b) / 2
            values = self.at(middle)
            if values is not None and values[0] < 0:
                raise Hopeless
            if b - a < MIN_WIDTH:
                return None
            stack += [(middle, b), (a, middle)]
        return found

    def box(self, a: Fraction, b: Fraction) -> Piece | None:
        """One box, with a Taylor polynomial or by intervals alone."""
        for terms in (4, 8, 0) if b - a <= 2 else (0, 4):
            piece = {"kind": "box", "from": str(a), "to": str(b), "terms": terms}
            if self.accepted(piece) >= 0:
                return piece
        return None

    # ---- zeros, kinks and open ends

    def special(
        self, samples: list[tuple[Fraction, float]], low: Fraction, high: Fraction
    ) -> list[Near] | None:
        """The points that boxes cannot cover, from left to right; None if one of them resists."""
        trees: dict[Tree, arb] = {}
        for tree in (*self.ends(), *self.kinks(), *self.zeros(samples)):
            value = constant_of(tree).ball
            inside = not value < ball(low) and not value > ball(high)
            if inside and not any(abs(value - other) < ball(MIN_WIDTH) for other in trees.values()):
                trees[tree] = value
        found = []
        ordered = sorted(trees.items(), key=lambda pair: float(pair[1].mid()))
        for k, (tree, value) in enumerate(ordered):
            gaps = [abs(value - ordered[j][1]) for j in (k - 1, k + 1) if 0 <= j < len(ordered)]
            room = min((dyadic(gap.lower()) for gap in gaps), default=Fraction(1)) / 3
            near = self.near(tree, value, room)
            if near is None:
                return None
            found.append(near)
        return found

    def ends(self) -> Iterator[Tree]:
        """Ends of the interval where the function is 0, or has no value."""
        for end in (self.domain.low, self.domain.high):
            if end is not None:
                values = self.at(end, 1)
                if values is None or not values[0] > 0:
                    yield Number(end)

    def kinks(self) -> Iterator[Tree]:
        """Where a condition, an absolute value, a maximum or a denominator changes sign, if linear in x."""
        for node in walk(self.tree):
            gaps: list[Tree] = []
            match node:
                case Apply(Name("abs"), (a,), 0):
                    gaps = [a]
                case Apply(Name("max" | "min"), (first, *rest), 0):
                    gaps = [Add((first, Neg(other))) for other in rest]
                case Indicator(Relation(_, (a, b))) | Apply(
                    Name("piecewise"), (_, Relation(_, (a, b)), *_), 0
                ):
                    gaps = [Add((a, Neg(b)))]
                case Div(_, below):
                    gaps = [below]
            for gap in gaps:
                yield from self.root(gap)

    def root(self, gap: Tree) -> Iterator[Tree]:
        """The zero of a linear function of x."""
        try:
            value = Normaliser({})(gap)
        except CertificateError:
            return
        linear = frozenset({(self.x, 1)})
        c = value.numerator.get(linear)
        if c is not None and set(value.numerator) <= {UNIT, linear} and set(value.denominator) == {UNIT}:
            yield number(-value.numerator.get(UNIT, Fraction(0)) / c)

    def zeros(self, samples: list[tuple[Fraction, float]]) -> Iterator[Tree]:
        """Exact descriptions of the points where the function touches 0."""
        for k, (x, value) in enumerate(samples):
            left = samples[k - 1][1] if k else float("inf")
            right = samples[k + 1][1] if k + 1 < len(samples) else float("inf")
            if value > left or value > right:
                continue
            for start in (x, *((x + samples[j][0]) / 2 for j in (k - 1, k + 1) if 0 <= j < len(samples))):
                touching = self.touching(start)
                if touching is None:
                    continue
                for tree in described(touching):
                    if self.vanishes(tree):
                        yield tree
                        break

    def vanishes(self, tree: Tree) -> bool:
        """Whether the function is exactly 0 at a point."""
        return self.sign(tree) == 0

    def sign(self, tree: Tree) -> int | None:
        """The sign at a point, None where there is none."""
        try:
            return sign_at(self.tree, self.x, tree)
        except CertificateError:
            return None

    def touching(self, start: Fraction) -> arb | None:
        """A zero of the slope near a point where the function is 0 to the last digit; by Newton's method."""
        x = ball(start)
        if (values := self.at(x)) is not None and abs(values[0]) < 1e-40:
            return x
        for _ in range(40):
            values = self.at(x, 2)
            if values is None or not abs(values[2]) > 1e-60:
                return None
            step = (values[1] / (2 * values[2])).mid()
            x = (x - step).mid()
            if abs(step) < arb(2) ** (12 - ctx.prec):
                break
        values = self.at(x)
        return x if values is not None and abs(values[0]) < 1e-20 else None

    def near(self, tree: Tree, value: arb, room: Fraction) -> Near | None:
        """The piece beside a point: one-sided at an end of the interval, without the point if it is open."""
        low, high = self.domain.low, self.domain.high
        at_low = isinstance(tree, Number) and tree.value == low
        at_high = isinstance(tree, Number) and tree.value == high
        itself = not ((at_low and not self.domain.low_closed) or (at_high and not self.domain.high_closed))
        if (sign := self.sign(tree)) is None or (self.strict and sign == 0):
            itself = False  # then an assumption has to keep the variable away from it
        for radius in RADII:
            for terms in (3, 5, 8):
                if self.late:
                    return None
                if radius > room:
                    continue
                piece: Piece = {
                    "kind": "near",
                    "at": to_data(tree),
                    "left": None if at_low else str(radius),
                    "right": None if at_high else str(radius),
                    "itself": itself,
                    "terms": terms,
                }
                if self.accepted(piece) >= 0:
                    inner = radius * Fraction(15, 16) if not isinstance(tree, Number) else radius
                    centre = tree.value if isinstance(tree, Number) else rounded(value, radius / 64)
                    return Near(
                        value,
                        centre if at_low else centre - inner,
                        centre if at_high else centre + inner,
                        piece,
                    )
        return None


def rounded(value: arb, within: Fraction) -> Fraction:
    """A short rational close to a number."""
    return dyadic(value.mid()).limit_denominator(max(4, int(1 / within)))
