"""What surrounds an answer with vectors and matrices: equations, shapes, adjoints by their neighbours'."""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.algebra import Scope
from symgrad.calculus.matrices.adjoint import Adjoints
from symgrad.errors import NotSupportedError
from symgrad.network.graph import Network
from symgrad.network.shapes import Shapes
from symgrad.notation.tree import ONE, Add, Apply, Derivative, Name, Tree, substitute


def shaped_scope(
    network: Network, functions: Mapping[str, str], adjoints: Mapping[Derivative, Tree]
) -> Scope:
    """The chain's equations, shapes and assumptions, and the values of derivative tokens."""
    return Scope(network.definitions(), functions, adjoints, network.shapes, network.assumptions)


def shaped_adjoints(network: Network, of: Name) -> dict[Derivative, Tree]:
    """d(of)/d(v) for every v that a number `of` depends on, each by the adjoints of the names that use v."""
    last = network.position.get(of)
    if last is None or network.shapes.get(of):
        return {}
    rules = Adjoints(Shapes(network.shapes), network.functions)
    parts: dict[Name, list[Tree]] = {}
    needed, missing = {of}, set[Name]()
    for place in range(last, -1, -1):
        equation = network.equations[place]
        if equation.name not in needed:
            continue
        needed.update(equation.parents)
        adjoint: Tree = ONE if equation.name == of else Derivative(of, equation.name)
        try:
            for parent, part in rules.of(network.bodies[place], adjoint).items():
                parts.setdefault(parent, []).append(by_name(equation.name, network.bodies[place], part))
        except NotSupportedError:
            missing.update(equation.parents)
    return {
        Derivative(of, name): found[0] if len(found) == 1 else Add(tuple(found))
        for name, found in parts.items()
        if name not in missing
    }


def by_name(name: Name, body: Tree, part: Tree) -> Tree:
    """softmax(z) in a rule's result as p, the name it has."""
    return substitute(part, {body: name}) if isinstance(body, Apply) and not body.order else part
