"""Sparse polynomials over Q in numbered atoms; python-flint multiplies and factors the large ones.

A monomial is a sorted tuple of (atom, exponent). Exponents are positive integers, or positive fractions for
atoms that stand for exponentials (e^{z/2} beside e^z), which are scaled to integers before flint sees them.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from math import comb, gcd, lcm
from typing import Any, TypeAlias

import flint

Exponent: TypeAlias = int | Fraction
Monomial: TypeAlias = tuple[tuple[int, Exponent], ...]
Terms: TypeAlias = dict[Monomial, Fraction]

MAX_TERMS = 4000
"""A polynomial with more terms is not expanded."""
MAX_FACTORED_TERMS, MAX_FACTORED_DEGREE = 120, 40
"""A larger polynomial is kept as one factor: correct, only less reduced."""


class TooLarge(ArithmeticError):
    """The expansion would need too many terms, too high a degree, too many digits or too long."""


class Poly:
    """An interned primitive polynomial of at least two terms; its hash is computed once."""

    __slots__ = ("_hash", "terms")

    def __init__(self, terms: frozenset[tuple[Monomial, Fraction]]) -> None:
        self.terms = terms
        self._hash = hash(terms)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Poly) and self.terms == other.terms)


def plain(exponent: Exponent) -> Exponent:
    """An integer where the fraction is one."""
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        return exponent.numerator
    return exponent


def times(left: Monomial, right: Monomial) -> Monomial:
    """The product of two monomials."""
    if not left or not right:
        return left or right
    powers = dict(left)
    for atom, exponent in right:
        powers[atom] = plain(powers.get(atom, 0) + exponent)
    return tuple(sorted((atom, exponent) for atom, exponent in powers.items() if exponent))


def add_to(total: Terms, terms: Mapping[Monomial, Fraction], factor: Fraction = Fraction(1)) -> None:
    """Total += factor * terms, dropping what cancels."""
    for monomial, coefficient in terms.items():
        value = total.get(monomial, 0) + factor * coefficient
        if value:
            total[monomial] = Fraction(value)
        else:
            del total[monomial]


def multiply(left: Terms, right: Terms) -> Terms:
    """The product, through flint when it is large."""
    size = len(left) * len(right)
    if size > MAX_TERMS * 50:
        raise TooLarge("terms")
    if size <= 256:
        result: Terms = {}
        for monomial, coefficient in left.items():
            add_to(result, {times(monomial, other): coefficient * c for other, c in right.items()})
        return result
    frame = _Frame.around(left, right)
    return limited(frame.back(frame.into(left) * frame.into(right)))


def power(terms: Terms, exponent: int) -> Terms:
    """Terms ^ exponent for a non-negative exponent."""
    if len(terms) == 1:
        ((monomial, coefficient),) = terms.items()
        raised = tuple((atom, plain(e * exponent)) for atom, e in monomial) if exponent else ()
        return {raised: coefficient**exponent}
    if exponent > 256 or comb(len(terms) + exponent - 1, exponent) > MAX_TERMS:
        raise TooLarge("power")
    result: Terms = {(): Fraction(1)}
    for _ in range(exponent):
        result = multiply(result, terms)
    return result


def limited(terms: Terms) -> Terms:
    """The terms themselves, if they are not too many."""
    if len(terms) > MAX_TERMS:
        raise TooLarge("terms")
    return terms


def monomial_content(terms: Terms) -> Monomial:
    """The largest monomial that divides every term."""
    monomials = iter(terms)
    common = dict(next(monomials))
    for monomial in monomials:
        if not common:
            break
        here = dict(monomial)
        common = {atom: min(e, here[atom]) for atom, e in common.items() if atom in here}
    return tuple(sorted(common.items()))


def divide_monomial(terms: Terms, divisor: Monomial) -> Terms:
    """Terms / divisor, exactly."""
    if not divisor:
        return terms
    inverse = tuple((atom, -exponent) for atom, exponent in divisor)
    return {times(monomial, inverse): coefficient for monomial, coefficient in terms.items()}


def primitive(terms: Terms) -> tuple[Fraction, Poly]:
    """(c, p) with terms = c p and p's coefficients coprime integers, the leading one positive."""
    denominator = lcm(*(c.denominator for c in terms.values()))
    numbers = [int(c * denominator) for c in terms.values()]
    content = Fraction(gcd(*numbers), denominator)
    if terms[max(terms, key=_order)] < 0:
        content = -content
    return content, Poly(frozenset((monomial, c / content) for monomial, c in terms.items()))


def _order(monomial: Monomial) -> tuple[Exponent, tuple[tuple[int, Exponent], ...]]:
    return (sum(e for _, e in monomial), tuple((-atom, e) for atom, e in monomial))


def clearly_irreducible(terms: Terms) -> bool:
    """Whether some atom stands in one term only, to the first power (no monomial divides all terms)."""
    seen: dict[int, Exponent] = {}
    for monomial in terms:
        for atom, exponent in monomial:
            seen[atom] = 2 if atom in seen else exponent
    return 1 in seen.values()


def factored(terms: Terms) -> tuple[Fraction, list[tuple[Poly, int]]]:
    """Terms = c times polynomials to powers; no monomial may divide all terms, and there are at least two."""
    if (
        clearly_irreducible(terms)
        or len(terms) > MAX_FACTORED_TERMS
        or max(sum(e for _, e in monomial) for monomial in terms) > MAX_FACTORED_DEGREE
    ):
        content, poly = primitive(terms)
        return content, [(poly, 1)]
    frame = _Frame.around(terms)
    constant, parts = frame.into(terms).factor()
    content = Fraction(int(constant.p), int(constant.q))
    result = []
    for part, exponent in parts:
        inner, poly = primitive(frame.back(part))
        content *= inner ** int(exponent)
        result.append((poly, int(exponent)))
    return content, result


class _Frame:
    """A flint ring just large enough for some polynomials, their fractional exponents scaled to integers."""

    __slots__ = ("ring", "scales")

    def __init__(self, scales: dict[int, int]) -> None:
        self.scales = scales
        self.ring = _ring(len(scales))

    @classmethod
    def around(cls, *polynomials: Terms) -> _Frame:
        scales: dict[int, int] = {}
        for terms in polynomials:
            for monomial in terms:
                for atom, exponent in monomial:
                    if exponent > 1 << 24:
                        raise TooLarge("degree")
                    scales[atom] = lcm(scales.get(atom, 1), Fraction(exponent).denominator)
        return cls(dict(sorted(scales.items())))

    def into(self, terms: Terms) -> Any:
        data = {}
        for monomial, c in terms.items():
            powers = dict(monomial)
            key = tuple(int(powers.get(atom, 0) * scale) for atom, scale in self.scales.items())
            data[key] = flint.fmpq(c.numerator, c.denominator)
        return self.ring.from_dict(data)

    def back(self, polynomial: Any) -> Terms:
        atoms = list(self.scales.items())

        def monomial(key: tuple[int, ...]) -> Monomial:
            pairs = zip(atoms, key, strict=True)
            return tuple((atom, plain(Fraction(int(e), scale))) for (atom, scale), e in pairs if e)

        return {monomial(key): Fraction(int(c.p), int(c.q)) for key, c in polynomial.to_dict().items()}


@lru_cache(maxsize=256)
def _ring(size: int) -> Any:
    names = tuple(f"x{i}" for i in range(max(size, 1)))
    return flint.fmpq_mpoly_ctx.get(names, flint.Ordering.degrevlex)
