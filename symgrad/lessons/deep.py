"""The note of a chain of symbolic depth: a layer, the general gradient, its induction, a definite depth."""

from __future__ import annotations

from fractions import Fraction

from symgrad.calculus.derive import derive
from symgrad.lessons.anatomy import Anatomy
from symgrad.lessons.depth_bound import bound_exercises, bound_section, depth_bound
from symgrad.lessons.inputs import NoteInputs
from symgrad.lessons.sections.example import example_section
from symgrad.lessons.sections.exercises import Exercise
from symgrad.network.graph import instantiate
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.indices import linear
from symgrad.notation.tree import Derivative, Name, Relation, Tree, number, walk
from symgrad.rendering.document import Block, Formula, Paragraph, Section, Table
from symgrad.rendering.views.derivation import filled, product, reason
from symgrad.values.derivation import Derivation, Step
from symgrad.values.phrase import Phrase

PROOF = ("layer-factor", "induction-base", "peel-last", "recursion-end", "recursion-step")
"""Steps that say how the general formula follows from one layer."""
LAYERS = (4, 2)
"""The example's number of layers; fewer where the longer formula has too many paths to be written out."""


def deep_sections(
    inputs: NoteInputs, network: SymbolicNetwork
) -> tuple[Phrase, list[Section], tuple[Exercise, ...]]:
    """Title, sections and exercises, about the first parameter."""
    parameter = network.parameters[0]
    found = inputs.derive(parameter)
    bound = depth_bound(inputs, network, Fraction(1))
    sections = [forward(network), gradient(found), proof(found)]
    sections += [bound_section(bound) if bound else None, example(network, found), numbers(inputs)]
    title = Phrase.of("notes.title-deep", parameter=parameter, depth=Name(network.depth))
    asked = [another(inputs, network), *(bound_exercises(inputs, network, bound) if bound else ())]
    exercises = tuple(exercise for exercise in asked if exercise is not None)
    return title, [s for s in sections if s is not None], exercises


def numbers(inputs: NoteInputs) -> Section | None:
    """The numbers of four layers, and the depth from which a number format loses them."""
    if inputs.at_depth is None:
        return None
    definite = inputs.at_depth(LAYERS[0])
    anatomy = Anatomy(definite.network)
    return example_section(definite, anatomy, definite.derive(anatomy.first))


def another(inputs: NoteInputs, network: SymbolicNetwork) -> Exercise | None:
    """The gradient of another parameter at any depth."""
    for name in network.parameters[1:]:
        found = inputs.derive(name)
        told = filled(found)
        if not any(isinstance(node, Derivative) for node in walk(told)):
            question = Phrase.of("notes.exercise-gradient", goal=found.goal)
            equation = Relation(("=",), (found.goal, told))
            return Exercise((question,), (Phrase.of("notes.answer", equation=equation),))
    return None


def forward(network: SymbolicNetwork) -> Section:
    """The lines of the chain, those of one layer with the range of their letter."""
    rows, asides = [], []
    inside = Relation(("<=", "<="), (network.low, Name(network.letter), network.high))
    for line, in_loop in network.lines:
        rows.append((Relation(("=",), (line.target, line.body)),))
        asides.append((inside,) if in_loop else ())
    return Section((Formula(tuple(rows), tuple(asides)),), Phrase.of("notes.forward-heading"))


def gradient(found: Derivation) -> Section:
    """The local derivatives, and the gradient at any depth."""
    local = [step for step in found.steps if step.rule not in (*PROOF, "chain-rule")]
    result: list[tuple[Tree, ...]] = [(Relation(("=",), (found.goal, product(found.factors))),)]
    if filled(found) != product(found.factors):
        result.append((Relation(("=",), (found.goal, filled(found))),))
    blocks: list[Block] = [table(local, found), Formula(tuple(result))]
    if found.notes:
        blocks.append(Paragraph(found.notes))
    return Section(tuple(blocks), Phrase.of("notes.gradient-heading", goal=found.goal))


def proof(found: Derivation) -> Section | None:
    """Why the formula holds at every depth: the induction, or the recursion."""
    steps = [step for step in found.steps if step.rule in PROOF]
    if not steps:
        return None
    kind = "recursion" if any(step.rule == "recursion-step" for step in steps) else "induction"
    return Section((table(steps, found),), Phrase.of(f"notes.{kind}-heading"))


def table(steps: list[Step], found: Derivation) -> Table:
    """Derivatives and reasons, side by side."""
    head = (Phrase.of("notes.head-local"), Phrase.of("notes.head-reason"))
    return Table(head, tuple((Relation(("=",), (s.before, s.after)), reason(s, found)) for s in steps))


def example(network: SymbolicNetwork, found: Derivation) -> Section | None:
    """The gradient of the first layer's parameter in a chain of a few layers, if it can be written out."""
    form, low = linear(network.high), linear(network.low)
    assert form is not None and low is not None
    for layers in LAYERS:
        depth = int(low[1] - form[1]) + layers - 1
        values = {network.depth: depth, network.letter: int(low[1])}
        by, of = (instantiate(name, values) for name in (found.goal.by, found.goal.of))
        assert isinstance(by, Name) and isinstance(of, Name)
        definite = derive(network.at_depth(depth), by, of)
        told = filled(definite)
        if not any(isinstance(node, Derivative) for node in walk(told)):
            at = Relation(("=",), (Name(network.depth), number(depth)))
            formula = Formula(((Relation(("=",), (definite.goal, told)),),))
            return Section((formula,), Phrase.of("notes.deep-example", depth=at))
    return None
