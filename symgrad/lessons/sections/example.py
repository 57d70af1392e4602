"""One example in numbers: a table over layers or over the paths of a shared parameter, and what it shows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from symgrad.functions.registry import lookup
from symgrad.lessons.anatomy import Anatomy, Layer
from symgrad.lessons.inputs import NoteInputs
from symgrad.lessons.numbers import as_text, example, forward, gradient, number_of
from symgrad.lessons.sections.bound import equal
from symgrad.lessons.sections.path import path_factors
from symgrad.notation.tree import Apply, Derivative, Mul, Name, Number, Tree, number
from symgrad.rendering.document import Block, Cell, Numeral, Paragraph, Section, Table
from symgrad.rendering.folding import index_of, lettered
from symgrad.rendering.numerals import magnitude, numeral
from symgrad.values.derivation import Derivation
from symgrad.values.phrase import Phrase

_NO_SLOPE = "–"
"""An output layer that applies no function, among layers that do."""
_FORMATS = ("float16", "float32", "float64")


def example_section(inputs: NoteInputs, anatomy: Anatomy, deep: Derivation) -> Section | None:
    """The numbers at a point one can compute by hand; none where a function is left open."""
    if any(lookup(anatomy.network.functions.get(name, name)) is None for name in anatomy.network.applied):
        return None
    leaves = example(anatomy)
    heading = Phrase.of("notes.example-heading", point=point(leaves))
    blocks = _family(inputs, anatomy, leaves) if deep.path else _paths(anatomy, deep, leaves)
    blocks += _vanishing(inputs, deep, leaves)
    return Section(tuple(blocks), heading) if blocks else None


def point(leaves: Mapping[Name, Fraction]) -> tuple[Tree, ...]:
    """`w_j = 1, b_j = 0, a_0 = 1/2, y = 0`: a family of equal values once."""
    families: dict[tuple[str, Fraction], list[Name]] = {}
    for name, value in leaves.items():
        families.setdefault((name.stem, value), []).append(name)
    shown = []
    for (_, value), names in families.items():
        index = index_of(names[0])
        family = len(names) > 1 and index is not None
        shown.append(equal(lettered(names[0], index or 0) if family else names[0], number(value)))
    return tuple(shown)


def _layer_of(anatomy: Anatomy, parameter: Name) -> Layer | None:
    return next((x for x in anatomy.layers if parameter in x.biases or parameter in x.weights), None)


def _family(inputs: NoteInputs, anatomy: Anatomy, leaves: Mapping[Name, Fraction]) -> list[Block]:
    """Rows from the last layer back to the first."""
    family = anatomy.siblings()
    derivations = {p: inputs.derive(p) for p in family}
    values = forward(anatomy, leaves)
    found = [(p, layer) for p in reversed(family) if (layer := _layer_of(anatomy, p)) is not None]
    if not found:
        return []
    outs = len({layer.out.stem for _, layer in found}) == 1
    dead = (
        _closed(anatomy, leaves) if anatomy.function is not None and anatomy.function.name == "relu" else None
    )
    sizes = [gradient(derivations[p], values, anatomy) for p, _ in found]
    rows = []
    numbered, sloped = index_of(found[-1][0]) is not None, any(layer.function for _, layer in found)
    for (parameter, layer), size in zip(found, sizes, strict=True):
        row: list[Cell] = [str(index_of(parameter) or "")] if numbered else []
        row.append(Numeral(values[layer.out if outs else layer.pre]))
        if sloped:
            row.append(Numeral(number_of(_slope(layer), values, anatomy)) if layer.function else _NO_SLOPE)
        row.append(Numeral(size))
        if dead is not None:
            row.append(Numeral(gradient(derivations[parameter], dead[1], anatomy)))
        rows.append(tuple(row))
    table = Table(_heads(found, outs, dead[0] if dead else None, anatomy), tuple(rows))
    return [table, *_reading(anatomy, sizes, found, dead)]


def _slope(layer: Layer) -> Tree:
    return Apply(Name(layer.function or ""), (layer.pre,), 1)


def _heads(
    found: list[tuple[Name, Layer]], outs: bool, dead: Tree | None, anatomy: Anatomy
) -> tuple[Cell, ...]:
    parameter, layer = found[-1]
    index = index_of(parameter)

    def generic(tree: Tree) -> Tree:
        return tree if index is None else lettered(tree, index)

    goal = generic(Derivative(anatomy.network.objective, parameter))
    heads: list[Cell] = [] if index is None else [Name("j")]
    heads.append(generic(layer.out if outs else layer.pre))
    sloped = next((each for _, each in reversed(found) if each.function), None)
    if sloped is not None:
        at = index_of(sloped.pre) if index is not None else None
        heads.append(_slope(sloped) if at is None else lettered(_slope(sloped), at))
    heads.append(goal)
    if dead is not None:
        heads.append(Phrase.of("notes.head-with", goal=goal, change=dead))
    return tuple(heads)


def _closed(anatomy: Anatomy, leaves: Mapping[Name, Fraction]) -> tuple[Tree, dict[Tree, Any]] | None:
    """The same forward pass with one relu of the middle pushed below its kink."""
    hidden = anatomy.layers[1:-1]
    if not hidden or not hidden[0].biases:
        return None
    bias = hidden[0].biases[0]
    for low in range(-1, -9, -1):
        values = forward(anatomy, {**leaves, bias: Fraction(low)})
        if float(values[hidden[0].pre]) < 0 and all(values[layer.pre] != 0 for layer in anatomy.layers):
            return equal(bias, number(low)), values
    return None


def _reading(
    anatomy: Anatomy,
    sizes: list[Any],
    found: list[tuple[Name, Layer]],
    dead: tuple[Tree, dict[Tree, Any]] | None,
) -> list[Block]:
    """What the table shows, in one sentence."""
    if dead is not None:
        layer = anatomy.layers[1]
        at = equal(layer.pre, Number(Fraction(str(float(dead[1][layer.pre])))))
        return [
            Paragraph(
                (Phrase.of("notes.closed-gate", change=dead[0], at=at, layer=index_of(layer.pre) or 2),)
            )
        ]
    logs = [magnitude(size) for size in sizes]
    known = [log for log in logs if log is not None]
    if len(known) != len(sizes) or len(sizes) < 2:
        return []
    ratio = 10 ** ((known[-1] - known[0]) / (len(known) - 1))
    text = numeral(float(f"{ratio:.2g}"), 2)
    if math.isclose(ratio, 1, rel_tol=0.01):
        return [Paragraph((Phrase.of("notes.per-layer-same", objective=anatomy.network.objective),))]
    return [Paragraph((Phrase.of("notes.per-layer", factor=text),))]


def _paths(anatomy: Anatomy, deep: Derivation, leaves: Mapping[Name, Fraction]) -> list[Block]:
    """One row a path of a shared parameter, and their sum."""
    values = forward(anatomy, leaves)
    rows: list[tuple[Cell, ...]] = []
    paths = anatomy.paths(deep.goal.by)
    branching = len({path[1] for path in paths}) < len(paths)
    for path in paths:
        term = Numeral(number_of(Mul(path_factors(deep, path)), values, anatomy))
        along = Phrase.of("notes.path", path=path)
        rows.append((along, term) if branching else (path[1], Numeral(values[path[1]]), term))
    if not rows:
        return []
    total = gradient(deep, values, anatomy)
    heads: tuple[Cell, ...] = tuple(
        Phrase.of(f"notes.head-{x}")
        for x in (("path",) if branching else ("entry", "entry-value")) + ("contribution",)
    )
    kind = "contributions-of-paths" if branching else "contributions"
    said = Phrase.of(f"notes.{kind}", goal=deep.goal, total=numeral(total), count=len(rows))
    return [Table(heads, tuple(rows)), Paragraph((said,))]


def _vanishing(inputs: NoteInputs, deep: Derivation, leaves: Mapping[Name, Fraction]) -> list[Block]:
    """From which depth number formats lose the gradient."""
    if inputs.vanishing is None or not deep.path:
        return []
    depths = inputs.vanishing(deep.goal.by, as_text(leaves))
    if not all(name in depths for name in _FORMATS):
        return []
    half, single, double = (depths[name] for name in _FORMATS)
    said = Phrase.of(
        "notes.vanishing", half=half, single=single, double=double, goal=deep.goal, parameter=deep.goal.by
    )
    return [Paragraph((said,))]
