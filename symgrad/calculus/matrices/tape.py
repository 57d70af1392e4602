"""All adjoint steps of a chain with shapes by one objective, taken once and shared by its gradients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from symgrad.calculus.edges import is_activation, smooth
from symgrad.calculus.matrices.adjoint import Adjoints
from symgrad.calculus.matrices.cancel import cancelled, settled
from symgrad.calculus.matrices.forms import collected, is_call, lettered, on_entries
from symgrad.calculus.matrices.normal import Normalisation, normalisations
from symgrad.network.graph import Network
from symgrad.network.shapes import Shapes
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    Derivative,
    Mul,
    Name,
    Number,
    Pow,
    Relation,
    Transpose,
    Tree,
    names_in,
    number,
    substitute,
    walk,
)  # fmt: skip
from symgrad.values.derivation import Step
from symgrad.values.phrase import Phrase

COMBINED = ("cancelled", "by-assumption", "normalised")
"""Steps that write an adjoint in another form; they belong to no line of their own."""


@dataclass(frozen=True, slots=True)
class Use:
    """One way a name acts: the node, and the node's contribution to the name's adjoint."""

    node: Name
    part: Tree


@dataclass(frozen=True, slots=True)
class Edge:
    """One line by one of its inputs: the step, and what follows from it."""

    parent: Name
    node: Name
    step: Step
    more: tuple[Step, ...] = ()


class ShapedTape:
    """The edges of everything that leads to `of`, with the uses of every name."""

    def __init__(self, network: Network, of: Name) -> None:
        self.network, self.of = network, of
        self.vector = bool(network.shapes.get(of))
        columns = {column(name): shape for name, shape in network.shapes.items()} if self.vector else {}
        self.shapes = Shapes({**network.shapes, **columns})
        self.rules = Adjoints(self.shapes, network.functions)
        self.places = self.leading()
        self.edges: dict[int, tuple[Edge, ...]] = {}
        self.uses: dict[Name, list[Use]] = {}
        self.closed: dict[Name, Step | None] = {}
        for place in reversed(self.places):
            self.edges[place] = tuple(self.at(place))
        self.summands = {name: tuple(use.part for use in uses) for name, uses in self.uses.items()}
        for found in () if self.vector else normalisations(network, of, self.uses, self.shapes):
            self.close(found)

    def close(self, found: Normalisation) -> None:
        """Put the closed form of a normalisation in place of its paths; within one line it is its rule."""
        variable, node = found.variable, found.node
        outside = [use for use in self.uses[variable] if use.node not in found.region]
        self.uses[variable] = [*outside, Use(node, found.part)]
        self.closed[variable] = None
        if len(found.region) > 1:
            self.closed[variable] = replace(
                found.step, after=collected([u.part for u in self.uses[variable]])
            )
            return
        self.summands[variable] = tuple(use.part for use in self.uses[variable])
        place = self.network.position[node]
        self.edges[place] = tuple(
            replace(e, step=replace(e.step, after=found.part, why=found.step.why))
            if e.parent == variable
            else e
            for e in self.edges[place]
        )

    def leading(self) -> list[int]:
        """The places of the equations that the objective needs, in forward order."""
        needed, found = {self.of}, []
        for place in range(self.network.position[self.of], -1, -1):
            equation = self.network.equations[place]
            if equation.name in needed:
                needed.update(equation.parents)
                found.append(place)
        return found[::-1]

    def token(self, name: Name) -> Tree:
        """The adjoint of a name: dL/dname, 1 for L itself; any column where a vector is differentiated."""
        if self.vector:
            return column(name)
        return ONE if name == self.of else Derivative(self.of, name)

    def at(self, place: int) -> Iterator[Edge]:
        """The edges of one line, backwards."""
        name, body = self.network.equations[place].name, self.network.bodies[place]
        adjoint = self.token(name)
        value = self.only_use(name)
        short = None if value is None else cancelled(name, body, value, self.rules)
        for parent, raw in self.rules.of(body, adjoint).items():
            part = by_name(name, body, raw)
            use = Use(name, part)
            more: tuple[Step, ...] = ()
            if short is not None:
                use, more = self.shortened(name, body, parent, short[parent])
            elif name == self.of:
                final, more = self.assumed(parent, part)
                use = Use(name, final)
            self.uses.setdefault(parent, []).append(use)
            yield Edge(parent, name, self.step(name, body, parent, part), more)

    def only_use(self, name: Name) -> Tree | None:
        """The value of dL/dname where the objective alone uses the name."""
        uses = self.uses.get(name, ())
        return uses[0].part if len(uses) == 1 and uses[0].node == self.of and not self.vector else None

    def shortened(self, name: Name, body: Tree, parent: Name, part: Tree) -> tuple[Use, tuple[Step, ...]]:
        """The part of a softmax below a cross-entropy, once the p in both has cancelled."""
        part = by_name(name, body, part)
        why = Phrase.of("steps.cancelled", node=name)
        step = Step("cancelled", Derivative(self.of, parent), part, why)
        final, steps = self.assumed(parent, part)
        return Use(self.of, final), (step, *steps)

    def assumed(self, parent: Name, part: Tree) -> tuple[Tree, tuple[Step, ...]]:
        """A part by what the chain assumes of a sum, with the step that says so."""
        final, used = settled(part, self.network.assumptions)
        if not used or any(n in self.network.position for relation in used for n in names_in(relation)):
            return part, ()
        why = Phrase.of("steps.by-assumption", formula=used[0])
        return final, (Step("by-assumption", Derivative(self.of, parent), final, why, used),)

    def step(self, name: Name, body: Tree, parent: Name, part: Tree) -> Step:
        """One edge, backwards: dL/dW = dL/dz h^T."""
        rule = adjoint_rule(self, name, body, parent)
        fields: dict[str, Tree] = {"parent": parent, "node": name, "local": part}
        equality = Relation(("=",), (name, body))
        where = conditions(self, body, parent)
        return Step(
            rule, Derivative(self.of, parent), part, Phrase.of(f"steps.{rule}", **fields), where, (), equality
        )


def column(name: Name) -> Name:
    """Any column of the size of a name: the transpose of a Jacobian J is read off the rules' J^T u."""
    return Name("\u2022", (name,))


def by_name(name: Name, body: Tree, part: Tree) -> Tree:
    """softmax(z) in a rule's result as p, the name it has."""
    return substitute(part, {body: name}) if isinstance(body, Apply) and not body.order else part


def adjoint_rule(tape: ShapedTape, name: Name, body: Tree, parent: Name) -> str:
    """The id of the adjoint rule an edge belongs to."""
    if body == parent:
        return "adjoint-copy"
    if name == tape.of and not tape.vector:
        return "adjoint-objective"
    shape = tape.shapes.of(parent)
    if is_call(body, "softmax") and isinstance(body, Apply) and body.arguments == (parent,):
        return "adjoint-softmax"
    terms = body.terms if isinstance(body, Add) else (body,)
    if sum(parent in walk(term) for term in terms) > 1:
        return "adjoint-composite"
    same = tape.shapes.of(body) == shape
    for term in terms if same else ():
        applied = isinstance(term, Apply) and term.arguments == (parent,) and tape.shapes.of(term) == shape
        if applied and isinstance(term, Apply) and is_activation(tape.network, term.function.stem):
            return "adjoint-activation"
    if parent in terms and tape.shapes.of(body) == shape:
        return "adjoint-bias" if parent in tape.network.trained or len(terms) == 1 else "adjoint-added"
    for term in terms:
        if isinstance(term, Mul) and term.factors.count(parent) == 1 and shape:
            others = [f for f in term.factors if f != parent]
            if any(parent in walk(f) for f in others) or not any(map(tape.shapes.of, others)):
                continue
            return "adjoint-weight" if len(shape) == 2 else "adjoint-linear"
        transposed = isinstance(term, Mul) and term.factors.count(Transpose(parent)) == 1
        if transposed and len(shape) == 2 and sum(n == parent for n in walk(term)) == 1:
            return "adjoint-weight-transposed"
    return "adjoint-composite"


def conditions(tape: ShapedTape, body: Tree, parent: Name) -> tuple[Tree, ...]:
    """Where an edge's derivative holds: away from the kinks, a norm away from 0."""
    found: dict[Tree, None] = {}
    squared = {node.base for node in walk(body) if isinstance(node, Pow) and node.exponent == number(2)}
    for node in walk(body):
        if not isinstance(node, Apply) or parent not in walk(node):
            continue
        if node.function.stem == "norm":
            if node not in squared:
                found[Relation(("!=",), (node, Number(number(0).value)))] = None
            continue
        bare, arguments, shapes = lettered(node, tape.shapes)
        for condition in smooth(bare, tape.network.functions):
            found[substitute(on_entries(condition, shapes), arguments)] = None
    return tuple(found)
