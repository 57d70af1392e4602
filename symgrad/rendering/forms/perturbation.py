"""A small change of the parameter followed forward, line by line, to the change of the objective."""

from __future__ import annotations

import re

from symgrad.calculus.tidy import plus, times
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    Derivative,
    Div,
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
from symgrad.rendering.forms.rows import (
    Form,
    Row,
    Shapes,
    holds,
    is_backward,
    joined,
    local_steps,
    transposed,
)
from symgrad.values.derivation import Derivation, Step
from symgrad.values.phrase import Phrase

_BRACKETS = re.compile(r"(Δ|\\Delta|Delta)(?:\\left)?\(((?:[^()]|\([^()]*\))*?)(?:\\right)?\)")


def change(name: Tree) -> Tree:
    """Delta name; `without_brackets` prints it that way."""
    return Apply(Name("Delta"), (name,))


def without_brackets(text: str) -> str:
    r"""`Δ(b₁)` as `Δb₁`, `\Delta(b_1)` as `\Delta b_1`."""
    return _BRACKETS.sub(lambda m: f"{m[1]}{m[2]}" if m[1] == "Δ" else f"{m[1]} {m[2]}", text)


def perturbation(derivation: Derivation, shapes: Shapes) -> Form | None:
    """The change of every name on the way: = where the line is affine in them, else first order."""
    steps = local_steps(derivation)
    if not steps:
        return None
    into: dict[Name, list[Step]] = {}
    for step in reversed(steps) if is_backward(derivation) else steps:
        into.setdefault(node_of(step), []).append(step)
    goal, objective = derivation.goal, derivation.goal.of
    moved: set[Name] = {goal.by}
    for step in steps:
        moved.add(node_of(step))
    rows, exact = [], True
    for name, parts in into.items():
        affine = all(is_affine(step, moved) for step in parts)
        exact = exact and affine
        total = plus(*(contribution(step, shapes, objective) for step in parts))
        sign = "=" if affine else "~"
        why = Phrase.of("forms.change-exact" if affine else "forms.change-first-order")
        kinks = tuple(dict.fromkeys(c for step in parts for c in step.conditions))
        rows.append(Row(Relation((sign,), (change(name), total)), why, parts[0].equation, kinks))
    remark = Phrase.of("forms.change-limit" if not exact else "forms.change-limit-exact", parent=goal.by)
    opening = Phrase.of("forms.perturbation", change=change(goal.by))
    return Form(opening, tuple(rows), closing(derivation, "=" if exact else "~", shapes), (remark,))


def closing(derivation: Derivation, sign: str, shapes: Shapes) -> tuple[Relation, ...]:
    """The changes put into one another, and divided by the first one where it is a number."""
    goal, product = derivation.goal, joined(*derivation.factors)
    size, small = len(shapes.get(goal.by, ())), change(goal.by)
    if not is_backward(derivation):
        whole = Relation((sign,), (change(goal.of), joined(product, small)))
        if size:
            return (whole,)
        return whole, Relation((sign,), (Div(change(goal.of), small), product))
    gradient: Tree = Derivative(goal.of, goal.by)
    whole = Relation((sign,), (change(goal.of), paired(gradient, small, size)))
    return (whole,) if size else (whole, Relation((sign,), (Div(change(goal.of), small), gradient)))


def node_of(step: Step) -> Name:
    """The name whose change a step gives a part of."""
    before = step.before
    assert isinstance(before, Derivative)
    node = step.equation.operands[0] if step.rule.startswith("adjoint-") and step.equation else before.of
    assert isinstance(node, Name)
    return node


def is_affine(step: Step, moved: set[Name]) -> bool:
    """Whether a line is affine in what changed: no local derivative holds a name that changed."""
    if step.rule in ("adjoint-bias", "adjoint-copy"):
        return True
    if step.rule in ("adjoint-linear", "adjoint-weight") and step.equation is not None:
        terms = terms_of(step.equation.operands[1])
        return all(sum(node in moved for node in walk(term) if isinstance(node, Name)) <= 1 for term in terms)
    return not step.rule.startswith("adjoint-") and not holds(step.after, moved)


def contribution(step: Step, shapes: Shapes, objective: Tree) -> Tree:
    """What the change of one input adds to the change of the line."""
    before = step.before
    assert isinstance(before, Derivative)
    small, size = change(before.by), len(shapes.get(before.by, ()))
    if not step.rule.startswith("adjoint-"):
        return small if step.after == ONE else times(step.after, small)
    assert step.equation is not None
    name, body = node_of(step), step.equation.operands[1]
    match step.rule:
        case "adjoint-bias" | "adjoint-copy":
            return small
        case "adjoint-linear" | "adjoint-weight":
            found = [substitute(t, {before.by: small}) for t in terms_of(body) if before.by in walk(t)]
            return plus(*found)
        case "adjoint-activation" if isinstance(body, Apply):
            slope = Apply(body.function, body.arguments, body.order + 1, body.options)
            return Elementwise("*", slope, small)
        case "adjoint-softmax":
            mean = Mul((Transpose(name), small))
            return Elementwise("*", name, Add((small, Neg(mean))))
    if name == objective:  # the adjoint of the objective is 1, so the step is its own local gradient
        return paired(step.after, small, size)
    jacobian: Tree = Derivative(name, before.by)
    return joined(jacobian, small) if shapes.get(name) else paired(jacobian, small, size)


def paired(gradient: Tree, small: Tree, size: int) -> Tree:
    """The inner product of a gradient and a change, of numbers, vectors or matrices."""
    if size == 0:
        return joined(gradient, small)
    if size == 1:
        return joined(transposed(gradient), small)
    return Apply(Name("sum"), (Elementwise("*", gradient, small),))


def terms_of(body: Tree) -> tuple[Tree, ...]:
    """The terms of a sum."""
    return body.terms if isinstance(body, Add) else (body,)
