"""A small change of the parameter followed forward, line by line, to the change of the objective."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from symgrad.calculus.matrices.adjoint import Adjoints
from symgrad.calculus.matrices.differential import Differential
from symgrad.calculus.tidy import plus, times
from symgrad.network.shapes import Shapes as Sizes
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    Derivative,
    Div,
    Elementwise,
    Name,
    Relation,
    Tree,
    substitute,
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


def perturbation(
    derivation: Derivation, shapes: Shapes, functions: Mapping[str, str] | None = None
) -> Form | None:
    """The change of every name on the way: = where the line is affine in them, else first order."""
    steps = local_steps(derivation)
    if not steps:
        return None
    arrays = with_arrays(steps)
    into: dict[Name, list[Step]] = {}
    for step in reversed(steps) if is_backward(derivation) else steps:
        into.setdefault(node_of(step), []).append(step)
    goal = derivation.goal
    moved: set[Name] = {goal.by}
    for step in steps:
        moved.add(node_of(step))
    rows, exact = [], True
    for name, parts in into.items():
        if arrays:
            total = change_of_line(name, parts, shapes, functions or {})
            affine = not holds(substitute(total, {change(n): ONE for n in moved}), moved)
        else:
            total = plus(*(contribution(step) for step in parts))
            affine = not any(holds(step.after, moved) for step in parts)
        exact = exact and affine
        sign = "=" if affine else "~"
        why = Phrase.of("forms.change-exact" if affine else "forms.change-first-order")
        kinks = tuple(dict.fromkeys(c for step in parts for c in step.conditions))
        rows.append(Row(Relation((sign,), (change(name), total)), why, parts[0].equation, kinks))
    remark = Phrase.of("forms.change-limit" if not exact else "forms.change-limit-exact", parent=goal.by)
    opening = Phrase.of("forms.perturbation", change=change(goal.by))
    return Form(opening, tuple(rows), closing(derivation, "=" if exact else "~", shapes), (remark,))


def with_arrays(steps: Sequence[Step]) -> bool:
    """Whether the steps go through vectors or matrices."""
    return any(step.rule.startswith(("adjoint-", "jacobian-")) for step in steps)


def change_of_line(name: Name, parts: Sequence[Step], shapes: Shapes, functions: Mapping[str, str]) -> Tree:
    """The change of a line of vectors and matrices by the changes of its inputs."""
    equation = parts[0].equation
    assert equation is not None
    body = equation.operands[1]
    inputs = [step.before.by for step in parts if isinstance(step.before, Derivative)]
    changes = {each: change(each) for each in inputs}
    total = Differential(Adjoints(Sizes(shapes), functions), changes).of(body)
    return substitute(total, {body: name}) if isinstance(body, Apply) and not body.order else total


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


def contribution(step: Step) -> Tree:
    """What the change of one input adds to the change of the line."""
    assert isinstance(step.before, Derivative)
    small = change(step.before.by)
    return small if step.after == ONE else times(step.after, small)


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
