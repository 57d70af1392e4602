"""Forms as sums: numbers, addition, multiples."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from symgrad.algebra.tensors.terms import Form, Monomial

ONE_TERM: Monomial = ()


def constant(value: int | Fraction) -> Form:
    """The form of a number."""
    return {ONE_TERM: Fraction(value)} if value else {}


def add(*forms: Mapping[Monomial, Fraction]) -> Form:
    """The sum, without what cancels."""
    total: Form = {}
    for form in forms:
        for monomial, c in form.items():
            value = total.get(monomial, Fraction(0)) + c
            if value:
                total[monomial] = value
            else:
                total.pop(monomial, None)
    return total


def scaled(form: Form, factor: Fraction) -> Form:
    """Factor * form."""
    return {monomial: c * factor for monomial, c in form.items()} if factor else {}
