"""Why a claim stays undecided: what is missing, what nothing is known about, what was tried."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.notation.tree import ZERO, Add, Apply, Name, Relation, Tree, names_in, walk
from symgrad.proving import places
from symgrad.proving.kernel import functions as known
from symgrad.proving.problem import Problem
from symgrad.values.phrase import Phrase


def general(problem: Problem) -> tuple[Tree, ...]:
    """The functions of the claim, and of what it speaks of, that nothing is known about."""
    reached = set(names_in(problem.statement))
    trees: list[Tree] = [problem.statement]
    for name, body in reversed(problem.definitions):
        if name in reached:
            reached.update(names_in(body))
            trees.append(body)
    nodes = (n for tree in trees for n in walk(tree) if isinstance(n, Apply))
    found = (n.function for n in nodes if known.resolve(n.function, problem.functions) is None)
    return tuple(dict.fromkeys(found))


def of(problem: Problem, missing: Sequence[Tree]) -> tuple[Phrase, ...]:
    """What is missing, or in one sentence what was tried, and the best enclosure found."""
    if missing:
        return (Phrase.of("proofs.undecided-missing", conditions=tuple(dict.fromkeys(missing))),)
    if problem.late:
        return (Phrase.of("proofs.undecided-time"),)
    if unknown := general(problem):
        return (Phrase.of("proofs.undecided-general", functions=unknown),)
    if places.nowhere(problem):
        return (Phrase.of("proofs.undecided-nowhere"),)
    depth = problem.loop is not None or problem.question.families is not None
    tries = Phrase.of("proofs.undecided-depth") if depth else Phrase.of("proofs.undecided-numbers")
    return (tries, *places.best_known(problem))


def of_arrays(problem: Problem) -> tuple[Phrase, ...]:
    """The sign that a number under a root needs and nothing says; else what was tried."""
    said = {name for piece in problem.pieces for name in names_in(piece)}
    trees = (problem.statement, *(body for _, body in problem.definitions))
    roots = [node for tree in trees for node in walk(tree)
             if isinstance(node, Apply) and node.function == Name("sqrt")]  # fmt: skip
    terms = [t for root in roots for a in root.arguments if isinstance(a, Add) for t in a.terms]
    wanted = {
        t: None for t in terms
        if isinstance(t, Name) and t in problem.leaves and not problem.shapes.get(t) and t not in said
    }  # fmt: skip
    if wanted:
        conditions = tuple(Relation((">",), (name, ZERO)) for name in wanted)
        return (Phrase.of("proofs.undecided-missing", conditions=conditions),)
    return (Phrase.of("proofs.undecided-arrays"),)
