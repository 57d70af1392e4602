"""A strict comparison that fails because both sides are equal: exactly, at a point given by constants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symgrad.errors import CertificateError
from symgrad.notation.tree import Add, Name, Neg, Relation, Tree, substitute
from symgrad.proving.kernel.analysis.elementary import elementary
from symgrad.proving.kernel.analysis.ends import constant_of
from symgrad.proving.kernel.families import parts

STRICT = ("<", ">", "!=")


def equal_at(statement: Tree, point: Sequence[tuple[Name, Tree]], functions: Mapping[str, str]) -> bool:
    """Whether a strict comparison, alone or with others, has one constant on both sides at a point."""
    here: dict[Tree, Tree] = dict(point)
    for piece in parts(statement):
        match piece:
            case Relation((operator,), (a, b)) if operator in STRICT:
                try:
                    gap = elementary(substitute(Add((a, Neg(b))), here), functions)
                    if constant_of(gap).is_zero:
                        return True
                except CertificateError:
                    continue
    return False
