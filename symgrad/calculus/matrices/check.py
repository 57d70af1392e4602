"""Verify gradients by vectors and matrices: adjoint steps against a forward tangent pass, modulo 2^61 - 1.

The inner product of the gradient with a random direction must be the tangent of the objective in that
direction; a Jacobian must map the direction to the tangent of the output. The printed factors must multiply
to the same array. The steps must be those of the chain: none lost, none added, none of another line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from symgrad.calculus.matrices.cancel import relations
from symgrad.calculus.matrices.forms import is_call
from symgrad.calculus.matrices.layout import in_gradient_layout
from symgrad.calculus.matrices.modular import Arrays, Pair
from symgrad.calculus.matrices.tape import ShapedTape
from symgrad.calculus.modular import Field, P
from symgrad.errors import DerivationError, ShapeError, Where
from symgrad.network.graph import Network
from symgrad.network.shapes import Shape, Shapes
from symgrad.notation.tree import ONE, Derivative, Mul, Name, Number, Relation, Tree
from symgrad.notation.writers.plain import plain
from symgrad.values.derivation import Derivation, Step

WORDS = {"sum-over-paths": "check-sum", "chain-rule": "check-result"}
"""What is wrong with a step that only combines others; anything else is a wrong step."""


def check_shaped(network: Network, derivation: Derivation, seed: int) -> int:
    """Accept a derivation with shapes at one random point, or raise; gives the number of edges.

    Raises:
        DerivationError: some step, factor or the wiring is wrong.
    """
    shapes = Shapes(network.shapes)
    goal = derivation.goal
    assert isinstance(goal.of, Name)
    structure(network, derivation)
    point = Arrays(Field(seed, network.functions), shapes, sizes_of(network))
    primal = forward(network, point, {})
    direction = point.random("direction", shapes.of(goal.by))
    tangent = forward(network, point, {goal.by: direction})[goal.of].tangent
    try:
        if shapes.of(goal.of):
            verify_jacobian(network, derivation, point, primal, direction, tangent)
        else:
            derivation = in_gradient_layout(derivation, shapes)
            verify_gradient(network, derivation, point, primal, direction, tangent)
    except (ShapeError, ValueError, KeyError) as problem:  # a tree that has no value is no step of this chain
        raise DerivationError("check-steps", Where(network.name), goal=plain(goal)) from problem
    return sum(step.equation is not None for step in derivation.steps)


def check_tape(network: Network, tape: ShapedTape, parameters: Iterable[Name], seed: int) -> int:
    """Verify the steps of all gradients in one pass: all parameters move at once."""
    shapes = Shapes(network.shapes)
    point = Arrays(Field(seed, network.functions), shapes, sizes_of(network))
    primal = forward(network, point, {})
    moved = {name: point.random(f"direction {plain(name)}", shapes.of(name)) for name in parameters}
    tangent = forward(network, point, moved)[tape.of].tangent
    steps = [
        step
        for place in reversed(tape.places)
        for edge in tape.edges[place]
        for step in (edge.step, *edge.more)
    ]
    token = Derivative(tape.of, tape.of)
    sums = replayed(network, Derivation(token, tuple(steps), ()), point, primal)[0]
    total = sum(int(np.sum(sums[Derivative(tape.of, n)] * d)) for n, d in moved.items() if tape.uses.get(n))
    if int(total % P) != int(tangent):
        raise DerivationError("check-steps", Where(network.name), goal=plain(tape.of))
    return sum(len(edges) for edges in tape.edges.values())


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


def structure(network: Network, derivation: Derivation) -> None:
    """The steps must be exactly those that belong there, with a sum for every name that has several uses."""
    from symgrad.calculus.derive import on_paths

    goal = derivation.goal
    assert isinstance(goal.of, Name)
    places = on_paths(network, goal.by, goal.of)
    reached = {goal.by} | {network.equations[place].name for place in places}
    expected = Counter(
        (parent, network.equations[place].name, network.bodies[place])
        for place in places
        for parent in network.equations[place].parents
        if parent in reached
    )
    found = Counter(line_of(step) for step in derivation.steps if step.equation is not None)
    if found != expected:
        fail(network, derivation, "check-edges")
    uses = Counter(parent for parent, _, _ in expected)
    forks = {Derivative(goal.of, name) for name, count in uses.items() if count > 1}
    if {step.before for step in derivation.steps if step.rule == "sum-over-paths"} != forks:
        fail(network, derivation, "check-sum")
    if derivation.steps[-1].before != goal or derivation.steps[-1].rule != "chain-rule":
        fail(network, derivation, "check-result")


def line_of(step: Step) -> tuple[Tree, Tree, Tree]:
    """The input, the node and the body of the line that a step differentiates."""
    assert isinstance(step.before, Derivative) and step.equation is not None
    left, right = step.equation.operands
    return step.before.by, left, right


def forward(network: Network, point: Arrays, moved: Mapping[Name, Any]) -> dict[Tree, Pair]:
    """All values and tangents of the forward pass; what is moved has its tangent given."""
    values: dict[Tree, Pair] = {}
    for leaf in network.leaves:
        value = point.random("leaf" + plain(leaf), point.shapes.of(leaf))
        if leaf in point.sizes:  # a size that an equation mentions is that number
            value = point.constant(point.sizes[leaf]).value
        values[leaf] = Pair(value, moved.get(leaf, value * 0))
    for relation in relations(network.assumptions):
        constrain(relation, point, values)
    for place, equation in enumerate(network.equations):
        found = point.evaluate(network.bodies[place], values)
        values[equation.name] = Pair(found.value, moved.get(equation.name, found.tangent))
    return values


def constrain(relation: Relation, point: Arrays, values: dict[Tree, Pair]) -> None:
    """Make sum(y) = c hold at the point, for a leaf y."""
    for total, value in (relation.operands[:2], relation.operands[1::-1]):
        if not (is_call(total, "sum") and isinstance(value, Number)):
            continue
        name = total.arguments[0]  # type: ignore[union-attr]
        if name in values and values[name].value.ndim:
            entries = values[name].value.reshape(-1)
            entries[-1] = (int(point.evaluate(value, {}).value) - sum(int(e) for e in entries[:-1])) % P


def replayed(
    network: Network, derivation: Derivation, point: Arrays, primal: Mapping[Tree, Pair]
) -> tuple[dict[Tree, Any], dict[Tree, Pair]]:
    """The adjoints that the steps add up to; a step that rewrites one must not change it."""
    adjoints: dict[Tree, Pair] = dict(primal)
    sums: dict[Tree, Any] = {}
    for step in derivation.steps:
        if point.shapes.of(step.after) != point.shapes.of(step.before):
            fail(network, derivation, WORDS.get(step.rule, "check-steps"))
        if step.equation is not None:
            part = point.evaluate(step.after, adjoints).value
            last = part
            sums[step.before] = part if step.before not in sums else (sums[step.before] + part) % P
            adjoints[step.before] = Pair(sums[step.before], sums[step.before] * 0)
            continue
        here = point.evaluate(step.after, adjoints).value
        own = last if step.rule in ("cancelled", "by-assumption") else sums.get(step.before)
        if own is None or not same(here, own):
            fail(network, derivation, WORDS.get(step.rule, "check-steps"))
    return sums, adjoints


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
    sums, adjoints = replayed(network, derivation, point, primal)
    if goal not in sums or int(np.sum(sums[goal] * direction) % P) != int(tangent):
        fail(network, derivation, "check-steps")
    for token, value in derivation.kept:
        if not same(point.evaluate(value, adjoints).value, adjoints[token].value):
            fail(network, derivation, "check-kept")
    if not same(point.evaluate(whole(derivation.factors), adjoints).value, sums[goal]):
        fail(network, derivation, "check-factors")


def whole(factors: Sequence[Tree]) -> Tree:
    """The factors as one tree."""
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def verify_jacobian(
    network: Network,
    derivation: Derivation,
    point: Arrays,
    primal: Mapping[Tree, Pair],
    direction: Any,
    tangent: Any,
) -> None:
    """J direction = tangent, by the steps from the input on and by the factors."""
    goal = derivation.goal
    moved: dict[Tree, Any] = {goal.by: direction}
    for step in derivation.steps:
        if step.equation is None:
            continue
        start, node, _ = line_of(step)
        if step.before != Derivative(node, start) or start not in moved:  # type: ignore[arg-type]
            fail(network, derivation, "check-steps")
        if sides(point.shapes.of(step.after)) != (rows_of(point, node), rows_of(point, start)):
            fail(network, derivation, "check-steps")
        part = mapped(point, step.after, start, moved[start], primal)
        moved[node] = part if node not in moved else (moved[node] + part) % P
    if goal.of not in moved or not same(moved[goal.of], tangent):
        fail(network, derivation, "check-steps")
    if not same(mapped(point, whole(derivation.factors), goal.by, direction, primal), tangent):
        fail(network, derivation, "check-factors")
    check_totals(network, derivation, point, primal)


def mapped(point: Arrays, matrix: Tree, by: Tree, change: Any, values: Mapping[Tree, Pair]) -> Any:
    """A matrix times a change of `by`."""
    column = Name("\u2022")
    names = {**point.shapes.names, column: point.shapes.of(by)}
    place = Arrays(point.field, Shapes(names), point.sizes)
    return place.evaluate(Mul((matrix, column)), {**values, column: Pair(change, change * 0)}).value


def check_totals(
    network: Network, derivation: Derivation, point: Arrays, primal: Mapping[Tree, Pair]
) -> None:
    """Every sum over paths against the derivatives of the output, worked out from the end back."""
    goal = derivation.goal
    totals: dict[Tree, Pair] = dict(primal)
    for step in reversed(derivation.steps):
        if step.equation is None:
            continue
        start, node, _ = line_of(step)
        token: Tree = Derivative(goal.of, start)  # type: ignore[arg-type]
        above = () if node == goal.of else (Derivative(goal.of, node),)  # type: ignore[arg-type]
        part = point.evaluate(Mul((*above, step.after)) if above else step.after, totals).value
        value = part if token not in totals else (totals[token].value + part) % P
        totals[token] = Pair(value, value * 0)
    for step in derivation.steps:
        if step.equation is not None:
            continue
        shape = sides(point.shapes.of(step.after))
        wanted = (rows_of(point, goal.of), rows_of(point, step.before.by))  # type: ignore[union-attr]
        found = point.evaluate(step.after, totals).value
        if shape != wanted or not same(found, totals[step.before].value):
            fail(network, derivation, WORDS.get(step.rule, "check-steps"))


def sides(shape: Shape) -> Shape:
    """Rows and columns; a number is 1 by 1."""
    return (*shape, ONE, ONE)[:2] if len(shape) < 2 else shape


def rows_of(point: Arrays, name: Tree) -> Tree:
    """How many entries a vector has; 1 for a number."""
    return (*point.shapes.of(name), ONE)[0]


def same(left: Any, right: Any) -> bool:
    """Equal arrays of equal shape."""
    return np.shape(left) == np.shape(right) and bool(np.all((left - right) % P == 0))


def fail(network: Network, derivation: Derivation, what: str) -> None:
    """Raise: the derivation is wrong."""
    raise DerivationError(what, Where(network.name), goal=plain(derivation.goal))
