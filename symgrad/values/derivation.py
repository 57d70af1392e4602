"""A gradient and the steps it was computed by."""

from __future__ import annotations

from dataclasses import dataclass

from symgrad.notation.tree import Derivative, Name, Relation, Tree
from symgrad.values.phrase import Phrase

RULES = {
    "activation-derivative": "a = f(z)  ->  da/dz = f'(z)",
    "bias-derivative": "z = ... + b  ->  dz/db = 1",
    "linear-derivative": "z = w a + b  ->  dz/da = w",
    "copy-derivative": "h = x  ->  dh/dx = 1",
    "objective-derivative": "C = (a - y)^2/2  ->  dC/da = a - y",
    "composite-derivative": "u = any expression  ->  du/dv by the elementary rules, as substeps",
    "sum-over-paths": "v feeds u_1, ..., u_k  ->  dC/dv = sum of du_i/dv dC/du_i",
    "chain-rule": "one path  ->  the product of its local derivatives, in path order",
    "no-dependence": "C does not depend on v  ->  dC/dv = 0",
    "same-variable": "dC/dC = 1",
    "constant-rule": "(c)' = 0",
    "variable-rule": "(x)' = 1",
    "constant-factor": "(c u)' = c u'",
    "sum-rule": "(u + v)' = u' + v'",
    "product-rule": "(u v)' = u' v + u v'",
    "quotient-rule": "(u/v)' = (u' v - u v')/v^2",
    "power-rule": "(u^n)' = n u^(n-1) u'",
    "exponential-rule": "(c^u)' = c^u log(c) u'",
    "function-rule": "(f(u))' = f'(u) u'",
}
"""The closed vocabulary of step rules: id -> "before -> after"."""


@dataclass(frozen=True, slots=True)
class Step:
    """One local derivative: `before` becomes `after` by `rule`, because of `why`, where `conditions` hold.

    `equation` is the line of the forward pass that was differentiated (None for steps that only combine).
    """

    rule: str
    before: Tree
    after: Tree
    why: Phrase
    conditions: tuple[Tree, ...] = ()
    substeps: tuple[Step, ...] = ()
    equation: Relation | None = None


@dataclass(frozen=True, slots=True)
class Derivation:
    """d(objective)/d(wrt) with its steps; the last step's `after` is the gradient, so they cannot disagree.

    `factors` are in textbook order, from the parameter forward; the last may be kept as `dC/da_4`, and then
    `kept` maps it to its value. `path` names the nodes walked through if there is one path only.
    """

    goal: Derivative
    steps: tuple[Step, ...]
    factors: tuple[Tree, ...]
    kept: tuple[tuple[Derivative, Tree], ...] = ()
    path: tuple[Name, ...] = ()
    notes: tuple[Phrase, ...] = ()
