"""Claims with their truth, a chain to make claims about, and an independent evaluator (mpmath)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import reduce

import mpmath  # type: ignore[import-untyped]

from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.tree import (
    Add,
    Apply,
    Div,
    Logic,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    names_in,
)  # fmt: skip
from symgrad.values.proof import Claim

SIGMA = (("sigma", "sigmoid"),)
Chain = tuple[tuple[Name, Tree], ...]

DECIDED: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("(abs(1-a*l) <= 1) iff (a > 0 and a < 2/l)", ("l > 0",), False),
    ("(k-1)/(k+1) >= 0 and (k-1)/(k+1) < 1", ("k >= 1",), True),
    ("(2*x+3)/6 > -1/2 and (2*x+3)/6 < 3/2", ("abs(x) < 3",), True),
    ("n*log(4/5) <= -n/5", ("n >= 0",), True),
    ("relu'(x_1)*relu'(x_2) > 0", (), False),
    ("sigmoid(f_1)*sigmoid(f_2)*sigmoid(f_3) >= 3/4", ("f_1 >= 3", "f_2 >= 3", "f_3 >= 3"), True),
    ("sigmoid(f) >= 9/10", ("f >= 2",), False),
    ("abs((sigmoid(z)-y)*sigmoid'(z)) <= 4/27", ("y = 0 or y = 1",), True),
    ("abs((sigmoid(z)-y)*sigmoid'(z)) <= 1/8", ("y = 0 or y = 1",), False),
    ("(a-y)/(a*(1-a))*(a*(1-a)) = a-y", ("a > 0", "a < 1"), True),
    ("abs(w_1*sigmoid'(z_1))*abs(w_2*sigmoid'(z_2)) <= 1/16", ("abs(w_1) <= 1", "abs(w_2) <= 1"), True),
    ("abs(w_1*sigmoid'(z_1)*w_2*sigmoid'(z_2)) < 1/16", ("abs(w_1) <= 1", "abs(w_2) <= 1"), False),
    ("sigmoid'(z_1)*sigmoid'(z_2)*sigmoid'(z_3) > 0", (), True),
    ("abs((sigmoid'(z_1)*w_2*g)/(w_2*g)) <= 1/4", ("w_2 != 0", "g != 0"), True),
    ("abs(sigmoid'(z_1)*w_2*g) <= abs(g)/4", ("abs(w_3) <= 1",), False),
    ("abs(sigmoid'(z_1)*w_2*g) < abs(g)/4", ("abs(w_2) < 1",), False),
    ("1+w*sigmoid'(z) >= 3/4 and 1+w*sigmoid'(z) <= 5/4", ("abs(w) <= 1",), True),
    ("(1+w_1*sigmoid'(z_1))*(1+w_2*sigmoid'(z_2)) <= 25/16", ("abs(w_1) <= 1", "abs(w_2) <= 1"), True),
    ("sigmoid'(z) <= 1/4", (), True),
    ("sigmoid'(z) < 1/4", (), False),
    ("sigmoid'(z) > 0", (), True),
    ("0 < sigmoid(z) < 1", (), True),
    ("sigmoid(z)+sigmoid(-z) = 1", (), True),
    ("sigmoid(z)+sigmoid(-z) = 2", (), False),
    ("sigmoid(z) >= 1/2", ("z >= 0",), True),
    ("sigmoid(z) > 1/2", ("z >= 0",), False),
    ("sigmoid'(z) >= 49/250", ("abs(z) <= 1",), True),
    ("log(sigmoid(z)) < 0", (), True),
    ("1/(1+abs(x))^2 > 0 and 1/(1+abs(x))^2 <= 1", (), True),
    ("tanh'(x) > 0 and tanh'(x) <= 1", (), True),
    ("tanh'(x) < 1", (), False),
    ("tanh(x) = 2*sigmoid(2*x)-1", (), True),
    ("tanh'(x_1)*tanh'(x_2)*tanh'(x_3) <= 1", (), True),
    ("abs(w*sigmoid'(z)) <= 1/4", ("abs(w) <= 1",), True),
    ("abs(w*sigmoid'(z)) < 1/4", ("abs(w) < 1",), True),
    ("abs(w*sigmoid'(z)) < 1/4", ("abs(w) <= 1",), False),
    ("abs(w*sigmoid'(z)) <= 1/4", (), False),
    ("abs(w) > 4", ("abs(w*sigmoid'(z)) > 1",), True),
    ("w*sigmoid'(z) >= 1", ("w >= 4",), False),
    ("w*sigmoid'(z) > 1", ("w >= 5", "abs(z) <= 1/2"), True),
    ("sigmoid'(z) > 1/w", ("w > 0", "w*sigmoid'(z) > 1"), True),
    ("abs(w*sigmoid'(z)) <= c/4", ("c > 0", "abs(w) <= c"), True),
    ("w*sigmoid'(z) <= 1/4", ("w <= 1",), True),
    ("w*sigmoid'(z) > 0", ("abs(w) <= 1",), False),
    ("2/(m+n)*n <= 2", ("m > 0", "n > 0"), True),
    ("2/(m+n)*n <= 1", ("m > 0", "n > 0"), False),
)


def claim(text: str, *given: str, context: Context | None = None) -> Claim:
    """A claim as the face makes it; sigma is the logistic sigmoid."""
    return Claim(read(text, context), tuple(read(g, context) for g in given), SIGMA)


def nielsen(layers: int = 4) -> tuple[Chain, Context]:
    """The chain of sigmoid neurons with cost (a_n - y)^2/2, and the context of its names."""
    lines = []
    for j in range(1, layers + 1):
        lines += [(f"z_{j}", f"w_{j} a_{j - 1} + b_{j}"), (f"a_{j}", f"sigma(z_{j})")]
    lines.append(("C", f"(a_{layers} - y)^2/2"))
    equations = []
    for left, right in lines:
        name = read(left)
        assert isinstance(name, Name)
        equations.append((name, read(right)))
    known = frozenset(n for name, body in equations for n in (name, *names_in(body)))
    return tuple(equations), Context("claim", known)


# ---- an evaluator that shares nothing with the kernel's


def number(tree: Tree, values: Mapping[Name, object]) -> mpmath.mpf:
    """The tree's value by mpmath."""
    match tree:
        case Number(value):
            return mpmath.mpf(value.numerator) / value.denominator
        case Name():
            found = values[tree]
            return mpmath.mpf(found.numerator) / found.denominator if isinstance(found, Fraction) else found
        case Add(terms):
            return mpmath.fsum(number(t, values) for t in terms)
        case Mul(factors):
            return reduce(lambda a, b: a * b, (number(f, values) for f in factors))
        case Neg(a):
            return -number(a, values)
        case Div(a, b):
            return number(a, values) / number(b, values)
        case Pow(a, b):
            return number(a, values) ** number(b, values)
        case Apply(Name(stem), (a,), order):
            return applied(stem, order, number(a, values))
    raise NotImplementedError(tree)


def applied(stem: str, order: int, x: mpmath.mpf) -> mpmath.mpf:
    """Textbook definitions of the functions that the claims use."""
    s, t = 1 / (1 + mpmath.exp(-x)), mpmath.tanh(x)
    table = {
        ("sigma", 0): s, ("sigma", 1): s - s * s, ("sigmoid", 0): s, ("sigmoid", 1): s - s * s,
        ("tanh", 0): t, ("tanh", 1): 1 - t * t, ("abs", 0): abs(x), ("abs", 1): mpmath.sign(x),
        ("exp", 0): mpmath.exp(x),
        ("relu", 0): max(x, mpmath.mpf(0)), ("relu", 1): mpmath.mpf(1 if x > 0 else 0),
    }  # fmt: skip
    if stem == "log" and order == 0:
        return mpmath.log(x)
    return table[stem, order]


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
