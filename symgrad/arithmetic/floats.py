"""Floating point of four widths, as NumPy scalars; every single operation is rounded to the width."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction

import numpy as np

from symgrad.arithmetic.kind import Kind, Unary, Value


def to_float(value: Fraction) -> float:
    """The nearest double; beyond the largest it is infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


class Float(Kind):
    """NumPy scalars of one dtype. Division by zero and overflow give inf and nan, silently."""

    def __init__(self, name: str, dtype: type[np.floating]) -> None:
        self.name, self.dtype = name, dtype
        self.one, self.zero = dtype(1), dtype(0)
        self.natives = self._natives()
        self.slopes = {"sigmoid": self._sigmoid_slope, "softplus": self._sigmoid, "relu": self._step}

    def number(self, value: Fraction) -> Value:
        """The nearest number of this width."""
        return self.dtype(to_float(value))

    def constant(self, name: str) -> Value:
        """Rounded to this width."""
        return self.dtype({"e": math.e, "pi": math.pi, "infty": math.inf}[name])

    def divide(self, left: Value, right: Value) -> Value:
        """Left / right, rounded; by zero it is inf or nan."""
        return left / right

    def matmul(self, left: Value, right: Value) -> Value:
        """Of the 16-bit formats every product and every partial sum is rounded."""
        if self.name not in ("float16", "bfloat16"):
            return left @ right
        found = self.multiply(left[:, :1], right[:1])
        for place in range(1, left.shape[1]):
            term = self.multiply(left[:, place : place + 1], right[place : place + 1])
            found = self.add(found, term)
        return found

    def total(self, array: Value) -> Value:
        """The wide formats in NumPy's order, the narrow ones rounding every partial sum."""
        if self.name in ("float16", "bfloat16"):
            return super().total(array)
        return array.sum()

    def power(self, base: Value, exponent: Value) -> Value:
        """Base ^ exponent, rounded once."""
        return np.power(base, exponent)

    def power_integer(self, base: Value, exponent: int) -> Value:
        """Squares by multiplication, as the hardware does."""
        if exponent == 2:
            return self.multiply(base, base)
        return self.power(base, self.number(Fraction(exponent)))

    def compare(self, operator: str, left: Value, right: Value) -> bool | None:
        """As IEEE compares; nan is unequal to all."""
        match operator:
            case "<":
                return bool(left < right)
            case "<=":
                return bool(left <= right)
            case ">":
                return bool(left > right)
            case ">=":
                return bool(left >= right)
            case "=":
                return bool(left == right)
            case "!=":
                return bool(left != right)
        return None

    def working(self) -> AbstractContextManager[object]:
        """Warnings of overflow and the like are silenced."""
        return np.errstate(all="ignore")

    def _sigmoid(self, x: Value) -> Value:
        """1/(1 + e^-x) with the exponential never overflowing."""
        if x >= 0:
            return self.divide(self.one, self.add(self.one, self._of(np.exp, -x)))
        e = self._of(np.exp, x)
        return self.divide(e, self.add(self.one, e))

    def _sigmoid_slope(self, x: Value) -> Value:
        """sigma(x) sigma(-x): no cancellation, unlike s(1 - s)."""
        return self.multiply(self._sigmoid(x), self._sigmoid(-x))

    def _softplus(self, x: Value) -> Value:
        """max(x, 0) + log1p(e^-|x|)."""
        return self.add(max(x, self.zero), self._of(np.log1p, self._of(np.exp, -abs(x))))

    def _step(self, x: Value) -> Value:
        return self.one if x > 0 else self.zero

    def _of(self, function: np.ufunc, x: Value) -> Value:
        """A NumPy function, rounded to the width."""
        return function(x)

    def _natives(self) -> dict[str, Unary]:
        def plain(function: np.ufunc) -> Unary:
            return lambda x: self._of(function, x)

        table = {
            "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "tanh": np.tanh, "sinh": np.sinh, "cosh": np.cosh,
            "arctan": np.arctan, "floor": np.floor, "abs": np.abs,
        }  # fmt: skip
        return {
            **{name: plain(function) for name, function in table.items()},
            "identity": lambda x: x,
            "relu": lambda x: x if x > 0 or x != x else self.zero,
            "sigmoid": self._sigmoid,
            "softplus": self._softplus,
            "sech": lambda x: self.divide(self.one, self._of(np.cosh, x)),
            "erf": lambda x: self._through(math.erf, x),
            "erfc": lambda x: self._through(math.erfc, x),
        }

    def _through(self, function: Callable[[float], float], x: Value) -> Value:
        """A function of doubles, rounded to the width."""
        return self.dtype(function(float(x)))


def round_to_bfloat16(value: Value) -> Value:
    """The nearest bfloat16 (ties to even), held in a float32."""
    if isinstance(value, np.ndarray):
        return _array_to_bfloat16(value)
    single = np.float32(value)
    if not np.isfinite(single):
        return single
    bits = int(single.view(np.uint32))
    bits = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
    return np.uint32(bits).view(np.float32)


def _array_to_bfloat16(values: Value) -> Value:
    """The same for an array."""
    single = values.astype(np.float32)
    bits = single.view(np.uint32).astype(np.uint64)
    bits = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
    return np.where(np.isfinite(single), bits.astype(np.uint32).view(np.float32), single)


class BFloat16(Float):
    """float32 arithmetic rounded to bfloat16 after every operation."""

    def __init__(self) -> None:
        super().__init__("bfloat16", np.float32)

    def number(self, value: Fraction) -> Value:
        """The nearest number of this width."""
        return round_to_bfloat16(np.float32(to_float(value)))

    def constant(self, name: str) -> Value:
        """Rounded to this width."""
        return round_to_bfloat16(super().constant(name))

    def add(self, left: Value, right: Value) -> Value:
        """Left + right, rounded."""
        return round_to_bfloat16(left + right)

    def multiply(self, left: Value, right: Value) -> Value:
        """Left * right, rounded."""
        return round_to_bfloat16(left * right)

    def divide(self, left: Value, right: Value) -> Value:
        """Left / right, rounded; by zero it is inf or nan."""
        return round_to_bfloat16(left / right)

    def power(self, base: Value, exponent: Value) -> Value:
        """Base ^ exponent, rounded once."""
        return round_to_bfloat16(np.power(base, exponent))

    def _of(self, function: np.ufunc, x: Value) -> Value:
        return round_to_bfloat16(function(x))

    def _through(self, function: Callable[[float], float], x: Value) -> Value:
        return round_to_bfloat16(function(float(x)))


FLOAT16 = Float("float16", np.float16)
BFLOAT16 = BFloat16()
FLOAT32 = Float("float32", np.float32)
FLOAT64 = Float("float64", np.float64)
