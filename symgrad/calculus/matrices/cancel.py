"""Softmax below a cross-entropy: the p of the one cancels against the 1/p of the other.

dL/dp = -y ./ p and dL/dz = p .* (dL/dp - p^T dL/dp) give p sum(y) - y; with `assume sum(y) = 1` it is p - y.
"""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.calculus.matrices.adjoint import Adjoints, over_by
from symgrad.calculus.matrices.forms import is_call, product
from symgrad.calculus.tidy import constant_value, minus, plus
from symgrad.notation.tree import (
    Add,
    Apply,
    Logic,
    Mul,
    Name,
    Neg,
    Number,
    Relation,
    Tree,
    rebuild,
    strip_spans,
    walk,
)


def cancelled(name: Name, body: Tree, value: Tree, rules: Adjoints) -> dict[Name, Tree] | None:
    """The parts of a softmax's inputs where the adjoint of its value is a quotient by that value."""
    if not isinstance(body, Apply) or not is_call(body, "softmax"):
        return None
    numerator = over_by(value, name)
    if numerator is None:
        return None
    return rules.of(body.arguments[0], plus(minus(product(body, rules.sum_of(numerator))), numerator))


def settled(tree: Tree, assumptions: Sequence[Tree]) -> tuple[Tree, tuple[Tree, ...]]:
    """The tree with every sum(y) that an assumption gives a number for, and the assumptions used."""
    known: dict[Tree, Tree] = {}
    source: dict[Tree, Tree] = {}
    for assumption in relations(assumptions):
        left, right = assumption.operands[0], assumption.operands[1]
        for total, value in ((left, right), (right, left)):
            if is_call(total, "sum") and isinstance(value, Number):
                known[total], source[total] = value, assumption
    used = tuple(dict.fromkeys(source[node] for node in walk(tree) if node in known))
    return (put(tree, known), used) if used else (tree, ())


def relations(assumptions: Sequence[Tree]) -> list[Relation]:
    """The single equations among some assumptions."""
    found: list[Relation] = []
    waiting = list(assumptions)
    while waiting:
        match strip_spans(waiting.pop(0)):
            case Logic("and", arguments):
                waiting = [*arguments, *waiting]
            case Relation(("=",), _) as relation:
                found.append(relation)
    return found


def put(tree: Tree, known: dict[Tree, Tree]) -> Tree:
    """The tree with numbers put in, products and sums tidied."""
    if tree in known:
        return known[tree]
    inner = rebuild(tree, lambda child: put(child, known))
    if inner == tree:
        return tree
    match inner:
        case Mul(factors):
            return product(*factors)
        case Add(terms):
            return plus(*terms)
        case Neg(operand) if (value := constant_value(operand)) is not None:
            return Number(-value)
    return inner
