"""Chains, names and an independent truth for gradients."""

from __future__ import annotations

from fractions import Fraction

import sympy
from hypothesis import strategies as st

from symgrad.network.build import build
from symgrad.network.graph import Network
from symgrad.notation.chainfile import read_chain
from symgrad.notation.tree import (
    Add,
    Apply,
    Constant,
    Derivative,
    Div,
    Indicator,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Tree,
    number,
)
from symgrad.notation.writers.plain import plain

FUNCTIONS = {
    "sigma": sympy.Function("sigma"),
    "exp": sympy.exp,
    "log": sympy.log,
    "tanh": sympy.tanh,
    "sqrt": sympy.sqrt,
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
}


def chain(text: str) -> Network:
    return build(read_chain(text, "t.chain"))


def named(stem: str, *indices: int) -> Name:
    return Name(stem, tuple(map(number, indices)))


def nielsen(depth: int = 4) -> Network:
    loop = f"for j in 1..{depth}:\n    z_j = w_j a_{{j-1}} + b_j\n    a_j = sigma(z_j)\n"
    return chain(f"sigma = sigmoid\nparameters w, b\n{loop}C = (a_{depth} - y)^2/2\n")


def to_sympy(tree: Tree, functions: dict[str, str]) -> sympy.Expr:
    """A tree as SymPy, by a path of its own: f'(u) is SymPy's derivative of SymPy's function."""

    def go(node: Tree) -> sympy.Expr:
        match node:
            case Number(value):
                return sympy.Rational(value.numerator, value.denominator)
            case Constant("e"):
                return sympy.E
            case Name():
                return sympy.Symbol(plain(node), real=True)
            case Add(terms):
                return sympy.Add(*map(go, terms))
            case Mul(factors):
                return sympy.Mul(*map(go, factors))
            case Neg(a):
                return -go(a)
            case Div(a, b):
                return go(a) / go(b)
            case Pow(a, b):
                return go(a) ** go(b)
            case Apply(function, (argument,), order):
                x = sympy.Symbol("x_argument", real=True)
                outer = FUNCTIONS[functions.get(function.stem, function.stem)](x)
                return (
                    sympy.diff(outer, x, order).subs(x, go(argument))
                    if order
                    else outer.subs(x, go(argument))
                )
            case Indicator() | Derivative():
                raise AssertionError(plain(node))
        raise AssertionError(type(node))

    return go(tree)


def expanded(network: Network, tree: Tree, keep: frozenset[Name] = frozenset()) -> sympy.Expr:
    """A tree with every defined name replaced by its definition, down to the leaves."""
    found = to_sympy(tree, dict(network.functions))
    for equation in reversed(network.equations):
        if equation.name not in keep:
            symbol = sympy.Symbol(plain(equation.name), real=True)
            found = found.subs(symbol, to_sympy(equation.body, dict(network.functions)))
    return found


def point(network: Network, seed: int) -> dict[sympy.Symbol, Fraction]:
    """Positive rational values of the leaves, all different."""
    return {
        sympy.Symbol(plain(leaf), real=True): sympy.Rational(3 + (7 * place + seed) % 11, 10 + place)
        for place, leaf in enumerate(network.leaves)
    }


@st.composite
def scalar_chains(draw: st.DrawFn) -> str:
    """Small chains with skips, ties, products, powers and functions; the last line is the objective."""
    leaves = ["x", "w", "b", "v"]
    lines: list[str] = []
    known = list(leaves)
    for step in range(draw(st.integers(1, 5))):
        p, q = draw(st.sampled_from(known)), draw(st.sampled_from(known))
        form = draw(
            st.sampled_from(
                [
                    "w {p} + b",
                    "sigma({p})",
                    "{p} + {q}",
                    "{p} {q}",
                    "{p} - {q}",
                    "tanh({p})",
                    "exp(-{p}^2)",
                    "{p}^3",
                    "{p}/(2 + {q}^2)",
                    "({p} - {q})^2/2",
                    "log(1 + {p}^2)",
                    "v {p} + {q}",
                    "sigmoid({p} + b)",
                    "-{p}",
                    "2 {p} - 3 {q}",
                    "sqrt(1 + {p}^2)",
                    "1/(1 + {p}^2)",
                    "sigma({p} {q})",
                    "softplus({p})",
                    "{p}",
                ]
            )
        )
        lines.append(f"h_{step + 1} = {form.format(p=p, q=q)}")
        known.append(f"h_{step + 1}")
    return "\n".join([*lines, f"C = (h_{len(lines)} - x w)^2/2"]) + "\n"
