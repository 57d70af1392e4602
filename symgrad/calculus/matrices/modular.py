"""Vectors and matrices of dual numbers in F_p: the definitions, evaluated without the adjoint rules.

Symbolic sizes become small numbers; a scalar is an array without dimensions. Functions are random but
consistent residues entry by entry, as in `calculus.modular`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from symgrad.calculus.modular import Dual, Field, P, integer
from symgrad.functions import registry
from symgrad.network.shapes import Shape, Shapes, concrete
from symgrad.notation.tree import (
    Add,
    Apply,
    Constant,
    Derivative,
    Div,
    Elementwise,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Transpose,
    Tree,
)  # fmt: skip

Array = Any
X = Name("x")


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
                return self.power(self.evaluate(base, values), integer(exponent))
            case Apply():
                return self.apply(tree, values)
        raise NotImplementedError(type(tree).__name__)

    def added(self, parts: list[Pair]) -> Pair:
        """A sum; scalars act on every entry."""
        return Pair(sum(p.value for p in parts) % P, sum(p.tangent for p in parts) % P)

    def multiplied(self, factors: tuple[Tree, ...], values: Mapping[Tree, Pair]) -> Pair:
        """A matrix product from left to right, by the product rule."""
        result, shape = self.evaluate(factors[0], values), self.shapes.of(factors[0])
        done = factors[:1]
        for factor in factors[1:]:
            right, other = self.evaluate(factor, values), self.shapes.of(factor)
            done = (*done, factor)
            whole = self.shapes.of(Mul(done))
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
        first = a.reshape(-1, 1) if len(left) == 1 else a
        second = b.reshape(-1, 1) if len(right) == 1 else b
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

    def power(self, base: Pair, exponent: int | None) -> Pair:
        """An integer power, entry by entry."""
        if exponent is None:
            raise NotImplementedError("a power that is no integer")
        raised = np.vectorize(lambda b, n: pow(int(b), n, P), otypes=[object])
        return Pair(
            raised(base.value, exponent), exponent * raised(base.value, exponent - 1) * base.tangent % P
        )

    # -- functions -----------------------------------------------------------------------------------------

    def apply(self, tree: Apply, values: Mapping[Tree, Pair]) -> Pair:
        """Reductions, softmax and losses by their definitions; other functions entry by entry."""
        stem = tree.function.stem
        if stem in ("ones", "eye"):
            size = self.dimensions(tree.arguments)
            return self.constant(
                np.eye(size[0], dtype=object) if stem == "eye" else np.ones(size, dtype=object)
            )
        parts = [self.evaluate(argument, values) for argument in tree.arguments]
        match stem:
            case "sum":
                return Pair(parts[0].value.sum() % P, parts[0].tangent.sum() % P)
            case "mean":
                count = self.field.inverse(parts[0].value.size)
                return Pair(parts[0].value.sum() * count % P, parts[0].tangent.sum() * count % P)
            case "trace":
                return Pair(parts[0].value.trace() % P, parts[0].tangent.trace() % P)
            case "norm":
                return self.norm(parts[0])
            case "diag":
                return Pair(np.diag(parts[0].value), np.diag(parts[0].tangent))
            case "softmax":
                return self.softmax(parts[0])
            case "half_square" | "mse" | "cross_entropy":
                return self.loss(stem, parts[0], parts[1])
        return self.entrywise(tree, parts[0])

    def entrywise(self, tree: Apply, inner: Pair) -> Pair:
        """Consistent residues for a function and its slope."""
        value = np.vectorize(lambda x: self.field.function(tree, tree.order, int(x)), otypes=[object])(
            inner.value
        )
        known = registry.lookup(self.field.functions.get(tree.function.stem, tree.function.stem))
        if known is not None and not known.activation and not tree.order:
            formula = registry.derivative(known)
            slope_at = lambda x: int(self.field_value(formula, int(x)))  # noqa: E731
        else:
            slope_at = lambda x: self.field.function(tree, tree.order + 1, int(x))  # noqa: E731
        slope = np.vectorize(slope_at, otypes=[object])(inner.value)
        return Pair(value, slope * inner.tangent % P)

    def field_value(self, formula: Tree, x: int) -> int:
        """A formula in x at a residue."""
        return self.field.evaluate(formula, {X: Dual(x)}).value

    def norm(self, inner: Pair) -> Pair:
        """A square root is a residue r with slope 1/(2 r) as far as derivatives go: dr = (v dv)/r."""
        total = int((inner.value * inner.value).sum() % P)
        root = self.field.residue("function", "norm", 0, total)
        slope = (inner.value * inner.tangent).sum() * self.field.inverse(root) % P
        return Pair(np.array(root, dtype=object), np.array(slope, dtype=object))

    def softmax(self, inner: Pair) -> Pair:
        """exp(x_i) over the sum of all exp(x_k)."""
        exp = Apply(Name("exp"), (X,))
        e = np.vectorize(lambda x: self.field.function(exp, 0, int(x)), otypes=[object])(inner.value)
        tangent = e * inner.tangent % P
        return self.divided(Pair(e, tangent), Pair(e.sum() % P, tangent.sum() % P))

    def loss(self, stem: str, a: Pair, y: Pair) -> Pair:
        """half_square, mse and cross_entropy as the notation defines them."""
        if stem == "cross_entropy":
            log = self.entrywise(Apply(Name("log"), (X,)), a)
            value = y.value * log.value % P
            tangent = (y.value * log.tangent + y.tangent * log.value) % P
            return Pair(-np.sum(value) % P, -np.sum(tangent) % P)
        d, t = (a.value - y.value) % P, (a.tangent - y.tangent) % P
        square, slope = np.sum(d * d) % P, 2 * np.sum(d * t) % P
        scale = self.field.inverse(2 if stem == "half_square" else int(np.size(d)))
        return Pair(np.array(square * scale % P, dtype=object), np.array(slope * scale % P, dtype=object))
