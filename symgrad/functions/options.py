"""Options of a function: `leaky_relu(slope=1/5)` as a name, and their values put into formulas."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from symgrad.notation.tree import Div, Neg, Number, Tree

CALL = re.compile(r"\s*([A-Za-z]\w*)\s*(?:\(([^()]*)\))?\s*")
ASSIGNMENT = re.compile(r"\s*([A-Za-z]\w*)\s*=\s*([-+]?[\d./]+)\s*")


def split(text: str) -> tuple[str, dict[str, Fraction]] | None:
    """The name and the options of a configured function; None if the text is neither that nor a name.

    >>> split("leaky_relu(slope=1/5)")
    ('leaky_relu', {'slope': Fraction(1, 5)})
    >>> split("elu(alpha)") is None
    True
    """
    call = CALL.fullmatch(text)
    if call is None:
        return None
    values: dict[str, Fraction] = {}
    for part in (call[2] or "").split(",") if call[2] else ():
        assignment = ASSIGNMENT.fullmatch(part)
        try:
            values[assignment[1]] = Fraction(assignment[2])  # type: ignore[index]
        except (TypeError, ValueError, ZeroDivisionError):
            return None
    return call[1].lower(), values


def joined(name: str, defaults: Sequence[tuple[str, Fraction]], values: Mapping[str, Fraction]) -> str | None:
    """The one spelling of a function with options, those at their default left out; None for unknown ones.

    >>> joined("elu", (("alpha", Fraction(1)),), {"alpha": Fraction(3, 2)})
    'elu(alpha=3/2)'
    """
    if not values.keys() <= dict(defaults).keys():
        return None
    chosen = [f"{key}={values[key]}" for key, default in defaults if values.get(key, default) != default]
    return f"{name}({', '.join(chosen)})" if chosen else name


def settled(text: str, values: Sequence[tuple[str, Fraction]]) -> str:
    """A formula with the values of its options in their places.

    >>> settled("1[x > 0] + slope 1[x <= 0]", (("slope", Fraction(1, 100)),))
    '1[x > 0] + {1/100} 1[x <= 0]'
    """
    for key, value in values:
        text = re.sub(rf"\b{key}\b", f"{{{value}}}", text)
    return text


def rational(tree: Tree) -> Fraction | None:
    """The value of an option as it was typed (1/5, -0.2), or None if it is no number."""
    match tree:
        case Number(value):
            return value
        case Neg(operand):
            inner = rational(operand)
            return None if inner is None else -inner
        case Div(a, b):
            above, below = rational(a), rational(b)
            return above / below if above is not None and below else None
    return None
