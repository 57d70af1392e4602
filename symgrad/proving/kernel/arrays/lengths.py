"""Absolute values, norms and operator norms in one form: numbers and what shares no index taken out."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING, TypeAlias

from symgrad.notation.tree import ONE
from symgrad.proving.kernel.arrays.terms import (
    DELTA,
    SINGLE,
    Atom,
    Poly,
    Term,
    constant,
    scaled,
    single,
    summed,
)

if TYPE_CHECKING:
    from symgrad.proving.kernel.arrays.build import Builder, Entries

HALF = Fraction(1, 2)
Part: TypeAlias = tuple[Poly, tuple[int, ...]]
"""A product without free indices but these."""


def absolute(build: Builder, poly: Poly) -> Poly:
    """|s| of a number: |a b| = |a| |b|, |a^2| = a^2, |-a| = |a|."""
    poly = build.pool.collected(poly, ())
    if len(poly) != 1:
        return single(_least(build, "call", poly)) if poly else ()
    (term,) = poly
    found = constant(abs(term.coefficient))
    for group in build.pool.groups(term, term.bound):
        found = build.pool.times(found, _size_of(build, group))
    return build.pool.collected(found, ())


def _size_of(build: Builder, group: Term) -> Poly:
    if all(p.denominator == 1 and p % 2 == 0 for p in group.atoms.values()):
        return (group,)
    if len(group.atoms) == 1 and not group.bound:
        ((atom, power),) = group.atoms.items()
        if atom.head[0] == "opnorm" or atom.head[:3] in (("call", "abs", 0), ("call", "exp", 0)):
            return (group,)
        if atom.head[0] == "sum" and power.denominator == 2:
            return (group,)
        return single(_least(build, "call", single(atom)), power)
    return single(_least(build, "call", (group,)))


def _least(build: Builder, kind: str, poly: Poly) -> Atom:
    """|s| as an atom, the same for s and -s."""
    both = (poly, scaled(poly, Fraction(-1)))
    best = min(both, key=lambda p: repr(build.pool.key(p, ())))
    return build.whole(best, (), (kind, "abs", 0))


def length(build: Builder, a: Entries) -> Poly:
    """The root of the sum of squares: norm(c u v^T) = |c| norm(u) norm(v)."""
    if not a.poly:
        return ()
    if not a.shape:
        return absolute(build, a.poly)
    front, parts = _parts(build, a.poly, a.free)
    for poly, free in parts:
        square = build.pool.collected(summed(build.pool.times(poly, poly), free), ())
        if square == constant(1):
            continue
        front = build.pool.times(front, single(build.whole(square, ()), HALF))
    return build.pool.collected(front, ())


def spectral(build: Builder, a: Entries) -> Poly:
    """The operator norm: the norm of a column, a row and a product u v^T; the same for A, -A and A^T."""
    if not a.poly or len(a.shape) < 2 or ONE in a.shape:
        return length(build, a)
    front, parts = _parts(build, a.poly, a.free)
    if len(parts) == 1 and len(parts[0][1]) == 2:
        ((poly, free),) = parts
        if len(poly) == 1 and [*poly[0].atoms] in ([Atom(DELTA, free)], [Atom(DELTA, free[::-1])]):
            return front
        ways = (
            (tuple(repr(build.pool.sizes[i]) for i in way), build.pool.key(p, way))
            for p in (poly, scaled(poly, Fraction(-1)))
            for way in (free, free[::-1])
        )
        return build.pool.collected(
            build.pool.times(front, single(Atom(("opnorm", min(ways, key=repr))))), ()
        )
    return length(build, a)


def _parts(build: Builder, poly: Poly, free: Sequence[int]) -> tuple[Poly, list[Part]]:
    """|c| and the parts of a product that share no index, each with its free indices."""
    if len(poly) > 1:
        content, rest = _content(poly)
        found = [(rest, tuple(free))]
        for i in free:
            if len(found) == 1 and len(free) == 2 and i != SINGLE:
                found = _column(build, rest, i, tuple(free)) or found
        return absolute(build, content), found
    (term,) = poly
    front, parts = constant(abs(term.coefficient)), list[Part]()
    unused = [i for i in free if i != SINGLE]
    for group in build.pool.groups(term, {*term.bound, *unused}):
        here = tuple(i for i in unused if any(i in atom.indices for atom in group.atoms))
        unused = [i for i in unused if i not in here]
        if here:
            parts.append(((group,), here))
        else:
            front = build.pool.times(front, absolute(build, (group,)))
    parts += [(constant(1), (i,)) for i in unused]
    return front, parts


def _column(build: Builder, poly: Poly, i: int, free: tuple[int, ...]) -> list[Part] | None:
    """A sum with the same factor at i in all terms, as that column times what has the other index."""
    columns: list[Term] = []
    rest: list[Term] = []
    for term in poly:
        groups = build.pool.groups(term, {*term.bound, *free})
        here = [g for g in groups if any(i in atom.indices for atom in g.atoms)]
        if len(here) != 1 or any(j in a.indices for a in here[0].atoms for j in free if j != i):
            return None
        columns += here
        atoms = {a: p for a, p in term.atoms.items() if a not in here[0].atoms}
        rest.append(Term(term.coefficient, atoms, term.bound - here[0].bound))
    if len({build.pool.key((column,), (i,)) for column in columns}) > 1:
        return None
    return [((columns[0],), (i,)), (tuple(rest), tuple(j for j in free if j != i))]


def _content(poly: Poly) -> tuple[Poly, Poly]:
    """A number, and the sum divided by it: what all its terms have in common."""
    tops = [t.coefficient.numerator for t in poly]
    number = Fraction(gcd(*tops), lcm(*(t.coefficient.denominator for t in poly)))
    shared = {
        atom: power for atom, power in poly[0].atoms.items()
        if not atom.indices and all(t.atoms.get(atom) == power for t in poly)
    }  # fmt: skip
    rest = tuple(
        Term(t.coefficient / number, {a: p for a, p in t.atoms.items() if a not in shared}, t.bound)
        for t in poly
    )
    return (Term(number, shared),), rest
