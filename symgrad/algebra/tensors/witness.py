"""A point with small sizes at which two expressions with vectors and matrices provably differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from time import monotonic

from symgrad.algebra.decide import BITS, Witness, attempts, shown
from symgrad.algebra.points import Dependent, Ground, Machine, Point, no_ties
from symgrad.algebra.scope import Scope
from symgrad.algebra.tensors.entries import Entries, Grid
from symgrad.arithmetic.kind import Inexact, Kind, Value
from symgrad.arithmetic.kind import Undefined as NoValue
from symgrad.notation.tree import (
    Add,
    Indicator,
    Is,
    Name,
    Neg,
    Number,
    Relation,
    Tree,
    names_in,
)

QUICK = -1
"""Instead of a number of points: two random ones, in enclosures."""


@dataclass(frozen=True, slots=True)
class ShapedWitness(Witness):
    """A witness for one entry of a vector or matrix; values are of entries W[1, 2].

    sizes: what the symbolic sizes were taken to be. place: the entry, counted from 1, None for numbers.
    padded: whether all entries that are not named are 0.
    """

    sizes: tuple[tuple[Tree, int], ...] = ()
    place: tuple[int, int] | None = None
    padded: bool = False

    @property
    def entry(self) -> tuple[int, int] | None:
        """The entry that left and right are."""
        return self.place


@dataclass(slots=True)
class Separator:
    """Separating points in one scope."""

    scope: Scope
    symbols: tuple[Name, ...] = field(init=False)

    def __post_init__(self) -> None:
        sizes = [size for shape in self.scope.shapes.values() for size in shape]
        self.symbols = tuple(dict.fromkeys(n for size in sizes for n in names_in(size)))

    def sizes(self, points: int | None) -> Iterator[Mapping[Tree, int]]:
        """Sizes to try: all 1, all 2, and at last all different."""
        yield dict.fromkeys(self.symbols, 1)
        if self.symbols:
            yield dict.fromkeys(self.symbols, 2)
        if self.symbols and points is None:
            yield {name: 1 + (place + 1) % 3 for place, name in enumerate(self.symbols)}
            yield {name: 2 + place % 2 for place, name in enumerate(self.symbols)}

    def find(self, sides: tuple[Tree, Tree], seconds: float, points: int | None) -> ShapedWitness | None:
        """A separating point among the first few simple ones, or (None) among all that there are."""
        end = monotonic() + seconds
        for sizes in self.sizes(points):
            entries = Entries(self.scope, sizes)
            left, right = (entries.of(side) for side in sides)
            rows, columns = max(len(left), len(right)), max(len(left[0]), len(right[0]))
            constraints = constrained(entries, self.scope)
            trial = Trial(entries, constraints, sizes, end)
            for i in range(rows):
                for j in range(columns):
                    pair = (at(left, i, j), at(right, i, j))
                    if pair[0] == pair[1]:
                        continue
                    place = None if rows == columns == 1 else (i + 1, j + 1)
                    if (found := trial.separate(pair, points, place)) is not None:
                        return found
                    if monotonic() > end:
                        return None
        return None


@dataclass(slots=True)
class Trial:
    """The search at given sizes."""

    entries: Entries
    constraints: tuple[Tree, ...]
    sizes: Mapping[Tree, int]
    end: float

    def separate(
        self, pair: tuple[Tree, Tree], points: int | None, place: tuple[int, int] | None
    ) -> ShapedWitness | None:
        """A point for one entry."""
        scope = Scope(tuple(self.entries.definitions.items()), self.entries.scope.functions)
        ground = Ground(scope, (*pair, *self.constraints, *self.entries.solved))
        kinds = quick(ground) if points == QUICK else attempts(ground, points)
        for kind, candidates in kinds:
            for functions in ground.choices():
                machine = Machine.build(ground, kind, functions)
                for point in islice(candidates(), None if points == QUICK else points):
                    if (sides := self.differ(machine, point)) is not None:
                        return self.witness(machine, point, functions, sides, place)
                    if monotonic() > self.end:
                        return None
        return None

    def differ(self, machine: Machine, point: Point) -> tuple[dict[Tree, Value], Value, Value] | None:
        """The values if the two sides differ at a point that what is assumed allows."""
        try:
            values, (left, right, *others) = machine.run(point)
        except (Inexact, NoValue):
            return None
        kind: Kind = machine.kind
        with kind.working():
            conditions = others[: len(self.constraints)]
            if not all(kind.compare("=", c, kind.number(Fraction(1))) for c in conditions):
                return None
            return (values, left, right) if bool(left != right) else None

    def witness(
        self,
        machine: Machine,
        point: Point,
        functions: Mapping[str, str | Tree],
        sides: tuple[dict[Tree, Value], Value, Value],
        place: tuple[int, int] | None,
    ) -> ShapedWitness:
        """The point in terms of vectors and matrices."""
        values, left, right = sides
        origin = self.entries.origin
        with machine.kind.working():
            ends = (shown(left), shown(right))
        ground = machine.ground
        named = [free.name for free in ground.sums if free.name in ground.scope.bodies]
        reached = tuple((origin.get(name, name), point.sums[name]) for name in named)
        solved = tuple(
            (origin.get(free.leaf, free.leaf), value)
            for free in ground.sums
            if isinstance(value := values[free.leaf], Fraction)
        )
        leaves = [(origin.get(tree, tree), value) for tree, value in point.leaves.items()]
        leaves.extend(
            (origin.get(name, name), values[name])
            for name in self.entries.definitions
            if name in values and name in self.entries.solved and isinstance(values[name], Fraction)
        )
        return ShapedWitness(
            tuple(leaves), reached, solved, tuple(functions.items()), *ends,  # type: ignore[arg-type]
            tuple(self.sizes.items()), place, self.entries.padded,
        )  # fmt: skip


def quick(ground: Ground) -> Iterator[tuple[Kind, Callable[[], Iterator[Point]]]]:
    """Two random points in enclosures."""
    from symgrad.arithmetic.enclosure import Arb

    yield no_ties(Arb(BITS[0])), lambda: ground.random(2)


def at(grid: Grid, i: int, j: int) -> Tree:
    """An entry; a number is all of them."""
    return grid[0][0] if len(grid) == len(grid[0]) == 1 else grid[i][j]


def constrained(entries: Entries, scope: Scope) -> tuple[Tree, ...]:
    """What is assumed, as trees that must be 1; an equation is solved for a leaf where that is plain.

    Raises:
        Dependent: an assumption that no point is known to meet.
    """
    found: list[Tree] = []
    for assumption in scope.assumptions:
        match assumption:
            case Is():
                continue
            case Relation(operators, operands):
                grid = entries.together(
                    lambda *sides, operators=operators: Relation(operators, sides),
                    [entries.of(side) for side in operands],
                    assumption,
                )
                for relation in (cell for row in grid for cell in row):
                    if not solve(entries, relation):
                        found.append(Indicator(relation))
            case _:
                raise Dependent
    return tuple(found)


def solve(entries: Entries, relation: Tree) -> bool:
    """Define the last leaf of a plain sum so that the sum is the number it should be."""
    if not isinstance(relation, Relation) or relation.operators != ("=",):
        return False
    left, right = relation.operands
    terms = left.terms if isinstance(left, Add) else (left,)
    for term in reversed(terms):
        if (
            isinstance(term, Name)
            and term not in entries.definitions
            and isinstance(right, Number)
            and terms.count(term) == 1
        ):
            others = tuple(Neg(t) for t in terms if t != term)
            entries.definitions = {term: Add((right, *others)) if others else right, **entries.definitions}
            entries.solved.add(term)
            return True
    return False
