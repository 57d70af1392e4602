"""The kinds of argument, one file each, loaded where a certificate uses them.

A rule looks at the statement, its entry and the setting, and raises CertificateError unless the entry proves
the statement. Adding a rule: a function in a module here, and its place in RULES.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.tree import Tree
from symgrad.proving.kernel.rules.entry import Rule
from symgrad.proving.kernel.setting import Setting

RULES: Mapping[str, str] = {
    "and": "logic.both",
    "or": "logic.either",
    "otherwise": "logic.otherwise",
    "product-zero": "logic.product_zero",
    "implies": "logic.implies",
    "iff": "logic.iff",
    "cases": "cases.cases",
    "split": "cases.split",
    "settle": "cases.settle",
    "absurd": "cases.absurd",
    "where-defined": "cases.where_defined",
    "identity": "identity.identity",
    "difference": "difference.difference",
    "series": "ranges.series",
    "layers": "ranges.layers",
    "factorwise": "ranges.factorwise",
    "termwise": "ranges.termwise",
    "size": "ranges.size",
    "induction": "induction.induction",
    "place": "places.place",
    "entries": "arrays.entries",
    "norms": "norms.norms",
    "line": "line.line",
    "constant": "slopes.constant",
    "lipschitz": "slopes.lipschitz",
    "affine": "affine.affine",
    "put-in": "putin.put_in",
    "squares": "squares.squares",
    "have": "lemmas.have",
    "contradiction": "lemmas.contradiction",
    "vanishing": "lemmas.vanishing",
    "squeeze": "lemmas.squeeze",
    "generalise": "lemmas.generalise",
    "exponentials": "lemmas.exponentials",
    "known": "known.known_fact",
}

FOR_ARRAYS = frozenset({"and", "implies", "entries", "norms"})
"""The rules that know that matrices do not commute."""


def prove_entry(statement: Tree, entry: Mapping[str, Any], here: Setting) -> None:
    """The entry proves the statement in this setting, or CertificateError."""
    place = RULES.get(entry["rule"])
    if place is None or (here.shapes and entry["rule"] not in FOR_ARRAYS):
        raise CertificateError("certificate-rule")
    rule_at(place)(statement, entry, here, prove_entry)


@cache
def rule_at(place: str) -> Rule:
    """The function of a rule, from `chapter.function`."""
    chapter, _, name = place.partition(".")
    rule: Rule = getattr(import_module(f"{__name__}.{chapter}"), name)
    return rule
