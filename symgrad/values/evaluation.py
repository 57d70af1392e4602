"""Numbers for a chain: gradients, their factors, and what the number format did to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symgrad.notation.tree import Tree


@dataclass(frozen=True, slots=True)
class FactorValue:
    """One factor of a gradient and its number."""

    factor: Tree
    value: Any


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One gradient in numbers. `underflow`, `overflow`: names of what the format lost, in forward order."""

    goal: Tree
    precision: str
    value: Any
    factors: tuple[FactorValue, ...]
    underflow: tuple[str, ...] = ()
    overflow: tuple[str, ...] = ()
