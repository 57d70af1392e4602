"""The gradient of one parameter: its paths, the table of local derivatives, the chain rule."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from symgrad.lessons.anatomy import Anatomy, between, holds, terms
from symgrad.notation.tree import ONE, Derivative, Mul, Name, Node, Relation, Tree
from symgrad.rendering.document import Block, Cell, Formula, Paragraph, Section, Table
from symgrad.rendering.folding import index_of, lettered
from symgrad.rendering.views.derivation import filled, product, reason
from symgrad.values.derivation import Derivation, Step
from symgrad.values.phrase import Field, Phrase

_WORDED = (
    "activation-derivative",
    "bias-derivative",
    "skip-derivative",
    "added-derivative",
    "linear-derivative",
    "objective-derivative",
    "copy-derivative",
)


def gradient_section(anatomy: Anatomy, derivation: Derivation) -> Section:
    """From the parameter to the objective, factor by factor."""
    wrt, objective = derivation.goal.by, anatomy.network.objective
    blocks: list[Block] = []
    if derivation.path:
        blocks.append(
            Paragraph(
                (Phrase.of("notes.one-path", parameter=wrt, objective=objective, path=derivation.path),)
            )
        )
    else:
        blocks += _several(anatomy, derivation)
    blocks.append(Table(_heads(), tuple(_rows(derivation))))
    blocks.append(
        Paragraph(
            (
                Phrase.of(
                    "notes.by-sum" if not derivation.path and derivation.kept else "notes.by-chain-rule",
                    parameter=wrt,
                ),
            )
        )
    )
    blocks.append(_result(derivation))
    if (absent := _absent(anatomy, derivation)) is not None:
        blocks.append(Paragraph((absent,)))
    return Section(tuple(blocks), Phrase.of("notes.gradient-heading", goal=derivation.goal))


def _heads() -> tuple[Cell, ...]:
    return tuple(Phrase.of(f"notes.head-{word}") for word in ("arrow", "local", "reason"))


def _several(anatomy: Anatomy, derivation: Derivation) -> list[Block]:
    wrt, objective = derivation.goal.by, anatomy.network.objective
    paths = anatomy.paths(wrt)
    if not paths:
        return [Paragraph((Phrase.of("notes.many-paths", parameter=wrt, objective=objective),))]
    rows = tuple(
        (Phrase.of("notes.path", path=path), product(path_factors(derivation, path))) for path in paths
    )
    entries = {path[1] for path in paths}
    kind = "several-paths" if len(entries) == len(paths) else "branching-paths"
    opening = Phrase.of(f"notes.{kind}", parameter=wrt, objective=objective, count=len(paths))
    return [Paragraph((opening,)), Table(_path_heads(), rows)]


def _path_heads() -> tuple[Cell, ...]:
    return Phrase.of("notes.head-path"), Phrase.of("notes.head-product")


def path_factors(derivation: Derivation, path: Sequence[Name], ones: bool = False) -> tuple[Tree, ...]:
    """The local derivatives along a path, those that are 1 left out (unless all are, or `ones`)."""
    local = {step.before: step.after for step in derivation.steps if step.equation is not None}
    factors = [local.get(Derivative(after, before), ONE) for before, after in pairwise(path)]
    return tuple(factor for factor in factors if ones or factor != ONE) or (ONE,)


def _rows(derivation: Derivation) -> list[tuple[Cell, ...]]:
    """One row for each kind of step, with the letter j where it occurs in several layers."""
    kinds: dict[tuple[Tree, ...], list[Step]] = {}
    for step in derivation.steps:
        if step.equation is None or not isinstance(step.before, Derivative):
            continue
        at = index_of(step.before.of)
        key = (Name(step.rule), step.before, step.after)
        generic = key if at is None else tuple(lettered(tree, at) for tree in key)
        kinds.setdefault(generic, []).append(step)
    return [_row(steps, derivation) for steps in kinds.values()]


def _row(steps: list[Step], derivation: Derivation) -> tuple[Cell, ...]:
    first = steps[0]
    assert isinstance(first.before, Derivative)
    of, by, after = first.before.of, first.before.by, first.after
    aside: tuple[Phrase, ...] = ()
    layers = [
        i
        for step in steps
        if isinstance(step.before, Derivative) and (i := index_of(step.before.of)) is not None
    ]
    if len(steps) > 1 and len(layers) == len(steps):
        of, by, after = (lettered(tree, layers[0]) for tree in (of, by, after))  # type: ignore[assignment]
        aside = (Phrase.of("notes.range", range=between(min(layers), max(layers))),)
    if first.rule in _WORDED:
        why = Phrase.of(f"notes.why-{first.rule}", node=of, parent=by, local=after)
    else:
        said = reason(first, derivation)
        why = Phrase(said.id, tuple((k, _seen_from(v, layers[0])) for k, v in said.fields)) if aside else said
    if first.conditions:
        kept = tuple(lettered(c, layers[0]) if aside else c for c in first.conditions)
        aside = (*aside, Phrase.of("notes.where", conditions=kept))
    return Phrase.of("notes.path", path=(by, of)), after, (why, *aside)


def _seen_from(value: Field, layer: int) -> Field:
    """A field with the letter j for a layer's number."""
    return lettered(value, layer) if isinstance(value, Node) else value


def _result(derivation: Derivation) -> Formula:
    relation: Tree = Relation(("=",), (derivation.goal, product(derivation.factors)))
    values = tuple(Relation(("=",), (token, value)) for token, value in derivation.kept)
    if len(derivation.factors) == 1 and values:
        return Formula(((Relation(("=",), (derivation.goal, filled(derivation))),),))
    return Formula(((relation, *values),))


def _absent(anatomy: Anatomy, derivation: Derivation) -> Phrase | None:
    """A parameter of the same line that plays no part in the gradient, and why."""
    wrt = derivation.goal.by
    layer = next((layer for layer in anatomy.layers if wrt in layer.biases), None)
    if layer is None:
        return None
    result = product(derivation.factors)
    for weight in layer.weights:
        term = next(
            (t for t in terms(anatomy.bodies[layer.pre]) if isinstance(t, Mul) and weight in t.factors), None
        )
        if term is not None and not holds(result, weight):
            return Phrase.of("notes.absent", absent=weight, parameter=wrt, term=term)
    return None
