"""Points: values of the leaves, what follows from them, and whether assumptions and claims hold there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.tree import Name, Relation, Tree
from symgrad.proving.kernel.evaluate import Value, compare, evaluate, truth
from symgrad.proving.kernel.families import instances, parts

if TYPE_CHECKING:
    from symgrad.proving.kernel.analysis.equality import ExactPoint

Values: TypeAlias = Mapping[Tree, Value]


def read_name(data: Any) -> Name:
    """A Name, nothing else."""
    tree = from_data(data)
    if not isinstance(tree, Name):
        raise CertificateError("certificate-malformed", problem="name")
    return tree


def assignment(
    data: Sequence[Any], functions: Mapping[str, str], definitions: Sequence[tuple[Name, Tree]]
) -> dict[Tree, Value]:
    """Values of the leaves, then of everything defined from them."""
    return values_at([(read_name(name), from_data(value)) for name, value in data], functions, definitions)


def values_at(
    point: Sequence[tuple[Name, Tree]], functions: Mapping[str, str], definitions: Sequence[tuple[Name, Tree]]
) -> dict[Tree, Value]:
    """The forward pass from the leaves; a leaf has one value, a defined name none of its own."""
    values: dict[Tree, Value] = {}
    defined = {name for name, _ in definitions}
    for name, value in point:
        if name in defined or name in values:
            raise CertificateError("certificate-definition")
        values[name] = evaluate(value, {}, functions)
    for name, body in definitions:
        values[name] = evaluate(body, values, functions)
    return values


def satisfies(
    values: Values,
    given: Sequence[Tree],
    universe: Sequence[Name],
    functions: Mapping[str, str],
    closed: bool,
    exact: ExactPoint | None = None,
) -> None:
    """All assumptions certainly hold at the point, whichever way a free index is read.

    closed: the members of families that occur are all there are. exact: where balls are not enough.
    """
    for assumption in given:
        for piece in instances(assumption, universe, True, closed):
            held = truth(piece, values, functions)
            if held is None and exact is not None:
                held = exact.truth(piece)
            if held is not True:
                raise CertificateError("certificate-assumption")


def meets(statement: Tree, values: Mapping[Tree, Value], functions: Mapping[str, str]) -> bool:
    """Whether a relation of the statement holds with equality at the point."""
    for relation in parts(statement):
        match relation:
            case Relation(("<=" | ">=",), (a, b)):
                if compare("=", evaluate(a, values, functions), evaluate(b, values, functions)):
                    return True
    return False
