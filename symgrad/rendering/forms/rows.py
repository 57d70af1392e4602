"""Lines of a derivation told in another form, and their folding into one line for a range of layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from symgrad.notation.tree import (
    Apply,
    Derivative,
    Mul,
    Name,
    Relation,
    Transpose,
    Tree,
    names_in,
    number,
    walk,
)
from symgrad.rendering.folding import find_run, index_of, lettered
from symgrad.values.derivation import Derivation, Step
from symgrad.values.phrase import Field, Phrase

Shapes = Mapping[Name, tuple[Tree, ...]]
INDUCTION = ("layer-factor", "induction-base", "peel-last")
"""Steps that prove another and lie on no path themselves."""
COMBINED = ("cancelled", "by-assumption", "normalised")
"""Steps that write a derivative in another form; the lines they belong to have steps of their own."""
RUNS = ("product-over-layers", "sum-over-layers")
"""Steps that stand for all layers of a loop; one layer of it is derived in general beside them."""
LETTERS = "jkitsm"


@dataclass(frozen=True, slots=True)
class Row:
    """One line: the line of the forward pass it comes from, the formula, its reason, where it holds."""

    formula: Tree
    why: Phrase
    equation: Tree | None = None
    conditions: tuple[Tree, ...] = ()
    range: Tree | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A derivation in one form: a sentence that opens it, its lines, formulas before the result, remarks."""

    opening: Phrase
    rows: tuple[Row, ...]
    links: tuple[Relation, ...] = ()
    remarks: tuple[Phrase, ...] = ()


def local_steps(derivation: Derivation) -> tuple[Step, ...]:
    """The steps along the paths: no sums, no products, no proofs by induction.

    The lines of the general layer of a loop hold for all of its layers and say so.
    """
    skipped = (*INDUCTION, *COMBINED, "sum-over-paths", "chain-rule")
    steps = [s for s in derivation.steps if s.rule not in skipped and isinstance(s.before, Derivative)]
    ranges = next((s.conditions for s in derivation.steps if s.rule == "layer-factor"), ())
    if not ranges:
        return tuple(steps)
    (inside,) = ranges
    assert isinstance(inside, Relation)
    letter = inside.operands[1]
    return tuple(replace(s, conditions=ranges) if of_layer(s, letter) else s for s in steps)


def of_layer(step: Step, letter: Tree) -> bool:
    """Whether a step belongs to the general layer of a loop, by its index letter."""
    named = step.before.of if isinstance(step.before, Derivative) else step.before
    return isinstance(named, Name) and letter in named.indices


def is_backward(derivation: Derivation) -> bool:
    """Whether the steps are adjoint ones already."""
    return any(step.rule.startswith("adjoint-") for step in derivation.steps)


def equality(left: Tree, right: Tree) -> Relation:
    """Left = right."""
    return Relation(("=",), (left, right))


def transposed(tree: Tree) -> Tree:
    """The transpose, a double one taken off."""
    return tree.operand if isinstance(tree, Transpose) else Transpose(tree)


def joined(*parts: Tree) -> Tree:
    """The parts as one flat product."""
    flat = [f for part in parts for f in (part.factors if isinstance(part, Mul) else (part,))]
    return flat[0] if len(flat) == 1 else Mul(tuple(flat))


def folded(rows: Sequence[Row], backward: bool) -> tuple[Row, ...]:
    """The rows, those that repeat from layer to layer once, with a letter and its range."""
    items = list(reversed(rows)) if backward else list(rows)
    run = find_run([_key(row) for row in items], least=1, late=False)
    low = None if run is None else _place(items[run.start])
    if run is None or low is None:
        return tuple(rows)
    block = items[run.start : run.first_folded]
    used = {name.stem for row in block for tree in _key(row) for name in names_in(tree)}
    letter = next((c for c in LETTERS if c not in used), "l")
    span = Relation(("<=", "<="), (number(low), Name(letter), number(low + run.repeats - 1)))
    once = [_lettered(row, low, letter, span) for row in block]
    short = [*items[: run.start], *once, *items[run.stop :]]
    return tuple(reversed(short)) if backward else tuple(short)


def _key(row: Row) -> tuple[Tree, ...]:
    told = () if row.equation is None else (row.equation,)
    return (Name(row.why.id), row.formula, *told, *row.conditions)


def _place(row: Row) -> int | None:
    left = row.formula.operands[0] if isinstance(row.formula, Relation) else row.formula
    return index_of(left.by if isinstance(left, Derivative) else left)


def _lettered(row: Row, low: int, letter: str, span: Relation) -> Row:
    fields: list[tuple[str, Field]] = [
        (key, lettered(value, low, letter) if not isinstance(value, str | int | tuple) else value)
        for key, value in row.why.fields
    ]
    return replace(
        row,
        formula=lettered(row.formula, low, letter),
        why=Phrase(row.why.id, tuple(fields)),
        equation=None if row.equation is None else lettered(row.equation, low, letter),
        conditions=tuple(lettered(c, low, letter) for c in row.conditions),
        range=span,
    )


def holds(tree: Tree, names: set[Name]) -> bool:
    """Whether one of the names stands in a tree."""
    return any(node in names for node in walk(tree) if isinstance(node, Name))


def diagonal(tree: Tree) -> bool:
    """Whether a matrix is written as diag(...)."""
    return isinstance(tree, Apply) and tree.function.stem == "diag"
