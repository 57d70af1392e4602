"""The sign of a function of one variable near an end of the line, or beside a point, by its germ there."""

from __future__ import annotations

from fractions import Fraction

from symgrad.errors import CertificateError
from symgrad.notation.tree import Name, Tree
from symgrad.proving.kernel.analysis.constants import ONE, Exact
from symgrad.proving.kernel.analysis.germs import START, UNIT, Germ, Germs, Term, constant, rational

SIDES = {"up": 1, "down": -1, "right": 1, "left": -1}


def argument(side: str, at: Exact) -> Germ:
    """The variable as a germ in y: y, -y, c + 1/y, c - 1/y."""
    if side in ("up", "down"):
        return {Term(Fraction(1)): rational(SIDES[side])}
    return {**constant(at), Term(Fraction(-1)): rational(SIDES[side])}


def sign_at_end(tree: Tree, x: Name, side: str, at: Tree | None, start: Fraction, order: int) -> int:
    """The sign that the tree certainly has for all y >= start, 0 where it is exactly 0."""
    point = ONE if at is None else constant_of(at)
    germs = Germs(start, order, {x: argument(side, point)})
    return germs.signs(germs.of(tree))[0]


def sign_at(tree: Tree, x: Name, at: Tree) -> int:
    """The sign at a point, 0 where it is exactly 0."""
    germs = Germs(Fraction(START), 1, {x: constant(constant_of(at))})
    return germs.signs(germs.of(tree))[0]


def constant_of(tree: Tree) -> Exact:
    """A tree without variables as an exact constant."""
    found = Germs(Fraction(START), 1).of(tree)
    factor = found.get(UNIT, rational(0))
    if set(found) - {UNIT} or factor.exact is None:
        raise CertificateError("certificate-unsupported", kind="constant")
    return factor.exact
