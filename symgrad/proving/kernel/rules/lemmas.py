"""Arguments through other statements: lemmas first, a contradiction, both inequalities, exp of both sides."""

from __future__ import annotations

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.places import plain_letters
from symgrad.notation.tree import ZERO, Apply, BigOp, Name, Relation, Tree, walk
from symgrad.proving.kernel.enclosures.intervals import Empty
from symgrad.proving.kernel.enclosures.pieces import alternatives
from symgrad.proving.kernel.rules.entry import Entry, Prove, comparison, normaliser, only
from symgrad.proving.kernel.setting import Setting, setting
from symgrad.proving.kernel.substitution import put_in

FALSE = Relation(("<",), (ZERO, ZERO))


def have(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """Comparisons proved one after the other, each usable from then on; at last the statement itself."""
    only(entry, "lemmas", "proof")
    for lemma in entry["lemmas"]:
        if set(lemma) != {"statement", "proof"}:
            raise CertificateError("certificate-malformed", problem="keys")
        claim = from_data(lemma["statement"])
        _, a, b = comparison(claim, here)
        bounds = here.bounds(a, b)
        bounds.enclose(a), bounds.enclose(b)
        prove(claim, lemma["proof"], here)
        here = here.with_assumption(claim)
    prove(statement, entry["proof"], here)


def contradiction(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """With the opposite assumed, 0 < 0 follows."""
    only(entry, "proof")
    _, opposite = alternatives(statement, here.bounds(statement))
    prove(FALSE, entry["proof"], here.with_assumption(opposite))


def vanishing(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """The assumptions contradict each other: a sum is positive by them, and 0 when multiplied out."""
    only(entry, "sum", "unfold")
    total = from_data(entry["sum"])
    bounds = here.bounds(statement, total)
    try:
        positive = bounds.enclose(total).positive
    except Empty:
        return
    if not positive or normaliser(entry, bounds)(total).numerator:
        raise CertificateError("certificate-not-absurd")


def squeeze(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """A = b, from a <= b and a >= b."""
    only(entry, "parts")
    match statement:
        case Relation(("=",), sides):
            below, above = entry["parts"]
            prove(Relation(("<=",), sides), below, here)
            prove(Relation((">=",), sides), above, here)
        case _:
            raise CertificateError("certificate-rule")


def generalise(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """The same for any value in place of a term: some assumptions and the statement, a new name for it."""
    only(entry, "names", "given", "proof")
    pieces = [from_data(piece) for piece in entry["given"]]
    if any(piece not in here.used for piece in pieces):
        raise CertificateError("certificate-assumption")
    taken = {letter for tree in (statement, *here.used) for letter in plain_letters(tree)}
    taken.update(letter for pair in here.definitions for tree in pair for letter in plain_letters(tree))
    if any(isinstance(node, BigOp) for tree in (statement, *pieces) for node in walk(tree)):
        raise CertificateError("certificate-unsupported", kind="BigOp")
    named: dict[Tree, Tree] = {}
    for data, term in entry["names"]:
        name, tree = from_data(data), from_data(term)
        if not isinstance(name, Name) or name.indices or name.stem in taken:
            raise CertificateError("certificate-definition")
        taken.add(name.stem)
        here.bounds(tree).enclose(tree)
        named[tree] = name
    given = [put_in(piece, named) for piece in pieces]
    prove(put_in(statement, named), entry["proof"], setting(here.functions, here.definitions, given))


def exponentials(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """A <= b, from e^a <= e^b; the new sides may be written in another way, log turned into its argument."""
    only(entry, "sides", "unfold", "proof")
    operator, a, b = comparison(statement, here)
    sides = [from_data(side) for side in entry["sides"]]
    bounds = here.bounds(a, b, *sides)
    normal = normaliser(entry, bounds)
    for old, new in zip((a, b), sides, strict=True):
        bounds.enclose(old), bounds.enclose(new)
        if not normal(Apply(Name("exp"), (old,))).equals(normal(here.with_settled(new))):
            raise CertificateError("certificate-identity")
    prove(Relation((operator,), (sides[0], sides[1])), entry["proof"], here)
