"""Counterexamples: exact values of the leaves, or explicit arrays, at which the claim fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.tree import Name, Number, Tree
from symgrad.proving.kernel.analysis.equality import ExactPoint
from symgrad.proving.kernel.arrays.points import explicit_at, fails, stated
from symgrad.proving.kernel.asked import Shapes, asked, unwritten
from symgrad.proving.kernel.depth.claims import chosen_letters, places
from symgrad.proving.kernel.depth.loop import Loop
from symgrad.proving.kernel.evaluate import truth
from symgrad.proving.kernel.points import assignment, read_name, satisfies


def refuted(
    point: Sequence[Any],
    statement: Tree,
    given: Sequence[Tree],
    definitions: Sequence[tuple[Name, Tree]],
    functions: Mapping[str, str],
    loop: Loop | None,
) -> None:
    """Numbers for the letters in indices and ends, then values of the leaves, where the claim fails."""
    letters = chosen_letters(statement, given, tuple(definitions), loop)
    values = [(read_name(name), from_data(value)) for name, value in point]
    whole = places(statement, given, tuple(definitions), loop)
    if any(n.stem in whole and not n.indices and not _integer(v) for n, v in values):
        raise CertificateError("certificate-counterexample")
    chosen = {n.stem: v for n, v in values if n.stem in letters and not n.indices and isinstance(v, Number)}
    question = asked(statement, given, tuple(definitions), functions, loop, chosen)
    if unwritten(question):
        raise CertificateError("certificate-unsupported", kind="Derivative")
    named = zip(point, values, strict=True)
    rest = [pair for pair, (name, _) in named if name.stem not in chosen or name.indices]
    found = assignment(rest, functions, question.definitions)
    leaves = [(read_name(name), from_data(value)) for name, value in rest]
    exact = ExactPoint(leaves, question.definitions, functions)
    satisfies(found, question.given, question.universe, functions, bool(definitions or loop), exact)
    if truth(question.statement, found, functions) is False or exact.truth(question.statement) is False:
        return
    raise CertificateError("certificate-counterexample")


def _integer(value: Tree) -> bool:
    return isinstance(value, Number) and value.value.denominator == 1


def refuted_arrays(
    point: Sequence[Any],
    statement: Tree,
    given: Sequence[Tree],
    definitions: Sequence[tuple[Name, Tree]],
    functions: Mapping[str, str],
    shapes: Shapes,
) -> None:
    """Explicit arrays at which the claim fails."""
    question = asked(statement, given, tuple(definitions), functions, shapes=shapes)
    values = [(read_name(name), from_data(value)) for name, value in point]
    if not question.shapes:
        raise CertificateError("certificate-unsupported", kind="shapes")
    chain = explicit_at(values, question.definitions, functions, shapes)
    claim, pieces = stated(chain, question.statement, question.given, question.universe)
    if not fails(chain, values, claim, pieces):
        raise CertificateError("certificate-counterexample")
