"""What every rule is given, and what they share: closed keys, the sides of a comparison, the normal form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from symgrad.errors import CertificateError
from symgrad.notation.tree import Relation, Tree
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.normal import Normaliser
from symgrad.proving.kernel.setting import Setting

Entry: TypeAlias = Mapping[str, Any]
Prove: TypeAlias = Callable[[Tree, Entry, Setting], None]
Rule: TypeAlias = Callable[[Tree, Entry, Setting, Prove], None]


def only(entry: Entry, *keys: str) -> None:
    """No field but these."""
    if set(entry) != {"rule", *keys}:
        raise CertificateError("certificate-malformed", problem="keys")


def comparison(statement: Tree, here: Setting) -> tuple[str, Tree, Tree]:
    """Operator and both sides of one comparison, what is settled put in."""
    match statement:
        case Relation((operator,), (a, b)):
            return operator, here.with_settled(a), here.with_settled(b)
    raise CertificateError("certificate-rule")


def normaliser(entry: Entry, bounds: Bounds) -> Normaliser:
    """The normal form an entry asks for: how far functions are unfolded."""
    if entry["unfold"] not in (0, 1, 2) or isinstance(entry["unfold"], bool):
        raise CertificateError("certificate-malformed", problem="unfold")

    def nonzero(tree: Tree) -> bool:
        try:
            return bounds.nonzero(tree)
        except CertificateError:
            return False

    return Normaliser(bounds.functions, entry["unfold"], bounds._never_negative, nonzero)
