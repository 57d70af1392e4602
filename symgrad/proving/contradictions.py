"""Assumptions that no values meet: seen at once, or searched for where no simple point meets them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from symgrad.errors import CertificateError, InputError
from symgrad.notation.tree import ZERO, Logic, Relation, names_in
from symgrad.proving.kernel.depth.letters import known_letters
from symgrad.proving.kernel.enclosures.intervals import Empty
from symgrad.proving.points import Points
from symgrad.proving.problem import Problem

POINTS, SECONDS = 200, 0.5


def impossible(problem: Problem, proved: Callable[[Problem], bool]) -> bool:
    """Whether the assumptions of a claim about numbers are proved to contradict each other.

    They do if one of their letters is both negative and positive. proved: whether a problem is proved.
    """
    if not problem.pieces or problem.question.families is not None or problem.question.shapes:
        return False
    soon = replace(problem, deadline=time.monotonic() + SECONDS)
    if any(values is not None for values in islice(Points(soon), POINTS)):
        return False
    letter = next((n for piece in problem.pieces for n in names_in(piece)), None)
    if letter is None:
        return False
    both = tuple(Relation((operator,), (letter, ZERO)) for operator in ("<", ">"))
    question = replace(problem.question, statement=Logic("and", both))
    return proved(replace(problem, question=question, deadline=time.monotonic() + SECONDS))


def consistent(problem: Problem) -> None:
    """Contradictory assumptions are the user's input error, never a proof."""
    if problem.question.families and known_letters(problem.pieces, problem.statement).contradictory:
        raise InputError("contradictory-assumptions")
    cases = [p for p in problem.pieces if isinstance(p, Logic) and p.operator == "or"]
    here = problem.setting()
    settings = [here] if not cases else [here.with_assumption(a) for a in cases[0].arguments]
    for setting in settings:
        try:
            setting.bounds(problem.statement)
        except Empty:
            continue
        except CertificateError:
            return
        return
    raise InputError("contradictory-assumptions")
