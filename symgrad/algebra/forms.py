"""Normal forms: a rational number times atoms and irreducible polynomials to powers, and their arithmetic.

Products of hundreds of factors stay products; only sums are expanded, once what their terms share is out.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from time import monotonic
from typing import TypeAlias

from symgrad.algebra import polynomial as poly
from symgrad.algebra.polynomial import Exponent, Monomial, Poly, Terms, TooLarge, plain
from symgrad.notation.tree import Tree

Factor: TypeAlias = int | Poly
"""An atom's number, or a polynomial of at least two terms."""

MAX_BITS = 4096
MANY = 6
"""So many fractions are added at once; more are added by halves."""


class Undefined(ArithmeticError):
    """A division by something that is identically zero."""


@dataclass(frozen=True, slots=True)
class Form:
    """coefficient * product of factor^exponent; zero has coefficient 0 and no factors."""

    coefficient: Fraction
    factors: Mapping[Factor, Exponent] = field(default_factory=dict)

    def key(self) -> Hashable:
        """Equal keys mean equal forms."""
        return (self.coefficient, frozenset(self.factors.items()))

    def rational(self) -> Fraction | None:
        """The number that this is, or None."""
        return None if self.factors else self.coefficient


ZERO, ONE = Form(Fraction(0)), Form(Fraction(1))


def constant(value: int | Fraction) -> Form:
    """The form of a rational."""
    return Form(Fraction(value))


@dataclass(frozen=True, slots=True)
class Atom:
    """What an atom stands for.

    kind: leaf, apply, exp, log, sqrt, step, root, pow. arguments: the canonical forms below it.
    tree: the leaf itself, or the function's name; order: how often it is differentiated.
    """

    kind: str
    arguments: tuple[Form, ...] = ()
    tree: Tree | None = None
    order: int = 0


@dataclass(slots=True)
class Ring:
    """All atoms of one comparison, each canonical argument once; plus the arithmetic of forms over them."""

    atoms: list[Atom] = field(default_factory=list)
    numbers: dict[Hashable, int] = field(default_factory=dict)
    special: set[int] = field(default_factory=set)
    """Atoms with a relation of their own: step^2 = step, sqrt(u)^2 = u."""
    deadline: float | None = None

    def atom(
        self, kind: str, arguments: tuple[Form, ...] = (), tree: Tree | None = None, order: int = 0
    ) -> Form:
        """The atom as a form; the same atom for the same canonical arguments."""
        key = (kind, tuple(argument.key() for argument in arguments), tree, order)
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.atoms)
            self.atoms.append(Atom(kind, arguments, tree, order))
            if kind in ("step", "sqrt"):
                self.special.add(number)
        return Form(Fraction(1), {number: 1})

    def multiply(self, forms: Iterable[Form]) -> Form:
        """The product."""
        coefficient, factors = Fraction(1), dict[Factor, Exponent]()
        for form in forms:
            coefficient *= form.coefficient
            for factor, exponent in form.factors.items():
                factors[factor] = plain(factors.get(factor, 0) + exponent)
        if not coefficient:
            return ZERO
        return self._settled(coefficient, factors)

    def power(self, form: Form, exponent: int) -> Form:
        """Form ^ exponent."""
        if not form.coefficient:
            if exponent < 0:
                raise Undefined
            return ONE if exponent == 0 else ZERO
        c = form.coefficient
        bits = max(c.numerator.bit_length(), c.denominator.bit_length())
        if bits > 1 and bits * abs(exponent) > MAX_BITS:
            raise TooLarge("digits")
        factors = {factor: plain(e * exponent) for factor, e in form.factors.items()}
        return self._settled(Fraction(c**exponent), factors)

    def _settled(self, coefficient: Fraction, factors: dict[Factor, Exponent]) -> Form:
        """Zero exponents dropped, step^2 = step and sqrt(u)^2 = u applied to bare factors."""
        extra: list[Form] = []
        for factor in [f for f in factors if f in self.special]:
            exponent, atom = int(factors[factor]), self.atoms[factor]  # type: ignore[index]
            if atom.kind == "step":
                factors[factor] = (exponent > 0) - (exponent < 0)
            elif not 0 <= exponent <= 1:
                factors[factor] = exponent % 2
                extra.append(self.power(atom.arguments[0], exponent // 2))
        kept = {factor: exponent for factor, exponent in factors.items() if exponent}
        form = Form(coefficient, kept)
        return self.multiply([form, *extra]) if extra else form

    def negate(self, form: Form) -> Form:
        """-form."""
        return Form(-form.coefficient, form.factors)

    def add(self, forms: Iterable[Form]) -> Form:
        """The sum: shared factors first, then the rest expanded once and factored."""
        parts = self.collected(forms)
        if len(parts) < 2:
            return parts[0] if parts else ZERO
        self.check_time()
        shared = self._shared(parts)
        if len(parts) > MANY and any(exponent < 0 for exponent in shared.values()):
            # many denominators at once would each be multiplied into every other term
            middle = len(parts) // 2
            return self.add([self.add(parts[:middle]), self.add(parts[middle:])])
        total: Terms = {}
        for part in parts:
            rest = {f: plain(part.factors.get(f, 0) - shared.get(f, 0)) for f in {**part.factors, **shared}}
            poly.add_to(total, self.expanded(Form(part.coefficient, rest)))
        return self.multiply([Form(Fraction(1), shared), self.from_terms(poly.limited(total))])

    @staticmethod
    def collected(forms: Iterable[Form]) -> list[Form]:
        """The forms with like ones taken together; what cancels is gone."""
        total: dict[Hashable, Form] = {}
        for form in forms:
            key = frozenset(form.factors.items())
            before = total.get(key, ZERO).coefficient
            total[key] = Form(before + form.coefficient, form.factors)
        return [form for form in total.values() if form.coefficient]

    @staticmethod
    def _shared(parts: list[Form]) -> dict[Factor, Exponent]:
        """For every factor the least exponent over all parts (0 where it is missing), if not 0."""
        counts: dict[Factor, int] = {}
        least: dict[Factor, Exponent] = {}
        for part in parts:
            for factor, exponent in part.factors.items():
                counts[factor] = counts.get(factor, 0) + 1
                least[factor] = min(least.get(factor, exponent), exponent)
        return {
            factor: exponent
            for factor, exponent in least.items()
            if exponent and (counts[factor] == len(parts) or exponent < 0)
        }

    def expanded(self, form: Form) -> Terms:
        """A form without denominators as a polynomial, with the atoms' own relations applied."""
        monomial: Monomial = tuple(
            sorted((f, e) for f, e in form.factors.items() if isinstance(f, int) and e)
        )
        terms: Terms = {monomial: form.coefficient} if form.coefficient else {}
        for factor, exponent in form.factors.items():
            if isinstance(factor, Poly) and exponent:
                terms = poly.limited(poly.multiply(terms, poly.power(dict(factor.terms), int(exponent))))
                self.check_time()
        return self.reduced(terms) if self.special else terms

    def reduced(self, terms: Terms) -> Terms:
        """step^2 = step and sqrt(u)^2 = u inside a polynomial (the latter only where u is a polynomial)."""
        result: Terms = {}
        for monomial, coefficient in terms.items():
            replaced = [(f, int(e)) for f, e in monomial if f in self.special and e > 1]
            piece: Terms = {monomial: coefficient}
            for number, exponent in replaced:
                atom = self.atoms[number]
                if atom.kind == "step":
                    piece = {poly.times(m, ((number, 1 - exponent),)): c for m, c in piece.items()}
                elif all(e > 0 for e in atom.arguments[0].factors.values()):
                    inner = poly.power(self.expanded(atom.arguments[0]), exponent // 2)
                    lowered = {
                        poly.times(m, ((number, exponent % 2 - exponent),)): c for m, c in piece.items()
                    }
                    piece = self.reduced(poly.multiply(lowered, inner))
            poly.add_to(result, piece)
        return result

    def from_terms(self, terms: Terms) -> Form:
        """A polynomial as a form: monomial content, then irreducible factors."""
        if not terms:
            return ZERO
        content = poly.monomial_content(terms)
        terms = poly.divide_monomial(terms, content)
        factors: dict[Factor, Exponent] = dict(content)
        if len(terms) == 1:
            return Form(terms[()], factors)
        coefficient, parts = poly.factored(terms)
        for part, exponent in parts:
            factors[part] = factors.get(part, 0) + exponent
        return self._settled(coefficient, factors)

    def is_zero(self, form: Form) -> bool:
        """Whether the form is zero, the atoms' own relations included; denominators play no part."""
        if not form.coefficient:
            return True
        if not self.special:
            return False
        above = {f: e for f, e in form.factors.items() if e > 0}
        return any(self._touches(f) for f in above) and not self.expanded(Form(form.coefficient, above))

    def _touches(self, factor: Factor) -> bool:
        if isinstance(factor, int):
            return factor in self.special
        return any(atom in self.special for monomial, _ in factor.terms for atom, _ in monomial)

    def check_time(self) -> None:
        """TooLarge once the deadline has passed."""
        if self.deadline is not None and monotonic() > self.deadline:
            raise TooLarge("time")
