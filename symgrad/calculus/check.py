"""Verify a derivation without trusting how it came about.

The steps' local derivatives are evaluated at random points modulo 2^61 - 1 and replayed in reverse; an independent
forward (tangent) pass over the definitions must give the same gradient. Then the printed factors must multiply to it.
A wrong wiring of n edges survives one point with probability at most (2n + 1)/p.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symgrad.calculus.derive import on_paths
from symgrad.calculus.modular import DivisionByZero, Dual, Field, P
from symgrad.errors import DerivationError, Where
from symgrad.network.graph import Network
from symgrad.notation.tree import Derivative, Name, Tree
from symgrad.notation.writers.plain import plain
from symgrad.values.derivation import Derivation, Step

POINTS = 2


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was verified; truthy."""

    edges: int
    points: int = POINTS
    prime: int = P

    def __bool__(self) -> bool:
        return True


def check(network: Network, derivation: Derivation, seed: int = 20_11) -> CheckReport:
    """Accept a derivation, or raise.

    Raises:
        DerivationError: some step, factor or the wiring is wrong.
    """
    return check_all(network, {derivation.goal.by: derivation}, seed)


def check_all(network: Network, derivations: Mapping[Name, Derivation], seed: int = 20_11) -> CheckReport:
    """Accept several derivations of one chain."""
    edges = 0
    for derivation in derivations.values():
        edges += structure(network, derivation)
    for point in range(POINTS):
        attempt = 0
        while True:
            try:
                verify_point(network, derivations, seed + 1000 * point + attempt)
                break
            except DivisionByZero:
                attempt += 1
                if attempt > 20:
                    raise
    return CheckReport(edges)


def structure(network: Network, derivation: Derivation) -> int:
    """The edges must be exactly those on the paths from goal.by to goal.of: none lost, none added."""
    goal = derivation.goal
    assert isinstance(goal.of, Name)
    places = on_paths(network, goal.by, goal.of)
    reached = {goal.by} | {network.equations[place].name for place in places}
    expected = {
        (parent, network.equations[place].name)
        for place in places
        for parent in network.equations[place].parents
        if parent in reached
    }
    edges = [(s.before.by, s.before.of) for s in edge_steps(derivation) if isinstance(s.before, Derivative)]
    if len(edges) != len(expected) or set(edges) != expected:
        fail(network, derivation, "check-edges")
    if goal.by != goal.of and not expected and plain(derivation.factors[0]) != "0":
        fail(network, derivation, "check-edges")
    return len(edges)


def edge_steps(derivation: Derivation) -> list[Step]:
    """The steps that are edges, not sums or products of them."""
    combining = ("sum-over-paths", "chain-rule", "no-dependence", "same-variable")
    return [step for step in derivation.steps if step.rule not in combining]


def verify_point(network: Network, derivations: Mapping[Name, Derivation], seed: int) -> None:
    field = Field(seed, network.functions)
    primal: dict[Tree, Dual] = {}
    for leaf in network.leaves:
        primal[leaf] = Dual(field.leaf(leaf))
    for equation in network.equations:
        primal[equation.name] = Dual(field.evaluate(equation.body, primal).value)
    for derivation in derivations.values():
        verify_derivation(network, derivation, field, primal)


def verify_derivation(network: Network, derivation: Derivation, field: Field, primal: Mapping[Tree, Dual]) -> None:
    goal = derivation.goal
    assert isinstance(goal.of, Name)
    expected = tangent(network, goal.by, goal.of, field, primal)
    steps = edge_steps(derivation)
    adjoint: dict[Tree, int] = {goal.of: 1}
    for step in reversed(steps):
        assert isinstance(step.before, Derivative)
        local = field.evaluate(step.after, primal).value
        upstream = adjoint.get(step.before.of, 0)
        adjoint[step.before.by] = (adjoint.get(step.before.by, 0) + local * upstream) % P
    if adjoint.get(goal.by, 0) != expected:
        fail(network, derivation, "check-steps")
    tokens: dict[Tree, Dual] = {Derivative(goal.of, name): Dual(value) for name, value in adjoint.items() if isinstance(name, Name)}
    inner_tokens(network, derivation, field, primal, tokens)
    for token, value in derivation.kept:
        if field.evaluate(value, {**primal, **tokens}).value != tokens[token].value:
            fail(network, derivation, "check-kept")
    product = 1
    for factor in derivation.factors:
        product = product * field.evaluate(factor, {**primal, **tokens}).value % P
    if product != expected:
        fail(network, derivation, "check-factors")
    last = derivation.steps[-1]
    if last.rule == "chain-rule" and field.evaluate(last.after, {**primal, **tokens}).value != expected:
        fail(network, derivation, "check-result")
    for step in derivation.steps:
        if step.rule == "sum-over-paths":
            if field.evaluate(step.after, {**primal, **tokens}).value != tokens[step.before].value:
                fail(network, derivation, "check-sum")


def inner_tokens(
    network: Network, derivation: Derivation, field: Field, primal: Mapping[Tree, Dual], tokens: dict[Tree, Dual]
) -> None:
    """Values of tokens such as dh_3/dh_1 that long sums leave standing."""
    from symgrad.notation.tree import walk

    for factor in derivation.factors:
        for node in walk(factor):
            if isinstance(node, Derivative) and node not in tokens and isinstance(node.of, Name):
                tokens[node] = Dual(tangent(network, node.by, node.of, field, primal))


def tangent(network: Network, by: Name, of: Name, field: Field, primal: Mapping[Tree, Dual]) -> int:
    """d(of)/d(by) by one forward pass over the definitions."""
    if by == of:
        return 1
    values: dict[Tree, Dual] = {by: Dual(primal[by].value, 1)}
    first = network.position.get(by, -1)
    for equation in network.equations[first + 1 :]:
        if any(parent in values for parent in equation.parents):
            values[equation.name] = field.evaluate(
                equation.body, {parent: values.get(parent, primal[parent]) for parent in equation.parents}
            )
        if equation.name == of:
            break
    return values[of].tangent if of in values else 0


def fail(network: Network, derivation: Derivation, what: str) -> None:
    raise DerivationError(what, Where(network.name), goal=plain(derivation.goal))
