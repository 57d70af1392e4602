"""Powers of forms: what all terms share, numbers' roots, and sums as atoms of their own."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from symgrad.algebra.forms import Undefined
from symgrad.algebra.polynomial import Exponent, plain
from symgrad.algebra.tensors.factoring import factored
from symgrad.algebra.tensors.sums import constant, scaled
from symgrad.algebra.tensors.terms import Factor, Form, Labels, Monomial
from symgrad.notation.tree import Tree

if TYPE_CHECKING:
    from symgrad.algebra.tensors.table import Atom


class Powers:
    """The part of a table that raises forms to powers."""

    __slots__ = ()
    atoms: list[Atom]
    deltas: set[int]

    @abstractmethod
    def multiply(self, left: Form, right: Form) -> Form:
        """The product entry by entry."""

    @abstractmethod
    def function(
        self, kind: str, form: Form, sizes: Mapping[int, Tree], tree: Tree | None = None, order: int = 0
    ) -> tuple[int, Labels]:
        """The atom of a function of a form."""

    def power(self, form: Form, exponent: Exponent, sizes: Mapping[int, Tree]) -> Form:
        """Every entry to a power; `sizes` are those of the labels."""
        exponent = plain(exponent)
        if not form:
            if exponent <= 0:
                raise Undefined
            return {}
        if isinstance(exponent, int) and 0 <= exponent <= 16:
            result = constant(1)
            for _ in range(exponent):
                result = self.multiply(result, form)
            return result
        content = self._content(form)
        rest = self.multiply({_single(content, -1): Fraction(1)}, form) if content else form
        if not isinstance(exponent, int):
            content, inside = self._positive(content)
            rest = self.multiply({_single(inside, 1): Fraction(1)}, rest) if inside else rest
        lead = rest[min(rest)]
        result = {_single(content, exponent): Fraction(1)}
        result = self.multiply(
            result, self._number(lead if isinstance(exponent, int) else abs(lead), exponent)
        )
        rest = scaled(rest, 1 / (lead if isinstance(exponent, int) else abs(lead)))
        if rest == constant(1):
            return result
        number, parts = factored(rest) if isinstance(exponent, int) else (Fraction(1), [(rest, 1)])
        result = scaled(result, number**exponent if isinstance(exponent, int) else number)
        for part, times in parts:
            lead = part[min(part)] if isinstance(exponent, int) else Fraction(1)
            if isinstance(exponent, int):
                result = scaled(result, lead ** (times * exponent))
            base, labels = self.function("base", scaled(part, 1 / lead), sizes)
            result = self.multiply(result, {(((base, times * exponent, labels),),): Fraction(1)})
        return result

    def _number(self, value: Fraction, exponent: Exponent) -> Form:
        """A positive rational (any but 0 for an integer exponent) to a power, its primes' roots as atoms."""
        if isinstance(exponent, int):
            return constant(value**exponent)
        result = constant(1)
        for part, sign in ((value.numerator, 1), (value.denominator, -1)):
            for prime, times in _primes(part):
                power = exponent * times * sign
                whole = floor(power)
                result = scaled(result, Fraction(prime) ** whole)
                if power != whole:
                    base, _ = self.function("base", constant(prime), {})
                    result = self.multiply(result, {(((base, power - whole, ()),),): Fraction(1)})
        return result

    def _content(self, form: Form) -> list[Factor]:
        """What every term shares among the factors without summed indices; the least exponents."""
        shared: dict[tuple[int, Labels], Exponent] | None = None
        for m in form:
            here = {
                (atom, labels): exponent
                for component in m
                if len(component) == 1
                for atom, exponent, labels in component
                if all(label >= 0 for label in labels) and atom not in self.deltas
            }
            if shared is None:
                shared = here
                continue
            lower = {k: min(e, here.get(k, 0)) for k, e in shared.items()}
            shared = {k: min(e, 0) for k, e in here.items() if k not in shared} | lower
        return [(atom, e, labels) for (atom, labels), e in (shared or {}).items() if e]

    def _positive(self, content: list[Factor]) -> tuple[list[Factor], list[Factor]]:
        """The factors that are surely positive, and the others."""
        sure = [f for f in content if self.is_positive(f[0])]
        return sure, [f for f in content if f not in sure]

    def is_positive(self, number: int) -> bool:
        """Whether an atom is positive for all real values of everything in it."""
        atom = self.atoms[number]
        if atom.kind == "exp":
            return True
        if atom.kind != "base":
            return False
        return all(
            c > 0 and all(self.is_positive(a) or e % 2 == 0 for comp in m for a, e, _ in comp)
            for m, c in atom.argument
        ) and any(all(self.is_positive(a) for comp in m for a, _, _ in comp) for m, _ in atom.argument)


def _primes(value: int) -> list[tuple[int, int]]:
    import flint

    if value > 1 << 32:
        return [(value, 1)]
    return [(int(p), int(e)) for p, e in flint.fmpz(value).factor()] if value > 1 else []


def _single(factors: Sequence[Factor], exponent: Exponent) -> Monomial:
    """Factors without summed indices to a power, as a monomial."""
    return tuple(sorted(((atom, plain(e * exponent), labels),) for atom, e, labels in factors))
