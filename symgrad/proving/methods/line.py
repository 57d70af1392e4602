"""One-variable claims: the variable's values are cut into pieces on each of which the sign is plain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import Apply, Constant, Name, Number, Relation, Tree, children, names_in
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.enclosures.intervals import Interval
from symgrad.proving.kernel.evaluate import Undefined
from symgrad.proving.kernel.families import parts
from symgrad.proving.kernel.rules.entry import comparison
from symgrad.proving.kernel.rules.line import in_one_variable, open_conditions, oriented
from symgrad.proving.kernel.setting import Setting
from symgrad.proving.methods.cover import Cover, Hopeless
from symgrad.proving.methods.line_words import steps
from symgrad.proving.methods.method import Entry, Method, Prove
from symgrad.proving.problem import Problem

MAX_SUBJECTS = 4


@dataclass(frozen=True, slots=True)
class Curve:
    """The difference of both sides as a function of one letter, on an interval."""

    subject: Tree
    letter: Name
    tree: Tree
    domain: Interval


def entries(statement: Relation, here: Setting, problem: Problem, prove: Prove) -> Iterator[Entry]:
    """A cover for each subject that the claim can be seen as a function of."""
    operator, a, b = comparison(statement, here)
    if operator == "=":
        return
    conditions: list[Entry] | None = None
    for rising in (False, True) if operator == "!=" else (False,):
        for curve in curves(oriented(operator, a, b, rising), here):
            cover = Cover(
                curve.tree, curve.letter, curve.domain, operator in ("<", ">", "!="), problem.deadline
            )
            try:
                pieces = cover.pieces()
            except Hopeless:
                if isinstance(curve.subject, Name):
                    break
                continue
            if pieces is None:
                continue
            if conditions is None and (conditions := conditions_proved(statement, here, prove)) is None:
                return
            yield {
                "rule": "line",
                "subject": to_data(curve.subject),
                "rising": rising,
                "conditions": conditions,
                "pieces": pieces,
            }


def touching(problem: Problem) -> Iterator[Tree]:
    """Where both sides of a strict claim in one variable are equal: zeros of the difference, kinks, ends."""
    here = problem.setting()
    for piece in parts(problem.statement):
        match piece:
            case Relation(("<" | ">" | "!=" as operator,), (a, b)):
                for curve in islice(curves(oriented(operator, a, b, False), here), 1):
                    cover = Cover(curve.tree, curve.letter, curve.domain, False, problem.deadline)
                    if isinstance(curve.subject, Name):
                        yield from cover.equalities()


def conditions_proved(statement: Relation, here: Setting, prove: Prove) -> list[Entry] | None:
    """Proofs of what must hold for the statement to have values."""
    found = []
    for condition in open_conditions(statement, here):
        if condition == statement or (entry := prove(condition, here)) is None:
            return None
        found.append(entry)
    return found


def curves(gap: Tree, here: Setting) -> Iterator[Curve]:
    """The ways to see a tree as a function of one variable: the variable, a common argument, a value."""
    bounds = here.bounds(gap)
    names = set(names_in(gap))
    made = 0
    for name in names if len(names) == 1 else ():
        if (curve := _curve(gap, name, bounds)) is not None:
            made += 1
            yield curve
    for subject in _common(gap, names):
        if made < MAX_SUBJECTS and (curve := _curve(gap, subject, bounds)) is not None:
            made += 1
            yield curve


def _curve(gap: Tree, subject: Tree, bounds: Bounds) -> Curve | None:
    try:
        letter, tree = in_one_variable(gap, subject, bounds)
        domain = bounds.enclose(subject)
    except (CertificateError, Undefined):
        return None
    return Curve(subject, letter, tree, domain)


def _common(gap: Tree, names: set[Name]) -> list[Tree]:
    """Compound subtrees with every name in them, largest first; applied functions among them."""
    found: dict[Tree, int] = {}
    stack = [(child, 1) for child in children(gap)]
    while stack:
        node, depth = stack.pop()
        if isinstance(node, Name | Number | Constant) or not names <= set(names_in(node)):
            continue
        if node != gap:
            found.setdefault(node, depth)
        inner = node.arguments if isinstance(node, Apply) else children(node)
        stack += [(child, depth + 1) for child in inner]
    return sorted(found, key=lambda node: found[node])


METHOD = Method("line", ("line",), entries, steps)
