"""Points: full marks for correct, what the rubric leaves for named slips, none at all without a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from symgrad.grading.question import Question
from symgrad.values.mark import Mistake

ZERO = Fraction(0)


STEPS = "steps"
"""The rubric's key for right lines of a derivation whose answer is wrong."""


def score(
    question: Question, verdict: str, readings: Sequence[Sequence[Mistake]] = (), steps: int = 0
) -> Fraction | None:
    """Deductions add up from full marks, a ceiling caps, the lowest wins; None for undecided and unreadable.

    Without a rubric there is no partial credit. Of several readings that explain an answer equally well the
    one that is kindest to the student counts. A slip that the rubric does not name costs everything. What the
    rubric gives for right lines of a derivation (`steps: {each: 1/2, max: 2}`) is the least that is left.
    """
    if verdict in ("undecided", "unreadable"):
        return None
    if verdict == "correct":
        return question.points
    if not question.rubric:
        return ZERO
    return max([method(question, steps), *(worth(question, reading) for reading in readings)])


def method(question: Question, steps: int) -> Fraction:
    """What right lines earn, however wrong the answer."""
    rule = question.rubric.get(STEPS)
    if rule is None or not steps:
        return ZERO
    if not isinstance(rule, Mapping):
        return min(rule, question.points)
    return min(rule["each"] * steps, rule.get("max", question.points), question.points)


def worth(question: Question, mistakes: Sequence[Mistake]) -> Fraction:
    """What the rubric leaves for one set of slips."""
    occurrences: dict[str, int] = {}
    for mistake in mistakes:
        occurrences[mistake.name] = occurrences.get(mistake.name, 0) + max(1, len(mistake.right))
    remaining, ceiling = question.points, question.points
    for name, count in occurrences.items():
        rule = question.rubric.get(name)
        if rule is None:
            return ZERO
        if isinstance(rule, Mapping):
            remaining += max(rule["each"] * count, rule.get("max", rule["each"] * count))
        elif rule < 0:
            remaining += rule
        else:
            ceiling = min(ceiling, rule)
    return max(ZERO, min(remaining, ceiling))
