"""The assumption that would save a refuted claim: candidates from weak to strong, each tried in turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice

from symgrad.errors import CertificateError
from symgrad.notation.tree import ONE, ZERO, Apply, Logic, Mul, Name, Number, Relation, Tree, children
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.enclosures.intervals import Empty
from symgrad.proving.kernel.enclosures.pieces import OPPOSITE
from symgrad.proving.kernel.evaluate import truth
from symgrad.proving.kernel.families import parts
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.points import Points
from symgrad.proving.problem import Problem
from symgrad.proving.tactics.goal import bare, factors_of

Assumptions = tuple[Tree, ...]
POINTS = 150
"""Points at which both sides of a saved claim are looked at."""


def search(problem: Problem, seconds: float, holds: Callable[[Problem], bool]) -> Assumptions:
    """The first candidate under which the claim is proved; empty if none is found in time."""
    deadline = time.monotonic() + seconds
    for extra in candidates(problem):
        if time.monotonic() > deadline:
            return ()
        saved = replace(problem, pieces=(*problem.pieces, *extra), deadline=deadline)
        if holds(saved) and not _vacuous(saved, holds):
            return extra
    return ()


def _vacuous(problem: Problem, holds: Callable[[Problem], bool]) -> bool:
    """Whether both sides of an implication or equivalence are not seen to be true at any point together."""
    match problem.statement:
        case Logic("implies", (premise, _)):
            return _impossible(problem, premise, holds) or not _together(problem)
        case Logic("iff"):
            return not _together(problem)
    return False


def _together(problem: Problem) -> bool:
    """Whether at one of some points all sides of a joined claim are true."""
    for values in islice(Points(problem), POINTS):
        if values is None:
            continue
        try:
            if all(truth(side, values, problem.functions) for side in children(problem.statement)):
                return True
        except CertificateError:
            continue
    return False


def _impossible(problem: Problem, premise: Tree, holds: Callable[[Problem], bool]) -> bool:
    """Whether the premise of an implication is proved to be false."""
    try:
        problem.setting((*problem.pieces, *parts(premise))).bounds(problem.statement)
    except Empty:
        return True
    except CertificateError:
        return False
    match premise:
        case Relation((operator,), sides) if operator in OPPOSITE:
            denied = Relation((OPPOSITE[operator],), sides)
            return holds(replace(problem, question=replace(problem.question, statement=denied)))
    return False


def candidates(problem: Problem) -> Iterator[Assumptions]:
    """Assumptions made strict, bounds on the product of the weights and on each weight, signs, conditions."""
    strict = [
        Relation((piece.operators[0].removesuffix("="),), piece.operands)
        for piece in problem.pieces
        if isinstance(piece, Relation) and piece.operators in (("<=",), (">=",))
    ]
    yield from ((piece,) for piece in strict)
    if len(strict) > 1:
        yield tuple(strict)
    relations = [p for p in parts(problem.statement) if isinstance(p, Relation) and len(p.operators) == 1]
    shared: list[Tree] = []
    for relation in relations:
        weights, limit, common = _shape(problem, relation)
        shared += [f for f in common if isinstance(bare(f), Name)]
        if weights and limit is not None and limit > 0:
            size = Apply(ABS, (weights[0] if len(weights) == 1 else Mul(tuple(weights)),))
            yield from _upper((size,), limit)
    weights = list(problem.weights())
    for operator in ("<=", "<"):
        yield tuple(Relation((operator,), (Apply(ABS, (w,)), ONE)) for w in weights)
    for operator in (">=", ">"):
        for weight in weights:
            yield (Relation((operator,), (weight, ZERO)),)
    yield tuple(Relation((">",), (weight, ZERO)) for weight in weights)
    nonzero = tuple(Relation(("!=",), (bare(f), ZERO)) for f in dict.fromkeys(shared))
    if nonzero:
        yield nonzero


def _upper(sizes: Assumptions, limit: Fraction) -> Iterator[Assumptions]:
    for operator in ("<=", "<"):
        yield tuple(Relation((operator,), (size, Number(limit))) for size in sizes)


def _shape(problem: Problem, relation: Relation) -> tuple[list[Name], Fraction | None, list[Tree]]:
    """The weights left on the smaller side, what their product may be, and what was cancelled."""
    a, b = relation.operands if relation.operators[0] in ("<", "<=") else relation.operands[::-1]
    (c, left), (d, right) = factors_of(a), factors_of(b)
    common = []
    for factor in list(left):
        if factor in right:
            left.remove(factor)
            right.remove(factor)
            common.append(factor)
    weights = [inside for f in left if isinstance(inside := bare(f), Name) and inside in problem.leaves]
    others = [f for f in left if bare(f) not in weights]
    if right or not c:
        return weights, None, common
    try:
        size = Bounds(problem.functions, problem.pieces).enclose(Mul((Number(c), *others))).magnitude()
    except CertificateError:
        return weights, None, common
    return weights, None if not size.high else d / size.high, common
