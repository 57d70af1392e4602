"""The elementary rules of differentiation, applied to one line of the forward pass.

A line is small, so its derivative is taken as a tree; depth never enters here. Names other than the one
differentiated by are constants: this is the partial derivative of a node by one of its inputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from symgrad.calculus.tidy import constant_value, minus, over, plus, power, times
from symgrad.errors import NotSupportedError, Where
from symgrad.functions import registry
from symgrad.functions.application import applied, written
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    BigOp,
    Constant,
    Div,
    Elementwise,
    Indicator,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    number,
    substitute,
    walk,
)
from symgrad.notation.writers.plain import plain
from symgrad.values.derivation import Step
from symgrad.values.phrase import Phrase

X = Name("x")


def differentiate(tree: Tree, by: Name, functions: Mapping[str, str]) -> Tree:
    """d(tree)/d(by), tidy: `(a - y)^2/2` by `a` is `a - y`.

    Args:
        tree: the right side of an equation.
        by: the name to differentiate by; all others are held fixed.
        functions: what names such as sigma stand for; others are general and give sigma'(...).

    Raises:
        NotSupportedError: for a construction without a rule yet.
    """
    if by not in walk(tree):
        return ZERO

    def d(node: Tree) -> Tree:
        return differentiate(node, by, functions)

    match tree:
        case Name():
            return ONE if tree == by else ZERO
        case Number() | Constant() | Indicator():
            return ZERO
        case Add(terms):
            return plus(*map(d, terms))
        case Neg(operand):
            return minus(d(operand))
        case Mul(factors):
            return plus(*(times(*factors[:i], d(f), *factors[i + 1 :]) for i, f in enumerate(factors)))
        case Div(u, v):
            return quotient(u, v, d(u), d(v))
        case Pow(base, exponent):
            return of_power(base, exponent, d(base), d(exponent))
        case Apply() if (formula := written(tree, functions)) is not None:
            return d(formula)
        case Apply(_, (argument,), _, options) if not any(by in walk(value) for _, value in options):
            return times(outer_derivative(tree, functions), d(argument))
        case BigOp() | Elementwise() | Apply() | Relation():
            raise NotSupportedError(
                "no-rule-yet", Where("<derivative>", source=plain(tree)), form=plain(tree)
            )
    raise NotSupportedError("no-rule-yet", Where("<derivative>", source=plain(tree)), form=plain(tree))


def quotient(u: Tree, v: Tree, du: Tree, dv: Tree) -> Tree:
    """(u/v)' = (u' v - u v')/v^2, or u'/v where v is constant."""
    if dv == ZERO:
        return over(du, v)
    if du == ZERO:
        return minus(over(times(u, dv), power(v, number(2))))
    return over(plus(times(du, v), minus(times(u, dv))), power(v, number(2)))


def of_power(base: Tree, exponent: Tree, d_base: Tree, d_exponent: Tree) -> Tree:
    """(u^n)' = n u^(n-1) u'; (c^u)' = c^u log(c) u'."""
    if d_exponent == ZERO:
        value = constant_value(exponent)
        lower = plus(exponent, number(-1)) if value is None else number(value - 1)
        return times(exponent, power(base, lower), d_base)
    if base == Constant("e"):
        return times(Pow(base, exponent), d_exponent)
    logarithm = times(Pow(base, exponent), Apply(Name("log"), (base,)), d_exponent)
    if d_base == ZERO:
        return logarithm
    return plus(logarithm, times(exponent, power(base, plus(exponent, number(-1))), d_base))


def outer_derivative(tree: Apply, functions: Mapping[str, str]) -> Tree:
    """f'(u) of f(u): kept as f'(u) for activations and general functions, written out for exp, log, sqrt."""
    known = applied(tree, functions)
    if known is None or known.activation or tree.order:
        return Apply(tree.function, tree.arguments, tree.order + 1, tree.options)
    return substitute(registry.derivative(known), {X: tree.arguments[0]})


def substeps(tree: Tree, by: Name, functions: Mapping[str, str]) -> tuple[Step, ...]:
    """The elementary rules one line needs, innermost last; only lines beyond a single rule have any."""
    found: list[Step] = []

    def visit(node: Tree) -> None:
        if by not in walk(node) or isinstance(node, Name):
            return
        if isinstance(node, Apply) and (formula := written(node, functions)) is not None:
            why = Phrase.of("steps.formula-rule", node=node, formula=formula)
            found.append(Step("formula-rule", node, differentiate(formula, by, functions), why))
            visit(formula)
            return
        rule = rule_of(node, by)
        after = differentiate(node, by, functions)
        why = Phrase.of(f"steps.{rule}", node=node, parent=by, local=after)
        found.append(Step(rule, node, after, why))
        match node:
            case Add(parts) | Mul(parts):
                inner: tuple[Tree, ...] = parts
            case Neg(operand):
                inner = (operand,)
            case Div(a, b) | Pow(a, b):
                inner = (a, b)
            case Apply(_, arguments):
                inner = arguments
            case _:
                inner = ()
        for part in inner:
            visit(part)

    visit(tree)
    return tuple(found) if len(found) > 1 else ()


def rule_of(node: Tree, by: Name) -> str:
    """The id of the elementary rule that a node asks for."""
    match node:
        case Add():
            return "sum-rule"
        case Neg():
            return "constant-factor"
        case Mul(factors):
            return "product-rule" if sum(by in walk(f) for f in factors) > 1 else "constant-factor"
        case Div(_, b):
            return "quotient-rule" if by in walk(b) else "constant-factor"
        case Pow(_, exponent):
            return "exponential-rule" if by in walk(exponent) else "power-rule"
        case Apply():
            return "function-rule"
        case Indicator():
            return "indicator-rule"
    return "variable-rule"


@lru_cache(maxsize=4096)
def cached_derivative(tree: Tree, by: Name, functions: tuple[tuple[str, str], ...]) -> Tree:
    """`differentiate`, remembered: a loop's equation is differentiated once."""
    return differentiate(tree, by, dict(functions))
