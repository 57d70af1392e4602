"""One relation to prove, and how a tactic writes down its argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import ONE, Apply, Div, Mul, Name, Neg, Number, Pow, Tree
from symgrad.proving import kernel
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.normal import ABS

Offer: TypeAlias = Callable[[], Mapping[str, Any]]
"""A proof entry, made only when it is its turn; making it may show that something is undefined."""


@dataclass(frozen=True, slots=True)
class Goal:
    """smaller <= larger (or <, or =, !=) in a setting; `bounds` knows the assumptions."""

    operator: str
    smaller: Tree
    larger: Tree
    here: kernel.Setting
    bounds: Bounds

    @property
    def strict(self) -> bool:
        """Whether equality would break the claim."""
        return self.operator in ("<", ">", "!=")

    def difference(self, common: Tree, difference: Tree, unfold: int = 0) -> Offer:
        """An offer: larger - smaller = common * difference."""
        return lambda: self._entry(common, difference, unfold)

    def _entry(self, common: Tree, difference: Tree, unfold: int) -> Mapping[str, Any]:
        bounds = self.here.bounds(self.smaller, self.larger, common, difference)
        if not self._signed(bounds, common, difference):  # the kernel would say so, only later
            raise CertificateError("certificate-sign")
        intervals = [
            [to_data(tree), bounds.enclose(tree).to_data()] for tree in kernel.enclosed(common, difference)
        ]
        return {
            "rule": "difference",
            "common": to_data(common),
            "difference": to_data(difference),
            "unfold": unfold,
            "intervals": intervals,
        }

    def _signed(self, bounds: Bounds, common: Tree, difference: Tree) -> bool:
        """Whether the intervals of both give the comparison."""
        size, sign = bounds.enclose(common), bounds.enclose(difference)
        match self.operator:
            case "!=":
                return bounds.nonzero(common) and bounds.nonzero(difference)
            case "=":
                return sign.is_zero
            case "<" | ">":
                return size.nonnegative and sign.positive
        return size.nonnegative and sign.nonnegative


def factors_of(tree: Tree) -> tuple[Fraction, list[Tree]]:
    """A product as coefficient and factors, in written order, through signs, quotients and bars."""
    match tree:
        case Number(value):
            return value, []
        case Pow(Number(value), Number(n)) if n.denominator == 1 and abs(n) <= 4096 and (value or n > 0):
            return value ** int(n), []
        case Neg(a):
            c, factors = factors_of(a)
            return -c, factors
        case Mul(parts):
            total, all_factors = Fraction(1), []
            for part in parts:
                c, factors = factors_of(part)
                total *= c
                all_factors += factors
            return total, all_factors
        case Div(a, b):
            c, factors = factors_of(a)
            d, below = factors_of(b)
            if d == 0:
                return Fraction(1), [tree]
            return c / d, factors + [Div(ONE, f) for f in below]
        case Apply(Name("abs"), (a,), 0):
            c, factors = factors_of(a)
            return abs(c), [Apply(Name("abs"), (f,)) for f in factors]
    return Fraction(1), [tree]


def bare(tree: Tree) -> Tree:
    """The x of |x|; anything else is itself."""
    return tree.arguments[0] if isinstance(tree, Apply) and tree.function == ABS and not tree.order else tree


def product(coefficient: Fraction, factors: Sequence[Tree]) -> Tree:
    """Coefficient * factors, without a needless 1."""
    parts: list[Tree] = [] if coefficient == 1 and factors else [Number(coefficient)]
    parts += factors
    return parts[0] if len(parts) == 1 else Mul(tuple(parts))
