"""Numbers with a slope beside them, over any other kind: one forward pass gives a derivative."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symgrad.arithmetic import Program, compile_tree
from symgrad.arithmetic.derivatives import X
from symgrad.arithmetic.kind import Kind, Unary
from symgrad.notation.tree import Apply, Name


@dataclass(frozen=True, slots=True)
class Dual:
    """A value and its derivative by one chosen name; None is an exact zero."""

    value: Any
    slope: Any = None


class Duals(Kind):
    """Dual numbers over a base kind."""

    def __init__(self, base: Kind) -> None:
        self.base, self.name = base, f"dual {base.name}"
        self.programs: dict[tuple[str, int], Program] = {}

    def number(self, value: Fraction) -> Dual:
        """The nearest number, with slope 0."""
        return Dual(self.base.number(value))

    def constant(self, name: str) -> Dual:
        """A constant, with slope 0."""
        return Dual(self.base.constant(name))

    def add(self, left: Dual, right: Dual) -> Dual:
        """(u + v)' = u' + v'."""
        return Dual(self.base.add(left.value, right.value), self.plus(left.slope, right.slope))

    def multiply(self, left: Dual, right: Dual) -> Dual:
        """(u v)' = u' v + v' u."""
        slope = self.plus(self.scaled(left.slope, right.value), self.scaled(right.slope, left.value))
        return Dual(self.base.multiply(left.value, right.value), slope)

    def negate(self, operand: Dual) -> Dual:
        """(-u)' = -u'."""
        slope = operand.slope
        return Dual(self.base.negate(operand.value), None if slope is None else self.base.negate(slope))

    def divide(self, left: Dual, right: Dual) -> Dual:
        """(u/v)' = (u' - v' u/v)/v."""
        value = self.base.divide(left.value, right.value)
        top = self.plus(left.slope, self.scaled(right.slope, self.base.negate(value)))
        return Dual(value, None if top is None else self.base.divide(top, right.value))

    def power(self, base: Dual, exponent: Dual) -> Dual:
        """(u^v)' = u^v (v' log u + v u'/u)."""
        value = self.base.power(base.value, exponent.value)
        slope = None
        if exponent.slope is not None:
            slope = self.scaled(exponent.slope, self.apply("log", 0, base.value))
        if base.slope is not None:
            inner = self.base.divide(self.base.multiply(exponent.value, base.slope), base.value)
            slope = self.plus(slope, inner)
        return Dual(value, self.scaled(slope, value))

    def power_integer(self, base: Dual, exponent: int) -> Dual:
        """(u^n)' = n u^(n-1) u'."""
        value = self.base.power_integer(base.value, exponent)
        if base.slope is None or exponent == 0:
            return Dual(value)
        lower = self.base.power_integer(base.value, exponent - 1)
        factor = self.base.multiply(self.base.number(Fraction(exponent)), lower)
        return Dual(value, self.base.multiply(factor, base.slope))

    def compare(self, operator: str, left: Dual, right: Dual) -> bool | None:
        """By the values alone."""
        return self.base.compare(operator, left.value, right.value)

    def unknown_choice(self, options: tuple[Dual, ...]) -> Dual:
        """Both parts cover all options."""
        zero = self.base.number(Fraction(0))
        slopes = tuple(zero if option.slope is None else option.slope for option in options)
        value = self.base.unknown_choice(tuple(option.value for option in options))
        return Dual(value, self.base.unknown_choice(slopes))

    def native(self, name: str, order: int) -> Unary:
        """f(u)' = f'(u) u' for every built-in function."""

        def apply(x: Dual) -> Dual:
            value = self.apply(name, order, x.value)
            if x.slope is None:
                return Dual(value)
            return Dual(value, self.scaled(x.slope, self.apply(name, order + 1, x.value)))

        return apply

    def working(self) -> AbstractContextManager[object]:
        """The base kind's surroundings."""
        return self.base.working()

    def apply(self, name: str, order: int, x: Any) -> Any:
        """A built-in function's derivative in the base kind."""
        program = self.programs.get((name, order))
        if program is None:
            program = self.programs[name, order] = compile_tree(Apply(Name(name), (X,), order), self.base)
        return program({X: x})

    def plus(self, left: Any, right: Any) -> Any:
        """Slopes added; None is zero."""
        return right if left is None else left if right is None else self.base.add(left, right)

    def scaled(self, slope: Any, factor: Any) -> Any:
        """A slope times a number; None is zero."""
        return None if slope is None else self.base.multiply(slope, factor)
