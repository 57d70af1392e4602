"""A document before it has a language or a format: sections of sentences, formulas and tables.

Lessons build it from what they computed; `views.document` words it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from symgrad.notation.tree import Tree
from symgrad.values.phrase import Phrase


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a table cell, of any number type."""

    value: Any


Cell: TypeAlias = Phrase | Tree | Numeral | str | tuple[Phrase, ...]
"""A tuple of phrases is one sentence of several clauses."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences in a row, or with `clauses` one sentence of several; `lead` is set bold in front."""

    phrases: tuple[Phrase, ...]
    lead: Phrase | None = None
    clauses: bool = False


@dataclass(frozen=True, slots=True)
class Formula:
    """Displayed formulas. Each row holds formulas side by side; `aside` (conditions, ranges) closes the row.

    A formula with several relations and more than one row is aligned at them.
    """

    rows: tuple[tuple[Tree, ...], ...]
    asides: tuple[tuple[Tree, ...], ...] = ()
    aligned: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """A formula that holds for a range of layers: `z_j = w_j a_{j-1} + b_j  (1 <= j <= 4)`."""

    formulas: tuple[Tree, ...]
    letter: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Equations:
    """The forward pass: families and single equations, in order."""

    items: tuple[Family | Tree, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; numbers are set to the right."""

    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A numbered list; an item is sentences in a row."""

    items: tuple[tuple[Phrase, ...], ...]


Block: TypeAlias = Paragraph | Formula | Equations | Table | Items


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered section; without a heading it opens the document."""

    blocks: tuple[Block, ...]
    heading: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document; `source` lines (version, command, hash) go into a comment at its end."""

    title: Phrase
    sections: tuple[Section, ...]
    source: tuple[str, ...] = field(default=())
