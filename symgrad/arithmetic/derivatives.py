"""Derivatives of any order of a function, by the elementary rules on its questionnaire's formulas."""

from __future__ import annotations

from functools import cache, lru_cache

from symgrad.arithmetic.kind import Inexact
from symgrad.arithmetic.resolve import resolve_applied
from symgrad.functions import registry
from symgrad.functions.application import written
from symgrad.functions.questionnaire import Function
from symgrad.notation.tree import (
    ONE,
    ZERO,
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
    number,
    substitute,
)

X = Name("x")
MAX_ORDER = 8


def nth_derivative(function: Function | Tree, order: int) -> Tree:
    """f^(order) as a tree in x: from the questionnaire's f', or from a formula in x, differentiated further.

    Built-in functions in the result are never primed. Order 0 is f(x) itself.
    """
    if order > MAX_ORDER:
        raise Inexact("order of the derivative")
    if isinstance(function, Function):
        return _of_builtin(function.name, order)
    for _ in range(order):
        function = differentiated(function)
    return function


@cache
def _of_builtin(name: str, order: int) -> Tree:
    function = registry.lookup(name)
    if function is None or order == 0:
        return Apply(Name(name), (X,))
    return registry.derivative(function) if order == 1 else differentiated(_of_builtin(name, order - 1))


@lru_cache(maxsize=4096)
def differentiated(tree: Tree) -> Tree:
    """d(tree)/dx, lightly tidied; jumps (indicators) have derivative 0."""
    match tree:
        case Number() | Constant() | Indicator() | Relation() | Logic():
            return ZERO
        case Name():
            return ONE if tree == X else ZERO
        case Neg(a):
            return negative(differentiated(a))
        case Add(terms):
            return total(tuple(differentiated(term) for term in terms))
        case Mul(factors):
            return total(
                tuple(
                    product((*factors[:i], differentiated(factor), *factors[i + 1 :]))
                    for i, factor in enumerate(factors)
                )
            )
        case Div(a, b):
            top = total((product((differentiated(a), b)), negative(product((a, differentiated(b))))))
            return ZERO if top == ZERO else Div(top, Pow(b, number(2)))
        case Pow(Constant("e"), exponent):
            return product((tree, differentiated(exponent)))
        case Pow(base, Number(n)):
            return product((Number(n), Pow(base, Number(n - 1)), differentiated(base)))
        case Apply(Name("piecewise"), arguments):
            last = len(arguments) - 1
            branches = (
                part if i % 2 and i != last else differentiated(part) for i, part in enumerate(arguments)
            )
            return Apply(Name("piecewise"), tuple(branches))
        case Apply() if (formula := written(tree, {})) is not None:
            return differentiated(formula)
        case Apply(_, (argument,), order):
            function = resolve_applied(tree, {})
            if function is None:
                raise Inexact("derivative of a general function")
            slope = substitute(nth_derivative(function, order + 1), {X: argument})
            return product((slope, differentiated(argument)))
    raise Inexact(f"derivative of {type(tree).__name__}")


def total(terms: tuple[Tree, ...]) -> Tree:
    """A sum without its zeros."""
    kept = tuple(term for term in terms if term != ZERO)
    return ZERO if not kept else kept[0] if len(kept) == 1 else Add(kept)


def product(factors: tuple[Tree, ...]) -> Tree:
    """A product without its ones; zero if a factor is."""
    if ZERO in factors:
        return ZERO
    kept = tuple(factor for factor in factors if factor != ONE)
    return ONE if not kept else kept[0] if len(kept) == 1 else Mul(kept)


def negative(tree: Tree) -> Tree:
    """-tree, and zero stays zero."""
    return tree if tree == ZERO else Neg(tree)
