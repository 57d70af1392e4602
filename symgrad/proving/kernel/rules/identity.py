"""R - L = 0 as polynomials over atoms, defined names put in if `definitions` is true."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from symgrad.errors import CertificateError
from symgrad.notation.tree import Add, Name, Neg, Tree, walk
from symgrad.proving.kernel.enclosures.domain import necessary, open_conditions
from symgrad.proving.kernel.rules.entry import Entry, Prove, comparison, normaliser, only
from symgrad.proving.kernel.setting import Setting, setting
from symgrad.proving.kernel.substitution import put_in

MAX_NODES = 400


def identity(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """A - b = 0 wherever both are defined, and that is not plainly nowhere."""
    operator, a, b = comparison(statement, here)
    only(entry, "unfold", "definitions")
    if entry["definitions"] is True and operator == "=":
        a, b = (_put_in(side, here.definitions) for side in (a, b))
    elif entry["definitions"] is not False:
        raise CertificateError("certificate-malformed", problem="definitions")
    bounds = here.bounds(a, b)
    if operator not in ("=", "<=", ">="):
        raise CertificateError("certificate-rule")
    if operator != "=":
        bounds.enclose(a), bounds.enclose(b)
    elif where := open_conditions((a, b), bounds):
        inner = setting(here.functions, here.definitions, (*here.used, *where)).bounds(a, b)
        bounds = inner if necessary((a, b), here.functions) else bounds
    if normaliser(entry, bounds)(Add((a, Neg(b)))).numerator:
        raise CertificateError("certificate-identity")


def _put_in(tree: Tree, definitions: Sequence[tuple[Name, Tree]]) -> Tree:
    """The tree with every defined name replaced by its right side, down to the leaves."""
    for name, body in reversed(definitions):
        tree = put_in(tree, {name: body})
        if sum(1 for _ in islice(walk(tree), MAX_NODES)) == MAX_NODES:
            raise CertificateError("certificate-too-large")
    return tree
