"""A way to mend an answer, with the slips that it undoes."""

from __future__ import annotations

from dataclasses import dataclass

from symgrad.notation.tree import Tree
from symgrad.values.mark import Mistake


@dataclass(frozen=True, slots=True)
class Mend:
    """The slips that were made, the answer without them, and what the wrong part stood in."""

    mistakes: tuple[Mistake, ...]
    tree: Tree
    cost: float
    around: Tree | None = None
