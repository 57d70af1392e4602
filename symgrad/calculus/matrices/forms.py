"""Constructors for matrix expressions: no 1 *, no double transpose, products flat, (A B)^T = B^T A^T."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from symgrad.calculus.tidy import plus, split_number
from symgrad.network.shapes import Shape, Shapes
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    BigOp,
    Derivative,
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
    walk,
)


def product(*factors: Tree) -> Tree:
    """The matrix product in this order; numbers go in front, signs outside, divisors below one line."""
    value, rest, below = Fraction(1), list[Tree](), list[Tree]()
    waiting = list(reversed(factors))
    while waiting:
        match waiting.pop():
            case Neg(operand):
                value = -value
                waiting.append(operand)
            case Mul(parts):
                waiting.extend(reversed(parts))
            case Number(number_):
                value *= number_
            case Div(above, Number(divisor)) if divisor:
                value /= divisor
                waiting.append(above)
            case Div(above, divisor):
                below.extend(divisor.factors if isinstance(divisor, Mul) else (divisor,))
                waiting.append(above)
            case part:
                rest.append(part)
    if not value:
        return ZERO
    return signed(value, rest, below)


def signed(value: Fraction, above: Sequence[Tree], below: Sequence[Tree]) -> Tree:
    """A number times a product over a product; equal divisors are one power."""
    size = abs(value)
    numbers = [part for part in below if isinstance(part, Number)]
    for part in numbers:
        size /= part.value
    divisors = powers([part for part in below if not isinstance(part, Number)])
    if size.denominator != 1:
        divisors = [number(size.denominator), *divisors]
    top = list(above) if size.numerator == 1 and above else [number(size.numerator), *above]
    body: Tree = top[0] if len(top) == 1 else Mul(tuple(top))
    if divisors:
        body = Div(body, divisors[0] if len(divisors) == 1 else Mul(tuple(divisors)))
    return Neg(body) if value < 0 and body != ZERO else body


def powers(factors: Sequence[Tree]) -> list[Tree]:
    """Numbers multiplied, equal ones among them collected: s s^2 is s^3."""
    counted: dict[Tree, int] = {}
    for factor in factors:
        base, times = factor, 1
        match factor:
            case Pow(inner, Number(value)) if value.denominator == 1 and value > 0:
                base, times = inner, int(value)
        counted[base] = counted.get(base, 0) + times
    return [base if times == 1 else Pow(base, number(times)) for base, times in counted.items()]


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
            parts = grouped(factors, shapes)
            arrays = [transpose(part, shapes) for part in reversed(parts) if shapes.of(part)]
            return product(*(part for part in parts if not shapes.of(part)), *arrays)
        case Div(above, below):
            return Div(transpose(above, shapes), below)
        case Add() | Elementwise() if not any(
            isinstance(node, Transpose | Derivative) for node in walk(tree)
        ):
            return tree if is_symmetric(tree) else Transpose(tree)
        case Add(terms):
            return Add(tuple(transpose(term, shapes) for term in terms))
        case Neg(operand):
            return Neg(transpose(operand, shapes))
        case Elementwise(operator, a, b) if shapes.of(a) and shapes.of(b):
            return Elementwise(operator, transpose(a, shapes), transpose(b, shapes))
        case Apply(Name("diag" | "eye"), _):
            return tree
        case BigOp("prod", body, index, low, high, ascending) if len(shapes.of(body)) == 2:
            return BigOp("prod", transpose(body, shapes), index, high, low, not ascending)
        case BigOp("sum", body):
            return replace(tree, body=transpose(body, shapes))
    return Transpose(tree)


def is_symmetric(tree: Tree) -> bool:
    """Whether a tree is a sum of diagonal matrices."""
    match tree:
        case Add(terms):
            return all(map(is_symmetric, terms))
        case Neg(operand):
            return is_symmetric(operand)
    return is_call(tree, "diag") or is_call(tree, "eye")


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
            (open_ if open_ else found).append(factor)
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
