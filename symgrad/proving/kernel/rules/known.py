"""Inequalities that textbooks quote, at given places: tangents, mean values, monotone functions, roots, bars.

`entry["fact"]` names one, `at` holds where it is used. The fact says `gap >= 0` (or > 0, = 0); the statement
must be that, multiplied by `by`, which is never negative (positive for a strict one).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    Div,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    number,
)  # fmt: skip
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.enclosures.intervals import Interval
from symgrad.proving.kernel.enclosures.pieces import settled
from symgrad.proving.kernel.enclosures.ranges import function_range
from symgrad.proving.kernel.rules.curved import above_parabola, below_parabola, concave, convex
from symgrad.proving.kernel.rules.entry import Entry, Prove, comparison, normaliser, only
from symgrad.proving.kernel.setting import Setting

Found: TypeAlias = tuple[Tree, str]
"""The gap, and `>=`, `>` or `=`."""
SMOOTH = frozenset({
    "sigmoid", "tanh", "softplus", "softsign", "arctan", "erf", "exp", "log", "sqrt", "relu", "leaky_relu",
    "elu", "selu", "silu", "gelu", "mish", "hard_sigmoid", "hard_tanh", "hardswish", "sinh", "cosh", "sech",
    "abs", "identity",
})  # fmt: skip
"""Continuous where they are defined, an interval, and differentiable but for finitely many points."""
X = Name("x")
SLOPES: Mapping[str, Tree] = {
    "exp": Apply(Name("exp"), (X,)),
    "log": Div(ONE, X),
    "sqrt": Div(ONE, Mul((number(2), Apply(Name("sqrt"), (X,))))),
}


def known_fact(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """The statement is the named fact at the given places, times `by`."""
    only(entry, "fact", "at", "by", "unfold")
    operator, a, b = comparison(statement, here)
    fact = FACTS.get(entry["fact"])
    if fact is None:
        raise CertificateError("certificate-rule")
    places, by = [from_data(tree) for tree in entry["at"]], from_data(entry["by"])
    bounds = here.bounds(a, b, by, *(p for p in places if not isinstance(p, Relation)))
    bounds.enclose(a), bounds.enclose(b)
    size = bounds.enclose(by)
    for place in places:
        if not isinstance(place, Relation):
            bounds.enclose(place)
    gap, sign = fact(places, here, bounds)
    if operator in ("<", "<="):
        a, b = b, a
    normal = normaliser(entry, bounds)
    product = Mul((by, here.with_settled(gap)))
    if not normal(Add((a, Neg(b)))).equals(normal(product)):
        raise CertificateError("certificate-identity")
    match operator, sign:
        case "=", "=":
            held = True
        case (("<=" | ">="), "="):
            held = True
        case (("<=" | ">="), (">=" | ">")):
            held = size.nonnegative
        case (("<" | ">"), ">"):
            held = size.positive or (size.nonnegative and bounds.nonzero(by))
        case _:
            held = False
    if not held:
        raise CertificateError("certificate-sign")


def _exp(tree: Tree) -> Tree:
    return Apply(Name("exp"), (tree,))


def _minus(a: Tree, b: Tree) -> Tree:
    return Add((a, Neg(b)))


def _sign(strict: bool) -> str:
    return ">" if strict else ">="


def exp_tangent(at: Sequence[Tree], here: Setting, bounds: Bounds) -> Found:
    """E^s >= e^t (1 + s - t), the tangent at t; strict where s != t."""
    s, t = at
    return _minus(_exp(s), Mul((_exp(t), Add((ONE, s, Neg(t)))))), _sign(bounds.nonzero(_minus(s, t)))


def log_tangent(at: Sequence[Tree], here: Setting, bounds: Bounds) -> Found:
    """Log a <= log b + (a - b)/b, the tangent at b, for positive a, b; strict where a != b."""
    a, b = at
    if not (bounds.enclose(a).positive and bounds.enclose(b).positive):
        raise CertificateError("certificate-sign")
    logs = [Apply(Name("log"), (side,)) for side in (a, b)]
    tangent = Add((Div(a, b), Neg(ONE), logs[1], Neg(logs[0])))
    return tangent, _sign(bounds.nonzero(_minus(a, b)))


def log_product(at: Sequence[Tree], here: Setting, bounds: Bounds) -> Found:
    """Log(a b) = log a + log b for positive a, b."""
    a, b = at
    if not (bounds.enclose(a).positive and bounds.enclose(b).positive):
        raise CertificateError("certificate-sign")
    whole, first, second = (Apply(Name("log"), (side,)) for side in (Mul((a, b)), a, b))
    return Add((whole, Neg(first), Neg(second))), "="


def exp_root(at: Sequence[Tree], here: Setting, bounds: Bounds) -> Found:
    """E^t = (e^(t/n))^n."""
    t, n = at
    if not isinstance(n, Number) or n.value.denominator != 1 or not 2 <= n.value <= 12:
        raise CertificateError("certificate-malformed", problem="n")
    return _minus(_exp(t), Pow(_exp(Div(t, n)), n)), "="


def root(at: Sequence[Tree], here: Setting, bounds: Bounds) -> Found:
    """Sqrt(u)^2 = u where u >= 0."""
    (u,) = at
    power = Apply(Name("sqrt"), (u,))
    bounds.enclose(power)
    return _minus(Pow(power, number(2)), u), "="


def bars(at: Sequence[Tree], here: Setting, bounds: Bounds) -> Found:
    """|u| >= u."""
    (u,) = at
    return _minus(Apply(nf.ABS, (u,)), u), ">="


def triangle(at: Sequence[Tree], here: Setting, bounds: Bounds) -> Found:
    """|u| + |v| >= |u + v|."""
    sizes = [Apply(nf.ABS, (t,)) for t in (*at, Add(tuple(at)))]
    return Add((*sizes[:-1], Neg(sizes[-1]))), ">="


def bars_squared(at: Sequence[Tree], here: Setting, bounds: Bounds) -> Found:
    """|u|^2 = u^2."""
    (u,) = at
    return _minus(Pow(Apply(nf.ABS, (u,)), number(2)), Pow(u, number(2))), "="


def nonzero_square(at: Sequence[Tree], here: Setting, bounds: Bounds) -> Found:
    """U^2 > 0 where u != 0."""
    (u,) = at
    if not bounds.nonzero(u):
        raise CertificateError("certificate-sign")
    return Pow(u, number(2)), ">"


def nonzero_bars(at: Sequence[Tree], here: Setting, bounds: Bounds) -> Found:
    """|u| > 0 where u != 0."""
    (u,) = at
    if not bounds.nonzero(u):
        raise CertificateError("certificate-sign")
    return Apply(nf.ABS, (u,)), ">"


def given(at: Sequence[Tree], here: Setting, bounds: Bounds) -> Found:
    """An assumption, its bars and functions in pieces written as the piece that all assumptions leave."""
    (piece,) = at
    if piece not in here.used or not isinstance(piece, Relation) or len(piece.operators) != 1:
        raise CertificateError("certificate-assumption")
    (operator,), (a, b) = piece.operators, (settled(side, bounds) for side in piece.operands)
    if operator not in ("<", "<=", ">", ">=", "="):
        raise CertificateError("certificate-assumption")
    bounds.enclose(a), bounds.enclose(b)
    if operator in ("<", "<="):
        a, b = b, a
    return _minus(a, b), {"<": ">", "<=": ">="}.get(operator, operator)


# ---- one function at two places


def _pair(at: Sequence[Tree], bounds: Bounds) -> tuple[str, Tree, Tree, Tree, Tree]:
    """Name, f(u), f(v), u, v of a continuous function that is differentiable almost everywhere."""
    match at:
        case (Apply(f, (u,), 0, ()) as first, Apply(g, (v,), 0, ()) as second) if f == g:
            name = known.resolve(f, bounds.functions)
            if name in SMOOTH:
                bounds.enclose(first), bounds.enclose(second)
                return name, first, second, u, v
    raise CertificateError("certificate-malformed", problem="at")


def slope(name: str, where: Interval) -> Interval:
    """The values of f' on an interval, but for finitely many points."""
    whole = function_range(name, 1)
    limits = (
        (">=" if where.low_closed else ">", where.low),
        ("<=" if where.high_closed else "<", where.high),
    )
    inside = [Relation((op,), (X, Number(end))) for op, end in limits if end is not None]
    if not inside:
        return whole
    try:
        return whole & Bounds({}, inside).enclose(SLOPES.get(name) or Apply(Name(name), (X,), 1))
    except CertificateError:
        return whole


def _met_rarely(name: str) -> bool:
    """Whether f' takes each value at finitely many points only.

    So it is if f' is a rational function, not constant, of x or of f(x), and f takes no value twice.
    """
    formula = known.derivative(name)
    if formula is None:
        return False
    try:
        value = nf.Normaliser({})(formula)
    except CertificateError:
        return False
    (*atoms,) = {base for poly in (value.numerator, value.denominator) for m in poly for base, _ in m}
    same = Apply(Name(name), (X,))
    return atoms == [X] or (atoms == [same] and function_range(name, 1).positive)


def mean_value(at: Sequence[Tree], here: Setting, bounds: Bounds) -> Found:
    """|f(u) - f(v)| <= L |u - v| with |f'| <= L between them; strict where u != v and |f'| = L is rare."""
    name, first, second, u, v = _pair(at, bounds)
    steepest = slope(name, bounds.enclose(u).hull(bounds.enclose(v))).magnitude()
    if steepest.high is None:
        raise CertificateError("certificate-sign")
    sizes = [Apply(nf.ABS, (_minus(a, b),)) for a, b in ((u, v), (first, second))]
    strict = bounds.nonzero(_minus(u, v)) and (not steepest.high_closed or _met_rarely(name))
    return _minus(Mul((Number(steepest.high), sizes[0])), sizes[1]), _sign(strict)


def monotone(at: Sequence[Tree], here: Setting, bounds: Bounds) -> Found:
    """F(u) >= f(v) for u >= v and f' >= 0 between them; strict for u > v where f' > 0 but for rare points."""
    name, first, second, u, v = _pair(at, bounds)
    rise = slope(name, bounds.enclose(u).hull(bounds.enclose(v)))
    apart = bounds.enclose(_minus(u, v))
    if not (rise.nonnegative and apart.nonnegative):
        raise CertificateError("certificate-sign")
    return _minus(first, second), _sign(rise.positive and bounds.nonzero(_minus(u, v)))


def secant(at: Sequence[Tree], here: Setting, bounds: Bounds) -> Found:
    """(f(u) - f(v) - m (u - v)) (u - v) >= 0 for f' >= m between them."""
    name, first, second, u, v = _pair(at, bounds)
    least = slope(name, bounds.enclose(u).hull(bounds.enclose(v)))
    if least.low is None:
        raise CertificateError("certificate-sign")
    apart = _minus(u, v)
    gap = Mul((_minus(_minus(first, second), Mul((Number(least.low), apart))), apart))
    return gap, _sign(bounds.nonzero(apart) and (not least.low_closed or _met_rarely(name)))


def above_zero(at: Sequence[Tree], here: Setting, bounds: Bounds) -> Found:
    """T >= 0 (or > 0) because its parts say so."""
    (t,) = at
    value = bounds.enclose(t)
    if not value.nonnegative:
        raise CertificateError("certificate-sign")
    return _minus(t, ZERO), _sign(value.positive)


FACTS: Mapping[str, Callable[[Sequence[Tree], Setting, Bounds], Found]] = {
    "exp-tangent": exp_tangent,
    "log-tangent": log_tangent,
    "log-product": log_product,
    "exp-root": exp_root,
    "root": root,
    "bars": bars,
    "triangle": triangle,
    "bars-squared": bars_squared,
    "nonzero-square": nonzero_square,
    "nonzero-bars": nonzero_bars,
    "given": given,
    "mean-value": mean_value,
    "monotone": monotone,
    "secant": secant,
    "convex": convex,
    "concave": concave,
    "above-parabola": above_parabola,
    "below-parabola": below_parabola,
    "sign": above_zero,
}
