"""How large a quotient of gradients certainly gets: a search, and an exact refutation of any less."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

from flint import arb, ctx

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import ONE, ZERO, Name, Number, Tree, names_in
from symgrad.proving import kernel
from symgrad.proving.best.product import times
from symgrad.proving.kernel.enclosures.intervals import LINE, Interval
from symgrad.proving.kernel.enclosures.ranges import dyadic
from symgrad.proving.kernel.evaluate import Value, ball, evaluate, truth
from symgrad.proving.problem import make

if TYPE_CHECKING:
    from symgrad.proving.supremum import Search

BITS, STARTS, SHARE, MOST = 64, 16, 8.0, 1.5
DIGITS = 10**6
NUDGE = Fraction(1, 10**6)
Point = list[tuple[Name, Number]]
OTHERS = (ONE, ZERO, Number(Fraction(1, 3)), Number(Fraction(2)))


@dataclass(frozen=True, slots=True)
class Climbed:
    """A value that is certainly reached, rounded down, and simple points near the best one."""

    lower: Fraction | None = None
    simple: tuple[Point, ...] = ()


def climb(search: Search) -> Climbed:
    """The largest value of the quotient that was met."""
    ascent = _Ascent(search)
    best = ascent.best()
    if best is None:
        return Climbed()
    simple = tuple(p for limit in (1, 2, 4) if (p := ascent.point(best[1], limit)) is not None)
    lower = _certain(
        search,
        best[0],
        [
            ascent.point([x * more for x in best[1]], limit)
            for more in (1, 1 + 1e-6)
            for limit in (10**4, 10**8)
        ],
    )
    return Climbed(lower, simple)


def _certain(search: Search, size: float, points: list[Point | None]) -> Fraction | None:
    """The size, or a little less, exceeded at a point as the kernel checks it."""
    for share in (1 - 1e-6, 1 - 1e-4, 0.99, 0.9):
        lower = Fraction(int(size * share * DIGITS), DIGITS)
        if lower <= 0:
            return None
        problem = make(search.asked.claim(Number(lower)), search.definitions, 1.0)
        for point in points:
            if point is None:
                continue
            data = [[to_data(n), to_data(v)] for n, v in point if n in problem.leaves]
            try:
                kernel.check(problem.certificate("refuted", counterexample=data))
            except CertificateError:
                continue
            return lower
    return None


class _Ascent:
    """One letter after another moved to where the quotient is larger, from several starts.

    The letters are the arguments of functions that can be chosen freely, and the leaves that remain.
    """

    def __init__(self, search: Search) -> None:
        self.search, self.problem = search, search.problem
        self.solving = {c.leaf: c for c in search.coordinates.found.values() if c.leaf is not None}
        self.leaves = self.problem.leaves
        self.shared = {n for factor in search.asked.shared for n in names_in(factor)}
        self.boxes = {leaf: self._box(leaf) for leaf in self.leaves}
        self.quotient: Tree = times(search.asked.factors)
        self.stop = time.monotonic() + min(MOST, search.timeout / SHARE)

    def _box(self, leaf: Name) -> Interval:
        coordinate = self.solving.get(leaf)
        try:
            return self.search.bounds.enclose(leaf if coordinate is None else coordinate.argument)
        except CertificateError:
            return LINE

    def values(self, at: list[Value]) -> dict[Tree, Value] | None:
        """The forward pass, biases solved for what their functions are to be applied to."""
        functions = self.problem.functions
        values: dict[Tree, Value] = {}
        aims = dict(zip(self.leaves, at, strict=True))
        values.update({leaf: x for leaf, x in aims.items() if leaf not in self.solving})
        try:
            for name, body in self.problem.definitions:
                for leaf, coordinate in self.solving.items():
                    if leaf not in values and leaf in names_in(body):
                        inside = body if coordinate.argument == name else coordinate.argument
                        rest = ball(evaluate(inside, {**values, leaf: Fraction(0)}, functions))
                        slope = ball(evaluate(inside, {**values, leaf: Fraction(1)}, functions)) - rest
                        values[leaf] = (ball(aims[leaf]) - rest) / slope
                values[name] = evaluate(body, values, functions)
            for leaf in self.leaves:
                values.setdefault(leaf, aims[leaf])
            if any(truth(p, values, functions) is False for p in self.problem.pieces):
                return None
        except (CertificateError, ArithmeticError, ValueError):
            return None
        return values

    def size(self, at: list[float]) -> float:
        """The quotient there, -1 where there is none or an assumption fails."""
        with ctx.workprec(BITS):
            values = self.values([arb(x) for x in at])
            if values is None:
                return -1.0
            try:
                found = float(abs(ball(evaluate(self.quotient, values, self.problem.functions))).mid())
            except (CertificateError, ArithmeticError, ValueError):
                return -1.0
        return found if found == found and found < 1e300 else -1.0

    def point(self, at: list[float], limit: int) -> Point | None:
        """The leaves there as fractions; what only the shared factors hold makes them differ from 0."""
        near: list[Value] = [self._inside(leaf, x, limit) for leaf, x in zip(self.leaves, at, strict=True)]
        values = self.values(near)
        if values is None:
            return None
        found: Point = []
        for leaf in self.leaves:
            value = values[leaf]
            if not isinstance(value, Fraction):
                try:
                    value = dyadic(value.mid()).limit_denominator(max(limit, 10**8) if limit > 4 else limit)
                except CertificateError:
                    return None
            found.append((leaf, Number(value)))
        used = {n for f in self.search.asked.factors for n in names_in(self.search.coordinates.expand(f))}
        alone = [n for n, _ in found if n in self.shared and n not in used and n not in self.solving]
        for other in (None, *OTHERS):
            moved = [(n, other if other is not None and n in alone else v) for n, v in found]
            if self._counts(moved):
                return moved
        return None

    def _counts(self, point: Point) -> bool:
        """Whether the assumptions hold at a point, and what both gradients share is not 0."""
        functions = self.problem.functions
        try:
            values = kernel.values_at(point, functions, self.problem.definitions)
            if any(truth(p, values, functions) is not True for p in self.problem.pieces):
                return False
            shared = [ball(evaluate(f, values, functions)) for f in self.search.asked.shared]
        except (CertificateError, ArithmeticError):
            return False
        return not any(size.contains(0) for size in shared)

    def _inside(self, leaf: Name, x: float, limit: int) -> Fraction:
        """The value as a short fraction, moved into its interval if rounding took it out."""
        box, value = self.boxes[leaf], Fraction(x).limit_denominator(limit)
        if box.low is not None and value <= box.low:
            return box.low if box.low_closed else box.low + NUDGE
        if box.high is not None and value >= box.high:
            return box.high if box.high_closed else box.high - NUDGE
        return value

    def best(self) -> tuple[float, list[float]] | None:
        """The best value and its place."""
        dice = Random(7)
        top: tuple[float, list[float]] | None = None
        for start in self._starts(dice):
            found = self._up(start)
            if found[0] > 0 and (top is None or found[0] > top[0] * (1 + 1e-9)):
                top = found
            if time.monotonic() > self.stop:
                break
        return top

    def _starts(self, dice: Random) -> Iterator[list[float]]:
        """Weights 1 and arguments 0, then all 1, then anything."""
        for start in range(STARTS):
            at = []
            for leaf in self.leaves:
                box, wide = self.boxes[leaf], 1.0 if start % 2 else 3.0
                low = float(box.low) if box.low is not None else min(-wide, float(box.high or 0) - wide)
                high = float(box.high) if box.high is not None else max(wide, low + wide)
                plain = 0.0 if start == 0 and leaf in self.solving else 1.0
                at.append(plain if start < 2 else dice.uniform(low, high))
            yield [self._clipped(leaf, x) for leaf, x in zip(self.leaves, at, strict=True)]

    def _up(self, at: list[float]) -> tuple[float, list[float]]:
        value, step = self.size(at), 1.0
        while step > 1e-4 and time.monotonic() < self.stop:
            moved = False
            for k, leaf in enumerate(self.leaves):
                for change in (step, -step):
                    there = list(at)
                    there[k] = self._clipped(leaf, at[k] + change)
                    found = self.size(there)
                    if found > value * (1 + 1e-9):
                        at, value, moved = there, found, True
            if not moved:
                step /= 2
        return value, at

    def _clipped(self, leaf: Name, x: float) -> float:
        box = self.boxes[leaf]
        if box.low is not None:
            x = max(x, float(box.low) + (0 if box.low_closed else 1e-6))
        if box.high is not None:
            x = min(x, float(box.high) - (0 if box.high_closed else 1e-6))
        return x
