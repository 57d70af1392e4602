"""An exact constant of the kernel as a tree for people."""

from __future__ import annotations

from fractions import Fraction

from symgrad.notation.tree import ONE, ZERO, Add, Apply, Constant, Div, Mul, Name, Neg, Number, Pow, Tree
from symgrad.proving.kernel.analysis.constants import Base, Exact, Monomial, Sum


def spelt(value: Exact) -> Tree:
    """Roots, logarithms and fractions as they are written."""
    above, below = _sum(value.above), _sum(value.below)
    return above if below == ONE else Div(above, below)


def _sum(terms: Sum) -> Tree:
    parts = [_term(monomial, c) for monomial, c in sorted(terms, key=repr)]
    if not parts:
        return ZERO
    return parts[0] if len(parts) == 1 else Add(tuple(parts))


def _term(monomial: Monomial, c: Fraction) -> Tree:
    factors = [_power(base, k) for base, k in sorted(monomial, key=repr)]
    if abs(c) != 1 or not factors:
        factors.insert(0, Number(abs(c)))
    tree: Tree = factors[0] if len(factors) == 1 else Mul(tuple(factors))
    return Neg(tree) if c < 0 else tree


def _power(base: Base, k: Fraction) -> Tree:
    match base:
        case int():
            tree: Tree = Number(Fraction(base))
        case "pi" | "e":
            tree = Constant(base)
        case ("of", Exact() as inside):
            tree = spelt(inside)
        case (str() as name, Exact() as inside):
            tree = Apply(Name(name), (spelt(inside),))
        case _:
            raise TypeError(base)
    if k == Fraction(1, 2):
        return Apply(Name("sqrt"), (tree,))
    return tree if k == 1 else Pow(tree, Number(k))
