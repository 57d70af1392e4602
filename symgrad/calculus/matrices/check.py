"""Verify gradients by vectors and matrices: adjoint steps against a forward tangent pass, modulo 2^61 - 1.

The inner product of the gradient with a random direction must be the tangent of the objective in that
direction; a Jacobian must map the direction to the tangent of the output. The printed factors must multiply
to the same array.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from symgrad.calculus.matrices.modular import Arrays, Pair
from symgrad.calculus.modular import Field, P
from symgrad.errors import DerivationError, Where
from symgrad.network.graph import Network
from symgrad.network.shapes import Shapes
from symgrad.notation.tree import Derivative, Mul, Name, Number, Tree
from symgrad.notation.writers.plain import plain
from symgrad.values.derivation import Derivation


def check_shaped(network: Network, derivation: Derivation, seed: int) -> int:
    """Accept a derivation with shapes at one random point, or raise; gives the number of edges.

    Raises:
        DerivationError: some step, factor or the wiring is wrong.
    """
    shapes = Shapes(network.shapes)
    point = Arrays(Field(seed, network.functions), shapes, sizes_of(network))
    primal = forward(network, point, None)
    goal = derivation.goal
    assert isinstance(goal.of, Name)
    direction = point.random("direction", shapes.of(goal.by))
    tangent = forward(network, point, (goal.by, direction))[goal.of].tangent
    if shapes.of(goal.of):
        verify_jacobian(network, derivation, point, primal, direction, tangent)
    else:
        verify_gradient(network, derivation, point, primal, direction, tangent)
    return sum(step.equation is not None for step in derivation.steps)


def sizes_of(network: Network) -> dict[Tree, int]:
    """A small number for every symbolic size: different sizes get different numbers."""
    found: dict[Tree, int] = {}
    for shape in network.shapes.values():
        for size in shape:
            if not isinstance(size, Number) and size not in found:
                found[size] = 2 + len(found) % 5
    return found | {
        Number(v.value): int(v.value) for s in network.shapes.values() for v in s if isinstance(v, Number)
    }


def forward(network: Network, point: Arrays, direction: tuple[Name, Any] | None) -> dict[Tree, Pair]:
    """All values and tangents of the forward pass."""
    values: dict[Tree, Pair] = {}
    for leaf in network.leaves:
        value = point.random("leaf" + plain(leaf), point.shapes.of(leaf))
        values[leaf] = Pair(value, value * 0)
    if direction is not None and direction[0] in values:
        values[direction[0]] = Pair(values[direction[0]].value, direction[1])
    for equation in network.equations:
        found = point.evaluate(equation.body, values)
        if direction is not None and equation.name == direction[0]:
            found = Pair(found.value, direction[1])
        values[equation.name] = found
    return values


def verify_gradient(
    network: Network,
    derivation: Derivation,
    point: Arrays,
    primal: Mapping[Tree, Pair],
    direction: Any,
    tangent: Any,
) -> None:
    """<gradient, direction> = tangent, by the replayed steps and by the factors."""
    goal = derivation.goal
    adjoints: dict[Tree, Pair] = dict(primal)
    sums: dict[Tree, Any] = {}
    for step in derivation.steps:
        if step.equation is None:
            continue
        part = point.evaluate(step.after, adjoints).value
        before = step.before
        sums[before] = part if before not in sums else (sums[before] + part) % P
        adjoints[before] = Pair(sums[before], sums[before] * 0)
    if goal not in sums or int(np.sum(sums[goal] * direction) % P) != int(tangent):
        fail(network, derivation, "check-steps")
    for token, value in derivation.kept:
        if not same(point.evaluate(value, adjoints).value, adjoints[token].value):
            fail(network, derivation, "check-kept")
    for step in derivation.steps:
        if step.rule in ("sum-over-paths", "chain-rule") and not same(
            point.evaluate(step.after, adjoints).value, sums[step.before]
        ):
            fail(network, derivation, "check-sum" if step.rule == "sum-over-paths" else "check-result")
    shown = (
        point.evaluate(Mul(derivation.factors), adjoints).value
        if len(derivation.factors) > 1
        else point.evaluate(derivation.factors[0], adjoints).value
    )
    if not same(shown, sums[goal]):
        fail(network, derivation, "check-factors")


def verify_jacobian(
    network: Network,
    derivation: Derivation,
    point: Arrays,
    primal: Mapping[Tree, Pair],
    direction: Any,
    tangent: Any,
) -> None:
    """J direction = tangent."""
    column = Name("\u2022")
    inner = Arrays(
        point.field, Shapes({**network.shapes, column: point.shapes.of(derivation.goal.by)}), point.sizes
    )
    values = {**primal, column: Pair(direction, direction * 0)}
    if not same(inner.evaluate(Mul((*derivation.factors, column)), values).value, tangent):
        fail(network, derivation, "check-factors")
    at = direction
    for step in derivation.steps[:-1]:
        assert isinstance(step.before, Derivative)
        place = Arrays(
            point.field, Shapes({**network.shapes, column: point.shapes.of(step.before.by)}), point.sizes
        )
        at = place.evaluate(Mul((step.after, column)), {**primal, column: Pair(at, at * 0)}).value
    if not same(at, tangent):
        fail(network, derivation, "check-steps")


def same(left: Any, right: Any) -> bool:
    """Equal arrays of equal shape."""
    return np.shape(left) == np.shape(right) and bool(np.all((left - right) % P == 0))


def fail(network: Network, derivation: Derivation, what: str) -> None:
    """Raise: the derivation is wrong."""
    raise DerivationError(what, Where(network.name), goal=plain(derivation.goal))
