"""Elementary functions of forms, by rules that hold at every point where both sides are defined."""

from __future__ import annotations

from fractions import Fraction

from symgrad.algebra.forms import ONE, ZERO, Factor, Form, Ring, constant
from symgrad.algebra.polynomial import Exponent, Poly, TooLarge, plain
from symgrad.arithmetic.exact import integer_root
from symgrad.notation.tree import Constant

MAX_SPLIT = 12
"""An exponent with more terms stays one atom."""
SMALL = 1 << 32
"""Logarithms of larger integers are not split into primes."""


def exponential(ring: Ring, form: Form) -> Form:
    """exp(sum c_i m_i) = product E(m_i)^c_i over the numerator's monomials, each over the denominator."""
    if not form.coefficient:
        return ONE
    below = {f: e for f, e in form.factors.items() if e < 0}
    above = Form(form.coefficient, {f: e for f, e in form.factors.items() if e > 0})
    parts: list[tuple[Fraction, Form]] = [(form.coefficient, Form(Fraction(1), form.factors))]
    if any(isinstance(f, Poly) for f in above.factors):
        terms = _split(ring, above)
        if terms is not None:
            parts = [
                (c, ring.multiply([Form(Fraction(1), dict(m)), Form(Fraction(1), below)])) for m, c in terms
            ]
    return ring.multiply(_one_exponential(ring, c, unit) for c, unit in parts)


def _split(ring: Ring, above: Form) -> list[tuple[tuple[tuple[int, Exponent], ...], Fraction]] | None:
    try:
        terms = ring.expanded(above)
    except TooLarge:
        return None
    return list(terms.items()) if len(terms) <= MAX_SPLIT else None


def _one_exponential(ring: Ring, c: Fraction, unit: Form) -> Form:
    """exp(c unit); exp(k log(u)) = u^k for an integer k."""
    if len(unit.factors) == 1 and unit.coefficient == 1:
        ((factor, exponent),) = unit.factors.items()
        if isinstance(factor, int) and exponent == 1:
            atom = ring.atoms[factor]
            if atom.kind == "log" and c.denominator == 1:
                return ring.power(atom.arguments[0], int(c))
    c, unit = c * unit.coefficient, Form(Fraction(1), unit.factors)
    ((number, _),) = ring.atom("exp", (unit,)).factors.items()
    return Form(Fraction(1), {number: plain(c)})


def is_positive(ring: Ring, factor: Factor) -> bool:
    """Whether an atom or polynomial is positive for all real values of everything in it."""
    if isinstance(factor, int):
        atom = ring.atoms[factor]
        return atom.kind == "exp" or atom.tree == Constant("pi")
    some = False
    for monomial, coefficient in factor.terms:
        sure = all(is_positive(ring, atom) for atom, _ in monomial)
        even = all(e % 2 == 0 or is_positive(ring, atom) for atom, e in monomial)
        if coefficient < 0 or not even:
            return False
        some = some or sure
    return some


def logarithm(ring: Ring, form: Form) -> Form:
    """Log of a product of positive things is a sum; log(exp(u)) = u; other factors stay in one atom."""
    parts: list[Form] = []
    rest: dict[Factor, Exponent] = {}
    for factor, exponent in form.factors.items():
        if not is_positive(ring, factor):
            rest[factor] = exponent
        elif isinstance(factor, int) and ring.atoms[factor].kind == "exp":
            parts.append(ring.multiply([constant(Fraction(exponent)), ring.atoms[factor].arguments[0]]))
        else:
            inner = ring.atom("log", (Form(Fraction(1), {factor: 1}),))
            parts.append(ring.multiply([constant(Fraction(exponent)), inner]))
    sign = Fraction(1 if form.coefficient > 0 else -1)
    if len(rest) == 1 and sign == 1 and (odd := next(iter(rest.values()))) % 2:
        # u^3 and 1/u have the sign of u, so nothing is lost by log(u^n) = n log(u)
        inner = ring.atom("log", (Form(Fraction(1), dict.fromkeys(rest, 1)),))
        parts.append(ring.multiply([constant(Fraction(odd)), inner]))
    elif rest:
        parts.append(ring.atom("log", (Form(sign, rest),)))
    elif form.coefficient <= 0:
        return ring.atom("log", (form,))
    parts.extend(_log_of_rational(ring, abs(form.coefficient)))
    return ring.add(parts)


def _log_of_rational(ring: Ring, value: Fraction) -> list[Form]:
    if max(value.numerator, value.denominator) > SMALL:
        return [ring.atom("log", (constant(value),))]
    parts = []
    for part, sign in ((value.numerator, 1), (value.denominator, -1)):
        for prime, exponent in _primes(part):
            atom = ring.atom("log", (constant(prime),))
            parts.append(Form(Fraction(sign * exponent), atom.factors))
    return parts


def _primes(value: int) -> list[tuple[int, int]]:
    import flint

    return [(int(p), int(e)) for p, e in flint.fmpz(value).factor()] if value > 1 else []


def square_root(ring: Ring, form: Form) -> Form:
    """Squares come out as absolute values, exponentials halve, the rest is one atom with atom^2 = rest."""
    if not form.coefficient:
        return ZERO
    outside: list[Form] = []
    inside: dict[Factor, Exponent] = {}
    for factor, exponent in form.factors.items():
        if isinstance(factor, int) and ring.atoms[factor].kind == "exp":
            outside.append(Form(Fraction(1), {factor: plain(Fraction(exponent) / 2)}))
            continue
        half, odd = divmod(int(exponent), 2)
        if half and half % 2 == 0:
            outside.append(Form(Fraction(1), {factor: half}))
        elif half:
            outside.append(ring.power(absolute(ring, Form(Fraction(1), {factor: 1})), half))
        if odd:
            inside[factor] = 1
    top, bottom = _square_part(abs(form.coefficient.numerator)), _square_part(form.coefficient.denominator)
    # sqrt(t/b) = sqrt(t b)/b, so that the rest is an integer
    rest = top[1] * bottom[1]
    outside.append(constant(Fraction(top[0], bottom[0] * bottom[1])))
    # what is surely positive has a root of its own; the others may be negative in pairs
    alone = [Form(Fraction(1), {f: 1}) for f in inside if is_positive(ring, f)]
    alone.extend(map(constant, [p for p, _ in _primes(rest)] if rest <= SMALL else [rest]))
    outside.extend(ring.atom("sqrt", (part,)) for part in alone)
    together = Form(
        Fraction(1 if form.coefficient > 0 else -1), {f: 1 for f in inside if not is_positive(ring, f)}
    )
    if together.key() != ONE.key():
        outside.append(ring.atom("sqrt", (together,)))
    return ring.multiply(outside)


def _square_part(value: int) -> tuple[int, int]:
    """Value = s^2 r with s as large as is cheap to find."""
    if value > SMALL:
        root = integer_root(value, 2)
        return (1, value) if root is None else (root, 1)
    square, rest = 1, 1
    for prime, exponent in _primes(value):
        square *= prime ** (exponent // 2)
        rest *= prime ** (exponent % 2)
    return square, rest


def step(ring: Ring, form: Form) -> Form:
    """1 where the form is positive, else 0; positive factors and sizes play no part."""
    if not form.coefficient:
        return ZERO
    kept: dict[Factor, Exponent] = {}
    for factor, exponent in form.factors.items():
        if is_positive(ring, factor):
            continue
        if exponent % 2:
            kept[factor] = 1
        elif exponent > 0:
            kept[factor] = 2
    if not kept:
        return ONE if form.coefficient > 0 else ZERO
    return ring.atom("step", (Form(Fraction(1 if form.coefficient > 0 else -1), kept),))


def rectified(ring: Ring, form: Form) -> Form:
    """relu(u) = u step(u), written with the step of whichever of u, -u has a positive leading sign."""
    if form.coefficient >= 0:
        return ring.multiply([form, step(ring, form)])
    return ring.add([form, ring.negate(ring.multiply([form, step(ring, ring.negate(form))]))])


def absolute(ring: Ring, form: Form) -> Form:
    """|c| times |factor| for each, where |p| = p (2 step(p) - 1)."""
    parts = [constant(abs(form.coefficient))]
    for factor, exponent in form.factors.items():
        parts.append(Form(Fraction(1), {factor: exponent}))
        if exponent % 2 and not is_positive(ring, factor):
            sign = step(ring, Form(Fraction(1), {factor: 1}))
            parts.append(ring.add([ring.multiply([constant(2), sign]), constant(-1)]))
    return ring.multiply(parts)


def power(ring: Ring, base: Form, exponent: Form) -> Form:
    """Base ^ exponent for integer, rational or symbolic exponents."""
    n = exponent.rational()
    if n is not None and n.denominator == 1:
        return ring.power(base, int(n))
    if n is not None and n.denominator == 2:
        return ring.power(square_root(ring, base), n.numerator)
    if base.coefficient > 0 and all(is_positive(ring, factor) for factor in base.factors):
        return exponential(ring, ring.multiply([exponent, logarithm(ring, base)]))
    if n is not None:
        return ring.power(ring.atom("root", (base, constant(n.denominator))), n.numerator)
    whole = _integer_part(ring, exponent)
    if whole:
        rest = ring.add([exponent, constant(-whole)])
        return ring.multiply([power(ring, base, rest), ring.power(base, whole)])
    return ring.atom("pow", (base, exponent))


def _integer_part(ring: Ring, exponent: Form) -> int:
    """The integer constant term of a polynomial exponent: 1 for n + 1."""
    if any(e < 0 for e in exponent.factors.values()):
        return 0
    value = ring.expanded(exponent).get((), Fraction(0))
    return value.numerator // value.denominator


ELEMENTARY = {
    "exp": exponential,
    "log": logarithm,
    "sqrt": square_root,
    "abs": absolute,
    "relu": rectified,
}
"""Functions with rules of their own, by canonical name; the others go through their questionnaire."""
