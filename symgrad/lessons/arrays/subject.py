"""What a note with vectors and matrices speaks of: the chain, the gradient it follows, the way back to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from symgrad.lessons.anatomy import Anatomy
from symgrad.lessons.inputs import NoteInputs
from symgrad.notation.tree import (
    Add,
    Apply,
    Derivative,
    Div,
    Mul,
    Name,
    Neg,
    Pow,
    Transpose,
    Tree,
    number,
    rebuild,
)
from symgrad.rendering.forms.backprop import backprop, read_graph
from symgrad.rendering.forms.rows import Form, folded
from symgrad.values.derivation import Derivation

Shapes = Mapping[Name, tuple[Tree, ...]]
TWO = number(2)


@dataclass(frozen=True)
class Subject:
    """A chain with shapes, and the gradient that its note follows."""

    inputs: NoteInputs
    anatomy: Anatomy

    @cached_property
    def shapes(self) -> Shapes:
        """Name -> (), (n,) or (m, n)."""
        return self.inputs.network.shapes

    @cached_property
    def sizes(self) -> frozenset[Tree]:
        """The symbols of the sizes, which are no data of the chain."""
        return frozenset(size for shape in self.shapes.values() for size in shape)

    @cached_property
    def wrt(self) -> Name:
        """The first weight matrix, else the first vector parameter, else the first vector that enters."""
        network = self.inputs.network
        trained = sorted(network.parameters, key=lambda p: -len(self.shapes.get(p, ())))
        entering = [leaf for leaf in self.anatomy.inputs if self.shapes.get(leaf)]
        if trained and self.shapes.get(trained[0]):
            return trained[0]
        return (*entering, *trained, *network.leaves)[0]

    @cached_property
    def derivation(self) -> Derivation:
        """The gradient that the note follows."""
        return self.inputs.derive(self.wrt)

    @cached_property
    def form(self) -> Form | None:
        """The way back from the objective, with the errors delta where they exist."""
        return backprop(self.derivation, self.inputs.network.parameters)

    @cached_property
    def others(self) -> tuple[Name, ...]:
        """The other trained names, those of other letters first."""
        rest = [p for p in self.inputs.network.parameters if p != self.wrt]
        return tuple(sorted(rest, key=lambda p: p.stem == self.wrt.stem))

    def rows(self) -> Form | None:
        """The way back, repeated lines once."""
        if self.form is None:
            return None
        return Form(self.form.opening, folded(self.form.rows, backward=True))

    @cached_property
    def errors(self) -> dict[Name, Derivative]:
        """delta_3 -> dL/dz_3, for every error that the way back names."""
        objective = self.inputs.network.objective
        deltas = {} if self.form is None else read_graph(self.derivation).deltas
        return {delta: Derivative(objective, z) for z, delta in deltas.items()}


def written(tree: Tree) -> Tree:
    """Losses as textbooks write them: `norm(h - y)^2/2` for `half_square(h, y)`, `-y^T log(p)`."""
    tree = rebuild(tree, written)
    if not isinstance(tree, Apply) or tree.order or len(tree.arguments) != 2:
        return tree
    match tree.function.stem, tree.arguments:
        case "half_square", (a, y):
            return Div(Pow(Apply(Name("norm"), (_difference(a, y),)), TWO), TWO)
        case "cross_entropy", (p, y):
            return Neg(Mul((Transpose(y), Apply(Name("log"), (p,)))))
    return tree


def _difference(a: Tree, y: Tree) -> Tree:
    return Add((a, Neg(y)))
