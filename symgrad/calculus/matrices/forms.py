"""Constructors for matrix expressions: no 1 *, no double transpose, products flat, (A B)^T = B^T A^T."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from symgrad.calculus.tidy import plus, split_number
from symgrad.network.shapes import Shapes
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    Elementwise,
    Mul,
    Name,
    Neg,
    Number,
    Transpose,
    Tree,
    number,
)


def product(*factors: Tree) -> Tree:
    """The matrix product in this order; numbers go in front, signs outside."""
    value, rest = Fraction(1), list[Tree]()
    for factor in factors:
        sign, inner = unsigned(factor)
        value *= sign
        for part in inner.factors if isinstance(inner, Mul) else (inner,):
            if isinstance(part, Number):
                value *= part.value
            else:
                rest.append(part)
    if not rest or not value:
        return number(value)
    body: Tree = rest[0] if len(rest) == 1 else Mul(tuple(rest))
    if abs(value) != 1:
        body = Mul((number(abs(value)), *rest))
    return Neg(body) if value < 0 else body


def unsigned(tree: Tree) -> tuple[int, Tree]:
    """A sign and the rest."""
    return (-1, tree.operand) if isinstance(tree, Neg) else (1, tree)


def hadamard(left: Tree, right: Tree) -> Tree:
    """Left .* right; a 1 disappears, a sign goes outside."""
    sign_left, a = unsigned(left)
    sign_right, b = unsigned(right)
    if a == ZERO or b == ZERO:
        return ZERO
    for ones, other in ((a, b), (b, a)):
        if (scalar := without_ones(ones)) is not None:
            return product(number(sign_left * sign_right), scalar, other)
    body = b if a == ONE else a if b == ONE else Elementwise("*", a, b)
    return Neg(body) if sign_left * sign_right < 0 else body


def without_ones(tree: Tree) -> Tree | None:
    """C for c ones(n), what such a vector multiplies by entry by entry; None for anything else."""
    if isinstance(tree, Apply) and tree.function == Name("ones"):
        return ONE
    if isinstance(tree, Mul) and (last := without_ones(tree.factors[-1])) is not None:
        return product(*tree.factors[:-1], last)
    return None


def collected(terms: Sequence[Tree]) -> Tree:
    """The sum, equal terms added up: a/2 + a/2 is a."""
    found: dict[tuple[Tree, ...], Fraction] = {}
    for term in terms:
        for part in term.terms if isinstance(term, Add) else (term,):
            value, rest = split_number(part)
            found[rest] = found.get(rest, Fraction(0)) + value
    return plus(*(product(number(value), *rest) for rest, value in found.items() if value))


def transpose(tree: Tree, shapes: Shapes) -> Tree:
    """The transpose, pushed inwards."""
    if not shapes.of(tree):
        return tree
    match tree:
        case Transpose(operand):
            return operand
        case Mul(factors):
            return product(*(transpose(factor, shapes) for factor in reversed(factors)))
        case Add(terms):
            return Add(tuple(transpose(term, shapes) for term in terms))
        case Neg(operand):
            return Neg(transpose(operand, shapes))
        case Elementwise(operator, a, b) if shapes.of(a) and shapes.of(b):
            return Elementwise(operator, transpose(a, shapes), transpose(b, shapes))
        case Apply(Name("diag"), _):
            return tree
    return Transpose(tree)


def diagonal(vector: Tree) -> Tree:
    """diag(v)."""
    return Apply(Name("diag"), (vector,))
