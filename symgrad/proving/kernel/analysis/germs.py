"""A function near an end of an interval, at infinity or beside a point: leading terms and bounded rests.

Everything is written in y >= start, where y grows towards the end: x = y, x = -y, x = c + 1/y or x = c - 1/y.
A germ is a finite sum of terms q(y) y^a log(y)^b exp(c_1 y + c_2 y^2 + ...); the factor q(y) of a term is an
exact constant, or any function that stays in a ball for all y >= start. So every operation is an equation
that holds for each y >= start, and nothing is asymptotic only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import factorial
from typing import TypeAlias

from flint import arb, arb_series

from symgrad.errors import CertificateError
from symgrad.notation.tree import Tree
from symgrad.proving.kernel.analysis.boxes import coefficient
from symgrad.proving.kernel.analysis.constants import ONE, ZERO, Exact, exact, pi
from symgrad.proving.kernel.evaluate import ball
from symgrad.proving.kernel.walk import Walk

MAX_ORDER, SPARE, START = 8, 8, 3
"""Most terms of a series, how many more a germ keeps, least y: from there on log(y) >= 1."""


@dataclass(frozen=True, slots=True)
class Term:
    """y^power log(y)^logs exp(sum of rate * y^k)."""

    power: Fraction = Fraction(0)
    logs: int = 0
    rates: frozenset[tuple[Fraction, Exact]] = frozenset()

    def __mul__(self, other: Term) -> Term:
        rates = dict(self.rates)
        for k, c in other.rates:
            rates[k] = rates.get(k, ZERO) + c
        kept = frozenset((k, c) for k, c in rates.items() if not c.is_zero)
        return Term(self.power + other.power, self.logs + other.logs, kept)

    def to(self, exponent: Fraction) -> Term:
        """The term raised to a power."""
        logs = self.logs * exponent
        if logs.denominator != 1:
            raise CertificateError("certificate-unsupported", kind="log")
        rates = frozenset((k, c * exact(exponent)) for k, c in self.rates if exponent)
        return Term(self.power * exponent, int(logs), rates)


UNIT = Term()


@dataclass(frozen=True, slots=True)
class Factor:
    """What multiplies a term: a ball, and the constant if it is one."""

    ball: arb
    exact: Exact | None = field(default=None)

    def __add__(self, other: Factor) -> Factor:
        if self.exact is not None and other.exact is not None:
            return of_exact(self.exact + other.exact)
        return Factor(self.ball + other.ball)

    def __mul__(self, other: Factor) -> Factor:
        if self.exact is not None and other.exact is not None:
            return of_exact(self.exact * other.exact)
        return Factor(self.ball * other.ball)

    def inverse(self) -> Factor:
        """1 / factor."""
        if self.exact is not None:
            return of_exact(self.exact.inverse())
        if not (self.ball > 0 or self.ball < 0):
            raise CertificateError("certificate-division")
        return Factor(1 / self.ball)


def of_exact(value: Exact) -> Factor:
    """A constant factor."""
    return Factor(value.ball, value)


def rational(value: int | Fraction) -> Factor:
    """A rational factor."""
    return of_exact(exact(value))


Germ: TypeAlias = dict[Term, Factor]


NO_VARIABLE: Mapping[Tree, Germ] = {}


def constant(value: Exact) -> Germ:
    """A constant germ."""
    return {} if value.is_zero else {UNIT: of_exact(value)}


class Germs(Walk[Germ]):
    """Arithmetic of germs for y >= start, series up to `order` terms."""

    def __init__(self, start: Fraction, order: int, given: Mapping[Tree, Germ] = NO_VARIABLE) -> None:
        super().__init__(given)
        if start < START or not 1 <= order <= MAX_ORDER:
            raise CertificateError("certificate-malformed", problem="end")
        self.start, self.order, self.most = start, order, order + SPARE
        self._y = ball(start)
        self._log = self._y.log()
        self._sizes: dict[Term, arb | None] = {}

    # ---- sizes of terms

    def decays(self, term: Term) -> bool:
        """Whether a term certainly never increases for y >= start (y d/dy of its logarithm is <= 0)."""
        rest = arb(0)
        if term.rates:
            top, lead = max(term.rates, key=lambda rate: rate[0])
            slope = ball(top) * lead.ball
            for k, c in term.rates:
                if k != top:
                    falling = (ball(k) * c.ball * self._y ** ball(k - top)).upper()
                    slope += falling if falling > 0 else arb(0)
            if not slope <= 0:
                return False
            rest = slope * self._y ** ball(top)
        rest += ball(term.power) + ball(Fraction(max(term.logs, 0))) / self._log
        if not term.rates and not term.logs:
            return term.power <= 0
        return bool(rest <= 0)

    def size(self, term: Term) -> arb | None:
        """The value at the start of a term that never increases; it is the largest. None for others."""
        if term not in self._sizes:
            self._sizes[term] = self.value(term) if self.decays(term) else None
        return self._sizes[term]

    def value(self, term: Term) -> arb:
        """The term at y = start."""
        rate = sum((c.ball * self._y ** ball(k) for k, c in term.rates), arb(0))
        return self._y ** ball(term.power) * self._log**term.logs * rate.exp()

    def hull(self, germ: Germ) -> arb:
        """A ball that holds the germ for all y >= start."""
        total = arb(0)
        for term, factor in germ.items():
            if term == UNIT:
                total += factor.ball
                continue
            if (size := self.size(term)) is None:
                raise CertificateError("certificate-interval")
            total += factor.ball * arb(0).union(size)
        return total

    def split(self, germ: Germ) -> tuple[Term, Factor, Germ]:
        """The leading term, its factor, and the rest relative to it: germ = factor term (1 + rest)."""
        if not germ:
            raise CertificateError("certificate-division")
        lead, *others = germ
        for term in others:
            if self.decays(lead * term.to(Fraction(-1))):
                lead = term
            elif not self.decays(term * lead.to(Fraction(-1))):
                raise CertificateError("certificate-interval")
        down, inverse = lead.to(Fraction(-1)), germ[lead].inverse()
        rest = {term * down: f * inverse for term, f in germ.items() if term != lead}
        return lead, germ[lead], rest

    # ---- arithmetic

    def number(self, value: Fraction) -> Germ:
        """A rational."""
        return constant(exact(value))

    def pi(self) -> Germ:
        """Pi."""
        return constant(pi())

    def add(self, a: Germ, b: Germ) -> Germ:
        """A + b."""
        return self.sum([a, b])

    def sum(self, parts: Iterable[Germ]) -> Germ:
        """A sum."""
        total: Germ = {}
        for part in parts:
            for term, factor in part.items():
                found = total[term] + factor if term in total else factor
                total[term] = found
                if found.exact is not None and found.exact.is_zero:
                    del total[term]
        return self.shortened(total)

    def times(self, a: Germ, b: Germ) -> Germ:
        """A product."""
        return self.sum({m * n: f * g} for m, f in a.items() for n, g in b.items())

    def scaled(self, germ: Germ, by: Factor) -> Germ:
        """Factor * germ."""
        if by.exact is not None and by.exact.is_zero:
            return {}
        return {term: factor * by for term, factor in germ.items()}

    def shortened(self, germ: Germ) -> Germ:
        """The largest terms; the others go into the remainder of the smallest of them."""
        if len(germ) <= self.most:
            return germ
        ordered = sorted(germ, key=lambda term: -float(abs(self.value(term)).log().mid()))
        kept, keep = {term: germ[term] for term in ordered[: self.most]}, ordered[self.most - 1]
        for term in ordered[self.most :]:
            size = self.size(term * keep.to(Fraction(-1)))
            if size is None:
                kept[term] = germ[term]
            else:
                kept[keep] = Factor(kept[keep].ball + germ[term].ball * arb(0).union(size))
        return kept

    def signs(self, germ: Germ) -> tuple[int, int]:
        """Twice 1 or -1 where the germ certainly has that sign for all y >= start; 0 for exactly 0."""
        if not germ:
            return 0, 0
        _, factor, rest = self.split(germ)
        if not 1 + self.hull(rest) > 0:
            raise CertificateError("certificate-sign")
        return (1, 1) if factor.ball > 0 else (-1, -1)

    # ---- functions

    def call(self, name: str, a: Germ) -> Germ:
        """A primitive function."""
        match name:
            case "exp":
                return self.exp(a)
            case "log":
                return self.log(a)
            case "sqrt":
                return self.power(a, Fraction(1, 2))
            case "erf" | "arctan":
                return self.odd(name, a)
        raise self.refused(name)

    def series(self, rest: Germ, coefficients: Callable[[int], Factor], last: arb) -> Germ:
        """c_0 + c_1 u + ... + last u^order, for the small germ u."""
        total, power = constant(ZERO), constant(ONE)
        for k in range(self.order):
            total = self.sum([total, self.scaled(power, coefficients(k))])
            power = self.times(power, rest)
        return self.sum([total, self.scaled(power, Factor(last))])

    def _around(self, rest: Germ) -> arb:
        """A ball from 0 to every value of a small germ."""
        return arb(0).union(self.hull(rest))

    def power(self, a: Germ, n: Fraction) -> Germ:
        """A^n: the leading term's, times a binomial series."""
        if n.denominator == 1 and 0 <= n <= MAX_ORDER:
            result = constant(ONE)
            for _ in range(int(n)):
                result = self.times(result, a)
            return result
        if not a and n > 0:
            return {}
        lead, factor, rest = self.split(a)
        outside = {lead.to(n): _raised(factor, n)}
        if not rest:
            return outside
        base = 1 + self._around(rest)
        if not base > 0:
            raise CertificateError("certificate-interval")
        last = ball(_binomial(n, self.order)) * base ** ball(n - self.order)
        inside = self.series(rest, lambda k: rational(_binomial(n, k)), last)
        return self.times(outside, inside)

    def log(self, germ: Germ) -> Germ:
        """The logarithm of the leading term, and the logarithmic series of the rest."""
        lead, factor, rest = self.split(germ)
        if not factor.ball > 0 or lead.logs:
            raise CertificateError("certificate-sign")
        first = of_exact(factor.exact.log()) if factor.exact is not None else Factor(factor.ball.log())
        parts: list[Germ] = [self.scaled({UNIT: rational(1)}, first)]
        if lead.power:
            parts.append({Term(logs=1): rational(lead.power)})
        parts += [{Term(k): of_exact(c)} for k, c in lead.rates]
        if rest:
            base, n = 1 + self._around(rest), self.order
            if not base > 0:
                raise CertificateError("certificate-interval")
            last = base**-n * (-1) ** (n + 1) / n
            parts.append(
                self.series(rest, lambda k: rational(Fraction((-1) ** (k + 1), k) if k else 0), last)
            )
        return self.sum(parts)

    def exp(self, germ: Germ) -> Germ:
        """Exp of what grows is a term, exp of what is constant a factor, exp of the rest a series."""
        term, factor, rest = UNIT, rational(1), {}
        for inner, f in germ.items():
            if inner == UNIT:
                factor = of_exact(f.exact.exp()) if f.exact is not None else Factor(f.ball.exp())
            elif inner.power > 0 and not inner.logs and not inner.rates and f.exact is not None:
                term = term * Term(rates=frozenset({(inner.power, f.exact)}))
            elif inner == Term(logs=1) and f.exact is not None and f.exact.rational is not None:
                term = term * Term(f.exact.rational)
            else:
                rest[inner] = f
        outside = {term: factor}
        if not rest:
            return outside
        if any(self.size(inner) is None for inner in rest):
            return self.times(outside, self._vanishing(rest))
        last = self._around(rest).exp() / factorial(self.order)
        return self.times(outside, self.series(rest, lambda k: rational(Fraction(1, factorial(k))), last))

    def _vanishing(self, germ: Germ) -> Germ:
        """Exp of what is negative, -u: 0 <= exp(-u) <= (n/e)^n / u^n."""
        if self.signs(germ) != (-1, -1):
            raise CertificateError("certificate-interval")
        most = (arb(self.order) / arb(1).exp()) ** self.order
        return self.scaled(self.power(self.negated(germ), Fraction(-self.order)), Factor(arb(0).union(most)))

    def bounded(self, name: str, germ: Germ) -> Germ:
        """Erf or arctan of a constant plus what is small: its Taylor series."""
        rest = {term: factor for term, factor in germ.items() if term != UNIT}
        at = germ.get(UNIT, rational(0))
        if at.exact is None:
            at, rest = Factor(self.hull(germ)), {}
        if not rest:
            value = at.exact.odd(name) if at.exact is not None else None
            return constant(value) if value is not None else {UNIT: Factor(_taylor(name, at.ball, 0))}
        assert at.exact is not None
        coefficients = [of_exact(c) for c in _exact_taylor(name, at.exact, self.order)]
        last = _taylor(name, at.ball + self._around(rest), self.order)
        return self.series(rest, lambda k: coefficients[k], last)

    def odd(self, name: str, germ: Germ) -> Germ:
        """Erf or arctan: bounded arguments by Taylor, growing ones by their distance from the limit."""
        if not germ:
            return {}
        lead, factor, rest = self.split(germ)
        down = lead.to(Fraction(-1))
        if lead == UNIT or not self.decays(down):
            return self.bounded(name, germ)
        if factor.ball < 0:
            minus = rational(-1)
            return self.scaled(self.odd(name, self.scaled(germ, minus)), minus)
        if name == "arctan":
            gap = self.bounded(name, self.power(germ, Fraction(-1)))
            return self.sum([constant(pi() * exact(Fraction(1, 2))), self.scaled(gap, rational(-1))])
        least = (factor.ball * self.value(lead) * (1 + self.hull(rest))).lower()
        if not least >= 1:
            raise CertificateError("certificate-interval")
        theta = (1 - 1 / (2 * least**2)).union(arb(1)) / arb.pi().sqrt()
        square = self.scaled(self.times(germ, germ), rational(-1))
        gap = self.times(self.exp(square), self.power(germ, Fraction(-1)))
        return self.sum([constant(ONE), self.scaled(gap, Factor(-theta))])


def _raised(factor: Factor, exponent: Fraction) -> Factor:
    if factor.exact is not None:
        return of_exact(factor.exact.power(exponent))
    if exponent == -1:
        return factor.inverse()
    if not factor.ball > 0:
        raise CertificateError("certificate-sign")
    return Factor(factor.ball ** ball(exponent))


def _binomial(p: Fraction, k: int) -> Fraction:
    value = Fraction(1)
    for j in range(k):
        value = value * (p - j) / (j + 1)
    return value


def _taylor(name: str, at: arb, k: int) -> arb:
    """The k-th Taylor coefficient of erf or arctan everywhere on a ball."""
    series = arb_series([at, 1], k + 1)
    return coefficient(series.erf() if name == "erf" else series.atan(), k)


def _exact_taylor(name: str, at: Exact, order: int) -> list[Exact]:
    """The Taylor coefficients at a constant, by the recurrence of the derivative."""
    found = [at.odd(name)]
    two = exact(2)
    if name == "erf":
        slope = [two * pi().power(Fraction(-1, 2)) * (-(at * at)).exp()]
        for k in range(1, order):  # g' = -2 (c + h) g
            before = slope[k - 2] if k > 1 else ZERO
            slope.append(-(two * (at * slope[k - 1] + before)) * exact(Fraction(1, k)))
    else:
        below = (ONE + at * at).inverse()
        slope = [below]
        for k in range(1, order):  # ((1 + c^2) + 2 c h + h^2) g = 1
            before = slope[k - 2] if k > 1 else ZERO
            slope.append(-(two * at * slope[k - 1] + before) * below)
    return [*found, *(slope[k] * exact(Fraction(1, k + 1)) for k in range(order - 1))]
