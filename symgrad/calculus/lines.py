"""Trees over slots -> closures modulo p, compiled once a pattern and run once a layer.

A `Value` gives the residue of a tree at the slots of one layer; a `Line` carries the tangent with it, and is
made from the tree alone: it knows how sums, products, quotients and powers move, never a rule of `rules`.
Anything else is left to `Field.evaluate`, which says the same of every tree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from symgrad.calculus.modular import Dual, Field, P, integer
from symgrad.functions import registry
from symgrad.functions.application import applied, written
from symgrad.notation.tree import Add, Apply, Constant, Div, Mul, Name, Neg, Number, Pow, Tree

Slots: TypeAlias = Sequence[int]
Pair: TypeAlias = tuple[int, int]
Value: TypeAlias = Callable[[Slots], int]
Line: TypeAlias = Callable[[Slots, Sequence[int]], Pair]
X = Name("x")


@dataclass(slots=True)
class Compiler:
    """Compiles over one list of residues; `names` are the slots in their order."""

    field: Field
    values: list[int]
    names: Sequence[Name]

    def value(self, tree: Tree) -> Value:
        """What gives the residue of a tree."""
        match tree:
            case Number() | Constant():
                known = self.field.evaluate(tree, {}).value
                return lambda slots: known
            case Name() if tree in self.names:
                return self.slot_value(self.names.index(tree))
            case Neg(operand):
                inner = self.value(operand)
                return lambda slots: -inner(slots) % P
            case Add(terms):
                parts = list(map(self.value, terms))
                return lambda slots: sum([part(slots) for part in parts]) % P
            case Mul((a, b)):
                left, right = self.value(a), self.value(b)
                return lambda slots: left(slots) * right(slots) % P
            case Apply(_, (argument,), order) if simple(tree, self.field):
                return self.function_value(tree, order, self.value(argument))
            case Pow(base, exponent) if (n := integer(exponent)) is not None and n >= 1:
                below = self.value(base)
                return lambda slots: pow(below(slots), n, P)
        names, values, field = tuple(self.names), self.values, self.field
        return lambda slots: (
            field.evaluate(
                tree, {name: Dual(values[at]) for name, at in zip(names, slots, strict=True)}
            ).value
        )

    def slot_value(self, place: int) -> Value:
        """The value of a slot."""
        values = self.values
        return lambda slots: values[slots[place]]

    def function_value(self, tree: Apply, order: int, inner: Value) -> Value:
        """The value of a function of one argument."""
        table, at = self.field.table(self.field.called(tree), order), self.field.at

        def value(slots: Slots) -> int:
            u = inner(slots)
            return table.get(u) or at(table, u)

        return value

    def line(self, tree: Tree) -> Line:
        """What gives the residue of a tree and its tangent."""
        match tree:
            case Number() | Constant():
                known = self.field.evaluate(tree, {}).value, 0
                return lambda slots, tangents: known
            case Name() if tree in self.names:
                return self.slot(self.names.index(tree))
            case Neg(operand):
                return negative(self.line(operand))
            case Add(terms):
                return total(list(map(self.line, terms)))
            case Mul(factors):
                result, *rest = map(self.line, factors)
                for factor in rest:
                    result = product(result, factor)
                return result
            case Div(a, b):
                return quotient(self.line(a), self.line(b), self.field)
            case Pow(base, exponent) if (n := integer(exponent)) is not None and n >= 1:
                return power(self.line(base), n)
            case Apply(_, (argument,)) if simple(tree, self.field):
                return self.function(tree, self.line(argument))
        names, values, field = tuple(self.names), self.values, self.field

        def general(slots: Slots, tangents: Sequence[int]) -> Pair:
            known: dict[Tree, Dual] = {
                name: Dual(values[at], tangents[at]) for name, at in zip(names, slots, strict=True)
            }
            found = field.evaluate(tree, known)
            return found.value, found.tangent

        return general

    def slot(self, place: int) -> Line:
        """A slot with its tangent."""
        values = self.values

        def line(slots: Slots, tangents: Sequence[int]) -> Pair:
            at = slots[place]
            return values[at], tangents[at]

        return line

    def function(self, tree: Apply, inner: Line) -> Line:
        """A function of one argument: values and slopes drawn at random, unless the slope is written out."""
        field, order = self.field, tree.order
        known = applied(tree, field.functions)
        called, at = field.called(tree), field.at
        table, slopes = field.table(called, order), field.table(called, order + 1)
        formula = None if known is None or known.activation or order else registry.derivative(known)

        def line(slots: Slots, tangents: Sequence[int]) -> Pair:
            u, du = inner(slots, tangents)
            value = table.get(u) or at(table, u)
            if not du:
                return value, 0
            if formula is None:
                return value, (slopes.get(u) or at(slopes, u)) * du % P
            return value, field.evaluate(formula, {X: Dual(u)}).value * du % P

        return line


def simple(tree: Apply, field: Field) -> bool:
    """Whether an applied function is one of a single number, not short for a formula."""
    return not tree.function.indices and written(tree, field.functions) is None


def negative(inner: Line) -> Line:
    """The negative of a part."""

    def line(slots: Slots, tangents: Sequence[int]) -> Pair:
        u, du = inner(slots, tangents)
        return -u % P, -du % P

    return line


def total(parts: Sequence[Line]) -> Line:
    """The sum of several parts."""

    def line(slots: Slots, tangents: Sequence[int]) -> Pair:
        value = tangent = 0
        for part in parts:
            u, du = part(slots, tangents)
            value += u
            tangent += du
        return value % P, tangent % P

    return line


def product(left: Line, right: Line) -> Line:
    """The product of two parts."""

    def line(slots: Slots, tangents: Sequence[int]) -> Pair:
        u, du = left(slots, tangents)
        v, dv = right(slots, tangents)
        return u * v % P, (du * v + u * dv) % P

    return line


def quotient(above: Line, below: Line, field: Field) -> Line:
    """A quotient; at a pole another point must be tried."""

    def line(slots: Slots, tangents: Sequence[int]) -> Pair:
        u, du = above(slots, tangents)
        v, dv = below(slots, tangents)
        w = field.inverse(v)
        return u * w % P, (du * v - u * dv) * w * w % P

    return line


def power(base: Line, n: int) -> Line:
    """A power with an exponent 1, 2, ..."""

    def line(slots: Slots, tangents: Sequence[int]) -> Pair:
        u, du = base(slots, tangents)
        lower = pow(u, n - 1, P)
        return lower * u % P, n * lower * du % P

    return line
