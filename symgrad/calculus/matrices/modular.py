"""Vectors and matrices of dual numbers in F_p: the definitions, evaluated without the adjoint rules.

Symbolic sizes become small numbers; a scalar is an array without dimensions. Functions are random but
consistent residues entry by entry, as in `calculus.modular`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from symgrad.calculus.modular import Dual, Field, P, integer
from symgrad.calculus.tidy import constant_value
from symgrad.functions.application import formula_of
from symgrad.network.shapes import PICKING, REDUCTIONS, Shape, Shapes, concrete, size_of
from symgrad.notation.tree import (
    Add,
    Apply,
    Component,
    Constant,
    Derivative,
    Div,
    Elementwise,
    Indicator,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Transpose,
    Tree,
)  # fmt: skip
from symgrad.notation.tree import Array as Written

Array = Any
X, Y = Name("x"), Name("y")


@dataclass(slots=True)
class Pair:
    """A value and its tangent, arrays of residues of one shape; `row` marks a transposed column."""

    value: Array
    tangent: Array


class Arrays:
    """One random point of a chain with shapes."""

    def __init__(self, field: Field, shapes: Shapes, sizes: Mapping[Tree, int]) -> None:
        self.field, self.shapes, self.sizes = field, shapes, sizes

    def dimensions(self, shape: Shape) -> tuple[int, ...]:
        """A shape in numbers."""
        return concrete(shape, self.sizes)

    def random(self, key: str, shape: Shape) -> Array:
        """Residues that depend on the key."""
        dimensions = self.dimensions(shape)
        entries = [
            self.field.residue(key, place) for place in range(int(np.prod(dimensions)) if dimensions else 1)
        ]
        return np.array(entries, dtype=object).reshape(dimensions)

    def constant(self, value: Any) -> Pair:
        """A value that does not change."""
        array = np.array(value, dtype=object) % P
        return Pair(array, array * 0)

    def evaluate(self, tree: Tree, values: Mapping[Tree, Pair]) -> Pair:
        """The dual value of a tree."""
        known = values.get(tree)
        if known is not None:
            return known
        match tree:
            case Number(value):
                return self.constant(value.numerator * self.field.inverse(value.denominator))
            case Constant(name):
                return self.constant(self.field.residue("constant", name))
            case Name() | Derivative():
                if tree in self.sizes:
                    return self.constant(self.sizes[tree])
                raise KeyError(str(tree))
            case Neg(operand):
                inner = self.evaluate(operand, values)
                return Pair(-inner.value % P, -inner.tangent % P)
            case Add(terms):
                return self.added([self.evaluate(term, values) for term in terms])
            case Mul(factors):
                return self.multiplied(factors, values)
            case Elementwise("*", a, b):
                u, v = self.evaluate(a, values), self.evaluate(b, values)
                return Pair(u.value * v.value % P, (u.value * v.tangent + u.tangent * v.value) % P)
            case Elementwise("/", a, b) | Div(a, b):
                return self.divided(self.evaluate(a, values), self.evaluate(b, values))
            case Transpose(operand):
                inner = self.evaluate(operand, values)
                return self.transposed(inner, self.shapes.of(operand))
            case Pow(base, exponent) | Elementwise("^", base, exponent):
                return self.power(base, exponent, values)
            case Component(operand, positions):
                inner, at = self.evaluate(operand, values), tuple(self.place(p) for p in positions)
                return Pair(self.boxed(inner.value[at]), self.boxed(inner.tangent[at]))
            case Written(items):
                return self.stacked([self.evaluate(item, values) for item in items])
            case Indicator(Relation(operators, operands)):
                parts = [self.evaluate(operand, values).value for operand in operands]
                found = self.entries(lambda *x: self.field.residue("indicator", operators, x), *parts)
                return Pair(found, found * 0)
            case Apply():
                return self.apply(tree, values)
        raise NotImplementedError(type(tree).__name__)

    def place(self, position: Tree) -> int:
        """The position of a component, counted from 0."""
        return size_of(position, self.sizes) - 1

    @staticmethod
    def boxed(value: Any) -> Array:
        """A residue as an array without dimensions."""
        return np.array(value, dtype=object)

    def stacked(self, parts: list[Pair]) -> Pair:
        """A vector from numbers, a matrix from rows."""
        return Pair(
            np.array([p.value.tolist() for p in parts], dtype=object),
            np.array([p.tangent.tolist() for p in parts], dtype=object),
        )

    @staticmethod
    def entries(function: Callable[..., int], *parts: Array) -> Array:
        """A function of residues entry by entry, numbers going with every entry."""
        together = np.broadcast_arrays(*parts)
        flat = [
            function(*(int(x) for x in row)) for row in zip(*(a.reshape(-1) for a in together), strict=True)
        ]
        found = np.empty(len(flat), dtype=object)
        found[:] = flat
        return found.reshape(together[0].shape)

    def duals(self, tree: Tree, letters: tuple[Name, ...], parts: list[Pair]) -> Pair:
        """A formula for numbers, entry by entry with its tangent."""
        arrays = np.broadcast_arrays(*(p.value for p in parts), *(p.tangent for p in parts))
        count, shape = len(parts), arrays[0].shape
        values, tangents = [], []
        for row in zip(*(a.reshape(-1) for a in arrays), strict=True):
            pairs = zip(letters, row[:count], row[count:], strict=True)
            given: dict[Tree, Dual] = {x: Dual(int(value), int(tangent)) for x, value, tangent in pairs}
            found = self.field.evaluate(tree, given)
            values.append(found.value)
            tangents.append(found.tangent)
        pair = (np.empty(len(values), dtype=object), np.empty(len(values), dtype=object))
        pair[0][:], pair[1][:] = values, tangents
        return Pair(pair[0].reshape(shape), pair[1].reshape(shape))

    def added(self, parts: list[Pair]) -> Pair:
        """A sum; scalars act on every entry."""
        return Pair(sum(p.value for p in parts) % P, sum(p.tangent for p in parts) % P)

    def multiplied(self, factors: tuple[Tree, ...], values: Mapping[Tree, Pair]) -> Pair:
        """A matrix product from left to right, by the product rule."""
        result, shape = self.evaluate(factors[0], values), self.shapes.of(factors[0])
        for factor in factors[1:]:
            right, other = self.evaluate(factor, values), self.shapes.of(factor)
            whole = self.shapes.times(shape, other, factor)
            result = Pair(
                self.times(result.value, shape, right.value, other, whole),
                (
                    self.times(result.value, shape, right.tangent, other, whole)
                    + self.times(result.tangent, shape, right.value, other, whole)
                ) % P,
            )  # fmt: skip
            shape = whole
        return result

    def times(self, a: Array, left: Shape, b: Array, right: Shape, whole: Shape) -> Array:
        """A matrix product, or a scalar times anything; (1, n) (n,) is a number."""
        if not left or not right:
            return a * b % P
        first = np.reshape(a, (-1, 1)) if len(left) == 1 else a
        second = np.reshape(b, (-1, 1)) if len(right) == 1 else b
        return (first @ second % P).reshape(self.dimensions(whole))

    def divided(self, u: Pair, v: Pair) -> Pair:
        """A quotient, entry by entry."""
        w = np.vectorize(self.field.inverse, otypes=[object])(v.value)
        return Pair(u.value * w % P, (u.tangent * v.value - u.value * v.tangent) % P * w % P * w % P)

    def transposed(self, inner: Pair, shape: Shape) -> Pair:
        """The transpose; a column becomes a row of one line and back."""
        if len(shape) == 1:
            return Pair(inner.value.reshape(1, -1), inner.tangent.reshape(1, -1))
        if shape and self.dimensions(shape)[0] == 1 and len(self.shapes.transposed_shape(shape)) == 1:
            return Pair(inner.value.reshape(-1), inner.tangent.reshape(-1))
        return Pair(inner.value.T, inner.tangent.T)

    def power(self, base: Tree, exponent: Tree, values: Mapping[Tree, Pair]) -> Pair:
        """A power, entry by entry."""
        below = self.evaluate(base, values)
        if (n := integer(exponent)) is not None and n > 0:
            raised = np.vectorize(lambda b, k: pow(int(b), k, P), otypes=[object])
            return Pair(raised(below.value, n), n * raised(below.value, n - 1) * below.tangent % P)
        if isinstance(base, Constant):
            return self.duals(Pow(base, Y), (Y,), [self.evaluate(exponent, values)])
        if constant_value(exponent) is not None:
            return self.duals(Pow(X, exponent), (X,), [below])
        return self.duals(Pow(X, Y), (X, Y), [below, self.evaluate(exponent, values)])

    # -- functions -----------------------------------------------------------------------------------------

    def apply(self, tree: Apply, values: Mapping[Tree, Pair]) -> Pair:
        """Reductions, softmax and losses by their definitions; other functions entry by entry."""
        stem = tree.function.stem
        if stem in ("ones", "eye", "unit") and stem not in self.field.functions:
            return self.constant(self.fixed(stem, tree))
        parts = [self.evaluate(argument, values) for argument in tree.arguments]
        first = parts[0]
        if stem in REDUCTIONS | {"diag", "softmax"} and not tree.order:
            return self.reduced(stem, first)
        if stem in PICKING and len(parts) == 1:
            return self.picked(stem, tree.order, first)
        letters = (X, Y, *(Name(f"x_{i}") for i in range(2, len(parts))))[: len(parts)]
        found = self.duals(Apply(tree.function, letters, tree.order, tree.options), letters, parts)
        formula = formula_of(tree, self.field.functions)
        if formula is None or formula.reduction is None:
            return found
        return self.reduced(formula.reduction, found)

    def fixed(self, stem: str, tree: Apply) -> Array:
        """Ones, an identity, a unit vector."""
        if stem == "unit":
            length = self.dimensions(tree.arguments[1:])[0]
            return np.eye(length, dtype=object)[self.place(tree.arguments[0])]
        size = self.dimensions(tree.arguments)
        return np.eye(size[0], dtype=object) if stem == "eye" else np.ones(size, dtype=object)

    def reduced(self, stem: str, inner: Pair) -> Pair:
        """Sums, means, traces, norms, diagonal matrices and softmax."""
        value, tangent = inner.value, inner.tangent
        match stem:
            case "sum":
                return Pair(self.boxed(value.sum() % P), self.boxed(tangent.sum() % P))
            case "mean":
                count = self.field.inverse(value.size)
                return Pair(self.boxed(value.sum() * count % P), self.boxed(tangent.sum() * count % P))
            case "trace":
                return Pair(self.boxed(value.trace() % P), self.boxed(tangent.trace() % P))
            case "diag":
                return Pair(np.diag(value), np.diag(tangent))
            case "softmax":
                return self.softmax(inner)
            case "opnorm" if value.ndim == 2:
                return self.picked(stem, 0, inner)
        if value.ndim == 0:  # the norm of a number
            return self.duals(Apply(Name("abs"), (X,)), (X,), [inner])
        return self.norm(inner)

    def picked(self, stem: str, order: int, inner: Pair) -> Pair:
        """Max and min pick an entry; the slope of opnorm is any matrix that belongs to the argument."""
        if inner.value.ndim == 0 and stem != "opnorm":
            return inner
        if stem == "opnorm" and inner.value.ndim < 2:
            return self.reduced("norm", inner)
        flat = tuple(int(x) for x in inner.value.reshape(-1))
        if stem == "opnorm":
            slope = [self.field.residue("opnorm", flat, place) for place in range(len(flat))]
            value = self.field.residue("opnorm", flat)
        else:
            at = flat.index(max(flat) if stem == "max" else min(flat))
            slope, value = [int(place == at) for place in range(len(flat))], flat[at]
        weights = np.array(slope, dtype=object).reshape(inner.value.shape)
        if order:
            return Pair(weights, weights * 0)
        return Pair(self.boxed(value), self.boxed((weights * inner.tangent).sum() % P))

    def norm(self, inner: Pair) -> Pair:
        """A square root is a residue r with slope 1/(2 r) as far as derivatives go: dr = (v dv)/r."""
        total = int((inner.value * inner.value).sum() % P)
        root = self.field.residue("function", "norm", 0, total)
        slope = (inner.value * inner.tangent).sum() * self.field.inverse(root) % P
        return Pair(self.boxed(root), self.boxed(slope))

    def softmax(self, inner: Pair) -> Pair:
        """exp(x_i) over the sum of all exp(x_k)."""
        e = self.duals(Apply(Name("exp"), (X,)), (X,), [inner])
        return self.divided(e, Pair(e.value.sum() % P, e.tangent.sum() % P))
