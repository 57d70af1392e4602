"""Shapes as (rows, columns): a number is (1, 1), a column (n, 1); and which of them fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from symgrad.algebra.normal import Unsupported
from symgrad.algebra.tensors.terms import Form
from symgrad.notation.tree import ONE, Derivative, Name, Tree

Shape: TypeAlias = tuple[Tree, Tree]
SCALAR: Shape = (ONE, ONE)
ROWS, COLUMNS = 0, 1


class Misshapen(ArithmeticError):
    """Two shapes that do not fit in `tree`."""

    def __init__(self, tree: Tree, left: Shape, right: Shape) -> None:
        super().__init__(str(tree))
        self.tree, self.left, self.right = tree, left, right


@dataclass(frozen=True, slots=True)
class Value:
    """A form and its shape; an index on which the form does not depend has equal entries along it."""

    form: Form
    shape: Shape


def as_shape(sizes: tuple[Tree, ...]) -> Shape:
    """() is a number, (n,) a column, (m, n) a matrix."""
    return (*sizes, ONE, ONE)[0], (*sizes, ONE, ONE)[1]


def joined(left: Shape, right: Shape, tree: Tree) -> Shape:
    """The common shape; a number takes any."""
    if left in (SCALAR, right) or right == SCALAR:
        return right if left == SCALAR else left
    raise Misshapen(tree, left, right)


def turned(shape: Shape) -> dict[int, int]:
    """The labels of a transpose: an index of one value has none."""
    return {ROWS: COLUMNS, COLUMNS: ROWS}


def shape_of_token(token: Derivative, shapes: Mapping[Name, tuple[Tree, ...]]) -> Shape:
    """Gradient layout: the gradient of a number has the shape of its variable; else a row for each output."""
    of = as_shape(shapes.get(token.of, ())) if isinstance(token.of, Name) else SCALAR
    by = as_shape(shapes.get(token.by, ()))
    if of == SCALAR:
        return by
    if by == SCALAR:
        return of
    if ONE in of and ONE in by:
        return (of[0] if of[0] != ONE else of[1], by[0] if by[0] != ONE else by[1])
    raise Unsupported("not-scalar")
