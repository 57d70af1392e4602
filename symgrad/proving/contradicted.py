"""A case that cannot occur, in words: which enclosure which condition contradicts, and why it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.errors import CertificateError
from symgrad.notation.tree import ZERO, Name, Number, Relation, Tree, walk
from symgrad.proving import kernel
from symgrad.proving.bounded import bound_steps
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.enclosures.intervals import MIRROR, Empty, Interval, point
from symgrad.proving.problem import Problem
from symgrad.proving.signs import enclosed_parts
from symgrad.proving.tactics.goal import factors_of
from symgrad.proving.tidied import minus
from symgrad.values.phrase import Phrase

MOST_CONDITIONS = 16
"""Beyond so many assumptions, those that contradict each other are not looked for."""


def absurd_steps(problem: Problem, statement: Tree, here: kernel.Setting) -> Iterator[Phrase]:
    """The enclosure that a condition contradicts, with its reason; then what excludes the case."""
    needed = _needed(statement, here)
    if not needed:
        yield Phrase.of("proofs.absurd")
        return
    for condition in sorted(needed, key=lambda tree: -sum(1 for _ in walk(tree))):
        others = tuple(other for other in needed if other != condition)
        try:
            said = list(_against(problem, condition, others, here.using(others).bounds(statement, condition)))
        except CertificateError:
            continue
        if said:
            yield from said
            break
    yield Phrase.of("proofs.absurd-together", conditions=tuple(needed))


def _needed(statement: Tree, here: kernel.Setting) -> list[Tree]:
    """The conditions without which the case would not be impossible, where they are few enough to try."""

    def impossible(used: Sequence[Tree]) -> bool:
        try:
            here.using(tuple(used)).bounds(statement)
        except Empty:
            return True
        except CertificateError:
            return False
        return False

    needed = list(here.used)
    if len(needed) > MOST_CONDITIONS or not impossible(needed):
        return []
    for condition in here.used:
        fewer = [other for other in needed if other != condition]
        if impossible(fewer):
            needed = fewer
    return needed


def _against(problem: Problem, condition: Tree, others: Sequence[Tree], bounds: Bounds) -> Iterator[Phrase]:
    """`sigma'(z) < 1/4, because ...; this contradicts sigma'(z) = 1/4`, where an enclosure shows it."""
    match condition:
        case Relation((operator,), (a, b)):
            pass
        case _:
            return
    if not factors_of(a)[1]:
        a, b, operator = b, a, MIRROR.get(operator, operator)
    tree, limit = (a, factors_of(b)[0]) if not factors_of(b)[1] else (minus(a, b), ZERO.value)
    opposite = _opposite(operator, bounds.enclose(tree) + point(-limit))
    if opposite is None or (isinstance(tree, Name) and tree not in dict(problem.definitions)):
        return  # of x < 0 and x >= 1 there is nothing more to be said
    line = Relation((opposite,), (tree, Number(limit)))
    said = list(bound_steps(problem, line, bounds)) if opposite not in ("=", "!=") else []
    if not said:
        found, ranges = enclosed_parts(tree, bounds)
        shows = _opposite(operator, found + point(-limit)) == opposite and line not in ranges
        reasons = ranges if ranges and shows else tuple(others)
        if not reasons:
            return
        said = [Phrase.of("proofs.sign-parts", line=line, ranges=reasons)]
    yield from said
    yield Phrase.of("proofs.contradicts", condition=condition)


def _opposite(operator: str, gap: Interval) -> str | None:
    """What the enclosure of a difference shows against a comparison of it with 0."""
    below = -gap
    match operator:
        case "=":
            return ">" if gap.positive else "<" if below.positive else None
        case "<" | "<=":
            return ">" if gap.positive else ">=" if gap.nonnegative and operator == "<" else None
        case ">" | ">=":
            return "<" if below.positive else "<=" if below.nonnegative and operator == ">" else None
        case "!=":
            return "=" if gap.is_zero else None
    return None
