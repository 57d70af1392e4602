"""Verify a derivation through arrays at symbolic depth: as an induction, and in chains of one to five layers.

The induction: the ordinary chains that it is put together from, the generic layer among them, pass the
ordinary check, and the claims about runs of layers are those that follow. The chains: every step and the
printed gradient, with each letter wherever it may be, against forward passes of the unrolled chain in F_p.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as set_up
from typing import Any

import numpy as np

from symgrad.calculus.depth_plan import Plan, Run, fail
from symgrad.calculus.depth_points import Instance, layers_for, verify_depths
from symgrad.calculus.derive import derive, on_paths
from symgrad.calculus.matrices.check import forward, mapped, same, whole
from symgrad.calculus.matrices.depth import Pieces
from symgrad.calculus.matrices.depth_derive import derive_arrays
from symgrad.calculus.matrices.layout import in_gradient_layout
from symgrad.calculus.matrices.modular import Arrays, Pair
from symgrad.calculus.modular import Field, P
from symgrad.errors import InputError, ShapeError
from symgrad.network.graph import Network
from symgrad.network.shapes import Shapes
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.indices import evaluate_index
from symgrad.notation.places import letters_of
from symgrad.notation.tree import Derivative, Name, Number, Tree, walk
from symgrad.notation.writers.plain import plain
from symgrad.values.derivation import Derivation, Step

INDUCTION = ("layer-factor", "induction-base", "peel-last", "product-over-layers")
"""Steps about the run of layers alone: what reaches the objective past it is not in them."""


def check_arrays_deep(network: SymbolicNetwork, plan: Plan, derivation: Derivation, seed: int) -> int:
    """The number of lines verified.

    Raises:
        DerivationError: a step, the induction, the wiring or the printed gradient is wrong.
    """
    derivation = in_gradient_layout(derivation, Shapes(network.shapes))
    fresh = derive_arrays(network, plan)
    wanted, found = (Counter(map(outline, d.steps)) for d in (fresh, derivation))
    if wanted != found or ranges_of(derivation) != plan.ranges:
        fail(network, derivation, "check-edges")
    if derivation.steps[-1].rule != "chain-rule" or derivation.steps[-1].before != derivation.goal:
        fail(network, derivation, "check-result")
    claims = {step.rule: step.after for step in fresh.steps if step.rule in INDUCTION}
    for step in derivation.steps:
        if step.rule in INDUCTION[:3] and step.after != claims[step.rule]:
            fail(network, derivation, "check-layer")
    check_pieces(Pieces(network, plan))
    verify_depths(network, plan, derivation, layers_for(network, derivation), seed, ArrayInstance)
    return sum(step.equation is not None for step in derivation.steps)


def outline(step: Step) -> tuple[Any, ...]:
    """What a step is about, without what it says."""
    return step.rule, step.before, step.equation, step.conditions


def ranges_of(derivation: Derivation) -> tuple[Any, ...]:
    """The ranges that a derivation states."""
    return tuple(value for note in derivation.notes for key, value in note.fields if key == "range")


def check_pieces(pieces: Pieces) -> None:
    """The ordinary chains behind the claims, each by the ordinary check."""
    from symgrad.calculus.check import check

    goal, run = pieces.plan.goal, pieces.run
    assert isinstance(goal.of, Name)
    if on_paths(pieces.outer, goal.by, goal.of):
        check(pieces.outer, derive(pieces.outer, goal.by, goal.of))
    if run is None:
        return
    generic = Name(pieces.plan.letters[0])
    layer = pieces.layer_backward(generic) if pieces.backwards else pieces.layer_forward(generic)
    check(layer, pieces.generic(generic))
    own = pieces.stand_in(goal.by)
    if goal.by in pieces.chain.tied and on_paths(tied := pieces.use_of(goal.by, run), own, goal.of):
        check(tied, derive(tied, own, goal.of))


@dataclass(slots=True)
class ArrayInstance(Instance):
    """One unrolled chain with shapes at one random point."""

    point: Arrays | None = None
    run: Run | None = None
    values: dict[Tree, Pair] = set_up(default_factory=dict)
    changes: dict[tuple[Name, int, int], list[dict[Tree, Any]]] = set_up(default_factory=dict)
    last: Any = None

    @staticmethod
    def of(network: SymbolicNetwork, layers: int, seed: int) -> ArrayInstance | None:
        """The chain with that many layers; None where its lines outside the loop need more of them."""
        shift = evaluate_index(network.high, {network.depth: 0})
        assert shift is not None
        depth = int(network.low.value) + layers - 1 - shift
        try:
            chain = network.at_depth(depth)
        except InputError:
            return None
        field = Field(seed, network.functions)
        found = ArrayInstance(network, chain, depth, field)
        found.point = Arrays(field, Shapes(chain.shapes), small_sizes(chain))
        found.values = forward(chain, found.point, {})
        return found

    # -- derivatives by forward passes -------------------------------------------------------------------

    def shape(self, name: Tree) -> tuple[int, ...]:
        """The shape of a name in numbers."""
        assert self.point is not None
        return self.point.dimensions(self.point.shapes.of(name))

    def direction(self, name: Name) -> Any:
        """A random change of a name."""
        assert self.point is not None
        return self.point.random("direction" + plain(name), self.point.shapes.of(name))

    def moved(self, by: Name, change: Any, first: int = 0, end: int | None = None) -> dict[Tree, Any]:
        """The changes of all names; `by` itself acts in the equations first..end only."""
        assert self.point is not None
        found: dict[Tree, Any] = {by: change}
        start = max(first, self.chain.position.get(by, -1) + 1)
        for place in range(start, len(self.chain.equations)):
            equation = self.chain.equations[place]
            active = [p for p in equation.parents if p in found]
            if end is not None and place >= end and by in active:
                active.remove(by)
            if active:
                found[equation.name] = self.slope(place, {p: found[p] for p in active})
        return found

    def slope(self, place: int, changes: Mapping[Name, Any]) -> Any:
        """The change of one equation's value."""
        assert self.point is not None
        inputs: dict[Tree, Pair] = {p: self.values[p] for p in self.chain.equations[place].parents}
        for name, change in changes.items():
            inputs[name] = Pair(self.values[name].value, change)
        return self.point.evaluate(self.chain.bodies[place], inputs).tangent

    def each(self, by: Name) -> list[dict[Tree, Any]]:
        """The changes of all names by every entry of one."""
        key = (by, 0, 0)
        if key not in self.changes:
            shape = self.shape(by)
            count = int(np.prod(shape)) if shape else 1
            units = np.eye(count, dtype=object)
            self.changes[key] = [self.moved(by, units[i].reshape(shape)) for i in range(count)]
        return self.changes[key]

    def token(self, token: Derivative) -> Any:
        """The array a derivative stands for: a gradient of the shape of `by`, a Jacobian a row per output."""
        assert isinstance(token.of, Name)
        top, below = self.shape(token.of), self.shape(token.by)
        zero = np.zeros(top, dtype=object)
        columns = [np.asarray(found.get(token.of, zero), dtype=object) for found in self.each(token.by)]
        if not top:
            return np.array([int(c) for c in columns], dtype=object).reshape(below)
        if not below:
            return columns[0]
        return np.stack([c.reshape(-1) for c in columns], axis=-1)

    def filled(self, tree: Tree, values: Mapping[str, int]) -> tuple[Tree, dict[Tree, Pair]]:
        """A formula with numbers for its letters, and the values of everything in it."""
        concrete = self.concrete(tree, values)
        known = dict(self.values)
        for node in walk(concrete):
            if isinstance(node, Derivative):
                array = self.token(node)
                known[node] = Pair(array, array * 0)
        return concrete, known

    def array(self, tree: Tree, values: Mapping[str, int]) -> Any:
        """The value of a formula."""
        assert self.point is not None
        return self.point.evaluate(*self.filled(tree, values)).value

    def times(self, tree: Tree, values: Mapping[str, int], by: Name, change: Any) -> Any:
        """What a matrix makes of a change of `by`."""
        assert self.point is not None
        matrix, known = self.filled(tree, values)
        return mapped(self.point, matrix, by, change, known)

    def run_ends(self, values: Mapping[str, int]) -> tuple[int, int, Name] | None:
        """The first and the last layer of the run, and the state after it."""
        if self.run is None:
            return None
        low, high = (evaluate_index(end, values) for end in (self.run.low, self.run.high))
        exit_ = self.concrete(self.run.exit, values)
        assert low is not None and high is not None and isinstance(exit_, Name)
        return int(low), int(high), exit_

    # -- steps -------------------------------------------------------------------------------------------

    def verify_step(self, derivation: Derivation, step: Step, values: Mapping[str, int]) -> bool:
        """One step with numbers for its letters; False where its names do not exist there."""
        token = self.concrete(step.before, values)
        assert isinstance(token, Derivative) and isinstance(token.of, Name)
        if not {token.of, token.by} <= self.chain.names or self.beyond(step, values):
            return False
        try:
            good = self.holds(derivation, step, token, values)
        except (ShapeError, ValueError, KeyError):  # a tree that has no value is no step of this chain
            good = False
        if not good:
            fail(self.symbolic, derivation, "check-sum" if step.rule == "sum-over-paths" else "check-steps")
        return True

    def holds(self, derivation: Derivation, step: Step, token: Derivative, values: Mapping[str, int]) -> bool:
        """Whether what a step says has the effect that the chain's equations have."""
        assert isinstance(token.of, Name)
        goal = self.concrete(derivation.goal, values)
        assert isinstance(goal, Derivative) and isinstance(goal.of, Name)
        change = self.direction(token.by)
        if step.equation is not None:
            name, body = (self.concrete(side, values) for side in step.equation.operands)
            place = self.chain.position.get(name)  # type: ignore[arg-type]
            if place is None or not self.same_line(place, body, token.by, change):
                return False
            node = self.chain.equations[place].name
            wanted = {node: self.slope(place, {token.by: change})}
        elif step.rule in ("cancelled", "by-assumption"):
            return same(self.array(step.after, values), self.last)
        else:
            node, wanted = self.change_of(step, token, change, values)
        if not self.shape(token.of) and (step.equation is None or token.of == goal.of):
            self.last = self.array(step.after, values)
            weight = self.token(Derivative(token.of, node)) if node != token.of else np.array(1, dtype=object)
            if np.shape(self.last) != self.shape(token.by) and not is_zero(self.last):
                return False
            return (inner(self.last, change) - inner(weight, wanted[node])) % P == 0
        found = self.times(step.after, values, token.by, change)
        return agree(found, self.through(node, token.of, wanted[node]))

    def same_line(self, place: int, body: Tree, by: Name, change: Any) -> bool:
        """Whether a line a step quotes does what the chain's equation does."""
        assert self.point is not None
        if by not in self.chain.equations[place].parents:
            return False
        inputs = {**self.values, by: Pair(self.values[by].value, change)}
        mine, written = (self.point.evaluate(b, inputs) for b in (self.chain.bodies[place], body))
        return same(mine.value, written.value) and same(mine.tangent, written.tangent)

    def change_of(
        self, step: Step, token: Derivative, change: Any, values: Mapping[str, int]
    ) -> tuple[Name, dict[Name, Any]]:
        """The name a step without a line leads to, and its change: of a run its end, else the objective."""
        assert isinstance(token.of, Name) and isinstance(step.before, Derivative)
        by, letters = (
            token.by,
            letters_of(step.before)
            | {n.stem for c in step.conditions for n in walk(c) if isinstance(n, Name) and not n.indices},
        )
        tied = by in self.symbolic.tied
        run = self.run_ends(values)
        if run is not None and tied and step.rule == "sum-over-layers":
            found = {}
            if run[0] <= run[1]:  # a run may be empty: the sum over no layer
                end = self.layer_start(run[1]) + len(self.symbolic.block)
                found = self.moved(by, change, self.layer_start(run[0]), end)
            return token.of, {token.of: found.get(token.of, self.nothing(token.of))}
        if run is not None and tied and step.rule == "sum-over-paths" and self.letters[1] in letters:
            first = self.layer_start(values[self.letters[1]])
            found = self.moved(by, change, first, first + len(self.symbolic.block))
            return token.of, {token.of: found.get(token.of, self.nothing(token.of))}
        layered = step.rule in INDUCTION or (step.rule == "sum-over-paths" and self.letters[0] in letters)
        if run is not None and layered and not self.shape(token.of):
            found = self.moved(by, change)
            return run[2], {run[2]: found.get(run[2], self.nothing(run[2]))}
        found = self.moved(by, change)
        return token.of, {token.of: found.get(token.of, self.nothing(token.of))}

    def nothing(self, name: Name) -> Any:
        """No change."""
        return np.zeros(self.shape(name), dtype=object)

    def through(self, node: Name, of: Name, change: Any) -> Any:
        """The change of `of` by one of a node."""
        return change if node == of else self.moved(node, change).get(of, self.nothing(of))

    # -- the result --------------------------------------------------------------------------------------

    def verify(self, plan: Plan, derivation: Derivation) -> set[int]:
        """The places of the steps that could be verified here, each for all its letters."""
        self.run = next(iter(plan.runs.values()), None)
        return Instance.verify(self, plan, derivation)

    def verify_result(self, derivation: Derivation, values: Mapping[str, int]) -> None:
        """The printed gradient: its factors, its last step, and what was kept."""
        token = self.concrete(derivation.goal, values)
        assert isinstance(token, Derivative) and isinstance(token.of, Name)
        if not {token.of, token.by} <= self.chain.names:
            fail(self.symbolic, derivation, "check-result")
        change = self.direction(token.by)
        wanted = self.moved(token.by, change).get(token.of, self.nothing(token.of))
        result = ((whole(derivation.factors), "check-factors"), (derivation.steps[-1].after, "check-result"))
        for tree, what in result:
            try:
                good = self.equal(tree, values, token, change, wanted)
            except (ShapeError, ValueError, KeyError):
                good = False
            if not good:
                fail(self.symbolic, derivation, what)
        for kept, value in derivation.kept:
            if not same(self.array(kept, values), self.array(value, values)):
                fail(self.symbolic, derivation, "check-kept")

    def equal(
        self, tree: Tree, values: Mapping[str, int], token: Derivative, change: Any, wanted: Any
    ) -> bool:
        """Whether a formula is the derivative that a token stands for."""
        if self.shape(token.of):
            return agree(self.times(tree, values, token.by, change), wanted)
        found = self.array(tree, values)
        if np.shape(found) != self.shape(token.by) and not is_zero(found):
            return False
        return (inner(found, change) - int(wanted)) % P == 0


def agree(found: Any, wanted: Any) -> bool:
    """Equal arrays; a sum over no layer is 0 of any shape."""
    return same(found, np.asarray(wanted, dtype=object)) or (is_zero(found) and is_zero(wanted))


def is_zero(array: Any) -> bool:
    """Whether all entries are 0."""
    return bool(np.all(np.asarray(array, dtype=object) % P == 0))


def inner(a: Any, b: Any) -> int:
    """The sum of the products of entries."""
    return int(np.sum(np.asarray(a * b, dtype=object)))


def small_sizes(network: Network) -> dict[Tree, int]:
    """Two or three for every symbolic size."""
    found: dict[Tree, int] = {}
    for shape in network.shapes.values():
        for size in shape:
            found.setdefault(size, int(size.value) if isinstance(size, Number) else 2 + len(found) % 2)
    return found
