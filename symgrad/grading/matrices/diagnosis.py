"""Which slip turned the right answer into this one: mends of it, cheapest first, confirmed exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from time import monotonic

from symgrad.algebra.tensors.prints import alike
from symgrad.grading.matrices.desk import Pieces, Room
from symgrad.grading.matrices.mends import Mend
from symgrad.grading.matrices.slips import Mends
from symgrad.grading.matrices.written import meant
from symgrad.grading.question import Question
from symgrad.notation.tree import Derivative, Name, Transpose, Tree
from symgrad.notation.writers.plain import plain
from symgrad.values.mark import Mistake

TIE = 0.04
"""Mends that cost at most this much more than the cheapest are reported with it."""
MAX_TRIED, MAX_PAIRS = 3000, 900
"""So many mends are looked at, and so many of two slips at once."""
SECONDS = 2.0
"""A search ends after this, whatever is left."""


@dataclass(frozen=True, slots=True)
class Named:
    """The slips, the mends that they rest on, and whether the answer is right for another variable."""

    mends: tuple[Mend, ...] = ()
    other: Mistake | None = None

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """All named slips, each once."""
        found = [] if self.other is None else [self.other]
        for mend in self.mends:
            found.extend(
                m for m in mend.mistakes if all((m.name, m.detail) != (o.name, o.detail) for o in found)
            )
        return tuple(found)

    @property
    def readings(self) -> tuple[tuple[Mistake, ...], ...]:
        """Sets of slips each of which explains the answer."""
        first = () if self.other is None else ((self.other,),)
        return (*first, *(mend.mistakes for mend in self.mends))


class Search:
    """The search for one answer."""

    def __init__(self, question: Question, room: Room, golds: tuple[Tree, ...]) -> None:
        self.question, self.room, self.golds = question, room, golds
        self.pieces = Pieces(question, room)
        self.values = [room.prints.of(gold) for gold in golds]
        self.end, self.tried = monotonic() + SECONDS, 0

    def run(self, tree: Tree) -> Named:
        """The shortest mends, ties all; beside them another gradient that the answer is."""
        mends = Mends(self.pieces)
        other = self.other_gradient(tree)
        small = sorted(self.understood(tree, mends.small(tree)), key=lambda m: m.cost)
        found = self.confirmed(small)
        if not found or found[0].cost > 1.2:
            found = self.cheapest([*found, *self.confirmed(sorted(mends.large(tree), key=lambda m: m.cost))])
        if not found and other is None:
            found = self.confirmed(self.pairs(mends, small))
        return Named(tuple(found), other)

    def understood(self, tree: Tree, mends: Iterable[Mend]) -> Iterator[Mend]:
        """The mends; where sizes fit only after one, `*` between vectors gets its meaning only then."""
        misshapen = self.room.shape_or_none(tree) is None
        for mend in mends:
            if misshapen and mend.mistakes[0].name in ("missing-transpose", "wrong-order"):
                yield replace(mend, tree=meant(mend.tree, self.room.shape).tree)
            else:
                yield mend

    def cheapest(self, found: list[Mend]) -> list[Mend]:
        """Those within a tie of the least."""
        least = min((m.cost for m in found), default=0.0)
        return [m for m in found if m.cost <= least + TIE]

    def confirmed(self, mends: Iterable[Mend]) -> list[Mend]:
        """The cheapest mends after which the answer is right."""
        found: list[Mend] = []
        for mend in mends:
            self.tried += 1
            late = self.tried > MAX_TRIED or monotonic() > self.end
            if (found and mend.cost > found[0].cost + TIE) or late:
                break
            if self.right(mend.tree) and all(mend.mistakes != other.mistakes for other in found):
                found.append(mend)
        return found

    def right(self, tree: Tree) -> bool:
        """Whether a tree equals the gold: a quick look, then the exact decision."""
        value = self.room.prints.of(tree)
        return any(
            alike(value, known) and self.room.equal(tree, gold, 0.3).verdict == "equal"
            for gold, known in zip(self.golds, self.values, strict=True)
        )

    def pairs(self, mends: Mends, first: list[Mend]) -> Iterator[Mend]:
        """Two slips at once."""
        count = 0
        for one in (m for m in first if m.cost <= 1.15):
            for two in mends.small(one.tree):
                if two.cost <= 1.15 and two.mistakes[0].name >= one.mistakes[0].name:
                    count += 1
                    if count > MAX_PAIRS:
                        return
                    yield Mend((*one.mistakes, *two.mistakes), two.tree, one.cost + two.cost, one.around)

    def other_gradient(self, tree: Tree) -> Mistake | None:
        """wrong-variable: the answer is the gradient of another name."""
        goal, scope = self.question.goal, self.room.scope
        if goal is None or not isinstance(goal.of, Name):
            return None
        value = self.room.prints.of(tree)
        for name in self.pieces.names:
            token = Derivative(goal.of, name)
            if name in (goal.by, goal.of) or token not in scope.derivatives:
                continue
            for gold in (token, Transpose(token)) if self.question.layout != "gradient" else (token,):
                if alike(value, self.room.prints.of(gold)) and self.room.equal(tree, gold, 0.3):
                    return Mistake(
                        "wrong-variable", f"{plain(token)} -> {plain(goal)}", None, (token,), (goal,)
                    )
        return None
