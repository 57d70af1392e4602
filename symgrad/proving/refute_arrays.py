"""Counterexamples for claims about arrays: small ones with simple entries, worked out exactly."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import Array, Logic, Name, Number, Relation, Tree, names_in, number
from symgrad.notation.writers.plain import plain
from symgrad.proving import kernel
from symgrad.proving.kernel.arrays.points import explicit_at, fails, letters_of, stated
from symgrad.proving.problem import Problem
from symgrad.values.phrase import Phrase
from symgrad.values.proof import Proof

FEW, TRIALS = 4, 90
LIMIT = 6
NUMBERS = tuple(map(Fraction, ("1", "-1", "2", "0", "1/2", "4", "-2", "8", "1/4", "-1/2")))
SMALL = tuple(map(Fraction, ("0", "1", "-1", "2")))
TURNS = tuple(map(Fraction, ("3/5", "4/5")))
Point = list[tuple[Name, Tree]]


def refuted(problem: Problem, trials: int = TRIALS) -> Proof | None:
    """A counterexample with arrays of few rows and columns that the kernel accepts."""
    for sizes in _sizes(problem):
        try:
            chain = explicit_at(sizes, problem.definitions, problem.functions, problem.shapes)
            claim, pieces = stated(chain, problem.statement, problem.given, problem.question.universe)
        except (CertificateError, RecursionError, IndexError):
            continue
        for point in _points(problem, sizes, trials):
            if problem.late:
                return None
            try:
                if fails(chain, point, claim, pieces):
                    return _shown(problem, point)
            except (CertificateError, RecursionError):
                continue
    return None


def _shown(problem: Problem, point: Point) -> Proof:
    data = [[to_data(name), to_data(value)] for name, value in point]
    certificate = problem.certificate("refuted", counterexample=data)
    kernel.check(certificate)
    reached = set(names_in(Logic("and", (problem.statement, *problem.given))))
    for name, body in reversed(problem.definitions):
        if name in reached:
            reached.update(names_in(body))
    letters = letters_of({name: shape for name, shape in problem.shapes.items() if name in reached})
    point = [(name, value) for name, value in point if name in reached or name in letters]
    at = tuple(Relation(("=",), pair) for pair in point)
    return Proof(
        problem.claim,
        "refuted",
        counterexample=tuple((plain(name), plain(value)) for name, value in point),
        witness=(Phrase.of("proofs.at-point", point=at), Phrase.of("proofs.fails-there")),
        method="counterexample",
        certificate=certificate,
        checked=True,
    )


def _sizes(problem: Problem) -> Iterator[Point]:
    """All sizes 1, all 2, then the mixed ones."""
    letters = letters_of(problem.shapes)
    choices = sorted(product((1, 2), repeat=len(letters)), key=lambda c: (len(set(c)), c))
    for choice in choices[:LIMIT]:
        yield [(letter, number(size)) for letter, size in zip(letters, choice, strict=True)]


def _points(problem: Problem, sizes: Point, trials: int) -> Iterator[Point]:
    """Values of all leaves: special arrays first, then small entries."""
    chosen: dict[Tree, Tree] = dict(sizes)
    source = random.Random(len(sizes) + 2 * len({value for _, value in sizes}))
    for trial in range(trials):
        point: Point = list(sizes)
        for name in problem.leaves:
            if name not in chosen:
                shape = problem.shapes.get(name, ())
                counts = [int(getattr(chosen.get(s, s), "value", 1)) for s in shape]
                point.append((name, _value(counts, source, trial)))
        yield point


def _value(counts: Sequence[int], source: random.Random, trial: int) -> Tree:
    """A number, a vector, a matrix."""
    if not counts:
        return Number(source.choice(NUMBERS))
    if len(counts) == 1:
        return _vector(counts[0], source, trial)
    rows, columns = counts
    entries = [[Fraction(0)] * columns for _ in range(rows)]
    kind = source.randrange(6) if trial % 2 == 0 else 6
    scale = source.choice(NUMBERS)
    for i, j in product(range(rows), range(columns)):
        if kind == 6:
            entries[i][j] = source.choice(SMALL)
        elif kind == 5:
            entries[i][j] = Fraction(int(i + j == rows - 1))
        elif kind == 4 and rows == columns == 2:
            entries[i][j] = TURNS[(i + j) % 2] * (-1 if (i, j) == (0, 1) else 1)
        elif kind == 3:
            entries[i][j] = scale if i <= j else Fraction(0)
        elif i == j:
            entries[i][j] = scale if kind else Fraction(1)
    return Array(tuple(Array(tuple(map(Number, row))) for row in entries))


def _vector(count: int, source: random.Random, trial: int) -> Tree:
    """Zeros, a unit vector, equal entries, entries that add up to 1, small integers."""
    match source.randrange(6):
        case 0:
            found = [Fraction(0)] * count
        case 1:
            place = source.randrange(count)
            found = [Fraction(int(k == place)) for k in range(count)]
        case 2:
            found = [source.choice(NUMBERS)] * count
        case 3:
            found = [Fraction(1, count)] * count
        case 4 if count == 2:
            found = list(TURNS)
        case _:
            found = [source.choice(SMALL) for _ in range(count)]
    return Array(tuple(map(Number, found)))
