"""Forms at a random-looking point modulo a prime: a cheap reason not to expand a difference."""

from __future__ import annotations

from fractions import Fraction

from symgrad.algebra.forms import Form, Ring
from symgrad.algebra.polynomial import Exponent
from symgrad.arithmetic.modular import MOD_P, P

SCALE = 5040
"""Atoms are SCALE-th powers, so that the fractional exponents of exponentials make sense."""


def may_agree(ring: Ring, left: Form, right: Form) -> bool:
    """False only if the two cannot be the same rational function of their atoms."""
    if ring.special:
        return True
    a, b = residue(left), residue(right)
    return a is None or b is None or a == b


def residue(form: Form) -> int | None:
    """The value modulo p with every atom a fixed random-looking residue; None where it has none."""
    result: int | None = _rational(form.coefficient)
    for factor, exponent in form.factors.items():
        if isinstance(factor, int):
            value = _power(factor, exponent)
        else:
            total = 0
            for monomial, coefficient in factor.terms:
                term = _rational(coefficient)
                for atom, e in monomial:
                    part = _power(atom, e)
                    term = None if term is None or part is None else term * part % P
                if term is None:
                    return None
                total += term
            value = pow(total, int(exponent), P) if total % P or exponent > 0 else None
        if result is None or value is None:
            return None
        result = result * value % P
    return result


def _rational(value: Fraction) -> int | None:
    if value.denominator % P == 0:
        return None
    return value.numerator * pow(value.denominator, -1, P) % P


def _power(atom: int, exponent: Exponent) -> int | None:
    scaled = Fraction(exponent) * SCALE
    if scaled.denominator != 1:
        return None
    return pow(MOD_P.atom("atom", atom), scaled.numerator, P)
