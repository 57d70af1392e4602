"""Verify a derivation without trusting how it came about.

The steps' local derivatives are evaluated at random points modulo 2^61 - 1, each compared with the tangent of
its own line, and replayed in reverse; an independent forward (tangent) pass over the definitions must give
the same gradient. Then the printed factors must multiply to it.
A wrong wiring of n edges survives one point with probability at most (2n + 1)/p.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from symgrad.calculus.derive import on_paths
from symgrad.calculus.modular import DivisionByZero, Dual, Field, P
from symgrad.errors import DerivationError, Where
from symgrad.network.graph import Network
from symgrad.notation.tree import Derivative, Name, Relation, Tree, walk
from symgrad.notation.writers.plain import plain
from symgrad.values.derivation import Derivation, Step

POINTS = 2
COMBINING = ("sum-over-paths", "chain-rule", "no-dependence", "same-variable")


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
    shaped = [derivation for derivation in derivations.values() if is_shaped(derivation)]
    for derivation in shaped:
        edges += check_arrays(network, derivation, seed)
    derivations = {name: d for name, d in derivations.items() if not is_shaped(d)}
    if not derivations:
        return CheckReport(edges)
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


def is_shaped(derivation: Derivation) -> bool:
    """Whether a derivation goes through vectors or matrices."""
    return any(step.rule.startswith(("adjoint-", "jacobian-")) for step in derivation.steps)


def check_arrays(network: Network, derivation: Derivation, seed: int) -> int:
    """Verify a derivation through arrays at several points."""
    from symgrad.calculus.matrices.check import check_shaped

    return [check_shaped(network, derivation, seed + point) for point in range(POINTS)][0]


def structure(network: Network, derivation: Derivation) -> int:
    """The steps must be exactly those that belong there: none lost, none added, none of another line.

    That is an edge for every use on a path from goal.by to goal.of, a sum for every name with several,
    and the gradient itself at the end.
    """
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
    steps = edge_steps(derivation)
    tokens = [step.before for step in steps if isinstance(step.before, Derivative)]
    edges = [(token.by, token.of) for token in tokens if isinstance(token.of, Name)]
    if len(steps) != len(expected) or len(edges) != len(expected) or set(edges) != expected:
        fail(network, derivation, "check-edges")
    if derivation.path and set(zip(derivation.path, derivation.path[1:], strict=False)) != expected:
        fail(network, derivation, "check-edges")
    for step, (_, end) in zip(steps, edges, strict=True):
        if step.equation != Relation(("=",), (end, network.bodies[network.position[end]])):
            fail(network, derivation, "check-steps")
    combined(network, derivation, edges)
    return len(edges)


def combined(network: Network, derivation: Derivation, edges: Sequence[tuple[Name, Name]]) -> None:
    """The steps that only combine others: one sum for every fork, then the result."""
    goal, steps = derivation.goal, derivation.steps
    uses = Counter(start for start, _ in edges)
    forks = {Derivative(goal.of, name) for name, count in uses.items() if count > 1}
    sums = [step.before for step in steps if step.rule == "sum-over-paths"]
    if len(sums) != len(forks) or set(sums) != forks:
        fail(network, derivation, "check-sum")
    ends = "chain-rule" if edges else "same-variable" if goal.by == goal.of else "no-dependence"
    if len(steps) != len(edges) + len(sums) + 1 or steps[-1].rule != ends or steps[-1].before != goal:
        fail(network, derivation, "check-result")


def edge_steps(derivation: Derivation) -> list[Step]:
    """The steps that are edges, not sums or products of them."""
    return [step for step in derivation.steps if step.rule not in COMBINING]


def verify_point(network: Network, derivations: Mapping[Name, Derivation], seed: int) -> None:
    """All derivations at one random point."""
    field = Field(seed, network.functions)
    primal: dict[Tree, Dual] = {}
    for leaf in network.leaves:
        primal[leaf] = Dual(field.leaf(leaf))
    for equation, body in zip(network.equations, network.bodies, strict=True):
        primal[equation.name] = Dual(field.evaluate(body, primal).value)
    locals_: dict[int, int] = {}  # gradients share their steps: each is verified once
    for derivation in derivations.values():
        for step in edge_steps(derivation):
            if id(step) not in locals_:
                locals_[id(step)] = verified_local(network, derivation, step, field, primal)
        verify_derivation(network, derivation, field, primal, locals_)


def verified_local(
    network: Network, derivation: Derivation, step: Step, field: Field, primal: Mapping[Tree, Dual]
) -> int:
    """One edge's local derivative, compared with the tangent of its own line, the other inputs held fixed.

    Without this a wrong step would pass where what follows it is identically zero.
    """
    assert isinstance(step.before, Derivative) and isinstance(step.before.of, Name)
    place = network.position[step.before.of]
    inputs: dict[Tree, Dual] = {parent: primal[parent] for parent in network.equations[place].parents}
    inputs[step.before.by] = Dual(primal[step.before.by].value, 1)
    local = field.evaluate(step.after, primal).value
    if local != field.evaluate(network.bodies[place], inputs).tangent:
        fail(network, derivation, "check-steps")
    return local


def verify_derivation(
    network: Network,
    derivation: Derivation,
    field: Field,
    primal: Mapping[Tree, Dual],
    locals_: Mapping[int, int],
) -> None:
    """Reverse replay of the steps against a forward pass; then what is printed against both."""
    goal = derivation.goal
    assert isinstance(goal.of, Name)
    expected = tangent(network, goal.by, goal.of, field, primal)
    steps = edge_steps(derivation)
    adjoint: dict[Tree, int] = {goal.of: 1}
    for step in reversed(steps):
        assert isinstance(step.before, Derivative)
        local = locals_[id(step)]
        upstream = adjoint.get(step.before.of, 0)
        adjoint[step.before.by] = (adjoint.get(step.before.by, 0) + local * upstream) % P
    if adjoint.get(goal.by, 0) != expected:
        fail(network, derivation, "check-steps")
    tokens: dict[Tree, Dual] = {
        Derivative(goal.of, name): Dual(value) for name, value in adjoint.items() if isinstance(name, Name)
    }
    inner_tokens(network, derivation, field, primal, tokens)
    known = {**primal, **tokens}
    for token, value in derivation.kept:
        if token not in tokens or field.evaluate(value, known).value != tokens[token].value:
            fail(network, derivation, "check-kept")
    product = 1
    for factor in derivation.factors:
        product = product * field.evaluate(factor, known).value % P
    if product != expected:
        fail(network, derivation, "check-factors")
    last = derivation.steps[-1]
    if field.evaluate(last.after, known).value != expected:
        fail(network, derivation, "check-result")
    for step in derivation.steps:
        if step.rule != "sum-over-paths":
            continue
        if field.evaluate(step.after, known).value != tokens[step.before].value:
            fail(network, derivation, "check-sum")


def inner_tokens(
    network: Network,
    derivation: Derivation,
    field: Field,
    primal: Mapping[Tree, Dual],
    tokens: dict[Tree, Dual],
) -> None:
    """Values of tokens such as dh_3/dh_1 that long sums leave standing."""
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
    for place in range(first + 1, len(network.equations)):
        equation = network.equations[place]
        if any(parent in values for parent in equation.parents):
            inputs: dict[Tree, Dual] = {
                parent: values.get(parent, primal[parent]) for parent in equation.parents
            }
            values[equation.name] = field.evaluate(network.bodies[place], inputs)
        if equation.name == of:
            break
    return values[of].tangent if of in values else 0


def fail(network: Network, derivation: Derivation, what: str) -> NoReturn:
    """Reject."""
    raise DerivationError(what, Where(network.name), goal=plain(derivation.goal))
