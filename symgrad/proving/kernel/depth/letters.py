"""What is known of integer letters: n >= 1, k <= n; and which comparisons of indices follow from that.

A comparison follows only if it is a sum of at most three known ones and a constant: no search, no solver.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement

from symgrad.notation.indices import Linear, linear
from symgrad.notation.places import gap
from symgrad.notation.tree import BigOp, Constant, Is, Name, Number, Pow, Relation, Tree, names_in, walk

SUMMANDS = 3
MAX_FACTS = 24


def shifted(form: Linear, by: int) -> Linear:
    """Form + by."""
    return form[0], form[1] + by


def combined(forms: Sequence[Linear]) -> Linear:
    """The sum of linear forms."""
    letters: dict[str, Fraction] = {}
    constant = Fraction(0)
    for terms, c in forms:
        constant += c
        for letter, coefficient in terms:
            letters[letter] = letters.get(letter, Fraction(0)) + coefficient
    return tuple(sorted((k, v) for k, v in letters.items() if v)), constant


@dataclass(frozen=True, slots=True)
class Letters:
    """facts: linear forms in letters that are >= 0."""

    facts: tuple[Linear, ...] = ()

    def at_least(self, low: Tree, high: Tree, by: int = 0) -> bool:
        """Whether high - low >= by certainly holds."""
        form = gap(low, high)
        return form is not None and self.nonnegative(shifted(form, -by))

    def nonnegative(self, form: Linear) -> bool:
        """Whether a form is certainly >= 0."""
        if not form[0]:
            return form[1] >= 0
        wanted = dict(form[0])
        useful = [f for f in self.facts if f[0]][:MAX_FACTS]
        for count in range(1, SUMMANDS + 1):
            for chosen in combinations_with_replacement(useful, count):
                total = combined(chosen)
                if dict(total[0]) == wanted and form[1] >= total[1]:
                    return True
        return False

    @property
    def contradictory(self) -> bool:
        """Whether some of the facts say that a negative number is >= 0."""
        useful = self.facts[:MAX_FACTS]
        sums = (combined(c) for k in range(1, SUMMANDS + 1) for c in combinations_with_replacement(useful, k))
        return any(not form[0] and form[1] < 0 for form in sums)

    def within(self, letter: str, low: Tree, high: Tree) -> Letters:
        """The same, with low <= letter <= high."""
        found = [f for f in (gap(low, Name(letter)), gap(Name(letter), high)) if f is not None]
        return Letters((*found, *self.facts))


def known_letters(used: Iterable[Tree], *trees: Tree) -> Letters:
    """The facts about integer letters among some assumptions; range ends and places are integers."""
    used = tuple(used)
    whole = {u.subject.stem for u in used if isinstance(u, Is) and isinstance(u.subject, Name)
             and not u.subject.indices and "integer" in u.kind}  # fmt: skip
    whole |= places_in((*used, *trees))
    facts: list[Linear] = []
    for assumption in used:
        match assumption:
            case Relation((operator,), (a, b)) if not _indexed(assumption):
                facts += _facts(operator, a, b, whole)
            case Is(Name() as letter, kind) if "positive integer" in kind and not letter.indices:
                facts += _facts(">=", letter, Number(Fraction(1)), whole)
    return Letters(tuple(dict.fromkeys(facts)))


def _facts(operator: str, a: Tree, b: Tree, whole: set[str]) -> list[Linear]:
    form = gap(a, b)
    if form is None or not {letter for letter, _ in form[0]} <= whole:
        return []
    if any(c.denominator != 1 for _, c in form[0]):
        return []
    negative = (tuple((letter, -c) for letter, c in form[0]), -form[1])
    # Between integers a < b is a + 1 <= b.
    low, high = (_floor(f) for f in (form, negative))
    match operator:
        case "<=":
            return [low]
        case ">=":
            return [high]
        case "<":
            return [_floor(shifted_below(form))]
        case ">":
            return [_floor(shifted_below(negative))]
        case "=":
            return [low, high]
    return []


def shifted_below(form: Linear) -> Linear:
    """What is >= 0 where an integer form plus a constant is > 0."""
    terms, c = form
    return (terms, c - 1) if c.denominator == 1 else form


def _floor(form: Linear) -> Linear:
    """An integer combination plus c is >= 0 exactly if it is with c rounded down."""
    return form[0], Fraction(form[1].numerator // form[1].denominator)


def _indexed(tree: Tree) -> bool:
    return any(isinstance(node, Name) and node.indices for node in walk(tree))


def places_in(trees: Iterable[Tree]) -> set[str]:
    """The letters that stand in ends of big operators and in indices: integers by their use."""
    found: set[str] = set()
    for tree in trees:
        for node in walk(tree):
            match node:
                case BigOp(_, _, index, low, high):
                    found.update(n.stem for end in (low, high) for n in names_in(end))
                    found.add(index)
                case Name(_, indices):
                    found.update(n.stem for i in indices for n in walk(i) if isinstance(n, Name))
    return found


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
