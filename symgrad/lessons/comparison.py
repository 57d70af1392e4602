"""Two chains side by side: what their layers apply, one gradient of each, its bound, its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePath
from typing import Any

from symgrad.functions.questionnaire import Range
from symgrad.lessons.anatomy import Anatomy, Layer
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.tree import Apply, Div, Mul, Name, Number, Relation, Tree, number
from symgrad.notation.writers.plain import plain
from symgrad.rendering.document import Block, Cell, Document, Formula, Numeral, Paragraph, Section, Table
from symgrad.rendering.folding import index_of, lettered
from symgrad.rendering.views.derivation import filled
from symgrad.values.derivation import Derivation
from symgrad.values.phrase import Phrase

_SHORT = 4
FORMATS = ("float16", "float32", "float64")
UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two chains.

    value: the gradient's number at the compared point; None where a function or a depth is left open.
    depths: number format -> layers from which on the gradient rounds to 0.
    """

    network: Network
    derivation: Derivation
    value: Any = None
    depths: Mapping[str, int] | None = None
    values: tuple[tuple[str, str], ...] = ()
    point: tuple[Tree, ...] = ()

    @property
    def anatomy(self) -> Anatomy:
        """The chain taken apart; one of symbolic depth is looked at where it is short."""
        network = self.network
        return Anatomy(network.at_depth(_SHORT) if isinstance(network, SymbolicNetwork) else network)

    @property
    def layers(self) -> str:
        """How many layers there are: a number, or the letter."""
        if isinstance(self.network, SymbolicNetwork):
            return self.network.depth
        return str(self.anatomy.depth)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is put side by side, worded by `document` and as data for programs."""

    left: Side
    right: Side

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both, in the order asked for."""
        return self.left, self.right

    def document(self) -> Document:
        """A table with one column a chain, then the gradients, which are wider than a column."""
        table: list[tuple[Cell, ...]] = [
            (Phrase.of("comparison.layers"), *(side.layers for side in self.sides))
        ]
        for key, cell in (("activation", activation), ("slope", slope), ("bound", bound)):
            cells = [cell(side) for side in self.sides]
            if any(c != UNKNOWN for c in cells):
                table.append((Phrase.of(f"comparison.{key}"), *cells))
        table.extend(self.numbers())
        head: tuple[Cell, ...] = ("", *self.labels())
        title = Phrase.of("comparison.title")
        return Document(title, (Section((*self.gradients(), Table(head, tuple(table)), *self.points())),))

    def labels(self) -> tuple[Phrase, Phrase]:
        """The chains by their files; where that is one file, by what differs."""
        names = [PurePath(side.network.name).name for side in self.sides]
        if names[0] != names[1]:
            return Phrase.of("comparison.name", name=names[0]), Phrase.of("comparison.name", name=names[1])
        return told(names[0], self.left, self.right), told(names[1], self.right, self.left)

    def gradients(self) -> list[Block]:
        """The gradients as formulas, once where they are the same."""
        rows = [equality(side.derivation.goal, filled(side.derivation)) for side in self.sides]
        if rows[0] == rows[1]:
            return [Paragraph((Phrase.of("comparison.same-gradient"),)), Formula(((rows[0],),))]
        return [
            block
            for name, row in zip(self.labels(), rows, strict=True)
            for block in (Paragraph((name,)), Formula(((row,),)))
        ]

    def numbers(self) -> list[tuple[Cell, ...]]:
        """The gradient's number and where it is lost."""
        rows: list[tuple[Cell, ...]] = []
        if any(side.value is not None for side in self.sides):
            goals = {side.derivation.goal for side in self.sides}
            title = Phrase.of("comparison.value", goal=next(iter(goals))) if len(goals) == 1 else None
            cells = [UNKNOWN if s.value is None else Numeral(s.value) for s in self.sides]
            rows.append((title or Phrase.of("comparison.value-each"), *cells))
        for name in FORMATS:
            depths = [(side.depths or {}).get(name) for side in self.sides]
            if any(depth is not None for depth in depths):
                shown = [UNKNOWN if d is None else Phrase.of("comparison.depth", depth=d) for d in depths]
                rows.append((Phrase.of("comparison.vanishing", format=name), *shown))
        return rows

    def points(self) -> list[Block]:
        """The values that the numbers are for."""
        if all(side.value is None for side in self.sides):
            return []
        points = list(dict.fromkeys(side.point for side in self.sides if side.value is not None))
        said = [Phrase.of("comparison.point", point=points[0])]
        if len(points) > 1:
            said.append(Phrase.of("comparison.point-right", point=points[1]))
        if any(side.depths for side in self.sides):
            said.append(Phrase.of("comparison.same-rule"))
        return [Paragraph(tuple(said))]

    def data(self) -> dict[str, Any]:
        """Left and right: chain, layers, activation, slope, bound, gradient, values, value, vanishing."""
        return {"left": side_data(self.left), "right": side_data(self.right)}


def told(name: str, side: Side, other: Side) -> Phrase:
    """A chain by its file and what tells it from the other one of that file."""
    mine, its = side.network.functions, other.network.functions
    changes = ", ".join(f"{key}={value}" for key, value in mine.items() if its.get(key) != value)
    deeper = side.layers != other.layers
    if deeper and changes:
        return Phrase.of("comparison.changed-both", name=name, changes=changes, layers=side.layers)
    if deeper:
        return Phrase.of("comparison.changed-depth", name=name, layers=side.layers)
    if changes:
        return Phrase.of("comparison.changed", name=name, changes=changes)
    return Phrase.of("comparison.name", name=name)


def side_data(side: Side) -> dict[str, Any]:
    """One chain's column, mathematics in plain notation."""
    slopes, anatomy = slope_range(side), side.anatomy
    ends = None if slopes is None else [_end(slopes.low.value), _end(slopes.high.value)]
    claim = bound(side)
    return {
        "chain": side.network.name,
        "layers": side.layers if isinstance(side.network, SymbolicNetwork) else len(anatomy.layers),
        "activation": anatomy.function.name if anatomy.function else None,
        "slope": ends,
        "bound": plain(claim) if isinstance(claim, Relation) else None,
        "objective": plain(side.derivation.goal.of),
        "wrt": plain(side.derivation.goal.by),
        "gradient": plain(filled(side.derivation)),
        "values": dict(side.values),
        "value": None if side.value is None else str(side.value),
        "vanishing": dict(side.depths or {}),
    }


def _end(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def equality(left: Tree, right: Tree) -> Relation:
    """Left = right."""
    return Relation(("=",), (left, right))


def activation(side: Side) -> Cell:
    """`sigma = sigmoid`."""
    anatomy = side.anatomy
    if anatomy.activation is None:
        return UNKNOWN
    if anatomy.function is None:
        return Phrase.of("comparison.general", function=Name(anatomy.activation))
    if anatomy.activation == anatomy.function.name:
        return anatomy.activation
    return Phrase.of("comparison.stands-for", function=Name(anatomy.activation), name=anatomy.function.name)


def slope_range(side: Side) -> Range | None:
    """The range of the activation's slope; 1 of a linear chain says nothing."""
    function = side.anatomy.function
    return function.derivative_range if function else None


def slope(side: Side) -> Cell:
    """`0 < sigma'(z) <= 1/4`."""
    found, letter = slope_range(side), side.anatomy.activation
    if found is None or letter is None:
        return UNKNOWN
    middle = Apply(Name(letter), (Name("z"),), 1)
    operators: list[str] = []
    operands: list[Tree] = [middle]
    if found.low.value is not None:
        operands.insert(0, Number(found.low.value))
        operators.append("<=" if found.low.closed else "<")
    if found.high.value is not None:
        operands.append(Number(found.high.value))
        operators.append("<=" if found.high.closed else "<")
    return Relation(tuple(operators), tuple(operands)) if operators else UNKNOWN


def bound(side: Side) -> Cell:
    """`|w_j sigma'(z_j)| <= |w_j|/4`: what a layer multiplies the gradient by, at most."""
    anatomy = side.anatomy
    layer = next((x for x in reversed(anatomy.layers) if x.function and len(x.weights) == 1), None)
    function = anatomy.function
    if layer is None or function is None or function.lipschitz is None:
        return UNKNOWN
    weight, factor = layer_factor(layer, matrix=len(side.network.shapes.get(layer.weights[0], ())) == 2)
    size = "opnorm" if side.network.shapes.get(layer.weights[0]) else "abs"
    left, right = Apply(Name(size), (factor,)), Apply(Name(size), (weight,))
    return Relation(("<=",), (left, scaled(function.lipschitz, right)))


def layer_factor(layer: Layer, matrix: bool) -> tuple[Tree, Tree]:
    """The weight of a layer and what it contributes to the gradient, seen from layer j."""
    weight: Tree = layer.weights[0]
    slopes: Tree = Apply(Name(layer.function or ""), (layer.pre,), 1)
    at = index_of(layer.pre)
    if at is not None:
        weight, slopes = lettered(weight, at), lettered(slopes, at)
    return weight, Mul((Apply(Name("diag"), (slopes,)), weight)) if matrix else Mul((weight, slopes))


def scaled(factor: Fraction, tree: Tree) -> Tree:
    """`tree/4`, `tree`, `2 tree`."""
    if factor == 1 or factor == 0:
        return tree if factor else number(0)
    return Div(tree, number(factor.denominator)) if factor.numerator == 1 else Mul((Number(factor), tree))


def default_point(
    network: Network, given: Mapping[str, str], covered: Callable[[Name], bool]
) -> dict[str, str]:
    """The values asked for, and for what they leave open: weights 1, biases 0, inputs 1/2, targets 0."""
    anatomy = Anatomy(network)
    biases = {bias for layer in anatomy.layers for bias in layer.biases}
    families: dict[tuple[str, str], list[Name]] = {}
    for leaf in network.leaves:
        if leaf in anatomy.parameters:
            value = "0" if leaf in biases else "1"
        else:
            value = "0" if leaf in anatomy.targets else "1/2"
        if not covered(leaf):
            families.setdefault((leaf.stem, value), []).append(leaf)
    found = {}
    for (_, value), names in families.items():
        found[family_key(names)] = value
    return {**found, **given}


def family_key(names: Sequence[Name]) -> str:
    """`w_j` for several members, the name itself for one."""
    at = index_of(names[0])
    return plain(names[0] if len(names) == 1 or at is None else lettered(names[0], at))
