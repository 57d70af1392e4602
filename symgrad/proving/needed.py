"""The assumptions that an argument needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from symgrad.notation.tree import BigOp, Tree, names_in, walk
from symgrad.proving import explain
from symgrad.proving.kernel.depth.readings import index_letters
from symgrad.proving.problem import Problem

Entry: TypeAlias = Mapping[str, Any]


def fewest(
    problem: Problem, entry: Entry, again: Callable[[Sequence[Tree], Entry], Entry | None]
) -> tuple[list[Tree], Entry]:
    """Only the assumptions the same argument needs, as far as time allows, and the argument from these."""
    used = list(problem.pieces)
    wanted = len(explain.where(problem, used))
    spoken = {n for tree in explain.stated(entry) for n in names_in(tree)}
    pending = [p for p in used if names_in(p) and spoken.isdisjoint(names_in(p))]
    batches = [[p] for p in reversed(used) if p not in pending]
    for batch in ([pending] if pending else []) + batches + [[p] for p in reversed(pending)]:
        if problem.late:
            break
        if batch[0] not in used:
            continue
        fewer = [other for other in used if other not in batch]
        found = again(fewer, entry)
        if found is not None and len(explain.where(problem, fewer)) <= wanted:
            used, entry = fewer, found
    return used, entry


def unneeded(problem: Problem, used: Sequence[Tree]) -> tuple[Tree, ...]:
    """The assumptions that the argument does without; no instances at a bound letter, which nobody gave."""
    bound = {node.index for node in walk(problem.statement) if isinstance(node, BigOp)}
    bound -= {letter for given in problem.given for letter in index_letters(given)}
    others = (p for p in problem.pieces if p not in used and p not in problem.ranges)
    return tuple(p for p in others if bound.isdisjoint(index_letters(p)))
