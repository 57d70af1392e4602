"""Why a range holds, as data: the identity that shows it, ready for a phrase and for a kernel."""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.functions.questionnaire import End, Function
from symgrad.functions.registry import ARGUMENT, VALUE, at, derivative, formula, value
from symgrad.notation.tree import (
    ZERO,
    Add,
    Apply,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    names_in,
    rebuild,
    substitute,
)

LETTERS = ("s", "t", "u", "v", "r", "q", "p")


def slope_in_value(function: Function) -> Tree | None:
    """F' as a formula in s = f(x) alone, or None where it needs x.

    >>> from symgrad.functions.registry import lookup
    >>> from symgrad.notation.writers.plain import plain
    >>> plain(slope_in_value(lookup("sigmoid")))
    's (1 - s)'
    """
    slope = substitute(derivative(function), {Apply(Name(function.name), (ARGUMENT,)): VALUE})
    return slope if set(names_in(slope)) <= {VALUE} else None


def distance(function: Function, end: End) -> tuple[Tree, Tree] | None:
    """(distance from a slope's bound to the slope, its certificate), in s; None without a certificate."""
    slope, slopes = slope_in_value(function), function.derivative_range
    if not end.certificate or slope is None or slopes is None or end.value is None:
        return None
    bound = Number(end.value)
    if end is slopes.low:
        gap: Tree = slope if end.value == 0 else Add((slope, Neg(bound)))
    else:
        gap = Add((bound, Neg(slope)))
    return gap, formula(end.certificate)


def slope_fact(
    function: Function, end: End, argument: Tree, shown: Name | None = None
) -> tuple[str, Mapping[str, Tree]]:
    """The phrase id and fields that say why an end of f's slope holds at an argument.

    Args:
        function: the function f.
        end: `function.derivative_range.low` or `.high`.
        argument: what f is applied to.
        shown: what f is called there (sigma for sigmoid).

    Returns:
        `facts.<why>` with `identity` (`1/4 - s (1 - s) = (s - 1/2)^2 >= 0`, or f'(z) = its formula),
        `s` and `value` (s stands for f(z)), `definition` (s = f(z)), `argument` and `bound`.
    """
    name = shown or Name(function.name)
    letter = next((Name(c) for c in LETTERS if Name(c) not in names_in(argument)), VALUE)
    applied = Apply(name, (argument,))
    if (pair := distance(function, end)) is not None:
        gap, certificate = (substitute(tree, {VALUE: letter}) for tree in pair)
        strict = not end.closed and not isinstance(certificate, Pow)
        signs, sides = (">",) if strict else (">=",), (ZERO,)
        identity = Relation(
            *((signs, (gap, *sides)) if gap == certificate else (("=", *signs), (gap, certificate, *sides)))
        )
    else:
        identity = Relation(
            ("=",), (Apply(name, (argument,), 1), renamed(at(derivative(function), argument), function, name))
        )
    return f"facts.{end.why}", fields(identity, letter, applied, argument, end)


def range_fact(
    function: Function, end: End, argument: Tree, shown: Name | None = None
) -> tuple[str, Mapping[str, Tree]]:
    """The phrase id and fields that say why an end of f's range holds; fields as in `slope_fact`."""
    name = shown or Name(function.name)
    applied, body = Apply(name, (argument,)), value(function)
    identity: Tree = (
        applied if body is None else Relation(("=",), (applied, renamed(at(body, argument), function, name)))
    )
    return f"facts.{end.why}", fields(identity, VALUE, applied, argument, end)


def fields(identity: Tree, letter: Name, applied: Tree, argument: Tree, end: End) -> Mapping[str, Tree]:
    """The fields of a fact's phrase."""
    return {
        "identity": identity,
        "s": letter,
        "value": applied,
        "definition": Relation(("=",), (letter, applied)),
        "argument": argument,
        "bound": ZERO if end.value is None else Number(end.value),
    }


def renamed(tree: Tree, function: Function, name: Name) -> Tree:
    """The tree with f called what the text calls it."""
    if name.stem == function.name:
        return tree

    def change(node: Tree) -> Tree:
        node = rebuild(node, change)
        if isinstance(node, Apply) and node.function == Name(function.name):
            return Apply(name, node.arguments, node.order, node.options)
        return node

    return change(tree)
