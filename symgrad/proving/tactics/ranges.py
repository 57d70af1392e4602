"""The exact range rule: cancel what both sides share, bound what is left factor by factor."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symgrad.notation.tree import ONE, Add, Div, Mul, Neg, Tree
from symgrad.proving.tactics.goal import Goal, Offer, bare, factors_of, product


def candidates(goal: Goal) -> Iterator[Offer]:
    """As it stands; then with the common factors outside; then with factors grouped by assumption."""
    yield goal.difference(ONE, Add((goal.larger, Neg(goal.smaller))))
    (c, left), (d, right) = factors_of(goal.smaller), factors_of(goal.larger)
    common: list[Tree] = []
    for factor in list(left):
        if factor in right:
            common.append(factor)
            left.remove(factor)
            right.remove(factor)
    below = [f for f in (*left, *right) if isinstance(f, Div)]
    for fraction in below:
        denominator = fraction.denominator
        common.append(fraction)
        for side in (left, right):
            if fraction in side:
                side.remove(fraction)
            else:
                side.append(denominator)
    outside = product(Fraction(1), common)
    smaller = product(c, left)
    if common:
        yield goal.difference(outside, Add((product(d, right), Neg(smaller))))
    grouped = grouped_by_assumption(goal, left)
    if grouped != left:
        yield goal.difference(outside, Add((product(d, right), Neg(product(c, grouped)))))


def grouped_by_assumption(goal: Goal, factors: list[Tree]) -> list[Tree]:
    """The factors with each product that an assumption speaks of put together, so that its fact applies."""
    rest = list(factors)
    for relation in goal.here.used:
        for side in getattr(relation, "operands", ()):
            _, wanted = factors_of(side)
            if len(wanted) < 2:
                continue
            plain = [bare(f) for f in wanted]
            members = [f for f in rest if bare(f) in plain]
            if len({bare(f) for f in members}) == len(plain):
                at = rest.index(members[0])
                for member in members:
                    rest.remove(member)
                rest.insert(at, Mul(tuple(members)))
    return rest
