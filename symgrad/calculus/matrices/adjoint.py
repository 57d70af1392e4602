"""The adjoint rules: what a change of the objective by a node says about each of the node's inputs.

For u = body(v, ...) and the adjoint U = dL/du (of the shape of u) every rule gives the contribution to dL/dv.
Gradient layout throughout: an adjoint has the shape of what it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from symgrad.calculus.matrices.forms import collected, hadamard, product, transpose
from symgrad.calculus.rules import outer_derivative
from symgrad.calculus.tidy import minus, over, plus, power
from symgrad.errors import NotSupportedError, Where
from symgrad.network.shapes import Shapes
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    Div,
    Elementwise,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Transpose,
    Tree,
    number,
)  # fmt: skip
from symgrad.notation.writers.plain import plain

Contribution = tuple[Name, Tree]


@dataclass(frozen=True, slots=True)
class Adjoints:
    """The rules for the expressions of one chain."""

    shapes: Shapes
    functions: Mapping[str, str]

    def of(self, body: Tree, adjoint: Tree) -> dict[Name, Tree]:
        """dL/dv for every name v of the body, by the adjoint of the body's value; several uses add up."""
        found: dict[Name, list[Tree]] = {}
        for name, part in self.push(body, adjoint):
            found.setdefault(name, []).append(part)
        return {name: parts[0] if len(parts) == 1 else collected(parts) for name, parts in found.items()}

    def push(self, tree: Tree, adjoint: Tree) -> Iterator[Contribution]:
        """The contributions of one node, rule by rule."""
        match tree:
            case Name():
                yield tree, adjoint
            case Number():
                return
            case Neg(operand):
                yield from self.push(operand, minus(adjoint))
            case Add(terms):
                for term in terms:
                    yield from self.push(term, self.spread(adjoint, tree, term))
            case Transpose(operand):
                yield from self.push(operand, transpose(adjoint, self.shapes))
            case Mul(factors):
                yield from self.multiplied(factors, adjoint)
            case Elementwise("*", a, b):
                yield from self.push(a, self.spread(self.entrywise(adjoint, b), tree, a))
                yield from self.push(b, self.spread(self.entrywise(adjoint, a), tree, b))
            case Elementwise("/", a, b):
                yield from self.push(a, Elementwise("/", adjoint, b))
                yield from self.push(
                    b, minus(Elementwise("/", self.entrywise(adjoint, a), Pow(b, number(2))))
                )
            case Div(a, b):
                yield from self.divided(a, b, adjoint)
            case Pow(Apply(Name("norm"), (vector,)), Number(value)) if value == 2:  # |v|^2 = v^T v
                yield from self.push(vector, product(number(2), adjoint, vector))
            case Pow(base, exponent) | Elementwise("^", base, exponent):
                lower = power(base, plus(exponent, number(-1)))
                yield from self.push(base, self.entrywise(adjoint, product(exponent, lower)))
            case Apply():
                yield from self.applied(tree, adjoint)
            case _:
                self.missing(tree)

    def spread(self, adjoint: Tree, whole: Tree, part: Tree) -> Tree:
        """What a scalar that acted on every entry gets: the sum of the entries' adjoints."""
        if self.shapes.of(whole) and not self.shapes.of(part):
            return Apply(Name("sum"), (adjoint,))
        return adjoint

    def multiplied(self, factors: tuple[Tree, ...], adjoint: Tree) -> Iterator[Contribution]:
        """Y = L X R: X gets L^T Y' R^T; a scalar factor gets the inner product of Y' with the rest."""
        for place, factor in enumerate(factors):
            before, after = factors[:place], factors[place + 1 :]
            others = (*before, *after)
            if self.shapes.of(factor):
                left = [transpose(f, self.shapes) for f in reversed(before) if self.shapes.of(f)]
                right = [transpose(f, self.shapes) for f in reversed(after) if self.shapes.of(f)]
                scalars = [f for f in others if not self.shapes.of(f)]
                yield from self.push(factor, product(*scalars, *left, adjoint, *right))
            else:
                rest = product(*others) if others else ONE
                yield from self.push(factor, self.inner(adjoint, rest))

    def inner(self, adjoint: Tree, other: Tree) -> Tree:
        """The inner product of two things of one shape: a b, a^T b, or the sum of A .* B."""
        shape = self.shapes.of(other)
        if not shape:
            return product(adjoint, other)
        if len(shape) == 1:
            return product(transpose(adjoint, self.shapes), other)
        return Apply(Name("sum"), (hadamard(adjoint, other),))

    def divided(self, a: Tree, b: Tree, adjoint: Tree) -> Iterator[Contribution]:
        """Division by a scalar."""
        yield from self.push(a, over(adjoint, b))
        if not isinstance(b, Number):
            yield from self.push(b, minus(over(self.inner(adjoint, a), power(b, number(2)))))

    def applied(self, tree: Apply, adjoint: Tree) -> Iterator[Contribution]:
        """Activations entry by entry, reductions, softmax and losses."""
        stem, (argument, *others) = tree.function.stem, tree.arguments
        shape = self.shapes.of(argument)
        match stem:
            case "sum" if shape:
                yield from self.push(argument, self.filled(adjoint, shape))
            case "mean" if shape:
                count = shape[0] if len(shape) == 1 else product(*shape)
                yield from self.push(argument, self.filled(over(adjoint, count), shape))
            case "norm" if shape:
                yield from self.push(argument, over(product(adjoint, argument), tree))
            case "trace":
                yield from self.push(argument, product(adjoint, Apply(Name("eye"), (shape[0],))))
            case "softmax":
                mean = product(transpose(tree, self.shapes), adjoint)
                yield from self.push(argument, hadamard(tree, Add((adjoint, Neg(mean)))))
            case "half_square":
                difference = Add((argument, Neg(others[0])))
                yield from self.push(argument, product(adjoint, difference))
                yield from self.push(others[0], minus(product(adjoint, difference)))
            case "mse":
                count = shape[0] if shape else ONE
                slope = over(product(number(2), adjoint, Add((argument, Neg(others[0])))), count)
                yield from self.push(argument, slope)
                yield from self.push(others[0], minus(slope))
            case "cross_entropy":
                yield from self.push(argument, minus(product(adjoint, Elementwise("/", others[0], argument))))
                yield from self.push(others[0], minus(product(adjoint, Apply(Name("log"), (argument,)))))
            case _ if not others and stem not in ("max", "min", "opnorm", "diag"):
                yield from self.push(
                    argument, self.entrywise(adjoint, outer_derivative(tree, self.functions))
                )
            case _:
                self.missing(tree)

    def entrywise(self, left: Tree, right: Tree) -> Tree:
        """Left .* right; an ordinary product where one of them is a number."""
        both = self.shapes.of(left) and self.shapes.of(right)
        return hadamard(left, right) if both else product(left, right)

    def filled(self, value: Tree, shape: tuple[Tree, ...]) -> Tree:
        """A scalar adjoint on every entry."""
        return product(value, Apply(Name("ones"), shape))

    def missing(self, tree: Tree) -> None:
        """There is no rule for this node yet."""
        raise NotSupportedError("no-rule-yet", Where("<derivative>", source=plain(tree)), form=plain(tree))
