"""What is known of integer letters: n >= 1, k <= n; and which comparisons of indices follow from that.

A comparison follows only if it is a sum of at most three known ones and a constant: no search, no solver.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import TypeAlias

from symgrad.notation.indices import Linear, linear
from symgrad.notation.places import gap, plain_letters
from symgrad.notation.tree import BigOp, Constant, Is, Name, Pow, Relation, Tree, names_in, number, walk

Terms: TypeAlias = tuple[tuple[str, Fraction], ...]
LEAST = {"positive integer": 1, "nonnegative integer": 0, "natural": 0}
SUMMANDS = 3
MAX_FACTS = 24
SIGNS = {"<=": (1,), "<": (1,), ">=": (-1,), ">": (-1,), "=": (1, -1)}
"""What a comparison says of right - left and of left - right."""


def shifted(form: Linear, by: int) -> Linear:
    """Form + by."""
    return form[0], form[1] + by


def minus(a: Terms, b: Terms) -> Terms:
    """A - b, for the letters of forms."""
    letters = dict(a)
    for letter, coefficient in b:
        letters[letter] = letters.get(letter, Fraction(0)) - coefficient
    return tuple(sorted((k, v) for k, v in letters.items() if v))


@dataclass(frozen=True, slots=True)
class Letters:
    """facts: linear forms in letters that are >= 0. whole: letters that stand for integers."""

    facts: tuple[Linear, ...] = ()
    whole: frozenset[str] = frozenset()

    def at_least(self, low: Tree, high: Tree, by: int = 0) -> bool:
        """Whether high - low >= by certainly holds."""
        form = gap(low, high)
        return form is not None and self.nonnegative(shifted(form, -by))

    def nonnegative(self, form: Linear) -> bool:
        """Whether a form is certainly >= 0."""
        least = self.least(form)
        return least is not None and least >= 0

    def least(self, form: Linear) -> Fraction | None:
        """A number that a form certainly does not lie below."""
        if not form[0]:
            return form[1]
        return max((form[1] - constant for constant in self._totals(form[0])), default=None)

    def exponent(self, tree: Tree) -> Linear | None:
        """An exponent as a form in letters that are integers; None where it is a number or something else."""
        form = linear(tree)
        if form is None or not form[0] or any(c.denominator != 1 for c in (form[1], *dict(form[0]).values())):
            return None
        return form if all(letter in self.whole for letter, _ in form[0]) else None

    @property
    def contradictory(self) -> bool:
        """Whether some of the facts say that a negative number is >= 0."""
        return any(constant < 0 for constant in self._totals(()))

    def _totals(self, wanted: Terms) -> Iterator[Fraction]:
        """The constants of the sums of facts whose letters are the wanted ones."""
        known: dict[Terms, Fraction] = {}
        for terms, constant in self.facts[:MAX_FACTS]:
            known[terms] = min(constant, known.get(terms, constant))
        open_ = [(wanted, Fraction(0))]
        for count in range(SUMMANDS):
            if count:
                open_ = [(minus(r, terms), total + c) for r, total in open_ for terms, c in known.items()]
            yield from (total + known[rest] for rest, total in open_ if rest in known)

    def within(self, letter: str, low: Tree, high: Tree) -> Letters:
        """The same, with low <= letter <= high for a letter of its own, whatever it stood for before."""
        kept = tuple(fact for fact in self.facts if letter not in dict(fact[0]))
        above = gap(low, Name(letter)) if letter not in plain_letters(low) else None
        below = gap(Name(letter), high) if letter not in plain_letters(high) else None
        found = (fact for fact in (above, below) if fact is not None)
        return Letters((*found, *kept), self.whole | {letter})


def known_letters(used: Iterable[Tree], *trees: Tree, whole: Iterable[str] = ()) -> Letters:
    """The facts about integer letters among some assumptions; ends of ranges are integers by their use."""
    used = tuple(used)
    integers = {u.subject.stem for u in used if isinstance(u, Is) and isinstance(u.subject, Name)
                and not u.subject.indices and u.kind in ("integer", *LEAST)}  # fmt: skip
    integers |= ends_in((*used, *trees)) | set(whole)
    facts: list[Linear] = []
    for assumption in used:
        match assumption:
            case Relation((operator,), (a, b)) if not _indexed(assumption):
                facts += _facts(operator, a, b, integers)
            case Is(Name(_, ()) as letter, kind) if kind in LEAST:
                facts += _facts(">=", letter, number(LEAST[kind]), integers)
    return Letters(tuple(dict.fromkeys(facts)), frozenset(integers))


def _facts(operator: str, a: Tree, b: Tree, whole: set[str]) -> list[Linear]:
    """A combination of integers plus c is >= 0 exactly if it is with c rounded down; > 0, up and less 1."""
    form = gap(a, b)
    if form is None or any(letter not in whole or c.denominator != 1 for letter, c in form[0]):
        return []
    found: list[Linear] = []
    for sign in SIGNS.get(operator, ()):
        constant = sign * form[1]
        least = ceil(constant) - 1 if operator in ("<", ">") else floor(constant)
        found.append((tuple((letter, sign * c) for letter, c in form[0]), Fraction(least)))
    return found


def _indexed(tree: Tree) -> bool:
    return any(isinstance(node, Name) and node.indices for node in walk(tree))


def ends_in(trees: Iterable[Tree]) -> set[str]:
    """The indices of big operators and the letters in their ends: integers by their use."""
    found: set[str] = set()
    for node in (n for tree in trees for n in walk(tree)):
        if isinstance(node, BigOp):
            found.update({node.index}, *({n.stem for n in names_in(end)} for end in (node.low, node.high)))
    return found


def places_in(trees: Sequence[Tree]) -> set[str]:
    """The letters in ends of big operators and in indices."""
    names = (n for tree in trees for n in walk(tree) if isinstance(n, Name))
    return ends_in(trees).union(*(plain_letters(index) for name in names for index in name.indices))


def symbolic(tree: Tree) -> bool:
    """Whether a tree holds a big operator, or a power whose exponent is no number."""
    for node in walk(tree):
        match node:
            case BigOp():
                return True
            case Pow(base, exponent) if not isinstance(base, Constant) and _places(exponent):
                return True
    return False


def _places(exponent: Tree) -> bool:
    form = linear(exponent)
    return form is not None and bool(form[0]) and all(c.denominator == 1 for _, c in form[0])
