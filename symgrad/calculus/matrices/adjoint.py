"""The adjoint rules: what a change of the objective by a node says about each of the node's inputs.

For u = body(v, ...) and the adjoint U = dL/du (of the shape of u) every rule gives the contribution to dL/dv.
Gradient layout throughout: an adjoint has the shape of what it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from symgrad.calculus.matrices import losses
from symgrad.calculus.matrices.forms import (
    collected,
    grouped,
    hadamard,
    identity,
    is_call,
    lettered,
    on_entries,
    ones,
    product,
    transpose,
)
from symgrad.calculus.rules import outer_derivative
from symgrad.calculus.tidy import minus, over, plus, power
from symgrad.errors import NotSupportedError, Where
from symgrad.functions.application import written
from symgrad.network.shapes import Shapes
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    Array,
    Component,
    Constant,
    Div,
    Elementwise,
    Indicator,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Transpose,
    Tree,
    number,
    substitute,
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
            case Number() | Constant() | Indicator() | Relation():
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
            case Elementwise("/", a, b) if self.shapes.of(b):
                yield from self.push(a, self.spread(self.quotient(adjoint, b), tree, a))
                below = self.quotient(self.entrywise(adjoint, a), self.raised(b, number(2)))
                yield from self.push(b, self.spread(minus(below), tree, b))
            case Elementwise("/", a, b) | Div(a, b):
                yield from self.divided(a, b, adjoint)
            case Pow(Apply(Name("norm"), (vector,), 0), Number(value)) if value == 2:  # |v|^2 = v^T v
                yield from self.push(vector, product(number(2), adjoint, vector))
            case Pow(base, exponent) | Elementwise("^", base, exponent):
                yield from self.of_power(tree, base, exponent, adjoint)
            case Component(operand, positions):
                yield from self.push(operand, product(adjoint, self.unit(operand, positions)))
            case Array(items):
                yield from self.written_out(items, adjoint)
            case Apply():
                yield from self.applied(tree, adjoint)
            case _:
                self.missing(tree)

    def spread(self, adjoint: Tree, whole: Tree, part: Tree) -> Tree:
        """What a scalar that acted on every entry gets: the sum of the entries' adjoints."""
        if self.shapes.of(whole) and not self.shapes.of(part):
            return self.total(adjoint)
        return adjoint

    def total(self, tree: Tree) -> Tree:
        """The sum of the entries; of u .* v for two columns it is u^T v."""
        match tree:
            case Neg(operand):
                return minus(self.total(operand))
            case Elementwise("*", a, b) if len(self.shapes.of(a)) == len(self.shapes.of(b)) == 1:
                return product(transpose(a, self.shapes), b)
        return Apply(Name("sum"), (tree,)) if self.shapes.of(tree) else tree

    # -- products, quotients and powers ------------------------------------------------------------------

    def multiplied(self, factors: tuple[Tree, ...], adjoint: Tree) -> Iterator[Contribution]:
        """Y = L X R: X gets L^T Y' R^T; a scalar factor gets the inner product of Y' with the rest."""
        factors = grouped(self.scaled(factors), self.shapes)
        if len(factors) == 1:
            yield from self.push(factors[0], adjoint)
            return
        arrays = [f for f in factors if self.shapes.of(f)]
        scalars = [f for f in factors if not self.shapes.of(f)]
        for place, factor in enumerate(factors):
            if self.shapes.of(factor):
                continue
            rest = factors[:place] + factors[place + 1 :]
            yield from self.push(factor, self.inner(adjoint, product(*rest)))
        if len(arrays) == 1:
            yield from self.push(arrays[0], product(*scalars, adjoint))
        elif arrays:
            yield from self.matrix_product(tuple(arrays), product(*scalars, adjoint))

    def matrix_product(self, factors: tuple[Tree, ...], adjoint: Tree) -> Iterator[Contribution]:
        """Y = L X R of vectors and matrices alone."""
        for place, factor in enumerate(factors):
            left = [transpose(f, self.shapes) for f in reversed(factors[:place])]
            right = [transpose(f, self.shapes) for f in reversed(factors[place + 1 :])]
            parts = [*left, adjoint, *right]
            kept = [p for p in parts if not is_call(p, "eye")] if len(parts) > 1 else parts
            if not any(self.shapes.of(p) for p in kept) and self.shapes.of(factor):
                kept.extend([p for p in parts if is_call(p, "eye")][:1])
            yield from self.push(factor, product(*kept))

    def scaled(self, factors: tuple[Tree, ...]) -> tuple[Tree, ...]:
        """The factors with diag(v) w written as v .* w where w is what the rest makes of it, a column."""
        for place in range(len(factors) - 2, -1, -1):
            rest = factors[place + 1 :]
            body = rest[0] if len(rest) == 1 else Mul(rest)
            if is_call(factors[place], "diag") and len(self.shapes.of(body)) == 1:
                vector = factors[place].arguments[0]  # type: ignore[union-attr]
                return self.scaled((*factors[:place], Elementwise("*", vector, body)))
        return factors

    def inner(self, adjoint: Tree, other: Tree) -> Tree:
        """The inner product of two things of one shape: a b, a^T b, or the sum of A .* B."""
        shape = self.shapes.of(other)
        if not shape:
            return product(adjoint, other)
        if not self.shapes.of(adjoint):
            return product(adjoint, self.total(other))
        if len(shape) == 1:
            return product(transpose(adjoint, self.shapes), other)
        return Apply(Name("sum"), (hadamard(adjoint, other),))

    def divided(self, a: Tree, b: Tree, adjoint: Tree) -> Iterator[Contribution]:
        """Division by a scalar."""
        yield from self.push(a, over(adjoint, b))
        if not isinstance(b, Number):
            yield from self.push(b, minus(over(self.inner(adjoint, a), power(b, number(2)))))

    def of_power(self, tree: Tree, base: Tree, exponent: Tree, adjoint: Tree) -> Iterator[Contribution]:
        """(u^n)' = n u^(n-1) u', (c^u)' = c^u log(c) u', entry by entry."""
        if not isinstance(base, Number | Constant):
            slope = self.entrywise(exponent, self.raised(base, plus(exponent, number(-1))))
            yield from self.push(base, self.spread(self.entrywise(adjoint, slope), tree, base))
        if not isinstance(exponent, Number):
            log = ONE if base == Constant("e") else Apply(Name("log"), (base,))
            slope = self.entrywise(tree, log)
            yield from self.push(exponent, self.spread(self.entrywise(adjoint, slope), tree, exponent))

    def raised(self, base: Tree, exponent: Tree) -> Tree:
        """Base ^ exponent, entry by entry; exponents 0 and 1 disappear."""
        shape = self.shapes.of(base)
        if exponent == ZERO:
            return ones(*shape) if shape else ONE
        if not shape:
            return power(base, exponent)
        if (isinstance(exponent, Number) and exponent.value < 0) or isinstance(exponent, Neg):
            return Elementwise("/", ONE, self.raised(base, minus(exponent)))
        if exponent == ONE:
            return base
        return Elementwise("^", base, exponent) if len(shape) == 2 else Pow(base, exponent)

    def entrywise(self, left: Tree, right: Tree) -> Tree:
        """Left .* right; an ordinary product where one of them is a number."""
        both = self.shapes.of(left) and self.shapes.of(right)
        return hadamard(left, right) if both else product(left, right)

    def quotient(self, above: Tree, below: Tree) -> Tree:
        """Above ./ below, the sign outside."""
        if not self.shapes.of(below):
            return over(above, below)
        if isinstance(above, Neg):
            return Neg(Elementwise("/", above.operand, below))
        return Elementwise("/", above, below)

    def unit(self, operand: Tree, positions: tuple[Tree, ...]) -> Tree:
        """The vector or matrix that is 1 at one place and 0 elsewhere."""
        sizes = self.shapes.of(operand)
        parts = [Apply(Name("unit"), (at, size)) for at, size in zip(positions, sizes, strict=True)]
        return parts[0] if len(parts) == 1 else Mul((parts[0], Transpose(parts[1])))

    def written_out(self, items: tuple[Tree, ...], adjoint: Tree) -> Iterator[Contribution]:
        """[a, b, c]: every entry gets its component."""
        for row, item in enumerate(items, 1):
            if isinstance(item, Array):
                for column, inner in enumerate(item.items, 1):
                    yield from self.push(inner, Component(adjoint, (number(row), number(column))))
            else:
                yield from self.push(item, Component(adjoint, (number(row),)))

    # -- functions ---------------------------------------------------------------------------------------

    def applied(self, tree: Apply, adjoint: Tree) -> Iterator[Contribution]:
        """Activations entry by entry, reductions, softmax and losses."""
        stem, argument = tree.function.stem, tree.arguments[0]
        shape = self.shapes.of(argument)
        match stem:
            case "sum" | "mean" | "norm" | "trace" | "diag" if not tree.order:
                yield from self.reduced(stem, tree, argument, adjoint)
            case "opnorm" if len(shape) < 2 and not tree.order:
                yield from self.reduced("norm", tree, argument, adjoint)
            case "max" | "min" | "opnorm" if len(tree.arguments) == 1 and not tree.order:
                slope = Apply(tree.function, tree.arguments, 1) if shape else ONE
                yield from self.push(argument, product(adjoint, slope))
            case "softmax" if not tree.order:
                yield from self.push(argument, self.of_softmax(tree, adjoint))
            case _ if losses.is_loss(tree):
                for target, part in losses.adjoints(tree, adjoint, self.shapes, self.functions):
                    yield from self.push(target, self.spread_to(part, target))
            case _ if (formula := self.formula(tree)) is not None:
                yield from self.push(formula, adjoint)
            case _ if len(tree.arguments) == 1:
                yield from self.push(argument, self.entrywise(adjoint, self.slope(tree)))
            case _:
                self.missing(tree)

    def slope(self, tree: Apply) -> Tree:
        """f'(u) of f(u), entry by entry."""
        bare, arguments, shapes = lettered(tree, self.shapes)
        return substitute(on_entries(outer_derivative(bare, self.functions), shapes), arguments)

    def formula(self, tree: Apply) -> Tree | None:
        """What a function of several arguments stands for, entry by entry."""
        bare, arguments, shapes = lettered(tree, self.shapes)
        found = written(bare, self.functions)
        return None if found is None else substitute(on_entries(found, shapes), arguments)

    def spread_to(self, part: Tree, target: Tree) -> Tree:
        """A part with entries where the target is a number: their sum."""
        return self.total(part) if self.shapes.of(part) and not self.shapes.of(target) else part

    def reduced(self, stem: str, tree: Apply, argument: Tree, adjoint: Tree) -> Iterator[Contribution]:
        """Sums, means, norms, traces and diagonal matrices."""
        shape = self.shapes.of(argument)
        match stem:
            case "sum" if shape:
                yield from self.push(argument, product(adjoint, ones(*shape)))
            case "mean" if shape:
                count = shape[0] if len(shape) == 1 else product(*shape)
                yield from self.push(argument, product(over(adjoint, count), ones(*shape)))
            case "norm" if shape:
                yield from self.push(argument, over(product(adjoint, argument), tree))
            case "norm":  # of a number: its absolute value
                yield from self.push(Apply(Name("abs"), (argument,)), adjoint)
            case "sum" | "mean":
                yield from self.push(argument, adjoint)
            case "trace" if shape:
                yield from self.push(argument, product(adjoint, identity(shape[0])))
            case "diag" if shape:
                masked = hadamard(adjoint, identity(shape[0]))
                yield from self.push(argument, product(masked, ones(shape[0])))
            case _:
                self.missing(tree)

    def of_softmax(self, tree: Apply, adjoint: Tree) -> Tree:
        """P .* (U - p^T U); where U is a quotient by p, the p cancels: A - p sum(A)."""
        if (numerator := over_by(adjoint, tree)) is not None:
            return plus(minus(product(tree, self.sum_of(numerator))), numerator)
        mean = product(transpose(tree, self.shapes), adjoint)
        return hadamard(tree, Add((adjoint, Neg(mean))))

    def sum_of(self, tree: Tree) -> Tree:
        """The sum of the entries, what is no array taken out."""
        match tree:
            case Neg(operand):
                return minus(self.sum_of(operand))
            case Mul(factors):
                scalars = [f for f in factors if not self.shapes.of(f)]
                arrays = [f for f in factors if self.shapes.of(f)]
                return product(*scalars, self.total(product(*arrays)))
        return self.total(tree)

    def missing(self, tree: Tree) -> None:
        """There is no rule for this node."""
        raise NotSupportedError("no-rule-yet", Where("<derivative>", source=plain(tree)), form=plain(tree))


def over_by(tree: Tree, below: Tree) -> Tree | None:
    """A where the tree is A ./ below, a sign or number in front allowed; None for anything else."""
    match tree:
        case Neg(operand) if (inner := over_by(operand, below)) is not None:
            return minus(inner)
        case Elementwise("/", above, divisor) if divisor == below:
            return above
        case Mul(factors):
            found = [(i, a) for i, f in enumerate(factors) if (a := over_by(f, below)) is not None]
            if len(found) == 1:
                place, inner = found[0]
                return product(*factors[:place], *factors[place + 1 :], inner)
        case Div(above, divisor) if (inner := over_by(above, below)) is not None:
            return over(inner, divisor)
    return None
