"""One edge of the graph -> one Step: the local derivative of a named value by one of its inputs, and why."""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.calculus.rules import cached_derivative, substeps
from symgrad.calculus.tidy import plus
from symgrad.functions import registry
from symgrad.functions.application import applied, written
from symgrad.network.graph import Equation, Network, instantiate
from symgrad.notation.tree import ONE, Apply, Derivative, Name, Number, Relation, Tree, names_in, number, walk
from symgrad.values.derivation import Step
from symgrad.values.phrase import Phrase

COMPOSITE = ("composite-derivative", "objective-derivative")
"""Rules that stand for several elementary ones, which their steps list."""


def local_derivative(network: Network, equation: Equation, parent: Name) -> Tree:
    """d(equation)/d(parent) with the other inputs held fixed; differentiated once a pattern."""
    pattern, functions = equation.pattern, tuple(sorted(network.functions.items()))
    values = dict(zip(pattern.letters, equation.values, strict=True))
    parts = []
    for slot in pattern.slots:
        if slot == parent or (values and instantiate(slot, values) == parent):
            parts.append(instantiate(cached_derivative(pattern.body, slot, functions), values))
    return parts[0] if len(parts) == 1 else plus(*parts)


def edge_step(network: Network, equation: Equation, parent: Name, of: Name) -> Step:
    """The Step parent -> equation, its rule chosen by the form of the equation."""
    local = local_derivative(network, equation, parent)
    body = equation.body
    rule = classify(network, equation.name, body, parent, local, of)
    fields: dict[str, Tree] = {"parent": parent, "node": equation.name, "local": local}
    if isinstance(body, Apply):
        fields["function"] = body.function
    return Step(
        rule,
        Derivative(equation.name, parent),
        local,
        Phrase.of(f"steps.{worded(network, rule, local)}", **fields),
        conditions(network, body, parent),
        substeps(body, parent, network.functions) if rule in COMPOSITE else (),
        Relation(("=",), (equation.name, body)),
    )


def classify(network: Network, name: Name, body: Tree, parent: Name, local: Tree, of: Name) -> str:
    """The rule id an edge belongs to."""
    if body == parent:
        return "copy-derivative"
    match body:
        case Apply(function, (argument,)) if argument == parent and is_layer(network, name, function.stem):
            return "activation-derivative"
    if parent not in walk(local):
        return added(network, name, body, parent) if local == ONE else "linear-derivative"
    return "objective-derivative" if name == of == network.objective else "composite-derivative"


def added(network: Network, name: Name, body: Tree, parent: Name) -> str:
    """The rule of a term with coefficient 1: a trained leaf is a bias, a detour's beginning is a skip."""
    if is_trained(network, parent):
        return "bias-derivative"
    seen = {other.stem for other in names_in(body) if other != parent} - {name.stem}
    waiting = list(seen)
    while waiting:
        below = network.stems_below.get(waiting.pop(), frozenset())
        if parent.stem in below:
            return "skip-derivative"
        waiting.extend(below - seen - {name.stem})
        seen |= below
    return "added-derivative"


def worded(network: Network, rule: str, local: Tree) -> str:
    """The phrase of a rule; what remains of a linear line is called a weight only if it is trained."""
    if rule == "linear-derivative" and not (isinstance(local, Name) and is_trained(network, local)):
        return "linear-derivative-first"
    return rule


def is_trained(network: Network, name: Name) -> bool:
    """Whether a name is a parameter; one with a loop letter is if its family has some."""
    if name in network.trained:
        return True
    if name in network.position or all(isinstance(index, Number) for index in name.indices):
        return False
    return any(p.stem == name.stem and len(p.indices) == len(name.indices) for p in network.parameters)


def is_layer(network: Network, name: Name, stem: str) -> bool:
    """Whether applying a function makes a layer; an unbound one of the objective's own is a cost."""
    if name != network.objective or registry.lookup(network.functions.get(stem, stem)) is not None:
        return is_activation(network, stem)
    return stem in network.applied_in_layers or (len(network.applied) == 1 and stem != "cost")


def is_activation(network: Network, stem: str) -> bool:
    """Whether a function is a layer's activation: bound or built in as one, or general."""
    known = registry.lookup(network.functions.get(stem, stem))
    return known is None or known.activation


def conditions(network: Network, body: Tree, parent: Name) -> tuple[Tree, ...]:
    """Where the local derivative holds: away from the kinks of the functions in the line."""
    found: dict[Tree, None] = {}
    for node in walk(body):
        if isinstance(node, Apply) and parent in walk(node):
            found.update(dict.fromkeys(smooth(node, network.functions)))
    return tuple(found)


def smooth(tree: Apply, functions: Mapping[str, str]) -> tuple[Tree, ...]:
    """The relations under which the derivative of an applied function is no convention."""
    if (condition := written(tree, functions, "smooth")) is not None:
        return (condition,)
    known = applied(tree, functions)
    if known is None or len(tree.arguments) != 1:
        return ()
    kinks = tuple(Relation(("!=",), (tree.arguments[0], number(kink.at))) for kink in known.kinks)
    if known.derivative_domain in (None, known.domain):
        return kinks
    return (*kinks, registry.at(registry.formula(known.derivative_domain), tree.arguments[0]))
