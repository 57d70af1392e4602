"""Index arithmetic: j-1, 2k+1, n; one canonical form, so that `a_{1+j}` and `a_{j+1}` are one name."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from symgrad.notation.tree import Add, Div, Mul, Name, Neg, Number, Tree, number

Linear = tuple[tuple[tuple[str, Fraction], ...], Fraction]
"""Coefficients of letters, sorted, and a constant."""


def linear(tree: Tree) -> Linear | None:
    """The tree as a linear form in letters, or None."""
    letters: dict[str, Fraction] = {}
    constant = Fraction(0)

    def collect(node: Tree, sign: Fraction) -> bool:
        nonlocal constant
        match node:
            case Number(value):
                constant += sign * value
            case Name(stem, ()):
                letters[stem] = letters.get(stem, Fraction(0)) + sign
            case Add(terms):
                return all([collect(term, sign) for term in terms])
            case Neg(operand):
                return collect(operand, -sign)
            case Mul((Number(value), other)) | Mul((other, Number(value))):
                return collect(other, sign * value)
            case Div(other, Number(value)) if value:
                return collect(other, sign / value)
            case _:
                return False
        return True

    if not collect(tree, Fraction(1)):
        return None
    return tuple(sorted((k, v) for k, v in letters.items() if v)), constant


def from_linear(form: Linear) -> Tree:
    """The canonical tree of a linear form: letters in order, then the constant."""
    terms: list[Tree] = []
    for letter, coefficient in form[0]:
        term: Tree = Name(letter)
        if abs(coefficient) != 1:
            term = Mul((number(abs(coefficient)), term))
        terms.append(Neg(term) if coefficient < 0 else term)
    if form[1] or not terms:
        constant: Tree = number(abs(form[1]))
        terms.append(Neg(constant) if form[1] < 0 and terms else number(form[1]) if not terms else constant)
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def canonical(tree: Tree) -> Tree:
    """The canonical form of an index; anything that is not linear stays as written."""
    form = linear(tree)
    return tree if form is None else from_linear(form)


def evaluate_index(tree: Tree, values: Mapping[str, int]) -> int | None:
    """The integer value of an index under values of its letters, or None where a letter has none."""
    form = linear(tree)
    if form is None or any(letter not in values for letter, _ in form[0]):
        return None
    result = form[1] + sum(coefficient * values[letter] for letter, coefficient in form[0])
    return int(result) if result.denominator == 1 else None
