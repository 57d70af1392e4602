"""The products of known terms that can take part in a sum: multiples that hit the monomials at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from operator import add, sub
from typing import TypeAlias

from symgrad.notation.tree import ONE, Add, Apply, Neg, Number, Pow, Tree, number
from symgrad.proving.clock import hurry
from symgrad.proving.kernel import normal as nf
from symgrad.proving.methods.terms import UNIT, Term, atoms_of, product

Exponents: TypeAlias = tuple[int, ...]
"""One for each atom, in order."""
Vector: TypeAlias = dict[Exponents, Fraction | int]
STRICT: Exponents = (-1,)
"""Marks what is positive, where a sum must not be zero in every part."""
MAX_COLUMNS, MAX_MONOMIALS, MAX_POWER = 1000, 250, 12
MAX_SMALL, MAX_PAIRED = 5, 16


def packed(exponents: Exponents) -> int:
    """Exponents as one number: of sums and of whole halves it is the sum and the half."""
    code = 0
    for n in exponents:
        code = (code << 16) + n
    return code


@dataclass(frozen=True, eq=False)
class Column:
    """Monomial * term * term, or monomial * (u - c v)^2."""

    space: Space
    exponents: Exponents
    terms: tuple[Term, ...]
    square: tuple[Exponents, Exponents, int] | None
    poly: Vector
    strict: bool
    free: bool

    def tree(self, coefficient: Fraction) -> Tree:
        """As the kernel is to enclose it."""
        factors: list[Tree] = [] if coefficient == 1 else [Number(coefficient)]
        for base, n in sorted(self.space.monomial(self.exponents), key=repr):
            factors.append(base if n == 1 else Pow(base, number(n)))
        factors += [t.tree for t in self.terms]
        if self.square is not None:
            u, v, c = self.square
            root = {self.space.monomial(u): Fraction(1), self.space.monomial(v): Fraction(-c)}
            factors.append(Pow(nf.to_tree(root), number(2)))
        return product(factors)


class Space:
    """The atoms of some polynomials, in order; |x|^2 is x^2."""

    def __init__(self, polys: Iterable[nf.Poly], signs: Mapping[Tree, bool]) -> None:
        atoms = dict.fromkeys(atoms_of(polys))
        inside = {a: a.arguments[0] for a in atoms if isinstance(a, Apply) and nf.is_bars(a)}
        atoms.update(dict.fromkeys(inside.values()))
        self.atoms = list(atoms)
        self.index = {atom: k for k, atom in enumerate(self.atoms)}
        reducible = [a for a in inside if not isinstance(inside[a], Add)]
        self.bars = [(self.index[a], self.index[inside[a]]) for a in reducible]
        self.even = [k for k, atom in enumerate(self.atoms) if atom not in signs]
        self.open = [k for k, atom in enumerate(self.atoms) if not signs.get(atom, False)]

    def exponents(self, monomial: nf.Monomial) -> Exponents:
        """A monomial as its exponents."""
        found = [0] * len(self.atoms)
        for base, n in monomial:
            found[self.index[base]] = n
        return tuple(found)

    def vector(self, poly: nf.Poly) -> Vector:
        """A polynomial by exponents, its whole coefficients as integers, which are quicker to work with."""
        exact = ((m, c.numerator if c.denominator == 1 else c) for m, c in poly.items())
        return {self.exponents(m): c for m, c in exact}

    def monomial(self, exponents: Exponents) -> nf.Monomial:
        """Exponents as a monomial."""
        return frozenset((self.atoms[k], n) for k, n in enumerate(exponents) if n)

    def join(self, a: Exponents, b: Exponents) -> Exponents:
        """The product of two monomials."""
        if not self.bars:
            return tuple(map(add, a, b))
        total = list(map(add, a, b))
        for bar, inside in self.bars:
            if total[bar] > 1:
                total[inside] += total[bar] - total[bar] % 2
                total[bar] %= 2
        return tuple(total)

    def times(self, a: Vector, b: Vector) -> Vector:
        """The product of two polynomials."""
        total: Vector = {}
        for m, c in a.items():
            for n, d in b.items():
                key = self.join(m, n)
                total[key] = total.get(key, 0) + c * d
        return {m: c for m, c in total.items() if c}

    def shifted(self, a: Vector, by: Exponents) -> Vector:
        """A polynomial times a monomial."""
        return self.times(a, {by: 1}) if self.bars else {tuple(map(add, m, by)): c for m, c in a.items()}


@dataclass
class Columns:
    """Grows from the monomials of a target."""

    space: Space
    terms: Sequence[Term]
    found: dict[tuple[object, ...], Column] = field(default_factory=dict)
    frontier: dict[Exponents, None] = field(default_factory=dict)
    closed: bool = False

    def __post_init__(self) -> None:
        self.one = self.space.vector(UNIT.poly)

    def reach(self, monomials: Iterable[Exponents]) -> None:
        """More monomials that are to be cancelled."""
        for m in monomials:
            if len(self.frontier) < MAX_MONOMIALS and sum(m) <= MAX_POWER:
                self.frontier.setdefault(m)

    def multiples(self, poly: nf.Poly) -> None:
        """The monomials of a polynomial times itself, times each atom and times each short term."""
        vector = self.space.vector(poly)
        size = len(self.space.atoms)
        units = [tuple([int(i == k) for i in range(size)]) for k in range(size)]
        self.reach(self.space.times(vector, vector))
        for unit in units:
            self.reach(self.space.shifted(vector, unit))
        for term in self.terms:
            if len(term.poly) <= 4 and not term.free:
                self.reach(self.space.times(vector, self.space.vector(term.poly)))

    def grow(self, rounds: int, pairs: bool) -> list[Column]:
        """Every multiple of a term (and of two) that holds a monomial of the frontier; squares last.

        With no rounds the frontier stays as it is, and only what lies in it altogether is taken.
        """
        groups = list(self._groups(pairs))
        self.closed = not rounds
        done: set[Exponents] = set()
        for _ in range(max(1, rounds)):
            fresh = [t for t in self.frontier if t not in done]
            done.update(fresh)
            for number_, (group, poly) in enumerate(groups):
                hurry()
                for m in poly:
                    for t in fresh:
                        q = tuple(map(sub, t, m))
                        if min(q, default=0) >= 0:
                            self._add(number_, group, poly, q)
            if rounds:
                self.reach([m for column in self.found.values() for m in column.poly])
        self._squares((), self.space.vector(UNIT.poly))
        for group, poly in groups[1:]:
            if not any(t.free for t in group) and len(poly) <= 4:
                self._squares(group, poly)
        return list(self.found.values())

    def _groups(self, pairs: bool) -> Iterable[tuple[tuple[Term, ...], Vector]]:
        yield (), self.space.vector(UNIT.poly)
        vectors = [(t, self.space.vector(t.poly)) for t in self.terms]
        for t, v in vectors:
            yield (t,), v
        if pairs:
            usual = [(t, v) for t, v in vectors if not t.free and len(v) <= 12]
            small = sorted(usual, key=lambda pair: len(pair[1]))[:MAX_SMALL]
            first = [pair for pair in usual if pair in small or pair in usual[:MAX_SMALL]]
            for i, (t, v) in enumerate(first):
                hurry()
                for u, w in [*first[i:], *(pair for pair in usual[:MAX_PAIRED] if pair not in first)]:
                    yield (t, u), self.space.times(v, w)

    def _add(self, number_: int, group: tuple[Term, ...], poly: Vector, q: Exponents) -> None:
        if (number_, q) in self.found or len(self.found) >= MAX_COLUMNS:
            return
        free = any(t.free for t in group)
        if not (free or self.nonnegative(q)):
            return
        full = self.space.shifted(poly, q)
        if self.closed and any(m not in self.frontier for m in full):
            return
        strict = not free and all(t.strict for t in group) and not any(q[k] for k in self.space.open)
        self.found[number_, q] = Column(self.space, q, group, None, full, strict, free)

    def nonnegative(self, exponents: Exponents) -> bool:
        """Whether a monomial is never negative."""
        return all(exponents[k] % 2 == 0 for k in self.space.even)

    def _squares(self, group: tuple[Term, ...], poly: Vector) -> None:
        """Q g (u - v)^2 for monomials q m u^2, q m v^2 whose geometric mean is at hand, m the first of g."""
        if not poly:
            return
        lead = min(poly)
        quotients = [tuple(map(sub, m, lead)) for m in self.frontier]
        at_hand = set(map(packed, quotients))
        parities: dict[Exponents, list[tuple[int, Exponents]]] = {}
        for q in quotients:
            if min(q, default=0) >= 0 and self.nonnegative(q):
                parities.setdefault(tuple([n % 2 for n in q]), []).append((packed(q), q))
        for shared, members in parities.items():
            for i, (first, a) in enumerate(members):
                hurry()
                if self.full:
                    return
                near = [b for second, b in members[i + 1 :] if (first + second) // 2 in at_hand]
                for b in near:
                    u, v = (tuple([(x - s) // 2 for x, s in zip(m, shared, strict=True)]) for m in (a, b))
                    once = not group and self.nonnegative(
                        tuple([(x + y) // 2 for x, y in zip(a, b, strict=True)])
                    )
                    for c in (1,) if once else (1, -1):
                        self._square(group, poly, shared, u, v, c)

    @property
    def full(self) -> bool:
        """Whether there are enough with squares."""
        return len(self.found) >= 2 * MAX_COLUMNS

    def _square(
        self, group: tuple[Term, ...], poly: Vector, q: Exponents, u: Exponents, v: Exponents, c: int
    ) -> None:
        if self.full:
            return
        key, join = ("square", group, q, u, v, c), self.space.join
        if key in self.found:
            return
        squared: Vector = {join(q, join(u, u)): 1, join(q, join(u, v)): -2 * c, join(q, join(v, v)): c * c}
        if len(squared) < 3:  # |x| and x
            inside: Vector = {u: 1, v: -c}
            squared = self.space.shifted(self.space.times(inside, inside), q)
        full = squared if len(poly) == 1 and poly == self.one else self.space.times(poly, squared)
        if self.closed and any(m not in self.frontier for m in full):
            return
        self.found[key] = Column(self.space, q, group, (u, v, c), full, False, False)


def total(columns: Sequence[Column], coefficients: Sequence[Fraction]) -> Tree:
    """The sum as a tree."""
    parts: list[Tree] = []
    for column, c in zip(columns, coefficients, strict=True):
        tree = column.tree(abs(c))
        parts.append(tree if c > 0 else Neg(tree))
    return ONE if not parts else parts[0] if len(parts) == 1 else Add(tuple(parts))
