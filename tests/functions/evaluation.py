"""Formulas of the questionnaire in mpmath; the functions come from mpmath, not from the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mpmath import mp, mpf

from symgrad.notation import tree as t

TRUTH: Mapping[str, Callable[[Any], Any]] = {
    "identity": lambda x: x,
    "sigmoid": lambda x: (1 + mp.tanh(x / 2)) / 2,
    "tanh": mp.tanh,
    "relu": lambda x: max(x, mpf(0)),
    "softplus": lambda x: x / 2 + mp.log(2 * mp.cosh(x / 2)),
    "exp": mp.exp,
    "log": mp.log,
    "sqrt": mp.sqrt,
    "abs": abs,
}


def evaluate(tree: t.Tree, values: Mapping[str, Any]) -> Any:
    """A formula at values of its letters."""
    match tree:
        case t.Number(value):
            return mpf(value.numerator) / value.denominator
        case t.Name(stem, ()):
            return values[stem]
        case t.Apply(t.Name(stem, ()), (argument,), 0):
            return TRUTH[stem](evaluate(argument, values))
        case t.Add(terms):
            return mp.fsum(evaluate(term, values) for term in terms)
        case t.Mul(factors):
            return mp.fprod(evaluate(factor, values) for factor in factors)
        case t.Div(a, b):
            return evaluate(a, values) / evaluate(b, values)
        case t.Neg(a):
            return -evaluate(a, values)
        case t.Pow(a, b):
            return evaluate(a, values) ** evaluate(b, values)
        case t.Indicator(condition):
            return mpf(holds(condition, values))
    raise AssertionError(f"a formula holds {tree!r}")


def holds(condition: t.Tree, values: Mapping[str, Any]) -> bool:
    """Whether a relation of two sides holds."""
    assert isinstance(condition, t.Relation) and len(condition.operands) == 2
    left, right = (evaluate(operand, values) for operand in condition.operands)
    return bool(
        {"<": left < right, ">": left > right, ">=": left >= right, "<=": left <= right}[
            condition.operators[0]
        ]
    )
