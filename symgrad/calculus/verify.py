"""Derivations at one random point modulo p: steps against the tangents of their lines, results against both.

The definitions are run forward by `lines`; what a derivation shows is evaluated tree by tree as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn

from symgrad.calculus.lines import Compiler, Line
from symgrad.calculus.modular import Dual, Field, P
from symgrad.calculus.units import Unit, Units
from symgrad.errors import DerivationError, Where
from symgrad.network.graph import Network
from symgrad.notation.tree import Derivative, Mul, Name, Tree, walk
from symgrad.notation.writers.plain import plain
from symgrad.values.derivation import Derivation, Step

COMBINING = ("sum-over-paths", "chain-rule", "no-dependence", "same-variable")


class Point:
    """The forward pass at random residues, and the values of steps that were already verified there."""

    def __init__(self, network: Network, seed: int) -> None:
        self.network, self.field = network, Field(seed, network.functions)
        self.number = network.wiring.number
        self.first = len(network.leaves)
        self.values = [self.field.draw() for _ in network.leaves]
        self.lines: list[tuple[Line, tuple[int, ...]]] = []
        self.forward()
        self.names: dict[Tree, Dual] = {name: Dual(self.values[at]) for name, at in self.number.items()}
        self.still = [0] * len(self.values)
        self.seen: dict[int, int] = {}
        """Values of trees that are shown more than once, by identity; the derivation keeps them alive."""

    def forward(self) -> None:
        """The value of every name, by its definition; a line of each kind is also read as a tree."""
        units, field = Units(self.network), self.field
        compiled: dict[Unit, Line] = {}
        still = [0] * (self.first + len(self.network.equations))
        for place, equation in enumerate(self.network.equations):
            unit, slots = units.at(place)
            line = compiled.get(unit)
            new = line is None
            if line is None:
                line = compiled[unit] = Compiler(field, self.values, unit.slots).line(unit.body)
            value, _ = line(slots, still)
            if new:
                known: dict[Tree, Dual] = {
                    name: Dual(self.values[self.number[name]]) for name in equation.parents
                }
                assert value == field.evaluate(equation.body, known).value
            self.values.append(value)
            self.lines.append((line, slots))

    def slope(self, name: Name, by: Name) -> int:
        """The tangent of the line that defines a name, all its inputs but one held fixed."""
        at = self.number[by]
        line, slots = self.lines[self.number[name] - self.first]
        self.still[at] = 1
        _, tangent = line(slots, self.still)
        self.still[at] = 0
        return tangent

    def tangent(self, by: Name, of: Name) -> int:
        """d(of)/d(by) by one forward pass over the definitions."""
        start, end = self.number[by], self.number[of]
        if start >= end:
            return int(start == end)
        tangents = [0] * len(self.values)
        tangents[start] = 1
        for at in range(max(start + 1, self.first), end + 1):
            line, slots = self.lines[at - self.first]
            _, tangents[at] = line(slots, tangents)
        return tangents[end]

    def value(self, tree: Tree, known: Mapping[Tree, Dual]) -> int:
        """The value of a tree as it stands, the factors of a product one by one."""
        found = self.seen.get(id(tree))
        if found is None and isinstance(tree, Mul):
            found = 1
            for factor in tree.factors:
                found = found * self.value(factor, known) % P
            return found
        return self.field.evaluate(tree, known).value if found is None else found

    def verified_local(self, derivation: Derivation, step: Step) -> int:
        """One edge's local derivative, compared with the tangent of its own line, other inputs held fixed.

        Without this a wrong step would pass where what follows it is identically zero.
        """
        assert isinstance(step.before, Derivative) and isinstance(step.before.of, Name)
        local = self.field.evaluate(step.after, self.names).value
        if local != self.slope(step.before.of, step.before.by):
            fail(self.network, derivation, "check-steps")
        self.seen[id(step.after)] = local
        return local


def verify_point(network: Network, derivations: Mapping[Name, Derivation], seed: int) -> None:
    """All derivations at one random point."""
    point = Point(network, seed)
    locals_: dict[int, int] = {}  # gradients share their steps: each is verified once
    for derivation in derivations.values():
        steps = edge_steps(derivation)
        for step in steps:
            if id(step) not in locals_:
                locals_[id(step)] = point.verified_local(derivation, step)
        verify_derivation(point, derivation, [(step, locals_[id(step)]) for step in steps])


def verify_derivation(point: Point, derivation: Derivation, edges: Sequence[tuple[Step, int]]) -> None:
    """Reverse replay of the steps against a forward pass; then what is printed against both."""
    network, goal = point.network, derivation.goal
    assert isinstance(goal.of, Name)
    expected = point.tangent(goal.by, goal.of)
    adjoint = replayed(edges, goal.of)
    if adjoint.get(goal.by, 0) != expected:
        fail(network, derivation, "check-steps")
    sums = [step for step in derivation.steps if step.rule == "sum-over-paths"]
    last = derivation.steps[-1]
    shown = [*derivation.factors, last.after, *(value for _, value in derivation.kept)]
    shown += [tree for step in sums for tree in (step.before, step.after)]
    shown += [token for token, _ in derivation.kept]
    known = {**point.names, **tokens(point, goal.of, shown, adjoint, edges)}
    for token, value in derivation.kept:
        if token.of != goal.of or token.by not in adjoint or point.value(value, known) != known[token].value:
            fail(network, derivation, "check-kept")
    product = 1
    for factor in derivation.factors:
        product = product * point.value(factor, known) % P
    if product != expected:
        fail(network, derivation, "check-factors")
    if point.value(last.after, known) != expected:
        fail(network, derivation, "check-result")
    for step in sums:
        if point.value(step.after, known) != known[step.before].value:
            fail(network, derivation, "check-sum")


def replayed(edges: Sequence[tuple[Step, int]], of: Name) -> dict[Name, int]:
    """d(of)/d(v) for every name v on the way, by the steps' local derivatives in reverse."""
    adjoint = {of: 1}
    for step, local in reversed(edges):
        before = step.before
        assert isinstance(before, Derivative) and isinstance(before.of, Name)
        upstream = adjoint.get(before.of)
        if upstream is not None:
            adjoint[before.by] = (adjoint.get(before.by, 0) + local * upstream) % P
    return adjoint


def tokens(
    point: Point, of: Name, shown: Iterable[Tree], adjoint: dict[Name, int], edges: Sequence[tuple[Step, int]]
) -> dict[Tree, Dual]:
    """The values of all tokens such as dC/da_4 or dh_3/dh_1 that a derivation shows."""
    found: dict[Tree, Dual] = {}
    towards = {of: adjoint}
    for tree in shown:
        if id(tree) in point.seen:
            continue
        for node in walk(tree):
            if not isinstance(node, Derivative) or not isinstance(node.of, Name) or node in found:
                continue
            if node.of not in towards:
                towards[node.of] = replayed(edges, node.of)
            value = towards[node.of].get(node.by)
            if value is None:
                value = point.tangent(node.by, node.of)
            found[node] = Dual(value)
    return found


def edge_steps(derivation: Derivation) -> list[Step]:
    """The steps that are edges, not sums or products of them."""
    return [step for step in derivation.steps if step.rule not in COMBINING]


def fail(network: Network, derivation: Derivation, what: str) -> NoReturn:
    """Reject."""
    raise DerivationError(what, Where(network.name), goal=plain(derivation.goal))
