"""The largest singular value of a matrix whose entries are no floats: certified, by logarithms, or exact."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from symgrad.arithmetic.kind import Kind, Undefined, Value


def largest_singular(matrix: Any, kind: Kind) -> Value | None:
    """The spectral norm in the kind; None where the kind cannot hold it."""
    if kind.name.startswith("arb"):
        return enclosed(matrix)
    if kind.name == "log":
        return by_logarithms(matrix)
    return exactly(matrix) if kind.name == "exact" else None


def enclosed(matrix: Any) -> Value:
    """A ball around it: the square root of the largest eigenvalue of the smaller of A^T A and A A^T."""
    from flint import acb_mat, arb_mat

    rows = arb_mat(*matrix.shape, list(matrix.reshape(-1)))
    gram = rows.transpose() * rows if matrix.shape[0] >= matrix.shape[1] else rows * rows.transpose()
    try:
        values = acb_mat(gram).eig(multiple=True)
    except (ValueError, ZeroDivisionError, ArithmeticError) as problem:
        raise Undefined("no enclosure of the eigenvalues") from problem
    top = values[0].real
    for value in values[1:]:
        top = top.max(value.real)
    return top.max(0).sqrt()


def by_logarithms(matrix: Any) -> Value:
    """In doubles, scaled by the largest entry."""
    from symgrad.arithmetic.signedlog import SIGNED_LOG, SignedLog

    top = max((abs(entry) for entry in matrix.reshape(-1)), key=lambda entry: entry.log)
    if top.sign == 0:
        return top
    scaled = np.array([[float(entry / top) for entry in row] for row in matrix])
    return SIGNED_LOG.multiply(top, SignedLog.of(float(np.linalg.norm(scaled, 2))))


def exactly(matrix: Any) -> Fraction | None:
    """For matrices with one entry at most in every row and column: the largest size of an entry."""
    used = np.array([[entry != 0 for entry in row] for row in matrix])
    if used.sum(axis=0).max() > 1 or used.sum(axis=1).max() > 1:
        return None
    return max((abs(entry) for entry in matrix.reshape(-1)), default=Fraction(0))
