"""An equation between vectors, matrices or numbers made from them, entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.tree import ZERO, Add, Neg, Relation, Tree
from symgrad.proving.kernel.arrays.build import Builder
from symgrad.proving.kernel.arrays.terms import Atom, Poly, Rule, Term, scaled, single
from symgrad.proving.kernel.rules.entry import Entry, Prove, only
from symgrad.proving.kernel.setting import Setting

MAX_POWER = 6


def builder(here: Setting, expand: bool, using: Sequence[Any] = ()) -> Builder:
    """The builder of a setting's chain; `using`: assumptions used from left to right."""
    build = Builder(here.functions, here.shapes, dict(here.definitions), expand)
    rules = []
    for data in using:
        match from_data(data):
            case Relation(("=",), (a, b)) as relation if (
                relation in here.used or relation_of(b, a) in here.used
            ):
                rules.append(_rule(a, b, build))
            case _:
                raise CertificateError("certificate-assumption")
    build.pool.rules += rules
    return build


def relation_of(a: Tree, b: Tree) -> Relation:
    """A = b."""
    return Relation(("=",), (a, b))


def _rule(a: Tree, b: Tree, build: Builder) -> Rule:
    left, right = build.of(a), build.of(b)
    poly = build.pool.collected(left.poly, left.free)
    if len(poly) != 1 or (right.shape and right.shape != left.shape):
        raise CertificateError("certificate-assumption")
    (term,) = poly
    free = left.free if right.shape else ()
    rest = build.pool.renamed(right.poly, dict(zip(right.free, free, strict=True)))
    used = {i for atom in term.atoms for i in atom.indices}
    if not term.atoms or any(
        i in left.free and i not in used for t in rest for x in t.atoms for i in x.indices
    ):
        raise CertificateError("certificate-assumption")
    plain = Term(Fraction(1), term.atoms, term.bound)
    return Rule(plain, scaled(rest, 1 / term.coefficient), left.free)


def entries(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """Both sides have the same entries; defined names put in if `definitions` is true."""
    only(entry, "definitions", "using")
    match statement:
        case Relation(("=",), (a, b)):
            if entry["definitions"] not in (True, False):
                raise CertificateError("certificate-malformed", problem="definitions")
            if not equal(a, b, builder(here, entry["definitions"], entry["using"])):
                raise CertificateError("certificate-identity")
        case _:
            raise CertificateError("certificate-rule")


def equal(a: Tree, b: Tree, build: Builder) -> bool:
    """Whether two expressions have one shape and the same entries; 0 stands for any array of zeros.

    Sums in denominators, which are not 0, are multiplied away.
    """
    left, right = build.of(a), build.of(b)
    if left.shape != right.shape and ZERO not in (a, b):
        raise CertificateError("certificate-shape")
    difference = build.of(Add((a, Neg(b))))
    poly: Poly = build.pool.collected(difference.poly, difference.free)
    for _ in range(MAX_POWER):
        below: dict[Atom, Fraction] = {}
        for term in poly:
            for atom, power in term.atoms.items():
                if atom.head[0] == "sum" and power < 0 and not term.bound.intersection(atom.indices):
                    below[atom] = min(power, below.get(atom, power))
        if not below:
            break
        for atom, power in below.items():
            poly = build.pool.times(poly, single(atom, Fraction(ceil(-power))))
        poly = build.pool.collected(poly, difference.free)
    return not poly
