"""Normalisation in closed form: r = (x - mean(x))/sqrt(mean((x - mean(x))^2) + c), batch or layer.

The adjoint rules give dL/dx as a sum over the paths through mean and variance. Since the entries of
x - mean(x) add up to 0, it is (g - mean(g) - r mean(g .* r))/s with g = dL/dr and s the root;
without the mean, as in a root mean square, (g - r mean(g .* r))/s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from symgrad.calculus.matrices.forms import is_call
from symgrad.network.graph import Network
from symgrad.network.shapes import Shapes
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    Derivative,
    Div,
    Elementwise,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Transpose,
    Tree,
    names_in,
    number,
)  # fmt: skip
from symgrad.values.derivation import Step
from symgrad.values.phrase import Phrase


class Used(Protocol):
    """A node that uses a name."""

    @property
    def node(self) -> Name:
        """The node."""


@dataclass(frozen=True, slots=True)
class Normalisation:
    """The variable, the normalised node, the names between them, dL/dvariable by dL/dnode, and its step."""

    variable: Name
    node: Name
    region: frozenset[Name]
    part: Tree
    step: Step


def normalisations(
    network: Network, of: Name, uses: Mapping[Name, Sequence[Used]], shapes: Shapes
) -> Iterator[Normalisation]:
    """Every normalised vector whose statistics nothing else uses."""
    for name, body in network.definitions():
        if name in uses and name != of and len(shapes.of(name)) == 1:
            found = Reading(network, shapes).normalised(name, body)
            if found is None:
                continue
            variable, centred, root, inner = found
            if variable not in uses or any(
                use.node not in inner and use.node != name for each in inner for use in uses.get(each, ())
            ):
                continue
            yield closed_form(network, of, shapes, name, variable, centred, root, inner)


def closed_form(
    network: Network,
    of: Name,
    shapes: Shapes,
    name: Name,
    variable: Name,
    centred: bool,
    root: Tree,
    inner: frozenset[Name],
) -> Normalisation:
    """The three terms, or two where nothing is centred."""
    adjoint = Derivative(of, name)
    moment = Apply(Name("mean"), (Elementwise("*", adjoint, name),))
    terms: list[Tree] = [adjoint, Neg(Mul((name, moment)))]
    if centred:
        terms.insert(1, Neg(Apply(Name("mean"), (adjoint,))))
    part = Mul((Div(ONE, root), Add(tuple(terms))))
    rule = "normalised" if centred else "normalised-plain"
    why = Phrase.of(f"steps.{rule}", node=name, parent=variable)
    step = Step("normalised", Derivative(of, variable), part, why)
    return Normalisation(variable, name, inner | {name}, part, step)


@dataclass(slots=True)
class Reading:
    """Looks through the names of a normalisation; `seen` are those it looked through."""

    network: Network
    shapes: Shapes
    seen: set[Name] | None = None

    def normalised(self, name: Name, body: Tree) -> tuple[Name, bool, Tree, frozenset[Name]] | None:
        """(variable, whether centred, the root, the names between) if the body is a normalised vector."""
        self.seen = set()
        match body:
            case Div(above, below) | Elementwise("/", above, below):
                pass
            case _:
                return None
        found = self.numerator(above)
        if found is None or self.shapes.of(below):
            return None
        variable, centred = found
        inside = self.radicand(below)
        if inside is None or not self.is_variance(inside, above, variable, centred):
            return None
        return variable, centred, below, frozenset(self.seen)

    def opened(self, tree: Tree) -> Tree:
        """The definition of a name, which counts as looked through; anything else stays."""
        if isinstance(tree, Name) and tree in self.network.position:
            assert self.seen is not None
            self.seen.add(tree)
            return self.network.bodies[self.network.position[tree]]
        return tree

    def numerator(self, tree: Tree) -> tuple[Name, bool] | None:
        """X - mean(x), written out or by names; a vector that is not centred is its own variable."""
        for body, passed in ((tree, ()), (self.definition(tree), (tree,))):
            match body:
                case Add((Name() as x, Neg(mean))) if self.is_mean(mean, x):
                    assert self.seen is not None
                    self.seen.update(n for n in passed if isinstance(n, Name))
                    return x, True
        return (tree, False) if isinstance(tree, Name) and len(self.shapes.of(tree)) == 1 else None

    def definition(self, tree: Tree) -> Tree | None:
        """What defines a name, without looking through it."""
        if isinstance(tree, Name) and tree in self.network.position:
            return self.network.bodies[self.network.position[tree]]
        return None

    def is_mean(self, tree: Tree, x: Name) -> bool:
        """Whether a tree is mean(x) or sum(x)/m, by name or written out."""
        body = self.opened(tree)
        if is_call(body, "mean"):
            return body.arguments == (x,)  # type: ignore[union-attr]
        size = self.shapes.of(x)
        return bool(size) and body in (
            Div(Apply(Name("sum"), (x,)), size[0]),
            Mul((Div(ONE, size[0]), Apply(Name("sum"), (x,)))),
        )

    def radicand(self, tree: Tree) -> Tree | None:
        """What stands under the root."""
        body = self.opened(tree)
        match body:
            case Apply(Name("sqrt"), (inside,), 0):
                return inside
            case Pow(inside, Div(Number(a), Number(b))) if a / b == Fraction(1, 2):
                return inside
            case Pow(inside, Number(value)) if value == Fraction(1, 2):
                return inside
        return None

    def is_variance(self, tree: Tree, above: Tree, variable: Name, centred: bool) -> bool:
        """Whether a tree is the mean of the squares of what stands above, plus what x has no part in."""
        body = self.opened(tree)
        terms = body.terms if isinstance(body, Add) else (body,)
        found = 0
        for term in terms:
            if self.is_mean_square(self.opened(term) if found == 0 else term, above, variable, centred):
                found += 1
            elif not all(n not in self.network.position for n in names_in(term)):
                return False
        return found == 1

    def is_mean_square(self, tree: Tree, above: Tree, variable: Name, centred: bool) -> bool:
        """mean(u .* u), mean(u^2), u^T u/m or norm(u)^2/m for a u that says what stands above."""
        size = self.shapes.of(variable)[0]
        match tree:
            case Apply(Name("mean"), (inside,), 0):
                return self.is_square(inside, above, variable, centred)
            case Div(inside, count) if count == size:
                match inside:
                    case Apply(Name("sum"), (square,), 0):
                        return self.is_square(square, above, variable, centred)
                    case Pow(Apply(Name("norm"), (u,), 0), two) if two == number(2):
                        return self.says(u, above, variable, centred)
                    case Mul((Transpose(u), v)) if u == v:
                        return self.says(u, above, variable, centred)
        return False

    def is_square(self, tree: Tree, above: Tree, variable: Name, centred: bool) -> bool:
        """Whether a tree is the square of what stands above, entry by entry."""
        match tree:
            case Elementwise("*", u, v) if u == v:
                return self.says(u, above, variable, centred)
            case Pow(u, two) | Elementwise("^", u, two) if two == number(2):
                return self.says(u, above, variable, centred)
        return False

    def says(self, tree: Tree, above: Tree, variable: Name, centred: bool) -> bool:
        """Whether a tree is what stands above, or another way to write it."""
        if tree == above:
            return True
        inner = Reading(self.network, self.shapes, set())
        found = inner.numerator(tree)
        if found == (variable, centred) and centred:
            assert self.seen is not None and inner.seen is not None
            self.seen |= inner.seen
            return True
        return False
