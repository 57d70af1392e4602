"""Whether a form is zero, sums in denominators multiplied through or divided out."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from symgrad.algebra.polynomial import Exponent
from symgrad.algebra.tensors.shaping import Value
from symgrad.algebra.tensors.table import Table
from symgrad.algebra.tensors.terms import Component, Factor, Form, Labels, Monomial, flat

if TYPE_CHECKING:
    from symgrad.algebra.tensors.build import Builder

ROUNDS = 6
STEPS = 400
Place = tuple[int, Labels]


def vanishes(builder: Builder, value: Value) -> bool:
    """Whether the value is zero wherever it is defined, as far as denominators are concerned."""
    form = value.form
    if not any(_is_sum(builder.table, f) for m in form for component in m for f in component):
        return not form
    form = divided(builder.table, form)
    return not form or all(_cleared(builder.table, group, ROUNDS) for group in _classes(builder.table, form))


def _is_sum(table: Table, factor: Factor) -> bool:
    return table.atoms[factor[0]].kind == "base"


def _outer(table: Table, monomial: Monomial) -> dict[Place, Exponent]:
    """The sums raised to powers that no summed index runs over."""
    return {
        (f[0], f[2]): f[1]
        for component in monomial
        for f in component
        if _is_sum(table, f) and all(label >= 0 for label in f[2])
    }


def _classes(table: Table, form: Form) -> list[Form]:
    """The terms by the fractional parts of their sums' exponents; classes cannot cancel each other."""
    found: dict[frozenset[tuple[Place, Fraction]], Form] = {}
    for monomial, c in form.items():
        parts = frozenset(
            (place, Fraction(e) - floor(e)) for place, e in _outer(table, monomial).items() if e != floor(e)
        )
        found.setdefault(parts, {})[monomial] = c
    return list(found.values())


def _cleared(table: Table, form: Form, rounds: int) -> bool:
    """Whether a class vanishes once its denominators are multiplied through."""
    if not form or not rounds:
        return not form
    least: dict[Place, Exponent] = {}
    for monomial in form:
        for place, e in _outer(table, monomial).items():
            least[place] = min(least.get(place, e), e)
    for monomial in form:
        here = _outer(table, monomial)
        for place in least:
            least[place] = min(least[place], here.get(place, 0))
    lowest = {place: e for place, e in least.items() if e}
    if not lowest:
        return False
    through: Monomial = tuple(sorted(((atom, -e, labels),) for (atom, labels), e in lowest.items()))
    form = divided(table, table.multiply({through: Fraction(1)}, form))
    return not form or all(_cleared(table, group, rounds - 1) for group in _classes(table, form))


def divided(table: Table, form: Form) -> Form:
    """m/P rewritten as 1 - (P - m)/P for the leading m of every sum P under a summed index."""
    done: Form = {}
    pending = dict(form)
    steps = 0
    while pending:
        monomial, c = pending.popitem()
        steps += 1
        found = None if steps > STEPS else _division(table, monomial)
        if found is None:
            value = done.get(monomial, Fraction(0)) + c
            done[monomial] = value
            if not value:
                del done[monomial]
            continue
        for other, d in found.items():
            value = pending.get(other, Fraction(0)) + c * d
            pending[other] = value
            if not value:
                del pending[other]
    return done


def _division(table: Table, monomial: Monomial) -> Form | None:
    """One step of division in a term, or None where there is nothing to divide."""
    for component in monomial:
        if len(component) < 2:
            continue
        for base in component:
            if not _is_sum(table, base) or base[1] >= 0 or all(label >= 0 for label in base[2]):
                continue
            if (lead := _lead(table, base[0])) is not None and _holds(component, lead[0], base[2]):
                return _step(table, monomial, base, lead)
    return None


def _lead(table: Table, number: int) -> tuple[list[Factor], Fraction, Monomial] | None:
    """The term of highest degree without summed indices."""
    best: tuple[Exponent, Monomial, Fraction] | None = None
    for monomial, c in table.atoms[number].argument:
        if not monomial or any(len(component) > 1 for component in monomial):
            continue
        factors = [f for component in monomial for f in component]
        if any(f[1] < 0 or any(label < 0 for label in f[2]) for f in factors):
            continue
        degree = sum(f[1] for f in factors)
        if best is None or (degree, monomial) > best[:2]:
            best = (degree, monomial, c)
    if best is None:
        return None
    return [f for component in best[1] for f in component], best[2], best[1]


def _holds(component: Component, lead: list[Factor], labels: Labels) -> bool:
    here = {(atom, places): e for atom, e, places in component}
    return all(
        here.get((atom, tuple(labels[place] for place in places)), 0) >= e and places
        for atom, e, places in lead
    )


def _step(
    table: Table, monomial: Monomial, base: Factor, lead: tuple[list[Factor], Fraction, Monomial]
) -> Form:
    """T m P^e = (T P^{e+1} - sum of the other terms m' of P: T m' P^e)/c."""
    factors, start = flat(monomial, {}, 2)
    place = [f for component in monomial for f in component].index(base)
    labels = factors[place][2]
    wanted = {(atom, tuple(labels[p] for p in places)): e for atom, e, places in lead[0]}
    rest: list[Factor] = []
    for index, (atom, exponent, ls) in enumerate(factors):
        left = exponent - wanted.pop((atom, ls), 0)
        if index != place and left:
            rest.append((atom, left, ls))
    total: Form = {}
    table.into(total, table.rebuilt(factors, [*rest, (base[0], base[1] + 1, labels)], 1 / lead[1]))
    for other, c in table.atoms[base[0]].argument:
        if other != lead[2]:
            more, _ = flat(other, dict(enumerate(labels)), start)
            new = [*rest, *more, (base[0], base[1], labels)]
            table.into(total, table.rebuilt(factors, new, -c / lead[1]))
    return total
