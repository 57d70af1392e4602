"""Exact real constants: quotients of sums of products of roots, pi, e, logarithms and values of functions.

Two constants with one normal form are equal; equality that no rule here sees stays unproved, never assumed.
Every constant carries a ball that certainly holds it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from flint import arb, fmpz

from symgrad.errors import CertificateError
from symgrad.proving.kernel.evaluate import ball as as_ball

Base: TypeAlias = "int | str | tuple[str, Exact]"
"""A prime, `pi` or `e`, or a function of a constant: exp, log, erf, arctan; `of` is the constant itself."""
Monomial: TypeAlias = frozenset[tuple[Base, Fraction]]
Sum: TypeAlias = frozenset[tuple[Monomial, Fraction]]
UNIT: Monomial = frozenset()
MAX_TERMS, MAX_SIZE, MAX_POWER = 200, 10**18, 64
POSITIVE = ("exp", "of")


@dataclass(frozen=True, slots=True)
class Exact:
    """above / below, and a ball around the value; below is not zero."""

    above: Sum
    below: Sum
    ball: arb = field(compare=False)

    @property
    def is_zero(self) -> bool:
        """Certainly 0."""
        return not self.above

    @property
    def rational(self) -> Fraction | None:
        """The value where it is plainly rational."""
        if self.is_zero:
            return Fraction(0)
        value = dict(self.above).get(UNIT)
        return value if value is not None and len(self.above) == 1 and self.below == ONE.above else None

    def __add__(self, other: Exact) -> Exact:
        if self.below == other.below:
            above = _add(dict(self.above), dict(other.above))
            return _made(above, dict(self.below), self.ball + other.ball)
        above = _add(_times(self.above, other.below), _times(other.above, self.below))
        return _made(above, _times(self.below, other.below), self.ball + other.ball)

    def __neg__(self) -> Exact:
        return _made({m: -c for m, c in self.above}, dict(self.below), -self.ball)

    def __sub__(self, other: Exact) -> Exact:
        return self + -other

    def __mul__(self, other: Exact) -> Exact:
        above = _times(self.above, other.above)
        return _made(above, _times(self.below, other.below), self.ball * other.ball)

    def inverse(self) -> Exact:
        """1 / value; refused unless the value is certainly not 0."""
        if self.is_zero or not (self.ball > 0 or self.ball < 0):
            raise CertificateError("certificate-division")
        return _made(dict(self.below), dict(self.above), 1 / self.ball)

    def power(self, exponent: Fraction) -> Exact:
        """value^exponent; for broken exponents the value is positive."""
        if exponent.denominator == 1:
            if abs(exponent) > MAX_POWER:
                raise CertificateError("certificate-too-large")
            base, result = (self if exponent >= 0 else self.inverse()), ONE
            for _ in range(abs(int(exponent))):
                result = result * base
            return result
        if self.is_zero and exponent > 0:
            return self
        if not self.ball > 0:
            raise CertificateError("certificate-sign")
        if (parts := _factored(self)) is None:
            return _of_base(("of", self), exponent)
        result = ONE
        for factor, k in parts:
            result = result * _of_base(factor, k * exponent)
        return result

    def exp(self) -> Exact:
        """e^value: e^(p + q log a) = e^p a^q."""
        if self.below != ONE.above:
            return ONE if self.is_zero else _of_base(("exp", self), Fraction(1))
        result = ONE
        for monomial, c in self.above:
            match list(monomial):
                case []:
                    result = result * _of_base("e", c)
                case [(("log", inside), k)] if k == 1 and isinstance(inside, Exact):
                    result = result * inside.power(c)
                case _:
                    one = _made({monomial: Fraction(1)}, dict(ONE.above), _value(monomial))
                    result = result * _of_base(("exp", one), c)
        return result

    def log(self) -> Exact:
        """Log value, of a positive value; a product becomes a sum."""
        if not self.ball > 0:
            raise CertificateError("certificate-sign")
        if (parts := _factored(self)) is None:
            return _of_base(("log", self), Fraction(1))
        total = ZERO
        for base, k in parts:
            total = total + exact(k) * _log(base)
        return total

    def odd(self, name: str) -> Exact:
        """Erf or arctan of the value."""
        if self.is_zero:
            return self
        if self.ball < 0:
            return -(-self).odd(name)
        if name == "arctan" and self == ONE:
            return pi() * exact(Fraction(1, 4))
        return _of_base((name, self), Fraction(1))


def _made(above: dict[Monomial, Fraction], below: dict[Monomial, Fraction], value: arb) -> Exact:
    """Above / below, a single term below divided in."""
    if not above:
        return ZERO
    if len(below) == 1:
        ((monomial, c),) = below.items()
        if monomial or c != 1:
            inverse = {_inverted(monomial): 1 / c}
            above, below = _times(frozenset(above.items()), frozenset(inverse.items())), {UNIT: Fraction(1)}
    return Exact(frozenset(above.items()), frozenset(below.items()), value)


def _add(a: dict[Monomial, Fraction], b: dict[Monomial, Fraction]) -> dict[Monomial, Fraction]:
    total = dict(a)
    for monomial, c in b.items():
        total[monomial] = total.get(monomial, Fraction(0)) + c
        if not total[monomial]:
            del total[monomial]
    return total


def _times(a: Sum, b: Sum) -> dict[Monomial, Fraction]:
    if len(a) * len(b) > MAX_TERMS:
        raise CertificateError("certificate-too-large")
    total: dict[Monomial, Fraction] = {}
    for m, c in a:
        for n, d in b:
            for monomial, factor in _joined(m, n):
                total = _add(total, {monomial: c * d * factor})
    return total


def _joined(m: Monomial, n: Monomial) -> list[tuple[Monomial, Fraction]]:
    """The product of two monomials: whole powers of primes are numbers, those of constants are put in."""
    exponents = dict(m)
    for base, k in n:
        exponents[base] = exponents.get(base, Fraction(0)) + k
    factor, whole = Fraction(1), ONE
    for base, k in list(exponents.items()):
        if k.denominator == 1 and abs(k) > MAX_POWER and base not in ("e", "pi"):
            raise CertificateError("certificate-too-large")
        match base:
            case int():
                factor *= Fraction(base) ** (k.numerator // k.denominator)
                exponents[base] = k % 1
            case ("of", Exact() as inside) if k >= 1:
                whole = whole * inside.power(Fraction(k.numerator // k.denominator))
                exponents[base] = k % 1
    left = frozenset((base, k) for base, k in exponents.items() if k)
    if whole == ONE:
        return [(left, factor)]
    if whole.below != ONE.above:
        raise CertificateError("certificate-too-large")
    return [(mm, f * factor * c) for w, c in whole.above for mm, f in _joined(left, w)]


def _inverted(monomial: Monomial) -> Monomial:
    return frozenset((base, -k) for base, k in monomial)


def _value(monomial: Monomial) -> arb:
    value = arb(1)
    for base, k in monomial:
        value *= _raised(base, k)
    return value


def _raised(base: Base, k: Fraction) -> arb:
    match base:
        case int():
            value = arb(base)
        case "pi":
            value = arb.pi()
        case "e":
            return as_ball(k).exp()
        case ("exp", inside):
            return (inside.ball * as_ball(k)).exp()
        case ("log", inside):
            value = inside.ball.log()
        case ("erf", inside):
            value = inside.ball.erf()
        case ("arctan", inside):
            value = inside.ball.atan()
        case ("of", inside):
            value = inside.ball
        case _:
            raise CertificateError("certificate-malformed", problem="constant")
    if k.denominator == 1:
        return value ** int(k)
    return value ** as_ball(k)


def _log(base: Base) -> Exact:
    """The logarithm of a positive base."""
    match base:
        case "e":
            return ONE
        case ("exp", Exact() as inside):
            return inside
        case ("of", Exact() as inside):
            return inside.log()
        case int() | "pi":
            return _of_base(("log", _of_base(base, Fraction(1))), Fraction(1))
    raise CertificateError("certificate-sign")


def _of_base(base: Base, k: Fraction) -> Exact:
    """base^k."""
    above: dict[Monomial, Fraction] = {}
    for monomial, factor in _joined(UNIT, frozenset({(base, k)})):
        above = _add(above, {monomial: factor})
    return _made(above, {UNIT: Fraction(1)}, _raised(base, k))


def _factored(value: Exact) -> list[tuple[Base, Fraction]] | None:
    """A constant as a product of powers of positive bases, None if it is no single product."""
    if len(value.above) != 1 or len(value.below) != 1:
        return None
    parts: list[tuple[Base, Fraction]] = []
    for terms, sign in ((value.above, 1), (value.below, -1)):
        ((monomial, c),) = terms
        if c <= 0 or max(c.numerator, c.denominator) > MAX_SIZE:
            return None
        for base, k in monomial:
            if isinstance(base, tuple) and base[0] not in POSITIVE:
                return None
            parts.append((base, k * sign))
        for size, way in ((c.numerator, sign), (c.denominator, -sign)):
            parts += [(int(p), Fraction(int(k) * way)) for p, k in fmpz(size).factor()]
    return parts


def exact(value: int | Fraction) -> Exact:
    """A rational constant."""
    value = Fraction(value)
    one = frozenset({(UNIT, Fraction(1))})
    return Exact(frozenset({(UNIT, value)} if value else ()), one, as_ball(value))


ZERO, ONE = exact(0), exact(1)


def pi() -> Exact:
    """Pi, at the precision of the moment."""
    return _of_base("pi", Fraction(1))
