"""Quotients in lowest terms where a denominator divides the numerator: (s (1 - s))/(1 - s) = s."""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.errors import CertificateError
from symgrad.notation.tree import Apply, Div, Tree, walk
from symgrad.proving.kernel import normal as nf

MOST = 12
"""The highest power that is divided."""


def cancelled(tree: Tree, functions: Mapping[str, str]) -> Tree:
    """The same value with common factors gone; the tree itself where there are none."""
    below = [node.denominator for node in walk(tree) if isinstance(node, Div)]
    if not below:
        return tree
    normal = nf.Normaliser(functions, 1)
    try:
        value = normal(tree)
        divisors = [normal(b).numerator for b in below]
    except CertificateError:
        return tree
    top, bottom = value.numerator, value.denominator
    changed = False
    for divisor in divisors:
        for _ in range(MOST):
            parts = [_divided(poly, divisor) for poly in (top, bottom)]
            if parts[0] is None or parts[1] is None or len(divisor) < 2:
                break
            top, bottom, changed = parts[0], parts[1], True
    if not changed:
        return tree
    shared = dict(nf.content(top)).items() & dict(nf.content(bottom)).items()
    drop = dict(shared)
    top, bottom = ({nf.strip(m, drop): c for m, c in poly.items()} for poly in (top, bottom))
    above = nf.to_tree(top)
    return above if bottom == nf.constant(1) else Div(above, nf.to_tree(bottom))


def _divided(poly: nf.Poly, divisor: nf.Poly) -> nf.Poly | None:
    """The quotient of polynomials in the divisor's one atom, None where it leaves a remainder."""
    atoms = {base for m in divisor for base, _ in m}
    if len(atoms) != 1:
        return None
    (atom,) = atoms
    if not isinstance(atom, Apply):
        return None
    lead = max(_power(m, atom) for m in divisor)
    (top,) = (c for m, c in divisor.items() if _power(m, atom) == lead)
    quotient: nf.Poly = {}
    for _ in range(MOST * 4):
        if not poly:
            return quotient
        high = max(_power(m, atom) for m in poly)
        if high < lead:
            return None
        piece: nf.Poly = {}
        for m, c in poly.items():
            if _power(m, atom) == high:
                rest = frozenset((b, e) for b, e in m if b != atom)
                left = high - lead
                piece[rest | {(atom, left)} if left else rest] = c / top
        quotient = nf.add(quotient, piece)
        poly = nf.add(poly, nf.scale(nf.times(piece, divisor), type(top)(-1)))
    return None


def _power(monomial: nf.Monomial, atom: Tree) -> int:
    return dict(monomial).get(atom, 0)
