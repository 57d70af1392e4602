"""What linear facts say about their parts: a <= b and 0 <= a give 0 <= b."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeAlias

from symgrad.errors import CertificateError
from symgrad.notation.tree import Tree
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
