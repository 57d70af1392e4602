"""An equation between vectors, matrices or numbers made from them, entry by entry."""

from __future__ import annotations

from symgrad.errors import CertificateError
from symgrad.notation.tree import ZERO, Add, Neg, Relation, Tree
from symgrad.proving.kernel.arrays.build import Builder
from symgrad.proving.kernel.rules.entry import Entry, Prove, only
from symgrad.proving.kernel.setting import Setting


def builder(here: Setting, expand: bool) -> Builder:
    """The builder of a setting's chain."""
    return Builder(here.functions, here.shapes, dict(here.definitions), expand)


def entries(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """Both sides have the same entries; defined names put in if `definitions` is true."""
    only(entry, "definitions")
    match statement:
        case Relation(("=",), (a, b)):
            if entry["definitions"] not in (True, False):
                raise CertificateError("certificate-malformed", problem="definitions")
            if not equal(a, b, builder(here, entry["definitions"])):
                raise CertificateError("certificate-identity")
        case _:
            raise CertificateError("certificate-rule")


def equal(a: Tree, b: Tree, build: Builder) -> bool:
    """Whether two expressions have one shape and the same entries; 0 stands for any array of zeros."""
    left, right = build.of(a), build.of(b)
    if left.shape != right.shape and ZERO not in (a, b):
        raise CertificateError("certificate-shape")
    difference = build.of(Add((a, Neg(b))))
    return not build.pool.key(difference.poly, difference.free)
