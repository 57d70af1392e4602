"""One sign all over an interval, piece by piece: short intervals by balls, ends and zeros by leading terms.

The pieces stand from left to right and leave no gap. Each is one of

    {"kind": "box", "from": a, "to": b, "terms": n}       a <= x <= b, Taylor polynomial of n terms
    {"kind": "up", "from": a, "terms": n}                 x >= a, leading terms at infinity
    {"kind": "down", "to": b, "terms": n}                 x <= b
    {"kind": "near", "at": c, "left": r, "right": r, "itself": true, "terms": n}
                                                          c - r <= x <= c + r, leading terms beside c
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.tree import Name, Number, Tree
from symgrad.proving.kernel.analysis.boxes import enclosed
from symgrad.proving.kernel.analysis.ends import constant_of, sign_at, sign_at_end
from symgrad.proving.kernel.enclosures.intervals import Interval
from symgrad.proving.kernel.evaluate import Value, ball, compare

Piece: TypeAlias = Mapping[str, Any]
FIELDS = {
    "box": {"kind", "from", "to", "terms"},
    "up": {"kind", "from", "terms"},
    "down": {"kind", "to", "terms"},
    "near": {"kind", "at", "left", "right", "itself", "terms"},
}
MAX_PIECES = 3000
RATIONAL = re.compile(r"-?\d{1,999}(/\d{1,999})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a piece speaks: its ends (None is infinite), and whether it includes them."""

    low: Value | None
    low_closed: bool
    high: Value | None
    high_closed: bool
    hole: Tree | None = None


def rational(text: Any) -> Fraction:
    """A rational number as text, nothing else."""
    if not isinstance(text, str) or not RATIONAL.fullmatch(text):
        raise CertificateError("certificate-malformed", problem="number")
    return Fraction(text)


def check_line(
    tree: Tree,
    x: Name,
    domain: Interval,
    pieces: Sequence[Piece],
    strict: bool,
    excluded: Callable[[Tree], bool],
) -> None:
    """Tree >= 0 (> 0 if strict) for every x of the domain, or CertificateError.

    excluded: whether an assumption keeps x from being exactly this.
    """
    if not 0 < len(pieces) <= MAX_PIECES:
        raise CertificateError("certificate-malformed", problem="pieces")
    spans = [span(piece) for piece in pieces]
    covered(domain, spans, excluded)
    for piece in pieces:
        sign = sign_on(tree, x, piece)
        if sign < 0 or (strict and not sign):
            raise CertificateError("certificate-sign")


def span(piece: Piece) -> Span:
    """The part of the line that a piece speaks of."""
    kind = piece["kind"]
    if set(piece) != FIELDS[kind] or type(piece["terms"]) is not int:
        raise CertificateError("certificate-malformed", problem="keys")
    match kind:
        case "box":
            return Span(rational(piece["from"]), True, rational(piece["to"]), True)
        case "up":
            return Span(rational(piece["from"]), True, None, False)
        case "down":
            return Span(None, False, rational(piece["to"]), True)
    at, itself = from_data(piece["at"]), piece["itself"]
    if not isinstance(itself, bool):
        raise CertificateError("certificate-malformed", problem="near")
    left, right = (None if piece[k] is None else rational(piece[k]) for k in ("left", "right"))
    centre = _value(at)
    low = centre if left is None else _moved(centre, -left)
    high = centre if right is None else _moved(centre, right)
    inside = left is not None and right is not None
    if not inside and left is None and right is None and not itself:
        raise CertificateError("certificate-malformed", problem="near")
    hole = at if inside and not itself else None
    return Span(low, itself or left is not None, high, itself or right is not None, hole)


def _value(at: Tree) -> Value:
    if isinstance(at, Number):
        return at.value
    return constant_of(at).ball


def _moved(value: Value, by: Fraction) -> Value:
    return value + by if isinstance(value, Fraction) else value + ball(by)


def covered(domain: Interval, spans: Sequence[Span], excluded: Callable[[Tree], bool]) -> None:
    """The spans, one after the other, leave nothing of the domain out."""
    position: Value | None = domain.low
    done = not domain.low_closed
    for part in spans:
        if part.low is not None and (
            position is None or not _before(part.low, part.low_closed, position, done)
        ):
            raise CertificateError("certificate-gap")
        if part.hole is not None and not excluded(part.hole):
            raise CertificateError("certificate-gap")
        if part.high is None:
            position, done = None, True
            break
        if position is None or compare(">", part.high, position):
            position, done = part.high, part.high_closed
        elif part.high == position:
            done = done or part.high_closed
    else:
        if domain.high is None or position is None:
            raise CertificateError("certificate-gap")
        past = compare(">", position, domain.high)
        if not past and not (position == domain.high and (done or not domain.high_closed)):
            raise CertificateError("certificate-gap")


def _before(low: Value, closed: bool, position: Value, done: bool) -> bool:
    """Whether a span from `low` on leaves nothing out beyond what is covered up to `position`."""
    if compare("<", low, position):
        return True
    same = isinstance(low, Fraction) and low == position
    return same and (closed or done)


def sign_on(tree: Tree, x: Name, piece: Piece) -> int:
    """1 where the tree is certainly positive on all of a piece, 0 where it is at least never negative."""
    terms = piece["terms"]
    match piece["kind"]:
        case "box":
            found = enclosed(tree, x, rational(piece["from"]), rational(piece["to"]), terms)
            return 1 if found > 0 else 0 if found >= 0 else -1
        case "up":
            return sign_at_end(tree, x, "up", None, rational(piece["from"]), terms)
        case "down":
            return sign_at_end(tree, x, "down", None, -rational(piece["to"]), terms)
    at = from_data(piece["at"])
    signs = [
        sign_at_end(tree, x, side, at, 1 / rational(piece[side]), terms)
        for side in ("left", "right")
        if piece[side] is not None
    ]
    if piece["itself"]:
        signs.append(sign_at(tree, x, at))
    return min(signs)
