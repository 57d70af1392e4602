"""Assumptions that no values meet: seen at once, or searched for where no simple point meets them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from symgrad.errors import CertificateError, InputError
from symgrad.notation.tree import ZERO, Apply, Is, Logic, Name, Relation, Tree, names_in, substitute, walk
from symgrad.proving import kernel
from symgrad.proving.kernel.arrays.numbers import NORM, OPNORM
from symgrad.proving.kernel.depth.letters import known_letters
from symgrad.proving.kernel.enclosures.domain import conditions
from symgrad.proving.kernel.enclosures.intervals import Empty
from symgrad.proving.kernel.normal import ABS
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
    whole = problem.question.families or any(isinstance(piece, Is) for piece in problem.pieces)
    if whole and known_letters(problem.pieces, problem.statement).contradictory:
        raise InputError("contradictory-assumptions")
    if problem.question.shapes:
        settings = [kernel.setting(problem.functions, (), _lengths(problem))]
    else:
        cases = [p for p in problem.pieces if isinstance(p, Logic) and p.operator == "or"]
        here = problem.setting()
        settings = [here] if not cases else [here.with_assumption(a) for a in cases[0].arguments]
    statement = ZERO if problem.question.shapes else problem.statement
    for setting in settings:
        try:
            setting.bounds(statement)
            needed = dict.fromkeys(c for u in setting.used for c in conditions(u, setting.functions))
            if needed:
                setting.using((*setting.used, *needed)).bounds(statement)
        except Empty:
            continue
        except CertificateError:
            return
        return
    raise InputError("contradictory-assumptions")


def _lengths(problem: Problem) -> list[Tree]:
    """What the assumptions say of numbers, each length a number that is not negative."""
    found: list[Tree] = []
    for piece in problem.pieces:
        nodes = [n for n in walk(piece) if isinstance(n, Apply) and n.function in (NORM, OPNORM)]
        sizes: dict[Tree, Tree] = {n: Apply(ABS, (Name(f"\2{n!r}"),)) for n in nodes}
        plain = substitute(piece, sizes)
        if isinstance(plain, Relation) and not set(names_in(plain)) & set(problem.question.shapes):
            found.append(plain)
    return found
