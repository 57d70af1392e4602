"""Expressions with vectors and matrices written out entry by entry for some small sizes: plain scalars."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeAlias

from symgrad.algebra.normal import Unsupported
from symgrad.algebra.points import Dependent
from symgrad.algebra.polynomial import TooLarge
from symgrad.algebra.scope import Scope, ordered
from symgrad.algebra.tensors.shaping import SCALAR, Misshapen, Shape, as_shape, shape_of_token
from symgrad.arithmetic.written_out import atoms, rational, written_out
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    Array,
    Component,
    Constant,
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
    names_in,
    number,
    substitute,
    walk,
)
from symgrad.notation.writers.plain import plain

Grid: TypeAlias = tuple[tuple[Tree, ...], ...]
"""Rows of entries; a number is one row of one."""
MAX_CELLS = 200_000
LARGE, FEW = 8, 2
"""Of sizes that are fixed and larger than this, so many entries are other than 0."""


@dataclass(slots=True)
class Entries:
    """The equations of a scope for some sizes; `origin` says which entry of what every new name is."""

    scope: Scope
    sizes: Mapping[Tree, int]
    definitions: dict[Name, Tree] = field(default_factory=dict)
    grids: dict[Tree, Grid] = field(default_factory=dict)
    origin: dict[Tree, Tree] = field(default_factory=dict)
    solved: set[Tree] = field(default_factory=set)
    """Leaves that an assumption decides."""
    padded: bool = False
    """Whether entries of large fixed sizes were left 0."""
    hidden: int = 0
    cells: int = 0

    def of(self, tree: Tree) -> Grid:
        """The entries of a tree, as trees of numbers' names."""
        tree = written_out(tree)
        self.prepare(atoms(tree))
        return self.visit(tree)

    def prepare(self, roots: Sequence[Tree]) -> None:
        """Entries for every name and token below the roots, in an order that needs no recursion."""

        def needs(node: Tree) -> tuple[Tree, ...] | None:
            if node in self.grids or (body := self.body(node)) is None:
                return None
            return atoms(body)

        for node in ordered(roots, needs):
            if node not in self.grids and (body := self.body(node)) is not None:
                self.define(node, self.visit(body))

    def body(self, node: Tree) -> Tree | None:
        """The equation of a name or the value of a token."""
        if isinstance(node, Derivative):
            value = self.scope.token(node)
            if value is None and not self.scope.is_open(node):
                raise Dependent
            return None if value is None else written_out(value)
        return self.scope.bodies.get(node) if isinstance(node, Name) else None

    def define(self, node: Tree, values: Grid) -> None:
        """Names for the entries of something that has an equation."""
        grid = self.named(node, len(values), len(values[0]))
        for names, row in zip(grid, values, strict=True):
            for name, value in zip(names, row, strict=True):
                assert isinstance(name, Name)
                if value != ZERO:
                    self.definitions[name] = value
        self.grids[node] = tuple(
            tuple(ZERO if value == ZERO else name for name, value in zip(names, row, strict=True))
            for names, row in zip(grid, values, strict=True)
        )

    def named(self, node: Tree, rows: int, columns: int, whole: int = 1) -> Grid:
        """Names for the entries of a name or token; a lone entry of a name keeps its own."""
        if rows == columns == 1 == whole and isinstance(node, Name):
            return ((node,),)
        stem, own = (node.stem, node.indices) if isinstance(node, Name) else (plain(node), ())
        grid: list[tuple[Tree, ...]] = []
        for i in range(1, rows + 1):
            row: list[Tree] = []
            for j in range(1, columns + 1):
                name = Name(stem, (*own, number(-1), number(i), number(j)))
                place = (i, j) if columns > 1 else (i,)
                alone = rows == columns == 1 == whole
                self.origin[name] = node if alone else Component(node, tuple(map(number, place)))
                row.append(name)
            grid.append(tuple(row))
        return tuple(grid)

    def count(self, cells: int) -> None:
        """TooLarge once there are too many entries."""
        self.cells += cells
        if self.cells > MAX_CELLS:
            raise TooLarge("entries")

    # -- nodes ---------------------------------------------------------------------------------------------

    def visit(self, tree: Tree) -> Grid:
        """The entries of a node."""
        match tree:
            case Number() | Constant():
                return ((tree,),)
            case Name() | Derivative():
                return self.leaf(tree)
            case Neg(operand):
                return each(lambda cell: ZERO if cell == ZERO else Neg(cell), self.visit(operand))
            case Add(terms):
                return self.together(lambda *parts: total(parts), [self.visit(t) for t in terms], tree)
            case Mul(factors):
                result = self.visit(factors[0])
                for factor in factors[1:]:
                    result = self.times(result, self.visit(factor), tree)
                return result
            case Transpose(operand):
                return tuple(zip(*self.visit(operand), strict=True))
            case Elementwise("*", a, b):
                return self.together(times, [self.visit(a), self.visit(b)], tree)
            case Div(a, b) | Elementwise("/", a, b):
                return self.together(Div, [self.visit(a), self.visit(b)], tree)
            case Pow(a, b) | Elementwise("^", a, b):
                return self.together(Pow, [self.visit(a), self.visit(b)], tree)
            case Indicator(condition):
                return self.condition(condition)
            case Relation():
                return self.condition(tree)
            case Component(operand, positions):
                grid, places = self.visit(operand), [rational(p) for p in positions]
                row, column = int(places[0] or 0), int((*places, Fraction(1))[1] or 0)
                if not (0 < row <= len(grid) and 0 < column <= len(grid[0])):
                    raise Unsupported("not-scalar")
                return ((grid[row - 1][column - 1],),)
            case Array(items):
                return tuple(i.items if isinstance(i, Array) else (i,) for i in items)
            case Apply():
                return self.apply(tree)
        raise Unsupported("not-scalar")

    def leaf(self, tree: Name | Derivative) -> Grid:
        """The entries of a name or token; a size is a number."""
        if (known := self.grids.get(tree)) is not None:
            return known
        if isinstance(tree, Name) and tree in self.sizes and not self.scope.shapes.get(tree):
            return ((number(self.sizes[tree]),),)
        shapes = self.scope.shapes
        shape: Shape = SCALAR
        if isinstance(tree, Derivative):
            shape = shape_of_token(tree, shapes)
        else:
            shape = as_shape(shapes.get(tree, ()))
        rows, columns = self.size(shape[0]), self.size(shape[1])
        self.count(rows * columns)
        few = self.named(tree, min(rows, kept(shape[0])), min(columns, kept(shape[1])), rows * columns)
        self.padded = self.padded or rows > len(few) or columns > len(few[0])
        grid = tuple((*row, *(ZERO,) * (columns - len(row))) for row in few)
        grid = self.grids[tree] = (*grid, *((ZERO,) * columns,) * (rows - len(grid)))
        return grid

    def size(self, size: Tree) -> int:
        """A size in numbers."""
        value = rational(substitute(size, {k: number(v) for k, v in self.sizes.items()}))
        if value is None or value.denominator != 1 or value < 1:
            raise Unsupported("not-scalar")
        return int(value)

    def together(self, make: Callable[..., Tree], grids: Sequence[Grid], tree: Tree) -> Grid:
        """Entry by entry; numbers go with every entry."""
        rows = max(len(g) for g in grids)
        columns = max(len(g[0]) for g in grids)
        for g in grids:
            if (len(g), len(g[0])) not in ((1, 1), (rows, columns)):
                raise Misshapen(tree, size_of(grids[0]), size_of(g))
        self.count(rows * columns)

        def at(g: Grid, i: int, j: int) -> Tree:
            return g[0][0] if len(g) == len(g[0]) == 1 else g[i][j]

        return tuple(tuple(make(*(at(g, i, j) for g in grids)) for j in range(columns)) for i in range(rows))

    def times(self, a: Grid, b: Grid, tree: Tree) -> Grid:
        """The matrix product; what it sums gets a name, so that products of products stay short."""
        if (1, 1) in ((len(a), len(a[0])), (len(b), len(b[0]))):
            return self.together(times, [a, b], tree)
        if len(a[0]) != len(b):
            raise Misshapen(tree, size_of(a), size_of(b))
        self.count(len(a) * len(b) * len(b[0]))
        columns = tuple(zip(*b, strict=True))
        return tuple(tuple(self.inner(row, column) for column in columns) for row in a)

    def inner(self, row: Sequence[Tree], column: Sequence[Tree]) -> Tree:
        """A row times a column."""
        terms = [Mul((x, y)) for x, y in zip(row, column, strict=True) if ZERO not in (x, y)]
        if not terms:
            return ZERO
        if len(terms) == 1:
            return terms[0]
        return self.short(Add(tuple(terms)))

    def short(self, tree: Tree) -> Tree:
        """A name for a tree that is no longer short."""
        if sum(1 for _ in walk(tree)) < 40:
            return tree
        self.hidden += 1
        name = Name("_part", (number(self.hidden),))
        self.definitions[name] = tree
        return name

    # -- functions -----------------------------------------------------------------------------------------

    def apply(self, tree: Apply) -> Grid:
        """Reductions and losses; everything else entry by entry."""
        stem = tree.function.stem
        if stem in ("ones", "eye"):
            sizes = [self.size(size) for size in tree.arguments]
            rows, columns = sizes[0], sizes[0] if stem == "eye" else (*sizes, 1)[1]
            self.count(rows * columns)
            one = stem == "ones"
            return tuple(tuple(ONE if one or i == j else ZERO for j in range(columns)) for i in range(rows))
        grids = [self.visit(argument) for argument in tree.arguments]
        own = not tree.order and not tree.function.indices and stem not in self.scope.functions
        if own and (found := self.whole(stem, grids, tree)) is not None:
            return found
        return self.together(lambda *parts: replace(tree, arguments=parts), grids, tree)

    def whole(self, stem: str, grids: Sequence[Grid], tree: Apply) -> Grid | None:
        """A function of all entries at once, or None."""
        cells = [cell for row in grids[0] for cell in row]
        count = number(len(cells))
        match stem, len(grids):
            case "sum", 1:
                return ((self.short(total(cells)),),)
            case "mean", 1:
                return ((self.short(Div(total(cells), count)),),)
            case "norm", 1:
                return ((Apply(Name("sqrt"), (total([Pow(c, number(2)) for c in cells]),)),),)
            case "trace", 1:
                return ((total([row[i] for i, row in enumerate(grids[0])]),),)
            case "diag", 1 if len(grids[0]) > 1 < len(grids[0][0]):
                raise Unsupported("function")
            case "diag", 1:
                place = range(len(cells))
                return tuple(tuple(cells[i] if i == j else ZERO for j in place) for i in place)
            case "softmax", 1:
                e = each(lambda c: Apply(Name("exp"), (c,)), grids[0])
                below = self.short(total([cell for row in e for cell in row]))
                return each(lambda c: Div(c, below), e)
            case (("max" | "min"), 1):
                return ((Apply(Name(stem), tuple(cells)),),) if len(cells) > 1 else grids[0]
            case "opnorm", 1:
                raise Unsupported("function")
            case "outer", 2:
                other = [cell for row in grids[1] for cell in row]
                return tuple(tuple(times(x, y) for y in other) for x in cells)
            case "dot", 2:
                other = [cell for row in grids[1] for cell in row]
                return ((self.inner(cells, other),),)
        return self.loss(stem, grids, tree) if len(grids) == 2 else None

    def loss(self, stem: str, grids: Sequence[Grid], tree: Apply) -> Grid | None:
        """A loss of two vectors."""

        def pairs(make: Callable[[Tree, Tree], Tree]) -> list[Tree]:
            return [cell for row in self.together(make, grids, tree) for cell in row]

        match stem:
            case "half_square" | "mse":
                squares = pairs(lambda a, y: Pow(Add((a, Neg(y))), number(2)))
                below = number(2) if stem == "half_square" else number(len(squares))
                return ((Div(total(squares), below),),)
            case "cross_entropy":
                logs = pairs(lambda a, y: Mul((y, Apply(Name("log"), (a,)))))
                return ((Neg(total(logs)),),)
            case "binary_cross_entropy" | "huber":
                each_one = pairs(lambda a, y: replace(tree, arguments=(a, y)))
                return ((Div(total(each_one), number(len(each_one))),),)
        return None

    def condition(self, condition: Tree) -> Grid:
        """The indicator of a relation, entry by entry."""
        match condition:
            case Relation(operators, operands):
                grids = [self.visit(o) for o in operands]
                return self.together(lambda *sides: Indicator(Relation(operators, sides)), grids, condition)
            case Logic() if not any(self.scope.shapes.get(n) for n in names_in(condition)):
                return ((Indicator(condition),),)
        raise Unsupported("condition")


def each(make: Callable[[Tree], Tree], grid: Grid) -> Grid:
    """A function of every entry."""
    return tuple(tuple(make(cell) for cell in row) for row in grid)


def total(cells: Sequence[Tree]) -> Tree:
    """The sum of some trees, zeros left out."""
    some = tuple(cell for cell in cells if cell != ZERO)
    return ZERO if not some else some[0] if len(some) == 1 else Add(some)


def times(left: Tree, right: Tree) -> Tree:
    """The product of two numbers; a zero makes it zero."""
    return ZERO if ZERO in (left, right) else Mul((left, right))


def kept(size: Tree) -> int:
    """How many entries of a leaf along a size may be other than 0."""
    return FEW if isinstance(size, Number) and size.value > LARGE else LARGE


def size_of(grid: Grid) -> Shape:
    """How many rows and columns there are."""
    return (number(len(grid)), number(len(grid[0])))
