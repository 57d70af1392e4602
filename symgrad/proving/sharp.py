"""Where equality holds, in words that are enough: whatever is left out may have any value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice, product
from random import Random

from symgrad.errors import CertificateError
from symgrad.notation.tree import Apply, Name, Number, Relation, Tree, names_in
from symgrad.proving.kernel.evaluate import Value, ball, compare, evaluate, precise, truth
from symgrad.proving.kernel.families import parts
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.points import Points, upstream
from symgrad.proving.problem import Problem

SIGNS = 64
"""Combinations of signs of what stands between bars."""
DRAWS, TRIES = 12, 30
"""Places that are looked at in all, and how many are drawn at most for each that the assumptions allow."""
CLOSE = Fraction(1, 10**30)
"""How wide a ball may be, by its size, for an equality that is only met by balls."""


def enough(problem: Problem, values: Mapping[Tree, Value], conditions: Sequence[Tree]) -> bool:
    """Whether the claim is met with equality at every place drawn where the conditions hold.

    values: of all names at a place of equality. Names count as free of each other, also those that the
    chain defines, so that a yes never rests on the rest of the chain.
    """
    pinned: dict[Name, tuple[Fraction, ...]] = {}
    for condition in conditions:
        if not isinstance(condition, Relation) or not isinstance(condition.operands[-1], Number):
            return False
        *sides, number = condition.operands
        assert isinstance(number, Number)
        for side in sides:
            match side:
                case Name():
                    pinned[side] = (number.value,)
                case Apply(function, (Name() as name,), 0) if function == ABS:
                    pinned.setdefault(name, tuple(dict.fromkeys((number.value, -number.value))))
                case _:
                    return False
    with precise():
        met = [piece for piece in parts(problem.statement) if _meets(piece, values, problem) is True]
        for place in _places(problem, values, pinned):
            if place is None:
                return False
            met = [piece for piece in met if _meets(piece, place, problem) is not False]
            if not met or problem.late:
                return False
    return bool(met)


def told_apart(problem: Problem, values: Mapping[Tree, Value]) -> list[tuple[Tree, Fraction]]:
    """The leaves on which the claim depends, with their values: these are always enough."""
    reached = upstream(problem, (problem.statement,))
    whole = not problem.definitions
    found = [(leaf, values.get(leaf)) for leaf in problem.leaves if whole or leaf in reached]
    return [(leaf, value) for leaf, value in found if isinstance(value, Fraction)]


def _meets(piece: Tree, values: Mapping[Tree, Value], problem: Problem) -> bool | None:
    """Whether both sides are equal; None for balls that are narrow and overlap."""
    match piece:
        case Relation(("<=" | ">=",), (a, b)):
            try:
                left, right = (evaluate(side, values, problem.functions) for side in (a, b))
            except CertificateError:
                return False
            same = compare("=", left, right)
            if same is None:
                size = abs(ball(left)) + abs(ball(right)) + 1
                width = max(ball(left).rad(), ball(right).rad())
                return None if width < size * float(CLOSE) else False
            return same
    return False


def _places(
    problem: Problem, values: Mapping[Tree, Value], pinned: Mapping[Name, tuple[Fraction, ...]]
) -> Iterator[dict[Tree, Value] | None]:
    """For each combination of signs some places that the assumptions allow; None where none is found."""
    varied, pieces = _spoken(problem)
    free = [name for name in varied if name not in pinned]
    simple = Points(problem, aimed=False)
    pools = {name: simple.usual(name) for name in free}
    dice = Random(len(free))
    names = list(pinned)
    signs = list(islice(product(*pinned.values()), SIGNS + 1))
    if len(signs) > SIGNS:
        signs = [tuple(dice.choice(pinned[name]) for name in names) for _ in range(SIGNS)]
    for chosen in signs:
        base: dict[Tree, Value] = dict(values)
        base.update(zip(names, chosen, strict=True))
        if any(_holds(p, base, problem) is False for p in pieces if not set(names_in(p)) & set(free)):
            continue
        wanted = max(2, DRAWS // len(signs)) if free else 1
        seen = 0
        for _ in range(TRIES if free else 1):
            place = dict(base)
            place.update((name, dice.choice(pool)) for name, pool in pools.items())
            if all(_holds(piece, place, problem) for piece in pieces) and _defined(place, problem):
                seen += 1
                yield place
            if seen == wanted:
                break
        if not seen:
            yield None


def _spoken(problem: Problem) -> tuple[list[Name], list[Tree]]:
    """The names of the claim, with all that assumptions join to them, and these assumptions."""
    found = dict.fromkeys(names_in(problem.statement))
    found |= dict.fromkeys(() if problem.definitions else problem.leaves)
    left, taken = list(problem.pieces), list[Tree]()
    while touching := [piece for piece in left if found.keys() & set(names_in(piece))]:
        taken += touching
        left = [piece for piece in left if piece not in touching]
        found |= dict.fromkeys(name for piece in touching for name in names_in(piece))
    return list(found), taken


def _holds(piece: Tree, values: Mapping[Tree, Value], problem: Problem) -> bool | None:
    try:
        return truth(piece, values, problem.functions)
    except CertificateError:
        return None


def _defined(values: Mapping[Tree, Value], problem: Problem) -> bool:
    """Whether the claim has a value there."""
    try:
        for piece in parts(problem.statement):
            if isinstance(piece, Relation):
                for side in piece.operands:
                    evaluate(side, values, problem.functions)
    except CertificateError:
        return False
    return True
