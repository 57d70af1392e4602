"""Numbers of gradients: a table over the layers with bars, or one gradient factor by factor."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symgrad.notation.tree import Apply, Derivative, Name, Tree
from symgrad.rendering import grids
from symgrad.rendering.folding import groups, index_of, lettered, shift
from symgrad.rendering.numerals import bars, numeral
from symgrad.rendering.styles import Style, TextStyle
from symgrad.rendering.views.derivation import product
from symgrad.rendering.wording import Wording
from symgrad.values.evaluation import Evaluation, FactorValue
from symgrad.values.phrase import Phrase

_NO_VALUE = "–"


@dataclass(frozen=True, slots=True)
class LayerView:
    """One layer of a family: its own factor, its gradient, a bar."""

    layer: str
    factor: str
    gradient: str
    bar: str


@dataclass(frozen=True, slots=True)
class FactorView:
    """One group of factors, its value, how it comes about, and the product from here to the objective.

    A matrix in a terminal has its lines in `grid`, and no value.
    """

    factor: str
    value: str
    parts: str
    rest: str
    bar: str
    grid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SingleView:
    """One gradient, factor by factor."""

    goal: str
    value: str
    precision: str
    heads: tuple[str, str, str]
    factors: tuple[FactorView, ...]
    lost: tuple[str, ...]
    grid: tuple[str, ...] = ()
    arrays: bool = False


@dataclass(frozen=True, slots=True)
class FamilyView:
    """The gradients of one family of parameters, deepest layer last."""

    heads: tuple[str, str, str]
    rows: tuple[LayerView, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvaluationView:
    """A family or single gradients (of a family of matrices both); notes below."""

    family: FamilyView | None
    singles: tuple[SingleView, ...]
    notes: tuple[str, ...]


def evaluation_view(
    evaluations: Sequence[Evaluation],
    wording: Wording,
    values: Mapping[Tree, Any] | None = None,
    vanishing: Mapping[str, int] | None = None,
    remarks: Sequence[Phrase] = (),
) -> EvaluationView:
    """All strings of a list of evaluations.

    values: other known numbers. vanishing: depths by format. remarks: what else is to be said.
    """
    family = _is_family(evaluations)
    deepest = min(evaluations, key=lambda e: _layer(e) or 0)
    notes = [wording.say(remark) for remark in remarks]
    if vanishing:
        depths = wording.list(
            wording.word("vanishing-depth", format=name, depth=depth) for name, depth in vanishing.items()
        )
        notes.append(wording.word("vanishing", goal=deepest.goal, depths="\x03").replace("\x03", depths))
    known: dict[Tree, Any] = dict(values or {})
    for evaluation in evaluations:
        known.update((f.factor, f.value) for f in evaluation.factors)
    shown = _family(evaluations, known, wording) if family else None
    if shown is not None and _logarithmic(evaluations):
        notes.insert(0, wording.word("logarithmic-bars"))
    arrays = any(map(_has_arrays, evaluations))
    singles = () if family and not arrays else tuple(_single(e, wording, family) for e in evaluations)
    return EvaluationView(shown, singles, tuple(notes))


def _layer(evaluation: Evaluation) -> int | None:
    return index_of(evaluation.goal.by) if isinstance(evaluation.goal, Derivative) else None


def _is_family(evaluations: Sequence[Evaluation]) -> bool:
    goals = [e.goal for e in evaluations]
    stems = {g.by.stem if isinstance(g, Derivative) else None for g in goals}
    layers = [_layer(e) for e in evaluations]
    return len(goals) > 1 and len(stems) == 1 and None not in layers and len(set(layers)) == len(layers)


def _logarithmic(evaluations: Sequence[Evaluation]) -> bool:
    return bars(grids.flat([e.value for e in evaluations]))[1]


def _has_arrays(evaluation: Evaluation) -> bool:
    """Whether a vector or matrix is among the numbers of a gradient."""
    return any(map(grids.is_grid, (evaluation.value, *(f.value for f in evaluation.factors))))


def _encoding(style: Style) -> str | None:
    return style.encoding if isinstance(style, TextStyle) else None


def _family(evaluations: Sequence[Evaluation], known: Mapping[Tree, Any], wording: Wording) -> FamilyView:
    style = wording.style
    ordered = sorted(evaluations, key=lambda e: -(_layer(e) or 0))
    top = _layer(ordered[0]) or 0
    pattern = _pattern(ordered[-1], top)
    arrays = any(map(_has_arrays, ordered))
    if arrays:
        pattern = ()
    sizes = grids.flat([e.value for e in ordered])
    lengths, _ = bars(sizes, 20, _encoding(style))
    rows = []
    for evaluation, value, bar in zip(ordered, sizes, lengths, strict=True):
        layer = _layer(evaluation) or 0
        own = [known.get(shift(factor, layer - top)) for factor in pattern]
        factor = times(own)
        rows.append(
            LayerView(
                layer=str(layer),
                factor="" if arrays else style.words(_NO_VALUE) if factor is None else numeral(factor, 4),
                gradient=numeral(value),
                bar=bar,
            )
        )
    goal = ordered[0].goal
    head = style.display(lettered(product(pattern), top)) if pattern else ""
    shown = Apply(Name("norm"), (goal,)) if arrays else goal
    heads = (wording.word("head-layer"), head, style.display(lettered(shown, top)) if goal else "")
    lost = [sentence for e in ordered for sentence in _lost(e, wording)]
    return FamilyView(heads, tuple(rows), tuple(dict.fromkeys(lost)))


def _pattern(deepest: Evaluation, top: int) -> tuple[Tree, ...]:
    """The factors of one layer as they stand for layer `top`: what a step back multiplies by."""
    parts = [p for p in groups([f.factor for f in deepest.factors]) if index_of(p[-1]) is not None]
    widest = max(parts, key=len, default=())
    layer = index_of(widest[-1]) if widest else None
    return () if layer is None else tuple(shift(factor, top - layer) for factor in widest)


def times(values: Sequence[Any]) -> Any:
    """The product of numbers of one kind, None where one is unknown."""
    if not values or any(value is None for value in values):
        return None
    out = values[0]
    for value in values[1:]:
        try:
            out = multiplied(out, value)
        except TypeError:
            return None
    return out


def multiplied(left: Any, right: Any) -> Any:
    """A product; of certified numbers with as many digits as they have."""
    digits = getattr(left, "digits", 0)
    if not digits:
        return left * right
    from flint import ctx

    with ctx.workprec(4 * digits + 64):
        return type(left).of(left * right, digits)


def _single(evaluation: Evaluation, wording: Wording, brief: bool = False) -> SingleView:
    if _has_arrays(evaluation):
        return _shaped(evaluation, wording, brief)
    style = wording.style
    values = iter(evaluation.factors)
    parts = [[next(values) for _ in part] for part in groups([f.factor for f in evaluation.factors])]
    own = [times([f.value for f in part]) for part in parts]
    rests: list[Any] = []
    for value in reversed(own):
        rests.append(times([value, rests[-1]]) if rests else value)
    rests.reverse()
    if rests:
        rests[0] = evaluation.value
    lengths, _ = bars(rests, 20, _encoding(style))
    factors = tuple(
        _factor(part, value, rest, bar, style)
        for part, value, rest, bar in zip(parts, own, rests, lengths, strict=True)
    )
    heads = (wording.word("head-factor"), wording.word("head-value"), wording.word("head-rest"))
    return SingleView(
        goal=style.display(evaluation.goal),
        value=numeral(evaluation.value),
        precision=evaluation.precision,
        heads=heads,
        factors=factors,
        lost=tuple(_lost(evaluation, wording)),
    )


def _shaped(evaluation: Evaluation, wording: Wording, brief: bool) -> SingleView:
    """A gradient through vectors and matrices: each factor with its own array; `brief` without them."""
    style = wording.style
    factors = []
    for factor in () if brief or len(evaluation.factors) < 2 else evaluation.factors:
        value, grid = _array(factor.value, style, _is_diagonal(factor.factor))
        factors.append(FactorView(style.display(factor.factor), value, "", "", "", grid))
    value, grid = _array(evaluation.value, style)
    heads = (wording.word("head-factor"), wording.word("head-value"), "")
    lost = tuple(_lost(evaluation, wording))
    return SingleView(
        style.display(evaluation.goal), value, evaluation.precision, heads, tuple(factors), lost, grid, True
    )


def _is_diagonal(factor: Tree) -> bool:
    """Whether a factor is diag(v)."""
    return isinstance(factor, Apply) and factor.function == Name("diag")


def _array(value: Any, style: Style, diagonal: bool = False) -> tuple[str, tuple[str, ...]]:
    """A value on one line, or the lines of a matrix in a terminal."""
    if not grids.is_grid(value):
        return numeral(value), ()
    if diagonal and len(value) > 1:
        return grids.diagonal(value), ()
    if style.name in ("markdown", "latex"):
        return grids.latex(value), ()
    return (grids.inline(value), ()) if value.ndim == 1 else ("", grids.lines(value))


def _factor(part: Sequence[FactorValue], value: Any, rest: Any, bar: str, style: Style) -> FactorView:
    singles = (
        ", ".join(f"{style.display(f.factor)} = {numeral(f.value)}" for f in part) if len(part) > 1 else ""
    )
    return FactorView(
        factor=style.display(product([f.factor for f in part])),
        value=style.words(_NO_VALUE) if value is None else numeral(value),
        parts=singles,
        rest=style.words(_NO_VALUE) if rest is None else numeral(rest),
        bar=bar,
    )


def _lost(evaluation: Evaluation, wording: Wording) -> list[str]:
    said = []
    for id, names in (("underflow", evaluation.underflow), ("overflow", evaluation.overflow)):
        if names:
            shown = names if len(names) <= 6 else (*names[:3], "…", *names[-2:])
            said.append(wording.word(id, format=evaluation.precision, names=", ".join(shown)))
    if (
        _zero(evaluation.value)
        and evaluation.precision != "exact"
        and not evaluation.underflow
        and all(not _zero(f.value) for f in evaluation.factors)
    ):
        said.append(wording.word("rounded-to-zero", format=evaluation.precision))
    return said


def _zero(value: Any) -> bool:
    if grids.is_grid(value):
        return False
    if isinstance(value, int | Fraction):
        return value == 0
    try:
        return math.isfinite(float(value)) and float(value) == 0
    except (TypeError, ValueError, OverflowError):
        return False
