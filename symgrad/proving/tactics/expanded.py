"""Both sides on one line, multiplied out: what is left may have one sign, or be a square."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.errors import CertificateError
from symgrad.notation.tree import ONE, Add, Apply, Div, Mul, Neg, Pow, Tree, number, walk
from symgrad.proving.kernel import normal as nf
from symgrad.proving.tactics.goal import Goal, Offer

MAX_UNFOLDED = 8
"""Applied functions beyond which unfolding them would only explode."""


def candidates(goal: Goal) -> Iterator[Offer]:
    """Common monomial / denominator, times the rest; also with derivatives and functions unfolded."""
    applied = {node for side in (goal.smaller, goal.larger) for node in walk(side) if isinstance(node, Apply)}
    for unfold in (0, 1, 2) if len(applied) <= MAX_UNFOLDED else (0,):
        value = gap(goal, unfold)
        if value is not None and value.numerator:
            outside, rest = factored(goal, value)
            yield goal.difference(outside, rest, unfold)


def gap(goal: Goal, unfold: int) -> nf.Rational | None:
    """Larger - smaller in normal form, or None where it grows too large."""
    normal = nf.Normaliser(goal.here.functions, unfold, goal.bounds._never_negative)
    try:
        return normal(Add((goal.larger, Neg(goal.smaller))))
    except CertificateError:
        return None


def factored(goal: Goal, value: nf.Rational) -> tuple[Tree, Tree]:
    """The part of certain sign that every term shares, over the denominator; and the rest."""
    poly = value.numerator
    shared = {base: n if goal.bounds.enclose(base).nonnegative else n - n % 2 for base, n in nf.content(poly)}
    drop = {base: n for base, n in shared.items() if n}
    rest = {nf.strip(monomial, drop): c for monomial, c in poly.items()}
    factors = [base if n == 1 else Pow(base, number(n)) for base, n in sorted(drop.items(), key=repr)]
    if value.denominator != nf.constant(1):
        factors.append(Div(ONE, nf.to_tree(value.denominator)))
    outside: Tree = ONE if not factors else factors[0] if len(factors) == 1 else Mul(tuple(factors))
    return outside, nf.to_tree(rest)
