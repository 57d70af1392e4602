"""Named losses of vectors as their formulas, entry by entry, then summed or averaged; ranges written out."""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.functions.application import formula_of, written
from symgrad.notation.places import at
from symgrad.notation.tree import (
    Add,
    Apply,
    BigOp,
    Div,
    Elementwise,
    Mul,
    Name,
    Number,
    Tree,
    number,
    rebuild,
    substitute,
    walk,
)  # fmt: skip

MAX_RANGE = 64


def losses_written(tree: Tree, functions: Mapping[str, str]) -> Tree:
    """The tree with half_square(a, y) as sum((a - y)^2/2), mse as a mean, cross_entropy as a sum."""
    node = rebuild(tree, lambda child: losses_written(child, functions))
    if not isinstance(node, Apply) or node.order or len(node.arguments) < 2:
        return node
    found = formula_of(node, functions)
    letters = tuple(Name(f"entry{k}") for k in range(len(node.arguments)))
    formula = written(Apply(node.function, letters, 0, node.options), functions)
    if found is None or formula is None:
        return node
    entry = substitute(_entrywise(formula), dict(zip(letters, node.arguments, strict=True)))
    return entry if found.reduction is None else Apply(Name(found.reduction), (entry,))


def _entrywise(tree: Tree) -> Tree:
    node = rebuild(tree, _entrywise)
    match node:
        case Mul((first, *rest)):
            for factor in rest:
                first = Elementwise("*", first, factor)
            return first
        case Div(a, b):
            return Elementwise("/", a, b)
    return node


def ranges_written(tree: Tree) -> Tree:
    """The tree with sums and products over whole numbers written out, in the order they run."""
    node = rebuild(tree, ranges_written)
    match node:
        case BigOp(kind, body, index, Number(low), Number(high), ascending) if not any(
            isinstance(n, BigOp) for n in walk(body)
        ):
            up = high >= low - 1 if ascending is None else ascending
            ends = range(int(low), int(high) + 1) if up else range(int(low), int(high) - 1, -1)
            if low.denominator != 1 or high.denominator != 1 or len(ends) > MAX_RANGE:
                return node
            parts = tuple(at(body, {index: number(k)}) for k in ends)
            if not parts:
                return number(1 if kind == "prod" else 0)
            return parts[0] if len(parts) == 1 else Mul(parts) if kind == "prod" else Add(parts)
    return node
