"""Solvers that are asked last, where they are installed: only `unsat` counts, and it stays unchecked."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from symgrad.notation.tree import Logic, Relation, Tree, names_in
from symgrad.proving.oracles.translate import NotPolynomial, Translator
from symgrad.proving.problem import Problem
from symgrad.values.phrase import Phrase
from symgrad.values.proof import Proof

ORACLES = ("z3", "cvc5")
MEGABYTES = 1500
SWITCH = "SYMGRAD_NO_ORACLE"
WORKER = Path(__file__).with_name("worker.py")
LEAST = 0.3
"""Seconds under which a solver is not even started."""


def installed() -> tuple[str, ...]:
    """The oracles that may be asked; none without z3."""
    if os.environ.get(SWITCH) or find_spec("z3") is None:
        return ()
    return tuple(name for name in ORACLES if find_spec(name) is not None)


def early(problem: Problem, seconds: float) -> Problem:
    """The same problem, to be given up in time for the oracles, if there are any."""
    return replace(problem, deadline=problem.deadline - seconds) if installed() else problem


def decided(problem: Problem) -> Proof | None:
    """An unchecked proof, or that the assumptions contradict each other; None where nothing is said."""
    names = installed()
    if not names or problem.question.families is not None or problem.loop is not None:
        return None
    try:
        questions = _questions(problem)
    except (NotPolynomial, RecursionError):
        return None
    possible, *needed = questions
    if needed and all(_unsat("z3", text, problem.deadline) for text in needed):
        if _unsat("z3", possible, problem.deadline):
            return Proof(problem.claim, "undecided", steps=(Phrase.of("proofs.oracle-contradiction"),))
        agreed = all(name == "z3" or all(_unsat(name, t, problem.deadline) for t in needed) for name in names)
        return _unchecked(problem, "+".join(names if agreed else ("z3",)))
    return None


def _questions(problem: Problem) -> list[str]:
    """Are the assumptions possible? Is something undefined? Does the claim fail? In this order."""
    translator = Translator(problem.functions)
    assumed = [said for piece in problem.pieces if (said := _said(translator, piece)) is not None]
    reached = set(names_in(problem.statement)).union(*(names_in(piece) for piece in problem.pieces))
    translator.conditions.clear()
    for name, body in reversed(problem.definitions):
        if name in reached:
            reached.update(names_in(body))
            assumed.append(translator.said(Relation(("=",), (name, body))))
    possible = translator.question(*assumed)
    statement = problem.statement
    while isinstance(statement, Logic) and statement.operator == "implies":
        before, statement = statement.arguments
        assumed.append(translator.said(before))
    claim = translator.said(statement)
    conditions = tuple(dict.fromkeys(translator.conditions))
    undefined = [translator.question(*assumed, f"(not {condition})") for condition in conditions]
    return [possible, *undefined, translator.question(*assumed, *conditions, f"(not {claim})")]


def _said(translator: Translator, piece: Tree) -> str | None:
    """An assumption; one that has no polynomial form is done without."""
    try:
        return translator.said(piece)
    except NotPolynomial:
        return None


def _unsat(oracle: str, text: str, deadline: float) -> bool:
    """Whether an oracle says `unsat` in the time that is left; anything else counts for nothing."""
    left = deadline - time.monotonic()
    if left < LEAST:
        return False
    command = [sys.executable, "-P", str(WORKER), oracle, str(left), str(MEGABYTES)]
    try:
        ended = subprocess.run(command, input=text, capture_output=True, text=True, timeout=left, check=False)
    except (subprocess.TimeoutExpired, OSError):
        return False
    return ended.returncode == 0 and ended.stdout.strip() == "unsat"


def _unchecked(problem: Problem, oracles: str) -> Proof:
    asked = Phrase.of("proofs.oracle-asked", claim=problem.statement, oracles=oracles)
    return Proof(
        problem.claim, "proved", steps=(asked, Phrase.of("proofs.oracle-trust")), method=f"oracle:{oracles}"
    )
