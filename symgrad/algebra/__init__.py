"""Floor 3: exact equality of scalar expressions in the surroundings of a chain.

`equal(answer, gold, scope)` proves an identity by normal forms, or gives a point that separates the two,
or says that it does not know. Floats never decide. All of it is about scalars: everything commutes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from symgrad.algebra.scope import Level, Scope

if TYPE_CHECKING:
    from symgrad.algebra.decide import Algebra, Decision, Witness
    from symgrad.algebra.fingerprints import Fingerprints, close, fingerprint
    from symgrad.algebra.forms import Form
    from symgrad.notation.tree import Tree

__all__ = [
    "Algebra", "Decision", "Fingerprints", "Form", "Level", "Scope", "Witness", "algebra_of", "close",
    "equal", "fingerprint", "normal_form",
]  # fmt: skip

_LAZY = {
    "Algebra": "decide",
    "Decision": "decide",
    "Witness": "decide",
    "Fingerprints": "fingerprints",
    "close": "fingerprints",
    "fingerprint": "fingerprints",
    "Form": "forms",
}


@lru_cache(maxsize=8)
def algebra_of(scope: Scope) -> Algebra:
    """The Algebra of a scope, kept while the scope is in use."""
    from symgrad.algebra.decide import Algebra

    return Algebra(scope)


def equal(a: Tree, b: Tree, scope: Scope | None = None) -> Decision:
    """Whether a (an answer) and b (the gold) are equal wherever both are defined."""
    return algebra_of(scope or EMPTY).equal(a, b)


def normal_form(tree: Tree, scope: Scope | None = None, level: Level = Level.DEFINITIONS) -> Form:
    """The canonical form of a tree in a scope."""
    return algebra_of(scope or EMPTY).normal_form(tree, level)


EMPTY = Scope()


def __getattr__(name: str) -> object:
    """python-flint and NumPy are loaded when they are first needed."""
    from importlib import import_module

    if name in _LAZY:
        return getattr(import_module(f"symgrad.algebra.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
