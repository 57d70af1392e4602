"""Claims in one variable with their truth, near-tight both ways, and functions by mpmath alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import mpmath  # type: ignore[import-untyped]

from symgrad.notation.reader import read
from symgrad.notation.tree import Add, Apply, Constant, Div, Mul, Name, Neg, Number, Pow, Relation, Tree

CLAIMS: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    # bounds that are attained, at rational, algebraic and transcendental points
    ("exp(x) >= 1 + x", (), True),
    ("exp(x) > 1 + x", (), False),
    ("exp(x) > 1 + x", ("x != 0",), True),
    ("exp(x) >= 1 + x + x^2/2", ("x >= 0",), True),
    ("exp(x) >= 1 + x + x^2/2", (), False),
    ("exp(x) <= 1 + x + x^2", ("x <= 1",), True),
    ("exp(x) <= 1/(1 - x)", ("x < 1",), True),
    ("exp(x) >= e*x", (), True),
    ("exp(x) > e*x", (), False),
    ("exp(x) >= 2.7183*x", (), False),
    ("x*exp(-x) <= 1/e", (), True),
    ("x*exp(-x) < 1/e", (), False),
    ("x*exp(-x) <= 0.36788", (), True),
    ("x*exp(-x) <= 0.36787", (), False),
    ("x^2*exp(-x) <= 4*exp(-2)", ("x >= 0",), True),
    ("x^2*exp(-x^2) <= 1/e", (), True),
    ("x*exp(-x^2) <= 1/sqrt(2*e)", (), True),
    ("log(x) <= x - 1", ("x > 0",), True),
    ("log(x) < x - 1", ("x > 0",), False),
    ("log(x) >= 1 - 1/x", ("x > 0",), True),
    ("log(1 + x) <= x", ("x > -1",), True),
    ("log(1 + x) >= x/(1 + x)", ("x > -1",), True),
    ("log(1 + x) >= x - x^2/2", ("x >= 0",), True),
    ("log(1 + x) >= x - x^2/2", ("x > -1",), False),
    ("x*log(x) >= -1/e", ("x > 0",), True),
    ("x*log(x) >= -0.3678", ("x > 0",), False),
    ("log(x)/x <= 1/e", ("x > 0",), True),
    ("-p*log(p) - (1 - p)*log(1 - p) <= log(2)", ("p > 0", "p < 1"), True),
    ("-p*log(p) - (1 - p)*log(1 - p) <= 0.69", ("p > 0", "p < 1"), False),
    ("log(x) <= 2*(sqrt(x) - 1)", ("x > 0",), True),
    ("sqrt(1 + x) <= 1 + x/2", ("x >= -1",), True),
    # hyperbolic and inverse functions
    ("abs(tanh(x)) <= abs(x)", (), True),
    ("tanh(x) < x", ("x > 0",), True),
    ("tanh(x) >= x - x^3/3", ("x >= 0",), True),
    ("tanh(x) >= x - x^3/4", ("x >= 0",), False),
    ("abs(arctan(x)) <= abs(x)", (), True),
    ("arctan(x) >= x - x^3/3", ("x >= 0",), True),
    ("arctan(x) < pi/2", (), True),
    ("arctan(x) <= 1.57", (), False),
    ("arctan(x) >= x/(1 + x^2)", ("x >= 0",), True),
    ("cosh(x) <= exp(x^2/2)", (), True),
    ("cosh(x) <= exp(x^2/2.1)", (), False),
    ("cosh(x) >= 1 + x^2/2", (), True),
    ("sinh(x)/x > 1", ("x != 0",), True),
    ("sinh(x) >= x", ("x >= 0",), True),
    ("sech(x) <= 2*exp(-abs(x))", (), True),
    ("sech(x) >= 1 - x^2/2", (), True),
    ("tanh''(x) <= 4*sqrt(3)/9", (), True),
    ("tanh''(x) < 4*sqrt(3)/9", (), False),
    ("1 - tanh(x)^2 <= 4*exp(-2*abs(x))", (), True),
    # error function
    ("abs(erf(x)) < 1", (), True),
    ("erf(x) >= 0.9999", (), False),
    ("abs(erf(x)) <= 2/sqrt(pi)*abs(x)", (), True),
    ("1 - erf(x) <= exp(-x^2)", ("x >= 0",), True),
    ("1 - erf(x) <= exp(-x^2)/2", ("x >= 0",), False),
    # activations and their slopes
    ("sigmoid(x) <= 1/(1 + exp(-2))", ("x <= 2",), True),
    ("sigmoid(x) < 1/(1 + exp(-2))", ("x <= 2",), False),
    ("sigmoid''(x) <= sqrt(3)/18", (), True),
    ("sigmoid'(x) <= exp(-abs(x))", (), True),
    ("softplus(x) > max(0, x)", (), True),
    ("softplus(x) - max(0, x) <= log(2)", (), True),
    ("softplus(x) - max(0, x) < log(2)", (), False),
    ("softplus(x) >= x/2 + log(2)", (), True),
    ("silu(x) >= -0.27847", (), True),
    ("silu(x) >= -0.27846", (), False),
    ("silu'(x) <= 1.0999", (), True),
    ("silu'(x) <= 1.0998", (), False),
    ("silu''(x) <= 1/2", (), True),
    ("silu''(x) < 1/2", (), False),
    ("gelu(x) >= -0.17", (), True),
    ("gelu(x) >= -0.1699", (), False),
    ("gelu(x) <= max(0, x)", (), True),
    ("gelu'(x) <= (1 + erf(1))/2 + exp(-1)/sqrt(pi)", (), True),
    ("gelu'(x) < (1 + erf(1))/2 + exp(-1)/sqrt(pi)", (), False),
    ("gelu'(x) <= 1.1289042", (), True),
    ("gelu'(x) <= 1.1289", (), False),
    ("gelu'(x) + gelu'(-x) = 1", (), True),
    ("gelu(x) - gelu(-x) = x", (), True),
    ("arctan(x) + arctan(-x) = 0", (), True),
    ("abs(gelu''(x)) <= sqrt(2/pi)", (), True),
    ("mish(x) >= -0.309", (), True),
    ("mish(x) >= -0.3088", (), False),
    ("mish'(x) <= 1.0885", (), True),
    ("mish'(x) <= 1.0884", (), False),
    ("gelu_tanh'(x) <= 1.13", (), True),
    ("abs(gelu(x) - silu(x)) <= 1/4", (), True),
    ("elu(x) >= x", (), True),
    ("softsign'(x) <= 1", (), True),
    ("abs(softsign(x)) < 1", (), True),
    ("softsign(x) <= tanh(x)", ("x >= 0",), True),
    # a factor with |w| <= 1, several factors
    ("abs(w*gelu'(x)) <= 1.13", ("abs(w) <= 1",), True),
    ("abs(w*gelu'(x)) <= 1.12", ("abs(w) <= 1",), False),
    ("abs(w_1*silu'(x_1)*w_2*silu'(x_2)) <= 1.21", ("abs(w_1) <= 1", "abs(w_2) <= 1"), True),
    ("mish'(x)*gelu'(y) <= 1.23", (), True),
    ("silu'(x)*silu'(y) <= 1.2", (), False),
    # a growing logarithm; bounded intervals
    ("(2/w)*log(w*(1 + sqrt(1 - 4/w))/2 - 1) <= 0.4478", ("w >= 4",), True),
    ("(2/w)*log(w*(1 + sqrt(1 - 4/w))/2 - 1) <= 0.447", ("w >= 4",), False),
    ("exp(x) <= 1 + 2*x", ("x >= 0", "x <= 1"), True),
    ("silu'(x) >= 1/2", ("x >= 0", "x <= 3"), True),
    ("exp(n*log(4/5)) <= exp(-n/5)", ("n >= 0",), True),
    ("exp(n*log(4/5)) <= exp(-n/4)", ("n >= 0",), False),
)


def number(tree: Tree, values: Mapping[Name, mpmath.mpf]) -> mpmath.mpf:
    """The tree's value by mpmath."""
    match tree:
        case Number(value):
            return mpmath.mpf(value.numerator) / value.denominator
        case Constant("e"):
            return mpmath.e
        case Constant("pi"):
            return mpmath.pi
        case Name():
            return values[tree]
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
        case Apply(Name("max"), arguments):
            return max(number(a, values) for a in arguments)
        case Apply(Name(stem), (a,), order):
            return (
                mpmath.diff(FUNCTIONS[stem], number(a, values), order)
                if order
                else FUNCTIONS[stem](number(a, values))
            )
    raise NotImplementedError(tree)


def sigmoid(x: mpmath.mpf) -> mpmath.mpf:
    """1/(1 + e^-x)."""
    return 1 / (1 + mpmath.exp(-x))


def softplus(x: mpmath.mpf) -> mpmath.mpf:
    """log(1 + e^x)."""
    return mpmath.log1p(mpmath.exp(x))


FUNCTIONS = {
    "exp": mpmath.exp, "log": mpmath.log, "sqrt": mpmath.sqrt, "abs": abs, "erf": mpmath.erf,
    "tanh": mpmath.tanh, "sinh": mpmath.sinh, "cosh": mpmath.cosh, "sech": mpmath.sech,
    "arctan": mpmath.atan, "sigmoid": sigmoid, "softplus": softplus,
    "silu": lambda x: x * sigmoid(x),
    "gelu": lambda x: x * (1 + mpmath.erf(x / mpmath.sqrt(2))) / 2,
    "gelu_tanh": lambda x: x * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + 0.044715 * x**3))) / 2,
    "mish": lambda x: x * mpmath.tanh(softplus(x)),
    "elu": lambda x: x if x > 0 else mpmath.expm1(x),
    "softsign": lambda x: x / (1 + abs(x)),
    "erfc": mpmath.erfc,
}  # fmt: skip


def holds(statement: Tree, values: Mapping[Name, mpmath.mpf], slack: float = 1e-30) -> bool:
    """Whether a comparison holds, forgiving the rounding of 50 digits."""
    assert isinstance(statement, Relation)
    sides = [number(side, values) for side in statement.operands]
    for operator, a, b in zip(statement.operators, sides, sides[1:], strict=False):
        gap = {"<": b - a, "<=": b - a, ">": a - b, ">=": a - b}.get(operator)
        if operator == "=":
            gap = -abs(a - b)
        if operator == "!=":
            gap = abs(a - b)
        assert gap is not None
        if gap < -slack or (operator == "!=" and not gap):
            return False
    return True


def exactly(text: str) -> mpmath.mpf:
    """A constant written as text: -7/5, sqrt(2)."""
    return number(read(text), {})
