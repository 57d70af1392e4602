"""The same claim case by case: alternatives of an assumption, both sides of a comparison, pieces settled."""

from __future__ import annotations

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.tree import Logic, Relation, Tree
from symgrad.proving.kernel.enclosures.domain import necessary, open_conditions
from symgrad.proving.kernel.enclosures.intervals import Empty
from symgrad.proving.kernel.enclosures.pieces import alternatives, settled
from symgrad.proving.kernel.rules.entry import Entry, Prove, comparison, only
from symgrad.proving.kernel.setting import Setting


def absurd(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """The assumptions of this case contradict each other."""
    only(entry)
    try:
        here.bounds(statement)
    except Empty:
        return
    raise CertificateError("certificate-not-absurd")


def cases(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """One entry for each alternative of an `or` among the assumptions."""
    only(entry, "assumption", "parts")
    split = from_data(entry["assumption"])
    if split not in here.used or not isinstance(split, Logic) or split.operator != "or":
        raise CertificateError("certificate-assumption")
    for alternative, part in zip(split.arguments, entry["parts"], strict=True):
        prove(statement, part, here.with_assumption(alternative))


def split(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """One entry for a comparison (t > k), one for its opposite; both its sides are defined."""
    only(entry, "condition", "parts")
    condition = from_data(entry["condition"])
    both = alternatives(condition, here.bounds(statement, condition))
    for alternative, part in zip(both, entry["parts"], strict=True):
        prove(statement, part, here.with_assumption(alternative))


def settle(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """Functions in pieces and bars replaced by the piece that the assumptions leave."""
    only(entry, "proof")
    match statement:
        case Relation((_,), (_, _)):
            prove(settled(statement, here.bounds(statement)), entry["proof"], here)
        case _:
            raise CertificateError("certificate-rule")


def where_defined(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """An equation, with all assumed that its sides need to have values: it says nothing elsewhere."""
    only(entry, "proof")
    prove(statement, entry["proof"], natural(statement, here))


def natural(statement: Tree, here: Setting) -> Setting:
    """The setting of an equation's natural domain, which is not plainly empty."""
    operator, a, b = comparison(statement, here)
    if operator != "=" or not necessary((a, b), here.functions):
        raise CertificateError("certificate-rule")
    inner = here.using((*here.used, *open_conditions((a, b), here.bounds(a, b))))
    inner.bounds(a, b)
    return inner
