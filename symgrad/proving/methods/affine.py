"""A variable that occurs to the first power only is put at its two ends; what is left has a variable less."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data, to_data
from symgrad.notation.tree import Apply, Number, Relation, Tree, names_in
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.rules.affine import at_ends
from symgrad.proving.kernel.rules.line import open_conditions
from symgrad.proving.kernel.setting import Setting
from symgrad.proving.methods.doubt import fails
from symgrad.proving.methods.method import Entry, Method, Prove, Word
from symgrad.proving.problem import Problem
from symgrad.values.phrase import Phrase

MAX_NAMES = 4


def entries(statement: Relation, here: Setting, problem: Problem, prove: Prove) -> Iterator[Entry]:
    """One entry for each bounded variable whose two ends can both be proved."""
    names = names_in(statement)
    applied = set(problem.arguments())
    if not 2 <= len(set(names)) <= MAX_NAMES or open_conditions(statement, here):
        return
    for name in dict.fromkeys(names):
        for atom in (Apply(nf.ABS, (name,)), name) if name not in applied else ():
            try:
                corners = at_ends(statement, atom, here)
            except CertificateError:
                continue
            parts = _proofs(corners, here, prove)
            if parts is not None:
                yield {"rule": "affine", "atom": to_data(atom), "conditions": [], "parts": parts}


def _proofs(corners: tuple[Relation, Relation], here: Setting, prove: Prove) -> list[Entry] | None:
    found: list[Entry] = []
    if any(fails(corner, here) for corner in corners):
        return None
    for corner in corners:
        if (entry := prove(corner, here)) is None:
            return None
        found.append(entry)
    return found


def steps(problem: Problem, statement: Tree, entry: Entry, here: Setting, word: Word) -> Iterator[Phrase]:
    """First degree in the variable, so the two ends; then each of them."""
    atom = from_data(entry["atom"])
    box = here.bounds(statement, atom).enclose(atom)
    ends = at_ends(statement, atom, here)
    yield Phrase.of("proofs.affine", variable=atom)
    for value, corner, part in zip((box.low, box.high), ends, entry["parts"], strict=True):
        assert value is not None
        yield Phrase.of("proofs.affine-end", end=Relation(("=",), (atom, Number(value))), line=corner)
        yield from word(corner, part, here)


METHOD = Method("affine", ("affine",), entries, steps)
