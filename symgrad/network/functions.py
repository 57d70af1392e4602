"""What the functions of a chain stand for, with the options they are given; slips at their place."""

from __future__ import annotations

from collections.abc import Iterable

from symgrad.errors import InputError, UnknownNameError, Where
from symgrad.functions.application import BadOption, full_name
from symgrad.functions.formula import Formula
from symgrad.functions.registry import configured
from symgrad.notation.chainfile import Binding, Equation
from symgrad.notation.tree import Apply, walk


def bound_functions(bindings: Iterable[Binding]) -> dict[str, str]:
    """Name -> canonical function, its options in the name: `rho` -> `leaky_relu(slope=1/5)`.

    Raises:
        InputError: an option that the function does not have, or that is no number.
    """
    found = {}
    for binding in bindings:
        try:
            found[binding.name] = full_name(binding.function, binding.options)
        except BadOption as problem:
            raise option_error(problem, binding.where) from problem
    return found


def check_options(equation: Equation, functions: dict[str, str]) -> None:
    """Refuse an option of an applied function that it does not have, or that is no number.

    Raises:
        InputError: at the application.
    """
    for node in walk(equation.body):
        if isinstance(node, Apply):
            check_count(equation, node, functions.get(node.function.stem, node.function.stem))
        if isinstance(node, Apply) and node.options:
            try:
                full_name(functions.get(node.function.stem, node.function.stem), node.options)
            except BadOption as problem:
                start, end = node.span or (0, 1)
                raise option_error(problem, equation.source.where(start, end)) from problem


def check_count(equation: Equation, node: Apply, name: str) -> None:
    """Refuse a known function of two arguments that is given another number of them.

    Raises:
        InputError: at the application. max and min take any number, or one vector.
    """
    found = configured(name)
    wanted = len(found[1].parameters) if found is not None and isinstance(found[1], Formula) else 1
    known = found is not None and not node.function.indices
    if known and len(node.arguments) != wanted and name not in ("max", "min"):
        start, end = node.span or (0, 1)
        where = equation.source.where(start, end)
        raise InputError("argument-count", where, name=name, wanted=wanted, found=len(node.arguments))


def option_error(problem: BadOption, where: Where) -> InputError:
    """The error for a bad option."""
    fields = {"function": problem.function, "name": problem.option}
    if problem.option in problem.known:
        return InputError("option-not-number", where, **fields)
    return UnknownNameError("unknown-option", where, known=", ".join(problem.known) or "-", **fields)
