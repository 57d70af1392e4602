"""Which function a name stands for: a built-in, a formula in x, or a general function."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TypeAlias

from symgrad.functions import registry
from symgrad.functions.questionnaire import Function
from symgrad.notation.tree import Name, Tree

Functions: TypeAlias = Mapping[str, str | Tree]
"""What general names are taken to be: "sigma" -> "sigmoid", or a formula in x as a tree."""

VARIADIC = frozenset({"max", "min", "clip", "piecewise"})
"""Built-ins of several arguments that the interpreter itself knows."""

HYPERBOLIC = {
    "sinh": "(exp(x) - exp(-x))/2",
    "cosh": "(exp(x) + exp(-x))/2",
    "sech": "2/(exp(x) + exp(-x))",
}
"""Elementary functions that are never activations; a questionnaire of the same name would win."""


@cache
def _lookup(name: str) -> Function | Tree | None:
    if (function := registry.lookup(name)) is not None:
        return function
    text = HYPERBOLIC.get(name.lower())
    return None if text is None else registry.formula(text)


def resolve(function: Name, functions: Functions) -> Function | Tree | None:
    """The built-in's questionnaire, a formula in x, or None for a general function."""
    if function.indices:
        return None
    chosen = functions.get(function.stem)
    if chosen is None:
        return _lookup(function.stem)
    if isinstance(chosen, str):
        return _lookup(chosen)
    return chosen
