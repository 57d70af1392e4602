"""Counterexamples at exact places: what equations leave open, and where both sides of a claim meet.

Floats only say where to look; a place is then written exactly (1/3, sqrt(2), log(2)) and left to the kernel.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product
from random import Random

from symgrad.errors import CertificateError
from symgrad.notation.tree import (
    Add,
    Apply,
    Logic,
    Name,
    Neg,
    Number,
    Relation,
    Tree,
    names_in,
    substitute,
    walk,
)
from symgrad.proving.floats import NEAR, Function, compiled, holding, lowest_near
from symgrad.proving.kernel.analysis.equality import ExactPoint
from symgrad.proving.points import Points
from symgrad.proving.problem import Problem
from symgrad.proving.solving import solutions

MAX_NAMES, MAX_NODES, MAX_CASES, MAX_WAYS = 8, 400, 8, 6
STARTS, DRAWN, BUDGET = 4, 60, 900
CANDIDATES, WRITTEN = 24, 3
VALUES = (0.0, 1.0, -1.0, 0.5, 2.0, -0.5, -2.0, 3.0, 10.0, -10.0, 0.1)
OPEN = ("<", ">", "!=")


@dataclass(frozen=True)
class Way:
    """How a claim may fail: assumptions beyond the given ones, and comparisons that all have to fail."""

    assumed: tuple[Tree, ...]
    failing: tuple[Relation, ...]


def exact_points(problem: Problem) -> Iterator[dict[Name, Tree]]:
    """Values of all leaves, as closed trees, where the claim seems to fail."""
    if problem.question.families is not None and problem.definitions and problem.loop is not None:
        return
    view = View(problem)
    for way in islice(ways(problem.statement), MAX_WAYS):
        for case in islice(cases((*problem.pieces, *way.assumed)), MAX_CASES):
            for eliminated in view.eliminations(case):
                if problem.late:
                    return
                try:
                    yield from view.places(way, case, eliminated)
                except CertificateError:
                    continue


def ways(statement: Tree) -> Iterator[Way]:
    """All ways in which a statement may fail."""
    match statement:
        case Relation(operators, operands):
            for operator, a, b in zip(operators, operands, operands[1:], strict=False):
                yield Way((), (Relation((operator,), (a, b)),))
        case Logic("and", parts):
            for part in parts:
                yield from ways(part)
        case Logic("or", parts):
            for chosen in islice(product(*(tuple(ways(part)) for part in parts)), MAX_WAYS):
                assumed = tuple(a for way in chosen for a in way.assumed)
                yield Way(assumed, tuple(f for way in chosen for f in way.failing))
        case Logic("implies", (a, b)):
            for way in ways(b):
                yield Way((a, *way.assumed), way.failing)
        case Logic("iff", (a, b)):
            for premise, conclusion in ((a, b), (b, a)):
                for way in ways(conclusion):
                    yield Way((premise, *way.assumed), way.failing)


def cases(pieces: Sequence[Tree]) -> Iterator[tuple[Relation, ...]]:
    """The assumptions as comparisons of two sides, one alternative of each `or`."""
    choices: list[list[tuple[Relation, ...]]] = []
    for piece in pieces:
        match piece:
            case Relation(operators, operands):
                links = zip(operators, operands, operands[1:], strict=False)
                choices.append([tuple(Relation((o,), (a, b)) for o, a, b in links)])
            case Logic("and", parts):
                choices.append(list(islice(cases(parts), MAX_CASES)))
            case Logic("or", parts):
                choices.append([case for part in parts for case in islice(cases((part,)), MAX_CASES)])
    for chosen in product(*choices):
        yield tuple(relation for part in chosen for relation in part)


class View:
    """A problem in what may be chosen freely: leaves, and in a chain what a bias can make anything."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.points = problem, Points(problem)
        self.free: dict[Tree, Tree] = {}
        for name, body in problem.definitions:
            self.free[name] = name if name in self.points.solved else substitute(body, self.free)
        self.folded = ExactPoint((), (), problem.functions).folded

    def seen(self, tree: Tree) -> Tree:
        """A tree in the free names."""
        return substitute(tree, self.free)

    def eliminations(self, case: Sequence[Relation]) -> Iterator[dict[Tree, Tree]]:
        """The equations solved; then also one inequality in several names taken as an equation."""
        equations = [r for r in case if r.operators == ("=",)]
        limits = [r for r in case if r.operators[0] in ("<=", ">=") and len(set(names_in(self.seen(r)))) > 1]
        for active in (None, *limits[:3]):
            yield from self._solved(equations if active is None else [*equations, active], {})

    def _solved(self, equations: Sequence[Relation], found: dict[Tree, Tree]) -> Iterator[dict[Tree, Tree]]:
        if not equations:
            yield found
            return
        a, b = (substitute(self.seen(side), found) for side in equations[0].operands)
        for name in reversed(list(dict.fromkeys(n for side in (a, b) for n in names_in(side)))):
            if values := solutions(a, b, name, self.problem.functions):
                for value in values:
                    earlier = {n: substitute(t, {name: value}) for n, t in found.items()}
                    yield from self._solved(equations[1:], {**earlier, name: value})
                return

    def places(
        self, way: Way, case: Sequence[Relation], fixed: dict[Tree, Tree]
    ) -> Iterator[dict[Name, Tree]]:
        """Exact places near the minima of the gap."""
        gaps = [substitute(self.seen(gap_of(r)), fixed) for r in way.failing]
        limits = [substitute(self.seen(r), fixed) for r in case]
        names = tuple(dict.fromkeys(n for tree in (*gaps, *limits, *fixed.values()) for n in names_in(tree)))
        if len(names) > MAX_NAMES or any(
            sum(1 for _ in islice(walk(t), MAX_NODES)) == MAX_NODES for t in gaps
        ):
            return
        index = {name: k for k, name in enumerate(names)}
        functions = self.problem.functions
        least = within(
            [compiled(gap, index, functions) for gap in gaps],
            [holding(limit, index, functions) for limit in limits],
        )
        touching = all(r.operators[0] in OPEN for r in way.failing)
        for value, point in minima(least, len(names)):
            if self.problem.late:
                return
            if value < (NEAR if touching else -NEAR):
                for trees in written(point, value < -NEAR, least):
                    yield self.leaves(dict(zip(names, trees, strict=True)), fixed)

    def leaves(self, chosen: Mapping[Name, Tree], fixed: Mapping[Tree, Tree]) -> dict[Name, Tree]:
        """All leaves at a place: what was chosen, what the equations then fix, the biases, simple values."""
        at: dict[Tree, Tree] = dict(chosen.items())
        at.update({name: self.folded(substitute(tree, at)) for name, tree in fixed.items()})
        values: dict[Tree, Tree] = {n: Number(v) for n, v in self.points.baseline.items()}
        values.update(at)
        for name, body in self.problem.definitions:
            if (bias := self.points.solved.get(name)) is not None:
                target = at.get(name, Number(self.points.aim[name]))
                rest = substitute(body, {**values, bias: Number(Fraction(0))})
                values[bias] = self.folded(Add((target, Neg(rest))))
                values[name] = target
            else:
                values[name] = self.folded(substitute(body, values))
        return {leaf: values[leaf] for leaf in self.problem.leaves if leaf in values}


def gap_of(relation: Relation) -> Tree:
    """What is negative where the comparison fails, or not positive where it is strict."""
    (operator,), (a, b) = relation.operators, relation.operands
    match operator:
        case "<" | "<=":
            return Add((b, Neg(a)))
        case ">" | ">=":
            return Add((a, Neg(b)))
        case "!=":
            return Apply(Name("abs"), (Add((a, Neg(b))),))
    return Neg(Apply(Name("abs"), (Add((a, Neg(b))),)))


def within(gaps: Sequence[Function], limits: Sequence[object]) -> Function:
    """The largest gap, infinite where an assumption fails or there is no value."""

    def value(point: Sequence[float]) -> float:
        try:
            if not all(limit(point) for limit in limits):  # type: ignore[operator]
                return math.inf
            found = max(gap(point) for gap in gaps)
        except (ArithmeticError, ValueError, TypeError):
            return math.inf
        return found if math.isfinite(found) else math.inf

    return value


def minima(least: Function, count: int) -> Iterator[tuple[float, tuple[float, ...]]]:
    """The lowest values that are found from a few starts, each once."""
    if not count:
        yield least(()), ()
        return
    dice = Random(count)
    starts = [(v,) * count for v in VALUES]
    starts += [tuple(dice.choice(VALUES) for _ in range(count)) for _ in range(DRAWN)]
    best = sorted((value, start) for start in starts if (value := least(start)) < math.inf)
    seen: set[tuple[float, ...]] = set()
    for _, start in best[:STARTS]:
        value, point = lowest_near(least, start, BUDGET)
        if (key := tuple(round(x, 4) for x in point)) not in seen:
            seen.add(key)
            yield value, point


def written(point: Sequence[float], deep: bool, least: Function) -> Iterator[tuple[Tree, ...]]:
    """Exact numbers near the coordinates; where the gap is clearly negative, simple fractions will do."""
    if deep:
        for denominator in (1, 2, 4, 10, 100, 1000, 10**6):
            near = [Fraction(x).limit_denominator(denominator) for x in point]
            if least([float(x) for x in near]) < 0:
                yield tuple(map(Number, near))
    choices = [tuple(islice(recognised(x), WRITTEN)) for x in point]
    yield from islice(product(*choices), CANDIDATES)


def recognised(x: float) -> Iterator[Tree]:
    """Fractions, roots of fractions and logarithms of fractions near a float, plain ones first."""
    for inverse, make, most in (
        (lambda y: y, Number, 60),
        (lambda y: y * y, lambda q: Apply(Name("sqrt"), (Number(q),)), 40),
        (lambda y: math.exp(min(y, 50.0)), lambda q: Apply(Name("log"), (Number(q),)), 30),
    ):
        signed = abs(x) if make is not Number else x
        if not math.isfinite(inverse(signed)):
            continue
        near = Fraction(inverse(signed)).limit_denominator(most)
        if abs(float(near) - inverse(signed)) < 1e-6 * max(1.0, abs(float(near))) and abs(near) < 10**6:
            tree: Tree = make(near)
            yield Neg(tree) if x < 0 and make is not Number else tree
