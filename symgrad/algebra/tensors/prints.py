"""Quick float values of vectors and matrices at one fixed point, to filter candidates; they prove nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

import numpy as np

from symgrad.algebra.fingerprints import draw, smooth
from symgrad.algebra.polynomial import TooLarge
from symgrad.algebra.scope import Circular, Scope, ordered
from symgrad.algebra.tensors.shaping import SCALAR, Misshapen, as_shape, shape_of_token
from symgrad.arithmetic.floats import FLOAT64
from symgrad.arithmetic.interpreter import compile_tree
from symgrad.arithmetic.kind import Inexact, NotScalar, Undefined, Unvalued
from symgrad.arithmetic.resolve import VARIADIC, resolve
from symgrad.arithmetic.written_out import atoms, rational, written_out
from symgrad.functions.application import written
from symgrad.notation.tree import (
    Add,
    Apply,
    Component,
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
    names_in,
    number,
    substitute,
)

X, Y = Name("x"), Name("y")
Array = Any
TOLERANCE = 1e-8
MAX_SEEN = 20_000


@dataclass(slots=True)
class Prints:
    """Values in one scope, names and tokens computed once; symbolic sizes become small numbers."""

    scope: Scope
    values: dict[Tree, Array] = field(default_factory=dict)
    sizes: dict[Tree, int] = field(init=False)
    functions: dict[Apply, Callable[..., Array]] = field(default_factory=dict)
    seen: dict[Tree, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        symbols = dict.fromkeys(n for s in self.scope.shapes.values() for size in s for n in names_in(size))
        self.sizes = {name: 2 + place % 4 for place, name in enumerate(symbols)}

    def of(self, tree: Tree) -> Array | None:
        """A matrix of floats, or None where the shapes do not fit or a value is not finite."""
        try:
            tree = written_out(tree)
            self.prepare(tree)
            value = self.visit(tree)
        except (
            Circular, Misshapen, Inexact, NotScalar, Undefined, Unvalued, TooLarge, ValueError,
            ZeroDivisionError, OverflowError,
        ):  # fmt: skip
            return None
        return value if np.all(np.isfinite(value)) else None

    def prepare(self, tree: Tree) -> None:
        """Values of every name and token below a tree, in an order that needs no recursion."""

        def needs(node: Tree) -> tuple[Tree, ...] | None:
            body = None if node in self.values else self.body(node)
            return None if body is None else atoms(body)

        for node in ordered(atoms(tree), needs):
            if node not in self.values and (body := self.body(node)) is not None:
                self.values[node] = self.visit(body)

    def body(self, node: Tree) -> Tree | None:
        """The equation of a name or the value of a token."""
        if isinstance(node, Derivative):
            value = self.scope.token(node)
            return None if value is None else written_out(value)
        return self.scope.bodies.get(node) if isinstance(node, Name) else None

    def visit(self, tree: Tree) -> Array:
        """The value of a node; candidates share most of theirs."""
        if (known := self.seen.get(tree)) is None:
            if len(self.seen) > MAX_SEEN:
                self.seen.clear()
            known = self.seen[tree] = self.node(tree)
        return known

    def node(self, tree: Tree) -> Array:
        """The value of a node from those below it."""
        match tree:
            case Number(value):
                return np.array([[float(value)]])
            case Name() | Derivative() | Component():
                return self.leaf(tree)
            case Neg(operand):
                return -self.visit(operand)
            case Add(terms):
                return together(np.add, [self.visit(term) for term in terms], tree)
            case Mul(factors):
                return reduce(lambda a, b: times(a, b, tree), [self.visit(factor) for factor in factors])
            case Transpose(operand):
                return self.visit(operand).T
            case Elementwise("*", a, b):
                return together(np.multiply, [self.visit(a), self.visit(b)], tree)
            case Div(a, b) | Elementwise("/", a, b):
                with np.errstate(all="ignore"):
                    return together(np.divide, [self.visit(a), self.visit(b)], tree)
            case Pow(a, b) | Elementwise("^", a, b):
                with np.errstate(all="ignore"):
                    return together(np.power, [self.visit(a), self.visit(b)], tree)
            case Indicator(Relation((operator,), (a, b))) | Relation((operator,), (a, b)):
                sides = [self.visit(a), self.visit(b)]
                comparison = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
                return together(comparison.get(operator, np.equal), sides, tree).astype(float)
            case Apply():
                return self.apply(tree)
        return np.array([[float(compile_tree(tree, FLOAT64)({}))]])

    def leaf(self, tree: Tree) -> Array:
        """Fixed random entries; a size is a number."""
        if (known := self.values.get(tree)) is not None:
            return known
        shapes = self.scope.shapes
        if isinstance(tree, Name) and tree in self.sizes and not shapes.get(tree):
            return np.array([[float(self.sizes[tree])]])
        shape = SCALAR
        if isinstance(tree, Derivative):
            shape = shape_of_token(tree, shapes)
        elif isinstance(tree, Name):
            shape = as_shape(shapes.get(tree, ()))
        rows, columns = (self.size(size) for size in shape)
        entries = [float(draw(f"{tree!r}{i}")) for i in range(rows * columns)]
        value = self.values[tree] = self.assumed(tree, np.array(entries).reshape(rows, columns))
        return value

    def assumed(self, tree: Tree, value: Array) -> Array:
        """The value scaled to the sum that is assumed of it."""
        for assumption in self.scope.assumptions:
            match assumption:
                case Relation(("=",), (Apply(Name("sum"), (of,)), Number(total))) if of == tree:
                    return value * (float(total) / value.sum())
        return value

    def size(self, size: Tree) -> int:
        """A size in numbers."""
        value = rational(substitute(size, {k: number(v) for k, v in self.sizes.items()}))
        if value is None or value.denominator != 1 or not 0 < value <= 4096:
            raise TooLarge("size")
        return int(value)

    def apply(self, tree: Apply) -> Array:
        """Reductions and losses; everything else entry by entry."""
        stem = tree.function.stem
        if stem in ("ones", "eye"):
            sizes = [self.size(size) for size in tree.arguments]
            return np.eye(sizes[0]) if stem == "eye" else np.ones((*sizes, 1)[:2])
        parts = [self.visit(argument) for argument in tree.arguments]
        whole = None if tree.order or stem in self.scope.functions else WHOLE.get((stem, len(parts)))
        if whole is not None:
            with np.errstate(all="ignore"):
                return np.asarray(whole(*parts), dtype=float).reshape(np.shape(whole(*parts)) or (1, 1))
        if stem in ("binary_cross_entropy", "huber", "cross_entropy") and len(parts) == 2:
            each = together(self.function(replace(tree, arguments=(X, Y))), parts, tree)
            return np.array([[each.sum() if stem == "cross_entropy" else each.mean()]])
        return together(self.function(replace(tree, arguments=(X, Y)[: len(parts)])), parts, tree)

    def function(self, tree: Apply) -> Callable[..., Array]:
        """A function of one or two numbers, for arrays; a general one is some cubic."""
        if tree not in self.functions:
            chosen: dict[str, str | Tree] = dict(self.scope.functions)
            unknown = resolve(tree.function, chosen) is None and written(tree, chosen) is None
            if unknown and tree.function.stem not in VARIADIC:
                chosen[tree.function.stem] = smooth(tree.function.stem)
                tree_ = replace(tree, function=Name(tree.function.stem), arguments=tree.arguments[:1])
            else:
                tree_ = tree
            program = compile_tree(tree_, FLOAT64, chosen)

            def run(*values: float) -> float:
                pairs = zip((X, Y), map(FLOAT64.dtype, values), strict=False)
                with np.errstate(all="ignore"):
                    return float(program(dict(pairs)))

            each = np.vectorize(run, otypes=[float])

            def slow(*values: Array) -> Array:
                with np.errstate(all="ignore"):
                    return each(*values)

            def fast(*values: Array) -> Array:
                if len(values) == 1:
                    try:
                        with np.errstate(all="ignore"):
                            found = np.asarray(program({X: values[0]}), dtype=float)
                    except (TypeError, ValueError, ArithmeticError, AttributeError):
                        return slow(*values)
                    if found.shape == values[0].shape:
                        return found
                return slow(*values)

            self.functions[tree] = fast
        return self.functions[tree]


def softmax(v: Array) -> Array:
    """exp(v_i) over their sum."""
    e = np.exp(v - np.max(v))
    return e / e.sum()


WHOLE: Mapping[tuple[str, int], Callable[..., Array]] = {
    ("sum", 1): np.sum,
    ("mean", 1): np.mean,
    ("norm", 1): lambda v: np.sqrt((v * v).sum()),
    ("trace", 1): np.trace,
    ("diag", 1): lambda v: np.diag(v.ravel()),
    ("softmax", 1): softmax,
    ("opnorm", 1): lambda v: np.linalg.norm(v, 2),
    ("max", 1): np.max,
    ("min", 1): np.min,
    ("outer", 2): lambda a, b: np.outer(a.ravel(), b.ravel()),
    ("dot", 2): lambda a, b: a.ravel() @ b.ravel(),
    ("half_square", 2): lambda a, y: ((a - y) ** 2).sum() / 2,
    ("mse", 2): lambda a, y: ((a - y) ** 2).mean(),
}
"""Functions of whole arrays, by name and number of arguments."""


def together(operation: Callable[..., Array], parts: list[Array], tree: Tree) -> Array:
    """Entry by entry; numbers go with every entry, nothing else is stretched."""
    shapes = {part.shape for part in parts} - {(1, 1)}
    if len(shapes) > 1:
        raise Misshapen(tree, SCALAR, SCALAR)
    return reduce(operation, parts) if len(parts) > 1 else operation(parts[0])


def times(a: Array, b: Array, tree: Tree) -> Array:
    """The matrix product, or a number times anything."""
    if (1, 1) in (a.shape, b.shape):
        return a * b
    if a.shape[1] != b.shape[0]:
        raise Misshapen(tree, SCALAR, SCALAR)
    return a @ b


def alike(left: Array | None, right: Array | None) -> bool:
    """Whether two values may belong to equal trees."""
    if left is None or right is None or left.shape != right.shape:
        return False
    scale = max(float(np.abs(left).max()), float(np.abs(right).max()))
    return bool(np.abs(left - right).max() <= TOLERANCE * scale)
