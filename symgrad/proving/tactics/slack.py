"""Assumptions as terms: larger - smaller = multiples of what they leave over, plus a rest of one sign."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symgrad.errors import CertificateError
from symgrad.notation.tree import ONE, Add, Div, Mul, Neg, Relation, Tree
from symgrad.proving.kernel import normal as nf
from symgrad.proving.tactics.expanded import factored, gap
from symgrad.proving.tactics.goal import Goal, Offer

MAX_CANDIDATES = 400


def candidates(goal: Goal) -> Iterator[Offer]:
    """One assumption, then two, each times the monomial that makes a term of the gap cancel."""
    value = gap(goal, 0)
    if value is None or len(value.numerator) > 40:
        return
    outside = ONE if value.denominator == nf.constant(1) else Div(ONE, nf.to_tree(value.denominator))
    slacks = [s for relation in goal.here.used for s in _slack(goal, relation)]
    first = list(_reduced(goal, value.numerator, slacks))
    made = 0
    for parts, rest in first:
        yield goal.difference(outside, _joined(goal, parts, rest))
    for parts, rest in first:
        for more, left in _reduced(goal, rest, slacks):
            made += 1
            if made > MAX_CANDIDATES:
                return
            yield goal.difference(outside, _joined(goal, [*parts, *more], left))


def _slack(goal: Goal, relation: Tree) -> Iterator[nf.Poly]:
    """Bigger - smaller of an assumed inequality."""
    match relation:
        case Relation(("<=" | "<" | "=",), (a, b)):
            sides = (b, a)
        case Relation((">=" | ">",), (a, b)):
            sides = (a, b)
        case _:
            return
    try:
        value = goal.bounds.normal(Add((sides[0], Neg(sides[1]))))
    except CertificateError:
        return
    if set(value.denominator) == {nf.UNIT}:
        yield value.numerator


def _reduced(goal: Goal, gap: nf.Poly, slacks: list[nf.Poly]) -> Iterator[tuple[list[Tree], nf.Poly]]:
    """Gap = multiplier * slack + rest, for every multiplier that cancels a term and is not negative."""
    for slack in slacks:
        for inside, c in slack.items():
            for term, d in gap.items():
                exponents = dict(term)
                for base, n in inside:
                    exponents[base] = exponents.get(base, 0) - n
                if d / c <= 0 or any(n < 0 for n in exponents.values()):
                    continue
                quotient = frozenset((base, n) for base, n in exponents.items() if n)
                multiplier = {quotient: d / c}
                if not goal.bounds.enclose(nf.to_tree(multiplier)).nonnegative:
                    continue
                rest = nf.add(gap, nf.scale(nf.times(multiplier, slack), Fraction(-1)))
                yield [Mul((nf.to_tree(multiplier), nf.to_tree(slack)))], rest


def _joined(goal: Goal, parts: list[Tree], rest: nf.Poly) -> Tree:
    if not rest:
        return parts[0] if len(parts) == 1 else Add(tuple(parts))
    outside, inside = factored(goal, nf.Rational(rest, nf.constant(1)))
    return Add((*parts, inside if outside == ONE else Mul((outside, inside))))
