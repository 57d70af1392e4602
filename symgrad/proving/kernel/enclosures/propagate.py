"""What facts say about their parts: a <= b and 0 <= a give 0 <= b; x y != 0 gives x != 0."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeAlias

from symgrad.errors import CertificateError
from symgrad.notation.tree import Apply, Tree
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.enclosures.intervals import LINE, Empty, Interval, point

Key: TypeAlias = frozenset[tuple[nf.Monomial, Fraction]]
ROUNDS, MAX_PARTS = 2, 4


def parts_of(
    facts: Mapping[Key, Interval], enclose: Callable[[Tree], Interval], learn: Callable[[Key, Interval], None]
) -> None:
    """Learn the interval of each monomial of a fact from the fact and the other monomials' intervals."""
    sums = [key for key in facts if 2 <= len(key) <= MAX_PARTS]
    for _ in range(ROUNDS if sums else 0):
        for key in sums:
            for monomial, c in key:
                total = facts[key]
                try:
                    for other, d in key:
                        if other != monomial:
                            total = total + -(enclose(nf.to_tree({other: Fraction(1)})) * point(d))
                except Empty:
                    raise
                except CertificateError:
                    continue
                if (total := total * point(1 / c)) != LINE:
                    learn(frozenset({(monomial, Fraction(1))}), total)


def factors(poly: nf.Poly) -> set[Key]:
    """What divides every term of a polynomial that is not 0, and what is left: none of these is 0."""
    shared = dict(nf.content(poly))
    bases = [*shared, *(b.arguments[0] for b in shared if isinstance(b, Apply) and nf.is_bars(b))]
    found = {frozenset({(frozenset({(base, 1)}), Fraction(1))}) for base in bases}
    rest = {nf.strip(monomial, shared): c for monomial, c in poly.items()}
    if len(rest) > 1:
        lead = rest[min((m for m in rest if m), key=nf.order)]
        found.add(frozenset(nf.scale(rest, 1 / lead).items()))
    return found
