"""The gradient as a product of Jacobians, the later layer on the left, and what each order of work costs.

A Jacobian has one row for each output. Multiplying two full matrices p x q and q x r takes p q r
multiplications; a diagonal matrix takes one an entry of the other factor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from symgrad.calculus.matrices.forms import transpose
from symgrad.calculus.matrices.jacobian import turned_matrix
from symgrad.calculus.matrices.operators import as_product, operator
from symgrad.calculus.matrices.replay import scalars_first
from symgrad.network.shapes import Shapes as Sizes
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    BigOp,
    Derivative,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Transpose,
    Tree,
    number,
    substitute,
    walk,
)
from symgrad.rendering.forms.perturbation import node_of, terms_of
from symgrad.rendering.forms.rows import (
    Form,
    Row,
    Shapes,
    diagonal,
    equality,
    is_backward,
    joined,
    local_steps,
    transposed,
)
from symgrad.values.derivation import Derivation, Step
from symgrad.values.phrase import Phrase


@dataclass(frozen=True, slots=True)
class Factor:
    """One local Jacobian with its sizes; `tree` None is an identity, left out of the product."""

    token: Tree
    start: Name
    tree: Tree | None
    rows: Tree
    columns: Tree


def jacobian(derivation: Derivation, shapes: Shapes) -> Form | None:
    """The local Jacobians line by line, their product, and its cost from the left and from the right."""
    steps = local_steps(derivation)
    if not steps:
        return None
    backward = is_backward(derivation)
    ordered = tuple(reversed(steps)) if backward else steps
    opening = Phrase.of("forms.jacobian")
    found = factors_of(ordered, derivation, shapes) if has_sizes(derivation, shapes) else None
    if found is None:
        sized = has_sizes(derivation, shapes)
        return along_paths(derivation, ordered, shapes) if sized else scalars(derivation, ordered, opening)
    factors, outside = found
    rows = tuple(
        Row(equality(f.token, f.tree or Apply(Name("eye"), (f.rows,))), step.why_jacobian, step.equation)
        for f, step in zip(factors, map(Told, ordered[len(outside) :]), strict=True)
    )
    tokens = joined(*(f.token for f in reversed(factors)))
    shown = [f for f in reversed(factors) if f.tree is not None]
    left = Derivative(derivation.goal.of, factors[0].start)
    values = joined(*(f.tree for f in shown if f.tree is not None)) if shown else ONE
    name: Tree = transposed(left) if backward else left
    links = tuple(equality(name, tree) for tree in dict.fromkeys((tokens, values)))
    remarks = [Phrase.of("forms.row-per-output")]
    if backward:
        remarks.append(Phrase.of("forms.gradient-is-transpose", row=name, gradient=left))
    if len(shown) > 1:
        remarks.append(Phrase.of("forms.cost-left", count=cost(shown)))
        remarks.append(Phrase.of("forms.cost-right", count=cost(shown, from_right=True)))
        if any(diagonal(f.tree or ONE) for f in shown):
            remarks.append(Phrase.of("forms.cost-diagonal"))
    return Form(opening, rows, links, tuple(remarks))


@dataclass(frozen=True, slots=True)
class Told:
    """A step with the reason of its Jacobian."""

    step: Step

    @property
    def equation(self) -> Tree | None:
        """The line of the forward pass."""
        return self.step.equation

    @property
    def why_jacobian(self) -> Phrase:
        """Why the local Jacobian is what it is."""
        match self.step.rule:
            case "adjoint-linear":
                return Phrase.of("steps.jacobian-linear")
            case "adjoint-activation":
                return Phrase.of("steps.jacobian-activation")
            case "adjoint-bias" | "adjoint-copy" | "adjoint-added":
                return Phrase.of("forms.identity")
            case "adjoint-composite":
                assert isinstance(self.step.before, Derivative)
                node = node_of(self.step)
                return Phrase.of("steps.jacobian-composite", parent=self.step.before.by, node=node)
        return self.step.why


def has_sizes(derivation: Derivation, shapes: Shapes) -> bool:
    """Whether a vector or matrix takes part."""
    steps = local_steps(derivation)
    return any(shapes.get(name) for s in steps for name in (node_of(s), s.before.by))  # type: ignore[union-attr]


def scalars(derivation: Derivation, steps: Sequence[Step], opening: Phrase) -> Form | None:
    """Numbers: the same factors, read from the objective back; either order costs the same."""
    if is_backward(derivation):
        return None
    goal = derivation.goal
    rows = tuple(Row(equality(s.before, s.after), s.why, s.equation, s.conditions) for s in steps)
    links = []
    if derivation.path and len(steps) > 1:
        pairs = [Derivative(of, by) for by, of in pairwise(derivation.path)]
        links.append(equality(goal, joined(*reversed(pairs))))
    factors = tuple(reversed(derivation.factors))
    links.append(equality(goal, factors[0] if len(factors) == 1 else Mul(factors)))
    remarks = [Phrase.of("forms.cost-numbers", total=len(factors) - 1)] if len(factors) > 1 else []
    if any(isinstance(f, BigOp) for f in factors):
        remarks = [Phrase.of("forms.cost-ranges")]
    return Form(opening, rows, tuple(links), tuple(remarks))


def factors_of(
    steps: Sequence[Step], derivation: Derivation, shapes: Shapes
) -> tuple[list[Factor], tuple[Step, ...]] | None:
    """The Jacobians along the one path; a first step by a matrix has none and stays outside.

    None where there are several paths, or a line has no Jacobian that can be written as a matrix.
    """
    outside = steps[:1] if len(shapes.get(derivation.goal.by, ())) == 2 else ()
    found: list[Factor] = []
    at = node_of(outside[0]) if outside else derivation.goal.by
    for step in steps[len(outside) :]:
        before = step.before
        if not isinstance(before, Derivative) or before.by != at:
            return None
        node = node_of(step)
        tree = local(step, node, derivation, shapes)
        if tree is None:
            return None
        rows, columns = size_of(node, shapes), size_of(at, shapes)
        token: Tree = Derivative(node, at)
        if is_backward(derivation) and node == derivation.goal.of and shapes.get(at):
            token = transposed(token)  # elsewhere in the derivation a gradient stands as a column
        found.append(Factor(token, at, None if tree == ONE else tree, rows, columns))
        at = node
    return (found, tuple(outside)) if found else None


def size_of(name: Name, shapes: Shapes) -> Tree:
    """How many entries a vector has; 1 for a number."""
    shape = shapes.get(name, ())
    return shape[0] if len(shape) == 1 else ONE


def local(step: Step, node: Name, derivation: Derivation, shapes: Shapes) -> Tree | None:
    """The local Jacobian as a matrix; ONE stands for an identity."""
    before = step.before
    assert isinstance(before, Derivative)
    if step.rule.startswith("jacobian-"):
        return step.after
    if not step.rule.startswith("adjoint-") or step.equation is None:
        return None
    body = step.equation.operands[1]
    vector = len(shapes.get(before.by, ())) == 1
    if node == derivation.goal.of:
        return transposed(step.after) if vector else step.after
    match step.rule:
        case "adjoint-bias" | "adjoint-copy" | "adjoint-added" if shapes.get(node) == shapes.get(before.by):
            return ONE
        case "adjoint-activation" if isinstance(body, Apply):
            return Apply(Name("diag"), (Apply(body.function, body.arguments, body.order + 1, body.options),))
        case "adjoint-softmax":
            return Add((Apply(Name("diag"), (node,)), Neg(Mul((node, Transpose(node))))))
        case "adjoint-linear" if vector:
            terms = [t for t in terms_of(body) if substitute(t, {before.by: ONE}) != t]
            if len(terms) == 1 and isinstance(terms[0], Mul) and terms[0].factors[-1] == before.by:
                return joined(*terms[0].factors[:-1])
    return None


def along_paths(derivation: Derivation, steps: Sequence[Step], shapes: Shapes) -> Form | None:
    """Several paths of vectors: every local Jacobian, then the product in which paths that part add up.

    None where a line has no Jacobian that is a matrix.
    """
    sizes, goal = Sizes(shapes), derivation.goal
    if len(shapes.get(goal.by, ())) > 1:
        return None
    rows = []
    for step in steps:
        assert isinstance(step.before, Derivative)
        node = node_of(step)
        tree = local_matrix(step, node, derivation, sizes)
        if tree is None or len(shapes.get(node, ())) > 1:
            return None
        token: Tree = Derivative(node, step.before.by)
        if is_backward(derivation) and node == goal.of and shapes.get(step.before.by):
            token = transposed(token)
        rows.append(Row(equality(token, tree), Told(step).why_jacobian, step.equation, step.conditions))
    backward = is_backward(derivation)
    factors = list(derivation.factors)
    if backward:
        values: dict[Tree, Tree] = dict(derivation.kept) if len(derivation.kept) == 1 else {}
        whole = transpose(joined(*(substitute(f, values) for f in factors)), sizes)
        factors = scalars_first(list(as_product(whole, sizes)), sizes)
    name: Tree = transposed(goal) if backward and shapes.get(goal.by) else goal
    remarks = [Phrase.of("forms.row-per-output")]
    if name != goal:
        remarks.append(Phrase.of("forms.gradient-is-transpose", row=name, gradient=goal))
    counted = [as_factor(f, sizes) for f in factors if sizes.of(f)]
    if len(counted) > 1 and not any(isinstance(n, Derivative) for f in factors for n in walk(f)):
        remarks.append(Phrase.of("forms.cost-left", count=cost(counted)))
        remarks.append(Phrase.of("forms.cost-right", count=cost(counted, from_right=True)))
        remarks.append(Phrase.of("forms.cost-sums"))
    links = (equality(name, joined(*factors)),)
    return Form(Phrase.of("forms.jacobian"), tuple(rows), links, tuple(remarks))


def local_matrix(step: Step, node: Name, derivation: Derivation, sizes: Sizes) -> Tree | None:
    """The local Jacobian of one edge, read off its adjoint step."""
    assert isinstance(step.before, Derivative)
    if step.rule.startswith("jacobian-"):
        return step.after
    if node == derivation.goal.of:
        return transpose(step.after, sizes)
    token = Derivative(derivation.goal.of, node)
    found = operator(step.after, token, sizes)
    return None if found is None else turned_matrix(found, token, sizes)


def as_factor(tree: Tree, sizes: Sizes) -> Factor:
    """A factor of a product with its rows and columns."""
    shape = sizes.of(tree)
    rows, columns = (shape[0], ONE) if len(shape) == 1 else shape
    return Factor(tree, Name("x"), tree, rows, columns)


def cost(factors: Sequence[Factor], from_right: bool = False) -> Tree:
    """The multiplications of a product of Jacobians, worked off from one side; a formula in the sizes."""
    order = list(reversed(factors)) if from_right else list(factors)
    total: list[Tree] = []
    rows, columns, diag = order[0].rows, order[0].columns, diagonal(order[0].tree or ONE)
    for factor in order[1:]:
        thin = diagonal(factor.tree or ONE)
        outer, inner, last = (factor.rows, rows, columns) if from_right else (rows, columns, factor.columns)
        if thin and diag:
            total.append(inner)
        elif thin or diag:
            other = (rows, columns) if thin else (factor.rows, factor.columns)
            total.append(times_sizes(*other))
        else:
            total.append(times_sizes(outer, inner, last))
        diag = thin and diag
        rows, columns = (factor.rows, columns) if from_right else (rows, factor.columns)
    return added(total)


def times_sizes(*sizes: Tree) -> Tree:
    """A product of sizes, ones left out, equal ones as powers."""
    counted: dict[Tree, int] = {}
    value = 1
    for size in sizes:
        if isinstance(size, Number):
            value *= int(size.value)
        else:
            counted[size] = counted.get(size, 0) + 1
    parts = [size if n == 1 else Pow(size, number(n)) for size, n in counted.items()]
    if value != 1 or not parts:
        parts.insert(0, number(value))
    return joined(*parts)


def added(terms: Sequence[Tree]) -> Tree:
    """A sum of counts, equal ones collected, plain numbers added up."""
    counted: dict[Tree, int] = {}
    plain = 0
    for term in terms:
        if isinstance(term, Number):
            plain += int(term.value)
        else:
            counted[term] = counted.get(term, 0) + 1
    parts: list[Tree] = [t if n == 1 else joined(number(n), t) for t, n in counted.items()]
    if plain or not parts:
        parts.append(number(plain))
    return parts[0] if len(parts) == 1 else Add(tuple(parts))
