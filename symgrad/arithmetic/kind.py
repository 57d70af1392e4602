"""What a kind of number must be able to do for the interpreter."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from fractions import Fraction
from typing import Any, ClassVar, TypeAlias

from symgrad.notation.tree import Tree

Value: TypeAlias = Any
"""A number of some kind: Fraction, NumPy scalar, arb, int modulo p, SignedLog."""

Unary: TypeAlias = Callable[[Value], Value]


class Inexact(ArithmeticError):
    """The value exists but this kind cannot hold it (an irrational among the fractions)."""


class Undefined(ArithmeticError):
    """There is no value at this point: a division by zero, the logarithm of a negative number."""


class Unvalued(LookupError):
    """A name, token or general function that nothing gives a value; `tree` says which."""

    def __init__(self, tree: Tree) -> None:
        super().__init__(str(tree))
        self.tree = tree


class NotScalar(TypeError):
    """A vector, matrix or symbolic range where the interpreter wants a number; `tree` says which."""

    def __init__(self, tree: Tree) -> None:
        super().__init__(type(tree).__name__)
        self.tree = tree


class Kind(ABC):
    """One kind of number. Operations round (or refuse) as the kind does; none may warn or print."""

    name: str = ""
    natives: Mapping[str, Unary] = {}
    """Built-in functions computed directly, by canonical name."""
    slopes: Mapping[str, Unary] = {}
    """First derivatives of built-in functions computed directly."""
    prefers_stable: ClassVar[bool] = True
    """Whether derivatives are taken in their form without cancellation."""
    ordered: ClassVar[bool] = True
    """Whether numbers can be compared."""
    dtype: Any = object
    """What NumPy arrays of these numbers hold."""

    @abstractmethod
    def number(self, value: Fraction) -> Value:
        """The nearest number of this kind."""

    @abstractmethod
    def constant(self, name: str) -> Value:
        """`e`, `pi` or `infty`."""

    @abstractmethod
    def divide(self, left: Value, right: Value) -> Value:
        """Left / right."""

    @abstractmethod
    def power(self, base: Value, exponent: Value) -> Value:
        """Base ^ exponent for any exponent of this kind."""

    @abstractmethod
    def compare(self, operator: str, left: Value, right: Value) -> bool | None:
        """Whether `left operator right`; None where this kind cannot tell."""

    def add(self, left: Value, right: Value) -> Value:
        """Left + right."""
        return left + right

    def multiply(self, left: Value, right: Value) -> Value:
        """Left * right."""
        return left * right

    def negate(self, operand: Value) -> Value:
        """-operand."""
        return -operand

    def matmul(self, left: Value, right: Value) -> Value:
        """The product of two two-dimensional arrays."""
        return left @ right

    def total(self, array: Value) -> Value:
        """The sum of all entries of an array, from the first to the last."""
        entries = array.reshape(-1)
        found = entries[0]
        for entry in entries[1:]:
            found = self.add(found, entry)
        return found

    def power_integer(self, base: Value, exponent: int) -> Value:
        """Base ^ exponent for an integer exponent."""
        return self.power(base, self.number(Fraction(exponent)))

    def unknown_choice(self, options: tuple[Value, ...]) -> Value:
        """A value that covers all options, where a condition could not be decided."""
        raise Inexact("condition")

    def general(self, function: Tree, order: int) -> Callable[..., Value] | None:
        """Values for a function about which nothing is known; None if this kind has none to offer."""
        return None

    def native(self, name: str, order: int) -> Unary | None:
        """The built-in `name`, differentiated `order` times, computed directly; None if it is not."""
        if order == 0:
            return self.natives.get(name)
        return self.slopes.get(name) if order == 1 else None

    def exact_points(self) -> bool:
        """Whether the questionnaire's rational values are needed before any formula."""
        return False

    def working(self) -> AbstractContextManager[object]:
        """The surroundings in which operations of this kind run (precision, silenced warnings)."""
        return nullcontext()
