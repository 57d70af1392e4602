"""Rigorous real balls (python-flint `arb`): the true value always lies inside."""

from __future__ import annotations

from contextlib import AbstractContextManager
from fractions import Fraction

import flint
from flint import arb, fmpq

from symgrad.arithmetic.exact import MAX_BITS
from symgrad.arithmetic.kind import Inexact, Kind, Unary, Undefined, Value


def ball(value: Fraction) -> Value:
    """The ball around a rational at the current precision."""
    return arb(fmpq(value.numerator, value.denominator))


def sigmoid(x: Value) -> Value:
    """1/(1 + e^-x): x stands once, so the ball stays tight."""
    return 1 / (1 + (-x).exp())


def checked(function: Unary) -> Unary:
    """A function that raises Undefined instead of handing on an infinite or undefined ball."""

    def apply(x: Value) -> Value:
        return finite(function(x))

    return apply


def finite(value: Value) -> Value:
    """The ball itself; Undefined if it is not finite (outside the domain, or too wide to tell)."""
    if not value.is_finite():
        raise Undefined("no finite enclosure")
    return value


class Arb(Kind):
    """Balls of `bits` bits. Undecidable comparisons give the hull of both outcomes."""

    def __init__(self, bits: int = 128) -> None:
        self.bits, self.name = bits, f"arb{bits}"
        self.natives = {
            "exp": checked(lambda x: x.exp()),
            "log": checked(lambda x: x.log()),
            "sqrt": checked(lambda x: x.sqrt()),
            "abs": abs,
            "tanh": lambda x: x.tanh(),
            "sinh": checked(lambda x: x.sinh()),
            "cosh": checked(lambda x: x.cosh()),
            "sech": lambda x: x.sech(),
            "erf": lambda x: x.erf(),
            "erfc": lambda x: x.erfc(),
            "arctan": lambda x: x.atan(),
            "floor": lambda x: x.floor(),
            "identity": lambda x: x,
            "relu": lambda x: x.max(arb(0)),
            "sigmoid": sigmoid,
            "softplus": lambda x: x.exp().log1p() if x < 0 else x + (-x).exp().log1p(),
        }
        self.slopes = {"sigmoid": lambda x: sigmoid(x) * sigmoid(-x), "softplus": sigmoid}

    def number(self, value: Fraction) -> Value:
        """A ball around the rational."""
        return ball(value)

    def constant(self, name: str) -> Value:
        """A ball; infinity has none."""
        match name:
            case "e":
                return arb.const_e()
            case "pi":
                return arb.pi()
        raise Undefined(name)

    def divide(self, left: Value, right: Value) -> Value:
        """Left / right where the divisor's ball avoids zero."""
        return finite(left / right)

    def power(self, base: Value, exponent: Value) -> Value:
        """Base ^ exponent for a base known to be positive, or an integer exponent."""
        if exponent.is_exact() and exponent.is_integer():
            return self.power_integer(base, int(exponent.unique_fmpz()))
        if not base > 0:
            raise Undefined("power of a base not known to be positive")
        return finite(base**exponent)

    def power_integer(self, base: Value, exponent: int) -> Value:
        """By repeated squaring of balls."""
        if abs(exponent).bit_length() > MAX_BITS:
            raise Inexact("exponent too large")
        if exponent > 0 and base.mid() == 0:  # flint has no power of a ball around 0
            return base if exponent == 1 else arb(0, base.rad() ** exponent)
        return finite(base**exponent)

    def compare(self, operator: str, left: Value, right: Value) -> bool | None:
        """Decided only where it is certain."""
        match operator:
            case "<":
                return self._decided(left < right, left >= right)
            case "<=":
                return self._decided(left <= right, left > right)
            case ">":
                return self._decided(left > right, left <= right)
            case ">=":
                return self._decided(left >= right, left < right)
            case "=":
                return self._decided(left == right, left != right)
            case "!=":
                return self._decided(left != right, left == right)
        return None

    def unknown_choice(self, options: tuple[Value, ...]) -> Value:
        """The smallest ball that holds all options."""
        hull = options[0]
        for option in options[1:]:
            hull = hull.union(option)
        return hull

    def working(self) -> AbstractContextManager[object]:
        """The precision of this kind."""
        return flint.ctx.workprec(self.bits)  # type: ignore[no-any-return]

    @staticmethod
    def _decided(yes: bool, no: bool) -> bool | None:
        """Arb's comparisons are True only where certain, so neither may hold."""
        return True if yes else False if no else None
