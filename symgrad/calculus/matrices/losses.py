"""The named losses on vectors: their slopes entry by entry, from the formula that each stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symgrad.calculus.matrices.forms import hadamard, lettered, on_entries, product
from symgrad.calculus.rules import differentiate
from symgrad.calculus.tidy import minus, over
from symgrad.functions.application import formula_of, written
from symgrad.network.shapes import LOSSES, Shapes
from symgrad.notation.tree import ONE, Add, Apply, Elementwise, Name, Neg, Tree, number, substitute


def is_loss(tree: Apply) -> bool:
    """Whether a function is a named loss of two arguments."""
    return tree.function.stem in LOSSES and len(tree.arguments) == 2 and not tree.order


def adjoints(
    tree: Apply, adjoint: Tree, shapes: Shapes, functions: Mapping[str, str]
) -> Iterator[tuple[Tree, Tree]]:
    """(argument, its part of the adjoint) for both arguments, before a scalar argument is summed up for."""
    a, y = tree.arguments
    difference = Add((a, Neg(y)))
    shape = shapes.of(a) or shapes.of(y)
    count = product(*shape) if shape else ONE
    match tree.function.stem:
        case "half_square":
            part = product(adjoint, difference)
            yield a, part
            yield y, minus(part)
        case "mse":
            part = over(product(number(2), adjoint, difference), count)
            yield a, part
            yield y, minus(part)
        case "cross_entropy":
            if shapes.of(a):
                quotient: Tree = Elementwise("/", y, a)
            else:
                quotient = over(y, a)
            yield a, minus(product(adjoint, quotient))
            yield y, minus(product(adjoint, Apply(Name("log"), (a,))))
        case _:
            yield from by_formula(tree, adjoint, shapes, functions, count)


def by_formula(
    tree: Apply, adjoint: Tree, shapes: Shapes, functions: Mapping[str, str], count: Tree
) -> Iterator[tuple[Tree, Tree]]:
    """The slope of the formula for numbers, taken entry by entry, over the count where the loss is a mean."""
    found = formula_of(tree, functions)
    bare, arguments, inner = lettered(tree, shapes)
    scalar = written(bare, functions)
    if found is None or scalar is None:
        return
    scale = over(adjoint, count) if found.reduction == "mean" else adjoint
    for letter, argument in arguments.items():
        assert isinstance(letter, Name)
        slope = substitute(on_entries(differentiate(scalar, letter, functions), inner), arguments)
        both = shapes.of(scale) and shapes.of(slope)
        yield argument, hadamard(scale, slope) if both else product(scale, slope)
