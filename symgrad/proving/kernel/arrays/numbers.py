"""Claims about arrays at explicit small ones: sizes and entries are numbers, all worked out exactly.

Spectral norms are taken of what is 1 x 1, a column, a row, or has two rows or two columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import prod

from symgrad.errors import CertificateError
from symgrad.notation.tree import (
    Apply,
    Derivative,
    Logic,
    Name,
    Number,
    Relation,
    Tree,
    children,
    number,
    rebuild,
    substitute,
)  # fmt: skip
from symgrad.proving.kernel.arrays.build import Builder, Entries
from symgrad.proving.kernel.arrays.terms import DELTA, Atom
from symgrad.proving.kernel.evaluate import Undefined, Value, ball, compare, evaluate

Place = tuple[int, ...]
X = Name("x")


@dataclass(slots=True)
class Numbers:
    """Values of the leaves' entries, and what follows from them."""

    build: Builder
    leaves: Mapping[tuple[Name, Place], Fraction]
    _memo: dict[tuple[Name, Place], Value] = field(default_factory=dict)

    def value(self, tree: Tree) -> Value:
        """A number's expression."""
        match tree:
            case Apply(Name("opnorm"), (a,), 0, ()):
                return self._spectral(self.build.of(a))
            case Apply(Name("abs"), (a,), 0, ()):
                return evaluate(Apply(Name("abs"), (X,)), {X: self.value(a)}, {})
        if not isinstance(tree, Name | Number | Derivative):
            parts: dict[Tree, Value] = {}
            kept = rebuild(tree, lambda child: self._part(child, parts))
            if not any(self.build.of(child).shape for child in _children(tree)):
                return evaluate(kept, parts, self.build.functions)
        return self._entry(self.build.of(tree), ())

    def _part(self, child: Tree, parts: dict[Tree, Value]) -> Tree:
        if self.build.of(child).shape:
            return child
        name = Name("part", (number(len(parts)),))
        parts[name] = self.value(child)
        return name

    def _entry(self, entries: Entries, place: Place) -> Value:
        if len(entries.free) != len(place):
            raise CertificateError("certificate-malformed", problem="array")
        at = dict(zip(entries.free, place, strict=True))
        total: Value = Fraction(0)
        for term in entries.poly:
            sizes = [range(self._size(b)) for b in term.bound]
            for inner in product(*sizes):
                where = {**at, **dict(zip(term.bound, inner, strict=True))}
                factors = [self._power(self._atom(a, where), n) for a, n in term.atoms.items()]
                total = _plus(total, _times(Fraction(term.coefficient), *factors))
        return total

    def _size(self, index: int) -> int:
        size = self.build.pool.sizes[index]
        if not isinstance(size, Number):
            raise CertificateError("certificate-shape")
        return int(size.value)

    def _power(self, value: Value, n: Fraction) -> Value:
        if n == Fraction(1, 2):
            return evaluate(Apply(Name("sqrt"), (X,)), {X: value}, {})
        if n.denominator == 2:
            root = evaluate(Apply(Name("sqrt"), (X,)), {X: value}, {})
            return self._power(root, n * 2)
        result = _times(Fraction(1), *([value] * abs(int(n))))
        return result if n >= 0 else _inverse(result)

    def _atom(self, atom: Atom, where: Mapping[int, int]) -> Value:
        kind, place = atom.head[0], tuple(where[i] for i in atom.indices)
        if atom.head == DELTA:
            return Fraction(int(place[0] == place[1]))
        if kind == "name":
            return self._name(atom.head[1], place)
        if kind in ("sum", "call"):
            free, body = self.build.pool.bodies[atom.head]
            inside = self._entry(Entries(body, free, ()), place)
            if kind == "sum":
                return inside
            _, function, order, _ = atom.head
            called = Apply(function if isinstance(function, Name) else Name(function), (X,), order)
            return evaluate(called, {X: inside}, self.build.functions)
        raise Undefined("certificate-no-value", kind=str(kind))

    def _name(self, name: Name, place: Place) -> Value:
        key = (name, place)
        if key not in self._memo:
            if (body := self.build.definitions.get(name)) is not None:
                found = self.build.of(body)
                self._memo[key] = self._entry(found, place if found.shape else ())
            elif key in self.leaves:
                self._memo[key] = self.leaves[key]
            else:
                raise Undefined("certificate-no-value", kind="Name")
        return self._memo[key]

    def _spectral(self, entries: Entries) -> Value:
        """The largest singular value, by the quadratic equation."""
        sizes = [int(s.value) for s in entries.shape if isinstance(s, Number)]
        if len(sizes) != len(entries.shape):
            raise CertificateError("certificate-shape")
        rows, columns = (*sizes, 1, 1)[:2] if sizes else (1, 1)
        if len(sizes) == 1:
            columns = 1
        grid = [[self._entry(entries, (i, j)[: len(sizes)]) for j in range(columns)] for i in range(rows)]
        if columns > rows:
            grid = [list(column) for column in zip(*grid, strict=True)]
        root = Apply(Name("sqrt"), (X,))
        if len(grid[0]) == 1:
            square = _plus(Fraction(0), *(_times(row[0], row[0]) for row in grid))
            return evaluate(root, {X: square}, {})
        if len(grid[0]) != 2:
            raise Undefined("certificate-no-value", kind="opnorm")
        a, d = (_plus(Fraction(0), *(_times(row[k], row[k]) for row in grid)) for k in (0, 1))
        b = _plus(Fraction(0), *(_times(row[0], row[1]) for row in grid))
        spread = _plus(a, _times(Fraction(-1), d))
        inner = _plus(_times(spread, spread), _times(Fraction(4), b, b))
        top = _plus(a, d, evaluate(root, {X: inner}, {}))
        return evaluate(root, {X: _times(Fraction(1, 2), top)}, {})

    # ---- statements

    def truth(self, tree: Tree) -> bool | None:
        """Whether a comparison of numbers, or an equation of arrays, holds."""
        match tree:
            case Relation((operator,), (a, b)):
                if operator == "=" and (shape := self.build.of(a).shape or self.build.of(b).shape):
                    return self._all_equal(
                        a, b, tuple(range(int(s.value)) for s in shape if isinstance(s, Number))
                    )
                return compare(operator, self.value(a), self.value(b))
            case Relation(operators, operands):
                links = zip(operators, operands, operands[1:], strict=False)
                found = [self.truth(Relation((op,), (a, b))) for op, a, b in links]
                return False if False in found else None if None in found else True
            case Logic("and", parts):
                found = [self.truth(part) for part in parts]
                return False if False in found else None if None in found else True
        return None

    def _all_equal(self, a: Tree, b: Tree, ranges: tuple[range, ...]) -> bool | None:
        left, right = self.build.of(a), self.build.of(b)
        found: list[bool | None] = []
        for place in product(*ranges):
            sides = (self._entry(e, place if e.shape else ()) for e in (left, right))
            found.append(compare("=", *sides))
        return False if False in found else None if None in found else True


def _children(tree: Tree) -> list[Tree]:
    return list(tree.arguments) if isinstance(tree, Apply) else list(children(tree))


def _plus(*values: Value) -> Value:
    total: Value = Fraction(0)
    for value in values:
        both = isinstance(total, Fraction) and isinstance(value, Fraction)
        total = total + value if both else ball(total) + ball(value)
    return total


def _times(*values: Value) -> Value:
    if any(isinstance(v, Fraction) and v == 0 for v in values):
        return Fraction(0)
    exact = prod((v for v in values if isinstance(v, Fraction)), start=Fraction(1))
    result: Value = exact
    for value in values:
        if not isinstance(value, Fraction):
            result = ball(result) * value
    return result


def _inverse(value: Value) -> Value:
    if compare("!=", value, Fraction(0)) is not True:
        raise Undefined("certificate-division")
    return 1 / value


def sized(
    shapes: Mapping[Name, tuple[Tree, ...]], sizes: Mapping[Tree, Tree]
) -> dict[Name, tuple[Tree, ...]]:
    """The shapes with numbers for their sizes."""
    return {name: tuple(substitute(size, sizes) for size in shape) for name, shape in shapes.items()}
