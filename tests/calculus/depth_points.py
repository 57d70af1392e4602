"""Formulas of symbolic depth in definite chains at rational points, by no code that derives anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from operator import mul

from symgrad.network.graph import Network
from symgrad.notation.tree import (
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
    Relation,
    Tree,
)
from symgrad.notation.writers.plain import plain

Dual = tuple[Fraction, Fraction]


def slope(order: int, x: Fraction) -> Fraction:
    """Every function of these chains is x^3 + 2x."""
    return (x**3 + 2 * x, 3 * x**2 + 2, 6 * x, Fraction(6))[order]


@dataclass
class Chain:
    """One definite chain: numbers for its leaves, and for all else what the equations say."""

    network: Network
    seed: int = 3
    shift: Mapping[str, Fraction] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values: dict[str, Fraction] = {}
        for place, leaf in enumerate(sorted(self.network.leaves, key=plain)):
            self.values[plain(leaf)] = Fraction(
                (7 * place + 3 * self.seed) % 11 - 5, (place + self.seed) % 4 + 1
            )
        for name, by in self.shift.items():
            self.values[name] += by
        for target, body in self.network.definitions():
            self.values[plain(target)] = self.dual(body, {})[0]

    def names(self) -> frozenset[str]:
        return frozenset(map(plain, self.network.names))

    def tangent(self, of: str, by: str) -> Fraction:
        """d(of)/d(by) by a forward pass."""
        moving = {by: Fraction(1)}
        started = by in map(plain, self.network.leaves)
        for target, body in self.network.definitions():
            if started and plain(target) != by:
                moving[plain(target)] = self.dual(body, moving)[1]
            started = started or plain(target) == by
        return moving.get(of, Fraction(0))

    def dual(self, tree: Tree, moving: Mapping[str, Fraction]) -> Dual:
        match tree:
            case Number(value):
                return value, Fraction(0)
            case Name():
                return self.values[plain(tree)], moving.get(plain(tree), Fraction(0))
            case Neg(a):
                x, dx = self.dual(a, moving)
                return -x, -dx
            case Add(terms):
                parts = [self.dual(term, moving) for term in terms]
                return sum((x for x, _ in parts), Fraction(0)), sum((d for _, d in parts), Fraction(0))
            case Mul(factors):
                x, dx = Fraction(1), Fraction(0)
                for factor in factors:
                    y, dy = self.dual(factor, moving)
                    x, dx = x * y, x * dy + dx * y
                return x, dx
            case Div(a, b):
                (x, dx), (y, dy) = self.dual(a, moving), self.dual(b, moving)
                return x / y, (dx * y - x * dy) / y**2
            case Pow(a, Number(n)):
                x, dx = self.dual(a, moving)
                return x ** int(n), int(n) * x ** (int(n) - 1) * dx
            case Apply(_, (a,), order):
                x, dx = self.dual(a, moving)
                return slope(order, x), slope(order + 1, x) * dx
        raise AssertionError(tree)

    def formula(self, tree: Tree, letters: Mapping[str, int]) -> Fraction:
        """The value of a formula with letters in its indices and big operators over them."""
        match tree:
            case BigOp(kind, body, index, low, high):
                places = range(place(low, letters), place(high, letters) + 1)
                parts = [self.formula(body, {**letters, index: at}) for at in places]
                return sum(parts, Fraction(0)) if kind == "sum" else reduce(mul, parts, Fraction(1))
            case Derivative(Name() as of, by):
                return self.tangent(named(of, letters), named(by, letters))
            case Name():
                return self.values[named(tree, letters)]
            case Number(value):
                return value
            case Neg(a):
                return -self.formula(a, letters)
            case Add(terms):
                return sum((self.formula(term, letters) for term in terms), Fraction(0))
            case Mul(factors):
                return reduce(mul, (self.formula(factor, letters) for factor in factors), Fraction(1))
            case Div(a, b):
                return self.formula(a, letters) / self.formula(b, letters)
            case Pow(a, exponent):
                return self.formula(a, letters) ** place(exponent, letters)
            case Apply(_, (a,), order):
                return slope(order, self.formula(a, letters))
        raise AssertionError(tree)


def place(tree: Tree, letters: Mapping[str, int]) -> int:
    """The value of an index."""
    match tree:
        case Number(value):
            return int(value)
        case Name(stem, ()):
            return letters[stem]
        case Neg(a):
            return -place(a, letters)
        case Add(terms):
            return sum(place(term, letters) for term in terms)
    raise AssertionError(tree)


def named(name: Name, letters: Mapping[str, int]) -> str:
    """A name with numbers for the letters of its indices."""
    indices = tuple(
        index
        if isinstance(index, Name) and index.stem not in letters
        else Number(Fraction(place(index, letters)))
        for index in name.indices
    )
    return plain(Name(name.stem, indices))


def holds(relation: Relation, letters: Mapping[str, int]) -> bool:
    """Whether a range like 1 <= i <= n holds."""
    values = [place(operand, letters) for operand in relation.operands]
    return values == sorted(values)
