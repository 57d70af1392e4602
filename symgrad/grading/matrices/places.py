"""Every place in a tree, with a way to put something else there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from symgrad.notation.tree import Add, Apply, Div, Elementwise, Mul, Neg, Pow, Transpose, Tree

Put = Callable[[Tree], Tree]


def parts(tree: Tree) -> tuple[tuple[Tree, Put], ...]:
    """The operands of a node, each with a function that puts another in its place; exponents stay."""
    match tree:
        case Mul(factors):
            return tuple((f, _nth(Mul, factors, i)) for i, f in enumerate(factors))
        case Add(terms):
            return tuple((t, _nth(Add, terms, i)) for i, t in enumerate(terms))
        case Elementwise(operator, a, b):
            return (
                (a, lambda new: Elementwise(operator, new, b)),
                (b, lambda new: Elementwise(operator, a, new)),
            )
        case Div(a, b):
            return ((a, lambda new: Div(new, b)), (b, lambda new: Div(a, new)))
        case Pow(a, b):
            return ((a, lambda new: Pow(new, b)),)
        case Neg(a):
            return ((a, Neg),)
        case Transpose(a):
            return ((a, Transpose),)
        case Apply(_, arguments):
            return tuple((a, _argument(tree, arguments, i)) for i, a in enumerate(arguments))
    return ()


def _nth(kind: Callable[[tuple[Tree, ...]], Tree], items: tuple[Tree, ...], i: int) -> Put:
    return lambda new: kind((*items[:i], new, *items[i + 1 :]))


def _argument(tree: Apply, arguments: tuple[Tree, ...], i: int) -> Put:
    return lambda new: replace(tree, arguments=(*arguments[:i], new, *arguments[i + 1 :]))


def places(tree: Tree) -> Iterator[tuple[Tree, Put, tuple[Tree, ...]]]:
    """Every subtree, how to replace it in the whole, and what it stands in (the nearest last)."""
    stack: list[tuple[Tree, Put, tuple[Tree, ...]]] = [(tree, lambda new: new, ())]
    while stack:
        node, put, above = stack.pop()
        yield node, put, above
        for child, inside in reversed(parts(node)):

            def through(new: Tree, put: Put = put, inside: Put = inside) -> Tree:
                return put(inside(new))

            stack.append((child, through, (*above, node)))
