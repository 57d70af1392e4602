"""Equations where their sides have values: what that needs is assumed, and said at the end of the proof."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.notation.tree import BigOp, Relation, Tree, walk
from symgrad.proving.kernel.rules.cases import natural
from symgrad.proving.kernel.setting import Setting
from symgrad.proving.methods.method import Entry, Method, Prove, Word
from symgrad.proving.problem import Problem
from symgrad.values.phrase import Phrase


def entries(statement: Relation, here: Setting, problem: Problem, prove: Prove) -> Iterator[Entry]:
    """The equation on its natural domain, if that is not everything."""
    if statement.operators != ("=",) or any(isinstance(n, BigOp) for n in walk(statement)):
        return
    inside = natural(statement, here)
    if inside.used != here.used and (proof := prove(statement, inside)) is not None:
        yield {"rule": "where-defined", "proof": proof}


def steps(problem: Problem, statement: Tree, entry: Entry, here: Setting, word: Word) -> Iterator[Phrase]:
    """The sentences of the proof there."""
    yield from word(statement, entry["proof"], natural(statement, here))


METHOD = Method("natural", ("where-defined",), entries, steps)
