"""Counterexamples for claims about arrays: small ones with simple entries, worked out exactly."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import Array, Name, Number, Relation, Tree, names_in, number
from symgrad.notation.writers.plain import plain
from symgrad.proving import kernel
from symgrad.proving.kernel.arrays.points import numbers_at, refutes
from symgrad.proving.problem import Problem
from symgrad.values.phrase import Phrase
from symgrad.values.proof import Proof

TRIALS = 60
SCALES = tuple(map(Fraction, ("1", "2", "4", "1/2", "8", "0", "-1")))
Point = list[tuple[Name, Tree]]


def refuted(problem: Problem) -> Proof | None:
    """A counterexample with arrays of size 1, then of size 2, that the kernel accepts."""
    for point in _points(problem):
        if problem.late:
            return None
        try:
            numbers, sizes = numbers_at(point, problem.definitions, problem.functions, problem.shapes)
            if not refutes(numbers, sizes, problem.statement, problem.given, problem.question.universe):
                continue
            data = [[to_data(name), to_data(value)] for name, value in point]
            certificate = problem.certificate("refuted", counterexample=data)
            kernel.check(certificate)
        except (CertificateError, RecursionError):
            continue
        shown = tuple(Relation(("=",), (name, value)) for name, value in point)
        witness: tuple[Phrase, ...] = (Phrase.of("proofs.at-point", point=shown),)
        witness += (Phrase.of("proofs.fails-there"),)
        return Proof(
            problem.claim,
            "refuted",
            counterexample=tuple((plain(name), plain(value)) for name, value in point),
            witness=witness,
            method="counterexample",
            certificate=certificate,
            checked=True,
        )
    return None


def _points(problem: Problem) -> Iterator[Point]:
    letters = dict.fromkeys(n for shape in problem.shapes.values() for size in shape for n in names_in(size))
    wanted = [n for n in problem.leaves if n not in letters]
    for size in (1, 2):
        source = random.Random(size)
        for trial in range(TRIALS):
            point: Point = [(letter, number(size)) for letter in letters]
            for name in wanted:
                shape = problem.shapes.get(name, ())
                counts = [size if not isinstance(s, Number) else int(s.value) for s in shape]
                point.append((name, _array(counts, source, trial)))
            yield point


def _array(counts: list[int], source: random.Random, trial: int) -> Tree:
    """A number, a vector, a matrix: first zeros and multiples of the identity, then small integers."""
    scale = source.choice(SCALES)
    plain_one = trial % 2 == 0
    if not counts:
        return Number(scale)
    if len(counts) == 1:
        zero = source.random() < 0.5
        return Array(tuple(number(0 if zero else source.choice((0, 1, -1, 2))) for _ in range(counts[0])))
    rows, columns = counts
    if plain_one:
        return Array(
            tuple(
                Array(tuple(Number(scale if i == j else Fraction(0)) for j in range(columns)))
                for i in range(rows)
            )
        )
    entries = (0, 1, -1, 2)
    return Array(
        tuple(Array(tuple(number(source.choice(entries)) for _ in range(columns))) for _ in range(rows))
    )
