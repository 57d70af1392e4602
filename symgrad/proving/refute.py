"""Counterexamples: the first simple point where every assumption holds and the claim fails, exactly."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, product
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import Apply, BigOp, Name, Number, Tree, number, walk
from symgrad.notation.writers.plain import plain
from symgrad.proving import kernel
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.asked import unwritten
from symgrad.proving.kernel.depth.claims import chosen_letters
from symgrad.proving.kernel.depth.readings import settled_letters
from symgrad.proving.kernel.evaluate import Undefined, Value, evaluate, truth
from symgrad.proving.kernel.functions import stated
from symgrad.proving.kernel.points import Values
from symgrad.proving.lowest import lowest
from symgrad.proving.meeting import exact_points
from symgrad.proving.methods.line import touching
from symgrad.proving.places import kinks
from symgrad.proving.points import Points, exact_data
from symgrad.proving.problem import Problem, make

STEEP_POINTS = 60
"""Points tried with every function at its steepest."""
EXACT_POINTS = 60
"""Exact places handed to the kernel."""


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A point with all values that follow from it, and its certificate.

    trees: the values as they are written, at a point where both sides of a strict claim are equal.
    """

    problem: Problem
    points: Points
    values: Mapping[Tree, Value]
    certificate: Mapping[str, Any]
    trees: Mapping[Name, Tree] = field(default_factory=dict)

    def exact(self) -> tuple[tuple[str, str], ...]:
        """Every leaf and its exact value as text."""
        if self.trees:
            return tuple((plain(name), plain(tree)) for name, tree in self.trees.items())
        pairs = [*numbers_of(self.problem), *exact_data(self.values, self.problem.leaves)]
        return tuple((plain(name), str(value)) for name, value in pairs)


def counterexample(problem: Problem, limit: int) -> Counterexample | None:
    """The first among `limit` points that the kernel accepts, one away from kinks if there is any.

    First the biases put every function where it is steepest; a third of the points leave them alone.
    """
    points = Points(problem)
    if (found := _first(problem, points, islice(points, limit))) is not None or not points.solved:
        return found
    points = Points(problem, aimed=False)
    return _first(problem, points, islice(points, limit // 3))


def sharp(problem: Problem) -> Counterexample | None:
    """A counterexample near the place where the claim is nearest to failing."""
    points = Points(problem)
    if problem.definitions:
        return _at_steepest(problem)
    return _first(problem, points, (points.complete({**points.baseline, **at}) for at in lowest(problem)))


def _at_steepest(problem: Problem) -> Counterexample | None:
    """In a chain: the biases chosen so that each function is taken where its slope is largest or least."""
    nodes = [node for _, body in problem.definitions for node in walk(body) if isinstance(node, Apply)]
    called = {node.arguments[0]: node.function for node in nodes if len(node.arguments) == 1}
    for side, denominator in product(("high", "low"), (20, 1000)):
        points, moved = Points(problem), False
        for z in points.solved:
            name = known.resolve(called[z], problem.functions) if z in called else None
            for extremum in stated(name, 1) if name else ():
                if extremum.side == side:
                    points.aim[z], moved = extremum.near.limit_denominator(denominator), True
        if moved and (found := _first(problem, points, islice(points, STEEP_POINTS))) is not None:
            return found
    return None


def equal(problem: Problem) -> Counterexample | None:
    """A point where a strict claim in one variable fails because both sides are equal, exactly described."""
    (leaf, *others), points = problem.leaves or (None,), Points(problem)
    if leaf is None or others or problem.definitions:
        return None
    for at in touching(problem):
        certificate = problem.certificate("refuted", counterexample=[[to_data(leaf), to_data(at)]])
        try:
            kernel.check(certificate)
        except CertificateError:
            continue
        values: dict[Tree, Value] = {leaf: evaluate(at, {}, problem.functions)}
        return Counterexample(problem, points, values, certificate, {leaf: at})
    return None


def exact(problem: Problem) -> Counterexample | None:
    """A counterexample at a place that is no fraction: sqrt(2), log(2), what an equation leaves."""
    for trees in islice(exact_points(problem), EXACT_POINTS):
        if problem.late:
            return None
        pairs = [[to_data(leaf), to_data(tree)] for leaf, tree in trees.items()]
        certificate = problem.certificate("refuted", counterexample=pairs)
        try:
            kernel.check(certificate)
            values = kernel.values_at(list(trees.items()), problem.functions, problem.definitions)
        except CertificateError:
            continue
        plain_numbers = all(isinstance(tree, Number) for tree in trees.values())
        return Counterexample(
            problem, Points(problem), values, certificate, {} if plain_numbers else dict(trees)
        )
    return None


def _first(problem: Problem, points: Points, candidates: Iterable[Values | None]) -> Counterexample | None:
    fallback = None
    for values in candidates:
        if values is None or not _fails(problem, values) or (fallback and kinks(problem, values)):
            continue
        exact = [*numbers_of(problem), *exact_data(values, problem.leaves)]
        pairs: list[tuple[Name, Number]] = [(n, Number(v)) for n, v in exact]
        certificate = problem.certificate(
            "refuted", counterexample=[[to_data(name), to_data(value)] for name, value in pairs]
        )
        try:
            kernel.check(certificate)
        except CertificateError:
            continue
        found = Counterexample(problem, points, values, certificate)
        if not kinks(problem, values):
            return found
        fallback = fallback or found
    return fallback


def numbers_of(problem: Problem) -> list[tuple[Name, Fraction]]:
    """The letters of a counterexample with their numbers."""
    return [(Name(x), v.value) for x, v in problem.numbers.items() if isinstance(v, Number)]


def _fails(problem: Problem, values: Mapping[Tree, Value]) -> bool:
    try:
        return truth(problem.statement, values, problem.functions) is False
    except Undefined:
        return False


SMALL, FEWEST = 4, 20
"""The largest depth that is tried for a counterexample, and how many points at least for each."""


def at_small_depths(problem: Problem, points: int) -> Counterexample | None:
    """A counterexample at a small depth, where the claim speaks of ranges whose ends are letters."""
    if problem.question.families is None:
        return None
    letters = sorted(free_letters(problem))
    points = max(points // (SMALL + 1) ** max(len(letters) - 1, 0), FEWEST)
    for values in product(range(SMALL + 1), repeat=len(letters)) if len(letters) <= 3 else ():
        numbers: dict[str, Tree] = {x: number(v) for x, v in zip(letters, values, strict=True)}
        if problem.late:
            return None
        left = problem.deadline - time.monotonic()
        try:
            small = make(problem.claim, problem.chain, left, problem.loop, numbers)
            found = None if unwritten(small.question) else counterexample(small, points)
        except CertificateError:
            continue
        if found is not None:
            return found
    return None


def free_letters(problem: Problem) -> set[str]:
    """The letters in places and ends of ranges that nothing binds or settles."""
    claim = problem.claim
    found = chosen_letters(claim.statement, claim.given, problem.chain, problem.loop)
    bound = {n.index for t in (claim.statement, *claim.given) for n in walk(t) if isinstance(n, BigOp)}
    free = {n.stem for n in walk(claim.statement) if isinstance(n, Name) and not n.indices}
    if problem.loop is not None:
        free.add(problem.loop.depth)
    return (found & free) - bound - settled_letters(claim.statement, claim.given, problem.loop).keys()
