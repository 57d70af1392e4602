"""Where a tree has a value: the conditions of its quotients, powers, roots, logarithms and slopes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from symgrad.notation.tree import ZERO, Apply, Constant, Div, Number, Pow, Relation, Tree, walk
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.enclosures.bounds import Bounds


def conditions(tree: Tree, functions: Mapping[str, str]) -> Iterator[Relation]:
    """What must hold for every part of the tree to have a value, inner parts last."""
    for node in walk(tree):
        match node:
            case Div(_, b) if not (isinstance(b, Number) and b.value):
                yield Relation(("!=",), (b, ZERO))
            case Pow(Constant("e"), _):
                continue
            case Pow(base, exponent):
                yield from _of_power(base, exponent)
            case Apply(_, (argument,), order, _):
                name = known.resolve(node.function, functions)
                if name is not None and (found := known.domain(name, order, argument)) is not None:
                    yield found


def _of_power(base: Tree, exponent: Tree) -> Iterator[Relation]:
    if not isinstance(exponent, Number) or exponent.value.denominator != 1:
        if not (isinstance(base, Number) and base.value > 0):
            yield Relation((">",), (base, ZERO))
    elif exponent.value < 0:
        yield Relation(("!=",), (base, ZERO))


def necessary(trees: Iterable[Tree], functions: Mapping[str, str]) -> bool:
    """Whether trees certainly have no value where one of their conditions fails.

    0^(1/2) might be 0, and a piece that is not taken needs no value.
    """
    for node in (node for tree in trees for node in walk(tree)):
        match node:
            case Pow(base, exponent) if not isinstance(base, Constant | Number):
                if not isinstance(exponent, Number) or exponent.value.denominator != 1:
                    return False
            case Apply(function, arguments) if known.resolve(function, functions) == "piecewise":
                if any(True for argument in arguments for _ in conditions(argument, functions)):
                    return False
    return True


def open_conditions(trees: Iterable[Tree], bounds: Bounds) -> list[Relation]:
    """The conditions of some trees that the assumptions do not give."""
    found = dict.fromkeys(c for tree in trees for c in conditions(tree, bounds.functions))
    return [c for c in found if not bounds.implies(c)]
