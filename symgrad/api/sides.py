"""What a claim compares by size must be numbers."""

from __future__ import annotations

from contextlib import suppress

from symgrad.errors import InputError, ShapeError
from symgrad.network.graph import Network
from symgrad.network.shapes import Shape, Shapes, shown
from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.source import Source
from symgrad.notation.tree import (
    Add,
    Apply,
    Name,
    Relation,
    Tree,
    children,
    names_in,
    rebuild,
    substitute,
    walk,
)  # fmt: skip
from symgrad.notation.writers.plain import plain

IDENTITY = Name("I")


def identities_written(network: Network, tree: Tree) -> Tree:
    """The tree with `I` beside a square matrix as the identity matrix of its size, where no name is I."""
    if not any(network.shapes.values()) or any(
        name.stem == "I" for name in (*network.leaves, *network.shapes)
    ):
        return tree
    shapes = Shapes(network.shapes)

    def written(node: Tree) -> Tree:
        node = rebuild(node, written)
        if not isinstance(node, Relation | Add) or IDENTITY not in names_in(node):
            return node
        found: list[Shape] = []
        for part in children(node):
            with suppress(ShapeError, KeyError):
                found.append(shapes.of(part))
        square = next((s for s in found if len(s) == 2 and s[0] == s[1]), None)
        return node if square is None else substitute(node, {IDENTITY: Apply(Name("eye"), (square[0],))})

    return written(tree)


def refuse_arrays_by_size(network: Network, text: str, context: Context, place: str) -> None:
    """`W_1 <= 1` says nothing: a matrix is neither smaller nor larger than a number.

    Raises:
        InputError: at the side that is a vector or a matrix.
        ShapeError: sizes that do not fit, at their place.
    """
    if not any(network.shapes.values()):
        return
    source = Source(text, place)
    shapes = Shapes(network.shapes, source)
    for node in walk(read(text, context, name=place)):
        if isinstance(node, Relation):
            equation = set(node.operators) <= {"=", "!="}
            for side in (node,) if equation else node.operands:
                try:
                    shape = () if equation and shapes.of(side) else shapes.of(side)
                except KeyError:
                    continue  # the search says what it cannot read
                except ShapeError as error:
                    if error.what != "shape-product":
                        raise
                    continue  # a wrong order, which fails where the sizes agree
                if shape and side.span is not None:
                    raise source.error(
                        "size-of-array", *side.span, hint="size-of-array-hint", kind=InputError,
                        side=plain(side), shape=shown(shape),
                    )  # fmt: skip
