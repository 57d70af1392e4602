"""A difference of first degree in one bounded variable: it is enough to look at the variable's two ends."""

from __future__ import annotations

from fractions import Fraction

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.tree import ZERO, Add, Apply, Div, Name, Neg, Relation, Tree, names_in
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.rules.entry import Entry, Prove, comparison, only
from symgrad.proving.kernel.rules.line import defined
from symgrad.proving.kernel.setting import Setting


def affine(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """Larger - smaller = p + q t with low <= t <= high holds if it does for t = low and t = high."""
    only(entry, "atom", "conditions", "parts")
    defined(statement, entry, here, prove)
    corners = at_ends(statement, from_data(entry["atom"]), here)
    for corner, part in zip(corners, entry["parts"], strict=True):
        prove(corner, part, here)


def at_ends(statement: Tree, atom: Tree, here: Setting) -> tuple[Relation, Relation]:
    """The statement with the variable at either end; refused where it is not of first degree."""
    operator, a, b = comparison(statement, here)
    if operator not in ("<", "<=", ">", ">="):
        raise CertificateError("certificate-rule")
    name = atom.arguments[0] if nf.is_bars(atom) and isinstance(atom, Apply) else atom
    if not isinstance(name, Name):
        raise CertificateError("certificate-rule")
    bounds = here.bounds(a, b, atom)
    box = bounds.enclose(atom)
    if box.low is None or box.high is None:
        raise CertificateError("certificate-interval")
    gap = Add((b, Neg(a))) if operator in ("<", "<=") else Add((a, Neg(b)))
    sign = ">" if operator in ("<", ">") else ">="
    low, high = (
        Relation((sign,), (placed(gap, atom, name, end, bounds), ZERO)) for end in (box.low, box.high)
    )
    return low, high


def placed(gap: Tree, atom: Tree, name: Name, value: Fraction, bounds: Bounds) -> Tree:
    """The gap with a number for the variable."""
    normal = bounds.normal(gap)
    for poly, most in ((normal.numerator, 1), (normal.denominator, 0)):
        for monomial in poly:
            for base, exponent in monomial:
                if (base == atom and exponent > most) or (base != atom and name in names_in(base)):
                    raise CertificateError("certificate-rule")
    above: nf.Poly = {}
    for monomial, c in normal.numerator.items():
        rest = frozenset((base, exponent) for base, exponent in monomial if base != atom)
        above = nf.add(above, nf.scale({rest: c}, value if rest != monomial else Fraction(1)))
    tree = nf.to_tree(above)
    return tree if normal.denominator == nf.constant(1) else Div(tree, nf.to_tree(normal.denominator))
