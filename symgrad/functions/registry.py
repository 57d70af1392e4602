"""Finds the functions: every module of this package with an answer, and installed entry points.

There is no table to edit. A module without an answer, an incomplete one, or a taken name fails on loading.
A module answers with FUNCTION (of one argument) or FORMULA (of several).
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache, lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from types import ModuleType
from typing import TypeAlias

import symgrad.functions as package
from symgrad.functions import options as chosen
from symgrad.functions.formula import Formula
from symgrad.functions.questionnaire import Function
from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.tree import (
    ONE,
    Mul,
    Name,
    Number,
    Tree,
    number,
    rebuild,
    strip_spans,
    substitute,
)

Answer: TypeAlias = Function | Formula
GROUP = "symgrad.functions"
NOT_FUNCTIONS = frozenset({"questionnaire", "formula", "options", "registry", "application", "facts"})
ARGUMENT, EXPONENTIAL, VALUE = Name("x"), Name("E"), Name("s")
"""The letters of formulas: the argument, exp of it, and in certificates the value of the function."""
VALUES = re.compile(r"\{([^{}]+)\}")
"""Numbers in formulas that may be longer than a reader allows."""


def discover(folder: ModuleType) -> Iterable[Answer]:
    """The FUNCTION or FORMULA of every module in a package, in order of their names.

    Raises:
        TypeError: a module gives no complete answer.
    """
    for module in pkgutil.iter_modules(folder.__path__, folder.__name__ + "."):
        if module.name.rpartition(".")[2] not in NOT_FUNCTIONS:
            yield answered(answer_of(import_module(module.name)), module.name)


def installed() -> Iterable[Answer]:
    """What other installed packages offer under the entry point group `symgrad.functions`."""
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        found = entry.load()
        yield answered(found if isinstance(found, Answer) else answer_of(found), entry.value)


def answer_of(module: object) -> object:
    """What a module answers with."""
    return getattr(module, "FUNCTION", None) or getattr(module, "FORMULA", None)


def answered(answer: object, source: str) -> Answer:
    """The answer, if it is one."""
    if not isinstance(answer, Answer):
        raise TypeError(f"{source} gives no FUNCTION of type Function, nor a FORMULA")
    return answer


def table(answers: Iterable[Answer]) -> Mapping[str, Answer]:
    """Every name and spelling -> its answer.

    Raises:
        ValueError: two claim one name.
    """
    found: dict[str, Answer] = {}
    for answer in answers:
        for spelling in (answer.name, *answer.spellings):
            if spelling in found:
                raise ValueError(
                    f"{spelling!r} names two functions: {found[spelling].name} and {answer.name}"
                )
            found[spelling] = answer
    return found


@cache
def known() -> Mapping[str, Answer]:
    """Everything by name and spelling, loaded once."""
    return table([*discover(package), *installed()])


@lru_cache(maxsize=1024)
def configured(text: str) -> tuple[str, Answer, tuple[tuple[str, Fraction], ...]] | None:
    """The one spelling of a name with options, its questionnaire, and the values of all options."""
    parts = chosen.split(text)
    answer = None if parts is None else known().get(parts[0])
    if parts is None or answer is None:
        return None
    name = chosen.joined(answer.name, answer.options, parts[1])
    values = tuple((key, parts[1].get(key, default)) for key, default in answer.options)
    return None if name is None else (name, answer, values)


@lru_cache(maxsize=1024)
def lookup(name: str) -> Function | None:
    """The function of a name or spelling in any case, with its options if there are any; or None.

    Its formulas are in x alone: the options have their values in them.

    >>> lookup("ReLU").name, lookup("ln").name, lookup("sigmod")
    ('relu', 'log', None)
    >>> lookup("leaky_relu(slope=0.2)").derivative
    '1[x > 0] + {1/5} 1[x <= 0]'
    """
    match configured(name):
        case (full, Function() as function, values):
            return settled(function, name=full, values=values) if values else function
    return None


def settled(function: Function, name: str, values: tuple[tuple[str, Fraction], ...]) -> Function:
    """The questionnaire for some values of the options, its formulas in x alone."""
    made = function.family(**dict(values)) if function.family is not None else function

    def text(formula: str) -> str:
        return chosen.settled(formula, values)

    return replace(
        made,
        name=name,
        value=None if made.value is None else text(made.value),
        stable_value=None if made.stable_value is None else text(made.stable_value),
        derivative=text(made.derivative),
        stable_derivative=text(made.stable_derivative),
    )


def names() -> tuple[str, ...]:
    """The canonical names of the functions of one argument, in alphabetical order."""
    return tuple(sorted({answer.name for answer in known().values() if isinstance(answer, Function)}))


def formulas() -> tuple[str, ...]:
    """The canonical names of the functions of several arguments, in alphabetical order."""
    return tuple(sorted({answer.name for answer in known().values() if isinstance(answer, Formula)}))


@cache
def formula(text: str, letters: tuple[str, ...] = ("x", "E", "s")) -> Tree:
    """A formula of the questionnaire as a tree in Name("x") (or Name("E"), Name("s"), or other letters).

    >>> formula("-s")
    Neg(operand=Name(stem='s', indices=(), layer=False))
    """
    places: dict[Tree, Tree] = {}

    def placed(match: re.Match[str]) -> str:
        place = len(places)
        decimal = "." in match[1]
        places[Name("number", (number(place),))] = Number(Fraction(match[1]), decimal=decimal)
        return f"number_{place}"

    plain = VALUES.sub(placed, text)
    variables = frozenset({*map(Name, letters), *(key for key in places if isinstance(key, Name))})
    context = Context("claim", variables, functions=frozenset(known()))
    return placed_in(strip_spans(read(plain, context, name="<function>")), places)


def placed_in(tree: Tree, places: Mapping[Tree, Tree]) -> Tree:
    """The formula with its numbers in their places; as a factor, 1 is left out."""
    if (value := places.get(tree)) is not None:
        return value
    if isinstance(tree, Mul):
        factors = tuple(f for f in tree.factors if places.get(f) != ONE)
        if len(factors) == 1:
            return placed_in(factors[0], places)
        tree = Mul(factors) if factors else tree
    return rebuild(tree, lambda child: placed_in(child, places))


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
