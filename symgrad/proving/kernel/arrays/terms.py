"""Sums of products of indexed atoms: sum_j W[i, j] h[j] with exact coefficients, and their one form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, permutations, product
from typing import Any, TypeAlias

from symgrad.errors import CertificateError
from symgrad.notation.tree import ONE, Name, Number, Tree

Key: TypeAlias = tuple[Any, ...]
MAX_TERMS = 400
MAX_ORDERS = 720
MAX_REWRITES = 60
MAX_OPENED = 8
DELTA = ("delta",)
SINGLE = -1
"""The one index of size 1: it has a single value, so that it is never summed over."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A name, a function of a sum, or a sum to a power, at indices; `head` says which."""

    head: Key
    indices: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """coefficient * product of atoms, summed over the indices that are not free."""

    coefficient: Fraction
    atoms: Mapping[Atom, Fraction]
    bound: frozenset[int] = frozenset()


Poly: TypeAlias = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """An assumption used from left to right: the product `left` at any indices `free` is `right`."""

    left: Term
    right: Poly
    free: tuple[int, ...]


@dataclass(slots=True)
class Pool:
    """Indices with their sizes, and what the heads of compound atoms stand for."""

    sizes: dict[int, Tree] = field(default_factory=dict)
    bodies: dict[Key, tuple[tuple[int, ...], Poly]] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)

    def index(self, size: Tree) -> int:
        """A new index; that of size 1 is always the same."""
        if size == ONE:
            return SINGLE
        self.sizes[len(self.sizes)] = size
        return len(self.sizes) - 1

    def renamed(self, poly: Poly, places: Mapping[int, int]) -> Poly:
        """The sum at other indices; what it sums over gets new ones."""
        found = []
        for term in poly:
            names = {**{b: self.index(self.sizes[b]) for b in term.bound}, **places}
            atoms: dict[Atom, Fraction] = {}
            for atom, power in term.atoms.items():
                new = Atom(atom.head, tuple(names.get(i, i) for i in atom.indices))
                atoms[new] = atoms.get(new, Fraction(0)) + power
            found.append(Term(term.coefficient, atoms, frozenset(names[b] for b in term.bound)))
        return tuple(found)

    def times(self, a: Poly, b: Poly) -> Poly:
        """A * b; what each sums over stays apart."""
        if len(a) * len(b) > MAX_TERMS:
            raise CertificateError("certificate-too-large")
        found = []
        for left, right in product(a, b):
            (right,) = self.renamed((right,), {})
            atoms = dict(left.atoms)
            for atom, power in right.atoms.items():
                atoms[atom] = atoms.get(atom, Fraction(0)) + power
            kept = {atom: power for atom, power in atoms.items() if power}
            found.append(Term(left.coefficient * right.coefficient, kept, left.bound | right.bound))
        return tuple(found)

    def contracted(self, term: Term) -> Term:
        """Deltas carried out; an index that stands nowhere else counts its size."""
        atoms, bound = dict(term.atoms), set(term.bound)
        while True:
            pair = next((a for a in atoms if a.head == DELTA and self._usable(a, atoms, bound)), None)
            if pair is None:
                break
            del atoms[pair]
            i, j = pair.indices
            if i == j:
                continue
            keep, drop = (i, j) if j in bound else (j, i) if i in bound else (min(i, j), max(i, j))
            moved: dict[Atom, Fraction] = {}
            for atom, power in atoms.items():
                new = Atom(atom.head, tuple(keep if k == drop else k for k in atom.indices))
                moved[new] = moved.get(new, Fraction(0)) + power
            atoms = moved
            if drop in bound:
                bound.remove(drop)
            else:
                atoms[Atom(DELTA, (keep, drop))] = Fraction(1)
        used = {i for atom in atoms for i in atom.indices}
        coefficient = term.coefficient
        for lonely in bound - used:
            size = self.sizes[lonely]
            if isinstance(size, Number):
                coefficient *= size.value
            else:
                atom = Atom(("name", size))
                atoms[atom] = atoms.get(atom, Fraction(0)) + 1
        kept = {atom: power for atom, power in atoms.items() if power}
        return Term(coefficient, kept, frozenset(bound & used))

    @staticmethod
    def _usable(delta: Atom, atoms: Mapping[Atom, Fraction], bound: set[int]) -> bool:
        i, j = delta.indices
        if i == j or i in bound or j in bound or atoms[delta] != 1 or i > j:
            return True
        return any(max(i, j) in a.indices for a in atoms if a != delta)

    def key(self, poly: Poly, free: Sequence[int]) -> Key:
        """The one form of a sum at some free indices."""
        labels = {index: place for place, index in enumerate(free) if index != SINGLE}
        terms = self.collected(poly, free)
        return tuple(sorted(((self._shape(t, labels), t.coefficient) for t in terms), key=repr))

    def collected(self, poly: Poly, free: Sequence[int]) -> Poly:
        """Sums with whole powers multiplied out, assumptions used, like terms put together."""
        labels = {index: place for place, index in enumerate(free) if index != SINGLE}
        total: dict[Key, Term] = {}
        waiting, steps = list(poly), 0
        while waiting:
            term = self.contracted(waiting.pop())
            steps += 1
            if steps > MAX_TERMS + MAX_REWRITES:
                raise CertificateError("certificate-too-large")
            changed = self._opened(term)
            shape = () if changed is not None else self._shape(term, labels)
            if changed is None and (changed := self._rewritten(term, shape, labels)) is None:
                old = total.get(shape)
                coefficient = term.coefficient + (old.coefficient if old else 0)
                total[shape] = Term(coefficient, (old or term).atoms, (old or term).bound)
                continue
            waiting += changed
        return tuple(t for t in total.values() if t.coefficient)

    def _opened(self, term: Term) -> Poly | None:
        """A sum that stands with a power of 1 or more is multiplied out."""
        for atom, power in term.atoms.items():
            if atom.head[0] == "sum" and 1 <= power <= MAX_OPENED:
                free, body = self.bodies[atom.head]
                rest = {a: p for a, p in term.atoms.items() if a != atom}
                if power != 1:
                    rest[atom] = power - 1
                inner = self.renamed(body, dict(zip(free, atom.indices, strict=True)))
                found = self.times((Term(term.coefficient, rest),), inner)
                return tuple(Term(t.coefficient, t.atoms, t.bound | term.bound) for t in found)
        return None

    # ---- assumptions

    def _rewritten(self, term: Term, shape: Key, labels: Mapping[int, int]) -> Poly | None:
        """The first assumption that makes the term simpler, used once."""
        size = _size(term, shape)
        for rule in self.rules:
            for match, rest in self._matches(rule, term):
                right = self.renamed(rule.right, match)
                found = self.times((Term(term.coefficient, rest),), right)
                used = {i for a in rest for i in a.indices}
                gone = {match[b] for b in rule.left.bound}
                kept = (term.bound - gone) | (used & term.bound)
                terms = [self.contracted(Term(t.coefficient, t.atoms, t.bound | kept)) for t in found]
                if [(self._shape(t, labels), t.coefficient) for t in terms] == [(shape, -term.coefficient)]:
                    return ()  # what is its own opposite is 0
                if all(_size(t, self._shape(t, labels)) < size for t in terms):
                    return tuple(terms)
        return None

    def _matches(self, rule: Rule, term: Term) -> Iterator[tuple[dict[int, int], dict[Atom, Fraction]]]:
        """Where the left side stands in a product: its indices there, and the other factors."""
        wanted = list(rule.left.atoms.items())

        def match(
            k: int, places: dict[int, int], rest: dict[Atom, Fraction]
        ) -> Iterator[tuple[dict[int, int], dict[Atom, Fraction]]]:
            if k == len(wanted):
                outside = {i for atom in rest for i in atom.indices}
                inner = [places[b] for b in rule.left.bound]
                if len(set(inner)) == len(inner) and not outside.intersection(inner):
                    others = {places[i] for i in rule.free if i in places}
                    if term.bound.issuperset(inner) and not others.intersection(inner):
                        yield places, rest
                return
            atom, power = wanted[k]
            for other, there in list(rest.items()):
                if other.head != atom.head or there < power or (there - power).denominator != 1:
                    continue
                fixed = dict(places)
                pairs = zip(atom.indices, other.indices, strict=True)
                if all(self._size(i) == self._size(j) and fixed.setdefault(i, j) == j for i, j in pairs):
                    left = {a: p for a, p in rest.items() if a != other}
                    if there != power:
                        left[other] = there - power
                    yield from match(k + 1, fixed, left)

        yield from match(0, {}, dict(term.atoms))

    def _size(self, index: int) -> Tree:
        return ONE if index == SINGLE else self.sizes[index]

    def groups(self, term: Term, joined: Iterable[int]) -> list[Term]:
        """The term as a product of terms that share none of the joined indices; each has coefficient 1."""
        parts: list[tuple[set[int], dict[Atom, Fraction]]] = []
        shared = set(joined)
        for atom, power in term.atoms.items():
            links, atoms = shared.intersection(atom.indices), {atom: power}
            apart = [part for part in parts if not links & part[0]]
            for old in parts:
                if links & old[0]:
                    atoms, links = {**old[1], **atoms}, links | old[0]
            parts = [*apart, (links, atoms)]
        return [Term(Fraction(1), atoms, term.bound & links) for links, atoms in parts]

    def _shape(self, term: Term, labels: Mapping[int, int]) -> Key:
        """A product with its bound indices named in the one order."""
        colours = {b: repr(self.sizes[b]) for b in term.bound}
        for _ in range(len(colours)):
            colours = {b: repr((colours[b], self._surroundings(b, term, labels, colours))) for b in colours}
            ranks = {c: str(k) for k, c in enumerate(sorted(set(colours.values())))}
            colours = {b: ranks[c] for b, c in colours.items()}
        groups: dict[str, list[int]] = {}
        for b in sorted(colours):
            groups.setdefault(colours[b], []).append(b)
        orders = product(*(permutations(groups[c]) for c in sorted(groups)))
        best: tuple[str, Key] | None = None
        for count, order in enumerate(islice(orders, MAX_ORDERS + 1)):
            if count == MAX_ORDERS:
                raise CertificateError("certificate-too-large")
            names = {
                SINGLE: 999,
                **labels,
                **{b: 1000 + k for k, b in enumerate(b for g in order for b in g)},
            }
            spelled = tuple(sorted((self._spelled(a, names, p) for a, p in term.atoms.items()), key=repr))
            sizes = tuple(repr(self.sizes[b]) for g in order for b in g)
            found = (repr((spelled, sizes)), (spelled, sizes))
            if best is None or found[0] < best[0]:
                best = found
        assert best is not None
        return best[1]

    @staticmethod
    def _spelled(atom: Atom, names: Mapping[int, int], power: Fraction) -> Key:
        places = [names.get(i, -2 - i) for i in atom.indices]
        if atom.head == DELTA:
            places.sort()
        return (atom.head, tuple(places), power)

    @staticmethod
    def _surroundings(b: int, term: Term, labels: Mapping[int, int], colours: Mapping[int, str]) -> list[str]:
        found = []
        for atom, power in term.atoms.items():
            if b in atom.indices:
                places = [("*" if i == b else labels.get(i, colours.get(i, ""))) for i in atom.indices]
                found.append(repr((atom.head, places, power)))
        return sorted(found)


def _size(term: Term, shape: Key) -> tuple[int, str]:
    """What an assumption must make smaller, so that using them comes to an end."""
    return sum(max(1, abs(int(p))) for p in term.atoms.values()), repr(shape)


def constant(value: Fraction | int) -> Poly:
    """A number."""
    return (Term(Fraction(value), {}),) if value else ()


def single(atom: Atom, power: Fraction = Fraction(1)) -> Poly:
    """One atom."""
    return (Term(Fraction(1), {atom: power}),)


def scaled(poly: Poly, by: Fraction) -> Poly:
    """By * poly."""
    return tuple(Term(by * t.coefficient, t.atoms, t.bound) for t in poly) if by else ()


def summed(poly: Poly, indices: Iterable[int]) -> Poly:
    """The sum over some of the free indices."""
    more = frozenset(indices) - {SINGLE}
    return tuple(Term(t.coefficient, t.atoms, t.bound | more) for t in poly)


def name_atom(name: Name, indices: Sequence[int] = ()) -> Atom:
    """A component of a name."""
    return Atom(("name", name), tuple(indices))
