"""Exercises that a chain with vectors and matrices asks for, each with its answer."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from symgrad.calculus.derive import derive
from symgrad.lessons.arrays.backward import result
from symgrad.lessons.arrays.example import Example, answer
from symgrad.lessons.arrays.norms import Bound, value_at
from symgrad.lessons.arrays.subject import Subject
from symgrad.lessons.sections.exercises import Exercise
from symgrad.notation.tree import (
    ONE,
    Apply,
    Derivative,
    Mul,
    Name,
    Number,
    Relation,
    Transpose,
    Tree,
    walk,
)
from symgrad.values.phrase import Field, Phrase

MOST, LONGEST = 3, 200


def exercises(subject: Subject, bound: Bound | None, worked: Example | None) -> tuple[Exercise, ...]:
    """At most three: another gradient, the sizes in a product, a bound, numbers."""
    found = [
        _another(subject),
        _one_hot(subject),
        _sizes(subject),
        _norms(bound) if bound else None,
        _numbers(subject, worked) if worked else None,
    ]
    return tuple(exercise for exercise in found if exercise is not None)[:MOST]


def _another(subject: Subject) -> Exercise | None:
    """The gradient of another parameter."""
    for name in subject.others:
        derivation = subject.inputs.derive(name)
        if (line := result(derivation, LONGEST)) is not None:
            question = Phrase.of("notes.exercise-gradient", goal=derivation.goal)
            return Exercise((question,), (Phrase.of("notes.answer", equation=line),))
    return None


def _one_hot(subject: Subject) -> Exercise | None:
    """What becomes of a cross-entropy's gradient if the entries of the target add up to 1."""
    network = subject.inputs.network
    line = result(subject.derivation)
    for target in subject.anatomy.targets:
        total = Apply(Name("sum"), (target,))
        if line is None or total not in set(walk(line)):
            continue
        given = Relation(("=",), (total, ONE))
        found = derive(replace(network, assumptions=(*network.assumptions, given)), subject.wrt)
        simple = result(found)
        if simple is not None and any(step.rule == "by-assumption" for step in found.steps):
            question = Phrase.of("notes.exercise-one-hot", given=given, goal=found.goal)
            return Exercise((question,), (Phrase.of("notes.answer", equation=simple),))
    return None


def _sizes(subject: Subject) -> Exercise | None:
    """Why a matrix is transposed on the way back: the product without it does not fit."""
    tokens: dict[Tree, Tree] = {token: delta for delta, token in subject.errors.items()}
    for step in subject.derivation.steps:
        match step.after:
            case Mul((Transpose(Name() as matrix), Derivative(of, Name() as by))) if (
                step.rule == "adjoint-linear"
            ):
                rows, columns = subject.shapes[matrix]
                (size,) = subject.shapes[by]
                error = tokens.get(Derivative(of, by), Derivative(of, by))
                fields: dict[str, Field] = {
                    "matrix": matrix,
                    "error": error,
                    "wrong": Mul((matrix, error)),
                    "right": Mul((Transpose(matrix), error)),
                    "goal": step.before,
                }
                answer: dict[str, Field] = {"rows": rows, "columns": columns, "size": size}
                same = "-square" if rows == columns else ""
                return Exercise(
                    (Phrase.of("notes.exercise-transpose", **fields),),
                    (Phrase.of(f"notes.answer-transpose{same}", **fields, **answer),),
                )
    return None


def _norms(bound: Bound) -> Exercise:
    """The bound where all operator norms have another value."""
    size = Fraction(1, 2) if value_at(bound, Fraction(1)) >= 1 else Fraction(2)
    given = tuple(Relation(("<=",), (Apply(Name("opnorm"), (w,)), Number(size))) for w in bound.matrices)
    left, right = bound.claim.operands
    near: Tree = right.factors[-1] if isinstance(right, Mul) else right
    limit = value_at(bound, size)
    line = Relation(("<=",), (left, near if limit == 1 else Mul((Number(limit), near))))
    question = Phrase.of("notes.exercise-norms", given=given, deep=left, near=near)
    return Exercise((question,), (Phrase.of("notes.answer", equation=line),))


def _numbers(subject: Subject, worked: Example) -> Exercise | None:
    """Another gradient at the point of the example."""
    for name in subject.others:
        goal = Derivative(subject.inputs.network.objective, name)
        told, exact = answer(worked.of(goal))
        equation = Relation(("=" if exact else "~",), (goal, told))
        question = Phrase.of("notes.exercise-numbers", goal=goal)
        return Exercise((question,), (Phrase.of("notes.answer", equation=equation),))
    return None
