"""Equations between vectors and matrices: entry by entry."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.notation.tree import Relation, Tree
from symgrad.proving.kernel.setting import Setting
from symgrad.proving.methods.method import Entry, Method, Prove, Word
from symgrad.proving.problem import Problem
from symgrad.values.phrase import Phrase


def entries(statement: Relation, here: Setting, problem: Problem, prove: Prove) -> Iterator[Entry]:
    """As the names stand, then with every defined name put in."""
    if statement.operators == ("=",):
        for definitions in (False, True):
            yield {"rule": "entries", "definitions": definitions}


def steps(problem: Problem, statement: Tree, entry: Entry, here: Setting, word: Word) -> Iterator[Phrase]:
    """The equation, and what was put in."""
    key = "arrays.entries-down" if entry["definitions"] else "arrays.entries"
    yield Phrase.of(key, equation=statement)


METHOD = Method("entries", ("entries",), entries, steps)
