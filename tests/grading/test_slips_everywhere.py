"""Twelve chains, every gradient, every slip: named; right answers written another way: correct."""

from __future__ import annotations

import pytest

from symgrad.api import Question
from symgrad.notation.writers.latex import latex
from symgrad.notation.writers.plain import plain
from symgrad.notation.writers.unicode import pretty
from tests.grading.chains import TEXTS, chain
from tests.grading.mutations import rewrites, single_slips

SPELLINGS = (latex, plain, pretty)
EVERY = 7
"""Every so-manyth slip is tried; the number shares no factor with the number of spellings."""


@pytest.mark.parametrize("name", TEXTS)
def test_slips_are_named_and_never_accepted(name: str) -> None:
    tried = named = place = 0
    missed = []
    for parameter in chain(name).parameters:
        question = Question(chain(name), wrt=parameter)
        for kind, tree in single_slips(chain(name), question.question):
            place += 1
            if place % EVERY:
                continue
            text = SPELLINGS[place // EVERY % 3](tree)
            mark = question.mark(text)
            assert mark.verdict == "incorrect", (parameter, kind, text, mark)
            tried += 1
            found = [m.name for m in mark.mistakes]
            named += kind in found
            missed += [] if kind in found else [(parameter, kind, text, found)]
    assert tried >= 5 and named >= 0.95 * tried, missed


@pytest.mark.parametrize("name", TEXTS)
def test_right_answers_are_correct_however_they_are_written(name: str) -> None:
    asked = chain(name)
    for number, parameter in enumerate(asked.parameters[:6]):
        question = Question(asked, wrt=parameter)
        for place, (kind, tree) in enumerate(rewrites(question.question)):
            text = SPELLINGS[(number + place) % 3](tree)
            mark = question.mark(text)
            assert mark.verdict == "correct", (parameter, kind, text, mark, mark.value.problem)
