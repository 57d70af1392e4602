"""The floating-point formats by their two facts: bits of precision and the largest exponent."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Format:
    """A binary format with gradual underflow; all its limits are exact.

    precision: bits of the significand, the hidden one included. exponent: of the largest power of two in it.
    """

    name: str
    precision: int
    exponent: int

    @property
    def largest(self) -> Fraction:
        """The largest finite number."""
        return (2 - Fraction(2) ** (1 - self.precision)) * Fraction(2) ** self.exponent

    @property
    def smallest_normal(self) -> Fraction:
        """The smallest positive number with all its digits."""
        return Fraction(2) ** (1 - self.exponent)

    @property
    def smallest_subnormal(self) -> Fraction:
        """The smallest positive number; half of it and less round to 0."""
        return self.smallest_normal * self.spacing

    @property
    def spacing(self) -> Fraction:
        """From 1 to the next number."""
        return Fraction(2) ** (1 - self.precision)

    @property
    def vanishing(self) -> Fraction:
        """The largest positive number that rounds to 0 (a tie goes to the even neighbour)."""
        return self.smallest_subnormal / 2

    @property
    def overflowing(self) -> Fraction:
        """The smallest number that rounds to infinity."""
        return (2 - Fraction(2) ** -self.precision) * Fraction(2) ** self.exponent


FORMATS = {
    one.name: one
    for one in (
        Format("float16", 11, 15),
        Format("bfloat16", 8, 127),
        Format("float32", 24, 127),
        Format("float64", 53, 1023),
    )
}
