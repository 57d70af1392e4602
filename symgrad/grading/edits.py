"""A slip as an edit of the right answer's factors: what it replaces, and the mistake it is.

Nothing here decides; `diagnosis` keeps an edit only if the edited gold equals the answer exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symgrad.grading.question import Question
from symgrad.notation.tree import ONE, Mul, Tree
from symgrad.notation.writers.plain import plain
from symgrad.values.mark import Mistake


@dataclass(frozen=True, slots=True)
class Edit:
    """A slip: the factors it replaces, by position (no position: the whole answer), and those it adds."""

    mistake: Mistake
    changes: tuple[tuple[int, tuple[Tree, ...]], ...]
    extra: tuple[Tree, ...] = ()
    cost: float = 1.0

    @property
    def places(self) -> frozenset[int]:
        """The positions it touches."""
        return frozenset(place for place, _ in self.changes)

    def apply(self, factors: Sequence[Tree]) -> tuple[Tree, ...]:
        """The factors after the slip."""
        swaps = dict(self.changes)
        found: list[Tree] = []
        for place, factor in enumerate(factors):
            found.extend(swaps.get(place, (factor,)))
        return (*found, *self.extra)


def product(factors: Sequence[Tree]) -> Tree:
    """The factors as one tree."""
    if not factors:
        return ONE
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def is_wrong_factor(*mistakes: Mistake) -> bool:
    """Whether two slips are one: a factor that is missing, and another that stands in its place."""
    return [mistake.name for mistake in mistakes] == ["missing-factor", "extra-factor"]


class Edits:
    """The factors of one question, and edits of them at one place or at several."""

    def __init__(self, question: Question, factors: tuple[Tree, ...] | None = None) -> None:
        self.question = question
        self.factors = question.factors if factors is None else factors
        self.network = question.network

    def one(self, name: str, place: int, new: Tree | None, cost: float = 1.0) -> Edit:
        """One factor replaced (or left out)."""
        old = self.factors[place]
        detail = self.shown(old) if new is None else f"{plain(new)} -> {plain(old)}"
        wrong = () if new is None else (new,)
        mistake = Mistake(name, detail, self.at(place), wrong, (old,))
        return Edit(mistake, ((place, () if new is None else (new,)),), cost=cost)

    def several(self, name: str, changes: Sequence[tuple[int, Tree]], cost: float = 1.5) -> Edit:
        """The same slip at several places."""
        detail = ", ".join(f"{plain(new)} -> {plain(self.factors[place])}" for place, new in changes)
        wrong = tuple(new for _, new in changes)
        right = tuple(self.factors[place] for place, _ in changes)
        mistake = Mistake(name, detail, self.at(changes[0][0]), wrong, right)
        return Edit(mistake, tuple((place, (new,)) for place, new in changes), cost=cost)

    def shown(self, factor: Tree) -> str:
        """The factor as the derivation prints it: dC/da_4 for its value."""
        derivation = self.question.derivation
        for token, value in derivation.kept if derivation else ():
            if value == factor:
                return plain(token)
        return plain(factor)

    def at(self, place: int) -> int | None:
        """The step of the derivation a factor comes from, counted from 1."""
        if self.factors is not self.question.factors:
            return None
        step = self.question.step_of[place]
        derivation = self.question.derivation
        return derivation.steps.index(step) + 1 if step is not None and derivation is not None else None
