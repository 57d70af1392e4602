"""Where a chain stands exactly at a kink: the derivative there is a convention, and that is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symgrad.arithmetic import (
    Functions,
    Inexact,
    NotScalar,
    Undefined,
    Unvalued,
    compile_shaped,
    compile_tree,
)
from symgrad.arithmetic.arrays import is_array
from symgrad.arithmetic.kind import Kind
from symgrad.arithmetic.resolve import resolve_applied
from symgrad.functions.questionnaire import Function
from symgrad.network.graph import Network
from symgrad.notation.tree import Apply, Name, Number, Relation, Tree, number, walk
from symgrad.numerics.sizes import Sizes

EXTREMES = ("max", "min")


@dataclass(frozen=True, slots=True)
class Kink:
    """An application at its kink: `relu(z_2)` where z_2 = 0, `max(u, v)` where u = v."""

    application: Apply
    place: Relation
    slope: Fraction | None = None
    """What the derivative is taken to be; None for a tie, where it is the first argument's."""


def kinks(
    network: Network, functions: Functions, numbers: Mapping[Tree, Any], kind: Kind, sizes: Sizes
) -> tuple[Kink, ...]:
    """All of them among the equations that have numbers, each once."""
    found: dict[Kink, None] = {}
    patterns = {id(e.pattern): any(map(candidate, walk(e.pattern.body))) for e in network.equations}
    for equation in network.equations:
        if equation.name not in numbers or not patterns[id(equation.pattern)]:
            continue
        for node in walk(network.bodies[network.position[equation.name]]):
            if isinstance(node, Apply) and not node.order:
                for kink in possible(node, functions):
                    if holds(kink.place, numbers, kind, functions, sizes if network.shapes else None):
                        found.setdefault(kink)
    return tuple(found)


def candidate(node: Tree) -> bool:
    """Whether a node may have a kink at all."""
    return isinstance(node, Apply)


def possible(node: Apply, functions: Functions) -> Iterator[Kink]:
    """The kinks that an application has."""
    if node.function.stem in EXTREMES and len(node.arguments) > 1:
        for first, second in zip(node.arguments, node.arguments[1:], strict=False):
            constant = isinstance(first, Number) or isinstance(second, Number)
            yield Kink(node, Relation(("=",), (first, second)), Fraction(0) if constant else None)
    if len(node.arguments) != 1:
        return
    function = resolve_applied(node, functions)
    if isinstance(function, Function):
        for kink in function.kinks:
            yield Kink(node, Relation(("=",), (node.arguments[0], number(kink.at))), kink.derivative)


def holds(
    place: Relation, numbers: Mapping[Tree, Any], kind: Kind, functions: Functions, sizes: Sizes | None
) -> bool:
    """Whether an equality holds exactly, in some entry of arrays; what cannot be told does not."""
    values = []
    for side in place.operands:
        if isinstance(side, Name) and side in numbers:
            values.append(numbers[side])
            continue
        try:
            program = (
                compile_tree(side, kind, functions)
                if sizes is None
                else compile_shaped(side, kind, sizes, functions)
            )
            values.append(program(numbers))
        except (Inexact, Undefined, NotScalar, Unvalued):
            return False
    left, right = values
    first, second = entries(left), entries(right)
    if is_array(left) and is_array(right):
        pairs = list(zip(first, second, strict=True))
    else:
        pairs = [(a, b) for a in first for b in second]
    with kind.working():
        return any(equal(a, b, kind) for a, b in pairs)


def equal(left: Any, right: Any, kind: Kind) -> bool:
    """Certainly equal."""
    try:
        return kind.compare("=", left, right) is True
    except Inexact:
        return False


def entries(value: Any) -> list[Any]:
    """The entries of an array, or the one number."""
    return list(value.reshape(-1)) if is_array(value) else [value]
