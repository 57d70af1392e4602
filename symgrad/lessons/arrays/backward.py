"""The way back from the objective: the errors of the layers, and the gradient they give."""

from __future__ import annotations

from symgrad.lessons.arrays.subject import Subject, written
from symgrad.notation.tree import Derivative, Name, Relation, Tree, walk
from symgrad.rendering.document import Block, Cell, Formula, Paragraph, Section, Table
from symgrad.rendering.forms.rows import Row
from symgrad.rendering.views.derivation import filled, product
from symgrad.values.derivation import Derivation
from symgrad.values.phrase import Phrase

LONG = 60
"""A gradient of more parts than this is told by the way back alone."""


def backward_section(subject: Subject) -> Section | None:
    """The lines of the way back with their reasons, and the gradient in one formula."""
    form, derivation = subject.rows(), subject.derivation
    if form is None:
        return None
    head = (Phrase.of("notes.head-line"), Phrase.of("notes.head-back"), Phrase.of("notes.head-reason"))
    rows = tuple(_row(row) for row in form.rows)
    blocks: list[Block] = [Paragraph((_opening(subject),)), Table(head, rows)]
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


def _row(row: Row) -> tuple[Cell, ...]:
    line: Cell = "" if row.equation is None else written(row.equation)
    conditions = tuple(Phrase.of("notes.range", range=tree) for tree in (row.range, *row.conditions) if tree)
    return (line, row.formula, (row.why, *conditions))


def result(derivation: Derivation) -> Relation | None:
    """The gradient as one formula, None where it is too long to be read."""
    told = filled(derivation)
    if size(told) > LONG:
        told = product(derivation.factors)
    if size(told) > LONG or any(isinstance(node, Derivative) for node in walk(told)):
        return None
    return Relation(("=",), (derivation.goal, told))


def size(tree: Tree) -> int:
    """How many names and signs a formula has."""
    return sum(1 for node in walk(tree) if not isinstance(node, Name) or node.indices)
