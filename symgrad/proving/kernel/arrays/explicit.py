"""Arrays whose sizes are numbers, written out: an expression for every entry, an equation for each.

Everything is a grid of rows and columns here; what has one entry is a number. Spectral norms are taken of
what has at most two rows or two columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from symgrad.errors import CertificateError
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
)  # fmt: skip
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.arrays.build import REDUCTIONS, Builder, Shape
from symgrad.proving.kernel.gradient import local, plus, times

Grid: TypeAlias = tuple[tuple[Tree, ...], ...]
Equations: TypeAlias = Sequence[tuple[Name, Tree]]
MAX_SIZE = 6


@dataclass
class Explicit:
    """A chain with numbers for the sizes of its arrays.

    besides: what else speaks of names. lines: an equation for every entry, in order.
    """

    functions: Mapping[str, str]
    shapes: Mapping[Name, Shape]
    definitions: Equations
    sizes: Mapping[Tree, Tree]
    besides: Sequence[Tree] = ()
    lines: list[tuple[Name, Tree]] = field(default_factory=list)
    _grids: dict[Name, Grid] = field(default_factory=dict)
    _adjoints: dict[Tree, dict[Tree, Tree]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, shape in self.shapes.items():
            self._grids[name] = self.entries(name, tuple(self.size(s) for s in shape))
        for name, body in self.definitions:
            grid = self.of(body)
            rank = 0 if len(grid) == len(grid[0]) == 1 else 1 if len(grid[0]) == 1 else 2
            self._grids[name] = self.entries(name, (len(grid), len(grid[0]))[:rank])
            self.lines += zip(_flat(self._grids[name]), _flat(grid), strict=True)  # type: ignore[arg-type]
        self._forward = tuple(self.lines)

    def size(self, tree: Tree) -> int:
        """A size in numbers."""
        found = self.sizes.get(tree, tree)
        if not isinstance(found, Number) or found.value not in range(1, MAX_SIZE + 1):
            raise CertificateError("certificate-shape")
        return int(found.value)

    def entries(self, name: Name, sizes: tuple[int, ...]) -> Grid:
        """Names for the entries: `x_2`, `W_{1, 2, 3}`, which stand for nothing else."""
        if not sizes:
            return ((name,),)
        places = [[(i, j)[: len(sizes)] for j in range((*sizes, 1)[1])] for i in range(sizes[0])]
        grid = tuple(
            tuple(Name(name.stem, (*name.indices, *(number(k + 1) for k in place))) for place in row)
            for row in places
        )
        if self._taken.intersection(_flat(grid)):
            raise CertificateError("certificate-unsupported", kind="Name")
        return grid

    @cached_property
    def _taken(self) -> frozenset[Tree]:
        found = {name for pair in self.definitions for tree in pair for name in names_in(tree)}
        return frozenset({*found, *self.shapes, *(n for tree in self.besides for n in names_in(tree))})

    # ---- expressions

    def of(self, tree: Tree) -> Grid:
        """The entries of an expression."""
        match tree:
            case Number() | Constant():
                return ((tree,),)
            case Name():
                return self._grids[tree] if tree in self._grids else ((self.sizes.get(tree, tree),),)
            case Neg(a):
                return _each(Neg, self.of(a))
            case Add(terms):
                return _each(lambda *cells: Add(cells), *map(self.of, terms))
            case Mul(factors):
                found = self.of(factors[0])
                for factor in factors[1:]:
                    found = _product(found, self.of(factor))
                return found
            case Div(a, b):
                if _width(below := self.of(b)) != (1, 1):
                    raise CertificateError("certificate-shape")
                return _each(Div, self.of(a), below)
            case Elementwise("*", a, b):
                return _each(lambda x, y: Mul((x, y)), self.of(a), self.of(b))
            case Elementwise("/", a, b):
                return _each(Div, self.of(a), self.of(b))
            case Elementwise("^", a, b) | Pow(a, b):
                base = self.of(a)
                if isinstance(tree, Pow) and _width(base)[1] > 1:
                    raise CertificateError("certificate-shape")
                return _each(Pow, base, self.of(b))
            case Transpose(a):
                return tuple(zip(*self.of(a), strict=True))
            case Array(items):
                rows = [i.items if isinstance(i, Array) else (i,) for i in items]
                if len({len(row) for row in rows}) != 1:
                    raise CertificateError("certificate-shape")
                return tuple(tuple(self.of(cell)[0][0] for cell in row) for row in rows)
            case Component(a, positions):
                row, column = (*(int(getattr(p, "value", 0)) for p in positions), 1)[:2]
                if min(row, column) < 1:
                    raise CertificateError("certificate-shape")
                return ((self.of(a)[row - 1][column - 1],),)
            case Derivative(Name() as of, by, 1):
                return self.slope(of, by)
            case Apply():
                return self._apply(tree)
        raise CertificateError("certificate-unsupported", kind=type(tree).__name__)

    def _apply(self, tree: Apply) -> Grid:
        stem = tree.function.stem
        if stem in ("ones", "eye") and not tree.order:
            n = self.size(tree.arguments[0])
            if stem == "ones":
                return ((ONE,),) * n
            return tuple(tuple(number(int(i == j)) for j in range(n)) for i in range(n))
        parts = [self.of(argument) for argument in tree.arguments]
        if len(parts) == 1 and (
            stem in REDUCTIONS or known.resolve(tree.function, self.functions) in ("max", "min")
        ):
            if tree.order or tree.options:
                raise CertificateError("certificate-unsupported", kind=stem)
            return self._reduced(tree, parts[0])
        return _each(lambda *cells: Apply(tree.function, cells, tree.order, tree.options), *parts)

    def _reduced(self, tree: Apply, a: Grid) -> Grid:
        cells, (rows, columns) = _flat(a), _width(a)
        match tree.function.stem:
            case "sum":
                return ((plus(cells),),)
            case "mean":
                return ((Div(plus(cells), number(len(cells))),),)
            case "norm":
                return ((_root(plus([_square(c) for c in cells])),),)
            case "opnorm":
                return ((_spectral(a if columns <= rows else tuple(zip(*a, strict=True))),),)
            case "trace" if rows == columns:
                return ((plus([a[i][i] for i in range(rows)]),),)
            case "diag" if columns == 1:
                return tuple(tuple(a[i][0] if i == j else ZERO for j in range(rows)) for i in range(rows))
            case "softmax" if columns == 1:
                powers = _each(lambda c: Apply(Name("exp"), (c,)), a)
                return _each(lambda c: Div(c, plus(_flat(powers))), powers)
            case "max" | "min":
                return ((Apply(tree.function, cells) if len(cells) > 1 else cells[0],),)
        raise CertificateError("certificate-shape")

    # ---- derivatives

    def slope(self, of: Name, by: Name) -> Grid:
        """The gradient of a number has the shape of `by`; a Jacobian has one row per output."""
        build = Builder(self.functions, self.shapes, dict(self.definitions))
        ranks = len(build.shape(of)), len(build.shape(by))
        top, below = self.of(of), self.of(by)
        if not ranks[0]:
            (cell,) = _flat(top)
            return _each(lambda b: self._adjoint(cell).get(b, ZERO), below)
        if not ranks[1]:
            return _each(lambda t: self._adjoint(t).get(_flat(below)[0], ZERO), top)
        if ranks != (1, 1):
            raise CertificateError("certificate-unsupported", kind="Derivative")
        return tuple(tuple(self._adjoint(t).get(b, ZERO) for b in _flat(below)) for t in _flat(top))

    def _adjoint(self, top: Tree) -> dict[Tree, Tree]:
        """The derivatives of one entry by everything before it, each a line of its own."""
        if not isinstance(top, Name) or top in self._adjoints:
            return self._adjoints[top]
        sums: dict[Name, list[Tree]] = {top: [ONE]}
        found: dict[Tree, Tree] = {}
        for name, body in reversed(self._forward):
            if name not in sums:
                continue
            found[name] = self._named(plus(sums.pop(name)))
            for parent in names_in(body):
                if (step := times((local(body, parent), found[name]))) != ZERO:
                    sums.setdefault(parent, []).append(step)
        found.update({leaf: self._named(plus(terms)) for leaf, terms in sums.items()})
        self._adjoints[top] = found
        return found

    def _named(self, tree: Tree) -> Tree:
        if isinstance(tree, Name | Number):
            return tree
        name = Name("adjoint", (number(len(self.lines)),))
        if any(n.stem == name.stem for n in self._taken if isinstance(n, Name)):
            raise CertificateError("certificate-unsupported", kind="Name")
        self.lines.append((name, tree))
        return name

    # ---- statements

    def statement(self, tree: Tree) -> Tree:
        """The same about numbers; an equation of arrays is one for every entry."""
        match tree:
            case Relation((operator,), (a, b)):
                left, right = self.of(a), self.of(b)
                if operator not in ("=", "!=") and (_width(left), _width(right)) != ((1, 1), (1, 1)):
                    raise CertificateError("certificate-shape")
                cells = _flat(_each(lambda x, y: Relation((operator,), (x, y)), left, right))
                return cells[0] if len(cells) == 1 else Logic("or" if operator == "!=" else "and", cells)
            case Relation(operators, operands):
                links = zip(operators, operands, operands[1:], strict=False)
                return Logic("and", tuple(self.statement(Relation((op,), (a, b))) for op, a, b in links))
            case Logic(operator, parts):
                return Logic(operator, tuple(map(self.statement, parts)))
        if any(n in self._grids for n in walk(tree)):
            raise CertificateError("certificate-unsupported", kind=type(tree).__name__)
        return substitute(tree, self.sizes)


def _flat(grid: Grid) -> tuple[Tree, ...]:
    return tuple(cell for row in grid for cell in row)


def _width(grid: Grid) -> tuple[int, int]:
    return len(grid), len(grid[0])


def _each(change: Callable[..., Tree], *grids: Grid) -> Grid:
    """Entry by entry; a number goes with every entry."""
    sizes = {_width(g) for g in grids} - {(1, 1)} or {(1, 1)}
    if len(sizes) > 1:
        raise CertificateError("certificate-shape")
    ((rows, columns),) = sizes
    full = [g if _width(g) == (rows, columns) else ((g[0][0],) * columns,) * rows for g in grids]
    return tuple(tuple(change(*(g[i][j] for g in full)) for j in range(columns)) for i in range(rows))


def _product(a: Grid, b: Grid) -> Grid:
    """The matrix product; what has one entry is a number."""
    if (1, 1) in (_width(a), _width(b)):
        return _each(_times, a, b)
    if len(a[0]) != len(b):
        raise CertificateError("certificate-shape")
    rows, columns = range(len(a)), range(len(b[0]))
    return tuple(
        tuple(plus([_times(a[i][k], b[k][j]) for k in range(len(b))]) for j in columns) for i in rows
    )


def _times(a: Tree, b: Tree) -> Tree:
    """A product; 0 only where the other factor has a value everywhere."""
    if ZERO in (a, b) and all(isinstance(c, Name | Number) for c in (a, b)):
        return ZERO
    return Mul((a, b)) if ZERO in (a, b) else times((a, b))


def _square(tree: Tree) -> Tree:
    return ZERO if tree == ZERO else Pow(tree, number(2))


def _root(tree: Tree) -> Tree:
    return Apply(Name("sqrt"), (tree,))


def _spectral(a: Grid) -> Tree:
    """The largest singular value of what has one or two columns, by the quadratic equation."""
    columns = tuple(zip(*a, strict=True))
    if len(columns) > 2:
        raise CertificateError("certificate-unsupported", kind="opnorm")
    squares = [plus([_square(c) for c in column]) for column in columns]
    if len(columns) == 1:
        return _root(squares[0])
    both = plus([times(pair) for pair in zip(*columns, strict=True)])
    spread = plus([_square(plus([squares[0], Neg(squares[1])])), times((number(4), _square(both)))])
    return _root(Div(plus([*squares, _root(spread)]), number(2)))
