"""The slips people make, as edits of the right answer's factors: every candidate mistake with what it turns gold into.

Nothing here decides; `diagnosis` keeps an edit only if the edited gold equals the answer exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from symgrad.calculus.tidy import times
from symgrad.grading.question import Question
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    BigOp,
    Div,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Tree,
    number,
    rebuild,
    substitute,
    walk,
)  # fmt: skip
from symgrad.notation.writers.plain import plain
from symgrad.values.mark import Mistake

CONSTANTS = [number(2), Div(ONE, number(2)), number(4), Div(ONE, number(4)), number(3), Div(ONE, number(3))]


@dataclass(frozen=True, slots=True)
class Edit:
    """A slip: the factors it replaces (positions -> new factors; empty position set means the whole answer)."""

    mistake: Mistake
    changes: tuple[tuple[int, tuple[Tree, ...]], ...]
    extra: tuple[Tree, ...] = ()
    cost: float = 1.0

    @property
    def places(self) -> frozenset[int]:
        """The positions it touches."""
        return frozenset(place for place, _ in self.changes)

    def apply(self, factors: Sequence[Tree]) -> tuple[Tree, ...]:
        """The factors after the slip."""
        swaps = dict(self.changes)
        found: list[Tree] = []
        for place, factor in enumerate(factors):
            found.extend(swaps.get(place, (factor,)))
        return (*found, *self.extra)


def product(factors: Sequence[Tree]) -> Tree:
    """The factors as one tree."""
    if not factors:
        return ONE
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


class Slips:
    """All single slips of one question."""

    def __init__(self, question: Question, factors: tuple[Tree, ...] | None = None) -> None:
        self.question = question
        self.factors = question.factors if factors is None else factors
        self.network = question.network

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

    def one(self, name: str, place: int, new: Tree | None, cost: float = 1.0) -> Edit:
        """One factor replaced (or left out)."""
        old = self.factors[place]
        detail = self.shown(old) if new is None else f"{plain(new)} -> {plain(old)}"
        wrong = () if new is None else (new,)
        mistake = Mistake(name, detail, self.at(place), wrong, (old,))
        return Edit(mistake, ((place, () if new is None else (new,)),), cost=cost)

    def shown(self, factor: Tree) -> str:
        """The factor as the derivation prints it: dC/da_4 for its value."""
        derivation = self.question.derivation
        for token, value in derivation.kept if derivation else ():
            if value == factor:
                return plain(token)
        return plain(factor)

    def at(self, place: int) -> int | None:
        if self.factors is not self.question.factors:
            return None
        step = self.question.step_of[place]
        derivation = self.question.derivation
        return derivation.steps.index(step) + 1 if step is not None and derivation is not None else None

    # -- factors ---------------------------------------------------------------------------------------------

    def missing(self) -> Iterator[Edit]:
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
        network = self.network
        if network is None:
            for node in dict.fromkeys(walk(self.question.gold)):
                if isinstance(node, Name | Apply | Add):
                    yield node
            return
        yield from network.leaves
        slopes: dict[Tree, Tree] = {}
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
                if isinstance(name, Name) and leaf.indices == name.indices and leaf.indices:
                    yield Mul((leaf, slope))
        for factor in self.factors:
            if isinstance(factor, Add):
                yield factor

    # -- values for slopes and the like ------------------------------------------------------------------------

    def functions(self) -> Iterator[Edit]:
        slopes = [(i, f) for i, f in enumerate(self.factors) if isinstance(f, Apply) and f.order == 1]
        values = [(i, f) for i, f in enumerate(self.factors) if isinstance(f, Apply) and f.order == 0]
        for place, factor in slopes:
            yield self.one("function-for-derivative", place, replace(factor, order=0))
        for place, factor in values:
            yield self.one("derivative-for-function", place, replace(factor, order=1))
        for name in self.activations():
            for place, factor in enumerate(self.factors):
                if factor == name[0]:
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

    def several(self, name: str, changes: Sequence[tuple[int, Tree]], cost: float = 1.5) -> Edit:
        """The same slip at several places."""
        detail = ", ".join(f"{plain(new)} -> {plain(self.factors[place])}" for place, new in changes)
        wrong = tuple(new for _, new in changes)
        right = tuple(self.factors[place] for place, _ in changes)
        mistake = Mistake(name, detail, self.at(changes[0][0]), wrong, right)
        return Edit(mistake, tuple((place, (new,)) for place, new in changes), cost=cost)

    # -- signs, constants, powers ------------------------------------------------------------------------------

    def signs_and_constants(self) -> Iterator[Edit]:
        yield Edit(Mistake("wrong-sign", "", None), (), (number(-1),), 0.8)
        for constant in CONSTANTS:
            yield Edit(
                Mistake("wrong-constant", plain(constant), None, (constant,), ()), (), (constant,), 1.0
            )
        for constant in CONSTANTS[:2]:
            tree = Neg(constant)
            yield Edit(Mistake("wrong-constant", plain(tree), None, (tree,), ()), (), (tree,), 1.6)

    def powers(self) -> Iterator[Edit]:
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
                if i:
                    mistake = Mistake(
                        "wrong-sign",
                        f"{plain(turned)} -> {plain(factor)}",
                        self.at(place),
                        (turned,),
                        (factor,),
                    )
                    yield Edit(mistake, ((place, (turned,)),), cost=1.2)

    # -- indices and arguments ---------------------------------------------------------------------------------

    def indices(self) -> Iterator[Edit]:
        known = self.network.names if self.network else frozenset()
        for place, factor in enumerate(self.factors):
            for new in self.neighbours(factor, known):
                yield self.one("wrong-index", place, new, 1.1)
        for stem in dict.fromkeys(
            n.stem for f in self.factors for n in walk(f) if isinstance(n, Name) and n.indices
        ):
            for by in (-1, 1):
                changes = []
                for place, factor in enumerate(self.factors):
                    if isinstance(factor, Name | Apply) and (moved := shifted(factor, stem, by)) != factor:
                        if all(n in known for n in walk(moved) if isinstance(n, Name) and n.stem == stem):
                            changes.append((place, moved))
                if len(changes) > 1:
                    yield self.several("wrong-index", changes, 1.4)

    def neighbours(self, factor: Tree, known: frozenset[Name]) -> Iterator[Tree]:
        """The factor with one of its names replaced by another member of its family."""
        for name in dict.fromkeys(n for n in walk(factor) if isinstance(n, Name) and n.indices):
            for other in sorted(
                (
                    n
                    for n in known
                    if n.stem == name.stem and n != name and len(n.indices) == len(name.indices)
                ),
                key=plain,
            ):
                yield substitute(factor, {name: other})

    def arguments(self) -> Iterator[Edit]:
        """sigma'(a_2) for sigma'(z_2), one or all; sigma'(z) for sigma'(z/2)."""
        changes: dict[str, list[tuple[int, Tree]]] = {}
        for place, factor in enumerate(self.factors):
            for node in walk(factor):
                if not (isinstance(node, Apply) and len(node.arguments) == 1):
                    continue
                for label, argument in self.other_arguments(node):
                    new = substitute(factor, {node: replace(node, arguments=(argument,))})
                    yield self.one("wrong-argument", place, new, 1.1)
                    changes.setdefault(f"{node.function.stem}-{label}", []).append((place, new))
        for places in changes.values():
            if len(places) > 1 and len({p for p, _ in places}) == len(places):
                yield self.several("wrong-argument", places)
        if self.network is None:
            yield from self.bare_arguments()

    def bare_arguments(self) -> Iterator[Edit]:
        """1 - z for 1 - sigma(z)."""
        for place, factor in enumerate(self.factors):
            for node in walk(factor):
                if isinstance(node, Apply) and len(node.arguments) == 1:
                    yield self.one(
                        "wrong-argument", place, substitute(factor, {node: node.arguments[0]}), 1.2
                    )

    def other_arguments(self, node: Apply) -> Iterator[tuple[str, Tree]]:
        argument = node.arguments[0]
        match argument:
            case Div(inner, Number()):
                yield "scaled", inner
        if self.network is None or not isinstance(argument, Name):
            return
        for equation in self.network.equations:
            if equation.body == Apply(node.function, (argument,)):
                yield "activation", equation.name
        own = self.network.equation(argument)
        for parent in own.parents if own else ():
            yield f"input-{parent.stem}", parent

    # -- the objective, and whole answers ----------------------------------------------------------------------

    def objective(self) -> Iterator[Edit]:
        """C/a_4 for dC/da_4; (a_4 - y)^2 where the loss was not differentiated."""
        derivation, network = self.question.derivation, self.network
        if derivation is None or network is None:
            return
        kept = list(derivation.kept)
        if (
            not kept
            and derivation.steps[0].rule == "objective-derivative"
            and isinstance(derivation.goal.of, Name)
        ):
            kept = [(derivation.goal, self.question.gold)]
        for token, value in kept:
            place = next((i for i, f in enumerate(self.factors) if f == value), None)
            body = network.equation(token.of) if isinstance(token.of, Name) else None
            if place is None or body is None:
                continue
            for new in (Div(token.of, token.by), Div(body.body, token.by)):
                mistake = Mistake(
                    "quotient-for-derivative",
                    f"{plain(new)} -> {plain(token)}",
                    self.at(place),
                    (new,),
                    (token,),
                )
                yield Edit(mistake, ((place, (new,)),), cost=1.1)
            for new in (token.of, body.body, Pow(value, number(2))):
                mistake = Mistake(
                    "loss-not-differentiated",
                    f"{plain(new)} -> {plain(token)}",
                    self.at(place),
                    (new,),
                    (token,),
                )
                yield Edit(mistake, ((place, (new,)),), cost=1.05)

    def activation_derivatives(self) -> Iterator[Edit]:
        """s(1 + s), 1 - s^2, ... where s(1 - s) belongs."""
        for place, factor in enumerate(self.factors):
            if not (isinstance(factor, Apply) and factor.order == 1):
                continue
            s = replace(factor, order=0)
            square = Pow(s, number(2))
            for new in (
                Mul((s, Add((ONE, s)))), Add((ONE, Neg(square))), Add((ONE, Neg(s))),
                Add((ONE, square)), square, Mul((s, Add((ONE, Neg(square))))),
            ):  # fmt: skip
                yield self.one("wrong-activation-derivative", place, new, 1.2)
            for argument in (s.arguments[0], Div(s.arguments[0], number(2))):
                other = Add((ONE, Neg(Pow(Apply(Name("tanh"), (argument,)), number(2)))))
                yield self.one("wrong-activation-derivative", place, other, 1.2)

    def sums(self) -> Iterator[tuple[Mistake, Tree]]:
        """Plus signs where products belong: between all factors, or between the layers."""
        factors = self.factors
        if len(factors) < 2:
            return
        shapes = {Add(tuple(factors)), Add(layers(factors)), Add(layers(factors, lead=True))}
        for tree in shapes:
            yield Mistake("sum-for-product", "", None, (tree,), (product(factors),)), tree


def shifted(tree: Tree, stem: str, by: int) -> Tree:
    """Every index of one stem moved."""

    def change(node: Tree) -> Tree:
        if (
            isinstance(node, Name)
            and node.stem == stem
            and node.indices
            and isinstance(node.indices[-1], Number)
        ):
            return replace(node, indices=(*node.indices[:-1], number(node.indices[-1].value + by)))
        return rebuild(node, change)

    return change(tree)


def layers(factors: Sequence[Tree], *, lead: bool = False) -> tuple[Tree, ...]:
    """The factors in groups that begin with a weight: sigma'(z_1), w_2 sigma'(z_2), ..., the objective's with the last."""
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
        for field_, by in (("low", 1), ("low", -1), ("high", 1), ("high", -1)):
            bound = getattr(node, field_)
            moved = number(bound.value + by) if isinstance(bound, Number) else Add((bound, number(by)))
            mended = replace(node, **{field_: moved})
            yield from mended_answers(answer, node, mended)
            if field_ == "low" and isinstance(node.body, Mul):  # only one of the factors ranges too far
                for factor in node.body.factors:
                    others = tuple(f for f in node.body.factors if f is not factor)
                    rest = others[0] if len(others) == 1 else Mul(others)
                    parts = Mul((replace(node, body=rest), replace(mended, body=factor)))
                    yield from mended_answers(answer, node, parts)


def mended_answers(answer: Tree, node: Tree, mended: Tree) -> Iterator[tuple[Mistake, Tree]]:
    """The answer with one range mended."""
    detail = f"{plain(node)} -> {plain(mended)}"
    yield Mistake("product-range", detail, None, (node,), (mended,)), substitute(answer, {node: mended})
