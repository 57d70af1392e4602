"""From a tree with vectors and matrices to its canonical form, at a level and in one way to see functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as replace_fields
from fractions import Fraction

from symgrad.algebra.normal import Unsupported
from symgrad.algebra.scope import Level, Scope, ordered
from symgrad.algebra.tensors.applying import Applying
from symgrad.algebra.tensors.shaping import (
    COLUMNS,
    ROWS,
    SCALAR,
    Misshapen,
    Shape,
    Value,
    as_shape,
    joined,
    shape_of_token,
    turned,
)
from symgrad.algebra.tensors.sums import add, constant, scaled
from symgrad.algebra.tensors.table import Table
from symgrad.arithmetic.written_out import atoms, rational, written_out
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    BigOp,
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
    number,
    strip_spans,
)


@dataclass(slots=True)
class Builder(Applying):
    """Canonical forms of one scope at one level; those of defined names are kept.

    functions: `slopes` keeps sigma and sigma' as atoms, with s^2 = s - s'; `values` writes s - s^2 for s';
    `exponentials` writes both by e^z.
    """

    table: Table
    scope: Scope
    level: Level
    functions: str = "slopes"
    known: dict[Tree, Value] = field(default_factory=dict)
    inner: Builder | None = None

    def __post_init__(self) -> None:
        if self.level is Level.ACTIVATIONS:
            self.inner = Builder(self.table, self.scope, Level.FUNCTIONS, self.functions)

    def of(self, tree: Tree) -> Value:
        """The form of a tree."""
        tree = written_out(tree)
        if self.level >= Level.ACTIVATIONS:
            self._prepare(atoms(tree))
        return self.visit(tree, self.known)

    def _prepare(self, roots: Sequence[Tree]) -> None:
        """Forms of all defined names below the roots, in an order that needs no recursion."""

        def needs(node: Tree) -> tuple[Tree, ...] | None:
            if node in self.known or (body := self._body(node)) is None:
                return None
            return () if self.inner is not None else atoms(body)

        for node in ordered(roots, needs):
            if node not in self.known and (body := self._body(node)) is not None:
                inner = self.inner or self
                self.known[node] = inner.visit(body, inner.known)

    def _body(self, node: Tree) -> Tree | None:
        """The equation of a name at this level."""
        body = self.scope.bodies.get(node) if isinstance(node, Name) else None
        if self.level is Level.ACTIVATIONS and not isinstance(body, Apply):
            return None
        return body

    # -- nodes ---------------------------------------------------------------------------------------------

    def visit(self, tree: Tree, names: Mapping[Tree, Value]) -> Value:
        """The value of a tree in which `names` already have values.

        Raises:
            Misshapen: two shapes that do not fit.
            Unsupported, TooLarge, Undefined: there is no form.
        """
        match tree:
            case Number(value):
                return Value(constant(value), SCALAR)
            case Name() | Derivative():
                return found if (found := names.get(tree)) is not None else self.leaf(tree)
            case Constant("e"):
                return self.exponential(Value(constant(1), SCALAR))
            case Constant("pi"):
                return self.leaf(tree)
            case Neg(operand):
                inner = self.visit(operand, names)
                return Value(scaled(inner.form, Fraction(-1)), inner.shape)
            case Add(terms):
                return self.added([self.visit(term, names) for term in terms], tree)
            case Mul(factors):
                result = self.visit(factors[0], names)
                for factor in factors[1:]:
                    result = self.times(result, self.visit(factor, names), tree)
                return result
            case Transpose(operand):
                inner = self.visit(operand, names)
                return Value(self.table.renamed(inner.form, turned(inner.shape)), inner.shape[::-1])
            case _:
                return self.other(tree, names)

    def other(self, tree: Tree, names: Mapping[Tree, Value]) -> Value:
        """Quotients, powers, entrywise operations and functions."""
        match tree:
            case Elementwise("*", a, b):
                return self.entrywise(self.visit(a, names), self.visit(b, names), tree)
            case Div(a, b) | Elementwise("/", a, b):
                above, below = self.visit(a, names), self.visit(b, names)
                if isinstance(tree, Div) and below.shape != SCALAR != above.shape:
                    raise Misshapen(tree, above.shape, below.shape)
                return self.entrywise(above, self.power(below, Fraction(-1)), tree)
            case Pow(a, b) | Elementwise("^", a, b):
                return self.raised(tree, a, b, names)
            case Apply():
                return self.apply(tree, names)
            case Indicator(condition):
                return self.truth(condition, names)
            case Relation():
                return self.truth(tree, names)
            case Component():
                return self.leaf(tree)
            case BigOp():
                raise Unsupported("symbolic-range")
        raise Unsupported("not-scalar")

    def raised(self, tree: Tree, base: Tree, exponent: Tree, names: Mapping[Tree, Value]) -> Value:
        """A power entry by entry; matrices only by .^."""
        n = rational(exponent)
        if base == Constant("e"):
            return self.exponential(self.visit(exponent, names))
        below = self.visit(base, names)
        if n is None or (isinstance(tree, Pow) and ONE not in below.shape):
            raise Unsupported("not-scalar")
        return self.power(below, n)

    def leaf(self, tree: Tree) -> Value:
        """A free atom, one index for each size that is not 1."""
        shape = self.shape(tree)
        labels = tuple(label for label in (ROWS, COLUMNS) if shape[label] != ONE)
        sizes = tuple(shape[label] for label in labels)
        atom = self.table.atom("leaf", sizes, strip_spans(tree))
        return Value({(((atom, 1, labels),),): Fraction(1)}, shape)

    def shape(self, tree: Tree) -> Shape:
        """The shape of a name or token."""
        if isinstance(tree, Derivative):
            return shape_of_token(tree, self.scope.shapes)
        return as_shape(self.scope.shapes.get(tree, ())) if isinstance(tree, Name) else SCALAR

    # -- operations ----------------------------------------------------------------------------------------

    def added(self, parts: Sequence[Value], tree: Tree) -> Value:
        """A sum; numbers act on every entry."""
        shape = SCALAR
        for part in parts:
            shape = joined(shape, part.shape, tree)
        return Value(self.table.limited(add(*(part.form for part in parts))), shape)

    def entrywise(self, a: Value, b: Value, tree: Tree) -> Value:
        """A product entry by entry; numbers act on every entry."""
        return Value(self.table.multiply(a.form, b.form), joined(a.shape, b.shape, tree))

    def times(self, a: Value, b: Value, tree: Tree) -> Value:
        """The matrix product, or a number times anything."""
        if SCALAR in (a.shape, b.shape):
            return self.entrywise(a, b, tree)
        inner = a.shape[COLUMNS]
        if inner != b.shape[ROWS]:
            raise Misshapen(tree, a.shape, b.shape)
        shape = (a.shape[ROWS], b.shape[COLUMNS])
        if inner == ONE:
            return Value(self.table.multiply(a.form, b.form), shape)
        return Value(self.table.contracted(a.form, b.form, self.size(inner)), shape)

    def power(self, value: Value, exponent: Fraction) -> Value:
        """Every entry to a rational power."""
        return Value(self.table.power(value.form, exponent, dict(enumerate(value.shape))), value.shape)

    def size(
        self, size: Tree
    ) -> dict[tuple[tuple[tuple[int, int | Fraction, tuple[int, ...]], ...], ...], Fraction]:
        """How many values an index takes, as a form."""
        return self.visit(size, {}).form

    def total(self, value: Value) -> Value:
        """The sum of all entries."""
        sizes = {2 + label: self.size(size) for label, size in enumerate(value.shape) if size != ONE}
        rename = {label: 2 + label for label, size in enumerate(value.shape) if size != ONE}
        return Value(self.table.summed(value.form, rename, sizes), SCALAR)

    def count(self, value: Value) -> Value:
        """How many entries there are."""
        rows, columns = (Value(self.size(size), SCALAR) for size in value.shape)
        return self.entrywise(rows, columns, number(1))

    def token_in(self, value: Value, token: Derivative, body: Value) -> Value:
        """The value with a token's own value put in for it."""
        shape = self.shape(token)
        if body.shape != shape:
            raise Misshapen(token, shape, body.shape)
        labels = tuple(label for label in (ROWS, COLUMNS) if shape[label] != ONE)
        sizes = tuple(shape[label] for label in labels)
        atom = self.table.atom("leaf", sizes, strip_spans(token))
        packed = {label: place for place, label in enumerate(labels)}
        form = self.table.renamed(body.form, packed) if labels == (1,) else body.form
        return replace_fields(value, form=self.table.replaced(value.form, atom, form, dict(enumerate(sizes))))
