"""What the sign and the size of f'' say of f: Jensen's inequality, and parabolas beside the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symgrad.errors import CertificateError
from symgrad.notation.tree import ONE, Add, Apply, Div, Mul, Name, Neg, Number, Pow, Relation, Tree, number
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.enclosures.intervals import Interval
from symgrad.proving.kernel.enclosures.ranges import function_range
from symgrad.proving.kernel.functions import slope_of_slope
from symgrad.proving.kernel.setting import Setting

X = Name("x")
ROOT = Apply(Name("sqrt"), (X,))
SECOND: Mapping[str, Tree] = {
    "exp": Apply(Name("exp"), (X,)),
    "log": Neg(Div(ONE, Pow(X, number(2)))),
    "sqrt": Neg(Div(ONE, Mul((number(4), X, ROOT)))),
}
BENT = frozenset({"abs", "relu"})
"""Convex although they have a kink: max(t, -t) and max(t, 0)."""


def second(name: str, where: Interval) -> Interval:
    """The values of f'' strictly inside an interval on which f is continuous and has a second derivative."""
    formula = SECOND.get(name) or slope_of_slope(name)
    if formula is None or (where.low is not None and where.low == where.high):
        raise CertificateError("certificate-unsupported", kind="Apply")
    limits = ((">", where.low), ("<", where.high))
    inside = [Relation((operator,), (X, Number(end))) for operator, end in limits if end is not None]
    found = Bounds({}, inside).enclose(formula)
    return found if name in SECOND else found & function_range(name, 2)


def _means(at: Sequence[Tree], bounds: Bounds) -> tuple[str, Interval, Tree]:
    """The function, an interval with all places, and the mean of the values minus the value at the mean.

    at: weight, f(u), weight, f(v), ...: the weights are not negative and add up to 1.
    """
    weights, values = at[::2], at[1::2]
    if len(weights) != len(values) or len(values) < 2:
        raise CertificateError("certificate-malformed", problem="at")
    places, name = list[Tree](), None
    for value in values:
        match value:
            case Apply(f, (u,), 0, ()) if f == values[0].function:  # type: ignore[union-attr]
                name = known.resolve(f, bounds.functions)
                places.append(u)
                bounds.enclose(value)
            case _:
                raise CertificateError("certificate-malformed", problem="at")
    total = Add((*weights, Neg(ONE)))
    if bounds.normal(total).numerator and not bounds.enclose(total).is_zero:
        raise CertificateError("certificate-identity")
    if name is None or not all(bounds.enclose(weight).nonnegative for weight in weights):
        raise CertificateError("certificate-sign")
    where = bounds.enclose(places[0])
    for place in places[1:]:
        where = where.hull(bounds.enclose(place))
    middle = Add(tuple(Mul(pair) for pair in zip(weights, places, strict=True)))
    mean = Add(tuple(Mul(pair) for pair in zip(weights, values, strict=True)))
    return name, where, Add((mean, Neg(Apply(values[0].function, (middle,)))))  # type: ignore[union-attr]


def convex(at: Sequence[Tree], here: Setting, bounds: Bounds) -> tuple[Tree, str]:
    """A mean of values is at least the value at the mean, for f'' >= 0 (Jensen)."""
    name, where, gap = _means(at, bounds)
    if name not in BENT and not second(name, where).nonnegative:
        raise CertificateError("certificate-sign")
    return gap, ">="


def concave(at: Sequence[Tree], here: Setting, bounds: Bounds) -> tuple[Tree, str]:
    """A mean of values is at most the value at the mean, for f'' <= 0 (Jensen)."""
    name, where, gap = _means(at, bounds)
    if not (-second(name, where)).nonnegative:
        raise CertificateError("certificate-sign")
    return Neg(gap), ">="


def _rest(at: Sequence[Tree], bounds: Bounds) -> tuple[Tree, Tree, Interval]:
    """F(s) - f(t) - f'(t) (s - t), which is f''/2 somewhere between times (s - t)^2; that square; f''."""
    match at:
        case (Apply(f, (s,), 0, ()) as first, Apply(g, (t,), 0, ()) as second_) if f == g:
            name = known.resolve(f, bounds.functions)
            if name is None:
                raise CertificateError("certificate-unsupported", kind="Apply")
        case _:
            raise CertificateError("certificate-malformed", problem="at")
    slope = slope_at(name, f, t)
    for tree in (first, second_, slope):
        bounds.enclose(tree)
    apart = Add((s, Neg(t)))
    rest = Add((first, Neg(second_), Neg(Mul((slope, apart)))))
    return rest, Pow(apart, number(2)), second(name, bounds.enclose(s).hull(bounds.enclose(t)))


def slope_at(name: str, function: Name, place: Tree) -> Tree:
    """F'(place), of exp, log and sqrt by its formula."""
    match name:
        case "exp":
            return Apply(function, (place,))
        case "log":
            return Div(ONE, place)
        case "sqrt":
            return Div(ONE, Mul((number(2), Apply(function, (place,)))))
    return Apply(function, (place,), 1)


def above_parabola(at: Sequence[Tree], here: Setting, bounds: Bounds) -> tuple[Tree, str]:
    """F(s) >= f(t) + f'(t) (s - t) + m/2 (s - t)^2 for f'' >= m between them; the tangent where m = 0."""
    rest, square, curve = _rest(at, bounds)
    if curve.low is None:
        raise CertificateError("certificate-sign")
    return Add((rest, Neg(Mul((Number(curve.low / 2), square))))), ">="


def below_parabola(at: Sequence[Tree], here: Setting, bounds: Bounds) -> tuple[Tree, str]:
    """F(s) <= f(t) + f'(t) (s - t) + M/2 (s - t)^2 for f'' <= M between them (the descent lemma)."""
    rest, square, curve = _rest(at, bounds)
    if curve.high is None:
        raise CertificateError("certificate-sign")
    return Add((Mul((Number(curve.high / 2), square)), Neg(rest))), ">="
