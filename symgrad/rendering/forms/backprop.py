"""Backpropagation: the errors delta from the objective back to the layer of the parameter.

Read off the steps of a derivation, whichever way they go: a local derivative du/dv gives the part
du/dv dC/du of dC/dv; an adjoint step is that part already.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from symgrad.calculus.tidy import plus, times
from symgrad.notation.tree import ONE, Derivative, Mul, Name, Relation, Tree, names_in, substitute
from symgrad.rendering.folding import index_of, lettered
from symgrad.rendering.forms.rows import (
    COMBINED,
    INDUCTION,
    RUNS,
    Form,
    Row,
    equality,
    is_backward,
    joined,
    local_steps,
)
from symgrad.values.derivation import Derivation, Step
from symgrad.values.phrase import Phrase

ACTIVATIONS = ("activation-derivative", "adjoint-activation", "adjoint-softmax")
OBJECTIVES = ("objective-derivative", "adjoint-objective")
BIASES = ("bias-derivative", "adjoint-bias")
WEIGHTS = ("linear-derivative", "adjoint-weight")


@dataclass(frozen=True, slots=True)
class Part:
    """One use of a name: the step, and the node through which it acts."""

    step: Step
    node: Name


@dataclass(frozen=True, slots=True)
class Backward:
    """The graph of a derivation seen from the objective: every name with its uses, its adjoint from them."""

    derivation: Derivation
    uses: dict[Name, list[Part]]
    deltas: dict[Name, Name]

    def token(self, name: Name) -> Tree:
        """DC/dname, as delta where it is one."""
        if name == self.derivation.goal.of:
            return ONE
        return self.deltas.get(name) or Derivative(self.derivation.goal.of, name)

    def adjoint(self, name: Name) -> Tree:
        """DC/dname by the errors of the names it feeds, one part a use."""
        parts = [self.part(use) for use in self.uses[name]]
        return parts[0] if len(parts) == 1 else plus(*parts)

    def part(self, use: Part) -> Tree:
        """What one use contributes."""
        after = use.step.after
        if is_backward(self.derivation):
            of = self.derivation.goal.of
            return substitute(after, {Derivative(of, z): delta for z, delta in self.deltas.items()})
        upstream = self.token(use.node)
        if use.step.rule in ACTIVATIONS or use.step.rule.startswith("jacobian"):
            return joined(upstream, after) if upstream != ONE else after
        return times(after, upstream)


def backprop(derivation: Derivation, parameters: Collection[Name] | None = None) -> Form | None:
    """The delta recursion of a gradient with BP1-BP4 named; dC/dv line by line where there are no layers.

    Args:
        derivation: the steps.
        parameters: the trained names, the only ones BP3 and BP4 speak of; None if they are not known.
    """
    if any(step.rule == "recursion-step" for step in derivation.steps):
        return recursion(derivation)
    if is_backward(derivation) and any(step.rule == "product-over-layers" for step in derivation.steps):
        return through_layers(derivation)
    graph = read_graph(derivation)
    if not graph.uses:
        return None
    goal = derivation.goal
    rows: list[Row] = []
    inner = {use.node: z for z in graph.deltas for use in graph.uses[z]}
    hidden = {a for a in inner if is_hidden(graph, a)}
    order = backwards(graph) if is_backward(derivation) else list(reversed(graph.uses))
    for name in order:
        if name == goal.by or name in hidden or (name == goal.of):
            continue
        rows.append(delta_row(graph, name) if name in graph.deltas else adjoint_row(graph, name))
        rows.extend(rewritten(graph, name))
    rows.append(last_row(graph, parameters is None or goal.by in parameters))
    rows.extend(rewritten(graph, goal.by))
    opening = Phrase.of("forms.backward")
    if graph.deltas:
        opening = Phrase.of("forms.backprop", definition=definition(graph))
    return Form(opening, tuple(rows))


def backwards(graph: Backward) -> list[Name]:
    """The names so that each comes after all that it acts on."""
    waiting = {name: sum(use.node in graph.uses for use in uses) for name, uses in graph.uses.items()}
    below: dict[Name, list[Name]] = {}
    for name, uses in graph.uses.items():
        for use in uses:
            below.setdefault(use.node, []).append(name)
    found = [name for name, count in waiting.items() if not count]
    for name in found:  # grows while it is walked
        for other in below.get(name, ()):
            waiting[other] -= 1
            if not waiting[other]:
                found.append(other)
    return found


def is_hidden(graph: Backward, name: Name) -> bool:
    """Whether the adjoint of an activation goes into the error below without a line of its own."""
    if outermost(graph, name):
        return False
    return (
        not is_backward(graph.derivation)
        or len(graph.uses.get(name, ())) < 2
        or all(use.node in graph.deltas for use in graph.uses[name])
    )


def rewritten(graph: Backward, name: Name) -> list[Row]:
    """The lines that write an adjoint in another form: what cancels, an assumption, a closed form."""
    token = Derivative(graph.derivation.goal.of, name)
    left = graph.deltas.get(name) or token
    deltas: dict[Tree, Tree] = {Derivative(token.of, z): delta for z, delta in graph.deltas.items()}
    return [
        Row(equality(left, substitute(step.after, deltas)), step.why, None, step.conditions)
        for step in graph.derivation.steps
        if step.rule in COMBINED and step.before == token
    ]


def through_layers(derivation: Derivation) -> Form:
    """The adjoints of a loop of vectors: where they begin, how they go back a layer, where they are used."""
    left_out = (*INDUCTION, "product-over-layers", "chain-rule")
    rows = [
        Row(equality(step.before, step.after), step.why, step.equation, step.conditions)
        for step in derivation.steps
        if step.rule not in left_out
    ]
    return Form(Phrase.of("forms.backward"), tuple(rows))


def recursion(derivation: Derivation) -> Form:
    """The adjoints of a loop that hands on several values: where they begin, and how they go back."""
    told = ("recursion-end", "recursion-step", "chain-rule")
    steps = [step for step in derivation.steps if step.rule in told]
    names = {step.before: step for step in steps}
    rows = [
        Row(equality(step.before, step.after), step.why, conditions=step.conditions)
        for step in steps
        if names[step.before] is step and step.rule != "chain-rule"
    ]
    return Form(Phrase.of("forms.backward"), tuple(rows))


def definition(graph: Backward) -> Tree:
    """Delta_j = dC/dz_j, by the letter where there are several layers."""
    z, delta = next(iter(graph.deltas.items()))
    told = equality(delta, Derivative(graph.derivation.goal.of, z))
    at = index_of(z)
    return told if at is None or len(graph.deltas) == 1 else lettered(told, at)


def read_graph(derivation: Derivation) -> Backward:
    """The uses of every name on the way, and which names have an error delta of their own."""
    uses: dict[Name, list[Part]] = {}
    for step in local_steps(derivation):
        before = step.before
        assert isinstance(before, Derivative)
        node = before.of
        if step.rule.startswith("adjoint-"):
            assert step.equation is not None
            node = step.equation.operands[0]
        assert isinstance(node, Name)
        uses.setdefault(before.by, []).append(Part(step, node))
    if any(step.rule in RUNS for step in derivation.steps):
        on_the_way = reached(uses, derivation.goal.by)
        uses = {name: parts for name, parts in uses.items() if name in on_the_way}
        uses = {
            name: [part for part in parts if part.node in uses or part.node == derivation.goal.of]
            for name, parts in uses.items()
        }
        return Backward(derivation, uses, {})
    return Backward(derivation, uses, deltas_of(derivation, uses))


def reached(uses: dict[Name, list[Part]], start: Name) -> set[Name]:
    """The names that a name acts on, itself included."""
    found, waiting = {start}, [start]
    while waiting:
        for part in uses.get(waiting.pop(), ()):
            if part.node not in found:
                found.add(part.node)
                waiting.append(part.node)
    return found


def deltas_of(derivation: Derivation, uses: dict[Name, list[Part]]) -> dict[Name, Name]:
    """Z -> delta for every weighted input, if they are told apart by their indices alone."""
    found: dict[Name, Name] = {}
    for name, parts in uses.items():
        if len(parts) == 1 and parts[0].step.rule in ACTIVATIONS:
            found[name] = Name("delta", name.indices)
    trees = [tree for step in derivation.steps for tree in (step.after, step.equation) if tree is not None]
    taken = any(name.stem == "delta" for tree in trees for name in names_in(tree))
    if taken or len({z.stem for z in found}) > 1 or len(set(found.values())) < len(found):
        return {}
    return found


def outermost(graph: Backward, name: Name) -> bool:
    """Whether the objective uses an activation directly: its derivative has a line of its own then."""
    return any(use.node == graph.derivation.goal.of for use in graph.uses.get(name, ()))


def delta_row(graph: Backward, name: Name) -> Row:
    """Delta of a layer: BP1 at the objective, BP2 from the layer above."""
    (use,) = graph.uses[name]
    a, step = use.node, use.step
    right = graph.part(use)
    why = Phrase.of("forms.delta-inner")
    above = graph.uses.get(a, [])
    if a == graph.derivation.goal.of or step.rule == "adjoint-softmax":
        why = Phrase.of("forms.delta-outer")
    elif outermost(graph, a) and len(above) == 1:
        why = Phrase.of("forms.bp1")
    elif not is_hidden(graph, a):
        why = Phrase.of("forms.delta-own")
    if a != graph.derivation.goal.of and is_hidden(graph, a):
        right = substitute_last(right, Derivative(graph.derivation.goal.of, a), graph.adjoint(a))
        if step.rule != "adjoint-softmax" and all(part.node in graph.deltas for part in above):
            why = Phrase.of("forms.bp2")
    return Row(equality(graph.deltas[name], right), why, step.equation, step.conditions)


def substitute_last(tree: Tree, token: Tree, value: Tree) -> Tree:
    """The token replaced; a product that comes in joins the product it comes into."""
    put = substitute(tree, {token: value})
    return joined(*put.factors) if isinstance(put, Mul) else put


def adjoint_row(graph: Backward, name: Name) -> Row:
    """DC/dname from the names it feeds."""
    uses = graph.uses[name]
    step = uses[0].step
    token = Derivative(graph.derivation.goal.of, name)
    if len(uses) > 1:
        why = Phrase.of("forms.several-uses", parent=name, count=len(uses))
        return Row(equality(token, graph.adjoint(name)), why)
    told = step.rule in OBJECTIVES or step.rule in RUNS
    why = step.why if told else Phrase.of("forms.one-use", node=uses[0].node, parent=name)
    return Row(equality(token, graph.adjoint(name)), why, step.equation, step.conditions)


def last_row(graph: Backward, trained: bool) -> Row:
    """The gradient asked for: BP3 for a bias, BP4 for a weight."""
    goal = graph.derivation.goal
    if goal.by in graph.deltas:
        row = delta_row(graph, goal.by)
        assert isinstance(row.formula, Relation)
        relation = Relation(("=", "="), (goal, *row.formula.operands))
        return Row(relation, row.why, row.equation, row.conditions)
    uses = graph.uses[goal.by]
    row = adjoint_row(graph, goal.by)
    rules = {use.step.rule for use in uses}
    if not trained or not all(use.node in graph.deltas for use in uses):
        return row
    several = "-several" if len(uses) > 1 else ""
    if rules <= set(BIASES) and all(graph.part(use) == graph.deltas[use.node] for use in uses):
        return Row(row.formula, Phrase.of(f"forms.bp3{several}"), row.equation, row.conditions)
    if rules <= set(WEIGHTS) and all(is_input(use) for use in uses):
        return Row(row.formula, Phrase.of(f"forms.bp4{several}"), row.equation, row.conditions)
    return row


def is_input(use: Part) -> bool:
    """Whether what a parameter multiplies is a neuron's output or an input: a name, not a product."""
    return isinstance(use.step.after, Name) or use.step.rule == "adjoint-weight"
