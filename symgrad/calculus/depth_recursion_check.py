"""Verify a recursion of adjoints: what each layer contributes in general, and every step in definite chains.

The local derivations behind the coefficients are checked as derivations of their own, with letters for their
indices. The recursion must combine them exactly as they are. Then every step and the printed gradient must
hold in every chain of one to six layers, against a forward pass modulo 2^61 - 1.
"""

from __future__ import annotations

from symgrad.calculus import check as ordinary
from symgrad.calculus.depth_plan import Plan, fail
from symgrad.calculus.depth_points import layers_for, verify_depths
from symgrad.calculus.depth_recursion import derive_recursion
from symgrad.calculus.replay import Walk
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.values.derivation import Derivation

MOST = 6
"""Layers of the deepest chain compared, unless the gradient names later ones."""


def check_recursion(network: SymbolicNetwork, plan: Plan, derivation: Derivation, seed: int) -> int:
    """The number of steps verified.

    Raises:
        DerivationError: a step, a coefficient, the recursion or the gradient is wrong.
    """
    wanted, work = derive_recursion(network, plan)
    for lines, local in work.locals:
        ordinary.check(lines, local)
    told = [(step.rule, step.before, step.after, step.conditions) for step in derivation.steps]
    if told != [(step.rule, step.before, step.after, step.conditions) for step in wanted.steps]:
        fail(network, derivation, "check-steps")
    if derivation.notes != wanted.notes or derivation.path or derivation.kept:
        fail(network, derivation, "check-result")
    if Walk(derivation.factors, (), ()).product != derivation.steps[-1].after:
        fail(network, derivation, "check-factors")
    layers = sorted({*layers_for(network, derivation), MOST})
    verify_depths(network, plan, derivation, layers, seed)
    return len(derivation.steps)
