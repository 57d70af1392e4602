"""A bound of a product from the bounds of its groups of factors, as an entry that the kernel accepts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Apply,
    Derivative,
    Mul,
    Name,
    Number,
    Relation,
    Tree,
    names_in,
    substitute,
)
from symgrad.proving import explain, kernel
from symgrad.proving.attempt import Attempt
from symgrad.proving.kernel.enclosures.intervals import MIRROR
from symgrad.proving.kernel.enclosures.pieces import alternatives
from symgrad.proving.kernel.evaluate import precise
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.needed import unneeded
from symgrad.proving.problem import Problem
from symgrad.proving.search import entry_for
from symgrad.values.derivation import Derivation
from symgrad.values.proof import Proof

Entry = Mapping[str, Any]
ALIKE = Name("x")


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
    """Factor by factor; where the claim spells its gradient in another way, that is rewritten first."""
    entry = _factorwise(problem, pieces, attempt, upper)
    if entry is None:
        return None
    here, statement = problem.setting(), problem.statement
    try:
        kernel.prove_entry(statement, entry, here)
        return entry
    except (CertificateError, RecursionError):
        pass
    if not isinstance(statement, Relation):
        return None
    gradient, limit = statement.operands
    written = size(times([piece.of for piece in pieces]))
    bound = Relation(statement.operators, (written, limit))
    inner = here.with_assumption(bound)
    lemmas = [{"statement": to_data(bound), "proof": entry}]
    for unfold in (0, 1, 2):
        last = {
            "rule": "known",
            "fact": "given",
            "at": [to_data(bound)],
            "by": to_data(ONE),
            "unfold": unfold,
        }
        try:
            kernel.prove_entry(statement, last, inner)
        except (CertificateError, RecursionError):
            continue
        return {"rule": "have", "lemmas": lemmas, "proof": last}
    same = Relation(("=",), (gradient, written))
    equal = _equal(same, here)
    return None if equal is None else _through(statement, ((same, equal), (bound, entry)), here, attempt)


def _through(
    statement: Relation, lemmas: Sequence[tuple[Relation, Entry]], here: kernel.Setting, attempt: Attempt
) -> Entry | None:
    """The statement from lemmas."""
    for lemma, _ in lemmas:
        here = here.with_assumption(lemma)
    last = entry_for(statement, here, attempt)
    if last is None:
        return None
    data = [{"statement": to_data(s), "proof": p} for s, p in lemmas]
    return {"rule": "have", "lemmas": data, "proof": last}


def _factorwise(problem: Problem, pieces: Sequence[Piece], attempt: Attempt, upper: bool) -> Entry | None:
    here = problem.setting()
    data = []
    done: dict[tuple[Tree, Tree], tuple[Name, Entry, Entry]] = {}
    for piece in pieces:
        whole = size(piece.of)
        smaller, larger = (whole, piece.limit) if upper else (piece.limit, whole)
        names = names_in(piece.of) if piece.of == piece.written else ()
        key = (substitute(piece.of, {names[0]: ALIKE}), piece.limit) if len(names) == 1 else None
        proofs = (
            None
            if key is None
            else _again(done.get(key), names[0], _compared(whole, piece.limit, upper), here, smaller)
        )
        if proofs is None:
            sign = entry_for(Relation((">=",), (smaller, ZERO)), here, attempt)
            proof = _piece(piece, here, attempt, upper)
            if sign is None or proof is None:
                return None
            proofs = sign, proof
            if key is not None:
                done[key] = (names[0], sign, proof)
        sign, proof = proofs
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


def _again(
    before: tuple[Name, Entry, Entry] | None,
    name: Name,
    statement: Relation,
    here: kernel.Setting,
    smaller: Tree,
) -> tuple[Entry, Entry] | None:
    """The proofs of the same group of another name, if they hold for this one too."""
    if before is None:
        return None
    old, new = to_data(before[0]), to_data(name)
    sign, proof = (_renamed(entry, old, new) for entry in before[1:])
    try:
        kernel.prove_entry(Relation((">=",), (smaller, ZERO)), sign, here)
        kernel.prove_entry(statement, proof, here)
    except (CertificateError, RecursionError):
        return None
    return sign, proof


def _renamed(data: Any, old: Any, new: Any) -> Any:
    if data == old:
        return new
    if isinstance(data, Mapping):
        return {key: _renamed(value, old, new) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_renamed(value, old, new) for value in data]
    return data


def _piece(piece: Piece, here: kernel.Setting, attempt: Attempt, upper: bool) -> Entry | None:
    """The bound of one group; one that names activations is first written with their functions."""
    whole = size(piece.of)
    statement = _compared(whole, piece.limit, upper)
    if piece.of == piece.written or whole == piece.limit:
        return _split(piece, statement, here, attempt) or entry_for(statement, here, attempt)
    written = size(piece.written)
    same = Relation(("=",), (whole, written))
    bound = _compared(written, piece.limit, upper)
    equal = _equal(same, here)
    proof = entry_for(bound, here, attempt)
    if equal is None or proof is None:
        return None
    return _through(statement, ((same, equal), (bound, proof)), here, attempt)


def _split(piece: Piece, statement: Relation, here: kernel.Setting, attempt: Attempt) -> Entry | None:
    """For z >= a and for z <= -a apart, where an assumption says that |z| >= a."""
    names = names_in(piece.of)
    for used in here.used:
        match used:
            case Relation(((">=" | ">") as operator,), (Apply(Name("abs"), (inside,), 0), Number(end))) if (
                names == (inside,)
            ):
                condition = Relation((operator,), (inside, Number(end)))
                below = Relation((MIRROR[operator],), (inside, Number(-end)))
                above, rest = (
                    here.with_assumption(half) for half in alternatives(condition, here.bounds(condition))
                )
                first, lemma = entry_for(statement, above, attempt), entry_for(below, rest, attempt)
                if first is None or lemma is None:
                    return None
                second = _through(statement, ((below, lemma),), rest, attempt)
                parts = [first, second]
                return None if second is None else {
                    "rule": "split", "condition": to_data(condition), "parts": parts
                }  # fmt: skip
    return None


def _compared(whole: Tree, limit: Tree, upper: bool) -> Relation:
    """Smaller <= larger, as the kernel's rule asks for it."""
    return Relation(("<=",), (whole, limit) if upper else (limit, whole))


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
