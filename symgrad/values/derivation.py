"""A gradient and the steps it was computed by."""

from __future__ import annotations

from dataclasses import dataclass

from symgrad.notation.tree import Derivative, Name, Relation, Tree
from symgrad.values.phrase import Phrase

RULES = {
    "activation-derivative": "a = f(z)  ->  da/dz = f'(z)",
    "bias-derivative": "z = ... + b  ->  dz/db = 1",
    "skip-derivative": "h = x + f(w x)  ->  dh/dx = 1 along the skip, the detour counted apart",
    "added-derivative": "u = v + ...  ->  du/dv = 1",
    "linear-derivative": "z = w a + b  ->  dz/da = w",
    "copy-derivative": "h = x  ->  dh/dx = 1",
    "objective-derivative": "C = (a - y)^2/2  ->  dC/da = a - y",
    "composite-derivative": "u = any expression  ->  du/dv by the elementary rules, as substeps",
    "sum-over-paths": "v feeds u_1, ..., u_k  ->  dC/dv = sum of du_i/dv dC/du_i",
    "chain-rule": "one path  ->  the product of its local derivatives, in path order",
    "no-dependence": "C does not depend on v  ->  dC/dv = 0",
    "same-variable": "dC/dC = 1",
    "layer-factor": "one layer  ->  da_k/da_{k-1}, the factor that every layer contributes",
    "induction-base": "no layer in between  ->  da_i/da_i = the empty product = 1",
    "peel-last": "da_m/da_i  ->  da_{m-1}/da_i by the hypothesis, times the last layer's factor",
    "product-over-layers": "da_n/da_i  ->  the product of the layers' factors, by induction",
    "sum-over-layers": "u in every layer  ->  da_n/du = the sum over the layers that use it",
    "recursion-end": "dL/dh_n, dL/dc_n  ->  the adjoints of the last layer's states",
    "recursion-step": "dL/dh_k  ->  its parts through the states of layers k and k+1",
    "adjoint-objective": "L = (h - y)^T (h - y)/2  ->  dL/dh = h - y",
    "adjoint-activation": "h = f(z)  ->  dL/dz = dL/dh .* f'(z)",
    "adjoint-linear": "z = W h + b  ->  dL/dh = W^T dL/dz",
    "adjoint-weight": "z = W h + b  ->  dL/dW = dL/dz h^T",
    "adjoint-weight-transposed": "r = W^T h + b  ->  dL/dW = h (dL/dr)^T",
    "adjoint-bias": "z = W h + b  ->  dL/db = dL/dz",
    "adjoint-added": "z = ... + v  ->  dL/dv = dL/dz",
    "adjoint-softmax": "s = softmax(z)  ->  dL/dz = s .* (dL/ds - s^T dL/ds)",
    "adjoint-copy": "h = x  ->  dL/dx = dL/dh",
    "adjoint-composite": "u = any expression  ->  its part of dL/dv by the adjoint rules",
    "cancelled": "p = softmax(z), dL/dp = -y ./ p  ->  dL/dz = p sum(y) - y",
    "by-assumption": "assume sum(y) = 1  ->  p sum(y) - y = p - y",
    "normalised": "r = (x - mean(x))/s  ->  dL/dx = (g - mean(g) - r mean(g .* r))/s with g = dL/dr",
    "jacobian-linear": "z = W h + b  ->  dz/dh = W",
    "jacobian-activation": "h = f(z)  ->  dh/dz = diag(f'(z))",
    "jacobian-softmax": "p = softmax(z)  ->  dp/dz = diag(p) - p p^T",
    "jacobian-identity": "z = ... + v  ->  dz/dv = I",
    "jacobian-composite": "u = any expression  ->  the matrix du/dv by the adjoint rules",
    "constant-rule": "(c)' = 0",
    "variable-rule": "(x)' = 1",
    "constant-factor": "(c u)' = c u'",
    "sum-rule": "(u + v)' = u' + v'",
    "product-rule": "(u v)' = u' v + u v'",
    "quotient-rule": "(u/v)' = (u' v - u v')/v^2",
    "power-rule": "(u^n)' = n u^(n-1) u'",
    "exponential-rule": "(c^u)' = c^u log(c) u'",
    "function-rule": "(f(u))' = f'(u) u'",
    "formula-rule": "(mse(a, y))' = ((a - y)^2)', the formula it stands for",
    "indicator-rule": "(1[u > 0])' = 0 away from the jump",
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
