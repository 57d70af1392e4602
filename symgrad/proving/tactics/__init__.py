"""Tactics, cheapest and most explanatory first. Each offers proof entries; the kernel decides which holds.

Adding a tactic: a module here with `candidates(goal)`, and its place in TACTICS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from symgrad.proving.tactics import bernstein, expanded, identity, ranges, slack, squares
from symgrad.proving.tactics.goal import Goal, Offer

Tactic = Callable[[Goal], Iterator[Offer]]

TACTICS: tuple[tuple[str, Tactic], ...] = (
    ("identity", identity.candidates),
    ("range", ranges.candidates),
    ("expanded", expanded.candidates),
    ("squares", squares.candidates),
    ("slack", slack.candidates),
    ("bernstein", bernstein.candidates),
)
