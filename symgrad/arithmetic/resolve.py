"""Which function a name stands for: a built-in, a formula in x, or a general function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from symgrad.functions import registry
from symgrad.functions.application import applied
from symgrad.functions.questionnaire import Function
from symgrad.notation.tree import Apply, Name, Tree

Functions: TypeAlias = Mapping[str, str | Tree]
"""What general names are taken to be: "sigma" -> "sigmoid", or a formula in x as a tree."""

VARIADIC = frozenset({"max", "min", "clip", "piecewise"})
"""Built-ins of several arguments that the interpreter itself knows."""

OF_ARRAYS = frozenset({
    "sum", "mean", "norm", "opnorm", "trace", "diag", "softmax", "ones", "eye", "unit",
})  # fmt: skip
"""Functions of whole vectors and matrices, which `shaped` knows."""


def resolve(function: Name, functions: Functions) -> Function | Tree | None:
    """The built-in's questionnaire, a formula in x, or None for a general function."""
    if function.indices:
        return None
    chosen = functions.get(function.stem, function.stem)
    return registry.lookup(chosen) if isinstance(chosen, str) else chosen


def resolve_applied(tree: Apply, functions: Functions) -> Function | Tree | None:
    """The same for an applied function with its options; None where they are no numbers or unknown to it."""
    return applied(tree, functions) if tree.options else resolve(tree.function, functions)
