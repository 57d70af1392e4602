"""Numbers as sign and natural logarithm of the size: nothing under- or overflows at any depth."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from symgrad.arithmetic.kind import Kind, Unary, Undefined

LOG_TINY = -600.0
"""Below this logarithm of |x|, tanh x = x, 1 + x = 1 and the like to all digits of a double."""


@dataclass(frozen=True, slots=True)
class SignedLog:
    """sign * exp(log); zero is SignedLog(0, -inf)."""

    sign: int
    log: float

    @classmethod
    def of(cls, value: float | int | Fraction) -> SignedLog:
        """The nearest SignedLog of an ordinary number, however large or small the fraction."""
        if value == 0:
            return ZERO
        if isinstance(value, float):
            return cls(1 if value > 0 else -1, math.log(abs(value)))
        fraction = Fraction(value)
        size = math.log(abs(fraction.numerator)) - math.log(fraction.denominator)
        return cls(1 if fraction > 0 else -1, size)

    def __float__(self) -> float:
        if self.sign == 0:
            return 0.0
        return self.sign * (math.exp(self.log) if self.log < 709.78 else math.inf)

    def __neg__(self) -> SignedLog:
        return SignedLog(-self.sign, self.log)

    def __abs__(self) -> SignedLog:
        return SignedLog(abs(self.sign), self.log)

    def __add__(self, other: SignedLog) -> SignedLog:
        if self.sign == 0 or other.sign == 0:
            return other if self.sign == 0 else self
        large, small = (self, other) if self.log >= other.log else (other, self)
        ratio = math.exp(small.log - large.log)
        if large.sign == small.sign:
            return SignedLog(large.sign, large.log + math.log1p(ratio))
        if large.log == small.log:
            return ZERO
        return SignedLog(large.sign, large.log + math.log(-math.expm1(small.log - large.log)))

    def __sub__(self, other: SignedLog) -> SignedLog:
        return self + -other

    def __mul__(self, other: SignedLog) -> SignedLog:
        sign = self.sign * other.sign
        return SignedLog(sign, self.log + other.log) if sign else ZERO

    def __truediv__(self, other: SignedLog) -> SignedLog:
        if other.sign == 0:
            raise Undefined("division by zero")
        return SignedLog(self.sign * other.sign, self.log - other.log) if self.sign else ZERO

    def __lt__(self, other: SignedLog) -> bool:
        return (self - other).sign < 0

    def __str__(self) -> str:
        """Decimal scientific notation: `-3.2e-601`."""
        if self.sign == 0 or not math.isfinite(self.log):
            return str(float(self))
        exponent = math.floor(self.log / math.log(10))
        digits = math.exp(self.log - exponent * math.log(10))
        return f"{'-' if self.sign < 0 else ''}{digits:.6g}e{exponent:+03d}"


ZERO = SignedLog(0, -math.inf)
ONE = SignedLog(1, 0.0)


def _softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def _sigmoid(x: SignedLog) -> SignedLog:
    return SignedLog(1, -_softplus(-float(x)))


def _sigmoid_slope(x: SignedLog) -> SignedLog:
    return SignedLog(1, -_softplus(-float(x)) - _softplus(float(x)))


def _of_softplus(x: SignedLog) -> SignedLog:
    z = float(x)
    return SignedLog(1, z - math.exp(z) / 2 if z < -30 else math.log(_softplus(z)))


def _tanh(x: SignedLog) -> SignedLog:
    if x.sign == 0 or x.log < LOG_TINY:
        return x
    size = abs(float(x))
    return SignedLog(x.sign, math.log(-math.expm1(-2 * size)) - math.log1p(math.exp(-2 * size)))


def _log_cosh(x: SignedLog) -> float:
    size = abs(float(x))
    return size + math.log1p(math.exp(-2 * size)) - math.log(2)


def _sinh(x: SignedLog) -> SignedLog:
    return _tanh(x) * SignedLog(1, _log_cosh(x))


def _log(x: SignedLog) -> SignedLog:
    if x.sign <= 0:
        raise Undefined("log")
    return SignedLog.of(x.log)


def _sqrt(x: SignedLog) -> SignedLog:
    if x.sign < 0:
        raise Undefined("sqrt")
    return SignedLog(x.sign, x.log / 2)


def _like_identity(function: Callable[[float], float], slope: float = 1.0) -> Unary:
    """A function with f(x) = slope x near 0, through doubles elsewhere."""

    def apply(x: SignedLog) -> SignedLog:
        if x.sign == 0 or x.log < LOG_TINY:
            return x * SignedLog.of(slope)
        return SignedLog.of(function(float(x)))

    return apply


def _erfc(x: SignedLog) -> SignedLog:
    """Through doubles as long as they hold it; then e^(-x^2)/(x sqrt(pi)) times its series."""
    z = float(x)
    if z < 20:
        return SignedLog.of(math.erfc(z))
    term = series = 1.0
    for k in range(1, 12):
        term *= (1 - 2 * k) / (2 * z * z)
        series += term
    return SignedLog(1, -z * z - math.log(z) - math.log(math.pi) / 2 + math.log(series))


class SignedLogs(Kind):
    """The kind of SignedLog."""

    name = "log"
    natives = {  # noqa: RUF012 - one table for the class
        "exp": lambda x: SignedLog(1, float(x)),
        "log": _log,
        "sqrt": _sqrt,
        "abs": abs,
        "identity": lambda x: x,
        "relu": lambda x: x if x.sign > 0 else ZERO,
        "sigmoid": _sigmoid,
        "softplus": _of_softplus,
        "tanh": _tanh,
        "sinh": _sinh,
        "cosh": lambda x: SignedLog(1, _log_cosh(x)),
        "sech": lambda x: SignedLog(1, -_log_cosh(x)),
        "arctan": _like_identity(math.atan),
        "erf": _like_identity(math.erf, 2 / math.sqrt(math.pi)),
        "erfc": _erfc,
        "floor": lambda x: SignedLog.of(math.floor(float(x))),
    }
    slopes = {  # noqa: RUF012
        "sigmoid": _sigmoid_slope,
        "softplus": _sigmoid,
        "tanh": lambda x: SignedLog(1, -2 * _log_cosh(x)),
        "relu": lambda x: ONE if x.sign > 0 else ZERO,
    }

    def number(self, value: Fraction) -> SignedLog:
        """The nearest SignedLog."""
        return SignedLog.of(value)

    def constant(self, name: str) -> SignedLog:
        """By its logarithm."""
        return SignedLog(1, {"e": 1.0, "pi": math.log(math.pi), "infty": math.inf}[name])

    def divide(self, left: SignedLog, right: SignedLog) -> SignedLog:
        """The difference of the logarithms."""
        return left / right

    def power(self, base: SignedLog, exponent: SignedLog) -> SignedLog:
        """Exponent times the logarithm, for a base that is not negative."""
        if base.sign < 0:
            raise Undefined("power of a negative base")
        if base.sign == 0:
            if exponent.sign < 0:
                raise Undefined("division by zero")
            return ONE if exponent.sign == 0 else ZERO
        return SignedLog(1, base.log * float(exponent))

    def power_integer(self, base: SignedLog, exponent: int) -> SignedLog:
        """The sign follows the parity."""
        if base.sign == 0 or exponent == 0:
            return self.power(base, SignedLog.of(exponent))
        return SignedLog(base.sign if exponent % 2 else 1, base.log * exponent)

    def compare(self, operator: str, left: SignedLog, right: SignedLog) -> bool | None:
        """By the sign of the difference."""
        sign = (left - right).sign
        match operator:
            case "<" | "<=":
                return sign < 0 or (sign == 0 and operator == "<=")
            case ">" | ">=":
                return sign > 0 or (sign == 0 and operator == ">=")
            case "=" | "!=":
                return (sign == 0) is (operator == "=")
        return None


SIGNED_LOG = SignedLogs()
