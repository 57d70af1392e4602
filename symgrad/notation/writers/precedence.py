"""One table of binding strengths for all writers, and a fold over a tree that never recurses.

A writer turns a node and the pieces of its children into a piece: finished text and how tightly it binds. A
piece is bracketed where its place needs a tighter one, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction

from symgrad.notation.indices import linear
from symgrad.notation.tree import BigOp, Mul, Name, Tree, children, walk


class Level(IntEnum):
    """How tightly a text binds, loosest first."""

    IFF = 0
    IMPLIES = 1
    OR = 2
    AND = 3
    NOT = 4
    RELATION = 5
    SUM = 6
    ELEMENTWISE = 7
    PRODUCT = 8
    POWER = 9
    ATOM = 10


LOGIC = {
    "iff": Level.IFF, "implies": Level.IMPLIES, "or": Level.OR, "and": Level.AND, "not": Level.NOT,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """A finished text, how tightly it binds, and (for an array) the texts of its items."""

    text: str
    level: Level = Level.ATOM
    parts: tuple[str, ...] = ()


def fold(tree: Tree, combine: Callable[[Tree, Sequence[Piece]], Piece]) -> Piece:
    """The piece of a tree, from the leaves up; `combine` gets the pieces in the order of `children`."""
    done: list[Piece] = []
    waiting: list[tuple[Tree, bool]] = [(tree, False)]
    while waiting:
        node, ready = waiting.pop()
        below = children(node)
        if not ready and below:
            waiting.append((node, True))
            waiting.extend((child, False) for child in reversed(below))
            continue
        start = len(done) - len(below)
        pieces = done[start:]
        del done[start:]
        done.append(combine(node, pieces))
    return done[0]


def mentions(trees: Iterable[Tree], letter: str) -> bool:
    """Whether an index letter occurs in one of the trees."""
    return any(
        isinstance(node, Name) and node.stem == letter and not node.indices for t in trees for node in walk(t)
    )


def open_ended(factors: Sequence[Tree]) -> set[int]:
    """Positions of big operators that would swallow a later factor, so that they need brackets."""
    operators = [i for i, factor in enumerate(factors) if isinstance(factor, BigOp)]
    if not operators:
        return set()
    later: set[str] = set()
    swallowing: set[int] = set()
    for i in range(len(factors) - 1, operators[0] - 1, -1):
        factor = factors[i]
        if isinstance(factor, BigOp) and factor.index in later:
            swallowing.add(i)
        later |= {node.stem for node in walk(factor) if isinstance(node, Name) and not node.indices}
    return swallowing


def closed_body(operator: BigOp, piece: Piece) -> bool:
    """Whether the body of a big operator ends where a reader will end it, so that it needs no brackets.

    A reader takes factors up to the last one that holds the index and stops before another big operator.
    """
    body = operator.body
    if isinstance(body, Mul):
        inner = any(isinstance(factor, BigOp) for factor in body.factors)
        return not inner and mentions(body.factors[-1:], operator.index)
    return piece.level >= Level.POWER and not isinstance(body, BigOp)


def ascends(operator: BigOp) -> bool:
    """Whether `prod(body, k, low, high)`, which always ascends, says the same as the written bounds."""
    if operator.ascending is not None:
        return operator.ascending
    low, high = linear(operator.low), linear(operator.high)
    if low is None or high is None:
        return False
    difference = dict(high[0])
    for letter, coefficient in low[0]:
        difference[letter] = difference.get(letter, Fraction(0)) - coefficient
    if any(difference.values()):
        return all(coefficient >= 0 for coefficient in difference.values())
    return high[1] - low[1] >= -1


def decimal_text(value: Fraction) -> str | None:
    """A nonnegative rational as an exact decimal, or None if it has none of at most 400 places."""
    denominator, twos, fives = value.denominator, 0, 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    places = max(twos, fives, 1)
    if denominator != 1 or places > 400:
        return None
    digits = str(value.numerator * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}"
