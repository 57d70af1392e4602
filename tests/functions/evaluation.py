"""Formulas of the questionnaire in mpmath; the functions come from mpmath, not from the answers."""

from __future__ import annotations

import operator
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
    "leaky_relu": lambda x: x if x > 0 else x / 100,
    "elu": lambda x: x if x > 0 else mp.expm1(x),
    "selu": lambda x: mpf(SCALE) * (x if x > 0 else mpf(ALPHA) * mp.expm1(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "gelu": lambda x: x * mp.ncdf(x),
    "gelu_tanh": lambda x: x / 2 * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (x + mpf(44715) / 10**6 * x**3))),
    "silu": lambda x: x * (1 + mp.tanh(x / 2)) / 2,
    "mish": lambda x: x * mp.tanh(mp.log1p(mp.exp(x))),
    "arctan": mp.atan,
    "hard_sigmoid": lambda x: min(max(x / 6 + mpf(1) / 2, mpf(0)), mpf(1)),
    "hard_tanh": lambda x: min(max(x, mpf(-1)), mpf(1)),
    "hardswish": lambda x: x * min(max(x + 3, mpf(0)), mpf(6)) / 6,
    "erf": mp.erf,
    "erfc": mp.erfc,
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "sech": mp.sech,
    "floor": mp.floor,
}
SCALE, ALPHA = "1.0507009873554804934193349852946", "1.6732632423543772848170429916717"
COMPARE = {"<": operator.lt, ">": operator.gt, ">=": operator.ge, "<=": operator.le, "!=": operator.ne}


def evaluate(tree: t.Tree, values: Mapping[str, Any]) -> Any:
    """A formula at values of its letters."""
    match tree:
        case t.Number(value):
            return mpf(value.numerator) / value.denominator
        case t.Name(stem, ()):
            return values[stem]
        case t.Constant("pi"):
            return +mp.pi
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
    return bool(COMPARE[condition.operators[0]](left, right))
