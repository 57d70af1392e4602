"""What the names of a question without a chain are: numbers, vectors or matrices, from how they are used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    Array,
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
    names_in,
    number,
    walk,
)

Dimension = int
"""A size that is not known: a number that a union-find takes apart."""
Shape = tuple[Dimension, Dimension]
UNIT: Dimension = 0
NUMBERS = frozenset(("alpha", "beta", "gamma", "epsilon", "eta", "lambda", "mu", "n", "m", "N", "c"))
"""Stems that usually stand for numbers."""
EITHER = frozenset(("w",))
"""A small letter that stands for matrices as often as for vectors."""
REDUCING = frozenset(("sum", "mean", "norm", "opnorm", "trace"))
MAX_DEVIATIONS = 2


class Clash(Exception):
    """A use that does not fit the kinds."""


@dataclass(slots=True)
class Unifier:
    """Shapes of one choice of kinds; sizes become equal where the expressions need it."""

    kinds: Mapping[Name, str]
    parent: dict[int, int] = field(default_factory=dict)
    shapes: dict[Name, Shape] = field(default_factory=dict)
    last: int = 0

    def fresh(self) -> Dimension:
        """A new size."""
        self.last += 1
        return self.last

    def find(self, size: Dimension) -> Dimension:
        """The representative of a size."""
        while size in self.parent:
            size = self.parent[size]
        return size

    def join(self, a: Dimension, b: Dimension) -> None:
        """Two sizes are one; a size that is not 1 never becomes 1."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return
        if UNIT in (a, b):
            raise Clash
        self.parent[max(a, b)] = min(a, b)

    def name(self, name: Name) -> Shape:
        """The shape of a name by its kind."""
        if name not in self.shapes:
            kind = self.kinds.get(name, "number")
            rows = UNIT if kind == "number" else self.fresh()
            self.shapes[name] = (rows, self.fresh() if kind == "matrix" else UNIT)
        return self.shapes[name]

    def of(self, tree: Tree) -> Shape:
        """The shape of an expression.

        Raises:
            Clash: the kinds do not fit it.
        """
        match tree:
            case Number() | Constant() | Component():
                return (UNIT, UNIT)
            case Name():
                return self.name(tree)
            case Derivative(_, by):
                return self.name(by)
            case Neg(a) | Indicator(a):
                return self.of(a)
            case Add(parts) | Relation(_, parts):
                return self.together([self.of(part) for part in parts])
            case Elementwise(_, a, b):
                left, right = self.of(a), self.of(b)
                if tree.operator == "*" and (UNIT, UNIT) in (self.found(left), self.found(right)):
                    raise Clash  # nobody writes a Hadamard product with a number
                return self.together([left, right])
            case Div(a, b):
                if self.found(self.of(b)) != (UNIT, UNIT):
                    return self.together([self.of(a), self.of(b)])
                return self.of(a)
            case Pow(a, _):
                return self.of(a)
            case Transpose(a):
                rows, columns = self.of(a)
                if self.found((rows, columns)) == (UNIT, UNIT) and isinstance(a, Name):
                    raise Clash
                return (columns, rows)
            case Mul(factors):
                return self.product(factors)
            case Apply():
                return self.applied(tree)
            case Array(items):
                return (self.fresh(), UNIT) if len(items) > 1 else (UNIT, UNIT)
        raise Clash

    def found(self, shape: Shape) -> Shape:
        """The shape by representatives."""
        return (self.find(shape[0]), self.find(shape[1]))

    def together(self, shapes: Sequence[Shape]) -> Shape:
        """One shape; numbers go with any."""
        result = (UNIT, UNIT)
        for shape in map(self.found, shapes):
            if shape == (UNIT, UNIT):
                continue
            if result == (UNIT, UNIT):
                result = shape
            self.join(result[0], shape[0])
            self.join(result[1], shape[1])
        return result

    def product(self, factors: Sequence[Tree]) -> Shape:
        """The matrix product."""
        result = self.of(factors[0])
        for factor in factors[1:]:
            a, b = self.found(result), self.found(self.of(factor))
            if (UNIT, UNIT) in (a, b):
                result = b if a == (UNIT, UNIT) else a
            elif a == b and a[1] == UNIT:  # two columns: read elementwise
                result = a
            else:
                self.join(a[1], b[0])
                result = (a[0], b[1])
        return result

    def applied(self, tree: Apply) -> Shape:
        """Reductions, diag, and what acts entry by entry."""
        shapes = [self.of(argument) for argument in tree.arguments]
        stem = tree.function.stem
        if stem in REDUCING:
            if stem == "trace":
                self.join(*shapes[0])
            return (UNIT, UNIT)
        if stem == "diag":
            rows, columns = self.found(shapes[0])
            if columns != UNIT or rows == UNIT:
                raise Clash
            return (rows, rows)
        return self.together(shapes)

    def result(self) -> dict[Name, tuple[Tree, ...]]:
        """The shapes with symbols for the sizes."""

        def size(value: Dimension) -> Tree:
            root = self.find(value)
            return ONE if root == UNIT else Name("_n", (number(root),))

        found: dict[Name, tuple[Tree, ...]] = {}
        for name, (rows, columns) in self.shapes.items():
            kind = self.kinds.get(name, "number")
            count = {"number": 0, "vector": 1, "matrix": 2}[kind]
            found[name] = (size(rows), size(columns))[:count]
        return found


def arrays_in(trees: Sequence[Tree]) -> bool:
    """Whether some name is used as a vector or matrix."""
    return any(
        isinstance(node, Transpose | Elementwise | Array)
        or (isinstance(node, Apply) and node.function.stem in (*REDUCING, "diag", "softmax"))
        for tree in trees
        for node in walk(tree)
    )


def likely(name: Name) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The usual kinds of a name and the others: capitals are matrices, small letters vectors."""
    stem = name.stem.partition("_")[0]
    if stem in NUMBERS:
        return ("number",), ("vector", "matrix")
    if stem in EITHER:
        return ("matrix", "vector"), ("number",)
    if stem[:1].isupper() and len(stem) == 1:
        return ("matrix",), ("vector", "number")
    return ("vector",), ("matrix", "number")


def readings(gold: Tree) -> Iterator[dict[Name, str]]:
    """The kinds under which an expression makes sense, all that deviate least from what is usual.

    A name has the kind of its family.
    """
    names = names_in(gold)
    families = list(dict.fromkeys(map(family, names)))
    known = {family(name): likely(name) for name in names}
    for deviations in range(min(MAX_DEVIATIONS, len(families)) + 1):
        some = False
        for changed in combinations(families, deviations):
            options = [known[f][f in changed] for f in families]
            for choice in product(*options):
                kinds = dict(zip(families, choice, strict=True))
                mine = {name: kinds[family(name)] for name in names}
                if shapes_for(mine, (gold,)) is not None:
                    some = True
                    yield mine
        if some:
            return


def family(name: Name) -> tuple[str, bool]:
    """What names of one kind share."""
    return (name.stem, bool(name.indices))


def widened(kinds: Mapping[Name, str], tree: Tree) -> dict[Name, str]:
    """The kinds with those of the other names of a tree, by their families."""
    known = {family(name): kind for name, kind in kinds.items()}
    own = {n: known.get(family(n), likely(n)[0][0]) for n in names_in(tree) if n not in kinds}
    return {**kinds, **own}


def shapes_for(kinds: Mapping[Name, str], trees: Sequence[Tree]) -> dict[Name, tuple[Tree, ...]] | None:
    """The shapes if the kinds fit all the trees and all have one shape."""
    unifier = Unifier(kinds)
    try:
        unifier.together([unifier.of(tree) for tree in trees])
        for name in kinds:
            unifier.name(name)
    except Clash:
        return None
    return unifier.result()
