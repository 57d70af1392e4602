"""Products of indexed factors, and the one canonical way to write them however summed indices are called.

Label 0 is the row of the result and label 1 its column; in a component the summed indices are -1, -2, ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from fractions import Fraction
from typing import TypeAlias

from symgrad.algebra.polynomial import Exponent, plain

Factor: TypeAlias = tuple[int, Exponent, tuple[int, ...]]
"""An atom's number, its exponent, its labels."""
Component: TypeAlias = tuple[Factor, ...]
"""Factors that share summed indices; or one factor without any."""
Monomial: TypeAlias = tuple[Component, ...]
Form: TypeAlias = dict[Monomial, Fraction]
Labels: TypeAlias = tuple[int, ...]

MAX_BRANCHES = 64
"""So many orders of indices that look alike are tried; beyond, equal products may go unrecognised."""


def flat(monomial: Monomial, rename: Mapping[int, int], start: int) -> tuple[list[Factor], int]:
    """All factors in one list, free labels renamed, summed ones numbered from `start`; the next number."""
    found: list[Factor] = []
    for component in monomial:
        lowest = 0
        for atom, exponent, labels in component:
            new = []
            for label in labels:
                if label < 0:
                    lowest = min(lowest, label)
                    new.append(start - label - 1)
                else:
                    new.append(rename.get(label, label))
            found.append((atom, exponent, tuple(new)))
        start -= lowest
    return found, start


def merged(factors: Iterable[Factor], symmetric: Callable[[int], bool], deltas: Set[int]) -> list[Factor]:
    """Deltas (1 where two indices agree, else 0) carried out, equal factors taken together."""
    pending = list(factors)
    while (place := _summed_delta(pending, deltas)) is not None:
        _, _, (a, b) = pending.pop(place)
        old, new = (a, b) if a > 1 else (b, a)
        pending = [
            (atom, e, tuple(new if label == old else label for label in labels))
            for atom, e, labels in pending
        ]
    if any(atom in deltas and labels[0] != labels[1] for atom, _, labels in pending):
        pending = [
            (atom, e, labels if atom in deltas else tuple(0 if label == 1 else label for label in labels))
            for atom, e, labels in pending
        ]
    total: dict[tuple[int, Labels], Exponent] = {}
    for atom, exponent, labels in pending:
        if len(labels) == 2 and labels[0] > labels[1] and symmetric(atom):
            labels = (labels[1], labels[0])
        total[atom, labels] = 1 if atom in deltas else total.get((atom, labels), 0) + exponent
    return [
        (atom, plain(e), labels)
        for (atom, labels), e in total.items()
        if e and not (atom in deltas and labels[0] == labels[1])
    ]


def _summed_delta(factors: list[Factor], deltas: Set[int]) -> int | None:
    for place, (atom, _, labels) in enumerate(factors):
        if atom in deltas and labels[0] != labels[1] and max(labels) > 1:
            return place
    return None


def settled(factors: list[Factor], symmetric: Callable[[int], bool]) -> Monomial:
    """The canonical monomial of merged factors; summed labels are those above 1."""
    if all(label < 2 for _, _, labels in factors for label in labels):
        return tuple(sorted((factor,) for factor in factors))
    found: list[Component] = []
    owner: dict[int, list[Factor]] = {}
    for factor in factors:
        group = [factor]
        summed = [label for label in factor[2] if label > 1]
        for label in summed:
            other = owner.get(label)
            if other is not None and other is not group:
                other.extend(group)
                group = other
        if not summed:
            found.append((factor,))
        for _, _, labels in group:
            for label in labels:
                if label > 1:
                    owner[label] = group
    seen: dict[int, list[Factor]] = {id(group): group for group in owner.values()}
    found.extend(_Component(group, symmetric).canonical() for group in seen.values())
    return tuple(sorted(found))


class _Component:
    """One connected component; its summed indices get canonical numbers by refining colours."""

    def __init__(self, factors: list[Factor], symmetric: Callable[[int], bool]) -> None:
        self.factors, self.symmetric = factors, symmetric
        self.at: dict[int, list[tuple[int, int]]] = {}
        for place, (atom, _, labels) in enumerate(factors):
            for slot, label in enumerate(labels):
                if label > 1:
                    self.at.setdefault(label, []).append((place, 0 if symmetric(atom) else slot))
        self.branches = 0

    def canonical(self) -> Component:
        """The least of all ways to write it."""
        return self._search(self._refined(dict.fromkeys(self.at, 0)))

    def _search(self, colour: dict[int, int]) -> Component:
        classes: dict[int, list[int]] = {}
        for label, c in colour.items():
            classes.setdefault(c, []).append(label)
        alike = next((classes[c] for c in sorted(classes) if len(classes[c]) > 1), None)
        if alike is None:
            return self._written(colour)
        best: Component | None = None
        for label in alike:
            self.branches += 1
            found = self._search(self._refined({**colour, label: -1}))
            best = found if best is None or found < best else best
            if self.branches > MAX_BRANCHES:
                break
        assert best is not None
        return best

    def _refined(self, colour: dict[int, int]) -> dict[int, int]:
        count = len(set(colour.values()))
        while True:
            signs = []
            for atom, exponent, labels in self.factors:
                seen = tuple((1, colour[label]) if label > 1 else (0, label) for label in labels)
                signs.append((atom, exponent, tuple(sorted(seen)) if self.symmetric(atom) else seen))
            full = {
                label: (colour[label], sorted((signs[place], slot) for place, slot in places))
                for label, places in self.at.items()
            }
            ranks = sorted(full.values())
            order: dict[int, int] = {}
            place, last = -1, None
            ranked = []
            for rank in ranks:
                if rank != last:
                    place, last = place + 1, rank
                ranked.append(place)
            for label, index in zip(sorted(full, key=lambda name: full[name]), ranked, strict=True):
                order[label] = index
            colour = order
            if place + 1 in (count, len(colour)):
                return colour
            count = place + 1

    def _written(self, colour: dict[int, int]) -> Component:
        rows = []
        for atom, exponent, labels in self.factors:
            new = tuple(-1 - colour[label] if label > 1 else label for label in labels)
            if len(new) == 2 and new[0] > new[1] and self.symmetric(atom):
                new = (new[1], new[0])
            rows.append((atom, exponent, new))
        return tuple(sorted(rows))
