"""Assumptions about families where indices are letters: `|w_i| <= 1` for every i that its conditions allow.

A letter in an index is free, and so the assumption speaks of the whole family, unless the letter is fixed:
the depth of the chain, an end of a range, a letter said to be an integer. An assumption without any family
that mentions such a letter (`2 <= i`) is a condition on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from symgrad.errors import CertificateError
from symgrad.notation.indices import from_linear, linear
from symgrad.notation.places import at, gap
from symgrad.notation.tree import BigOp, Is, Name, Number, Relation, Tree, names_in, number, rebuild, walk
from symgrad.proving.kernel.depth.letters import LEAST, Letters, known_letters, symbolic
from symgrad.proving.kernel.depth.loop import Loop, free_names
from symgrad.proving.kernel.evaluate import truth
from symgrad.proving.kernel.families import parts

MAX_INSTANCES = 2000
PLAIN = ("integer", "real")


@dataclass(frozen=True, slots=True)
class Families:
    """What is assumed of whole families.

    loop: the chain's, if its depth is a letter. last: its last layer. ranges: where the indices of the claim
    can be.
    """

    given: tuple[Tree, ...]
    conditions: tuple[Tree, ...]
    fixed: frozenset[str]
    exact: frozenset[Name]
    loop: Loop | None
    ranges: tuple[Tree, ...] = ()
    last: Tree | None = None

    def pieces(self, members: Iterable[Name], letters: Letters, used: Sequence[Tree]) -> list[Tree]:
        """The assumptions for some members, as far as the conditions on the letters certainly hold.

        used: only assumptions among these.
        """
        members, found = tuple(members), dict[Tree, None]()
        for assumption in self.given:
            if not set(parts(assumption)) <= set(used):
                continue
            for values in self._choices(assumption, members):
                piece = at(assumption, values)
                conditions = (at(c, values) for c in self.about(values))
                if all(holds(c, letters) for c in conditions) and self._exist(piece, letters):
                    found.update(dict.fromkeys(parts(piece)))
        return list(found)

    def about(self, letters: Iterable[str]) -> list[Tree]:
        """The conditions on some index letters."""
        return [c for c in self.conditions if not stems(c).isdisjoint(letters)]

    def _exist(self, piece: Tree, letters: Letters) -> bool:
        """Whether a chain's families certainly have all the members that a relation names."""
        if self.loop is None:
            return True
        last = self.loop.high if self.last is None else self.last
        ends = ((name.indices, self.loop.ends(name, last)) for name in free_names(piece))
        return all(
            letters.at_least(low, place) and letters.at_least(place, high)
            for (place,), (low, high) in ((i, e) for i, e in ends if e is not None)
        )

    def own(self, assumption: Tree) -> frozenset[str]:
        """The letters of an assumption that run over a family."""
        return index_letters(assumption, self.exact) - self.fixed if assumption in self.given else frozenset()

    def beside(self, numbers: Mapping[str, Tree], assumption: Tree) -> dict[str, Tree]:
        """The letters with numbers, without those that run over a family in an assumption."""
        own = self.own(assumption)
        return {letter: value for letter, value in numbers.items() if letter not in own}

    def for_members(
        self,
        given: Sequence[Tree],
        written: Sequence[Tree],
        numbers: Mapping[str, Tree],
        members: Sequence[Name],
        closed: bool,
    ) -> list[Tree]:
        """The assumptions where every letter has a number: a family's for each member its conditions allow.

        written: the assumptions with their numbers and without tokens. closed: there are no other members.
        """
        found: dict[Tree, None] = {}
        running = {letter for g in given for letter in self.own(g)} - numbers.keys()
        for assumption, tree in zip(given, written, strict=True):
            own = self.own(assumption)
            if not own and (assumption not in self.conditions or running.isdisjoint(stems(tree))):
                found[tree] = None
            if own and own <= numbers.keys():
                found[at(tree, numbers)] = None
            for values in self._choices(tree, members) if own else ():
                conditions = (at(c, {**numbers, **values}) for c in self.about(own))
                piece = at(tree, values)
                there = not closed or all(name in members for name in names_in(piece) if name.indices)
                if there and not any(_fails(c) for c in conditions):
                    found[piece] = None
        return list(found)

    def without(self, letter: str) -> Families:
        """What is assumed whatever a letter stands for; the layers too, unless they depend on it."""
        kept = []
        for assumption in self.given:
            own = self.own(assumption)
            said = [assumption, *self.about(own)]
            if letter in own or all(letter not in stems(tree) for tree in said):
                kept.append(assumption)
        loop = self.loop
        if loop is not None and letter != loop.letter and any(letter in stems(b) for _, b in loop.lines):
            loop = None
        return replace(self, given=tuple(kept), loop=loop)

    def _choices(self, assumption: Tree, members: Sequence[Name]) -> Iterable[Mapping[str, Tree]]:
        free = index_letters(assumption, self.exact) - self.fixed
        patterns = [name for name in names_in(assumption) if name.indices and name not in self.exact]
        options: list[list[Tree]] = []
        for letter in sorted(free):
            values: dict[Tree, None] = {}
            for pattern, member in product(patterns, members):
                if pattern.stem == member.stem and len(pattern.indices) == len(member.indices):
                    for index, place in zip(pattern.indices, member.indices, strict=True):
                        value = _solved(index, letter, place)
                        if value is not None:
                            values[value] = None
            options.append(list(values))
        for count, chosen in enumerate(product(*options)):
            if count < MAX_INSTANCES:
                yield dict(zip(sorted(free), chosen, strict=True))


def _solved(pattern: Tree, letter: str, place: Tree) -> Tree | None:
    """The letter's value where the pattern is the letter, or the letter and a number."""
    form = linear(pattern)
    if form is None or dict(form[0]) != {letter: 1} or linear(place) is None:
        return None
    offset = from_linear(((), form[1]))
    difference = gap(offset, place)
    return None if difference is None else from_linear(difference)


def _fails(condition: Tree) -> bool:
    try:
        return truth(condition, {}, {}) is False
    except CertificateError:
        return False


def directed(tree: Tree, letters: Letters) -> Tree:
    """The tree with every range upward: one whose ends do not say it runs where it is certainly bounded."""
    if not isinstance(tree, BigOp):
        return rebuild(tree, lambda child: directed(child, letters))
    low, high = tree.low, tree.high
    up, down = gap(low, high), gap(high, low)
    unknown = CertificateError("certificate-direction", low=str(low), high=str(high))
    if up is None or down is None:
        raise unknown
    if not tree.ascending:
        turned = tree.ascending is False or (up[1] < -1 if not up[0] else letters.least(up) is None)
        if turned and letters.least(down) is None:
            raise unknown
        low, high = (high, low) if turned else (low, high)
    body = directed(tree.body, letters.within(tree.index, low, high))
    return BigOp(tree.kind, body, tree.index, low, high, True)


def letters_among(used: Iterable[Tree], trees: Sequence[Tree], loop: Loop | None) -> Letters:
    """What some assumptions say of integer letters; places in the layers of a chain are integers."""
    used = tuple(used)
    return known_letters(used, *trees, whole=() if loop is None else loop.letters_in(*used, *trees))


def holds(condition: Tree, letters: Letters) -> bool:
    """Whether a condition on letters certainly holds."""
    for part in parts(condition):
        match part:
            case Relation(("<=",), (a, b)) | Relation((">=",), (b, a)):
                sure = letters.at_least(a, b)
            case Relation(("<",), (a, b)) | Relation((">",), (b, a)):
                sure = letters.at_least(a, b, 1)
            case Relation(("!=",), (a, b)):
                sure = letters.at_least(a, b, 1) or letters.at_least(b, a, 1)
            case Is(place, kind):
                least = LEAST.get(kind)
                sure = kind in PLAIN if least is None else letters.at_least(number(least), place)
            case _:
                sure = False
        if not sure:
            return False
    return True


def stems(tree: Tree) -> set[str]:
    """The names without index, bound ones and those inside indices too."""
    return {n.stem for n in walk(tree) if isinstance(n, Name) and not n.indices}


def binds(tree: Tree, letter: str) -> bool:
    """Whether a big operator of the tree has this index."""
    return any(isinstance(node, BigOp) and node.index == letter for node in walk(tree))


def index_letters(tree: Tree, exact: frozenset[Name] = frozenset()) -> frozenset[str]:
    """The letters in the indices of names; of those that exist as they are written, none."""
    names = (n for n in walk(tree) if isinstance(n, Name) and n not in exact)
    return frozenset(m.stem for n in names for index in n.indices for m in walk(index) if isinstance(m, Name))


def fixed_letters(statement: Tree, given: Sequence[Tree], loop: Loop | None) -> frozenset[str]:
    """The letters that stand for one number: depths, ends of ranges, what is said to be an integer."""
    found = {loop.depth} if loop is not None else set[str]()
    for node in walk(statement):
        if isinstance(node, BigOp) and loop is None:
            found.update(n.stem for end in (node.low, node.high) for n in names_in(end))
    bound = {n.index for n in walk(statement) if isinstance(n, BigOp)}
    subjects = (g.subject for g in given if isinstance(g, Is))
    found.update(s.stem for s in subjects if isinstance(s, Name) and s.stem not in bound)
    return frozenset(found - bound)


def families_of(statement: Tree, given: Sequence[Tree], loop: Loop | None) -> Families | None:
    """How the assumptions are read; None where no index is a letter and the ordinary reading holds."""
    ranged = any(isinstance(n, BigOp) for n in walk(statement))
    whole = any(isinstance(g, Is) and g.kind in ("integer", *LEAST) for g in given)
    counted = symbolic(statement) and whole
    if loop is None and not (ranged or counted):
        return None
    fixed = fixed_letters(statement, given, loop)
    exact = frozenset(n for n in (free_names(statement) if loop is None else loop.labelled) if n.indices)
    of_families = tuple(g for g in given if index_letters(g, exact) - fixed)
    letters = {letter for g in of_families for letter in index_letters(g, exact) - fixed}
    bound = {n.index for n in walk(statement) if isinstance(n, BigOp)}
    conditions = tuple(g for g in given if not _indexed(g) and stems(g) & (letters | bound))
    return Families(of_families, conditions, fixed, exact, loop)


def _indexed(tree: Tree) -> bool:
    return any(isinstance(n, Name) and n.indices for n in walk(tree))


def pieces_of(
    statement: Tree, given: Sequence[Tree], families: Families, members: Iterable[Name]
) -> list[Tree]:
    """Every single assumption at hand: as written, for the members that occur, and the chain's ranges."""
    written = [piece for g in given for piece in parts(g)]
    letters = letters_among((*written, *families.ranges), (statement,), families.loop)
    found = families.pieces(members, letters, written)
    return list(dict.fromkeys((*written, *found, *families.ranges)))


def settled_letters(statement: Tree, given: Sequence[Tree], loop: Loop | None) -> dict[str, Tree]:
    """The fixed letters whose number is given: n = 4."""
    fixed = fixed_letters(statement, given, loop)
    found: dict[str, Tree] = {}
    for piece in (p for g in given for p in parts(g)):
        match piece:
            case Relation(("=",), (Name(stem, ()), Number() as value) | (Number() as value, Name(stem, ()))):
                if stem in fixed and value.value.denominator == 1:
                    found.setdefault(stem, value)
    return found
