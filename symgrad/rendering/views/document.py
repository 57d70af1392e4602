"""A document's sections as plain strings in one format."""

from __future__ import annotations

from dataclasses import dataclass

from symgrad.notation.tree import Name, Relation, Tree, number
from symgrad.rendering import grids
from symgrad.rendering.document import (
    Block,
    Cell,
    Document,
    Equations,
    Family,
    Formula,
    Items,
    Numeral,
    Paragraph,
    Section,
    Table,
)
from symgrad.rendering.grids import is_grid
from symgrad.rendering.numerals import numeral
from symgrad.rendering.wording import Wording
from symgrad.values.phrase import Phrase

_WIDEST_TEX, _WIDEST_TEXT = 140, 90
_GAP = {"text": "     ", "json": "; "}


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of a display: its pieces side by side."""

    text: str


@dataclass(frozen=True, slots=True)
class BlockView:
    """One block; `kind` says which of the other fields mean something."""

    kind: str
    text: str = ""
    lead: str = ""
    rows: tuple[RowView, ...] = ()
    head: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()
    numeric: tuple[bool, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section: its number (0 for the opening), heading and blocks."""

    number: int
    heading: str
    blocks: tuple[BlockView, ...]


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A whole document, ready to print."""

    title: str
    sections: tuple[SectionView, ...]
    source: tuple[str, ...]


def document_view(document: Document, wording: Wording) -> DocumentView:
    """All strings of a document."""
    sections, number = [], 0
    for section in document.sections:
        number += section.heading is not None
        sections.append(_section(section, number if section.heading is not None else 0, wording))
    return DocumentView(wording.say(document.title), tuple(sections), document.source)


def _section(section: Section, number: int, wording: Wording) -> SectionView:
    heading = "" if section.heading is None else wording.say(section.heading)
    return SectionView(number, heading, tuple(_block(block, wording) for block in section.blocks))


def _block(block: Block, wording: Wording) -> BlockView:
    gap = "" if wording.lang == "zh" else " "
    match block:
        case Paragraph(phrases, lead, clauses):
            bold = "" if lead is None else wording.say(lead)
            text = _sentence(phrases, wording) if clauses else wording.join(map(wording.say, phrases), gap)
            return BlockView("paragraph", text=text, lead=bold)
        case Formula():
            return BlockView("formula", rows=_formula(block, wording))
        case Equations(items):
            return BlockView("formula", rows=_equations(items, wording))
        case Table(head, rows):
            numeric = tuple(all(_numeric(row[i]) for row in rows) and bool(rows) for i in range(len(head)))
            cells = tuple(tuple(_cell(cell, wording) for cell in row) for row in rows)
            return BlockView(
                "table", head=tuple(_cell(c, wording) for c in head), cells=cells, numeric=numeric
            )
        case Items(items):
            return BlockView(
                "items", items=tuple(wording.join(map(wording.say, phrases), gap) for phrases in items)
            )


def _numeric(cell: Cell) -> bool:
    return isinstance(cell, Numeral) and not is_grid(cell.value)


def _clauses(phrases: tuple[Phrase, ...], wording: Wording) -> str:
    return wording.join(map(wording.say, phrases), "，" if wording.lang == "zh" else ", ")


def _sentence(phrases: tuple[Phrase, ...], wording: Wording) -> str:
    return _clauses(phrases, wording) + ("。" if wording.lang == "zh" else ".")


def _cell(cell: Cell, wording: Wording) -> str:
    match cell:
        case Phrase():
            return wording.say(cell)
        case tuple():
            return _clauses(cell, wording)
        case Numeral(value) if is_grid(value):
            return grids.small(value) if _tex(wording) else wording.style.words(grids.compact(value))
        case Numeral(value):
            return wording.style.words(numeral(value))
        case str():
            return wording.style.words(cell)
        case _:
            return wording.style.display(cell, short=True)


def _tex(wording: Wording) -> bool:
    return wording.style.name in ("markdown", "latex")


def _formula(block: Formula, wording: Wording) -> tuple[RowView, ...]:
    style, tex = wording.style, _tex(wording)
    gap = r",\qquad " if tex else _GAP.get(style.name, "  ")
    rows: list[str] = []
    for i, trees in enumerate(block.rows):
        aside = block.asides[i] if i < len(block.asides) else ()
        text = gap.join(style.math(tree, short=True) for tree in trees)
        if aside:
            shown = (r",\ " if tex else ", ").join(style.math(tree) for tree in aside)
            text += rf" \qquad ({shown})" if tex else f"    ({shown})"
        rows.append(text)
    if block.aligned and len(block.rows) == 1 and isinstance(block.rows[0][0], Relation):
        rows = _aligned(block.rows[0][0], block.asides[0] if block.asides else (), wording)
    return _ended(rows, tex)


def _aligned(relation: Relation, aside: tuple[Tree, ...], wording: Wording) -> list[str]:
    """A chain of relations, one a row, aligned at the signs."""
    style, tex = wording.style, _tex(wording)
    rows = []
    for i, operator in enumerate(relation.operators):
        link = style.math(Relation((operator,), (relation.operands[0], relation.operands[i + 1])), short=True)
        left = style.math(relation.operands[0], short=True)
        right = link[len(left) + 1 :]
        first = left if i == 0 else ("" if tex else " " * len(left))
        rows.append(f"{first} &{right}" if tex else f"{first} {right}")
    if aside:
        shown = (r",\ " if tex else ", ").join(style.math(tree) for tree in aside)
        rows[-1] += rf" \qquad ({shown})" if tex else f"    ({shown})"
    return [row.lstrip() if tex else row for row in rows]


def _equations(items: tuple[Family | Tree, ...], wording: Wording) -> tuple[RowView, ...]:
    style, tex = wording.style, _tex(wording)
    gap = r",\qquad " if tex else _GAP.get(style.name, "  ")
    parts: list[str] = []
    for item in items:
        if isinstance(item, Family):
            told = [style.math(f) for f in item.formulas]
            short = len(gap.join(told)) <= (_WIDEST_TEX if tex else _WIDEST_TEXT)
            parts += [gap.join(told)] if short else told
            parts[-1] += _range(item, wording)
        else:
            parts.append(style.math(item))
    rows, row = [], parts[0]
    for part in parts[1:]:
        if len(row) + len(part) > (_WIDEST_TEX if tex else _WIDEST_TEXT):
            rows.append(row + ("," if tex else ""))
            row = part
        else:
            row += gap + part
    rows.append(row)
    return _ended([f"&{row}" for row in rows] if tex and len(rows) > 1 else rows, tex)


def _range(family: Family, wording: Wording) -> str:
    letters = (number(family.low), Name(family.letter), number(family.high))
    text = wording.style.math(Relation(("<=", "<="), letters))
    return rf"\quad ({text})" if _tex(wording) else f"   ({text})"


def _ended(rows: list[str], tex: bool) -> tuple[RowView, ...]:
    return tuple(RowView(row + (r" ." if tex and i == len(rows) - 1 else "")) for i, row in enumerate(rows))
