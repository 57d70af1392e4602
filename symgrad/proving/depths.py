"""How the ends of ranges are read where nothing is said of them: integers that leave no range backwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from symgrad.errors import CertificateError, InputError
from symgrad.notation.indices import from_linear, linear
from symgrad.notation.places import gap, moved, plain_letters
from symgrad.notation.tree import BigOp, Is, Name, Number, Relation, Tree, walk
from symgrad.proving.kernel.depth.claims import upward
from symgrad.proving.kernel.depth.letters import Letters
from symgrad.proving.kernel.depth.loop import Loop, free_names
from symgrad.proving.kernel.depth.readings import index_letters, stems
from symgrad.proving.kernel.families import parts
from symgrad.values.phrase import Phrase
from symgrad.values.proof import Claim, Proof


def completed(claim: Claim, loop: Loop | None) -> tuple[Claim, tuple[Tree, ...]]:
    """The claim with what is taken for granted of its ranges among the assumptions, and that alone."""
    _refuse_outside(claim.statement)
    bound = {node.index for node in walk(claim.statement) if isinstance(node, BigOp)}
    families = {letter for given in claim.given for letter in index_letters(given)} - _free(claim.statement)
    own = bound | families | (set() if loop is None else loop.letters_in(claim.statement))
    pieces = [piece for given in claim.given for piece in parts(given)]
    said = {x for p in pieces if not index_letters(p) and own.isdisjoint(stems(p)) for x in stems(p)}
    silent: dict[str, None] = {}
    least: dict[str, Tree] = {}
    between: dict[Tree, None] = {}
    for low, high in _ranges(claim.statement, bound):
        letters = plain_letters(low) | plain_letters(high)
        if letters <= own | said or not letters:
            continue
        silent.update(dict.fromkeys(sorted(letters - own - said)))
        form = linear(high)
        if isinstance(low, Number) and form is not None and [c for _, c in form[0]] == [1]:
            (name,) = letters
            place = moved(from_linear(((), -form[1])), int(low.value) - 1)
            before = least.get(name)
            least[name] = place if before is None or Letters().at_least(place, before) else before
        else:
            between[Relation(("<=",), (moved(low, -1), high))] = None
    lowest = [Relation((">=",), (Name(name), place)) for name, place in least.items()]
    extra = (*(Is(Name(name), "integer") for name in silent), *lowest, *between)
    claim = replace(claim, given=(*claim.given, *extra))
    _refuse_backwards(claim, loop)
    return claim, extra


def _refuse_outside(statement: Tree) -> None:
    """In one comparison a letter is an index of a range, or stands for itself."""
    for relation in (node for node in walk(statement) if isinstance(node, Relation)):
        bound = {node.index for node in walk(relation) if isinstance(node, BigOp)}
        free = {letter for name in free_names(relation) for letter in stems(name)}
        for letter in sorted(bound & free):
            raise InputError("index-outside", None, "index-outside-hint", letter=letter)


def _refuse_backwards(claim: Claim, loop: Loop | None) -> None:
    """Nothing says which end of a range written with sigma or pi notation is the larger one."""
    try:
        upward(claim.statement, claim.given, loop)
    except CertificateError as error:
        if error.what == "certificate-direction":
            raise InputError("range-direction", None, "range-direction-hint", **error.fields) from error


def _free(statement: Tree) -> set[str]:
    return stems(statement) - {node.index for node in walk(statement) if isinstance(node, BigOp)}


def _ranges(statement: Tree, bound: set[str]) -> Iterator[tuple[Tree, Tree]]:
    """The ends of ranges that hold only free letters, of those whose direction is beyond doubt."""
    for node in walk(statement):
        if isinstance(node, BigOp) and (length := gap(node.low, node.high)) is not None:
            directed = node.ascending or isinstance(node.low, Number)
            whole = all(c.denominator == 1 for c in (length[1], *dict(length[0]).values()))
            if directed and whole and bound.isdisjoint(plain_letters(node.low) | plain_letters(node.high)):
                yield node.low, node.high


def told(proof: Proof, extra: tuple[Tree, ...]) -> Proof:
    """The proof with sentences about what was taken for granted, and about ranges without an index."""
    steps = [Phrase.of("ranges.read", reading=extra)] if extra else []
    for node in dict.fromkeys(walk(proof.claim.statement)):
        match node:
            case BigOp(kind, _, _, Number(low), Number(high), True) if low > high:
                value = Number(Fraction(kind == "prod"))
                steps.append(Phrase.of("ranges.no-index", line=Relation(("=",), (node, value))))
    if not steps:
        return proof
    used, unused = (tuple(u for u in which if u not in extra) for which in (proof.used, proof.unused))
    return replace(proof, used=used, unused=unused, steps=(*steps, *proof.steps))
