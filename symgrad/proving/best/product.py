"""A bound of a product from the bounds of its groups of factors, as an entry that the kernel accepts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import ONE, ZERO, Apply, Derivative, Mul, Relation, Tree, names_in
from symgrad.proving import explain, kernel
from symgrad.proving.attempt import Attempt
from symgrad.proving.kernel.evaluate import precise
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.needed import unneeded
from symgrad.proving.problem import Problem
from symgrad.proving.search import entry_for
from symgrad.values.derivation import Derivation
from symgrad.values.proof import Proof

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """|of| <= limit (or >=), `of` being a group of factors; `written` is the same in its coordinates."""

    of: Tree
    written: Tree
    limit: Tree


def size(tree: Tree) -> Tree:
    """|tree|; a number is its own size."""
    return tree if tree == ONE else Apply(ABS, (tree,))


def times(factors: Sequence[Tree]) -> Tree:
    """The product, 1 if there is no factor."""
    kept = [f for f in factors if f != ONE]
    return ONE if not kept else kept[0] if len(kept) == 1 else Mul(tuple(kept))


def proved(
    problem: Problem, pieces: Sequence[Piece], gradients: Mapping[Derivative, Derivation], upper: bool
) -> Proof | None:
    """The claim `|product| <= product of limits` (or >=) piece by piece, or None."""
    attempt = Attempt(problem)
    with precise():
        entry = _entry(problem, pieces, attempt, upper)
        if entry is None:
            return None
        try:
            used = needed(problem, pieces, entry)
            certificate = problem.certificate(
                "proved", used=[to_data(piece) for piece in used], proof=entry, attained=None
            )
            kernel.check(certificate)
        except (CertificateError, RecursionError):
            return None
        return Proof(
            problem.claim,
            "proved",
            steps=explain.steps(problem, entry, used, gradients),
            used=tuple(piece for piece in used if piece not in problem.ranges),
            unused=unneeded(problem, used),
            method="+".join(dict.fromkeys(("product", *attempt.method))),
            certificate=certificate,
            checked=True,
        )


def needed(problem: Problem, pieces: Sequence[Piece], entry: Entry) -> list[Tree]:
    """The assumptions about what stands in the pieces, if these are enough."""
    spoken = {n for piece in pieces for tree in (piece.of, piece.written) for n in names_in(tree)}
    used = [p for p in problem.pieces if not names_in(p) or spoken.intersection(names_in(p))]
    try:
        kernel.prove_entry(problem.statement, entry, problem.setting(used))
    except (CertificateError, RecursionError):
        return list(problem.pieces)
    return used


def _entry(problem: Problem, pieces: Sequence[Piece], attempt: Attempt, upper: bool) -> Entry | None:
    here = problem.setting()
    data = []
    for piece in pieces:
        whole = size(piece.of)
        smaller, larger = (whole, piece.limit) if upper else (piece.limit, whole)
        sign = entry_for(Relation((">=",), (smaller, ZERO)), here, attempt)
        proof = _piece(piece, here, attempt, upper)
        if sign is None or proof is None:
            return None
        data.append(
            {
                "smaller": to_data(smaller),
                "larger": to_data(larger),
                "range": None,
                "sign": sign,
                "proof": proof,
                "positive": None,
            }
        )
    return {"rule": "factorwise", "pieces": data}


def _piece(piece: Piece, here: kernel.Setting, attempt: Attempt, upper: bool) -> Entry | None:
    """The bound of one group; one that names activations is first written with their functions."""
    operator = "<=" if upper else ">="
    whole = size(piece.of)
    statement = Relation((operator,), (whole, piece.limit))
    if piece.of == piece.written or whole == piece.limit:
        return entry_for(statement, here, attempt)
    written = size(piece.written)
    same = Relation(("=",), (whole, written))
    bound = Relation((operator,), (written, piece.limit))
    equal = _equal(same, here)
    proof = entry_for(bound, here, attempt)
    if equal is None or proof is None:
        return None
    inner = here.with_assumption(same).with_assumption(bound)
    last = entry_for(statement, inner, attempt)
    if last is None:
        return None
    lemmas = [{"statement": to_data(s), "proof": p} for s, p in ((same, equal), (bound, proof))]
    return {"rule": "have", "lemmas": lemmas, "proof": last}


def _equal(statement: Relation, here: kernel.Setting) -> Entry | None:
    """Both sides with every name written out."""
    for unfold in (0, 1, 2):
        entry = {"rule": "identity", "unfold": unfold, "definitions": True}
        try:
            kernel.prove_entry(statement, entry, here)
        except (CertificateError, RecursionError):
            continue
        return entry
    return None
