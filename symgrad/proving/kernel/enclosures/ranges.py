"""The ranges of built-ins and their derivatives, derived from formulas; claims are candidates only."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import TypeAlias

from flint import arb

from symgrad.errors import CertificateError
from symgrad.notation.tree import Add, Apply, Div, Indicator, Mul, Name, Neg, Number, Relation, Tree, walk
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.enclosures.intervals import LINE, Interval, point
from symgrad.proving.kernel.evaluate import Undefined, Value, evaluate

End: TypeAlias = tuple[Fraction | None, bool]
ZERO_UP = Interval(Fraction(0), True)
ABOVE_ZERO = Interval(Fraction(0), False)
X = Name("x")
FAR = 4000
"""Numbers beyond 2^FAR, and nearer to 0 than 2^-FAR but for the length of a mantissa, are not written out."""


def larger(a: Interval, b: Interval) -> Interval:
    """max(x, y)."""
    low = max((end for end in ((a.low, a.low_closed), (b.low, b.low_closed)) if end[0] is not None),
              key=lambda end: (end[0], not end[1]), default=(None, False))  # fmt: skip
    if a.high is None or b.high is None:
        return Interval(*low)
    high, closed = max((a.high, a.high_closed), (b.high, b.high_closed))
    return Interval(*low, high, closed)


def around(value: Value) -> Interval:
    """Rational ends around a value; exact for a fraction."""
    if isinstance(value, Fraction):
        return point(value)
    if not value.is_finite():
        return LINE
    below, above = _below(value.lower()), _below((-value).lower())
    return Interval(below, below is not None, None if above is None else -above, above is not None)


def dyadic(end: arb) -> Fraction:
    """An exact Arb number as a fraction, or one below it where its size is out of all reach."""
    if (found := _below(end)) is None:
        raise CertificateError("certificate-interval")
    return found


def _below(end: arb) -> Fraction | None:
    """The number, or a simple one below it where its size is out of all reach; None is -infinity."""
    mantissa, exponent = (int(part) for part in end.mid().man_exp())
    if abs(exponent) <= FAR:
        return Fraction(mantissa) * Fraction(2) ** exponent
    if mantissa > 0:
        return Fraction(2) ** FAR if exponent > 0 else Fraction(0)
    return None if exponent > 0 else -(Fraction(1, 2) ** (FAR - mantissa.bit_length()))


def image(name: str, order: int, x: Interval) -> Interval:
    """The values of a built-in (or its derivative) on x; by monotonicity where its slope is >= 0."""
    whole = function_range(name, order)
    if order or x == LINE or not (slope := function_range(name, 1)).nonnegative:
        return whole
    (low, low_closed), (high, high_closed) = _between(name, x, slope.positive)
    return whole & Interval(low, low_closed, high, high_closed)


def _between(name: str, x: Interval, strict: bool) -> tuple[End, End]:
    """Bounds of f at the two ends of x, for increasing f; open only where f is strictly increasing."""

    def end(at: Fraction | None, closed: bool, side: int) -> End:
        if at is None:
            return None, False
        try:
            value = evaluate(Apply(Name(name), (Number(at),)), {}, {})
        except Undefined:
            return None, False
        found = around(value)
        return (found.low if side < 0 else found.high), (closed or not strict)

    return end(x.low, x.low_closed, -1), end(x.high, x.high_closed, 1)


class Ranges:
    """The ranges of built-ins, derived once each; a range is never used to derive itself."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, int], Interval] = {}
        self.deriving: set[tuple[str, int]] = set()
        self.refused = 0

    def of(self, name: str, order: int) -> Interval:
        """The range; the whole line, which is always right, where it is being derived already."""
        key = (name, order)
        if key in self.found:
            return self.found[key]
        if key in self.deriving:
            self.refused += 1
            return LINE
        before = self.refused
        self.deriving.add(key)
        try:
            range_ = derived_range(name, order)
        finally:
            self.deriving.discard(key)
        if self.refused == before or not self.deriving:
            self.found[key] = range_
        return range_


RANGES = Ranges()


def function_range(name: str, order: int) -> Interval:
    """The range of a built-in or its derivative."""
    return RANGES.of(name, order)


def derived_range(name: str, order: int) -> Interval:
    """Axioms for exp, log, sqrt, abs; else derived from the formula and the stated extrema."""
    axioms = {
        ("exp", 0): ABOVE_ZERO, ("exp", 1): ABOVE_ZERO, ("log", 1): ABOVE_ZERO, ("sqrt", 0): ZERO_UP,
        ("sqrt", 1): ABOVE_ZERO, ("abs", 0): ZERO_UP, ("log", 0): LINE,
    }  # fmt: skip
    if (axiom := axioms.get((name, order))) is not None or order > 2:
        return axiom or LINE
    found = LINE
    if known.stated(name, order):
        from symgrad.proving.kernel.analysis.extrema import range_by_extrema

        found = range_by_extrema(name, order)
    formula = (known.value, known.derivative, known.slope_of_slope)[order](name)
    if formula is not None:
        with suppress(CertificateError):
            found = found & by_pieces(formula)
    low, high = (None, None) if order == 2 else known.claimed(name, order)
    f = Apply(Name(name), (Name("x"),), order)
    for claim, sign in ((low, 1), (high, -1)):
        if claim is not None:
            gap = _gap(Mul((Number(Fraction(sign)), Add((f, Number(-claim))))))
            if gap.nonnegative:
                side = Interval(claim, not gap.positive)
                found = found & (side if sign > 0 else Interval(None, False, claim, not gap.positive))
    return found


def by_pieces(formula: Tree) -> Interval:
    """The range of a formula in x: between and at the arguments where its conditions change."""
    conditions = {node.condition for node in walk(formula) if isinstance(node, Indicator)}
    ends = sorted({end for condition in conditions for end in _threshold(condition)})
    if not ends:
        return _enclosed(formula)
    regions: list[tuple[Tree, ...]] = [(Relation(("<",), (X, Number(ends[0]))),)]
    for k, end in enumerate(ends):
        regions.append((Relation(("=",), (X, Number(end))),))
        above: tuple[Tree, ...] = (Relation((">",), (X, Number(end))),)
        below = (Relation(("<",), (X, Number(ends[k + 1]))),) if k + 1 < len(ends) else ()
        regions.append((*above, *below))
    hull, *others = (_enclosed(formula, region) for region in regions)
    for other in others:
        hull = hull.hull(other)
    return hull


def _threshold(condition: Tree) -> list[Fraction]:
    """Where a condition on x alone changes; none for any other, which is then simply left undecided."""
    if not isinstance(condition, Relation) or len(condition.operands) != 2:
        return []
    a, b = condition.operands
    value = nf.Normaliser({})(Add((a, Neg(b))))
    linear = value.numerator.get(frozenset({(X, 1)}))
    if (
        linear is None
        or set(value.denominator) != {nf.UNIT}
        or set(value.numerator) - {nf.UNIT, frozenset({(X, 1)})}
    ):
        return []
    return [-value.numerator.get(nf.UNIT, Fraction(0)) / linear]


def _enclosed(tree: Tree, given: tuple[Tree, ...] = ()) -> Interval:
    # Intervals need ranges and ranges are derived by intervals, so the two modules know each other.
    from symgrad.proving.kernel.enclosures.bounds import Bounds
    from symgrad.proving.kernel.enclosures.pieces import settled

    bounds = Bounds({}, given)
    return bounds.enclose(settled(tree, bounds) if given else tree)


def _gap(tree: Tree) -> Interval:
    """The range of a tree in one built-in, written by exp(x) > 0."""
    unfolded = nf.Normaliser({}, 2)
    try:
        value = unfolded(tree)
        return _enclosed(Div(nf.to_tree(value.numerator), nf.to_tree(value.denominator)))
    except CertificateError:
        return LINE
