"""Equations between vectors and matrices: entry by entry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data, to_data
from symgrad.notation.tree import Relation, Tree
from symgrad.proving.kernel.rules.arrays import builder
from symgrad.proving.kernel.setting import Setting
from symgrad.proving.methods.method import Entry, Method, Prove, Word
from symgrad.proving.problem import Problem
from symgrad.values.phrase import Phrase


def usable(here: Setting) -> tuple[Any, ...]:
    """The equations among the assumptions, each in the directions that can be used."""
    found = []
    for used in here.used:
        match used:
            case Relation(("=",), (a, b)):
                for way in (used, Relation(("=",), (b, a))):
                    with suppress(CertificateError):
                        builder(here, False, [to_data(way)])
                        found.append(to_data(way))
    return tuple(found)


def entries(statement: Relation, here: Setting, problem: Problem, prove: Prove) -> Iterator[Entry]:
    """As the names stand, then with every defined name put in; without and with the assumed equations."""
    if statement.operators == ("=",):
        equations = list(usable(here))
        for using in ([], *([equations] if equations else ())):
            for definitions in (False, True):
                yield {"rule": "entries", "definitions": definitions, "using": using}


def steps(problem: Problem, statement: Tree, entry: Entry, here: Setting, word: Word) -> Iterator[Phrase]:
    """The equation, and what was put in."""
    if entry["using"]:
        conditions = tuple(u for u in here.used if u in [from_data(data) for data in entry["using"]])
        yield Phrase.of("arrays.using", conditions=conditions)
    key = "arrays.entries-down" if entry["definitions"] else "arrays.entries"
    yield Phrase.of(key, equation=statement)


METHOD = Method("entries", ("entries",), entries, steps)
