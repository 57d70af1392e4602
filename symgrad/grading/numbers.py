"""Numeric answers: within a tolerance of the right number, decided exactly."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from symgrad.arithmetic.enclosure import Arb
from symgrad.arithmetic.interpreter import evaluate
from symgrad.arithmetic.kind import Inexact, NotScalar, Undefined, Unvalued
from symgrad.notation.tree import Add, Apply, Name, Neg, Number, Tree

BITS = (128, 512)


def judge_number(answer: Tree, gold: Tree, tolerance: Fraction, functions: Mapping[str, str]) -> str:
    """correct, incorrect or undecided: whether |answer - gold| <= tolerance, by rigorous enclosures."""
    distance = Apply(Name("abs"), (Add((answer, Neg(gold))),))
    for bits in BITS:
        kind = Arb(bits)
        try:
            with kind.working():
                found = evaluate(distance, {}, kind, functions)
                limit = evaluate(Number(tolerance), {}, kind, {})
                if found <= limit:
                    return "correct"
                if found > limit:
                    return "incorrect"
        except (Inexact, NotScalar, Undefined, Unvalued):
            return "undecided"
    return "undecided"
