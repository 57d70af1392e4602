"""Where a tree has a value: the conditions of its quotients, powers, roots, logarithms and slopes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from symgrad.notation.tree import ZERO, Apply, Constant, Div, Number, Pow, Relation, Tree, walk
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.enclosures.bounds import Bounds, Missing
from symgrad.proving.kernel.evaluate import Undefined


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
            case Apply(_, (argument,), order, _) if order <= 1:
                name = known.resolve(node.function, functions)
                if name in ("log", "sqrt"):
                    yield Relation((">=" if name == "sqrt" and not order else ">",), (argument, ZERO))
                elif name and order and (found := known.derivative_domain(name, argument)) is not None:
                    yield found


def _of_power(base: Tree, exponent: Tree) -> Iterator[Relation]:
    if not isinstance(exponent, Number) or exponent.value.denominator != 1:
        if not (isinstance(base, Number) and base.value > 0):
            yield Relation((">",), (base, ZERO))
    elif exponent.value < 0:
        yield Relation(("!=",), (base, ZERO))


def implied(condition: Relation, bounds: Bounds) -> bool:
    """Whether the assumptions give a condition."""
    if bounds.decided(condition) is True:
        return True
    (operator,), (a, b) = condition.operators, condition.operands
    try:
        return operator == "!=" and b == ZERO and bounds.nonzero(a)
    except (Missing, Undefined):
        return False


def open_conditions(trees: Iterable[Tree], bounds: Bounds) -> list[Relation]:
    """The conditions of some trees that the assumptions do not give."""
    found = dict.fromkeys(c for tree in trees for c in conditions(tree, bounds.functions))
    return [c for c in found if not implied(c, bounds)]
