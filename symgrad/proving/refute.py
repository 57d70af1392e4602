"""Counterexamples: the first simple point where every assumption holds and the claim fails, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import Name, Number, Tree
from symgrad.notation.writers.plain import plain
from symgrad.proving import kernel
from symgrad.proving.kernel.evaluate import Undefined, Value, truth
from symgrad.proving.places import kinks
from symgrad.proving.points import Points, exact_data
from symgrad.proving.problem import Problem


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A point with all values that follow from it, and its certificate."""

    problem: Problem
    points: Points
    values: Mapping[Tree, Value]
    certificate: Mapping[str, Any]

    def exact(self) -> tuple[tuple[str, str], ...]:
        """Every leaf and its exact value as text."""
        pairs = exact_data(self.values, self.problem.leaves)
        return tuple((plain(name), str(value)) for name, value in pairs)


def counterexample(problem: Problem, limit: int) -> Counterexample | None:
    """The first among `limit` points that the kernel accepts, one away from kinks if there is any."""
    points, fallback = Points(problem), None
    for values in islice(points, limit):
        if values is None or not _fails(problem, values) or (fallback and kinks(problem, values)):
            continue
        pairs: list[tuple[Name, Number]] = [(n, Number(v)) for n, v in exact_data(values, problem.leaves)]
        certificate = problem.certificate(
            "refuted", counterexample=[[to_data(name), to_data(value)] for name, value in pairs]
        )
        try:
            kernel.check(certificate)
        except CertificateError:
            continue
        found = Counterexample(problem, points, values, certificate)
        if not kinks(problem, values):
            return found
        fallback = fallback or found
    return fallback


def _fails(problem: Problem, values: Mapping[Tree, Value]) -> bool:
    try:
        return truth(problem.statement, values, problem.functions) is False
    except Undefined:
        return False
