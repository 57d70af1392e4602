"""A counterexample with explicit arrays: sizes, entries, assumptions, and the claim that fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from symgrad.errors import CertificateError
from symgrad.notation.tree import Array, Name, Number, Tree, names_in, substitute
from symgrad.proving.kernel.arrays.build import Builder, Shape
from symgrad.proving.kernel.arrays.numbers import Numbers, Place
from symgrad.proving.kernel.families import instances

MAX_SIZE = 4


def numbers_at(
    point: Sequence[tuple[Name, Tree]],
    definitions: Sequence[tuple[Name, Tree]],
    functions: Mapping[str, str],
    shapes: Mapping[Name, Shape],
) -> tuple[Numbers, dict[Tree, Tree]]:
    """Values of all leaves, and the sizes chosen; every array fits its shape."""
    letters = {n for shape in shapes.values() for size in shape for n in names_in(size)}
    defined = {name for name, _ in definitions}
    sizes: dict[Tree, Tree] = {}
    leaves: dict[tuple[Name, Place], Fraction] = {}
    for name, value in point:
        if name in defined or name in sizes or any(name == other for other, _ in leaves):
            raise CertificateError("certificate-definition")
        if name in letters:
            if not isinstance(value, Number) or value.value not in range(1, MAX_SIZE + 1):
                raise CertificateError("certificate-shape")
            sizes[name] = value
        else:
            leaves.update({(name, place): v for place, v in entries_of(value)})
    fixed = {name: tuple(substitute(size, sizes) for size in shape) for name, shape in shapes.items()}
    for name, shape in fixed.items():
        wanted = [int(size.value) for size in shape if isinstance(size, Number)]
        found = sorted(place for other, place in leaves if other == name)
        if len(wanted) != len(shape) or found != sorted(_places(wanted)):
            raise CertificateError("certificate-shape")
    equations = {name: substitute(body, sizes) for name, body in definitions}
    return Numbers(Builder(functions, fixed, equations), leaves), sizes


def _places(sizes: Sequence[int]) -> list[Place]:
    found: list[Place] = [()]
    for size in sizes:
        found = [(*place, k) for place in found for k in range(size)]
    return found


def entries_of(value: Tree) -> list[tuple[Place, Fraction]]:
    """The entries of a number, a vector or a matrix."""
    match value:
        case Number(number):
            return [((), number)]
        case Array(items):
            return [((k, *place), v) for k, item in enumerate(items) for place, v in entries_of(item)]
    raise CertificateError("certificate-malformed", problem="array")


def refutes(
    numbers: Numbers,
    sizes: Mapping[Tree, Tree],
    statement: Tree,
    given: Sequence[Tree],
    universe: Sequence[Name],
) -> bool:
    """Whether every assumption certainly holds there and the claim certainly fails."""
    for assumption in given:
        for piece in instances(assumption, universe, both=True):
            if numbers.truth(substitute(piece, sizes)) is not True:
                return False
    return numbers.truth(substitute(statement, sizes)) is False
