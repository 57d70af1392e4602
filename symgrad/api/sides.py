"""What a claim compares by size must be numbers."""

from __future__ import annotations

from symgrad.errors import InputError, ShapeError
from symgrad.network.graph import Network
from symgrad.network.shapes import Shapes, shown
from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.source import Source
from symgrad.notation.tree import Relation, walk
from symgrad.notation.writers.plain import plain


def refuse_arrays_by_size(network: Network, text: str, context: Context, place: str) -> None:
    """`W_1 <= 1` says nothing: a matrix is neither smaller nor larger than a number.

    Raises:
        InputError: at the side that is a vector or a matrix.
    """
    if not any(network.shapes.values()):
        return
    shapes, source = Shapes(network.shapes), Source(text, place)
    for node in walk(read(text, context, name=place)):
        if isinstance(node, Relation) and not set(node.operators) <= {"=", "!="}:
            for side in node.operands:
                try:
                    shape = shapes.of(side)
                except (ShapeError, KeyError):
                    continue  # the search says what it cannot read
                if shape and side.span is not None:
                    raise source.error(
                        "size-of-array", *side.span, hint="size-of-array-hint", kind=InputError,
                        side=plain(side), shape=shown(shape),
                    )  # fmt: skip
