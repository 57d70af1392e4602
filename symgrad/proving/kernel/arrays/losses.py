"""Named losses of vectors as their formulas: entry by entry, then summed or averaged."""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.functions.application import formula_of, written
from symgrad.notation.tree import Apply, Div, Elementwise, Mul, Name, Tree, rebuild, substitute


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
