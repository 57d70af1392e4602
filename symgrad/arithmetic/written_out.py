"""Sums and products with integer bounds written out, and the free atoms of a tree."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import prod

from symgrad.arithmetic.kind import NotScalar
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    BigOp,
    Derivative,
    Div,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Tree,
    children,
    number,
    rebuild,
    walk,
)

MAX_TERMS = 64
"""A longer sum or product stays symbolic."""


class TooLong(NotScalar):
    """A sum or product of more than MAX_TERMS terms."""


def written_out(tree: Tree, limit: int = MAX_TERMS) -> Tree:
    """The tree with every big operator of integer bounds written out; others stay as they are."""
    if not any(isinstance(node, BigOp) for node in walk(tree)):
        return tree
    return _write(tree, limit)


def _write(tree: Tree, limit: int) -> Tree:
    if not isinstance(tree, BigOp):
        return rebuild(tree, lambda child: _write(child, limit))
    low, high = rational(tree.low), rational(tree.high)
    if low is None or high is None or low.denominator != 1 or high.denominator != 1:
        return rebuild(tree, lambda child: _write(child, limit))
    values = members(int(low), int(high), tree.ascending)
    if len(values) > limit:
        raise TooLong(tree)
    terms = tuple(_write(with_index(tree.body, tree.index, value), limit) for value in values)
    if len(terms) == 1:
        return terms[0]
    if tree.kind == "sum":
        return Add(terms) if terms else ZERO
    return Mul(terms) if terms else ONE


def members(low: int, high: int, ascending: bool | None) -> range:
    """The index values in order; bounds more than one apart the wrong way descend unless told to ascend."""
    if ascending is None:
        ascending = high >= low - 1
    return range(low, high + 1) if ascending else range(low, high - 1, -1)


def with_index(tree: Tree, index: str, value: int) -> Tree:
    """The tree with the bound letter replaced, index arithmetic carried out: w_{j-1} at j = 3 is w_2."""
    match tree:
        case Name(stem, ()) if stem == index:
            return number(value)
        case Name(_, indices) if indices:
            return replace(tree, indices=tuple(folded(with_index(i, index, value)) for i in indices))
        case Apply(function, arguments, _, options):
            if function.indices:
                indices = tuple(folded(with_index(i, index, value)) for i in function.indices)
                function = replace(function, indices=indices)
            return replace(
                tree,
                function=function,
                arguments=tuple(with_index(argument, index, value) for argument in arguments),
                options=tuple((key, with_index(option, index, value)) for key, option in options),
            )
        case BigOp(_, body, inner, low, high):
            return replace(
                tree,
                body=body if inner == index else with_index(body, index, value),
                low=folded(with_index(low, index, value)),
                high=folded(with_index(high, index, value)),
            )
    return rebuild(tree, lambda child: with_index(child, index, value))


def folded(tree: Tree) -> Tree:
    """The number that a tree of numbers is; any other tree unchanged."""
    value = rational(tree)
    return tree if value is None or isinstance(tree, Number) else Number(value)


def rational(tree: Tree) -> Fraction | None:
    """The value of a tree made of numbers only, or None."""
    match tree:
        case Number(value):
            return value
        case Neg(operand):
            inner = rational(operand)
            return None if inner is None else -inner
        case Add(parts) | Mul(parts):
            values = [rational(part) for part in parts]
            known = [value for value in values if value is not None]
            if len(known) < len(values):
                return None
            return sum(known, Fraction(0)) if isinstance(tree, Add) else prod(known, start=Fraction(1))
        case Div(top, bottom):
            above, below = rational(top), rational(bottom)
            return None if above is None or not below else above / below
        case Pow(base, exponent):
            root, power = rational(base), rational(exponent)
            if root is None or power is None or power.denominator != 1 or abs(power) > MAX_TERMS:
                return None
            return None if root == 0 and power < 0 else Fraction(root**power.numerator)
    return None


def atoms(tree: Tree) -> tuple[Tree, ...]:
    """The variables and derivative tokens of a tree, each once; bound letters and indices left out."""
    found: dict[Tree, None] = {}

    def visit(node: Tree, bound: frozenset[str]) -> None:
        match node:
            case Name(stem, indices):
                if indices or stem not in bound:
                    found.setdefault(node)
            case Derivative():
                found.setdefault(node)
            case Apply(_, arguments):
                for argument in arguments:
                    visit(argument, bound)
            case BigOp(_, body, index, low, high):
                visit(low, bound)
                visit(high, bound)
                visit(body, bound | {index})
            case _:
                for child in children(node):
                    visit(child, bound)

    visit(tree, frozenset())
    return tuple(found)
