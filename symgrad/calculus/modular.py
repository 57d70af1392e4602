"""Forward (tangent) evaluation of the forward pass in F_p, p = 2^61 - 1: the independent side of every check.

It knows the definitions only, not the rules of `rules.py`: sums, products, quotients and powers carry
dual numbers, a function's value and slope are random but consistent residues.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from random import Random

from symgrad.calculus.tidy import constant_value
from symgrad.functions import registry
from symgrad.functions.application import applied, name_of, written
from symgrad.notation.tree import (
    Add,
    Apply,
    Constant,
    Div,
    Indicator,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
)

P = (1 << 61) - 1


class DivisionByZero(ArithmeticError):
    """A random point hit a pole; try another."""


class Dual:
    """A value and a tangent in F_p."""

    __slots__ = ("tangent", "value")

    def __init__(self, value: int, tangent: int = 0) -> None:
        self.value, self.tangent = value % P, tangent % P


def integer(tree: Tree) -> int | None:
    """The integer a written exponent stands for, or None."""
    match tree:
        case Number(value) if value.denominator == 1:
            return int(value)
        case Neg(operand):
            inner = integer(operand)
            return None if inner is None else -inner
    return None


class Field:
    """One random point: names, constants and the values of functions are residues drawn when first needed."""

    def __init__(self, seed: int, functions: Mapping[str, str]) -> None:
        self.seed, self.functions = seed, functions
        self.bits = Random(seed).getrandbits
        self.known: dict[Hashable, int] = {}
        self.names: dict[Hashable, Hashable] = {}
        self.tables: dict[tuple[Hashable, int], dict[int, int]] = {}

    def draw(self) -> int:
        """A new random residue, never zero."""
        return self.bits(61) % (P - 1) + 1

    def residue(self, *key: Hashable) -> int:
        """The residue of a key: drawn when it is first asked for, the same from then on."""
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self.draw()
        return found

    def table(self, function: Hashable, order: int) -> dict[int, int]:
        """The values of a function's derivative at the arguments that were asked for so far."""
        return self.tables.setdefault((function, order), {})

    def at(self, table: dict[int, int], argument: int) -> int:
        """The value of a random function, drawn where it is new."""
        found = table.get(argument)
        if found is None:
            found = table[argument] = self.draw()
        return found

    def leaf(self, name: Name) -> int:
        """The residue of a leaf."""
        return self.residue("leaf", name)

    def inverse(self, value: int) -> int:
        """1 / value; at a pole another point must be tried."""
        if value % P == 0:
            raise DivisionByZero
        return pow(value, -1, P)

    def function(self, tree: Apply, order: int, argument: int) -> int:
        """f^(order) at a residue: a polynomial function stays itself, others are atoms."""
        return self.at(self.table(self.called(tree), order), argument)

    def called(self, tree: Apply) -> Hashable:
        """What tells an applied function from all others."""
        key = tree.function, tree.options
        found = self.names.get(key)
        if found is None:
            found = name_of(tree, self.functions)
            if found is None:
                stem = tree.function.stem
                found = (self.functions.get(stem, stem), *map(repr, tree.options))
            self.names[key] = found
        return found

    def evaluate(self, tree: Tree, values: Mapping[Tree, Dual]) -> Dual:
        """The dual value of a tree at the values of its names."""
        known = values.get(tree)
        if known is not None:
            return known
        match tree:
            case Number(value):
                return Dual(value.numerator * self.inverse(value.denominator))
            case Constant(name):
                return Dual(self.residue("constant", name))
            case Name():
                return Dual(self.leaf(tree))
            case Neg(operand):
                inner = self.evaluate(operand, values)
                return Dual(-inner.value, -inner.tangent)
            case Add(terms):
                parts = [self.evaluate(term, values) for term in terms]
                return Dual(sum(p.value for p in parts), sum(p.tangent for p in parts))
            case Mul(factors):
                result = Dual(1)
                for factor in factors:
                    f = self.evaluate(factor, values)
                    result = Dual(result.value * f.value, result.value * f.tangent + result.tangent * f.value)
                return result
            case Div(a, b):
                u, v = self.evaluate(a, values), self.evaluate(b, values)
                w = self.inverse(v.value)
                return Dual(u.value * w, (u.tangent * v.value - u.value * v.tangent) * w * w)
            case Pow(base, exponent):
                return self.power(base, exponent, values)
            case Apply():
                return self.apply(tree, values)
            case Indicator(Relation(operators, operands)):
                sides = tuple(self.evaluate(o, values).value for o in operands)
                return Dual(self.residue("indicator", operators, sides))
        raise NotImplementedError(type(tree).__name__)

    def power(self, base: Tree, exponent: Tree, values: Mapping[Tree, Dual]) -> Dual:
        """The dual value of base ^ exponent: exact for an integer, consistent residues for anything else."""
        b, e = self.evaluate(base, values), self.evaluate(exponent, values)
        n = integer(exponent)
        if n is not None:
            lower = pow(b.value, n - 1, P) if n >= 1 else self.inverse(pow(b.value, 1 - n, P))
            return Dual(lower * b.value, n * lower * b.tangent)
        fraction = constant_value(exponent)
        if fraction is not None:  # all by one root, so that b^(1/2) = 1/b^(-1/2)
            top, bottom = fraction.numerator, fraction.denominator
            root = self.residue("root", b.value, bottom)
            lower = pow(root, top - bottom, P)
            return Dual(pow(root, top, P), top * self.inverse(bottom) * lower * b.tangent)
        value = self.residue("power", b.value, e.value)
        log = 1 if base == Constant("e") else self.at(self.table("log", 0), b.value)
        lower = self.residue("power", b.value, (e.value - 1) % P)
        return Dual(value, value * log * e.tangent + (e.value * lower * b.tangent if b.tangent else 0))

    def apply(self, tree: Apply, values: Mapping[Tree, Dual]) -> Dual:
        """The dual value of f(u): f and f' are residues of u, exp, log and sqrt keep their derivatives."""
        if (formula := written(tree, self.functions)) is not None:
            return self.evaluate(formula, values)
        inner = self.evaluate(tree.arguments[0], values)
        value = self.function(tree, tree.order, inner.value)
        known = applied(tree, self.functions)
        if known is not None and not known.activation and not tree.order and inner.tangent:
            slope = self.evaluate(registry.derivative(known), {Name("x"): Dual(inner.value)}).value
        else:
            slope = self.function(tree, tree.order + 1, inner.value)
        return Dual(value, slope * inner.tangent)
