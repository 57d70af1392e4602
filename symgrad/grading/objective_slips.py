"""Slips in the objective, in a written-out slope, and in the answer as a whole: its sums and its ranges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symgrad.calculus.tidy import times
from symgrad.grading.edits import Edit, Edits, product
from symgrad.grading.scalars import scalars
from symgrad.notation.indices import canonical
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    BigOp,
    Div,
    Indicator,
    Mul,
    Name,
    Neg,
    Pow,
    Relation,
    Tree,
    number,
    substitute,
    walk,
)
from symgrad.notation.writers.plain import plain
from symgrad.values.mark import Mistake


class ObjectiveSlips(Edits):
    """Mistakes about what is differentiated, and about what joins the factors."""

    def objective(self) -> Iterator[Edit]:
        """C/a_4 for dC/da_4; (a_4 - y)^2 where the loss was not differentiated."""
        derivation, network = self.question.derivation, self.network
        if derivation is None or network is None:
            return
        kept, goal = list(derivation.kept), derivation.goal
        if not kept and derivation.steps[0].rule == "objective-derivative" and isinstance(goal.of, Name):
            kept = [(goal, self.question.gold)]
        for token, value in kept:
            place = next((i for i, f in enumerate(self.factors) if f == value), None)
            body = network.equation(token.of) if isinstance(token.of, Name) else None
            if place is None or body is None:
                continue
            formula = scalars(body.body) if self.question.scalar else body.body
            for quotient in (Div(token.of, token.by), Div(formula, token.by)):
                yield self.for_token("quotient-for-derivative", place, quotient, token, 1.1)
            for loss in (token.of, formula, Pow(value, number(2))):
                yield self.for_token("loss-not-differentiated", place, loss, token, 1.05)

    def for_token(self, name: str, place: int, new: Tree, token: Tree, cost: float) -> Edit:
        """One factor replaced, named by the derivative whose value it is."""
        detail = f"{plain(new)} -> {plain(token)}"
        return Edit(Mistake(name, detail, self.at(place), (new,), (token,)), ((place, (new,)),), cost=cost)

    def activation_derivatives(self) -> Iterator[Edit]:
        """s(1 + s), 1 - s^2, ... where s(1 - s) belongs."""
        for place, factor in enumerate(self.factors):
            if not (isinstance(factor, Apply) and factor.order == 1):
                continue
            stem = factor.function.stem
            for new in misremembered(factor, self.question.bindings.get(stem, stem)):
                yield self.one("wrong-activation-derivative", place, new, 1.2)

    def sums(self) -> Iterator[tuple[Mistake, Tree]]:
        """Plus signs where products belong: between all factors, or between the layers."""
        factors = self.factors
        if len(factors) < 2:
            return
        shapes = {Add(tuple(factors)), Add(layers(factors)), Add(layers(factors, lead=True))}
        for tree in shapes:
            yield Mistake("sum-for-product", "", None, (tree,), (product(factors),)), tree


def misremembered(slope: Apply, function: str) -> Iterator[Tree]:
    """Formulas that people write for the derivative of an activation: s(1 + s), 1 - t, 1[u < 0], ..."""
    value = replace(slope, order=0)
    u = value.arguments[0]
    others = [Apply(Name(name), (u,)) for name in ("sigmoid", "tanh") if name != function]
    for s in (value, *others):
        square = Pow(s, number(2))
        more, less = Add((ONE, s)), Add((ONE, Neg(s)))
        yield from (Mul((s, more)), Mul((s, less)), less, more, square, Pow(less, number(2)))
        yield from (Add((ONE, Neg(square))), Add((ONE, square)), Mul((s, Add((ONE, Neg(square))))))
    yield from (*others, u, Apply(Name("sech"), (u,)))
    yield Add((ONE, Neg(Pow(Apply(Name("tanh"), (Div(u, number(2)),)), number(2)))))
    yield Indicator(Relation(("<",), (u, number(0))))
    yield Add((ONE, Neg(slope)))


def layers(factors: Sequence[Tree], *, lead: bool = False) -> tuple[Tree, ...]:
    """The factors in groups that begin with a weight, w_2 sigma'(z_2); with `lead` the last stands alone."""
    groups: list[list[Tree]] = []
    for factor in factors:
        begins = isinstance(factor, Name)
        if not groups or begins:
            groups.append([factor])
        else:
            groups[-1].append(factor)
    if lead and len(groups) > 1 and not isinstance(groups[-1][-1], Name) and len(groups[-1]) > 1:
        groups.append([groups[-1].pop()])
    return tuple(times(*group) if len(group) == 1 else Mul(tuple(group)) for group in groups)


def range_edits(answer: Tree) -> Iterator[tuple[Mistake, Tree]]:
    """The answer with one product's or sum's range mended by one at either end."""
    for node in dict.fromkeys(walk(answer)):
        if not isinstance(node, BigOp):
            continue
        for end, by in (("low", 1), ("low", -1), ("high", 1), ("high", -1)):
            if end == "low":
                mended = replace(node, low=moved(node.low, by))
            else:
                mended = replace(node, high=moved(node.high, by))
            yield from mended_answers(answer, node, mended)
            if end == "low" and isinstance(node.body, Mul):  # only one of the factors ranges too far
                for factor in node.body.factors:
                    others = tuple(f for f in node.body.factors if f is not factor)
                    rest = others[0] if len(others) == 1 else Mul(others)
                    parts = Mul((replace(node, body=rest), replace(mended, body=factor)))
                    yield from mended_answers(answer, node, parts)


def moved(bound: Tree, by: int) -> Tree:
    """One end of a range, moved."""
    return canonical(Add((bound, number(by))))


def mended_answers(answer: Tree, node: Tree, mended: Tree) -> Iterator[tuple[Mistake, Tree]]:
    """The answer with one range mended."""
    detail = f"{plain(node)} -> {plain(mended)}"
    yield Mistake("product-range", detail, None, (node,), (mended,)), substitute(answer, {node: mended})
