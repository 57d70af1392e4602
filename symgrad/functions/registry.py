"""Finds the functions: every module of this package with an answer, and installed entry points.

There is no table to edit. A module without an answer, an incomplete one, or a taken name fails on loading.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from types import ModuleType

import symgrad.functions as package
from symgrad.functions.questionnaire import Function
from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.tree import Name, Tree, strip_spans, substitute

GROUP = "symgrad.functions"
NOT_FUNCTIONS = frozenset({"questionnaire", "registry", "facts"})
ARGUMENT, EXPONENTIAL, VALUE = Name("x"), Name("E"), Name("s")
"""The letters of formulas: the argument, exp of it, and in certificates the value of the function."""


def discover(folder: ModuleType) -> Iterable[Function]:
    """The FUNCTION of every module in a package, in order of their names.

    Raises:
        TypeError: a module gives no complete FUNCTION.
    """
    for module in pkgutil.iter_modules(folder.__path__, folder.__name__ + "."):
        if module.name.rpartition(".")[2] not in NOT_FUNCTIONS:
            yield answered(getattr(import_module(module.name), "FUNCTION", None), module.name)


def installed() -> Iterable[Function]:
    """The functions that other installed packages offer under the entry point group `symgrad.functions`."""
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        found = entry.load()
        yield answered(
            found if isinstance(found, Function) else getattr(found, "FUNCTION", None), entry.value
        )


def answered(function: object, source: str) -> Function:
    """The function, if it is one."""
    if not isinstance(function, Function):
        raise TypeError(f"{source} gives no FUNCTION of type Function")
    return function


def table(functions: Iterable[Function]) -> Mapping[str, Function]:
    """Every name and spelling -> its function.

    Raises:
        ValueError: two functions claim one name.
    """
    found: dict[str, Function] = {}
    for function in functions:
        for spelling in (function.name, *function.spellings):
            if spelling in found:
                raise ValueError(
                    f"{spelling!r} names two functions: {found[spelling].name} and {function.name}"
                )
            found[spelling] = function
    return found


@cache
def known() -> Mapping[str, Function]:
    """All functions by name and spelling, loaded once."""
    return table([*discover(package), *installed()])


def lookup(name: str) -> Function | None:
    """The function of a name or spelling in any case, or None.

    >>> lookup("ReLU").name, lookup("ln").name, lookup("sigmod")
    ('relu', 'log', None)
    """
    return known().get(name.lower())


def names() -> tuple[str, ...]:
    """The canonical names, in alphabetical order."""
    return tuple(sorted({function.name for function in known().values()}))


@cache
def formula(text: str) -> Tree:
    """A formula of the questionnaire as a tree in Name("x") (or Name("E"), Name("s")).

    >>> formula("-s")
    Neg(operand=Name(stem='s', indices=(), layer=False))
    """
    variables = frozenset({ARGUMENT, EXPONENTIAL, VALUE})
    context = Context("claim", variables, functions=frozenset(known()))
    return strip_spans(read(text, context, name="<function>"))


def value(function: Function) -> Tree | None:
    """f(x) by more elementary functions, or None for a primitive."""
    return None if function.value is None else formula(function.value)


def stable_value(function: Function) -> Tree | None:
    """f(x) for floats, or None for a primitive."""
    return value(function) if function.stable_value is None else formula(function.stable_value)


def derivative(function: Function) -> Tree:
    """f'(x)."""
    return formula(function.derivative)


def stable_derivative(function: Function) -> Tree:
    """f'(x) without cancellation."""
    return formula(function.stable_derivative)


def at(tree: Tree, argument: Tree) -> Tree:
    """A formula with its argument put in for x."""
    return substitute(tree, {ARGUMENT: argument})
