"""An evaluator that shares nothing with the kernel's: mpmath and textbook formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce

import mpmath  # type: ignore[import-untyped]

from symgrad.notation.reader import read
from symgrad.notation.tree import (
    Add,
    Apply,
    Constant,
    Div,
    Indicator,
    Logic,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
)


def sigmoid(x: mpmath.mpf) -> mpmath.mpf:
    """1/(1 + e^-x)."""
    return 1 / (1 + mpmath.exp(-x))


def softplus(x: mpmath.mpf) -> mpmath.mpf:
    """log(1 + e^x)."""
    return mpmath.log1p(mpmath.exp(x))


def clipped(x: mpmath.mpf, low: float, high: float) -> mpmath.mpf:
    """The nearest number between two others."""
    return min(max(x, mpmath.mpf(low)), mpmath.mpf(high))


SELU_SCALE, SELU_ALPHA = "1.0507009873554804934193349852946", "1.6732632423543772848170429916717"
FUNCTIONS: dict[str, Callable[[mpmath.mpf], mpmath.mpf]] = {
    "exp": mpmath.exp, "log": mpmath.log, "sqrt": mpmath.sqrt, "abs": abs, "erf": mpmath.erf,
    "tanh": mpmath.tanh, "sinh": mpmath.sinh, "cosh": mpmath.cosh, "sech": mpmath.sech,
    "arctan": mpmath.atan, "sigmoid": sigmoid, "sigma": sigmoid, "softplus": softplus,
    "silu": lambda x: x * sigmoid(x),
    "gelu": lambda x: x * (1 + mpmath.erf(x / mpmath.sqrt(2))) / 2,
    "gelu_tanh": lambda x: x * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + x**3 * 44715 / 10**6))) / 2,
    "mish": lambda x: x * mpmath.tanh(softplus(x)),
    "elu": lambda x: x if x > 0 else mpmath.expm1(x),
    "selu": lambda x: mpmath.mpf(SELU_SCALE) * (x if x > 0 else mpmath.mpf(SELU_ALPHA) * mpmath.expm1(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "relu": lambda x: max(x, mpmath.mpf(0)),
    "leaky_relu": lambda x: x if x > 0 else x / 100,
    "hard_tanh": lambda x: clipped(x, -1, 1),
    "hard_sigmoid": lambda x: clipped((x + 3) / 6, 0, 1),
    "hardswish": lambda x: x * clipped((x + 3) / 6, 0, 1),
    "erfc": mpmath.erfc,
}  # fmt: skip
SLOPES: dict[str, Callable[[mpmath.mpf], mpmath.mpf]] = {
    "sigmoid": lambda x: sigmoid(x) * sigmoid(-x), "sigma": lambda x: sigmoid(x) * sigmoid(-x),
    "tanh": lambda x: mpmath.sech(x) ** 2, "abs": mpmath.sign, "relu": lambda x: mpmath.mpf(x > 0),
    "selu": lambda x: mpmath.mpf(SELU_SCALE) * (1 if x > 0 else mpmath.mpf(SELU_ALPHA) * mpmath.exp(x)),
}  # fmt: skip


def number(tree: Tree, values: Mapping[Name, object]) -> mpmath.mpf:
    """The tree's value."""

    def of(child: Tree) -> mpmath.mpf:
        return number(child, values)

    match tree:
        case Number(value):
            return mpmath.mpf(value.numerator) / value.denominator
        case Constant("e"):
            return +mpmath.e
        case Constant("pi"):
            return +mpmath.pi
        case Name():
            found = values[tree]
            return mpmath.mpf(found.numerator) / found.denominator if isinstance(found, Fraction) else found
        case Add(terms):
            return mpmath.fsum(map(of, terms))
        case Mul(factors):
            return reduce(lambda a, b: a * b, map(of, factors))
        case Neg(a):
            return -of(a)
        case Div(a, b):
            return of(a) / of(b)
        case Pow(a, b):
            return of(a) ** of(b)
        case Indicator(condition):
            return mpmath.mpf(holds(condition, values))
        case Apply(Name("max" | "min" as which), arguments):
            return (max if which == "max" else min)(map(of, arguments))
        case Apply(Name("piecewise"), (*pairs, last)):
            chosen = (v for v, c in zip(pairs[::2], pairs[1::2], strict=True) if holds(c, values))
            return of(next(chosen, last))
        case Apply(Name(stem), (a,), order):
            return slope(stem, of(a), order)
    raise NotImplementedError(tree)


def slope(stem: str, x: mpmath.mpf, order: int) -> mpmath.mpf:
    """The value or a derivative: by formula with its convention at a kink, else by differences."""
    if order == 1 and stem in SLOPES:
        return SLOPES[stem](x)
    return mpmath.diff(FUNCTIONS[stem], x, order) if order else FUNCTIONS[stem](x)


def holds(tree: Tree, values: Mapping[Name, object], slack: float = 0.0) -> bool:
    """Whether a statement holds; `slack` forgives that much (positive) or demands it (negative)."""
    match tree:
        case Logic("and", parts):
            return all(holds(p, values, slack) for p in parts)
        case Logic("or", parts):
            return any(holds(p, values, slack) for p in parts)
        case Logic("iff", (a, b)):
            return holds(a, values) == holds(b, values)
        case Relation(operators, operands):
            sides = [number(side, values) for side in operands]
            return all(link(op, a, b, slack) for op, a, b in zip(operators, sides, sides[1:], strict=False))
    raise NotImplementedError(tree)


def link(operator: str, a: mpmath.mpf, b: mpmath.mpf, slack: float) -> bool:
    """One relation between numbers."""
    held: bool = {
        "<": a < b + slack, "<=": a <= b + slack, ">": a > b - slack, ">=": a >= b - slack,
        "=": abs(a - b) <= slack + 1e-25, "!=": a != b,
    }[operator]  # fmt: skip
    return held


def exactly(text: str) -> mpmath.mpf:
    """A constant written as text: -7/5, sqrt(2)."""
    return number(read(text), {})
