"""A sentence before it is worded: an id and the fields that fill it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from symgrad.notation.tree import Tree

Field: TypeAlias = Tree | str | int | tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """`room.key` with named fields; mathematics stays a tree until a language and a format are known.

    >>> Phrase.of("steps.bias-derivative").id
    'steps.bias-derivative'
    """

    id: str
    fields: tuple[tuple[str, Field], ...] = ()

    @staticmethod
    def of(id: str, /, **fields: Field) -> Phrase:
        """A phrase with its fields given by name."""
        return Phrase(id, tuple(sorted(fields.items())))
