"""An answer as it is meant: `*` between vectors of one shape is elementwise, superscripts are layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce

from symgrad.algebra import Misshapen
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
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
    names_in,
    rebuild,
    substitute,
    walk,
)

Shape = tuple[Tree, Tree]
IDENTITY = Name("I")


@dataclass(frozen=True, slots=True)
class Meant:
    """The tree, the products that were read elementwise, and those that were bracketed from left to right."""

    tree: Tree
    elementwise: tuple[Tree, ...] = ()
    regrouped: tuple[Tree, ...] = ()


def meant(tree: Tree, shape: Callable[[Tree], Shape]) -> Meant:
    """The tree with every `*` of two vectors of one shape taken entry by entry, as in NumPy.

    Matrices of one shape that cannot be multiplied are meant entry by entry too.
    """
    found: list[Tree] = []
    regrouped: list[Tree] = []

    def of(node: Tree) -> Tree:
        node = rebuild(node, of) if not isinstance(node, Name | Derivative) else node
        match node:
            case Mul(factors):
                return products(with_ones(factors))
            case Add(terms) if any(map(identity, terms)):
                return Add(tuple(identities(terms)))
            case Elementwise("*", a, Mul(factors)) if (end := first_fit(a, factors)) is not None:
                regrouped.append(Mul((Elementwise("*", a, product(factors[:end])), *factors[end:])))
                return regrouped[-1]
            case Div(a, b) if vectors(a, b):
                found.append(node)
                return Elementwise("/", a, b)
        return node

    def first_fit(a: Tree, factors: tuple[Tree, ...]) -> int | None:
        """Up to which factor a .* W^T d x^T is meant as (a .* W^T d) x^T; for columns all fits are one."""
        whole = product(factors)
        fits = [end for end in range(1, len(factors)) if loose(a, product(factors[:end]), whole)]
        column = bool(fits) and (shape_of(product(factors[: fits[0]])) or (None, None))[1] == ONE
        return fits[0] if column or len(fits) == 1 else None

    def loose(a: Tree, first: Tree, product: Tree) -> bool:
        """Whether a .* s x^T has no meaning as a .* (s x^T) and is meant from left to right."""
        mine, own, whole = shape_of(a), shape_of(first), shape_of(product)
        if own is None or own == (ONE, ONE) or ONE not in own:
            return False
        return mine in (None, own) and whole not in (None, own)

    def identity(term: Tree) -> bool:
        """Whether a term is I, or numbers times it."""
        match term:
            case Neg(operand):
                return identity(operand)
            case Mul(factors):
                others = [f for f in factors if f != IDENTITY]
                return len(others) < len(factors) and all(shape_of(f) == (ONE, ONE) for f in others)
        return term == IDENTITY

    def identities(terms: tuple[Tree, ...]) -> Iterator[Tree]:
        square = next((s for s in map(shape_of, terms) if s and s[0] == s[1] != ONE), None)
        for term in terms:
            yield substitute(term, {IDENTITY: Apply(Name("eye"), (square[0],))}) if square else term

    def with_ones(factors: tuple[Tree, ...]) -> tuple[Tree, ...]:
        """1^T v: a row of ones before a vector or matrix; I W: the identity is left out."""
        new: list[Tree] = []
        for i, factor in enumerate(factors):
            if factor == Transpose(ONE) and i + 1 < len(factors) and (s := shape_of(factors[i + 1])):
                new.append(Transpose(Apply(Name("ones"), (s[0],))) if s != (ONE, ONE) else ONE)
            elif factor != IDENTITY or not any(shape_of(f) not in (None, (ONE, ONE)) for f in factors):
                new.append(factor)
        return tuple(new)

    def shape_of(tree: Tree) -> Shape | None:
        if IDENTITY in walk(tree):
            return None
        try:
            return shape(tree)
        except ArithmeticError:
            return None

    def vectors(a: Tree, b: Tree) -> bool:
        try:
            left, right = shape(a), shape(b)
        except (Misshapen, ArithmeticError):
            return False
        return left == right and left != (ONE, ONE) and left[0] != left[1]  # a square matrix is multiplied

    def products(factors: tuple[Tree, ...]) -> Tree:
        done: list[Tree] = [factors[0]]
        place = 1
        while place < len(factors):
            so_far, end = product(tuple(done)), place + 1
            if not vectors(so_far, factors[place]):
                end = carried(so_far, factors, place) or 0
            if end:
                factor = product(factors[place:end])
                found.append(Mul((so_far, factor)))
                done = [Elementwise("*", so_far, factor)]
                place = end
            else:
                done.append(factors[place])
                place += 1
        return product(tuple(done))

    def carried(so_far: Tree, factors: tuple[Tree, ...], place: int) -> int | None:
        """Up to where s W^T d is s .* (W^T d): the matrix does not fit the column, but the product does."""
        column = shape_of(so_far)
        if column is None or column[1] != ONE or column == (ONE, ONE) or shape_of(factors[place]) is None:
            return None
        if shape_of(Mul((so_far, factors[place]))) is not None:
            return None
        ends = range(place + 2, len(factors) + 1)
        return next((end for end in ends if shape_of(product(factors[place:end])) == column), None)

    return Meant(of(tree), tuple(found), tuple(regrouped))


def unresolved(tree: Tree) -> bool:
    """Whether the size of an identity or of a row of ones is not plain."""
    return any(node == IDENTITY or node == Transpose(ONE) for node in walk(tree))


def layered(tree: Tree) -> Tree:
    """w^{l+1} as the member l+1 of a family, in an expression with matrices and no chain."""
    match tree:
        case Pow(Name(stem, ()), exponent) if not isinstance(exponent, Number) and names_in(exponent):
            return Name(stem, (exponent,), layer=True)
        case Name():
            return tree
    return rebuild(tree, layered)


def factors_of(tree: Tree) -> tuple[Tree, ...]:
    """What is multiplied, in whatever way: (W^T d) .* diag(s) has the factors W^T, d and s."""
    match tree:
        case Mul(factors):
            return tuple(part for factor in factors for part in factors_of(factor))
        case Elementwise("*", a, b):
            return (*factors_of(a), *factors_of(b))
        case Apply(Name("diag"), (argument,)):
            return factors_of(argument)
        case Transpose(operand) if not isinstance(operand, Name):
            return factors_of(operand)
    return (tree,)


def product(factors: tuple[Tree, ...]) -> Tree:
    """A matrix product."""
    return factors[0] if len(factors) == 1 else Mul(factors)


def hadamard(factors: tuple[Tree, ...]) -> Tree:
    """An elementwise product."""
    return reduce(lambda a, b: Elementwise("*", a, b), factors)


def renumbered(name: Name, index: Tree) -> Name:
    """The name with another first index."""
    return replace(name, indices=(index, *name.indices[1:]))
