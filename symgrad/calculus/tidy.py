"""Constructors that keep local derivatives readable: no 0 +, no 1 *, one number in front.

They only use rules that hold for all values; nothing is expanded or reordered.
"""

from __future__ import annotations

from fractions import Fraction
from math import prod

from symgrad.notation.tree import ONE, ZERO, Add, Div, Mul, Neg, Number, Pow, Tree, number


def split_number(tree: Tree) -> tuple[Fraction, tuple[Tree, ...]]:
    """A tree as a rational times the rest: -2 x y/3 is (-2/3, (x, y))."""
    match tree:
        case Number(value):
            return value, ()
        case Neg(operand):
            value, rest = split_number(operand)
            return -value, rest
        case Mul(factors):
            parts = [split_number(factor) for factor in factors]
            value = prod((part for part, _ in parts), start=Fraction(1))
            return value, tuple(tree for _, rest in parts for tree in rest)
        case Div(numerator, Number(divisor)) if divisor:
            value, others = split_number(numerator)
            return value / divisor, others
        case _:
            return Fraction(1), (tree,)


def times(*factors: Tree) -> Tree:
    """The product, its rational part in front: 1 and 0 disappear, -1 becomes a sign."""
    value, rest = Fraction(1), list[Tree]()
    for factor in factors:
        part, others = split_number(factor)
        value *= part
        rest.extend(others)
    if not value or not rest:
        return number(value)
    last = rest[-1]
    if value == -1 and isinstance(last, Add) and (flipped := flip(last)) is not None:
        rest[-1], value = flipped, Fraction(1)
    rest = over_common(rest)
    body: Tree = rest[0] if len(rest) == 1 else Mul(tuple(rest))
    if value == 1:
        return body
    if value == -1:
        return Neg(body)
    if value.numerator == 1 and value > 0:
        return Div(body, number(value.denominator))
    lead = number(abs(value))
    product = Mul((lead, *rest))
    return Neg(product) if value < 0 else product


def over_common(factors: list[Tree]) -> list[Tree]:
    """Reciprocals below the other factors: t (1/y) as t/y."""
    below = [factor.denominator for factor in factors if isinstance(factor, Div) and factor.numerator == ONE]
    above = [factor for factor in factors if not (isinstance(factor, Div) and factor.numerator == ONE)]
    if not below or not above:
        return factors
    numerator = above[0] if len(above) == 1 else Mul(tuple(above))
    return [Div(numerator, below[0] if len(below) == 1 else Mul(tuple(below)))]


def flip(tree: Add) -> Tree | None:
    """-(y - a) as a - y: a difference turned round, None for anything else."""
    match tree.terms:
        case (left, Neg(right)) if not isinstance(left, Neg):
            return Add((right, Neg(left)))
    return None


def plus(*terms: Tree) -> Tree:
    """The sum without zeros, in order; numbers are added up where the first one stands."""
    parts = [part for term in terms for part in (term.terms if isinstance(term, Add) else (term,))]
    numbers = [constant_value(part) for part in parts]
    total = sum((value for value in numbers if value is not None), Fraction(0))
    rest: list[Tree] = []
    pending = total != 0
    for part, value in zip(parts, numbers, strict=True):
        if value is None:
            rest.append(part)
        elif pending:
            rest.append(number(total) if total > 0 else Neg(number(-total)))
            pending = False
    if not rest:
        return ZERO
    if len(rest) == 1 and constant_value(rest[0]) is not None:
        return number(total)
    if isinstance(rest[0], Neg) and constant_value(rest[0]) is not None:
        rest.append(rest.pop(0))
    return rest[0] if len(rest) == 1 else Add(tuple(rest))


def constant_value(tree: Tree) -> Fraction | None:
    """The rational a tree of numbers stands for: -2, 1/3, or None."""
    match tree:
        case Number(value):
            return value
        case Neg(operand):
            inner = constant_value(operand)
            return None if inner is None else -inner
        case Div(Number(a), Number(b)) if b:
            return a / b
    return None


def minus(tree: Tree) -> Tree:
    """-tree."""
    return times(number(-1), tree)


def over(numerator: Tree, denominator: Tree) -> Tree:
    """Numerator / denominator."""
    if numerator == ZERO:
        return ZERO
    if isinstance(denominator, Number) and denominator.value:
        return times(number(1 / denominator.value), numerator)
    if denominator == ONE:
        return numerator
    value, rest = split_number(numerator)
    if value < 0:
        return Neg(over(times(number(-value), *rest), denominator))
    return Div(numerator, denominator)


def power(base: Tree, exponent: Tree) -> Tree:
    """Base ^ exponent; exponents 0 and 1 disappear."""
    value = constant_value(exponent)
    if value is not None and value < 0:
        return Div(ONE, power(base, number(-value)))
    if exponent == ZERO:
        return ONE
    if exponent == ONE:
        return base
    return Pow(base, exponent)


def factors_of(tree: Tree) -> tuple[Tree, ...]:
    """The factors of a product in written order, its number first; a single tree otherwise."""
    match tree:
        case Mul(factors):
            return tuple(part for factor in factors for part in factors_of(factor))
        case Neg(operand):
            inner = factors_of(operand)
            if isinstance(inner[0], Number):
                return (number(-inner[0].value), *inner[1:])
            return (number(-1), *inner)
        case Div(Number(value), Number(divisor)) if divisor:
            return (number(value / divisor),)
        case Div(numerator, Number(divisor)) if divisor and numerator != ONE:
            inner = factors_of(numerator)
            if isinstance(inner[0], Number):
                return (number(inner[0].value / divisor), *inner[1:])
            return (number(1 / divisor), *inner)
        case _:
            return (tree,)
