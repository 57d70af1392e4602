"""A worked example with 2 × 2 matrices of small whole numbers, computed by the same formulas."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from symgrad.functions.registry import lookup
from symgrad.lessons.arrays.subject import Subject, written
from symgrad.notation.tree import Array, Derivative, Name, Number, Relation, Transpose, Tree, number
from symgrad.numerics.evaluate import Report, report
from symgrad.rendering.document import Block, Cell, Formula, Numeral, Paragraph, Section, Table
from symgrad.rendering.folding import index_of, lettered
from symgrad.values.derivation import Derivation
from symgrad.values.phrase import Phrase

Whole: TypeAlias = int | list[int] | list[list[int]]
MATRICES = ([[1, 0], [1, 1]], [[1, 1], [0, 1]], [[1, -1], [1, 1]], [[0, 1], [1, 0]])
MOST_LINES, FEW, WIDE = 8, 6, 100
"""Longer forward passes are told by the last two values of a layer; so wide may a row of settings be."""


@dataclass(frozen=True)
class Example:
    """Small whole numbers for every leaf, and what comes out."""

    values: Mapping[Name, Whole]
    goals: tuple[Derivation, ...]
    report: Report

    def of(self, goal: Derivative) -> Any:
        """The number of one gradient."""
        return next(e.value for e in self.report.evaluations if e.goal == goal)


def example(subject: Subject) -> Example | None:
    """The chain at a small point; None where a function is left open."""
    network = subject.inputs.network
    if any(_is_open(subject, stem) for stem in network.applied):
        return None
    values = point(subject)
    wanted = [*subject.errors.values(), subject.derivation.goal]
    wanted += [Derivative(network.objective, name) for name in subject.others]
    goals = tuple(subject.inputs.derive(goal.by) for goal in dict.fromkeys(wanted))
    found = report(network, goals, dict(values), "float64", {})
    return Example(values, goals, found)


def _is_open(subject: Subject, stem: str) -> bool:
    from symgrad.notation.symbols import GENERAL_FUNCTIONS

    called = subject.inputs.network.functions.get(stem, stem)
    return lookup(called) is None and stem in GENERAL_FUNCTIONS


def point(subject: Subject) -> dict[Name, Whole]:
    """A matrix for every letter, biases 0, inputs (1, -1) and (1, 0), targets (0, 1)."""
    anatomy, found = subject.anatomy, dict[Name, Whole]()
    long = not any(len(shape) == 2 for shape in subject.shapes.values())
    many = len({leaf for leaf in anatomy.network.leaves if len(subject.shapes.get(leaf, ())) == 2}) > 4
    matrices: dict[object, Whole] = {}
    inputs = 0
    for leaf in anatomy.network.leaves:
        rank = len(subject.shapes.get(leaf, ()))
        if leaf in subject.sizes:
            found[leaf] = 4 if long else 2
        elif rank == 2:
            key = leaf.stem if many else leaf
            found[leaf] = matrices.setdefault(key, MATRICES[len(matrices) % len(MATRICES)])
        elif leaf in anatomy.parameters:
            bias = leaf not in anatomy.multiplying
            found[leaf] = int(not bias) if rank == 0 else [int(not bias)] * (4 if long else 2)
        elif leaf in anatomy.targets:
            found[leaf] = 0 if rank == 0 else [0, 0, 0, 1] if long else [0, 1]
        elif rank == 0:
            found[leaf] = 0 if leaf.stem == "epsilon" else 1
        else:
            signs = [1, -1] if inputs % 2 == 0 else [1, 0]
            found[leaf] = sorted(signs * 2, reverse=True) if long else signs
            inputs += 1
    return found


def example_section(subject: Subject, worked: Example) -> Section:
    """The point, the forward pass and the way back in numbers."""
    rows = [*_forward(subject, worked), *_back(subject, worked)]
    told, exact = answer(worked.of(subject.derivation.goal))
    found = Relation(("=" if exact else "~",), (subject.derivation.goal, told))
    blocks: list[Block] = [
        Paragraph((_sizes(subject),)),
        Formula(tuple(_settings(worked.values, subject.sizes))),
        side_by_side(rows),
        Formula(((found,),)),
    ]
    return Section(tuple(blocks), Phrase.of("notes.example-matrix-heading"))


def _sizes(subject: Subject) -> Phrase:
    long = not any(len(shape) == 2 for shape in subject.shapes.values())
    symbols = sorted((s for s in subject.sizes if isinstance(s, Name)), key=str)
    shown: list[Tree] = []
    for stem in dict.fromkeys(s.stem for s in symbols):
        members = [s for s in symbols if s.stem == stem]
        at = index_of(members[0])
        shown.append(lettered(members[0], at) if len(members) > 1 and at is not None else members[0])
    if not shown:
        return Phrase.of("notes.example-no-sizes")
    return Phrase.of(
        "notes.example-sizes", sizes=Relation(("=",) * len(shown), (*shown, number(4 if long else 2)))
    )


def _settings(values: Mapping[Name, Whole], sizes: Collection[Tree]) -> list[tuple[Tree, ...]]:
    """`W_1 = (...)`, equal values once, in rows of bearable width."""
    groups: dict[str, list[Name]] = {}
    for name, value in values.items():
        if name in sizes:
            continue
        groups.setdefault(str(value), []).append(name)
    rows: list[list[Tree]] = [[]]
    width = 0
    for members in sorted(groups.values(), key=lambda names: -depth(values[names[0]])):
        value = values[members[0]]
        names = _short(members)
        told = Relation(("=",) * len(names), (*names, written_out(value)))
        wide = 6 * len(told.operands) + (16 if isinstance(value, list) else 2)
        if rows[-1] and width + wide > WIDE:
            rows.append([])
            width = 0
        rows[-1].append(told)
        width += wide
    return [tuple(row) for row in rows]


def _short(members: Sequence[Name]) -> list[Tree]:
    """A family of more than three members by its letter."""
    stems: dict[str, list[Name]] = {}
    for name in members:
        stems.setdefault(name.stem, []).append(name)
    shown: list[Tree] = []
    for names in stems.values():
        at = index_of(names[0])
        shown += [lettered(names[0], at)] if len(names) > 2 and at is not None else names
    return shown


def written_out(value: Whole) -> Tree:
    """A number, a column as a row transposed, or a matrix as a tree."""
    if not isinstance(value, list):
        return number(value)
    rows = value if depth(value) == 2 else [value]
    tree = Array(tuple(Array(tuple(number(x) for x in row)) for row in rows))  # type: ignore[union-attr,arg-type]
    return tree if depth(value) == 2 else Transpose(tree)


def depth(value: Whole) -> int:
    """0 for a number, 1 for a vector, 2 for a matrix."""
    return 1 + isinstance(value[0], list) if isinstance(value, list) else 0


def _forward(subject: Subject, worked: Example) -> list[tuple[Cell, ...]]:
    equations = list(subject.inputs.network.equations)
    if len(equations) > MOST_LINES:
        layers: dict[object, list[Any]] = {}
        for equation in equations:
            layers.setdefault(equation.values or equation.name, []).append(equation)
        equations = [e for members in layers.values() for e in members[-2:]]
    lines = [Relation(("=",), (e.name, written(e.body))) for e in equations]
    return [(line, Numeral(worked.report.numbers[line.operands[0]])) for line in lines]


def _back(subject: Subject, worked: Example) -> list[tuple[Cell, ...]]:
    """The errors from the last layer back."""
    rows: list[tuple[Cell, ...]] = [
        (Relation(("=",), (delta, goal)), Numeral(worked.of(goal))) for delta, goal in subject.errors.items()
    ]
    rows.sort(key=lambda row: -(index_of(row[0].operands[0]) or 0) if isinstance(row[0], Relation) else 0)
    return rows


def side_by_side(rows: Sequence[tuple[Cell, ...]]) -> Table:
    """Quantities and values, many of them in two columns."""
    head: tuple[Cell, ...] = (Phrase.of("notes.head-quantity"), Phrase.of("notes.head-value"))
    if len(rows) <= FEW:
        return Table(head, tuple(rows))
    half = (len(rows) + 1) // 2
    right = [*rows[half:], ("", "")]
    return Table((*head, *head), tuple((*a, *b) for a, b in zip(rows[:half], right, strict=False)))


def answer(value: Any) -> tuple[Tree, bool]:
    """A computed number as a tree, rounded to five digits, and whether nothing was rounded off."""
    entries = value.reshape(-1).tolist() if hasattr(value, "reshape") else [float(value)]
    shown = [Fraction(f"{x:.5g}") for x in entries]
    exact = all(abs(float(e) - x) < 1e-12 for e, x in zip(shown, entries, strict=True))
    trees = [Number(e, decimal=e.denominator > 1) for e in shown]
    if not getattr(value, "ndim", 0):
        return trees[0], exact
    columns = value.shape[1] if value.ndim == 2 else 1
    rows = range(0, len(trees), columns)
    return Array(tuple(Array(tuple(trees[i : i + columns])) for i in rows)), exact
