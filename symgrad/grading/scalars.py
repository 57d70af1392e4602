"""Operations on vectors where everything is a number: elementwise products are products, a mean is itself."""

from __future__ import annotations

from symgrad.functions.application import formula_of, written
from symgrad.notation.tree import Apply, Div, Elementwise, Mul, Name, Pow, Transpose, Tree, rebuild


def scalars(tree: Tree) -> Tree:
    """The tree for numbers: losses as their formulas, sums and means of one entry left out."""
    tree = rebuild(tree, scalars)
    match tree:
        case Elementwise("*", left, right):
            return Mul((left, right))
        case Elementwise("/", left, right):
            return Div(left, right)
        case Elementwise("^", left, right):
            return Pow(left, right)
        case Transpose(operand) | Apply(Name("sum" | "mean" | "trace"), (operand,), 0):
            return operand
        case Apply(Name("norm" | "opnorm"), (operand,), 0):
            return Apply(Name("abs"), (operand,))
        case Apply(_, _, 0):
            found = formula_of(tree, {})
            if found is not None and found.reduction:
                return written(tree, {}) or tree
    return tree
