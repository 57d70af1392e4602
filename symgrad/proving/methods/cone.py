"""Nonnegative combinations: which polynomials add up to a target, found in floats, then solved exactly."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from symgrad.proving.clock import hurry

Poly: TypeAlias = Mapping[Any, Fraction | int]
MAX_SUPPORT = 60
NEAR = 1e-9
FLOAT_BITS = 1000


def combination(target: Poly, columns: Sequence[Poly], free: Sequence[bool]) -> list[Fraction] | None:
    """C with target = sum c_k column_k and c_k >= 0 where the column is not free; exact, or None."""
    usable = _usable(target, columns, free)
    if not usable:
        return None
    polys = [target, *(columns[k] for k in usable)]
    rows = {m: i for i, m in enumerate(dict.fromkeys(m for p in polys for m in p))}
    if any(not _fits(c) for p in polys for c in p.values()):
        return None
    import numpy as np  # here, as most claims do without

    signs = [(k, s) for k in usable for s in ((1, -1) if free[k] else (1,))]
    matrix = np.zeros((len(rows), len(signs)))
    for j, (k, sign) in enumerate(signs):
        for m, c in columns[k].items():
            matrix[rows[m], j] = sign * float(c)
    goal = np.zeros(len(rows))
    for m, c in target.items():
        goal[rows[m]] = float(c)
    support = _support(matrix, goal)
    if support is None:
        return None
    chosen = [signs[j] for j in support]
    values = _exact(target, [columns[k] for k, _ in chosen])
    if values is None:
        return None
    found = [Fraction(0)] * len(columns)
    for (k, _), value in zip(chosen, values, strict=True):
        if value < 0 and not free[k]:
            return None
        found[k] += value
    return found


def _usable(target: Poly, columns: Sequence[Poly], free: Sequence[bool]) -> list[int]:
    """The columns that can take part, none if no sum is possible.

    What is left with one sign in a monomial that the target lacks cannot cancel and is left out, and so on;
    every monomial of the target has to be reached with its sign.
    """
    ways: dict[Hashable, tuple[set[int], set[int]]] = {}
    for k, column in enumerate(columns):
        for m, c in column.items():
            both = ways.setdefault(m, (set(), set()))
            for side in (0, 1) if free[k] else (int(c < 0),):
                both[side].add(k)
    left = set(range(len(columns)))
    pending = list(dict.fromkeys([*target, *ways]))
    while pending:
        m = pending.pop()
        up, down = ways.get(m, (set(), set()))
        goal = target.get(m, 0)
        if (goal > 0 and not up) or (goal < 0 and not down):
            return []
        for k in [] if goal or (up and down) else [*up, *down]:
            left.discard(k)
            for other in columns[k]:
                for there in ways[other]:
                    there.discard(k)
                pending.append(other)
    return sorted(left)


def _fits(c: Fraction | int) -> bool:
    """Whether a coefficient is of a size that floats can hold."""
    return abs(c.numerator.bit_length() - c.denominator.bit_length()) < FLOAT_BITS


def _support(matrix: Any, goal: Any) -> list[int] | None:
    """The columns of a nonnegative least-squares solution (Lawson and Hanson), if it is a solution."""
    import numpy as np

    size = np.linalg.norm(matrix, axis=0)
    size[size == 0] = 1
    a = matrix / size
    count = a.shape[1]
    passive: list[int] = []
    x = np.zeros(count)
    scale = max(1.0, float(np.abs(goal).max()))
    for _ in range(3 * MAX_SUPPORT):
        hurry()
        residual = goal - a @ x
        if np.abs(residual).max() < NEAR * scale:
            return [j for j in passive if x[j] > NEAR * 1e-3]
        gradient = a.T @ residual
        gradient[passive] = -np.inf
        best = int(np.argmax(gradient))
        if gradient[best] <= 1e-10 * scale or len(passive) >= MAX_SUPPORT:
            return None
        passive.append(best)
        while True:
            solution = np.linalg.lstsq(a[:, passive], goal, rcond=None)[0]
            if solution.min() > 1e-12:
                x[:] = 0
                x[passive] = solution
                break
            now = x[passive]
            bad = solution <= 1e-12
            ratios = now[bad] / np.maximum(now[bad] - solution[bad], 1e-300)
            step = min(1.0, float(ratios.min()))
            moved = now + step * (solution - now)
            x[:] = 0
            kept = [(j, v) for j, v, b in zip(passive, moved, bad, strict=True) if not (b and v <= 1e-12)]
            if len(kept) == len(passive):
                worst = int(np.argmin(solution))
                kept = [pair for i, pair in enumerate(kept) if i != worst]
            passive = [j for j, _ in kept]
            for j, v in kept:
                x[j] = v
            if not passive:
                break
    return None


def _exact(target: Poly, columns: Sequence[Poly]) -> list[Fraction] | None:
    """The one solution of target = sum c_k column_k in fractions; None if there is none."""
    rows: dict[Hashable, dict[int, Fraction | int]] = {}
    for k, column in enumerate(columns):
        for m, c in column.items():
            rows.setdefault(m, {})[k] = c
    if set(target) - set(rows):
        return None
    width = len(columns)
    reduced: list[tuple[int, dict[int, Fraction]]] = []
    for m, row in rows.items():
        hurry()
        line = {k: Fraction(c) for k, c in (*row.items(), (width, target.get(m, 0)))}
        for pivot, other in reduced:
            if factor := line.get(pivot):
                _subtract(line, other, factor)
        line = {k: c for k, c in line.items() if c}
        if not line:
            continue
        pivot = min(line)
        if pivot == width:
            return None
        lead = line[pivot]
        reduced.append((pivot, {k: c / lead for k, c in line.items()}))
    values = [Fraction(0)] * width
    for pivot, line in reversed(reduced):
        rest = sum((c * values[k] for k, c in line.items() if k not in (pivot, width)), Fraction(0))
        values[pivot] = line.get(width, Fraction(0)) - rest
    return values


def _subtract(line: dict[int, Fraction], other: dict[int, Fraction], factor: Fraction) -> None:
    for k, c in other.items():
        line[k] = line.get(k, Fraction(0)) - factor * c
