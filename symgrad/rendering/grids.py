"""Vectors and matrices of numbers for people: aligned columns, large ones with their middle left out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symgrad.arithmetic import SignedLog
from symgrad.rendering.numerals import magnitude, numeral
from symgrad.values.numbers import fraction_text

LARGEST, KEPT = 8, 3
"""An axis longer than LARGEST is shown by KEPT entries at each end."""
GAP = "..."


def is_grid(value: Any) -> bool:
    """Whether a value is a vector or matrix."""
    return bool(getattr(value, "ndim", 0))


def places(count: int) -> list[int | None]:
    """The places that are shown; None stands for those left out."""
    if count <= LARGEST:
        return list(range(count))
    return [*range(KEPT), None, *range(count - KEPT, count)]


def cells(value: Any, digits: int = 5) -> list[list[str]]:
    """The numerals of a matrix row by row, a vector being one row."""
    rows = value if value.ndim == 2 else value.reshape(1, -1)
    columns = places(rows.shape[1])
    return [
        [GAP if row is None or column is None else numeral(rows[row, column], digits) for column in columns]
        for row in places(rows.shape[0])
    ]


def lines(value: Any) -> tuple[str, ...]:
    """A matrix in a terminal, its columns aligned on the right."""
    rows = cells(value)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = ("  ".join(c.rjust(w) for c, w in zip(row, widths, strict=True)) for row in rows)
    return tuple(f"[ {row} ]" for row in padded)


def inline(value: Any) -> str:
    """A vector on one line."""
    return f"[{', '.join(cells(value)[0])}]"


def latex(value: Any) -> str:
    """A matrix, or a vector as a column, between dollars."""
    rows = cells(value) if value.ndim == 2 else [[cell] for cell in cells(value)[0]]
    body = r" \\ ".join(" & ".join(c.replace(GAP, r"\cdots") for c in row) for row in rows)
    return rf"$\begin{{pmatrix}} {body} \end{{pmatrix}}$"


def compact(value: Any) -> str:
    """A vector or matrix on one line, row by row."""
    rows = [f"[{', '.join(row)}]" for row in cells(value)]
    return rows[0] if value.ndim == 1 else f"[{', '.join(rows)}]"


def small(value: Any) -> str:
    """A vector as a transposed row, a matrix in the small print of a line of text, between dollars."""
    rows = [[c.replace(GAP, r"\cdots") for c in row] for row in cells(value)]
    if value.ndim == 1:
        row = r",\ ".join(rows[0])
        return rf"$({row})^{{\top}}$"
    body = r" \\ ".join(" & ".join(row) for row in rows)
    return rf"$\left(\begin{{smallmatrix}} {body} \end{{smallmatrix}}\right)$"


def diagonal(value: Any) -> str:
    """A diagonal matrix by what stands on it."""
    entries = [value[i, i] for i in range(len(value))]
    shown = [GAP if place is None else numeral(entries[place]) for place in places(len(entries))]
    return f"diag({', '.join(shown)})"


def size(value: Any) -> Any:
    """The Euclidean (Frobenius) norm of an array, by logarithms; a number is itself."""
    if not is_grid(value):
        return value
    logs = [log for entry in value.reshape(-1) if (log := magnitude(entry)) is not None]
    if not logs:
        return 0.0
    top = max(logs)
    total = top + math.log10(sum(10 ** (2 * (log - top)) for log in logs)) / 2
    return SignedLog(1, total * math.log(10))


def text(value: Any) -> str:
    """The whole array as data: `[[1, 2], [3, 4]]`, every number in full."""
    if isinstance(value, Fraction):
        return fraction_text(value)
    if not is_grid(value):
        return str(value)
    return f"[{', '.join(text(part) for part in value)}]"


def flat(values: Sequence[Any]) -> list[Any]:
    """Norms instead of arrays, for bars."""
    return [size(value) for value in values]
