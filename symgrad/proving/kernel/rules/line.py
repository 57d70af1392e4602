"""One sign of the difference of both sides, as a function of one variable, all over the variable's values."""

from __future__ import annotations

from dataclasses import replace

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.tree import (
    ZERO,
    Add,
    Apply,
    Name,
    Neg,
    Relation,
    Tree,
    names_in,
    rebuild,
    substitute,
)
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.analysis.elementary import elementary
from symgrad.proving.kernel.analysis.line import check_line
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.enclosures.domain import conditions
from symgrad.proving.kernel.rules.entry import Entry, Prove, comparison, only
from symgrad.proving.kernel.setting import Setting

LETTERS = ("t", "u", "v", "s")


def line(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """Larger - smaller = f(subject), f of one sign on the values that the subject can have."""
    operator, a, b = comparison(statement, here)
    only(entry, "subject", "rising", "conditions", "pieces")
    defined(statement, entry, here, prove)
    subject = from_data(entry["subject"])
    bounds = here.bounds(a, b, subject)
    gap = oriented(operator, a, b, entry["rising"])
    x, tree = in_one_variable(gap, subject, bounds)
    domain = bounds.enclose(subject)

    def excluded(at: Tree) -> bool:
        return bounds.nonzero(Add((subject, Neg(at))))

    check_line(tree, x, domain, entry["pieces"], operator in ("<", ">", "!="), excluded)


def oriented(operator: str, a: Tree, b: Tree, rising: bool) -> Tree:
    """Larger - smaller; for `!=`, where either sign will do, b - a if `rising`."""
    if not isinstance(rising, bool) or (rising and operator != "!="):
        raise CertificateError("certificate-malformed", problem="rising")
    match operator:
        case "<" | "<=":
            return Add((b, Neg(a)))
        case ">" | ">=" | "!=":
            return Add((b, Neg(a))) if rising else Add((a, Neg(b)))
    raise CertificateError("certificate-rule")


def in_one_variable(tree: Tree, subject: Tree, bounds: Bounds) -> tuple[Name, Tree]:
    """The tree in elementary functions with one letter for the subject, and nothing else unknown in it."""
    taken = names_in(tree)
    if isinstance(subject, Name):
        letter, found = subject, elementary(tree, bounds.functions)
    else:
        free = [Name(c) for c in LETTERS if Name(c) not in taken]
        if not free:
            raise CertificateError("certificate-rule")
        letter = free[0]
        found = elementary(substitute(resolved(tree, bounds), {resolved(subject, bounds): letter}), {})
    if not set(names_in(found)) <= {letter}:
        raise CertificateError("certificate-rule")
    return letter, found


def resolved(tree: Tree, bounds: Bounds) -> Tree:
    """The tree with built-ins by their own names and each f'(t) by its formula, which may be one in f(t).

    A general function gets an index, so that its name is never taken for a built-in's.
    """
    node = rebuild(tree, lambda child: resolved(child, bounds))
    if not isinstance(node, Apply):
        return node
    name = known.resolve(node.function, bounds.functions)
    if name is None:
        return replace(node, function=replace(node.function, indices=(*node.function.indices, ZERO)))
    if node.order == 1 and len(node.arguments) == 1 and (formula := known.derivative(name)) is not None:
        return substitute(formula, {Name("x"): node.arguments[0]})
    return replace(node, function=Name(name))


def defined(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """Every condition of a quotient, root or logarithm follows from the assumptions or has its own proof."""
    waiting = open_conditions(statement, here)
    if len(waiting) != len(entry["conditions"]):
        raise CertificateError("certificate-missing")
    for condition, proof in zip(waiting, entry["conditions"], strict=True):
        prove(condition, proof, here)


def open_conditions(statement: Tree, here: Setting) -> list[Relation]:
    """What the statement needs to have values and the assumptions do not plainly give."""
    _, a, b = comparison(statement, here)
    bounds = here.bounds(a, b)

    def plain(condition: Relation) -> bool:
        try:
            return bounds.implies(condition)
        except CertificateError:
            return False

    found = dict.fromkeys(c for side in (a, b) for c in conditions(side, here.functions))
    return [c for c in found if not plain(c)]
