"""Bounds of functions and their derivatives that the questionnaires state, proved again piece by piece."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

from symgrad.errors import CertificateError
from symgrad.functions import registry
from symgrad.functions.questionnaire import Extremum
from symgrad.notation.codec import to_data
from symgrad.notation.tree import Add, Name, Neg, Number, Relation, Tree
from symgrad.proving.kernel.analysis.elementary import formula
from symgrad.proving.kernel.analysis.ends import constant_of
from symgrad.proving.kernel.analysis.line import check_line
from symgrad.proving.kernel.enclosures.intervals import LINE, Interval
from symgrad.proving.kernel.evaluate import ball as as_ball
from symgrad.proving.kernel.evaluate import precise
from symgrad.proving.kernel.functions import stated

NEAR_TERMS = 5
FINEST, RADIUS = 7, Fraction(1, 8)
"""Half the width of the finest interval, as a power of 1/2; how far the germ at an attained bound reaches."""
X = Name("x")


def range_by_extrema(name: str, order: int) -> Interval:
    """The interval that the stated bounds leave, each proved here; a bound that is not is left out."""
    found = LINE
    for extremum in stated(name, order):
        if holds(name, extremum):
            if extremum.side == "low":
                found = found & Interval(extremum.bound, extremum.attained, None, False)
            else:
                found = found & Interval(None, False, extremum.bound, extremum.attained)
    return found


def holds(name: str, extremum: Extremum) -> bool:
    """Whether the bound is proved: strictly, or with equality allowed where it is attained."""
    try:
        with precise():
            value, limit = formula(name, extremum.order), bound(extremum)
            gap = Add((value, Neg(limit))) if extremum.side == "low" else Add((limit, Neg(value)))
            check_line(gap, X, LINE, pieces(extremum), not extremum.attained, lambda at: False)
    except (CertificateError, ArithmeticError):
        return False
    return True


def bound(extremum: Extremum) -> Tree:
    """The rational bound; a limit that is only approached is compared with exactly, and within the bound."""
    if extremum.at:
        return Number(extremum.bound)
    limit = registry.formula(extremum.value)
    gap = constant_of(limit).ball - constant_of(Number(extremum.bound)).ball
    if not (gap >= 0 if extremum.side == "low" else gap <= 0):
        raise CertificateError("certificate-sign")
    return limit


def pieces(extremum: Extremum) -> list[dict[str, Any]]:
    """Two ends, and a grid between them that is finer towards the extremum, or leaves its place to a germ."""
    reach, step = extremum.reach, extremum.step
    ends = {-reach + k * step for k in range(int(2 * reach / step) + 1)}
    near: list[dict[str, Any]] = []
    around: tuple[Fraction, Fraction] | None = None
    if extremum.attained:
        at, value = place(extremum)
        inner = RADIUS * Fraction(15, 16)
        around = (value - inner, value + inner)
        ends = {end for end in ends if not around[0] < end < around[1]} | set(around)
        near = [{"kind": "near", "at": to_data(at), "left": str(RADIUS), "right": str(RADIUS), "itself": True,
                 "terms": NEAR_TERMS}]  # fmt: skip
    elif extremum.at:
        for centre in (extremum.near, -extremum.near):
            short = Fraction(round(centre * 2**FINEST), 2**FINEST)
            ends |= {short + sign * Fraction(1, 2**k) for k in range(2, FINEST + 1) for sign in (1, -1)}
    middle: list[dict[str, Any]] = []
    for a, b in pairwise(sorted(ends)):
        if around == (a, b):
            middle += near
        else:
            middle.append({"kind": "box", "from": str(a), "to": str(b), "terms": extremum.terms})
    return [
        {"kind": "down", "to": str(-reach), "terms": NEAR_TERMS},
        *middle,
        {"kind": "up", "from": str(reach), "terms": NEAR_TERMS},
    ]


def place(extremum: Extremum) -> tuple[Tree, Fraction]:
    """The exact place of an extremum, and about where it is."""
    match registry.formula(extremum.at):
        case Relation(("=",), (_, at)) if not isinstance(at, Number):
            ball = constant_of(at).ball
            if abs(ball - as_ball(extremum.near)) < as_ball(Fraction(1, 10**4)):
                return at, extremum.near
        case Relation(("=",), (_, Number(value) as at)):
            return at, value
    raise CertificateError("certificate-malformed", problem="extremum")
