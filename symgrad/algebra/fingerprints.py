"""A quick float value at one fixed pseudo-random point, for filtering candidates; it proves nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import blake2b

from symgrad.algebra.points import Dependent, Ground
from symgrad.algebra.scope import Circular, Scope
from symgrad.arithmetic.floats import FLOAT64
from symgrad.arithmetic.interpreter import compile_tree
from symgrad.arithmetic.kind import Inexact, NotScalar, Undefined, Unvalued, Value
from symgrad.notation.tree import Add, Mul, Name, Number, Pow, Tree, number

X = Name("x")
TOLERANCE = 1e-9


def draw(key: str) -> Fraction:
    """A fixed number in (3/10, 13/10) that depends on the key only."""
    seed = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")
    return Fraction(3, 10) + Fraction(seed % 999_983, 999_983)


def smooth(name: str) -> Tree:
    """A cubic that stands for a general function; its derivatives come from the same rules as all others."""
    terms = (Mul((Number(draw(f"{name}{n}") / (n + 1)), Pow(X, number(n)))) for n in range(1, 4))
    return Add((Number(draw(f"{name}0")), *terms))


@dataclass(slots=True)
class Fingerprints:
    """Fingerprints in one scope; the values of its equations are computed once."""

    scope: Scope
    values: dict[Tree, Value] = field(default_factory=dict)
    functions: dict[str, str | Tree] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.functions.update(self.scope.functions)

    def of(self, tree: Tree) -> float | None:
        """The value of the tree, or None where there is no finite one."""
        try:
            ground = Ground(self.scope, (tree,))
            for name in ground.general:
                self.functions.setdefault(name, smooth(name))
            for leaf in ground.leaves:
                if leaf not in self.values:
                    self.values[leaf] = FLOAT64.number(draw(repr(leaf)))
            for node in ground.steps:
                if node not in self.values:
                    self.values[node] = self._value(ground, node)
            value = float(compile_tree(ground.sides[0], FLOAT64, self.functions)(self.values))
        except (Circular, Dependent, Inexact, NotScalar, Undefined, Unvalued):
            return None
        return value if math.isfinite(value) else None

    def _value(self, ground: Ground, node: Tree) -> Value:
        body = None if node in ground.scope.solved else ground.body(node)
        if body is None:
            return FLOAT64.number(draw(repr(node)))
        return compile_tree(body, FLOAT64, self.functions)(self.values)


def fingerprint(tree: Tree, scope: Scope) -> float | None:
    """The value of a tree at the scope's fixed point; equal trees agree to about 1e-9 of their size."""
    return Fingerprints(scope).of(tree)


def close(left: float | None, right: float | None) -> bool:
    """Whether two fingerprints may belong to equal trees."""
    return left is None or right is None or math.isclose(left, right, rel_tol=TOLERANCE, abs_tol=1e-300)
