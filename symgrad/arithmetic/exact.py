"""Fractions: every operation exact; what is irrational is refused by Inexact, never rounded."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import ClassVar

from symgrad.arithmetic.kind import Inexact, Kind, Undefined

MAX_BITS = 4096
"""An exact power with more bits stays symbolic."""


def integer_root(value: int, degree: int) -> int | None:
    """The exact root of a non-negative integer, or None."""
    if value < 2 or degree == 1:
        return value
    if degree == 2:
        root = isqrt(value)
        return root if root * root == value else None
    if degree >= value.bit_length():
        return None
    low, high = 1, 1 << (value.bit_length() // degree + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= value else (low, middle - 1)
    return low if low**degree == value else None


def root(value: Fraction, degree: int) -> Fraction:
    """The exact real root; Inexact if irrational, Undefined if not real."""
    if value < 0:
        if degree % 2 == 0:
            raise Undefined("even root of a negative number")
        return -root(-value, degree)
    top, bottom = integer_root(value.numerator, degree), integer_root(value.denominator, degree)
    if top is None or bottom is None:
        raise Inexact("root")
    return Fraction(top, bottom)


def power(base: Fraction, exponent: Fraction) -> Fraction:
    """Base ^ exponent where it is rational and not too large to write down."""
    if base == 0 and exponent <= 0:
        if exponent == 0:
            return Fraction(1)
        raise Undefined("power of zero")
    if exponent.denominator != 1:
        if base < 0:
            raise Undefined("fractional power of a negative number")
        base = root(base, exponent.denominator)
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if bits > 1 and bits * abs(exponent.numerator) > MAX_BITS:
        raise Inexact("power too large")
    return Fraction(base**exponent.numerator)


def exponential(x: Fraction) -> Fraction:
    """exp(0) = 1; every other rational has an irrational exponential."""
    if x == 0:
        return Fraction(1)
    raise Inexact("exp")


def logarithm(x: Fraction) -> Fraction:
    """log(1) = 0; every other rational has an irrational logarithm."""
    if x <= 0:
        raise Undefined("log")
    if x == 1:
        return Fraction(0)
    raise Inexact("log")


class Exact(Kind):
    """fractions.Fraction."""

    name = "exact"
    natives = {  # noqa: RUF012 - one table for the class
        "exp": exponential,
        "log": logarithm,
        "sqrt": lambda x: root(x, 2),
        "abs": abs,
        "identity": lambda x: x,
        "relu": lambda x: max(x, Fraction(0)),
        "floor": lambda x: Fraction(x.numerator // x.denominator),
    }
    prefers_stable: ClassVar[bool] = False

    def number(self, value: Fraction) -> Fraction:
        """The fraction itself."""
        return value

    def constant(self, name: str) -> Fraction:
        """No constant is rational."""
        raise Inexact(name)

    def divide(self, left: Fraction, right: Fraction) -> Fraction:
        """Left / right, exactly."""
        if right == 0:
            raise Undefined("division by zero")
        return left / right

    def power(self, base: Fraction, exponent: Fraction) -> Fraction:
        """Where it is rational."""
        return power(base, exponent)

    def compare(self, operator: str, left: Fraction, right: Fraction) -> bool | None:
        """Always decided."""
        match operator:
            case "<":
                return left < right
            case "<=":
                return left <= right
            case ">":
                return left > right
            case ">=":
                return left >= right
            case "=":
                return left == right
            case "!=":
                return left != right
        return None

    def exact_points(self) -> bool:
        """sigmoid(0) = 1/2 and its like come first."""
        return True


EXACT = Exact()
