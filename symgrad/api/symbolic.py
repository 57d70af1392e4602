"""Trees -> SymPy, for people who go on calculating; loaded when asked for, because it takes a second."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import sympy

from symgrad.network.graph import Network
from symgrad.notation.places import letters_of, plain_letters
from symgrad.notation.tree import (
    Add,
    Apply,
    BigOp,
    Constant,
    Derivative,
    Div,
    Indicator,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    walk,
)
from symgrad.notation.writers.latex import latex
from symgrad.notation.writers.plain import plain

ELEMENTARY = {
    "exp": sympy.exp, "log": sympy.log, "sqrt": sympy.sqrt, "abs": sympy.Abs, "tanh": sympy.tanh,
    "sinh": sympy.sinh, "cosh": sympy.cosh, "sech": sympy.sech, "erf": sympy.erf, "max": sympy.Max,
    "min": sympy.Min, "floor": sympy.floor, "arctan": sympy.atan,
}  # fmt: skip
RELATIONS = {"<": sympy.Lt, "<=": sympy.Le, ">": sympy.Gt, ">=": sympy.Ge, "=": sympy.Eq, "!=": sympy.Ne}


@cache
def function_class(function: Name, order: int) -> Any:
    """A function class of its own for sigma, sigma', sigma'', that prints as it is written."""
    name = plain(function) + "'" * order
    shown = latex(Apply(function, (Name("x"),), order)).rsplit("(", 1)[0].removesuffix(r"\left")

    def printed(self: Any, printer: Any, exp: Any = None) -> str:
        text = rf"{shown}\left({printer._print(self.args[0])}\right)"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    def slope(self: Any, argindex: int = 1) -> Any:
        return function_class(function, order + 1)(self.args[0])

    return type(name, (sympy.Function,), {"_latex": printed, "fdiff": slope, "is_real": True})


def to_sympy(tree: Tree, kept: Mapping[Derivative, Tree] | None = None) -> Any:
    """The SymPy expression of a tree; kept tokens become their values.

    >>> from symgrad.notation.reader import read
    >>> to_sympy(read("w_1 (a - y)^2/2"))
    w_1*(a - y)**2/2
    """
    values = kept or {}
    letters, families = ranging((tree, *values.values()))

    def visit(node: Tree) -> Any:
        match node:
            case Number(value):
                return sympy.Rational(value.numerator, value.denominator)
            case Constant("pi"):
                return sympy.pi
            case Constant("e"):
                return sympy.E
            case Constant():
                return sympy.oo
            case Name(stem, ()) if stem in letters:
                return sympy.Symbol(stem, integer=True)
            case Name(stem, indices) if stem in families:
                return sympy.Indexed(stem, *map(visit, indices))
            case Name():
                return sympy.Symbol(plain(node), real=True)
            case Derivative():
                return visit(values[node]) if node in values else sympy.Symbol(plain(node), real=True)
            case Add(terms):
                return sympy.Add(*map(visit, terms))
            case Mul(factors):
                return sympy.Mul(*map(visit, factors))
            case Neg(operand):
                return -visit(operand)
            case Div(a, b):
                return visit(a) / visit(b)
            case Pow(a, b):
                return visit(a) ** visit(b)
            case Apply(function, arguments, 0) if function.stem in ELEMENTARY:
                return ELEMENTARY[function.stem](*map(visit, arguments))
            case Apply(function, arguments, order):
                return function_class(function, order)(*map(visit, arguments))
            case BigOp(kind, body, index, low, high):
                make = sympy.Product if kind == "prod" else sympy.Sum
                letter = sympy.Symbol(index, integer=True)
                return make(visit(body), (letter, visit(low), visit(high)))
            case Indicator(Relation((operator,), (a, b))):
                return sympy.Piecewise((1, RELATIONS[operator](visit(a), visit(b))), (0, True))
        raise TypeError(f"no SymPy form of {plain(node)}")

    return visit(tree)


def ranging(trees: Iterable[Tree]) -> tuple[frozenset[str], frozenset[str]]:
    """The index letters of big operators and their bounds, and the stems that range with them: w of w_k."""
    letters: set[str] = set()
    families: set[str] = set()
    nodes = [node for tree in trees for node in walk(tree)]
    for node in nodes:
        if isinstance(node, BigOp):
            letters |= letters_of(node) | {node.index}
    for node in nodes:
        if isinstance(node, Name) and any(plain_letters(index) & letters for index in node.indices):
            families.add(node.stem)
    return frozenset(letters), frozenset(families)


def expand(network: Network, tree: Tree, kept: Mapping[Derivative, Tree]) -> Any:
    """The expression in leaves only; one pass over the equations, shared parts stay shared."""
    values: dict[Any, Any] = {}
    for equation in network.equations:
        body = to_sympy(equation.body)
        values[sympy.Symbol(plain(equation.name), real=True)] = body.xreplace(values)
    return to_sympy(tree, kept).xreplace(values)
