"""Floor 3: exact equality of expressions in the surroundings of a chain.

`equal(answer, gold, scope)` proves an identity by normal forms, or gives a point that separates the two,
or says that it does not know. Floats never decide. With shapes in the scope,
vectors and matrices do not commute.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from symgrad.algebra.scope import Level, Scope

if TYPE_CHECKING:
    from symgrad.algebra.decide import Algebra, Decision, Witness
    from symgrad.algebra.fingerprints import Fingerprints, close, fingerprint
    from symgrad.algebra.forms import Form
    from symgrad.algebra.tensors.decide import ShapedAlgebra
    from symgrad.algebra.tensors.prints import Prints
    from symgrad.algebra.tensors.shaping import Misshapen
    from symgrad.algebra.tensors.witness import ShapedWitness
    from symgrad.notation.tree import Tree

__all__ = [
    "Algebra", "Decision", "Fingerprints", "Form", "Level", "Misshapen", "Prints", "Scope", "ShapedAlgebra",
    "ShapedWitness", "Witness", "algebra_of", "close", "equal", "fingerprint", "normal_form",
    "scalar_algebra_of", "shaped_algebra_of",
]  # fmt: skip

_LAZY = {
    "Algebra": "decide",
    "Decision": "decide",
    "Witness": "decide",
    "Fingerprints": "fingerprints",
    "close": "fingerprints",
    "fingerprint": "fingerprints",
    "Form": "forms",
    "Misshapen": "tensors.shaping",
    "Prints": "tensors.prints",
    "ShapedAlgebra": "tensors.decide",
    "ShapedWitness": "tensors.witness",
}


@lru_cache(maxsize=8)
def algebra_of(scope: Scope) -> Algebra | ShapedAlgebra:
    """The algebra of a scope, of numbers or of vectors and matrices, kept while the scope is in use."""
    return shaped_algebra_of(scope) if scope.shapes else scalar_algebra_of(scope)


@lru_cache(maxsize=8)
def scalar_algebra_of(scope: Scope) -> Algebra:
    """The algebra of a scope in which everything is a number."""
    from symgrad.algebra.decide import Algebra

    return Algebra(scope)


def equal(a: Tree, b: Tree, scope: Scope | None = None) -> Decision:
    """Whether a (an answer) and b (the gold) are equal wherever both are defined."""
    return algebra_of(scope or EMPTY).equal(a, b)


@lru_cache(maxsize=8)
def shaped_algebra_of(scope: Scope) -> ShapedAlgebra:
    """The algebra of a scope whose names have shapes, kept while the scope is in use."""
    from symgrad.algebra.tensors.decide import ShapedAlgebra

    return ShapedAlgebra(scope)


def normal_form(tree: Tree, scope: Scope | None = None, level: Level = Level.DEFINITIONS) -> Form:
    """The canonical form of a tree in a scope."""
    return scalar_algebra_of(scope or EMPTY).normal_form(tree, level)


EMPTY = Scope()


def __getattr__(name: str) -> object:
    """python-flint and NumPy are loaded when they are first needed."""
    from importlib import import_module

    if name in _LAZY:
        return getattr(import_module(f"symgrad.algebra.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
