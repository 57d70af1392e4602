"""What all answers to one question share: the gold's forms with every single slip in each, rated once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from symgrad.algebra import Algebra, Decision, Fingerprints, algebra_of, close
from symgrad.grading.edits import Edit, product
from symgrad.grading.question import Question
from symgrad.grading.slips import Slips
from symgrad.grading.writings import written
from symgrad.notation.tree import ONE, Add, Apply, Mul, Neg, Tree, number, walk

TIME = 2.0
"""Seconds for one comparison."""
MAX_PATHS, MAX_FACTORS = 12, 400


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write the gold: outer * (factors + rest), with every single slip in the factors.

    Without rest and outer it is the plain product. rated: by what each slip multiplies the factors.
    """

    factors: tuple[Tree, ...]
    rated: tuple[tuple[float, Edit], ...]
    outer: tuple[Tree, ...] = ()
    rest: tuple[Tree, ...] = ()

    def edited(self, *edits: Edit) -> Tree:
        """The gold with these slips in the factors."""
        changes = tuple(change for edit in edits for change in edit.changes)
        extra = tuple(tree for edit in edits for tree in edit.extra)
        inner = product(Edit(edits[0].mistake, changes, extra).apply(self.factors))
        if not self.rest:
            return product((*self.outer, inner)) if self.outer else inner
        return product((*self.outer, Add((inner, *self.rest))))


class Desk:
    """The forms of one question's gold, made when they are first wanted."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.prints = Fingerprints(question.scope)
        self.forms: dict[str, Form | None] = {}
        self.sums: tuple[Form, ...] | None = None

    def form(self, kind: str) -> Form | None:
        """The gold in one form, or None where it has no such form."""
        if kind not in self.forms:
            factors = written(self.question, kind)
            self.forms[kind] = None if factors is None else Form(factors, tuple(self.rate(factors)))
        return self.forms[kind]

    def in_sums(self) -> tuple[Form, ...]:
        """The gold with one path picked out of a sum, and with all sums multiplied out."""
        if self.sums is None:
            found = [
                Form(term, tuple(self.rate(term, own=False)), outer, rest)
                for term, outer, rest in picked(self.question.factors)
            ]
            self.sums = tuple(found)
        return self.sums

    def rate(self, factors: tuple[Tree, ...], *, own: bool = True) -> Iterator[tuple[float, Edit]]:
        """All slips with their ratios, cheapest first."""
        slips = Slips(
            self.question, self.question.factors if own and factors == self.question.factors else factors
        )
        for edit in sorted(slips.all(), key=lambda e: e.cost):
            ratio = self.ratio(factors, edit)
            if ratio is not None:
                yield ratio, edit

    def ratio(self, factors: tuple[Tree, ...], edit: Edit) -> float | None:
        """By what an edit multiplies the factors, as a float."""
        value = 1.0
        for place, new in edit.changes:
            old = self.prints.of(factors[place])
            if not old:
                return None
            value /= old
            for tree in new:
                value *= self.value(tree)
        for tree in edit.extra:
            value *= self.value(tree)
        return value if math.isfinite(value) else None

    def value(self, tree: Tree) -> float:
        """The fingerprint, or not a number."""
        found = self.prints.of(tree)
        return math.nan if found is None else found

    def needed(self, form: Form, target: float) -> float | None:
        """What a slip must have multiplied the form's factors by to give a value, or None."""
        outer = math.prod(self.value(tree) for tree in form.outer)
        inner = math.prod(self.value(tree) for tree in form.factors)
        rest = sum(self.value(tree) for tree in form.rest)
        if not outer or not inner:
            return None
        found = (target / outer - rest) / inner
        return found if math.isfinite(found) else None


def compare(question: Question, answer: Tree, gold: Tree, seconds: float = TIME) -> Decision:
    """The exact decision; a look at floats only says which of its means come first."""
    algebra = algebra_of(question.scope)
    if not isinstance(algebra, Algebra):
        return algebra.equal(answer, gold, seconds)
    prints = desk_of(question).prints
    left, right = prints.of(answer), prints.of(gold)
    alike = None if left is None or right is None else close(left, right)
    return algebra.equal(answer, gold, seconds, alike=alike)


@lru_cache(maxsize=32)
def desk_of(question: Question) -> Desk:
    """The desk of a question."""
    return Desk(question)


Picked = tuple[tuple[Tree, ...], tuple[Tree, ...], tuple[Tree, ...]]
"""The factors of one term, what stands before the bracket, the other terms."""


def picked(factors: Sequence[Tree]) -> Iterator[Picked]:
    """Every term of every sum over paths, with what surrounds it; inside the bracket, and multiplied out."""
    places = [i for i, f in enumerate(factors) if isinstance(f, Add) and is_path_sum(f)]
    if not places:
        return
    for place in places:
        sum_ = factors[place]
        assert isinstance(sum_, Add)
        outer = (*factors[:place], *factors[place + 1 :])
        for i, term in enumerate(sum_.terms):
            yield parts_of(term), outer, (*sum_.terms[:i], *sum_.terms[i + 1 :])
    seen: set[frozenset[tuple[Tree, ...]]] = set()
    for chosen in ([place] for place in places) if len(places) == 1 else (*([p] for p in places), places):
        spread = multiplied(factors, chosen)
        if len(spread) > MAX_PATHS or sum(map(len, spread)) > MAX_FACTORS or frozenset(spread) in seen:
            continue
        seen.add(frozenset(spread))
        for i, path in enumerate(spread):
            yield path, (), tuple(product(other) for j, other in enumerate(spread) if j != i)


def multiplied(factors: Sequence[Tree], places: Sequence[int]) -> list[tuple[Tree, ...]]:
    """The factors with the sums at some places multiplied out: one tuple of factors for each path."""
    found: list[tuple[Tree, ...]] = [()]
    for place, factor in enumerate(factors):
        if place in places and isinstance(factor, Add):
            terms = [parts_of(term) for term in factor.terms]
            found = [(*path, *(f for f in term if f != ONE)) for path in found for term in terms]
            if len(found) > MAX_PATHS:
                return found
        else:
            found = [(*path, factor) for path in found]
    return found


def parts_of(term: Tree) -> tuple[Tree, ...]:
    """The factors of one term."""
    match term:
        case Mul(factors):
            return factors
        case Neg(operand):
            return (number(-1), *parts_of(operand))
    return (term,)


def is_path_sum(tree: Add) -> bool:
    """Whether the terms are products of local derivatives and not the difference of a loss."""
    return any(isinstance(node, Apply) and node.order == 1 for node in walk(tree))
