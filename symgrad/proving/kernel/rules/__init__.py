"""The kinds of argument, one file each.

A rule looks at the statement, its entry and the setting, and raises CertificateError unless the entry proves
the statement. Adding a rule: a module here, and its name in RULES.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.tree import Tree
from symgrad.proving.kernel.rules import (
    affine,
    arrays,
    cases,
    difference,
    identity,
    induction,
    known,
    lemmas,
    line,
    logic,
    norms,
    places,
    ranges,
)
from symgrad.proving.kernel.rules.entry import Rule
from symgrad.proving.kernel.setting import Setting

RULES: Mapping[str, Rule] = {
    "and": logic.both,
    "or": logic.either,
    "otherwise": logic.otherwise,
    "implies": logic.implies,
    "iff": logic.iff,
    "cases": cases.cases,
    "split": cases.split,
    "settle": cases.settle,
    "absurd": cases.absurd,
    "identity": identity.identity,
    "difference": difference.difference,
    "series": ranges.series,
    "layers": ranges.layers,
    "factorwise": ranges.factorwise,
    "termwise": ranges.termwise,
    "induction": induction.induction,
    "place": places.place,
    "entries": arrays.entries,
    "norms": norms.norms,
    "line": line.line,
    "affine": affine.affine,
    "have": lemmas.have,
    "contradiction": lemmas.contradiction,
    "vanishing": lemmas.vanishing,
    "squeeze": lemmas.squeeze,
    "generalise": lemmas.generalise,
    "exponentials": lemmas.exponentials,
    "known": known.known_fact,
}

FOR_ARRAYS = frozenset({"and", "implies", "entries", "norms"})
"""The rules that know that matrices do not commute."""


def prove_entry(statement: Tree, entry: Mapping[str, Any], here: Setting) -> None:
    """The entry proves the statement in this setting, or CertificateError."""
    rule = RULES.get(entry["rule"])
    if rule is None or (here.shapes and entry["rule"] not in FOR_ARRAYS):
        raise CertificateError("certificate-rule")
    rule(statement, entry, here, prove_entry)
