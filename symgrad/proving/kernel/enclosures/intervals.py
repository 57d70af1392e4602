"""Exact intervals: rational or infinite ends, each known to be attained by nothing outside (closed) or open.

An interval is an enclosure: every value lies in it. An open end is the stronger statement, so every operation
opens an end only where no combination of values can reach it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symgrad.errors import CertificateError


class Empty(CertificateError):
    """No value is left: the assumptions contradict each other."""


@dataclass(frozen=True, slots=True)
class Interval:
    """low..high; None is infinite (always open)."""

    low: Fraction | None = None
    low_closed: bool = False
    high: Fraction | None = None
    high_closed: bool = False

    def __post_init__(self) -> None:
        low, high = self.low, self.high
        if low is not None and high is not None:
            closed = self.low_closed and self.high_closed
            if low > high or (low == high and not closed):
                raise Empty("certificate-empty")

    @property
    def is_zero(self) -> bool:
        """Exactly {0}."""
        return self.low == 0 and self.high == 0

    @property
    def positive(self) -> bool:
        """Every value is > 0."""
        return self.low is not None and (self.low > 0 or (self.low == 0 and not self.low_closed))

    @property
    def nonnegative(self) -> bool:
        """Every value is >= 0."""
        return self.low is not None and self.low >= 0

    @property
    def nonzero(self) -> bool:
        """No value is 0."""
        return self.positive or (-self).positive

    def __and__(self, other: Interval) -> Interval:
        low, low_closed = self.low, self.low_closed
        if other.low is not None:
            if low is None or other.low > low:
                low, low_closed = other.low, other.low_closed
            elif other.low == low:
                low_closed = low_closed and other.low_closed
        high, high_closed = self.high, self.high_closed
        if other.high is not None:
            if high is None or other.high < high:
                high, high_closed = other.high, other.high_closed
            elif other.high == high:
                high_closed = high_closed and other.high_closed
        return Interval(low, low_closed, high, high_closed)

    def __neg__(self) -> Interval:
        def negative(end: Fraction | None) -> Fraction | None:
            return None if end is None else -end

        return Interval(negative(self.high), self.high_closed, negative(self.low), self.low_closed)

    def __add__(self, other: Interval) -> Interval:
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Interval(
            low, low is not None and self.low_closed and other.low_closed,
            high, high is not None and self.high_closed and other.high_closed,
        )  # fmt: skip

    def __mul__(self, other: Interval) -> Interval:
        if self.is_zero or other.is_zero:
            return point(0)
        corners = [_corner(a, b) for a in self._ends() for b in other._ends()]
        finite = [(value, closed) for value, infinite, closed in corners if not infinite]
        low, low_closed = _extreme(finite, any(infinite < 0 for _, infinite, _ in corners), min)
        high, high_closed = _extreme(finite, any(infinite > 0 for _, infinite, _ in corners), max)
        return Interval(low, low_closed, high, high_closed)

    def _ends(self) -> tuple[tuple[Fraction, int, bool], tuple[Fraction, int, bool]]:
        """Each end as (value, -1 | 0 | 1 for -inf, finite, +inf, closed)."""
        zero = Fraction(0)
        return (
            (zero, -1, False) if self.low is None else (self.low, 0, self.low_closed),
            (zero, 1, False) if self.high is None else (self.high, 0, self.high_closed),
        )

    def inverse(self) -> Interval:
        """1/x for an interval without 0."""
        if self.positive:
            low = None if self.low in (None, 0) else self.low
            high = self.high
            return Interval(
                Fraction(0) if high is None else 1 / high, high is not None and self.high_closed,
                None if low is None else 1 / low, low is not None and self.low_closed,
            )  # fmt: skip
        if (-self).positive:
            return -((-self).inverse())
        raise CertificateError("certificate-division")

    def magnitude(self) -> Interval:
        """|x|."""
        if self.nonnegative:
            return self
        if (-self).nonnegative:
            return -self
        low, high = self.low, self.high
        if low is None or high is None:
            return Interval(Fraction(0), True)
        top, closed = max((-low, self.low_closed), (high, self.high_closed))
        return Interval(Fraction(0), True, top, closed)

    def power(self, exponent: int) -> Interval:
        """x^exponent for exponent >= 0; even powers are never negative."""
        base = self.magnitude() if exponent % 2 == 0 else self

        def end(value: Fraction | None) -> Fraction | None:
            return None if value is None else value**exponent

        if exponent == 0:
            return point(1)
        return Interval(end(base.low), base.low_closed, end(base.high), base.high_closed)

    def hull(self, other: Interval) -> Interval:
        """The smallest interval holding both."""
        if self.low is None or other.low is None:
            low, low_closed = None, False
        else:
            low = min(self.low, other.low)
            low_closed = (self.low == low and self.low_closed) or (other.low == low and other.low_closed)
        if self.high is None or other.high is None:
            high, high_closed = None, False
        else:
            high = max(self.high, other.high)
            high_closed = any(x.high == high and x.high_closed for x in (self, other))
        return Interval(low, low_closed, high, high_closed)

    def shortened(self) -> Interval:
        """An interval around this one whose ends have no more than some thousand digits."""
        low, high = _rounded(self.low, down=True), _rounded(self.high, down=False)
        if low is self.low and high is self.high:
            return self
        low_closed = self.low_closed and (low is self.low or low != 0)
        high_closed = self.high_closed and (high is self.high or high != 0)
        return Interval(low, low is not None and low_closed, high, high is not None and high_closed)

    def to_data(self) -> list[Any]:
        """[low, closed, high, closed] with ends as text or None."""
        low = None if self.low is None else str(self.low)
        high = None if self.high is None else str(self.high)
        return [low, self.low_closed, high, self.high_closed]


def point(value: int | Fraction) -> Interval:
    """The interval of one value."""
    return Interval(Fraction(value), True, Fraction(value), True)


LINE = Interval()
MAX_BITS, KEPT_BITS = 8000, 256
"""How long the numerator and the denominator of an end may be; how many bits are left of a longer end."""


def _rounded(end: Fraction | None, down: bool) -> Fraction | None:
    """An end that is not too long, on the outer side: infinite or 0 where its size is out of all reach.

    An end that becomes 0 had the sign that an open 0 says.
    """
    if end is None or max(end.numerator.bit_length(), end.denominator.bit_length()) <= MAX_BITS:
        return end
    if not down:
        below = _rounded(-end, True)
        return None if below is None else -below
    exponent = end.numerator.bit_length() - end.denominator.bit_length()
    if exponent > MAX_BITS // 2:
        return Fraction(2) ** (MAX_BITS // 2) if end > 0 else None
    if exponent < -MAX_BITS // 2:
        return Fraction(0) if end > 0 else -(Fraction(2) ** (-MAX_BITS // 2 + 2))
    unit = Fraction(2) ** (exponent - KEPT_BITS)
    return (end // unit) * unit


def _corner(a: tuple[Fraction, int, bool], b: tuple[Fraction, int, bool]) -> tuple[Fraction, int, bool]:
    """The product of two ends; 0 times infinity is the limit 0, reached where the 0 is."""
    (x, x_infinite, x_closed), (y, y_infinite, y_closed) = a, b
    x_zero, y_zero = not x_infinite and x == 0, not y_infinite and y == 0
    if x_zero or y_zero:
        return Fraction(0), 0, (x_zero and x_closed) or (y_zero and y_closed)
    if x_infinite or y_infinite:
        return Fraction(0), (x_infinite or (1 if x > 0 else -1)) * (y_infinite or (1 if y > 0 else -1)), False
    return x * y, 0, x_closed and y_closed


def _extreme(finite: list[tuple[Fraction, bool]], infinite: bool, pick: Any) -> tuple[Fraction | None, bool]:
    """The least or greatest corner, closed if any corner there is; None where a corner is infinite."""
    if infinite:
        return None, False
    value: Fraction = pick(value for value, _ in finite)
    return value, any(closed for other, closed in finite if other == value)


MIRROR = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}


def half_line(operator: str, bound: Fraction) -> Interval:
    """The x with `x operator bound`."""
    match operator:
        case "<" | "<=":
            return Interval(None, False, bound, operator == "<=")
        case ">" | ">=":
            return Interval(bound, operator == ">=", None, False)
        case "=":
            return point(bound)
    return LINE


def sign_of(operator: str, gap: Interval) -> bool | None:
    """Whether `gap operator 0` holds everywhere (True) or nowhere (False)."""
    if operator in ("<", "<="):
        operator, gap = MIRROR[operator], -gap
    if operator == ">":
        return True if gap.positive else False if (-gap).nonnegative else None
    if operator == ">=":
        return True if gap.nonnegative else False if (-gap).positive else None
    equal = True if gap.is_zero else False if gap.nonzero else None
    return None if equal is None or operator not in ("=", "!=") else equal == (operator == "=")
