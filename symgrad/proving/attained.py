"""Where a proved bound is met with equality: an exact point, if a simple one exists."""

from __future__ import annotations

from itertools import islice

from symgrad.errors import CertificateError
from symgrad.notation.tree import ZERO, Name, Number, Relation, Tree
from symgrad.proving import kernel
from symgrad.proving.kernel.evaluate import Undefined, compare, evaluate
from symgrad.proving.kernel.families import parts
from symgrad.proving.places import kinks
from symgrad.proving.points import Points, exact_data
from symgrad.proving.problem import Problem

LIMIT = 150


def point(problem: Problem) -> list[tuple[Name, Number]] | None:
    """Values of the leaves where both sides agree (and are not just both 0), consistent with the chain.

    One away from the kinks of slopes if there is any.
    """
    bounds = [piece for piece in parts(problem.statement) if _has_equality_case(piece)]
    if not bounds:
        return None
    fallback: list[tuple[Name, Number]] | None = None
    universe = kernel.occurring(problem.statement, problem.definitions)
    for values in islice(Points(problem), LIMIT):
        if values is None or problem.late:
            continue
        try:
            if not any(_meets(piece, values, problem) for piece in bounds):
                continue
            kernel.satisfies(values, problem.given, universe, problem.functions, bool(problem.definitions))
        except CertificateError:
            continue
        found = [(name, Number(value)) for name, value in exact_data(values, problem.leaves)]
        if not kinks(problem, values):
            return found
        fallback = fallback or found
    return fallback


def _has_equality_case(piece: Tree) -> bool:
    return isinstance(piece, Relation) and piece.operators in (("<=",), (">=",))


def _meets(piece: Tree, values: kernel.Values, problem: Problem) -> bool:
    """Equality, not of two zeros unless the bound is 0 itself."""
    assert isinstance(piece, Relation)
    a, b = piece.operands
    try:
        left = evaluate(a, values, problem.functions)
        if left == 0 and ZERO not in (a, b):
            return False
        return compare("=", left, evaluate(b, values, problem.functions)) is True
    except Undefined:
        return False
