"""Backpropagation through vectors and matrices: adjoint steps from the objective back, replayed.

Each step says how dL/d(node) gives its part of dL/d(input). The gradient is what replaying them leaves;
`factors` is the same as one matrix product with diag(...), later layers inside, where a single path leads to
the objective.
"""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.calculus.matrices.adjoint import Adjoints
from symgrad.calculus.matrices.forms import collected, diagonal, product, transpose
from symgrad.calculus.tidy import factors_of
from symgrad.network.graph import Equation, Network
from symgrad.network.shapes import Shapes
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    Derivative,
    Elementwise,
    Mul,
    Name,
    Neg,
    Relation,
    Transpose,
    Tree,
    substitute,
    walk,
)  # fmt: skip
from symgrad.values.derivation import Derivation, Step
from symgrad.values.phrase import Phrase

MAX_NODES = 400
"""A gradient with more parts than this is left in terms of the adjoint of the layer above."""


def derive_shaped(network: Network, places: Sequence[int], wrt: Name, of: Name) -> Derivation:
    """d(of)/d(wrt) for a scalar `of`, with steps in backward order."""
    goal = Derivative(of, wrt)
    shapes = Shapes(network.shapes)
    rules = Adjoints(shapes, network.functions)
    reached = {wrt} | {network.equations[place].name for place in places}
    steps: list[Step] = []
    parts: dict[Name, list[Tree]] = {}
    for place in reversed(places):
        equation = network.equations[place]
        adjoint: Tree = ONE if equation.name == of else Derivative(of, equation.name)
        for parent, part in rules.of(equation.body, adjoint).items():
            if parent in reached:
                part = by_name(equation, part)
                steps.append(adjoint_step(network, equation, parent, of, part))
                parts.setdefault(parent, []).append(part)
        if len(parts.get(equation.name, ())) > 1:
            steps.append(summed(of, equation.name, parts[equation.name]))
    if len(parts[wrt]) > 1:
        steps.append(summed(of, wrt, parts[wrt]))
    result, kept = replay_adjoints(of, wrt, parts)
    last = Step("chain-rule", goal, result, Phrase.of("steps.backprop-result", node=of, parent=wrt))
    factors = as_product(result, shapes)
    return Derivation(goal, (*steps, last), factors, kept, notes=(Phrase.of("steps.layout-gradient"),))


def by_name(equation: Equation, part: Tree) -> Tree:
    """softmax(z) in a rule's result as p, the name it has."""
    body = equation.body
    return substitute(part, {body: equation.name}) if isinstance(body, Apply) and not body.order else part


def adjoint_step(network: Network, equation: Equation, parent: Name, of: Name, part: Tree) -> Step:
    """One edge, backwards: dL/dW = dL/dz h^T."""
    rule = adjoint_rule(network, equation, parent, of)
    fields: dict[str, Tree] = {"parent": parent, "node": equation.name, "local": part}
    equality = Relation(("=",), (equation.name, equation.body))
    return Step(rule, Derivative(of, parent), part, Phrase.of(f"steps.{rule}", **fields), (), (), equality)


def adjoint_rule(network: Network, equation: Equation, parent: Name, of: Name) -> str:
    """The id of the adjoint rule an edge belongs to."""
    body, shapes = equation.body, Shapes(network.shapes)
    if body == parent:
        return "adjoint-copy"
    if equation.name == of:
        return "adjoint-objective"
    if isinstance(body, Apply) and body.arguments == (parent,):
        return "adjoint-softmax" if body.function.stem == "softmax" else "adjoint-activation"
    terms = body.terms if hasattr(body, "terms") else (body,)
    if parent in terms:
        return "adjoint-bias"
    for term in terms:
        if (
            isinstance(term, Mul)
            and parent in term.factors
            and not any(parent in walk(f) for f in term.factors if f != parent)
        ):
            return "adjoint-weight" if len(shapes.of(parent)) == 2 else "adjoint-linear"
    return "adjoint-composite"


def summed(of: Name, name: Name, parts: Sequence[Tree]) -> Step:
    """The contributions of all uses of a name add up."""
    return Step(
        "sum-over-paths",
        Derivative(of, name),
        collected(parts),
        Phrase.of("steps.sum-over-paths", parent=name, count=len(parts)),
    )


def replay_adjoints(
    of: Name, wrt: Name, parts: dict[Name, list[Tree]]
) -> tuple[Tree, tuple[tuple[Derivative, Tree], ...]]:
    """The gradient: each adjoint put into the one before it, from the objective back; kept where long."""
    values: dict[Tree, Tree] = {}
    kept: list[tuple[Derivative, Tree]] = []
    for name, contributions in parts.items():
        token = Derivative(of, name)
        value = substitute(collected(contributions) if len(contributions) > 1 else contributions[0], values)
        if name == wrt:
            return value, tuple(kept)
        first = not values and not kept
        if first or sum(1 for _ in walk(value)) > MAX_NODES:
            kept.append((token, value))
        else:
            values[token] = value
    return ZERO, tuple(kept)


def as_product(tree: Tree, shapes: Shapes) -> tuple[Tree, ...]:
    """The factors of a gradient as one matrix product: (W^T d) .* s is diag(s) W^T d."""
    match tree:
        case Elementwise("*", left, right) if len(shapes.of(left)) == 1 and len(shapes.of(right)) == 1:
            if holds_adjoint(right) and not holds_adjoint(left):
                left, right = right, left
            return (diagonal(right), *as_product(left, shapes))
        case Mul(factors):
            found: list[Tree] = []
            for factor in factors:
                found.extend(
                    as_product(factor, shapes) if isinstance(factor, Elementwise | Mul) else (factor,)
                )
            return tuple(found)
    return factors_of(tree)


def holds_adjoint(tree: Tree) -> bool:
    """Whether a derivative token stands in a tree."""
    return any(isinstance(node, Derivative) for node in walk(tree))


def jacobian(network: Network, places: Sequence[int], wrt: Name, of: Name) -> Derivation | None:
    """d(vector)/d(vector) along a single path, later layers on the left; None for several paths."""
    shapes = Shapes(network.shapes)
    goal = Derivative(of, wrt)
    steps: list[Step] = []
    factors: list[Tree] = []
    at = wrt
    for place in places:
        equation = network.equations[place]
        if at not in equation.parents or sum(1 for p in places if at in network.equations[p].parents) > 1:
            return None
        local = local_jacobian(network, equation, at, shapes)
        if local is None:
            return None
        fields: dict[str, Tree] = {"parent": at, "node": equation.name, "local": local}
        rule = "jacobian-activation" if isinstance(equation.body, Apply) else "jacobian-linear"
        equality = Relation(("=",), (equation.name, equation.body))
        steps.append(
            Step(
                rule,
                Derivative(equation.name, at),
                local,
                Phrase.of(f"steps.{rule}", **fields),
                (),
                (),
                equality,
            )
        )
        factors.insert(0, local)
        at = equation.name
    whole = tuple(
        part for factor in factors for part in (factor.factors if isinstance(factor, Mul) else (factor,))
    )
    last = Step(
        "chain-rule", goal, product(*factors), Phrase.of("steps.jacobian-product", node=of, parent=wrt)
    )
    return Derivation(goal, (*steps, last), whole or (ONE,), notes=(Phrase.of("steps.layout-jacobian"),))


def local_jacobian(network: Network, equation: Equation, parent: Name, shapes: Shapes) -> Tree | None:
    """d(equation)/d(parent), one row per output: W for W h, diag(s') for an activation."""
    body = equation.body
    if len(shapes.of(equation.name)) != 1 or len(shapes.of(parent)) != 1:
        return None
    if body == Apply(Name("softmax"), (parent,)):
        p = equation.name
        return Add((diagonal(p), Neg(Mul((p, Transpose(p))))))
    adjoint = Name("\u2022")  # stands for any adjoint u; u^T J is read off the rule's result J^T u
    inner = Shapes({**network.shapes, adjoint: shapes.of(equation.name)})
    part = Adjoints(inner, network.functions).of(body, adjoint).get(parent)
    if part is None:
        return None
    factors = as_product(part, inner)
    if factors[-1] != adjoint or any(adjoint in walk(f) for f in factors[:-1]):
        return None
    return (
        transpose(product(*factors[:-1]), shapes)
        if len(factors) > 1
        else Apply(Name("eye"), shapes.of(parent))
    )
