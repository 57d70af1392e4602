"""The gradients of a family layer by layer: j, what one layer multiplies by, the gradient there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from symgrad.arithmetic.kind import Kind
from symgrad.notation.tree import Apply, Derivative, Mul, Name, Number, Tree, number, rebuild
from symgrad.values.evaluation import Evaluation


@dataclass(frozen=True, slots=True)
class LayerRow:
    """Layer `index`: what it multiplies by (`w_j sigma'(z_j)`; None if unknown), and the gradient there."""

    index: int
    factor: Tree | None
    value: Any
    gradient: Any


def layer_of(tree: Tree) -> int | None:
    """The layer a factor belongs to: of `w_3` and `sigma'(z_3)` it is 3."""
    match tree:
        case Name(indices=(*_, Number(value))) if value.denominator == 1:
            return int(value)
        case Apply(arguments=(Name() as argument,)):
            return layer_of(argument)
    return None


def moved(tree: Tree, by: int) -> Tree:
    """The tree some layers on."""
    found = rebuild(tree, lambda child: moved(child, by))
    if isinstance(found, Name) and found.indices:
        shifted = (number(i.value + by) if isinstance(i, Number) else i for i in found.indices)
        return replace(found, indices=tuple(shifted))
    return found


def rows(evaluations: Sequence[Evaluation], numbers: Mapping[Tree, Any], kind: Kind) -> tuple[LayerRow, ...]:
    """A row for each layer, the last layer first; none where the gradients are not one family."""
    placed = {layer_of(e.goal.by): e for e in evaluations if isinstance(e.goal, Derivative)}
    stems = {e.goal.by.stem for e in evaluations if isinstance(e.goal, Derivative)}
    if len(evaluations) < 2 or len(stems) != 1 or None in placed or len(placed) != len(evaluations):
        return ()
    indices = sorted((index for index in placed if index is not None), reverse=True)
    pattern, top = widest(placed[indices[-1]])
    known = {**numbers, **{f.factor: f.value for e in evaluations for f in e.factors}}
    found = []
    for index in indices:
        factors = tuple(moved(factor, index - top) for factor in pattern)
        tree = None if not factors else factors[0] if len(factors) == 1 else Mul(factors)
        own = [known.get(factor) for factor in factors]
        found.append(LayerRow(index, tree, product(own, kind), placed[index].value))
    return tuple(found)


def widest(evaluation: Evaluation) -> tuple[tuple[Tree, ...], int]:
    """The largest group of neighbouring factors of one layer in the longest gradient, and that layer."""
    groups: list[tuple[Tree, ...]] = []
    last: int | None = None
    for factor in (f.factor for f in evaluation.factors):
        layer = layer_of(factor)
        if layer is not None and layer == last:
            groups[-1] = (*groups[-1], factor)
        elif layer is not None:
            groups.append((factor,))
        last = layer
    best = max(groups, key=len, default=())
    return best, (layer_of(best[0]) or 0) if best else 0


def product(values: Sequence[Any], kind: Kind) -> Any:
    """The product in one kind, None where a number is unknown."""
    if not values or any(value is None for value in values):
        return None
    found = values[0]
    for value in values[1:]:
        with kind.working():
            found = kind.multiply(found, value)
    return found
