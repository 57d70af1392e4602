"""A tree linear in one token, as the matrix that multiplies it: (W^T u) .* s is diag(s) W^T times u."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from symgrad.calculus.matrices.forms import diagonal, grouped, identity, is_call, ones, product, transpose
from symgrad.calculus.tidy import factors_of, minus, over, plus
from symgrad.network.shapes import Shapes
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    Derivative,
    Div,
    Elementwise,
    Mul,
    Neg,
    Number,
    Transpose,
    Tree,
    number,
    walk,
)  # fmt: skip

Operator: TypeAlias = tuple[Tree, ...]
"""The factors of a matrix in their order; () is the identity."""


def operator(tree: Tree, token: Tree, shapes: Shapes) -> Operator | None:
    """The M of tree = M token, or None if there is no such matrix; token is a column or a number."""
    if tree == token:
        return ()
    if len(shapes.of(token)) > 1 or token not in walk(tree):
        return None
    match tree:
        case Neg(operand):
            inner = operator(operand, token, shapes)
            return None if inner is None else (number(-1), *inner)
        case Add(terms):
            return of_sum(terms, tree, token, shapes)
        case Mul(factors):
            return of_product(grouped(factors, shapes), token, shapes)
        case Elementwise("*" | "/" as sign, left, right):
            return of_entrywise(sign, left, right, token, shapes)
        case Div(above, below) if token not in walk(below):
            inner = operator(above, token, shapes)
            return None if inner is None else (over(ONE, below), *inner)
        case Apply(_, (argument,)) if is_call(tree, "sum") or is_call(tree, "mean"):
            return of_total(tree, argument, token, shapes)
    return None


def of_sum(terms: Sequence[Tree], whole: Tree, token: Tree, shapes: Shapes) -> Operator | None:
    """The sum of the terms' matrices; a number that acts on every entry is a column of ones times it."""
    size = shapes.of(whole)
    found = []
    for term in terms:
        inner = operator(term, token, shapes)
        if inner is None:
            return None
        if size and not shapes.of(term):
            inner = (ones(*size), *inner)
        found.append(matrix(inner, token, shapes))
    return (plus(*found),)


def matrix(factors: Operator, token: Tree, shapes: Shapes) -> Tree:
    """The factors as one tree; numbers alone are that multiple of the identity."""
    size = shapes.of(token)
    if size and not any(shapes.of(factor) for factor in factors):
        factors = (*factors, identity(size[0]))
    return product(*factors)


def of_product(factors: Sequence[Tree], token: Tree, shapes: Shapes) -> Operator | None:
    """A matrix product with the token in one of its factors."""
    places = [place for place, factor in enumerate(factors) if token in walk(factor)]
    if len(places) != 1:
        return None
    at, factor = places[0], factors[places[0]]
    others = [f for place, f in enumerate(factors) if place != at]
    if not shapes.of(factor):
        inner = operator(factor, token, shapes)
        if inner is None:
            inner = as_row(factor, token, shapes)
        return None if inner is None else (*others, *inner)
    before = [f for f in factors[:at] if shapes.of(f)]
    after = [f for f in factors[at + 1 :] if shapes.of(f)]
    scalars = [f for f in others if not shapes.of(f)]
    if not after:
        inner = operator(factor, token, shapes)
        return None if inner is None else (*scalars, *before, *inner)
    if not shapes.of(product(factor, *after)):  # u^T x is x^T u
        inner = operator(transpose(factor, shapes), token, shapes)
        if inner is not None:
            flipped = transpose(product(*after), shapes)
            return (*scalars, *before, *factors_of(flipped), *inner)
    return None


def as_row(tree: Tree, token: Tree, shapes: Shapes) -> Operator | None:
    """A number u^T x as x^T u."""
    return of_product(tree.factors, token, shapes) if isinstance(tree, Mul) else None


def of_entrywise(sign: str, left: Tree, right: Tree, token: Tree, shapes: Shapes) -> Operator | None:
    """V .* u is diag(v) u; against a sum it is distributed: diag(p) (I - 1 p^T) is diag(p) - p p^T."""
    if token in walk(right):
        if sign == "/" or token in walk(left):
            return None
        left, right = right, left
    inner = operator(left, token, shapes)
    if inner is None or len(shapes.of(right)) == 2 or len(shapes.of(left)) == 2:
        return None
    scale = right if sign == "*" else over(ONE, right) if not shapes.of(right) else inverse(right)
    if not shapes.of(right):
        return (scale, *inner)
    if not shapes.of(left):
        return (scale, *inner)
    if len(inner) == 1 and isinstance(inner[0], Add):
        return (plus(*(scaled_rows(scale, term) for term in inner[0].terms)),)
    if inner and is_call(inner[0], "ones"):
        return (scale, *inner[1:])
    return (diagonal(scale), *inner)


def inverse(vector: Tree) -> Tree:
    """1 ./ v."""
    return Elementwise("/", ONE, vector)


def scaled_rows(vector: Tree, term: Tree) -> Tree:
    """Diag(v) M: of the identity it is diag(v), of ones x^T it is v x^T."""
    match term:
        case Neg(operand):
            return minus(scaled_rows(vector, operand))
        case Mul(factors) if is_call(factors[0], "ones"):
            return product(vector, *factors[1:])
    return diagonal(vector) if is_call(term, "eye") else product(diagonal(vector), term)


def of_total(tree: Apply, argument: Tree, token: Tree, shapes: Shapes) -> Operator | None:
    """sum(M u) is ones^T M u."""
    shape, inner = shapes.of(argument), operator(argument, token, shapes)
    if inner is None or len(shape) > 1:
        return None
    if not shape:
        return inner
    scale = [over(ONE, shape[0])] if is_call(tree, "mean") else []
    if inner and is_call(inner[0], "diag"):  # ones^T diag(v) is v^T
        vector = inner[0].arguments[0]  # type: ignore[union-attr]
        return (*scale, transpose(vector, shapes), *inner[1:])
    return (*scale, Transpose(ones(*shape)), *inner)


def as_product(tree: Tree, shapes: Shapes) -> tuple[Tree, ...]:
    """The factors of a gradient as one matrix product: (W^T d) .* s is diag(s) W^T d."""
    match tree:
        case Elementwise("*", left, right) if len(shapes.of(left)) == 1 and len(shapes.of(right)) == 1:
            if holds_adjoint(right) and not holds_adjoint(left):
                left, right = right, left
            return (diagonal(right), *as_product(left, shapes))
        case Mul(factors):
            found: list[Tree] = []
            for factor in factors:
                inner = as_product(factor, shapes) if isinstance(factor, Elementwise | Mul) else (factor,)
                found.extend(inner)
            return tuple(found)
        case Div(Mul() as above, below) if not isinstance(below, Number) and shapes.of(above):
            return (over(ONE, below), *as_product(above, shapes))
        case Neg(operand) if shapes.of(operand):
            return (number(-1), *as_product(operand, shapes))
    return factors_of(tree)


def holds_adjoint(tree: Tree) -> bool:
    """Whether a derivative token stands in a tree."""
    return any(isinstance(node, Derivative) for node in walk(tree))
