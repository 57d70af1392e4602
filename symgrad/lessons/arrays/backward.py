"""The way back from the objective: the errors of the layers, and the gradient they give."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.lessons.arrays.subject import Subject, written
from symgrad.notation.tree import Derivative, Relation, Tree, walk
from symgrad.notation.writers.unicode import pretty
from symgrad.phrases import catalogue
from symgrad.rendering.document import Block, Cell, Formula, Paragraph, Section, Table
from symgrad.rendering.forms.rows import Row
from symgrad.rendering.views.derivation import filled
from symgrad.values.derivation import Derivation
from symgrad.values.phrase import Phrase

LONG = 90
"""A gradient of more signs than this is told by the way back alone."""
WIDE = 90
"""So many signs fit beside one another in a table on a page."""


def backward_section(subject: Subject) -> Section | None:
    """The lines of the way back with their reasons, and the gradient in one formula."""
    form, derivation = subject.rows(), subject.derivation
    if form is None:
        return None
    blocks: list[Block] = [Paragraph((_opening(subject),)), *_table(form.rows)]
    if (line := result(derivation)) is not None:
        blocks += [Paragraph((Phrase.of("notes.in-one-formula"),)), Formula(((line,),))]
    return Section(tuple(blocks), Phrase.of("notes.backward-heading", goal=derivation.goal))


def _opening(subject: Subject) -> Phrase:
    form = subject.rows()
    fields = dict(form.opening.fields) if form else {}
    if "definition" in fields:
        several = "" if len(subject.errors) > 1 else "-one"
        return Phrase.of(f"notes.backward-delta{several}", definition=fields["definition"])
    return Phrase.of("notes.backward-opening", objective=subject.inputs.network.objective)


def _table(rows: Sequence[Row]) -> list[Block]:
    """The lines with their reasons; where those do not fit beside them, only what rewrites is explained."""
    head = (Phrase.of("notes.head-line"), Phrase.of("notes.head-back"), Phrase.of("notes.head-reason"))
    columns = [(_line(row), row.formula, (row.why, *_conditions(row))) for row in rows]
    sizes = [(width(line), width(formula), words(why[0])) for line, formula, why in columns]
    if sum(map(max, zip(*sizes, strict=True))) <= WIDE:
        return [Table(head, tuple(columns))]
    narrow = tuple((_line(row), _with_conditions(row)) for row in rows)
    plain_reasons = ("forms.one-use", "forms.several-uses")
    rewriting = [row for row in rows if row.equation is None and row.why.id not in plain_reasons]
    reasons = [
        Paragraph((row.why,), Phrase.of("notes.last-line")) for row in rewriting[-1:] if row is rows[-1]
    ]
    return [Table(head[:2], narrow), *reasons]


def _line(row: Row) -> Tree | str:
    return "" if row.equation is None else written(row.equation)


def _conditions(row: Row) -> tuple[Phrase, ...]:
    return tuple(Phrase.of("notes.range", range=tree) for tree in (row.range, *row.conditions) if tree)


def _with_conditions(row: Row) -> Cell:
    conditions = tuple(tree for tree in (row.range, *row.conditions) if tree)
    return (
        Phrase.of("notes.formula-range", formula=row.formula, range=conditions) if conditions else row.formula
    )


def words(phrase: Phrase) -> int:
    """About how long a reason is."""
    room, _, key = phrase.id.partition(".")
    return len(catalogue("en", room)[key]) * 5 // 6


def width(cell: Tree | str) -> int:
    """About how many signs wide a formula is."""
    return 0 if isinstance(cell, str) else len(pretty(cell))


def result(derivation: Derivation, longest: int = LONG) -> Relation | None:
    """The gradient as one formula, None where it is too long to be read."""
    told = filled(derivation)
    if any(isinstance(node, Derivative) for node in walk(told)) or len(pretty(told)) > longest:
        return None
    return Relation(("=",), (derivation.goal, told))
