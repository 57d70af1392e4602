"""Verify a derivation without trusting how it came about.

The steps' local derivatives are evaluated at random points modulo 2^61 - 1, each compared with the tangent of
its own line, and replayed in reverse; an independent forward (tangent) pass over the definitions must give
the same gradient. Then the printed factors must multiply to it.
A wrong wiring of n edges survives one point with probability at most (2n + 1)/p.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from symgrad.calculus.derive import Gradients, on_paths
from symgrad.calculus.modular import DivisionByZero, P
from symgrad.calculus.sweep import Sweep
from symgrad.calculus.verify import COMBINING as COMBINING
from symgrad.calculus.verify import edge_steps, verify_point
from symgrad.calculus.verify import fail as fail
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.tree import ONE, ZERO, Derivative, Name, Relation
from symgrad.values.derivation import Derivation

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
    if isinstance(network, SymbolicNetwork):
        from symgrad.calculus.depth_check import check_symbolic

        return CheckReport(sum(check_symbolic(network, d, seed) for d in derivations.values()))
    if isinstance(derivations, Gradients) and derivations.tape is not None:
        tape, edges = derivations.tape, derivations.edges
        at_points(lambda point: Sweep(tape, point).run(), seed, 1)
        derivations = derivations.found
        if not derivations:
            return CheckReport(edges, 1)
    if isinstance(derivations, Gradients) and network.shapes:
        edges = check_arrays_together(network, derivations, seed)
        derivations = derivations.found
    for derivation in derivations.values():
        if is_shaped(derivation):
            counted = check_arrays(network, derivation, seed)
            edges = max(edges, counted)
    derivations = {name: d for name, d in derivations.items() if not is_shaped(d)}
    if not derivations:
        return CheckReport(edges)
    for derivation in derivations.values():
        edges += structure(network, derivation)
    if not network.shapes:
        at_points(lambda point: verify_point(network, derivations, point), seed)
    for name, derivation in derivations.items() if network.shapes else ():
        if not trivial(network, derivation):
            part = scalar_part(network, derivation)
            at_points(partial(verify_point, part, {name: derivation}), seed)
    return CheckReport(edges)


def at_points(verify: Callable[[int], None], seed: int, points: int = POINTS) -> None:
    """Verify at all points; at a pole another is tried in its place."""
    for point in range(points):
        for attempt in range(20):
            try:
                verify(seed + 1000 * point + attempt)
                break
            except DivisionByZero:
                if attempt == 19:
                    raise


def is_shaped(derivation: Derivation) -> bool:
    """Whether a derivation goes through vectors or matrices."""
    return any(step.rule.startswith(("adjoint-", "jacobian-")) for step in derivation.steps)


def check_arrays(network: Network, derivation: Derivation, seed: int) -> int:
    """Verify a derivation through arrays at several points."""
    from symgrad.calculus.matrices.check import check_shaped

    edges = [0]
    at_points(lambda point: edges.append(check_shaped(network, derivation, point)), seed)
    return edges[-1]


def check_arrays_together(network: Network, gradients: Gradients, seed: int) -> int:
    """Verify the steps that all gradients through arrays share, in one pass a point."""
    from symgrad.calculus.matrices.check import check_tape
    from symgrad.calculus.matrices.derive import shaped_tape

    tape = shaped_tape(network, gradients.of or network.objective)
    found = [0]
    at_points(lambda point: found.append(check_tape(network, tape, tuple(gradients), point)), seed)
    return found[-1]


def scalar_part(network: Network, derivation: Derivation) -> Network:
    """The lines of a chain with arrays that a gradient of numbers goes through, all else a leaf."""
    assert isinstance(derivation.goal.of, Name)
    places = on_paths(network, derivation.goal.by, derivation.goal.of)
    equations = tuple(network.equations[place] for place in places)
    defined = {equation.name for equation in equations}
    used = dict.fromkeys(parent for equation in equations for parent in equation.parents)
    leaves = tuple(name for name in used if name not in defined)
    return replace(network, equations=equations, leaves=leaves, objective=derivation.goal.of, shapes={})


def trivial(network: Network, derivation: Derivation) -> bool:
    """Whether a gradient is 0 or 1 because of the wiring alone, which `structure` has verified.

    Raises:
        DerivationError: it says something else.
    """
    goal = derivation.goal
    assert isinstance(goal.of, Name)
    if on_paths(network, goal.by, goal.of):
        return False
    value = ONE if goal.by == goal.of else ZERO
    if derivation.factors != (value,) or derivation.steps[-1].after != value or derivation.kept:
        fail(network, derivation, "check-result")
    return True


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
