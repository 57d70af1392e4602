"""A form as a product of irreducible ones, its components taken as variables; so (1 + E)^2 is found again."""

from __future__ import annotations

from fractions import Fraction

from symgrad.algebra import polynomial as poly
from symgrad.algebra.polynomial import Exponent, Terms
from symgrad.algebra.tensors.terms import Component, Form, Monomial

MAX_TERMS = 60
Key = Component | tuple[int, tuple[int, ...]]


def factored(form: Form) -> tuple[Fraction, list[tuple[Form, int]]]:
    """A number, and forms with exponents, whose product this is."""
    whole = (Fraction(1), [(form, 1)])
    if len(form) < 2 or len(form) > MAX_TERMS or not _worth(form):
        return whole
    numbers: dict[Key, int] = {}
    terms: Terms = {}
    for monomial, c in form.items():
        powers: dict[int, Exponent] = {}
        for key, e in map(_variable, monomial):
            number = numbers.setdefault(key, len(numbers))
            powers[number] = powers.get(number, 0) + e
        if any(e < 0 for e in powers.values()):
            return whole
        terms[tuple(sorted(powers.items()))] = c
    try:
        constant, parts = poly.factored(terms)
    except (ArithmeticError, ValueError):
        return whole
    if len(parts) == 1 and parts[0][1] == 1:
        return whole
    keys = {number: key for key, number in numbers.items()}
    return constant, [({_monomial(m, keys): Fraction(c) for m, c in part.terms}, e) for part, e in parts]


def _worth(form: Form) -> bool:
    """Whether some variable stands there twice; a form linear in all of them is hardly ever a product."""
    return any(
        len(component) > 1 or component[0][1] != 1 for monomial in form for component in monomial
    ) or any(len(monomial) > 1 for monomial in form)


def _variable(component: Component) -> tuple[Key, Exponent]:
    if len(component) == 1:
        ((atom, exponent, labels),) = component
        return (atom, labels), exponent
    return component, 1


def _monomial(monomial: poly.Monomial, keys: dict[int, Key]) -> Monomial:
    found: list[Component] = []
    for number, exponent in monomial:
        key = keys[number]
        match key:
            case (int() as atom, tuple() as labels) if all(isinstance(label, int) for label in labels):
                found.append(((atom, exponent, labels),))
            case _:
                found.extend([key] * int(exponent))  # type: ignore[list-item]
    return tuple(sorted(found))
