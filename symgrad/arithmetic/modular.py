"""Integers modulo p = 2^61 - 1: exact checks of identities in which functions are random-looking atoms."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from hashlib import blake2b
from typing import ClassVar

from symgrad.arithmetic.kind import Inexact, Kind, Unary, Undefined, Value
from symgrad.notation.tree import Tree

P = 2**61 - 1
"""A Mersenne prime."""

_RATIONAL = frozenset({"identity"})


class ModP(Kind):
    """Residues. A transcendental or general function's value depends on it, its argument and the seed only.

    An identity between rational expressions in independent function values that fails somewhere fails here
    with probability at least 1 - degree/p; one that holds never fails.
    """

    name = "mod p"
    prefers_stable: ClassVar[bool] = False
    ordered: ClassVar[bool] = False

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def number(self, value: Fraction) -> int:
        """The residue of the rational."""
        return self.divide(value.numerator % P, value.denominator % P)

    def constant(self, name: str) -> int:
        """A random-looking residue."""
        if name == "infty":
            raise Undefined(name)
        return self.atom(name)

    def add(self, left: int, right: int) -> int:
        """Left + right mod p."""
        return (left + right) % P

    def multiply(self, left: int, right: int) -> int:
        """Left * right mod p."""
        return left * right % P

    def matmul(self, left: Value, right: Value) -> Value:
        """Reduced once an entry."""
        return (left @ right) % P

    def negate(self, operand: int) -> int:
        """-operand mod p."""
        return -operand % P

    def divide(self, left: int, right: int) -> int:
        """Left times the inverse of right."""
        if right == 0:
            raise Undefined("division by zero")
        return left * pow(right, -1, P) % P

    def power(self, base: int, exponent: int) -> int:
        """An atom of base and exponent."""
        return self.atom("power", base, exponent)

    def power_integer(self, base: int, exponent: int) -> int:
        """By repeated squaring."""
        if base == 0 and exponent < 0:
            raise Undefined("division by zero")
        return pow(base, exponent, P)

    def compare(self, operator: str, left: int, right: int) -> bool | None:
        """Residues have no order."""
        raise Inexact("residues have no order")

    def indicator(self, operator: str, left: int, right: int) -> int:
        """A random-looking value for the truth of a relation."""
        return self.atom("indicator " + operator, left, right)

    def native(self, name: str, order: int) -> Unary | None:
        """An atom, unless the function is rational."""
        if name in _RATIONAL or order > 0:
            return None
        return lambda x: self.atom(name, 0, x)

    def general(self, function: Tree, order: int) -> Callable[..., Value]:
        """An atom of the arguments."""
        name = repr(function)
        return lambda *arguments: self.atom(name, order, *arguments)

    def atom(self, name: str, *key: int) -> int:
        """A residue that only (name, key, seed) decide."""
        text = f"{self.seed}|{name}|{key}".encode()
        return int.from_bytes(blake2b(text, digest_size=16).digest(), "big") % P


MOD_P = ModP()
