"""What is said about the best bound of a gradient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from symgrad.notation.tree import Apply, Name, Neg, Number, Relation, Tree, names_in, substitute, walk
from symgrad.proving.best.layers import Layer, inverse
from symgrad.proving.kernel.evaluate import Undefined, ball, evaluate
from symgrad.proving.supremum import Found
from symgrad.values.phrase import Phrase

ABS = Name("abs")
LENGTHS = (Name("norm"), Name("opnorm"))
ARRAYS = Phrase.of("bounds.attained-arrays")


def phrases(found: Found, whole: Found | None, least: Found | None) -> Iterator[Phrase]:
    """The bound, its sharpness, the gradient itself, a bound from below, and the layers."""
    yield from _bound(found)
    if whole is not None and whole is not found:
        yield from _bound(whole, "absolute")
    elif found.asked.shared and len(found.asked.shared) == 1:
        yield Phrase.of("bounds.loss-unbounded", token=found.asked.over)
    if least is not None and least.proof.verdict == "proved":
        kind = "least-best" if least.exact else "least"
        yield Phrase.of(f"bounds.{kind}", line=least.proof.claim.statement)
    for layer in found.layers:
        yield _layer(layer, dict(found.asked.functions))


def _bound(found: Found, kind: str = "best") -> Iterator[Phrase]:
    line = found.proof.claim.statement
    if found.proof.verdict != "proved":
        yield Phrase.of("bounds.not-proved", line=line)
        return
    if found.kept:
        yield Phrase.of("bounds.best-kept" if found.exact else "bounds.found", line=line)
        yield Phrase.of("bounds.no-number" if found.exact else "bounds.no-bound-found", factors=found.kept)
        if found.exact and found.attained:
            yield from (Phrase.of("bounds.equality-kept", point=found.at),) if found.at else _steepest(found)
        return
    elif found.exact:
        yield Phrase.of(f"bounds.{kind}", line=line)
    elif found.lower is not None and found.value is not None:
        yield Phrase.of("bounds.between", line=line, low=about(found.lower, -1), high=found.value)
    else:
        yield Phrase.of("bounds.found", line=line)
    if (size := approximate(found.value, dict(found.asked.functions))) is not None:
        yield Phrase.of("bounds.about", value=found.value or Number(Fraction(0)), about=size)
    if found.attained:
        symbolic = bool(names_in(found.limit))
        told = (Phrase.of("bounds.attained", point=found.at),) if found.at else _steepest(found)
        yield from (() if symbolic else found.proof.attained) or told
    elif found.exact and not found.kept:
        yield from _approach(found)
    said: set[tuple[Tree, ...]] = set()
    for peak in found.peaks:
        alike = tuple(_one_letter(t) for t in (peak.tree, peak.value or peak.tree))
        if peak.lower is not None and alike in said:
            continue
        said.add(alike)
        if peak.lower is not None and isinstance(peak.value, Number):
            place = tuple(Relation(("=",), (n, about_tree(v))) for n, v in peak.at.items())
            yield Phrase.of(
                "bounds.no-closed-form",
                factor=Apply(ABS, (peak.tree,)),
                place=place,
                low=about(peak.lower, -1),
                high=peak.value,
            )


def _steepest(found: Found) -> tuple[Phrase, ...]:
    """Where a bound by lengths is met; nothing of numbers, whose place is told by their names."""
    trees = (found.proof.claim.statement, *found.asked.given)
    lengths = any(isinstance(n, Apply) and n.function in LENGTHS for tree in trees for n in walk(tree))
    return (ARRAYS,) if lengths else ()


def _one_letter(tree: Tree) -> Tree:
    """The same function of another letter, as of this one."""
    return substitute(tree, {name: Name(f"x{k}") for k, name in enumerate(names_in(tree))})


def _approach(found: Found) -> Iterator[Phrase]:
    """Near which values the bound is approached."""
    up = tuple(tree for tree, way in found.toward if not isinstance(way, Neg))
    down = tuple(tree for tree, way in found.toward if isinstance(way, Neg))
    yield Phrase.of("bounds.approached")
    if found.at:
        yield Phrase.of("bounds.approached-near", point=found.at)
    if up:
        yield Phrase.of("bounds.approached-up", names=up)
    if down:
        yield Phrase.of("bounds.approached-down", names=down)


def _layer(layer: Layer, functions: Mapping[str, str]) -> Phrase:
    peak = layer.peak
    assert peak.value is not None
    limit = inverse(peak.value)
    condition = layer.condition
    operator = "<=" if peak.attained or not peak.exact else "<"
    range_ = Relation((operator,), (Apply(ABS, (layer.slope,)), peak.value))
    kind = "layer" if peak.exact else "layer-only"
    size = approximate(limit, functions)
    if size is None:
        return Phrase.of(f"bounds.{kind}", condition=condition, range=range_)
    return Phrase.of(f"bounds.{kind}-about", condition=condition, range=range_, about=size)


def approximate(tree: Tree | None, functions: Mapping[str, str]) -> Number | None:
    """A formula without letters as a decimal of four digits; None for a plain fraction."""
    if tree is None or (isinstance(tree, Number) and tree.value.denominator < 10**6):
        return None
    try:
        value = evaluate(tree, {}, functions)
    except Undefined:
        return None
    return about(value if isinstance(value, Fraction) else Fraction(float(ball(value).mid())))


def about(value: Fraction, side: int = 0) -> Number:
    """Four digits; rounded down for side -1."""
    if not value:
        return Number(Fraction(0))
    digits = 4
    while abs(value) * Fraction(10) ** digits < 1000:
        digits += 1
    scaled = value * 10**digits
    whole = round(scaled) if not side else scaled.numerator // scaled.denominator
    return Number(Fraction(whole, 10**digits), decimal=True)


def about_tree(tree: Tree) -> Tree:
    """A long fraction as a decimal."""
    return about(tree.value) if isinstance(tree, Number) and tree.value.denominator > 100 else tree
