"""Gradients through vectors and matrices where the depth is a symbol: a run of layers is one matrix.

The chain is cut as it is for numbers: lines that are known one by one, and runs of layers between them. A run
takes a change of the state before it to one of the state after it, h_n = J h_l as far as derivatives go;
with that line the chain is an ordinary one. J is the descending product of the layers' Jacobians, and
its transpose, which carries an adjoint back, the ascending product of their transposes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from symgrad.calculus.depth import over_layers
from symgrad.calculus.depth_plan import Plan, Run, condensed, state_of
from symgrad.calculus.derive import derive
from symgrad.calculus.matrices.forms import identity, product, transpose
from symgrad.errors import NotSupportedError
from symgrad.network.graph import Network
from symgrad.network.shapes import Shape, Shapes
from symgrad.network.symbolic import Line, SymbolicNetwork
from symgrad.notation.places import at, distance, moved
from symgrad.notation.source import Source
from symgrad.notation.tree import (
    ONE,
    Apply,
    BigOp,
    Derivative,
    Mul,
    Name,
    Relation,
    Transpose,
    Tree,
    names_in,
    rebuild,
    substitute,
    walk,
)  # fmt: skip
from symgrad.notation.writers.plain import plain
from symgrad.values.derivation import Derivation, Step
from symgrad.values.phrase import Phrase

RUN = Name("\u2022J")
"""The Jacobian of a run of layers, until its product is written in."""
SEED = Name("\u2022g")
"""Any adjoint of a layer's state."""
VALUE = Name("\u2022L")
"""The number that a generic layer's adjoints are of."""


@dataclass(frozen=True)
class Pieces:
    """The ordinary chains that a gradient at symbolic depth is put together from."""

    chain: SymbolicNetwork
    plan: Plan

    # -- chains ------------------------------------------------------------------------------------------

    def shaped(self, network: Network, extra: dict[Name, Shape]) -> Network:
        """The network with the shapes of its names."""
        found = {name: self.chain.shapes.get(name, ()) for name in network.names} | extra
        return replace(network, shapes={name: shape for name, shape in found.items()})

    @cached_property
    def run(self) -> Run | None:
        """The run of layers, if the gradient passes one."""
        return next(iter(self.plan.runs.values()), None)

    def run_line(self, run: Run) -> Line:
        """What the layers do to a change of the state before them."""
        return Line(run.exit, Mul((RUN, run.entry)), Source("", self.chain.name))

    def run_shape(self, run: Run) -> dict[Name, Shape]:
        """The shape of the Jacobian of a run; a number has none."""
        rows, columns = (self.chain.shapes.get(name, ()) for name in (run.exit, run.entry))
        return {RUN: (*rows, *columns)}

    @cached_property
    def outer(self) -> Network:
        """The lines of the plan, its run as one line."""
        plan, goal = self.plan, self.plan.goal
        assert isinstance(goal.of, Name)
        lines = [self.line_of(plan.network, place) for place in range(len(plan.network.equations))]
        network = condensed(self.chain, lines, goal.by, goal.of)
        return self.shaped(network, self.run_shape(self.run) if self.run else {})

    def line_of(self, network: Network, place: int) -> Line:
        """One line of the plan."""
        equation = network.equations[place]
        if (run := self.plan.runs.get(equation.name)) is not None:
            return self.run_line(run)
        return Line(equation.name, equation.pattern.body, equation.pattern.source)

    def layer_forward(self, place: Tree) -> Network:
        """The network of one layer."""
        stem = state_of(self.chain)
        by, of = Name(stem, (moved(place, -1),)), Name(stem, (place,))
        return self.shaped(condensed(self.chain, self.chain.layer(place), by, of), {})

    def layer_backward(self, place: Tree) -> Network:
        """The network of one layer below a number that changes with its state: dL/dh_k is any adjoint."""
        stem = state_of(self.chain)
        state = Name(stem, (place,))
        shape = self.chain.shapes.get(state, ())
        if len(shape) > 1:
            where, letter = self.chain.loop.where, self.chain.depth
            raise NotSupportedError("symbolic-matrix-state", where, "symbolic-depth-needed-hint",
                                    name=plain(state), letter=letter)  # fmt: skip
        body: Tree = Mul((Transpose(SEED), state)) if shape else Mul((SEED, state))
        lines = (*self.chain.layer(place), Line(VALUE, body, Source("", self.chain.name)))
        network = condensed(self.chain, lines, Name(stem, (moved(place, -1),)), VALUE)
        return self.shaped(network, {SEED: shape, VALUE: ()})

    def use_of(self, name: Name, run: Run) -> Network:
        """A layer at a letter of its own, in which a name stands alone, and everything above that layer."""
        index = Name(self.plan.letters[1])
        below, own = (
            Run(moved(index, 1), run.high, Name(run.exit.stem, (index,)), run.exit),
            self.stand_in(name),
        )
        network, goal = self.plan.network, self.plan.goal
        start = network.position[run.exit]
        lines = [replace(line, body=substitute(line.body, {name: own})) for line in self.chain.layer(index)]
        lines.append(self.run_line(below))
        lines.extend(self.line_of(network, place) for place in range(start + 1, len(network.equations)))
        assert isinstance(goal.of, Name)
        shapes = {own: self.chain.shapes.get(name, ()), **self.run_shape(below)}
        return self.shaped(condensed(self.chain, lines, own, goal.of), shapes)

    @staticmethod
    def stand_in(name: Name) -> Name:
        """A tied name in one layer only."""
        return Name("\u2022u", (name,))

    # -- what a layer does -------------------------------------------------------------------------------

    @cached_property
    def backwards(self) -> bool:
        """Whether adjoints of a number are carried back, or a vector's Jacobian is multiplied up."""
        assert isinstance(self.plan.goal.of, Name)
        return not self.chain.shapes.get(self.plan.goal.of, ())

    def generic(self, place: Tree) -> Derivation:
        """The layer's Jacobian, or its adjoint by any adjoint of its state."""
        stem = state_of(self.chain)
        by, of = Name(stem, (moved(place, -1),)), Name(stem, (place,))
        if not self.backwards:
            return derive(self.layer_forward(place), by, of)
        return derive(self.layer_backward(place), by, VALUE)

    def factor(self, place: Tree) -> Tree:
        """What one layer multiplies by: its Jacobian, or the transpose of that.

        Raises:
            NotSupportedError: the layer's derivative is no matrix.
        """
        found = self.generic(place)
        if not self.backwards:
            return whole(found.factors)
        state = Derivative(VALUE, Name(state_of(self.chain), (place,)))
        values: dict[Tree, Tree] = {token: value for token, value in found.kept if token != state}
        parts = [substitute(factor, values) for factor in found.factors]
        if parts[-1] not in (state, SEED) or any(state in walk(p) or SEED in walk(p) for p in parts[:-1]):
            where, letter = self.chain.loop.where, self.chain.depth
            raise NotSupportedError("symbolic-matrix-state", where, "symbolic-depth-needed-hint",
                                    name=plain(state.by), letter=letter)  # fmt: skip
        shapes = Shapes(self.chain.shapes)
        if shapes.of(state.by) and not any(shapes.of(part) for part in parts[:-1]):
            parts.insert(-1, Apply(Name("eye"), shapes.of(state.by)))
        return product(*parts[:-1])

    def long(self, low: Tree, high: Tree) -> Tree:
        """The product over a run: the later layer left, or right where adjoints go back."""
        letter = self.plan.letters[0]
        factor = self.factor(Name(letter))
        if self.is_number:
            return over_layers(factor, letter, low, high)
        if (length := distance(low, high)) is not None and length >= 0:  # no sign says whether it descends
            places = [moved(low, step) for step in range(length + 1)]
            ordered = places if self.backwards else places[::-1]
            return product(*(at(factor, {letter: place}) for place in ordered))
        if self.backwards:
            return BigOp("prod", factor, letter, low, high, True)
        return BigOp("prod", factor, letter, high, low, False)

    @cached_property
    def is_number(self) -> bool:
        """Whether layers hand on a number."""
        return not self.chain.shapes.get(Name(state_of(self.chain), (Name(self.chain.letter),)))

    def nothing(self, name: Name) -> Tree:
        """The derivative of a name by itself."""
        size = self.chain.shapes.get(name, ())
        return identity(size[0]) if size else ONE


def whole(factors: Sequence[Tree]) -> Tree:
    """The factors as one tree."""
    return factors[0] if len(factors) == 1 else product(*factors)


def written(pieces: Pieces, low: Tree, high: Tree) -> Callable[[Tree], Tree]:
    """What puts the product over a run in place of its letter."""
    shapes = Shapes(pieces.chain.shapes)

    def put(tree: Tree) -> Tree:
        if RUN not in names_in(tree):
            return tree
        if tree == RUN:
            matrix = pieces.long(low, high)
            return transpose(matrix, shapes) if pieces.backwards else matrix
        if tree == Transpose(RUN):
            matrix = pieces.long(low, high)
            return matrix if pieces.backwards else transpose(matrix, shapes)
        return rebuild(tree, put)

    return put


def mapped(step: Step, change: Callable[[Tree], Tree]) -> Step:
    """A step with every formula in it changed."""
    fields = {key: change(v) if isinstance(v, Tree) else v for key, v in step.why.fields}
    conditions = tuple(map(change, step.conditions))
    equation = change(step.equation) if step.equation is not None else None
    assert equation is None or isinstance(equation, Relation)
    why = Phrase.of(step.why.id, **fields)
    return replace(step, before=change(step.before), after=change(step.after), why=why,
                   conditions=conditions, equation=equation)  # fmt: skip
