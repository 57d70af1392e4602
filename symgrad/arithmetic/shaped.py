"""The interpreter for trees with vectors and matrices: the scalar one, and array operations where shapes say.

What a node is follows from `Shaped`, which somebody above this floor knows; the numbers of rows decide
nothing, so a matrix that happens to have one row stays a matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from symgrad.arithmetic.arrays import Arrays, array_of, filled, is_array
from symgrad.arithmetic.closures import Run, always, fold, one, two
from symgrad.arithmetic.interpreter import Compiler, Program
from symgrad.arithmetic.kind import Kind, NotScalar, Undefined, Value
from symgrad.arithmetic.resolve import OF_ARRAYS, Functions, resolve_applied
from symgrad.arithmetic.written_out import rational, written_out
from symgrad.functions.application import formula_of
from symgrad.notation.tree import (
    Add,
    Apply,
    Array,
    Component,
    Derivative,
    Div,
    Elementwise,
    Indicator,
    Logic,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Transpose,
    Tree,
    children,
    number,
    rebuild,
)


class Shaped(Protocol):
    """What is known of shapes: () for a number, (n,) for a vector, (m, n) for a matrix."""

    def of(self, tree: Tree) -> tuple[Tree, ...]:
        """The shape of an expression."""

    def size(self, tree: Tree) -> int:
        """A symbolic size in numbers."""


def compile_shaped(
    tree: Tree, kind: Kind, shapes: Shaped, functions: Functions | None = None, kept: Container[Tree] = ()
) -> Program:
    """`compile_tree` for expressions in vectors and matrices."""
    compiler = ShapedCompiler(kind, functions or {}, kept, shapes=shapes, arrays=Arrays(kind))
    with kind.working():
        run = compiler.tree(written_out(tree))
    return Program(tuple(compiler.slots), kind, run)


@dataclass(slots=True, kw_only=True)
class ShapedCompiler(Compiler):
    """Compiles nodes without any vector below them as numbers, the others by their shapes."""

    shapes: Shaped
    arrays: Arrays
    known: dict[Tree, bool] = field(default_factory=dict)

    def plain(self, tree: Tree) -> bool:
        """Whether there are only numbers in a tree."""
        found = self.known.get(tree)
        if found is None:
            found = self.known[tree] = self.look(tree)
        return found

    def look(self, tree: Tree) -> bool:
        """`plain`, from the beginning."""
        match tree:
            case Name() | Derivative():
                return not self.shapes.of(tree)
            case Transpose() | Elementwise() | Array() | Component():
                return False
            case Apply(Name(stem)) if stem in OF_ARRAYS:
                return False
        return all(map(self.plain, children(tree)))

    def rank(self, tree: Tree) -> int:
        """How many axes the value of a tree has."""
        return 0 if self.plain(tree) else len(self.shapes.of(tree))

    def tree(self, tree: Tree) -> Run:
        """The closure of one node."""
        arrays = self.arrays
        if self.plain(tree):
            return Compiler.tree(self, tree)
        if isinstance(tree, Name | Derivative) or tree in self.kept:
            return self.slot(tree)
        match tree:
            case Add(terms):
                return fold(arrays.add, [self.tree(term) for term in terms])
            case Neg(operand):
                return one(arrays.negate, self.tree(operand))
            case Mul(factors):
                return self.product(factors)
            case Div(a, b) | Elementwise("/", a, b):
                return two(arrays.divide, self.tree(a), self.tree(b))
            case Elementwise("*", a, b):
                return two(arrays.multiply, self.tree(a), self.tree(b))
            case Pow(a, b) | Elementwise("^", a, b):
                return self.powers(a, b)
            case Transpose(operand):
                whole = self.rank(tree)
                inner = self.tree(operand)
                return lambda slots: arrays.transposed(inner(slots), whole)
            case Component(operand, positions):
                return self.component(operand, positions)
            case Array(items):
                return self.array(items)
            case Apply():
                return self.application(tree)
            case Indicator():
                return self.entrywise(tree)
        raise NotScalar(tree)

    def product(self, factors: tuple[Tree, ...]) -> Run:
        """A matrix product; from the right where it ends in a vector, so that no matrices are multiplied."""
        ranks = [self.rank(factor) for factor in factors]
        placed = [rank for rank in ranks if rank]
        if placed and placed[-1] == 1 and all(rank == 2 for rank in placed[1:-1]):
            done, run = factors[-1:], self.tree(factors[-1])
            for factor in reversed(factors[:-1]):
                whole = (factor, *done)
                run = self.times(factor, self.tree(factor), done, run, whole)
                done = whole
            return run
        done, run = factors[:1], self.tree(factors[0])
        for factor in factors[1:]:
            whole = (*done, factor)
            run = self.times(done, run, factor, self.tree(factor), whole)
            done = whole
        return run

    def times(
        self,
        left: Tree | tuple[Tree, ...],
        a: Run,
        right: Tree | tuple[Tree, ...],
        b: Run,
        whole: tuple[Tree, ...],
    ) -> Run:
        """Two neighbouring parts of a product."""
        product = self.arrays.product
        first, second, rank = self.ranked(left), self.ranked(right), self.ranked(whole)
        return lambda slots: product(a(slots), first, b(slots), second, rank)

    def ranked(self, part: Tree | tuple[Tree, ...]) -> int:
        """The axes of a factor or of several."""
        if not isinstance(part, tuple):
            return self.rank(part)
        return self.rank(part[0] if len(part) == 1 else Mul(part))

    def powers(self, base: Tree, exponent: Tree) -> Run:
        """Entry by entry."""
        inner, n, arrays = self.tree(base), rational(exponent), self.arrays
        if n is not None and n.denominator == 1:
            power = n.numerator
            return lambda slots: arrays.power_integer(inner(slots), power)
        if n == Fraction(1, 2):
            return one(arrays.each(self.function("sqrt")), inner)
        return two(arrays.power, inner, self.tree(exponent))

    def component(self, operand: Tree, positions: tuple[Tree, ...]) -> Run:
        """x[2], counted from 1."""
        inner = self.tree(operand)
        places = tuple(self.shapes.size(position) - 1 for position in positions)

        def pick(slots: list[Value]) -> Value:
            value = inner(slots)
            if any(not 0 <= p < size for p, size in zip(places, value.shape, strict=True)):
                raise Undefined("component")
            return value[places]

        return pick

    def array(self, items: tuple[Tree, ...]) -> Run:
        """A vector or matrix written out."""
        rows = [item.items for item in items if isinstance(item, Array)]
        entries = [entry for row in rows for entry in row] if rows else list(items)
        dimensions = (len(rows), len(rows[0])) if rows else (len(items),)
        runs, kind = [self.tree(entry) for entry in entries], self.kind
        return lambda slots: array_of([run(slots) for run in runs], dimensions, kind)

    def application(self, tree: Apply) -> Run:
        """A reduction, a constructor, a loss, or a function entry by entry."""
        stem, arguments = tree.function.stem, tree.arguments
        if stem in ("ones", "eye", "unit") and not tree.order:
            return self.constructed(stem, arguments)
        if len(arguments) == 1 and not tree.order and (run := self.reduction(stem, arguments[0])):
            return run
        if len(arguments) == 1 and tree.order == 1 and stem in ("max", "min", "opnorm"):
            return self.picking(stem, arguments[0])
        loss = formula_of(tree, self.functions)
        if loss is not None and not self.rank(tree):
            entries = self.entrywise(tree, zero_label=loss.name == "cross_entropy")
            return one(self.arrays.total if loss.reduction == "sum" else self.arrays.mean, entries)
        if len(arguments) == 1 and (function := resolve_applied(tree, self.functions)) is not None:
            scalar = Compiler(self.kind, self.functions, ()).unary(function, tree.order)
            return one(self.arrays.each(scalar), self.tree(arguments[0]))
        return self.entrywise(tree)

    def constructed(self, stem: str, arguments: tuple[Tree, ...]) -> Run:
        """ones(m, n), the unit matrix eye(n), or unit(i, n), which is 1 at its place i."""
        sizes = tuple(self.shapes.size(argument) for argument in arguments)
        with self.kind.working():
            match stem:
                case "ones":
                    return always(filled(self.kind.number(Fraction(1)), sizes, self.kind))
                case "eye":
                    return always(self.arrays.identity(sizes[0]))
            if not 1 <= sizes[0] <= sizes[1]:
                raise Undefined("component")
            return always(self.arrays.identity(sizes[1])[sizes[0] - 1])

    def picking(self, stem: str, argument: Tree) -> Run:
        """The slopes of max and min (1 at the first extreme entry) and of the spectral norm."""
        arrays, operator = self.arrays, ">=" if stem == "max" else "<="
        if stem == "opnorm":
            return one(arrays.opnorm_slope, self.tree(argument))
        return one(lambda value: arrays.extreme_slope(operator, value), self.tree(argument))

    def reduction(self, stem: str, argument: Tree) -> Run | None:
        """Functions of a whole vector or matrix; None for others."""
        arrays = self.arrays
        match stem:
            case "sum":
                whole: Callable[[Value], Value] = arrays.total
            case "mean":
                whole = arrays.mean
            case "trace":
                whole = arrays.trace
            case "diag":
                whole = arrays.diagonal
            case "max" | "min":
                operator = ">=" if stem == "max" else "<="
                whole = lambda value: arrays.extreme(operator, value)  # noqa: E731
            case "norm" | "opnorm":
                root, reduce = self.function("sqrt"), getattr(arrays, stem)
                whole = lambda value: reduce(value, root)  # noqa: E731
            case "softmax":
                exp = self.function("exp")
                whole = lambda value: arrays.softmax(value, exp)  # noqa: E731
            case _:
                return None
        return one(whole, self.tree(argument))

    def function(self, name: str) -> Callable[[Value], Value]:
        """A built-in function of one number."""
        found = resolve_applied(Apply(Name(name), (Name("x"),)), {})
        assert found is not None
        return Compiler(self.kind, {}, ()).unary(found, 0)

    def entrywise(self, tree: Tree, zero_label: bool = False) -> Run:
        """A function of numbers, or a condition, carried out entry by entry.

        zero_label: whether a second argument of 0 makes the entry 0 whatever the first one is (0 log 0 = 0).
        """
        parts: dict[Name, Tree] = {}
        inner = Compiler(self.kind, self.functions, ())
        run = inner.tree(opened(tree, parts))
        holes = [parts[name] for name in inner.slots if isinstance(name, Name) and name in parts]
        if len(holes) != len(inner.slots):
            raise NotScalar(tree)
        runs = [self.tree(hole) for hole in holes]
        label = list(inner.slots).index(list(parts)[1]) if zero_label else -1
        kind, zero = self.kind, self.kind.number(Fraction(0))

        def entry(*values: Value) -> Value:
            if label >= 0 and kind.ordered and kind.compare("=", values[label], zero):
                return zero
            return run(list(values))

        whole = self.arrays.each(entry)
        return lambda slots: whole(*[part(slots) for part in runs])


def opened(tree: Tree, parts: dict[Name, Tree], top: bool = True) -> Tree:
    """The tree with the values it is made of replaced by placeholders, which `parts` explains."""
    if isinstance(tree, Number):
        return tree
    if isinstance(tree, Relation | Logic | Indicator) or (top and isinstance(tree, Apply)):
        return rebuild(tree, lambda child: opened(child, parts, False))
    hole = Name("\u2022", (number(len(parts)),))
    parts[hole] = tree
    return hole


__all__ = ["Shaped", "ShapedCompiler", "compile_shaped", "is_array"]
