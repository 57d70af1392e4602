"""The slips people make in factors: every candidate mistake with what it turns the gold into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symgrad.grading.edits import Edit
from symgrad.grading.index_slips import IndexSlips
from symgrad.grading.objective_slips import ObjectiveSlips
from symgrad.notation.tree import ONE, Add, Apply, Div, Mul, Name, Neg, Number, Pow, Tree, number, walk
from symgrad.notation.writers.plain import plain
from symgrad.values.mark import Mistake

CONSTANTS: tuple[Tree, ...] = (
    number(2), Div(ONE, number(2)), number(4), Div(ONE, number(4)), number(3), Div(ONE, number(3)),
)  # fmt: skip


class Slips(IndexSlips, ObjectiveSlips):
    """All single slips of one question."""

    def all(self) -> Iterator[Edit]:
        """Every single slip, the commonest kinds first."""
        yield from self.missing()
        yield from self.functions()
        yield from self.signs_and_constants()
        yield from self.indices()
        yield from self.extras()
        yield from self.arguments()
        yield from self.powers()
        yield from self.terms()
        yield from self.objective()
        yield from self.activation_derivatives()

    def missing(self) -> Iterator[Edit]:
        """A factor left out, or two neighbours."""
        for place, factor in enumerate(self.factors):
            if not isinstance(factor, Number):
                yield self.one("missing-factor", place, None, 1.0)
        for place in range(len(self.factors) - 1):
            pair = self.factors[place : place + 2]
            if any(isinstance(f, Number) for f in pair):
                continue
            detail = " ".join(self.shown(f) for f in pair)
            mistake = Mistake("missing-factor", detail, self.at(place), (), pair)
            yield Edit(mistake, ((place, ()), (place + 1, ())), cost=1.8)

    def extras(self) -> Iterator[Edit]:
        """A factor too many: any name, any slope, any whole layer of the chain."""
        for tree in self.candidates():
            cost = 1.1 if tree in self.factors else 1.2
            mistake = Mistake("extra-factor", plain(tree), None, (tree,), ())
            yield Edit(mistake, (), (tree,), cost + 0.2 * isinstance(tree, Mul))

    def candidates(self) -> Iterator[Tree]:
        """What may stand in an answer as a factor too many."""
        network = self.network
        if network is None:
            for node in dict.fromkeys(walk(self.question.gold)):
                if isinstance(node, Name | Apply | Add):
                    yield node
            return
        yield from network.leaves
        slopes: dict[Name, Apply] = {}
        for equation in network.equations:
            if equation.name != network.objective:
                yield equation.name
            body = equation.body
            if isinstance(body, Apply) and len(body.arguments) == 1 and isinstance(body.arguments[0], Name):
                slope = Apply(body.function, body.arguments, 1)
                slopes[body.arguments[0]] = slope
                yield slope
        for name, slope in slopes.items():
            for leaf in network.leaves:
                if leaf.indices and leaf.indices == name.indices:
                    yield Mul((leaf, slope))
        for factor in self.factors:
            if isinstance(factor, Add) or (isinstance(factor, Apply) and factor not in slopes.values()):
                yield factor

    def functions(self) -> Iterator[Edit]:
        """A function for its slope, or its value a_j; and the other way round, at one place or all."""
        slopes = [(i, f) for i, f in enumerate(self.factors) if isinstance(f, Apply) and f.order == 1]
        values = [(i, f) for i, f in enumerate(self.factors) if isinstance(f, Apply) and f.order == 0]
        for place, factor in slopes:
            yield self.one("function-for-derivative", place, replace(factor, order=0))
        for place, factor in values:
            yield self.one("derivative-for-function", place, replace(factor, order=1))
        for name in self.activations():
            for place, written in enumerate(self.factors):
                if written == name[0]:
                    yield self.one("derivative-for-function", place, name[1])
        for function in dict.fromkeys(f.function for _, f in slopes):
            group = [(i, replace(f, order=0)) for i, f in slopes if f.function == function]
            if len(group) > 1:
                yield self.several("function-for-derivative", group)

    def activations(self) -> Iterator[tuple[Tree, Tree]]:
        """(a_j, sigma'(z_j)) pairs."""
        for equation in self.network.equations if self.network else ():
            body = equation.body
            if isinstance(body, Apply) and len(body.arguments) == 1:
                yield equation.name, Apply(body.function, body.arguments, 1)

    def signs_and_constants(self) -> Iterator[Edit]:
        """The wrong sign, a constant factor, or both."""
        yield Edit(Mistake("wrong-sign", "", None), (), (number(-1),), 0.8)
        for constant in CONSTANTS:
            yield Edit(
                Mistake("wrong-constant", plain(constant), None, (constant,), ()), (), (constant,), 1.0
            )
        for constant in CONSTANTS[:2]:
            tree = Neg(constant)
            yield Edit(Mistake("wrong-constant", plain(tree), None, (tree,), ()), (), (tree,), 1.6)

    def powers(self) -> Iterator[Edit]:
        """A reciprocal, or a power off by one."""
        for place, factor in enumerate(self.factors):
            if isinstance(factor, Number):
                continue
            yield self.one("inverted-factor", place, Div(ONE, factor), 1.3)
            if isinstance(factor, Pow) and isinstance(factor.exponent, Number):
                for shift in (-1, 1):
                    new = Pow(factor.base, number(factor.exponent.value + shift))
                    yield self.one("wrong-power", place, new, 1.2)
            else:
                yield self.one("wrong-power", place, Pow(factor, number(2)), 1.3)
            if isinstance(factor, Div):
                yield self.one("wrong-power", place, Div(factor.numerator, ONE), 1.3)
                if isinstance(factor.denominator, Pow):
                    yield self.one("wrong-power", place, Div(factor.numerator, factor.denominator.base), 1.2)

    def terms(self) -> Iterator[Edit]:
        """A term of a sum lost, or its sign."""
        for place, factor in enumerate(self.factors):
            if not isinstance(factor, Add):
                continue
            for i, term in enumerate(factor.terms):
                rest = factor.terms[:i] + factor.terms[i + 1 :]
                left = rest[0] if len(rest) == 1 else Add(rest)
                mistake = Mistake("dropped-term", plain(term), self.at(place), (left,), (factor,))
                yield Edit(mistake, ((place, (left,)),), cost=1.1)
                flipped = term.operand if isinstance(term, Neg) else Neg(term)
                turned = Add((*factor.terms[:i], flipped, *factor.terms[i + 1 :]))
                yield self.one("wrong-sign", place, turned, 1.2)
                if len(factor.terms) > 2:
                    lost = ", ".join(plain(other) for other in rest)
                    mistake = Mistake("dropped-term", lost, self.at(place), (term,), (factor,))
                    yield Edit(mistake, ((place, (term,)),), cost=1.3)
