"""Forms back to trees, for ratios, restrictions and everything else that people or other rooms read."""

from __future__ import annotations

from fractions import Fraction

from symgrad.algebra.forms import Factor, Form, Ring
from symgrad.algebra.polynomial import Exponent
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    Div,
    Indicator,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    number,
)


def factors(ring: Ring, form: Form) -> tuple[Fraction, tuple[tuple[Tree, Exponent], ...]]:
    """The coefficient and every factor as a tree with its exponent, atoms in order of first sight."""
    bare = sorted((f, e) for f, e in form.factors.items() if isinstance(f, int))
    sums = [(f, e) for f, e in form.factors.items() if not isinstance(f, int)]
    everything: list[tuple[Factor, Exponent]] = [*bare, *sums]
    return form.coefficient, tuple((factor_tree(ring, f), e) for f, e in everything)


def factor_tree(ring: Ring, factor: Factor) -> Tree:
    """One atom, or one polynomial as a sum."""
    if isinstance(factor, int):
        return _atom(ring, factor)
    terms = sorted(factor.terms, key=lambda term: (-sum(e for _, e in term[0]), term[0]))
    return Add(tuple(_signed(c, tuple((_atom(ring, a), e) for a, e in monomial)) for monomial, c in terms))


def to_tree(ring: Ring, form: Form) -> Tree:
    """A tree with the value of the form: one quotient of two products."""
    return _signed(*factors(ring, form)) if form.coefficient else ZERO


def _atom(ring: Ring, index: int) -> Tree:
    atom = ring.atoms[index]
    arguments = tuple(to_tree(ring, argument) for argument in atom.arguments)
    match atom.kind:
        case "leaf" if atom.tree is not None:
            return atom.tree
        case "apply" if isinstance(atom.tree, Apply):
            return Apply(atom.tree.function, arguments, atom.order, atom.tree.options)
        case "apply" if isinstance(atom.tree, Name):
            return Apply(atom.tree, arguments, atom.order)
        case "step":
            return Indicator(Relation((">",), (arguments[0], ZERO)))
        case "root":
            return Pow(arguments[0], Div(ONE, arguments[1]))
        case "pow":
            return Pow(*arguments)
    return Apply(Name(atom.kind), arguments)


def _signed(coefficient: Fraction, powers: tuple[tuple[Tree, Exponent], ...]) -> Tree:
    above = [_power(tree, e) for tree, e in powers if e > 0]
    below = [_power(tree, -e) for tree, e in powers if e < 0]
    size = abs(coefficient)
    if size.numerator != 1 or not above:
        above.insert(0, number(size.numerator))
    if size.denominator != 1:
        below.insert(0, number(size.denominator))
    tree = _product(above)
    if below:
        tree = Div(tree, _product(below))
    return Neg(tree) if coefficient < 0 else tree


def _power(tree: Tree, exponent: Exponent) -> Tree:
    return tree if exponent == 1 else Pow(tree, Number(Fraction(exponent)))


def _product(parts: list[Tree]) -> Tree:
    return parts[0] if len(parts) == 1 else Mul(tuple(parts))
