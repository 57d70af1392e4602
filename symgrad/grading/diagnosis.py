"""Which slip turned the right answer into this one: exact search over edits, cheapest first.

A float fingerprint only chooses which candidates are worth an exact comparison; a name is given if and only
if the edited gold equals the answer exactly.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from symgrad.algebra import close
from symgrad.grading.desk import Form, compare, desk_of
from symgrad.grading.edits import Edit, is_wrong_factor
from symgrad.grading.objective_slips import range_edits
from symgrad.grading.question import Question
from symgrad.grading.slips import Slips
from symgrad.grading.writings import form_kinds
from symgrad.notation.tree import Derivative, Name, Tree, number
from symgrad.notation.writers.plain import plain
from symgrad.values.mark import Mistake

TIE = 0.35
"""Edits that cost at most this much more than the cheapest are reported with it."""
LONG = 1.5
"""A single slip that costs more may be two that cost less."""
MAX_CONFIRM, MAX_PAIRS = 60, 24


@dataclass(frozen=True, slots=True)
class Found:
    """All named slips, and the readings: each a set of slips that by itself explains the answer."""

    mistakes: tuple[Mistake, ...]
    readings: tuple[tuple[Mistake, ...], ...]


class Diagnosis:
    """The search for one answer."""

    def __init__(self, question: Question, answer: Tree) -> None:
        self.question, self.answer = question, answer
        self.desk = desk_of(question)
        self.prints = self.desk.prints
        self.target = self.prints.of(answer)
        self.confirmed = 0
        self.cheapest: float | None = None

    def run(self) -> Found:
        """The shortest edit and other gradients, ties all; else two slips at once.

        A wrong sign alone explains more than another gradient that happens to be minus this one; that is
        told only of what could have been asked for, and beside the sign.
        """
        edits = self.shapes()
        if edits:
            self.cheapest = 1.0
        edits = edits or self.in_forms()
        if any(plain_sign(mistake) for mistake in edits):
            other = self.other_gradient(asked_for=True)
            return Found((*edits, *other), tuple((mistake,) for mistake in edits))
        other = self.other_gradient()
        pairs = self.pairs() if self.cheapest is None or self.cheapest > LONG else []
        told = dict.fromkeys((*other, *edits, *(mistake for pair in pairs if not other for mistake in pair)))
        readings = (*((mistake,) for mistake in (*edits, *other)), *pairs)
        return Found(distinct(told), readings)

    def in_forms(self) -> list[Mistake]:
        """Single slips, in the forms that the answer itself uses first."""
        for kind in form_kinds(self.answer):
            form = self.desk.form(kind)
            if form is not None and (found := self.single(form)):
                return found
        found = []
        for form in self.desk.in_sums():
            found.extend(m for m in self.single(form) if all(m.name != n.name for n in found))
        return found

    def equals(self, tree: Tree) -> bool:
        """The exact decision."""
        if self.confirmed >= MAX_CONFIRM:
            return False
        self.confirmed += 1
        return bool(compare(self.question, self.answer, tree, 0.3))

    def alike(self, tree: Tree) -> bool:
        """Whether a candidate is worth an exact comparison."""
        value = self.prints.of(tree)
        return value is not None and self.target is not None and close(value, self.target)

    # -- whole answers ---------------------------------------------------------------------------------------

    def other_gradient(self, asked_for: bool = False) -> tuple[Mistake, ...]:
        """wrong-variable: the answer is the gradient of another name (asked_for: no input or target)."""
        network, goal = self.question.network, self.question.goal
        if network is None or goal is None or not isinstance(goal.of, Name):
            return ()
        leaves = network.parameters if asked_for else network.leaves
        names = [*leaves, *(e.name for e in network.equations)]
        for name in names:
            token = Derivative(goal.of, name)
            if name == goal.by or name == goal.of or token not in self.question.adjoints:
                continue
            if self.alike(token) and self.equals(token):
                return (
                    Mistake("wrong-variable", f"{plain(token)} -> {plain(goal)}", None, (token,), (goal,)),
                )
        return ()

    def shapes(self) -> list[Mistake]:
        """Sums for products, and products over a wrong range."""
        for mistake, tree in Slips(self.question).sums():
            if self.alike(tree) and self.equals(tree):
                return [mistake]
        gold = self.prints.of(self.question.gold)
        for mistake, tree in range_edits(self.answer):
            if close(self.prints.of(tree), gold) and compare(self.question, tree, self.question.gold):
                return [mistake]
        return []

    # -- edits of factors ------------------------------------------------------------------------------

    def needed(self, form: Form) -> float | None:
        """What a slip must have multiplied the form's factors by to give the answer, or None."""
        return None if self.target is None else self.desk.needed(form, self.target)

    def single(self, form: Form) -> list[Mistake]:
        """The cheapest single slips that explain the answer, ties included."""
        needed = self.needed(form)
        if needed is None:
            return []
        found: list[Mistake] = []
        cheapest: float | None = None
        for ratio, edit in form.rated:
            if cheapest is not None and edit.cost > cheapest + TIE:
                break
            if close(ratio, needed) and self.equals(form.edited(edit)):
                cheapest = edit.cost if cheapest is None else cheapest
                found.append(edit.mistake)
        if cheapest is not None:
            self.cheapest = cheapest if self.cheapest is None else min(cheapest, self.cheapest)
        return list(distinct(found))

    def pairs(self) -> list[tuple[Mistake, ...]]:
        """Two slips at once; or a wrong factor (one that is missing, one too many) and a wrong sign."""
        for kind in form_kinds(self.answer):
            form = self.desk.form(kind)
            needed = None if form is None else self.needed(form)
            if form is None or not needed:
                continue
            if found := self.two(form, needed):
                return found
            turned = Edit(Mistake("wrong-sign", "", None), (), (number(-1),))
            if found := self.two(form, -needed, turned):
                return found
        return []

    def two(self, form: Form, needed: float, third: Edit | None = None) -> list[tuple[Mistake, ...]]:
        """Two slips whose ratios multiply to the one needed; with a third they stand for a wrong factor."""
        added = () if third is None else (third,)
        found: list[tuple[Mistake, ...]] = []
        limit = math.inf if self.cheapest is None else self.cheapest + TIE
        for cost, edit, other in islice(self.matches(form, needed, third), MAX_PAIRS):
            if cost > limit:
                break
            if self.equals(form.edited(edit, other, *added)):
                limit = min(limit, cost + TIE)
                found.append(tuple(e.mistake for e in (edit, other, *added)))
        return found

    def matches(self, form: Form, needed: float, third: Edit | None) -> list[tuple[float, Edit, Edit]]:
        """Pairs of slips at different places whose float ratios fit, the cheapest first."""
        rated = [(ratio, edit) for ratio, edit in form.rated if ratio and edit.cost <= LONG]
        ordered = sorted(rated, key=lambda pair: pair[0])
        keys = [ratio for ratio, _ in ordered]
        found: list[tuple[float, Edit, Edit]] = []
        for ratio, edit in rated:
            partner = needed / ratio
            low, high = sorted((partner * (1 - 1e-9), partner * (1 + 1e-9)))
            for _, other in ordered[bisect_left(keys, low) : bisect_right(keys, high)]:
                apart = edit.cost <= other.cost and not edit.places & other.places and edit != other
                if apart and (third is None or is_wrong_factor(edit.mistake, other.mistake)):
                    found.append((edit.cost + other.cost, edit, other))
        return sorted(found, key=lambda match: match[0])


def distinct(mistakes: Iterable[Mistake]) -> tuple[Mistake, ...]:
    """Each name and detail once."""
    found: dict[tuple[str, str], Mistake] = {}
    for mistake in mistakes:
        found.setdefault((mistake.name, mistake.detail), mistake)
    return tuple(found.values())


def plain_sign(mistake: Mistake) -> bool:
    """Whether a slip is the sign of the whole answer."""
    return mistake.name == "wrong-sign" and not mistake.right


def diagnose(question: Question, answer: Tree) -> Found:
    """The named slips of an incorrect answer; nothing where none fits."""
    return Diagnosis(question, answer).run()
