"""Constructors for matrix expressions: no 1 *, no double transpose, products flat, (A B)^T = B^T A^T."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from symgrad.calculus.tidy import plus, split_number
from symgrad.network.shapes import Shape, Shapes
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    Div,
    Elementwise,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Transpose,
    Tree,
    number,
    rebuild,
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
            elif isinstance(part, Div) and part.numerator == ONE and isinstance(part.denominator, Number):
                value /= part.denominator.value
            else:
                rest.append(part)
    if not rest or not value:
        return number(value)
    rest = over_common(rest)
    body: Tree = rest[0] if len(rest) == 1 else Mul(tuple(rest))
    size = abs(value)
    if size != 1 and size.numerator == 1 and not isinstance(body, Div):
        body = Div(body, number(size.denominator))
    elif size != 1:
        body = Mul((number(size), *rest))
    return Neg(body) if value < 0 else body


def over_common(factors: list[Tree]) -> list[Tree]:
    """A reciprocal 1/y goes below what follows it: (1/y) t is t/y where these two are all there is."""
    if len(factors) == 2:
        for below, above in (factors, factors[::-1]):
            if isinstance(below, Div) and below.numerator == ONE and not isinstance(above, Div):
                return [Div(above, below.denominator)]
    return factors


def unsigned(tree: Tree) -> tuple[int, Tree]:
    """A sign and the rest."""
    return (-1, tree.operand) if isinstance(tree, Neg) else (1, tree)


def hadamard(left: Tree, right: Tree) -> Tree:
    """Left .* right; a 1 disappears, a sign goes outside, y .* (1 ./ p) is y ./ p."""
    sign_left, a = unsigned(left)
    sign_right, b = unsigned(right)
    if a == ZERO or b == ZERO:
        return ZERO
    sign = number(sign_left * sign_right)
    for ones_, other in ((a, b), (b, a)):
        if (scalar := without_ones(ones_)) is not None:
            return product(sign, scalar, other)
    body: Tree = Elementwise("*", a, b)
    if b == ONE or a == ONE:
        body = a if b == ONE else b
    elif isinstance(b, Elementwise) and b.operator == "/" and b.left == ONE:
        body = Elementwise("/", a, b.right)
    elif isinstance(a, Elementwise) and a.operator == "/" and a.left == ONE:
        body = Elementwise("/", b, a.right)
    return Neg(body) if sign_left * sign_right < 0 else body


def without_ones(tree: Tree) -> Tree | None:
    """C for c ones(n), what such a vector multiplies by entry by entry; None for anything else."""
    match tree:
        case Apply(Name("ones"), _):
            return ONE
        case Mul(factors) if (last := without_ones(factors[-1])) is not None:
            return product(*factors[:-1], last)
        case Div(above, below) if (inner := without_ones(above)) is not None:
            return product(inner, Div(ONE, below))
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
            return product(*(transpose(factor, shapes) for factor in reversed(grouped(factors, shapes))))
        case Div(above, below):
            return Div(transpose(above, shapes), below)
        case Add(terms):
            return Add(tuple(transpose(term, shapes) for term in terms))
        case Neg(operand):
            return Neg(transpose(operand, shapes))
        case Elementwise(operator, a, b) if shapes.of(a) and shapes.of(b):
            return Elementwise(operator, transpose(a, shapes), transpose(b, shapes))
        case Apply(Name("diag" | "eye"), _):
            return tree
    return Transpose(tree)


def grouped(factors: tuple[Tree, ...], shapes: Shapes) -> tuple[Tree, ...]:
    """The factors of a product, those in front that make a number (q^T k) put together as one.

    A product that is a number as a whole stays as it is.
    """
    found: list[Tree] = []
    open_: list[Tree] = []
    at: Shape = ()
    for factor in factors:
        shape = shapes.of(factor)
        if not shape:
            (found if not open_ else open_).append(factor)
            continue
        at = shapes.times(at, shape, Mul(factors))
        open_.append(factor)
        if not at and len(open_) > 1:
            found.append(Mul(tuple(open_)))
            open_ = []
    return (*found, *open_) if len(found) + len(open_) > 1 else factors


def lettered(tree: Apply, shapes: Shapes) -> tuple[Apply, dict[Tree, Tree], Shapes]:
    """The function of single letters, what they stand for, and the shapes with those of the letters."""
    letters = [Name("\u2022", (number(i),)) for i in range(1, len(tree.arguments) + 1)]
    names = {**shapes.names, **{x: shapes.of(a) for x, a in zip(letters, tree.arguments, strict=True)}}
    bare = Apply(tree.function, tuple(letters), tree.order, tree.options)
    return bare, dict(zip(letters, tree.arguments, strict=True)), Shapes(names, None, shapes.numerator)


def on_entries(tree: Tree, shapes: Shapes) -> Tree:
    """A formula for numbers, its names vectors or matrices: every operation entry by entry."""
    inner = rebuild(tree, lambda child: on_entries(child, shapes))
    match inner:
        case Mul(factors):
            scalars = [f for f in factors if not shapes.of(f)]
            arrays = [f for f in factors if shapes.of(f)]
            if len(arrays) < 2:
                return inner
            whole = arrays[0]
            for other in arrays[1:]:
                whole = hadamard(whole, other)
            return product(*scalars, whole) if scalars else whole
        case Div(a, b) if shapes.of(b):
            return Elementwise("/", a, b)
        case Pow(a, b) if len(shapes.of(a)) == 2 or shapes.of(b):
            return Elementwise("^", a, b)
    return inner


def diagonal(vector: Tree) -> Tree:
    """diag(v)."""
    return Apply(Name("diag"), (vector,))


def identity(size: Tree) -> Tree:
    """The identity matrix."""
    return Apply(Name("eye"), (size,))


def ones(*shape: Tree) -> Tree:
    """A vector or matrix of ones."""
    return Apply(Name("ones"), shape)


def is_call(tree: Tree, stem: str) -> bool:
    """Whether a tree applies a function of that name."""
    return isinstance(tree, Apply) and tree.function.stem == stem and not tree.order
