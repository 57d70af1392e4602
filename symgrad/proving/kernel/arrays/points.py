"""A counterexample with explicit arrays: sizes, entries, assumptions, and the claim that fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symgrad.errors import CertificateError
from symgrad.notation.tree import Array, Name, Number, Tree, names_in
from symgrad.proving.kernel.arrays.build import Shape
from symgrad.proving.kernel.arrays.explicit import Explicit
from symgrad.proving.kernel.evaluate import truth
from symgrad.proving.kernel.families import instances
from symgrad.proving.kernel.points import values_at


def letters_of(shapes: Mapping[Name, Shape]) -> list[Name]:
    """The letters in the sizes of arrays."""
    return list(dict.fromkeys(n for shape in shapes.values() for size in shape for n in names_in(size)))


def cells(value: Tree) -> list[Tree]:
    """The entries of a number, a vector or a matrix; numbers only."""
    match value:
        case Number():
            return [value]
        case Array(items) if items:
            return [cell for item in items for cell in cells(item)]
    raise CertificateError("certificate-malformed", problem="array")


def stated(
    chain: Explicit, statement: Tree, given: Sequence[Tree], universe: Sequence[Name]
) -> tuple[Tree, list[Tree]]:
    """The claim and the assumptions about the entries, free indices read either way."""
    pieces = [chain.statement(piece) for g in given for piece in instances(g, universe, both=True)]
    return chain.statement(statement), pieces


def fails(chain: Explicit, point: Sequence[tuple[Name, Tree]], claim: Tree, pieces: Sequence[Tree]) -> bool:
    """Whether every assumption certainly holds at some arrays and the claim certainly fails."""
    leaves: list[tuple[Name, Tree]] = []
    for name, value in point:
        if name not in chain.sizes:
            grid = chain.of(name)
            if len(grid) != (len(value.items) if isinstance(value, Array) else 1):
                raise CertificateError("certificate-shape")
            names = [cell for row in grid for cell in row]
            leaves += [(n, v) for n, v in zip(names, cells(value), strict=True) if isinstance(n, Name)]
    values = values_at(leaves, chain.functions, chain.lines)
    if any(truth(piece, values, chain.functions) is not True for piece in pieces):
        return False
    return truth(claim, values, chain.functions) is False


def explicit_at(
    point: Sequence[tuple[Name, Tree]],
    definitions: Sequence[tuple[Name, Tree]],
    functions: Mapping[str, str],
    shapes: Mapping[Name, Shape],
) -> Explicit:
    """The chain with the sizes that a point chooses."""
    letters = letters_of(shapes)
    return Explicit(functions, shapes, definitions, {n: v for n, v in point if n in letters})
