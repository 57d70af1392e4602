"""R - L = common * difference, common >= 0, difference >= 0 (or > 0), by intervals."""

from __future__ import annotations

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.tree import Add, Apply, Mul, Name, Neg, Number, Tree, children
from symgrad.proving.kernel.enclosures.intervals import MIRROR
from symgrad.proving.kernel.rules.entry import Entry, Prove, comparison, normaliser, only
from symgrad.proving.kernel.setting import Setting


def difference(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """Gap = common * difference; the signs of both by intervals; every side defined."""
    operator, a, b = comparison(statement, here)
    only(entry, "common", "difference", "unfold", "intervals")
    common, rest = from_data(entry["common"]), from_data(entry["difference"])
    bounds = here.bounds(a, b, common, rest)
    bounds.enclose(a), bounds.enclose(b)
    if operator in ("<", "<="):
        a, b = b, a
    size, sign = bounds.enclose(common), bounds.enclose(rest)
    normal = normaliser(entry, bounds)
    if not normal(Add((a, Neg(b)))).equals(normal(Mul((common, rest)))):
        raise CertificateError("certificate-identity")
    claimed = [interval for _, interval in entry["intervals"]]
    trees = [from_data(tree) for tree, _ in entry["intervals"]]
    if trees != enclosed(common, rest) or claimed != [bounds.enclose(t).to_data() for t in trees]:
        raise CertificateError("certificate-interval")
    if operator == "!=":
        held = bounds.nonzero(common) and bounds.nonzero(rest)
    elif operator == "=":
        held = sign.is_zero
    elif operator in ("<", ">"):
        held = size.nonnegative and bounds.nonzero(common) and sign.positive
    else:
        held = operator in MIRROR and size.nonnegative and sign.nonnegative
    if not held:
        raise CertificateError("certificate-sign")


def enclosed(common: Tree, difference: Tree) -> list[Tree]:
    """The subexpressions whose intervals a certificate states: everything down to atoms, once, in order."""
    found: dict[Tree, None] = {}
    stack = [difference, common]
    while stack:
        tree = stack.pop()
        if isinstance(tree, Number) or tree in found:
            continue
        found[tree] = None
        if not isinstance(tree, Name):
            stack.extend(reversed(tree.arguments if isinstance(tree, Apply) else children(tree)))
    return list(found)
