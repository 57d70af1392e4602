"""S <= L from S^2 <= L^2, where L is not negative; in the squares sqrt(u)^2 may be written u."""

from __future__ import annotations

from fractions import Fraction

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.tree import Add, Apply, Name, Neg, Pow, Relation, Tree, number
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.rules.entry import Entry, Prove, comparison, only
from symgrad.proving.kernel.setting import Setting


def squares(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """The difference of the sides is L - S, L >= 0, and the squares of S and L compare as the sides do."""
    only(entry, "sides", "squares", "proof")
    operator, a, b = comparison(statement, here)
    if operator in (">", ">="):
        a, b = b, a
    elif operator not in ("<", "<="):
        raise CertificateError("certificate-rule")
    smaller, larger = (from_data(side) for side in entry["sides"])
    below, above = (from_data(square) for square in entry["squares"])
    bounds = here.bounds(a, b, smaller, larger, below, above)
    for tree in (a, b, smaller, larger, below, above):
        bounds.enclose(tree)
    normal = bounds.normal
    if not normal(Add((b, Neg(a)))).equals(normal(Add((larger, Neg(smaller))))):
        raise CertificateError("certificate-identity")
    if not bounds.enclose(larger).nonnegative:
        raise CertificateError("certificate-sign")
    for side, square in ((smaller, below), (larger, above)):
        if reduced(Add((Pow(side, number(2)), Neg(square))), normal):
            raise CertificateError("certificate-identity")
    prove(Relation(("<" if operator in ("<", ">") else "<=",), (below, above)), entry["proof"], here)


def reduced(tree: Tree, normal: nf.Normaliser) -> nf.Poly:
    """The polynomial with u for sqrt(u)^2, which is the same where the roots are defined."""
    value = normal(tree)
    rest, found = value.numerator, dict[nf.Monomial, Fraction]()
    if value.denominator != nf.constant(1):
        raise CertificateError("certificate-unsupported", kind="Div")
    while rest:
        (monomial, c), *_ = rest.items()
        rest = {m: d for m, d in rest.items() if m != monomial}
        high = next(((base, n) for base, n in monomial if is_root(base) and n > 1), None)
        if high is None:
            found = nf.add(found, {monomial: c})
            continue
        base, n = high
        assert isinstance(base, Apply)
        inside = normal(base.arguments[0])
        if inside.denominator != nf.constant(1):
            raise CertificateError("certificate-unsupported", kind="Div")
        left = {**dict(monomial), base: n - 2}
        outside = {frozenset((b, k) for b, k in left.items() if k): c}
        rest = nf.add(rest, nf.times(outside, inside.numerator))
    return found


def is_root(tree: Tree) -> bool:
    """Whether a tree is sqrt(u)."""
    return isinstance(tree, Apply) and tree.function == Name("sqrt") and not tree.order and not tree.options
