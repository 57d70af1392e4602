"""What a search remembers."""

from __future__ import annotations

from dataclasses import dataclass, field

from symgrad.notation.tree import Tree
from symgrad.proving.problem import Problem


@dataclass(slots=True)
class Attempt:
    """What the search has learnt on the way: tactics tried, side conditions that were missing.

    only: the tactics to use, all if empty. splits: how many cases deep the search is.
    """

    problem: Problem
    method: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    missing: list[Tree] = field(default_factory=list)
    only: frozenset[str] = frozenset()
    splits: int = 0
