"""Functions in pieces: the pieces that the assumptions leave put in, else one case for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import Relation, Tree, names_in
from symgrad.proving import kernel
from symgrad.proving.attempt import Attempt
from symgrad.proving.kernel.enclosures.pieces import alternatives, settled, undecided

Entry: TypeAlias = Mapping[str, Any]
Search: TypeAlias = Callable[[Tree, kernel.Setting, Attempt], Entry | None]
MAX_SPLITS = 6
"""Cases within cases."""


def pieces(statement: Relation, here: kernel.Setting, attempt: Attempt, entry_for: Search) -> Entry | None:
    """The pieces that the assumptions leave put in; else a split at the first open condition of a piece."""
    if attempt.only and "pieces" not in attempt.only:
        return None
    try:
        bounds = here.bounds(statement)
        changed, open_ = settled(statement, bounds), undecided(statement, bounds)
        open_ = open_ or ([] if changed != statement else assumed(statement, here))
        both = alternatives(open_[0], bounds) if open_ else ()
    except CertificateError:
        return None
    if changed != statement or open_:
        attempt.tried.append("pieces")
    if changed != statement:
        attempt.method.append("pieces")
        if (inner := entry_for(changed, here, attempt)) is not None:
            return {"rule": "settle", "proof": inner}
        attempt.method.remove("pieces")
        return None
    if not open_ or attempt.splits >= MAX_SPLITS:
        return None
    attempt.splits += 1
    attempt.method.append("pieces")
    entries = []
    for alternative in both:
        inner = entry_for(statement, here.with_assumption(alternative), attempt)
        entries.append(inner)
        if inner is None:
            break
    attempt.splits -= 1
    if all(entries):
        return {"rule": "split", "condition": to_data(open_[0]), "parts": entries}
    attempt.method.remove("pieces")
    return None


def assumed(statement: Relation, here: kernel.Setting) -> list[Relation]:
    """The open conditions of assumptions about the same names: relu(x) = 0, where x <= 0 is asked."""
    names, bounds = set(names_in(statement)), here.bounds(statement)
    spoken = (u for u in here.used if isinstance(u, Relation) and names & set(names_in(u)))
    return list(dict.fromkeys(condition for piece in spoken for condition in undecided(piece, bounds)))
