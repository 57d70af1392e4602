"""The least place of a letter by itself: n = 1, then n >= 2; i = n, then i < n."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data, to_data
from symgrad.notation.indices import from_linear
from symgrad.notation.places import moved
from symgrad.notation.tree import Name, Relation, Tree
from symgrad.proving.kernel.depth.letters import Letters, symbolic
from symgrad.proving.kernel.depth.readings import binds, stems
from symgrad.proving.kernel.enclosures.pieces import alternatives
from symgrad.proving.kernel.rules import prove_entry
from symgrad.proving.kernel.rules.places import placed
from symgrad.proving.kernel.rules.ranges import letters_of
from symgrad.proving.kernel.setting import Setting
from symgrad.proving.methods import ranges
from symgrad.proving.methods.method import Entry, Method, Prove, Word
from symgrad.proving.problem import Problem
from symgrad.values.phrase import Phrase

MAX_SPLITS = 3


def entries(statement: Relation, here: Setting, problem: Problem, prove: Prove) -> Iterator[Entry]:
    """Two cases, the later one by its ranges, at each place where a letter certainly starts."""
    if here.families is None or not symbolic(statement) or any(u not in problem.pieces for u in here.used):
        return
    for letter, least in _least(statement, letters_of(here, statement))[:MAX_SPLITS]:
        condition = Relation(("<=",), (moved(least, 1), Name(letter)))
        later, first = alternatives(condition, here.bounds(condition))
        further = _by_ranges(statement, here.with_assumption(later), problem, prove)
        if further is None:
            continue
        changed, there = placed(statement, here.with_assumption(first), letter, least)
        if (alone := prove(changed, there)) is not None:
            only = {"rule": "place", "letter": letter, "place": to_data(least), "proof": alone}
            yield {"rule": "split", "condition": to_data(condition), "parts": [further, only]}


def _least(statement: Tree, letters: Letters) -> list[tuple[str, Tree]]:
    """Letters and where they certainly do not lie below; those that speak of two letters first."""
    free = {letter for letter in stems(statement) if not binds(statement, letter)}
    found: dict[tuple[str, Tree], None] = {}
    for terms, constant in sorted(letters.facts, key=lambda form: -len(form[0])):
        for letter, coefficient in terms:
            if coefficient == 1 and {x for x, _ in terms} <= free:
                rest = tuple((x, -c) for x, c in terms if x != letter)
                found[letter, from_linear((rest, -constant))] = None
    return list(found)


def _by_ranges(statement: Relation, here: Setting, problem: Problem, prove: Prove) -> Entry | None:
    for entry in ranges.entries(statement, here, problem, prove):
        try:
            prove_entry(statement, entry, here)
        except (CertificateError, RecursionError):
            continue
        return entry
    return None


def steps(problem: Problem, statement: Tree, entry: Entry, here: Setting, word: Word) -> Iterator[Phrase]:
    """The claim at the one place that is left."""
    letter, there = entry["letter"], from_data(entry["place"])
    changed, setting = placed(statement, here, letter, there)
    yield Phrase.of("ranges.place", case=Relation(("=",), (Name(letter), there)), line=changed)
    if entry["proof"]["rule"] not in ("identity", "series"):
        yield from word(changed, entry["proof"], setting)


METHOD = Method("places", ("place",), entries, steps)
