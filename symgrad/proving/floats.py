"""Trees as functions of floats, to look for places worth an exact look. Nothing here decides anything."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from symgrad.errors import CertificateError
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
)  # fmt: skip
from symgrad.proving.kernel import functions as known

Function: TypeAlias = Callable[[Sequence[float]], float]
NEAR = 1e-9
"""What counts as equal."""
ARGUMENT, EXPONENTIAL = Name("x"), Name("E")
PLAIN: Mapping[str, Callable[[float], float]] = {
    "exp": math.exp, "log": math.log, "sqrt": math.sqrt, "erf": math.erf, "arctan": math.atan, "abs": abs,
}  # fmt: skip


def compiled(tree: Tree, names: Mapping[Name, int], functions: Mapping[str, str]) -> Function:
    """The tree at a point; ArithmeticError or ValueError where it has no value.

    Raises:
        CertificateError: the tree is not arithmetic in these names and built-in functions.
    """

    def of(node: Tree) -> Function:
        return compiled(node, names, functions)

    match tree:
        case Number(value):
            number = float(value)
            return lambda p: number
        case Constant("pi" | "e" as name):
            constant = math.pi if name == "pi" else math.e
            return lambda p: constant
        case Name() if tree in names:
            k = names[tree]
            return lambda p: p[k]
        case Add(terms):
            summands = [of(t) for t in terms]
            return lambda p: sum([f(p) for f in summands])
        case Mul(factors):
            parts = [of(f) for f in factors]
            return lambda p: math.prod([f(p) for f in parts])
        case Neg(a):
            inside = of(a)
            return lambda p: -inside(p)
        case Div(a, b):
            above, below = of(a), of(b)
            return lambda p: above(p) / below(p)
        case Pow(a, Number(n)) if n.denominator == 1 and abs(n) <= 64:
            base, whole = of(a), int(n)
            return lambda p: base(p) ** whole
        case Pow(a, b):
            base, power = of(a), of(b)
            return lambda p: math.exp(power(p) * math.log(base(p)))
        case Indicator(condition):
            held = holding(condition, names, functions, 0.0)
            return lambda p: float(held(p))
        case Apply(_, _, _, ()):
            return _applied(tree, names, functions)
    raise CertificateError("certificate-unsupported", kind=type(tree).__name__)


def _applied(tree: Apply, names: Mapping[Name, int], functions: Mapping[str, str]) -> Function:
    name = known.resolve(tree.function, functions)
    if name == "piecewise" and not tree.order:
        values = [compiled(v, names, functions) for v in (*tree.arguments[:-1:2], tree.arguments[-1])]
        conditions = [holding(c, names, functions, 0.0) for c in tree.arguments[1:-1:2]]
        return lambda p: next((v for v, c in zip(values, conditions, strict=False) if c(p)), values[-1])(p)
    arguments = [compiled(argument, names, functions) for argument in tree.arguments]
    if name in ("max", "min") and not tree.order:
        choose = max if name == "max" else min
        return lambda p: choose([f(p) for f in arguments])
    if name is None or len(arguments) != 1:
        raise CertificateError("certificate-unsupported", kind="Apply")
    (inside,) = arguments
    outer = built_in(name, tree.order)
    return lambda p: outer(inside(p))


@lru_cache(maxsize=128)
def built_in(name: str, order: int) -> Callable[[float], float]:
    """A built-in function or its derivative."""
    if not order and name in PLAIN:
        return PLAIN[name]
    if order and name in ("exp", "log", "sqrt", "abs"):
        slopes: Mapping[str, Callable[[float], float]] = {
            "exp": math.exp, "log": lambda x: 1 / x, "sqrt": lambda x: 1 / (2 * math.sqrt(x)),
            "abs": lambda x: math.copysign(float(x != 0), x),
        }  # fmt: skip
        if order == 1:
            return slopes[name]
    formula = known.derivative(name) if order == 1 else known.value(name) if not order else None
    if formula is not None:
        direct = compiled(formula, {ARGUMENT: 0}, {})
        return lambda x: direct((x,))
    by_exp = known.exponential(name) if not order else None
    if by_exp is None:
        raise CertificateError("certificate-unsupported", kind="Apply")
    rational = compiled(by_exp, {EXPONENTIAL: 0}, {})
    return lambda x: rational((math.exp(x),))


def holding(
    statement: Tree, names: Mapping[Name, int], functions: Mapping[str, str], slack: float = NEAR
) -> Callable[[Sequence[float]], bool]:
    """Whether a statement holds at a point, give or take the slack."""
    match statement:
        case Relation(operators, operands):
            sides = [compiled(side, names, functions) for side in operands]
            tests = [COMPARE[operator] for operator in operators]

            def held(p: Sequence[float]) -> bool:
                values = [side(p) for side in sides]
                return all(t(a - b, slack) for t, a, b in zip(tests, values, values[1:], strict=False))

            return held
        case Logic("and" | "or" as operator, arguments):
            parts = [holding(a, names, functions, slack) for a in arguments]
            joined = all if operator == "and" else any
            return lambda p: joined([part(p) for part in parts])
    raise CertificateError("certificate-unsupported", kind=type(statement).__name__)


COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": lambda gap, slack: gap < slack,
    "<=": lambda gap, slack: gap <= slack,
    ">": lambda gap, slack: gap > -slack,
    ">=": lambda gap, slack: gap >= -slack,
    "=": lambda gap, slack: abs(gap) <= slack,
    "!=": lambda gap, slack: gap != 0 or slack > 0,
}


def lowest_near(least: Function, start: Sequence[float], budget: int) -> tuple[float, tuple[float, ...]]:
    """A local minimum found from a start, one coordinate or the last good direction at a time."""
    point, value, step = tuple(start), least(start), 0.5
    while budget > 0 and step > 1e-11:
        before = point
        for k in range(len(point)):
            for way in (step, -step):
                moved = (*point[:k], point[k] + way * max(1.0, abs(point[k])), *point[k + 1 :])
                budget -= 1
                if (found := least(moved)) < value:
                    point, value = moved, found
                    break
        if point == before:
            step /= 3
            continue
        ahead = tuple(2 * b - a for a, b in zip(before, point, strict=True))
        budget -= 1
        if (found := least(ahead)) < value:
            point, value, step = ahead, found, 2 * step
    return value, point
