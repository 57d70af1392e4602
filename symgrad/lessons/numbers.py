"""Numbers of a note: the example's values, the forward pass in floats, exact ratios."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from symgrad.arithmetic import EXACT, FLOAT64, evaluate
from symgrad.lessons.anatomy import Anatomy
from symgrad.notation.tree import Mul, Name, Tree, number
from symgrad.notation.writers.plain import plain
from symgrad.values.derivation import Derivation

_WEIGHT, _BIAS, _INPUT, _TARGET = Fraction(1), Fraction(0), Fraction(1, 2), Fraction(0)
_LINEAR_WEIGHT = Fraction(1, 2)
"""Weights of 1 would make all paths of a linear chain the same size."""


_OPEN_BIAS = Fraction(1)
"""Keeps every neuron of a chain with kinks away from them."""


def example(anatomy: Anatomy) -> dict[Name, Fraction]:
    """Values to compute by hand: weights 1 (1/2 if linear), biases 0 (1 off a kink), input 1/2, target 0."""
    weights = anatomy.multiplying
    weight = _WEIGHT if anatomy.network.applied_in_layers else _LINEAR_WEIGHT
    kinked = anatomy.function is not None and bool(anatomy.function.kinks)
    bias = _OPEN_BIAS if kinked else _BIAS
    values = {}
    for leaf in anatomy.network.leaves:
        if leaf in anatomy.parameters:
            values[leaf] = weight if leaf in weights else bias
        else:
            values[leaf] = _TARGET if leaf in anatomy.targets else _INPUT
    return values


def forward(anatomy: Anatomy, leaves: Mapping[Name, Fraction]) -> dict[Tree, Any]:
    """All names in float64."""
    network = anatomy.network
    values: dict[Tree, Any] = {leaf: evaluate(number(value), {}, FLOAT64) for leaf, value in leaves.items()}
    for name, body in anatomy.bodies.items():
        values[name] = evaluate(body, values, FLOAT64, network.functions)
    return values


def number_of(tree: Tree, values: Mapping[Tree, Any], anatomy: Anatomy) -> Any:
    """A formula in float64 at the values of a forward pass."""
    return evaluate(tree, values, FLOAT64, anatomy.network.functions)


def gradient(derivation: Derivation, values: Mapping[Tree, Any], anatomy: Anatomy) -> Any:
    """A gradient in float64."""
    known = dict(values)
    for token, value in derivation.kept:
        known[token] = number_of(value, known, anatomy)
    return number_of(Mul(derivation.factors), known, anatomy)


def exactly(tree: Tree, values: Mapping[Tree, Fraction], functions: Mapping[str, str]) -> Fraction:
    """A formula in fractions; whole subtrees may have values."""
    result = evaluate(tree, dict(values), EXACT, functions)
    return Fraction(result)


def as_text(values: Mapping[Name, Fraction]) -> dict[str, str]:
    """The example as a user would set it."""
    return {plain(name): str(value) for name, value in values.items()}
