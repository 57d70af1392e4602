"""Where a claim is nearest to failing: numerical minima of the difference of both sides, as simple points.

Only a hint: whether the claim fails at a point is decided exactly elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import product
from math import inf, isfinite

from flint import arb, ctx

from symgrad.errors import CertificateError
from symgrad.notation.tree import Add, Name, Neg, Relation, Tree, names_in
from symgrad.proving.kernel.enclosures.intervals import LINE, Interval
from symgrad.proving.kernel.evaluate import Value, ball, evaluate, truth
from symgrad.proving.kernel.families import parts
from symgrad.proving.problem import Problem

DENOMINATORS = (1, 2, 3, 4, 5, 8, 10, 20, 50, 100, 1000, 10**4, 10**6, 10**9)
WIDE = (
    0,
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
    2000,
    10**5,
)
NARROW = {1: 41, 2: 15, 3: 7, 4: 4}
"""How many starting values each of so many variables has."""
BITS, STARTS, ROUNDS, SIMPLEST = 64, 3, 3, 10
GOLDEN = (5**0.5 - 1) / 2

Function = Callable[[tuple[float, ...]], float]


def lowest(problem: Problem) -> Iterator[dict[Name, Fraction]]:
    """Simple points near the minima at which the claim seems to fail, the simplest first for each."""
    if problem.definitions:
        return
    for relation in parts(problem.statement):
        match relation:
            case Relation(("<=" | "<",), (a, b)):
                gap: Tree = Add((b, Neg(a)))
            case Relation((">=" | ">",), (a, b)):
                gap = Add((a, Neg(b)))
            case _:
                continue
        leaves = tuple(leaf for leaf in problem.leaves if leaf in names_in(gap))
        if 1 <= len(leaves) <= max(NARROW):
            yield from _of(problem, gap, leaves)


def _of(problem: Problem, gap: Tree, leaves: tuple[Name, ...]) -> Iterator[dict[Name, Fraction]]:
    boxes = [_box(problem, leaf) for leaf in leaves]
    least = _function(problem, gap, leaves)
    with ctx.workprec(BITS):
        grid = {point: least(point) for point in _grid(boxes)}
    failing = [tuple(Fraction(x).limit_denominator(1000) for x in p) for p, v in grid.items() if v < -1e-12]
    for point in sorted(failing, key=_length)[:SIMPLEST]:
        yield dict(zip(leaves, point, strict=True))
    with ctx.workprec(BITS):
        minima = [_descended(least, start, boxes) for start in _starts(grid, len(boxes))]
    for near in minima:
        for denominator in DENOMINATORS:
            simple = [Fraction(x).limit_denominator(denominator) for x in near]
            kept = [_within(x, box) for x, box in zip(simple, boxes, strict=True)]
            with ctx.workprec(BITS):
                seems = least(tuple(float(x) for x in kept)) < 1e-12
            if seems:
                yield dict(zip(leaves, kept, strict=True))


def _box(problem: Problem, leaf: Name) -> Interval:
    try:
        return problem.setting().bounds(leaf).enclose(leaf)
    except CertificateError:
        return LINE


def _within(x: Fraction, box: Interval) -> Fraction:
    if box.low is not None and x <= box.low:
        return box.low
    return box.high if box.high is not None and x >= box.high else x


def _function(problem: Problem, gap: Tree, leaves: tuple[Name, ...]) -> Function:
    """The gap in floating point, infinite where an assumption fails, without a value, and without time."""

    def value(point: tuple[float, ...]) -> float:
        if problem.late:
            return inf
        values: dict[Tree, Value] = {leaf: arb(x) for leaf, x in zip(leaves, point, strict=True)}
        try:
            if any(_fails(piece, values, problem) for piece in problem.pieces):
                return inf
            found = float(ball(evaluate(gap, values, problem.functions)).mid())
        except (CertificateError, ArithmeticError, ValueError):
            return inf
        return found if isfinite(found) else inf

    return value


def _fails(piece: Tree, values: Mapping[Tree, Value], problem: Problem) -> bool:
    return set(names_in(piece)) <= set(values) and truth(piece, values, problem.functions) is False


def _abscissas(box: Interval, count: int) -> list[float]:
    low, high = (None if end is None else float(end) for end in (box.low, box.high))
    if low is not None and high is not None:
        return [low + (high - low) * k / (count - 1) for k in range(count)]
    wide = WIDE[:: max(1, 2 * len(WIDE) // count)] if count < len(WIDE) else WIDE
    if low is not None:
        return [low + x for x in wide]
    if high is not None:
        return [high - x for x in reversed(wide)]
    return sorted({*wide, *(-x for x in wide)})


def _length(point: tuple[Fraction, ...]) -> tuple[int, Fraction]:
    return max(x.denominator for x in point), sum((abs(x) for x in point), Fraction(0))


def _grid(boxes: list[Interval]) -> list[tuple[float, ...]]:
    return list(product(*(_abscissas(box, NARROW[len(boxes)]) for box in boxes)))


def _starts(found: Mapping[tuple[float, ...], float], dimension: int) -> list[tuple[float, ...]]:
    """The lowest points of a grid, and in one variable its local minima."""
    grid, values = list(found), list(found.values())
    order = sorted(range(len(grid)), key=lambda k: values[k])
    if dimension == 1:
        padded = [inf, *values, inf]
        order = [k for k in order if padded[k] >= values[k] <= padded[k + 2]]
    return [grid[k] for k in order[:STARTS] if values[k] < inf]


def _descended(least: Function, start: tuple[float, ...], boxes: list[Interval]) -> tuple[float, ...]:
    """One coordinate after the other by golden section."""
    point, width = start, 1.0
    for _ in range(ROUNDS if len(boxes) > 1 else 2):
        for k in range(len(boxes)):
            reach = width * max(0.5, abs(point[k]) / 4)
            point = _along(least, point, k, reach)
        width /= 6 if len(boxes) > 1 else 1000
    return point


def _along(least: Function, point: tuple[float, ...], k: int, reach: float) -> tuple[float, ...]:
    def moved(x: float) -> tuple[float, ...]:
        return (*point[:k], x, *point[k + 1 :])

    low, high = point[k] - reach, point[k] + reach
    best, lowest_value = point[k], least(point)
    for _ in range(24):
        a, b = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        at_a, at_b = least(moved(a)), least(moved(b))
        if min(at_a, at_b) < lowest_value:
            best, lowest_value = (a, at_a) if at_a < at_b else (b, at_b)
        if at_a <= at_b:
            high = b
        else:
            low = a
    return moved(best)
