"""Vectors and matrices of one kind of number: NumPy arrays whose every operation is the kind's own.

A scalar is a number of the kind itself, a vector has one axis, a matrix two; a transposed vector is a matrix
of one row. Floats are arrays of their dtype, all other kinds object arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import prod
from typing import Any, TypeAlias

import numpy as np

from symgrad.arithmetic.closures import all_true
from symgrad.arithmetic.kind import Inexact, Kind, Value

Array: TypeAlias = Any
"""A NumPy array."""


def is_array(value: Value) -> bool:
    """Whether a value is a vector or matrix."""
    return isinstance(value, np.ndarray)


def array_of(entries: Sequence[Value], dimensions: tuple[int, ...], kind: Kind) -> Array:
    """Numbers of a kind in an array, row by row."""
    found = np.empty(prod(dimensions), dtype=kind.dtype)
    for place, entry in enumerate(entries):
        found[place] = entry
    return found.reshape(dimensions)


def filled(value: Value, dimensions: tuple[int, ...], kind: Kind) -> Array:
    """One number everywhere."""
    return array_of([value] * prod(dimensions), dimensions, kind)


def numbers_of(entries: Array, kind: Kind) -> Array:
    """An array of fractions in a kind."""
    with kind.working():
        return array_of([kind.number(Fraction(x)) for x in entries.reshape(-1)], entries.shape, kind)


class Arrays:
    """The operations of one kind on scalars, vectors and matrices."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.native = kind.dtype is not object
        self.add = self.spread(kind.add)
        self.multiply = self.spread(kind.multiply)
        self.divide = self.spread(kind.divide)
        self.negate = self.spread(kind.negate)
        self.power = self.spread(kind.power)

    def spread(self, operation: Callable[..., Value]) -> Callable[..., Value]:
        """One of the kind's own operations, entry by entry; floats do a whole array at once."""
        return operation if self.native else self.each(operation)

    def each(self, operation: Callable[..., Value]) -> Callable[..., Value]:
        """Any operation on numbers, entry by entry; a scalar goes with every entry."""

        def apply(*parts: Value) -> Value:
            arrays = [part for part in parts if isinstance(part, np.ndarray)]
            if not arrays:
                return operation(*parts)
            boxed = [part if isinstance(part, np.ndarray) else self.boxed(part) for part in parts]
            together = np.broadcast_arrays(*boxed)
            columns = [array.reshape(-1) for array in together]
            entries = [operation(*row) for row in zip(*columns, strict=True)]
            return array_of(entries, together[0].shape, self.kind)

        return apply

    def boxed(self, value: Value) -> Array:
        """A scalar as an array without axes."""
        found = np.empty((), dtype=self.kind.dtype)
        found[()] = value
        return found

    def power_integer(self, base: Value, exponent: int) -> Value:
        """Entry by entry."""
        return self.spread(lambda x: self.kind.power_integer(x, exponent))(base)

    def product(self, left: Value, rank: int, right: Value, other: int, whole: int) -> Value:
        """The matrix product of values with so many axes, the result having `whole` of them."""
        if not rank or not other:
            return self.multiply(left, right)
        first = left.reshape(-1, 1) if rank == 1 else left
        second = right.reshape(-1, 1) if other == 1 else right
        found = self.kind.matmul(first, second)
        return found if whole == 2 else found.reshape(-1) if whole == 1 else found[0, 0]

    def transposed(self, value: Array, whole: int) -> Array:
        """A vector as a row, a row as a vector, a matrix mirrored."""
        if value.ndim == 1:
            return value.reshape(1, -1)
        return value.reshape(-1) if whole == 1 else value.T

    def total(self, value: Value) -> Value:
        """The sum of the entries."""
        return self.kind.total(value) if is_array(value) else value

    def mean(self, value: Value) -> Value:
        """The sum over the count."""
        if not is_array(value):
            return value
        return self.kind.divide(self.kind.total(value), self.kind.number(Fraction(value.size)))

    def trace(self, value: Array) -> Value:
        """The sum of the diagonal."""
        return self.kind.total(np.diagonal(value))

    def diagonal(self, value: Array) -> Array:
        """diag(v)."""
        found = filled(self.kind.number(Fraction(0)), (value.size, value.size), self.kind)
        for place, entry in enumerate(value):
            found[place, place] = entry
        return found

    def identity(self, size: int) -> Array:
        """The unit matrix."""
        return self.diagonal(filled(self.kind.number(Fraction(1)), (size,), self.kind))

    def extreme(self, operator: str, value: Value) -> Value:
        """The largest (`>=`) or smallest (`<=`) entry."""
        if not is_array(value):
            return value
        entries = value.reshape(-1)
        best = entries[0]
        for entry in entries[1:]:
            first = self.kind.compare(operator, best, entry)
            if first is None:
                best = self.kind.unknown_choice((best, entry))
            elif not first or entry != entry:
                best = entry
        return best

    def extreme_slope(self, operator: str, value: Value) -> Value:
        """1 at the first largest (`>=`) or smallest entry, 0 elsewhere; both where it is undecided."""
        kind = self.kind
        zero, full = kind.number(Fraction(0)), kind.number(Fraction(1))
        if not is_array(value):
            return full
        entries, strict = value.reshape(-1), operator[0]
        found = []
        for place, entry in enumerate(entries):
            before = [kind.compare(strict, entry, other) for other in entries[:place]]
            after = [kind.compare(operator, entry, other) for other in entries[place + 1 :]]
            holds = all_true([*before, *after])
            found.append(kind.unknown_choice((zero, full)) if holds is None else full if holds else zero)
        return array_of(found, value.shape, kind)

    def opnorm_slope(self, value: Array) -> Array:
        """U v^T of the largest singular value; floats only."""
        if not self.native:
            raise Inexact("opnorm'")
        wide = value.astype(np.float64)
        if not np.isfinite(wide).all():
            return np.full_like(value, np.nan)
        left, _, right = np.linalg.svd(wide)
        return self.multiply(np.outer(left[:, 0], right[0]).astype(self.kind.dtype), self.kind.dtype(1))

    def softmax(self, value: Array, exp: Callable[[Value], Value]) -> Array:
        """exp(x_i) over the sum of all, taken from the largest entry down so that none overflows."""
        kind = self.kind
        if kind.ordered:
            top = kind.negate(self.extreme(">=", value))
            value = self.add(value, top)
        powers = self.each(exp)(value)
        return self.divide(powers, kind.total(powers))

    def norm(self, value: Value, root: Callable[[Value], Value]) -> Value:
        """The square root of the sum of squares; floats are scaled by a power of two first."""
        if not self.native:
            return root(self.total(self.power_integer(value, 2)))
        size = np.max(np.abs(value))
        if not np.isfinite(size) or size == 0:
            return self.kind.dtype(size)
        exponent = int(np.frexp(np.float64(size))[1])
        scaled = np.ldexp(np.asarray(value), -exponent).astype(self.kind.dtype)
        found = root(self.total(self.multiply(scaled, scaled)))
        return self.kind.multiply(found, self.kind.dtype(np.ldexp(1.0, exponent)))

    def opnorm(self, value: Array, root: Callable[[Value], Value]) -> Value:
        """The largest singular value; exactly only where it is plain, certified by enclosing eigenvalues."""
        if not is_array(value) or value.ndim == 1 or 1 in value.shape:
            return self.norm(value, root)
        if self.native:
            wide = value.astype(np.float64)
            return self.kind.dtype(np.linalg.norm(wide, 2) if np.isfinite(wide).all() else np.nan)
        from symgrad.arithmetic.spectral import largest_singular

        found = largest_singular(value, self.kind)
        if found is None:
            raise Inexact("opnorm")
        return found
