"""Equalities: both sides have the same normal form, with functions unfolded as far as needed."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.proving.tactics.goal import Goal, Offer


def candidates(goal: Goal) -> Iterator[Offer]:
    """The identity at each depth of unfolding."""
    if goal.operator in ("<=", ">="):
        yield _identity(0, False)
    if goal.operator == "=":
        for definitions in (False, True) if goal.here.definitions else (False,):
            for unfold in (0, 1, 2):
                yield _identity(unfold, definitions)


def _identity(unfold: int, definitions: bool) -> Offer:
    return lambda: {"rule": "identity", "unfold": unfold, "definitions": definitions}
