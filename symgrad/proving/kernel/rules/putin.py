"""Defined names replaced by what they stand for: a_4 by sigma(z_4)."""

from __future__ import annotations

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.tree import BigOp, Derivative, Name, Relation, Tree, walk
from symgrad.proving.kernel import substitution
from symgrad.proving.kernel.rules.entry import Entry, Prove, only
from symgrad.proving.kernel.setting import Setting


def put_in(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """The comparison with some defined names written out; both sides keep their values."""
    only(entry, "names", "proof")
    names = [from_data(name) for name in entry["names"]]
    bodies = dict(here.definitions)
    if not isinstance(statement, Relation) or any(isinstance(n, BigOp | Derivative) for n in walk(statement)):
        raise CertificateError("certificate-rule")
    if not names or any(name not in bodies for name in names):
        raise CertificateError("certificate-definition")
    written: dict[Tree, Tree] = {name: bodies[name] for name in names if isinstance(name, Name)}
    prove(substitution.put_in(statement, written), entry["proof"], here)
