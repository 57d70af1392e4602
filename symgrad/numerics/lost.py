"""What a number format lost: decided against balls that contain the true values, never guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import flint
import numpy as np

from symgrad.arithmetic import SignedLog
from symgrad.arithmetic.arrays import is_array
from symgrad.arithmetic.kind import Kind
from symgrad.errors import InputError
from symgrad.notation.tree import Apply, Name, Tree
from symgrad.notation.writers.plain import plain
from symgrad.numerics.factors import Valued
from symgrad.numerics.formats import FORMATS
from symgrad.values.derivation import Derivation

SMALLEST_NORMAL = {name: float(known.smallest_normal) for name, known in FORMATS.items()}
FIRST_BITS, MOST_BITS = 128, 2048

Reference = Callable[[int], Sequence[Valued]]
"""bits -> the same gradients in balls of that precision; a pole is an error, so all of them are finite."""


def suspicious(value: Any, kind: Kind) -> bool:
    """Zero, subnormal, infinite or no number: what may have been lost."""
    if isinstance(value, SignedLog):
        return value.sign == 0 or not abs(value.log) < float("inf")
    if kind.name not in SMALLEST_NORMAL:
        return False
    return not np.isfinite(value) or abs(float(value)) < SMALLEST_NORMAL[kind.name]


def finite(value: Any) -> bool:
    """Neither infinite nor undefined."""
    return value.log < float("inf") if isinstance(value, SignedLog) else bool(np.isfinite(value))


Position = tuple[int, ...]
"""Where an entry stands in an array; () for a number."""


def spots(goal: Derivation, valued: Valued) -> Iterator[tuple[int | None, int, Position, Any]]:
    """(factor, or None for the gradient; place; entry; number): partial products count as the gradient."""
    for place, (factor, value) in enumerate(zip(goal.factors, valued.factors, strict=True)):
        for position, entry in entries(value):
            if not (position and is_diagonal(factor) and len(set(position)) > 1):
                yield place, place, position, entry
    for place, value in enumerate(valued.partial):
        for position, entry in entries(value):
            yield None, place, position, entry


def doubtful(goal: Derivation, valued: Valued, kind: Kind) -> list[tuple[int | None, int, Position, Any]]:
    """The spots with suspicious numbers; of plain floats all are looked at together."""
    every = (*valued.factors, *valued.partial)
    if kind.name not in SMALLEST_NORMAL or any(map(is_array, every)):
        return [spot for spot in spots(goal, valued) if suspicious(spot[-1], kind)]
    sizes = np.abs(np.array(every, dtype=np.float64))
    count, found = len(valued.factors), []
    for at in np.flatnonzero(~(np.isfinite(sizes) & (sizes >= SMALLEST_NORMAL[kind.name]))):
        place = int(at)
        spot = (place, place) if place < count else (None, place - count)
        found.append((*spot, (), every[place]))
    return found


def entries(value: Any) -> Iterator[tuple[Position, Any]]:
    """The numbers of an array with their positions, or the one number."""
    if not is_array(value):
        yield (), value
        return
    for position in np.ndindex(value.shape):
        yield position, value[position]


def is_diagonal(factor: Tree) -> bool:
    """Whether a factor is diag(v), whose zeros beside the diagonal are nobody's loss."""
    return isinstance(factor, Apply) and factor.function == Name("diag")


def lost(
    goals: Sequence[Derivation], numbers: Sequence[Valued], kind: Kind, reference: Reference
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """(underflow, overflow) of every gradient: names of what became 0, subnormal or infinite wrongly."""
    found_in = [doubtful(goal, valued, kind) for goal, valued in zip(goals, numbers, strict=True)]
    if not any(found_in):
        return [((), ()) for _ in numbers]
    truth, names = Truth(reference), dict[Tree, str]()
    found = []
    for which, (goal, spots_) in enumerate(zip(goals, found_in, strict=True)):
        under: dict[str, None] = {}
        over: dict[str, None] = {}
        for factor, place, position, value in spots_:
            tree = goal.goal if factor is None else goal.factors[factor]
            name = names.get(tree) or names.setdefault(tree, plain(tree))
            if position:
                name = f"{name}[{', '.join(str(p + 1) for p in position)}]"
            if not finite(value):
                over.setdefault(name)
            elif truth.differs(which, factor is None, place, position, value):
                under.setdefault(name)
        found.append((tuple(under), tuple(over)))
    return found


class Truth:
    """Balls around the true numbers, refined as far as a question needs; a pole is an error."""

    def __init__(self, reference: Reference) -> None:
        self.reference, self.bits = reference, FIRST_BITS
        self.balls = self.found()

    def found(self) -> Sequence[Valued]:
        """The balls at the present precision, or at the first one after it that has any."""
        while True:
            try:
                return self.reference(self.bits)
            except InputError as problem:
                if problem.what != "no-value-there" or self.bits >= MOST_BITS:
                    raise
            self.bits *= 2

    def differs(self, which: int, product: bool, place: int, position: Position, value: Any) -> bool:
        """Whether a number that is 0 or subnormal is truly another one."""
        while True:
            valued = self.balls[which]
            ball = (valued.partial if product else valued.factors)[place]
            ball = ball[position] if position else ball
            zero = isinstance(value, SignedLog) or not value
            if zero and ball.is_zero():
                return False
            if zero and ball != 0:
                return True
            if not zero and ball.is_exact():
                return bool(ball != flint.arb(float(value)))
            if not zero and ball != flint.arb(float(value)):
                return True
            if self.bits >= MOST_BITS:
                return False
            self.bits *= 2
            self.balls = self.found()
