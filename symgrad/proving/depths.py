"""How the ends of ranges are read where nothing is said of them: integers that leave no range backwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symgrad.errors import CertificateError, InputError
from symgrad.notation.indices import from_linear, linear
from symgrad.notation.places import gap, moved, plain_letters
from symgrad.notation.tree import BigOp, Is, Logic, Name, Number, Relation, Tree, walk
from symgrad.proving.kernel.depth.claims import upward
from symgrad.proving.kernel.depth.letters import Letters
from symgrad.proving.kernel.depth.loop import Loop
from symgrad.proving.kernel.depth.readings import index_letters, stems
from symgrad.proving.kernel.families import parts
from symgrad.values.phrase import Phrase
from symgrad.values.proof import Claim, Proof


def completed(claim: Claim, loop: Loop | None) -> tuple[Claim, tuple[Tree, ...]]:
    """The claim with what is taken for granted of its ranges among the assumptions, and that alone."""
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
    lowest = [Relation(("<=",), (place, Name(name))) for name, place in least.items()]
    extra = (*(Is(Name(name), "integer") for name in silent), *lowest, *between)
    claim = replace(claim, given=(*claim.given, *extra))
    _refuse_backwards(claim, loop)
    return claim, extra


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
    """The proof with a sentence about what was taken for granted."""
    if not extra:
        return proof
    used, unused = (tuple(u for u in which if u not in extra) for which in (proof.used, proof.unused))
    line = extra[0] if len(extra) == 1 else Logic("and", extra)
    steps = (Phrase.of("ranges.read", reading=line), *proof.steps)
    return replace(proof, used=used, unused=unused, steps=steps)
