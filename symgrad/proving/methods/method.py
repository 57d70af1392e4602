"""What a method is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from symgrad.notation.tree import Relation, Tree
from symgrad.proving.kernel.setting import Setting
from symgrad.proving.problem import Problem
from symgrad.values.phrase import Phrase

Entry: TypeAlias = Mapping[str, Any]
Prove: TypeAlias = Callable[[Tree, Setting], Entry | None]
"""A search for an entry that proves a statement in a setting, such as a lemma's."""
Word: TypeAlias = Callable[[Tree, Entry, Setting], Iterator[Phrase]]
"""The sentences of an inner entry."""


@dataclass(frozen=True, slots=True)
class Method:
    """A kind of argument.

    name: what a proof's `method` says. rules: the kernel rules its entries use. entries: proposals for a
    comparison, best first; the kernel decides which holds. steps: the sentences of an accepted entry.
    """

    name: str
    rules: tuple[str, ...]
    entries: Callable[[Relation, Setting, Problem, Prove], Iterator[Entry]]
    steps: Callable[[Problem, Tree, Entry, Setting, Word], Iterator[Phrase]]
