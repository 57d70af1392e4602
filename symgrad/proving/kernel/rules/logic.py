"""A claim made of claims: every part, one part, or what follows from an assumption."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.tree import ZERO, Add, Logic, Mul, Neg, Relation, Tree
from symgrad.proving.kernel.depth.series import same
from symgrad.proving.kernel.enclosures.intervals import Empty
from symgrad.proving.kernel.enclosures.pieces import alternatives
from symgrad.proving.kernel.families import parts
from symgrad.proving.kernel.rules.entry import Entry, Prove, only
from symgrad.proving.kernel.rules.ranges import defined, form, letters_of
from symgrad.proving.kernel.setting import Setting


def both(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """All parts of `A and B`, or of a chain of comparisons."""
    only(entry, "parts")
    for piece, part in zip(_pieces(statement), entry["parts"], strict=True):
        prove(piece, part, here)


def _pieces(statement: Tree) -> Sequence[Tree]:
    match statement:
        case Logic("and", arguments):
            return arguments
        case Relation(_, (_, _, _, *_)):
            return parts(statement)
    raise CertificateError("certificate-rule")


def either(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """The chosen part of `A or B`; the others have values, too."""
    only(entry, "choice", "proof")
    match statement:
        case Logic("or", arguments):
            _defined(statement, here)
            prove(arguments[chosen(entry, arguments)], entry["proof"], here)
        case _:
            raise CertificateError("certificate-rule")


def chosen(entry: Entry, arguments: Sequence[Tree]) -> int:
    """Which part an entry is about: its place, counted from 0."""
    choice = entry["choice"]
    if isinstance(choice, bool) or not isinstance(choice, int) or not 0 <= choice < len(arguments):
        raise CertificateError("certificate-malformed", problem="choice")
    return choice


def _defined(statement: Tree, here: Setting) -> None:
    """Raise unless every part has values wherever the assumptions hold, which may be nowhere."""
    with suppress(Empty):
        here.bounds(statement).defined(statement)


def otherwise(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """The chosen part of `A or B`, with the opposites of all other parts among the assumptions."""
    only(entry, "choice", "proof")
    match statement:
        case Logic("or", arguments):
            choice = chosen(entry, arguments)
            for k, other in enumerate(arguments):
                if k != choice:
                    here = here.with_assumption(alternatives(other, here.bounds(other))[1])
            prove(arguments[choice], entry["proof"], here)
        case _:
            raise CertificateError("certificate-rule")


def product_zero(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """A = b or c = d, all with values, from (a - b)(c - d) = 0, which `line` may write in another way."""
    only(entry, "line", "proof")
    product = product_of_gaps(statement)
    match from_data(entry["line"]):
        case Relation(("=",), (left, right)) as line:
            defined((product, left, right), here)
            if not same(
                (Add((left, Neg(right))), product), form(here, letters_of(here, product, left, right))
            ):
                raise CertificateError("certificate-identity")
            prove(line, entry["proof"], here)
        case _:
            raise CertificateError("certificate-rule")


def product_of_gaps(statement: Tree) -> Tree:
    """(a - b)(c - d) for `a = b or c = d`."""
    gaps = []
    for part in statement.arguments if isinstance(statement, Logic) and statement.operator == "or" else ():
        match part:
            case Relation(("=",), (a, b)):
                gaps.append(a if b == ZERO else Add((a, Neg(b))))
            case _:
                raise CertificateError("certificate-rule")
    if not gaps:
        raise CertificateError("certificate-rule")
    return Mul(tuple(gaps))


def implies(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """B, with A among the assumptions."""
    only(entry, "proof")
    match statement:
        case Logic("implies", (a, b)):
            prove(b, entry["proof"], here.with_assumption(a))
        case _:
            raise CertificateError("certificate-rule")


def iff(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """Each side from the other; both have values."""
    only(entry, "parts")
    match statement:
        case Logic("iff", (a, b)):
            _defined(statement, here)
            first, second = entry["parts"]
            prove(b, first, here.with_assumption(a))
            prove(a, second, here.with_assumption(b))
        case _:
            raise CertificateError("certificate-rule")
