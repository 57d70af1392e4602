"""Shapes with symbolic sizes: () is a scalar, (n,) a column, (m, n) a matrix; a transposed column is (1, n).

Every rule gives the shape of a node, or raises a ShapeError that names both shapes and points at the place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from symgrad.errors import ShapeError, Where
from symgrad.network.graph import Equation
from symgrad.notation.chainfile import Shape as Declaration
from symgrad.notation.indices import canonical, evaluate_index, linear
from symgrad.notation.places import at
from symgrad.notation.source import Source
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    Array,
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
)  # fmt: skip
from symgrad.notation.writers.plain import plain

Shape: TypeAlias = tuple[Tree, ...]
SCALAR: Shape = ()
REDUCTIONS = frozenset(("sum", "mean", "norm", "opnorm", "trace"))
"""Functions of a vector or matrix whose value is a number."""
LOSSES = frozenset(("half_square", "mse", "cross_entropy", "binary_cross_entropy", "huber"))
"""Functions of two vectors whose value is a number; hinge has no reduction and stays entry by entry."""
PICKING = frozenset(("max", "min", "opnorm"))
"""Functions of one array that give a number and whose derivative f'(v) has the shape of the array."""


def shown(shape: Shape) -> str:
    """`scalar`, `vector(n)` or `matrix(m, n)`."""
    sizes = ", ".join(plain(size) for size in shape)
    return ("scalar", f"vector({sizes})", f"matrix({sizes})")[len(shape)]


def declared(name: Name, declarations: tuple[Declaration, ...], general: bool = False) -> Shape | None:
    """The declared shape of a name; a declaration `W_t : matrix(n_t, n_{t-1})` binds its index letters.

    general: whether letters stand for any index, W_l and W_{k+1}, or are labels.
    """
    for declaration in declarations:
        target = declaration.target
        if target == name:
            return tuple(canonical(size) for size in declaration.sizes)
        if target.stem != name.stem or len(target.indices) != len(name.indices) or not target.indices:
            continue
        letters: dict[str, Tree] = {}
        for letter, value in zip(target.indices, name.indices, strict=True):
            bound = linear(value) is not None if general else isinstance(value, Number)
            if isinstance(letter, Name) and bound:
                letters[letter.stem] = value
            elif letter != value:
                break
        else:
            return tuple(canonical(at(size, letters)) for size in declaration.sizes)
    return None


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes of the names of a chain; `of` works out those of expressions.

    source: where the expression stands, for the place of an error.
    numerator: whether the derivative of a number is a row (numerator layout).
    """

    names: Mapping[Name, Shape]
    source: Source | None = None
    numerator: bool = False

    def of(self, tree: Tree) -> Shape:
        """The shape of an expression.

        Raises:
            ShapeError: two shapes that do not fit, with both named.
        """
        match tree:
            case Number() | Constant():
                return SCALAR
            case Indicator(condition):
                return self.of(condition)
            case Relation(operators, operands):
                return self.together(operators[0], operands, tree)
            case Name():
                return self.names.get(tree, SCALAR)
            case Neg(operand):
                return self.of(operand)
            case Add(terms):
                return self.together("+", terms, tree)
            case Elementwise(operator, left, right):
                return self.together(f".{operator}", (left, right), tree)
            case Mul(factors):
                return self.product(factors, tree)
            case Div(numerator, denominator):
                return self.quotient(numerator, denominator, tree)
            case Pow(base, exponent):
                return self.power(base, exponent, tree)
            case Transpose(operand):
                return self.transposed(operand, tree)
            case Component(operand, positions):
                return self.component(operand, positions, tree)
            case Apply():
                return self.application(tree)
            case Derivative(of, by):
                return self.derivative(of, by)
            case BigOp():
                return self.big(tree)
            case Array(items):
                return self.array(items)
        return SCALAR

    def together(self, operator: str, parts: tuple[Tree, ...], tree: Tree) -> Shape:
        """Equal shapes, or scalars that act on every entry."""
        found: Shape = SCALAR
        for part in parts:
            shape = self.of(part)
            if shape and found and shape != found:
                self.fail("shape-together", tree, operator=operator, left=shown(found), right=shown(shape))
            found = found or shape
        return found

    def product(self, factors: tuple[Tree, ...], tree: Tree) -> Shape:
        """Matrix products from left to right; scalars go with everything."""
        found: Shape = SCALAR
        for factor in factors:
            found = self.times(found, self.of(factor), tree)
        return found

    def times(self, left: Shape, right: Shape, tree: Tree) -> Shape:
        """Two factors: the inner sizes must agree; (1, n) (n,) is a number."""
        if not left or not right:
            return left or right
        if len(left) == 1 and len(right) == 1:
            self.fail("shape-columns", tree, hint="shape-columns-hint", left=shown(left), right=shown(right))
        rows, inner = (left[0], ONE) if len(left) == 1 else (left[0], left[1])
        if inner != right[0]:
            self.fail("shape-product", tree, left=shown(left), right=shown(right))
        columns = ONE if len(right) == 1 else right[1]
        if rows == ONE and columns == ONE:
            return SCALAR
        return (rows,) if columns == ONE and len(right) == 1 else (rows, columns)

    def quotient(self, numerator: Tree, denominator: Tree, tree: Tree) -> Shape:
        """Only a number divides."""
        below = self.of(denominator)
        if below:
            self.fail("shape-divisor", tree, right=shown(below))
        return self.of(numerator)

    def power(self, base: Tree, exponent: Tree, tree: Tree) -> Shape:
        """Entry by entry on a vector; a matrix asks for .^."""
        shape = self.of(base)
        if len(shape) == 2:
            self.fail("shape-matrix-power", tree, left=shown(shape))
        return self.together("^", (base, exponent), tree)

    def component(self, operand: Tree, positions: tuple[Tree, ...], tree: Tree) -> Shape:
        """As many positions as sizes, each from 1 to its size where that is a number."""
        shape = self.of(operand)
        if len(shape) != len(positions):
            self.fail("shape-component", tree, left=shown(shape), count=len(positions))
        for position, size in zip(positions, shape, strict=True):
            if not isinstance(position, Number):
                continue
            if position.value < 1 or (isinstance(size, Number) and position.value > size.value):
                self.fail("shape-position", tree, position=plain(position), left=shown(shape))
        return SCALAR

    def transposed(self, operand: Tree, tree: Tree) -> Shape:
        """Not for numbers."""
        shape = self.of(operand)
        if not shape:
            self.fail("transpose-of-scalar", tree, name=plain(operand))
        return self.transposed_shape(shape)

    @staticmethod
    def transposed_shape(shape: Shape) -> Shape:
        """(n,) <-> (1, n), (m, n) <-> (n, m)."""
        return (
            (ONE, shape[0]) if len(shape) == 1 else (shape[1],) if shape[0] == ONE else (shape[1], shape[0])
        )

    def application(self, tree: Apply) -> Shape:
        """Activations act on every entry; reductions and losses give a number; diag(v) a square matrix."""
        stem, arguments = tree.function.stem, tree.arguments
        shapes = [self.of(argument) for argument in arguments]
        if stem in PICKING and len(arguments) == 1:
            return shapes[0] if tree.order else SCALAR
        if stem == "trace" and (len(shapes[0]) != 2 or shapes[0][0] != shapes[0][1]):
            self.fail("shape-trace", tree, left=shown(shapes[0]))
        if stem in REDUCTIONS:
            return SCALAR
        if stem in LOSSES and len(arguments) >= 2:
            self.together(stem, arguments[:2], tree)
            return SCALAR
        if stem == "diag":
            if len(shapes[0]) != 1:
                self.fail("shape-diag", tree, left=shown(shapes[0]))
            return (shapes[0][0], shapes[0][0])
        if stem == "softmax" and len(shapes[0]) != 1:
            self.fail("shape-softmax", tree, left=shown(shapes[0]))
        if stem in ("ones", "eye", "unit"):
            sizes = {"ones": arguments, "eye": arguments * 2, "unit": arguments[1:]}
            return sizes[stem]
        return self.together(stem, arguments, tree)

    def derivative(self, of: Tree, by: Name) -> Shape:
        """Gradient layout: the gradient of a scalar has the shape of `by`; a Jacobian one row per output."""
        top, below = self.of(of), self.of(by)
        if self.numerator and below and not top:
            return self.transposed_shape(below)
        return below if not top else (*top, *below) if len(top) + len(below) <= 2 else below

    def big(self, tree: BigOp) -> Shape:
        """A sum has the shape of a term; a product the rows of its first and the columns of its last."""
        shape = self.of(tree.body)
        if tree.kind == "sum" or len(shape) < 2:
            return shape
        ends = (tree.low, tree.high)
        return tuple(canonical(at(size, {tree.index: end})) for size, end in zip(shape, ends, strict=True))

    def array(self, items: tuple[Tree, ...]) -> Shape:
        """A written-out vector, or rows of a matrix."""
        if items and isinstance(items[0], Array):
            return (number(len(items)), number(len(items[0].items)))
        return (number(len(items)),)

    def fail(self, what: str, tree: Tree, *, hint: str = "", **fields: object) -> NoReturn:
        """A ShapeError at the node."""
        if self.source is not None and tree.span is not None:
            start, end = tree.span
            raise self.source.error(what, start, end, hint=hint, kind=ShapeError, **fields)
        raise ShapeError(what, Where("<shape>", source=plain(tree)), hint, **fields)


def concrete(shape: Shape, sizes: Mapping[Tree, int]) -> tuple[int, ...]:
    """The shape with numbers for its symbolic sizes."""
    return tuple(size_of(size, sizes) for size in shape)


def size_of(size: Tree, sizes: Mapping[Tree, int]) -> int:
    """One size in numbers."""
    if size in sizes:
        return sizes[size]
    value = evaluate_index(
        size, {k.stem: v for k, v in sizes.items() if isinstance(k, Name) and not k.indices}
    )
    if value is None:
        raise KeyError(plain(size))
    return value


def refuse_declarations(declarations: tuple[Declaration, ...]) -> None:
    """A name has one shape, and a size is a whole number from 1 on, or a symbol.

    Raises:
        ShapeError: at the declaration that is not possible.
    """
    seen: dict[Name, Declaration] = {}
    for declaration in declarations:
        name, sizes = declaration.target, declaration.sizes
        for size in sizes:
            if isinstance(size, Number) and (size.value < 1 or size.value.denominator > 1):
                raise ShapeError("shape-size", declaration.where, size=plain(size))
        before = seen.setdefault(name, declaration)
        if before is not declaration:
            fields = {"left": shown(before.sizes), "right": shown(sizes)}
            raise ShapeError("shape-twice", declaration.where, name=plain(name), **fields)


def infer(
    declarations: tuple[Declaration, ...],
    leaves: tuple[Name, ...],
    equations: Sequence[Equation],
    objective: Name,
) -> dict[Name, Shape]:
    """The shape of every name of a chain that declares any: leaves as declared, others by their equations.

    Raises:
        ShapeError: sizes that do not fit, a declaration against an equation, an objective that is no number.
    """
    refuse_declarations(declarations)
    if all(declaration.kind == "scalar" for declaration in declarations):
        return {}
    found: dict[Name, Shape] = {leaf: declared(leaf, declarations) or SCALAR for leaf in leaves}
    for equation in equations:
        source = equation.pattern.source
        shape = Shapes(found, source).of(equation.body)
        wanted = declared(equation.name, declarations)
        if wanted is not None and wanted != shape:
            raise source.error(
                "shape-declared", 0, len(source.text), kind=ShapeError,
                name=plain(equation.name), left=shown(wanted), right=shown(shape),
            )  # fmt: skip
        found[equation.name] = shape
        if equation.name == objective and shape:
            raise source.error(
                "shape-objective", 0, len(source.text), hint="shape-objective-hint", kind=ShapeError,
                name=plain(objective), left=shown(shape),
            )  # fmt: skip
    return found
