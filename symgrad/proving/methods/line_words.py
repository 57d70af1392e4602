"""A cover of the line in sentences: the difference as a function, its ends, its zeros, and between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb

from symgrad.notation.codec import from_data
from symgrad.notation.tree import ZERO, Add, Apply, Mul, Name, Neg, Number, Pow, Relation, Tree, names_in
from symgrad.proving.kernel.analysis.boxes import enclosed
from symgrad.proving.kernel.analysis.constants import ZERO as CENTRE
from symgrad.proving.kernel.analysis.constants import Exact
from symgrad.proving.kernel.analysis.ends import argument, constant_of, sign_at
from symgrad.proving.kernel.analysis.germs import UNIT, Germs, Term
from symgrad.proving.kernel.enclosures.ranges import dyadic
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.kernel.rules.entry import comparison
from symgrad.proving.kernel.rules.line import in_one_variable, open_conditions, oriented
from symgrad.proving.kernel.setting import Setting
from symgrad.proving.methods.method import Entry, Word
from symgrad.proving.methods.spelt import spelt
from symgrad.proving.problem import Problem
from symgrad.values.phrase import Phrase

Piece = Mapping[str, Any]
CALLED = ("d", "g", "h", "q")
MAX_ZEROS = 3


def steps(problem: Problem, statement: Tree, entry: Entry, here: Setting, word: Word) -> Iterator[Phrase]:
    """What is a function of what, then piece by piece why it has its sign."""
    operator, a, b = comparison(statement, here)
    for condition, proof in zip(open_conditions(statement, here), entry["conditions"], strict=True):
        yield Phrase.of("proofs.line-condition", condition=condition)
        yield from word(condition, proof, here)
    gap = oriented(operator, a, b, entry["rising"])
    subject = from_data(entry["subject"])
    bounds = here.bounds(gap, subject)
    letter, tree = in_one_variable(gap, subject, bounds)
    taken = {n.stem for n in names_in(problem.statement)}
    value = Apply(Name(next(c for c in CALLED if c not in taken)), (letter,))
    written = (
        b if a == ZERO and operator in ("<", "<=") else a if b == ZERO and operator in (">", ">=") else gap
    )
    equation = Relation(("=",), (value, written))
    line = Relation((">" if operator in ("<", ">", "!=") else ">=",), (value, ZERO))
    if subject == letter:
        yield Phrase.of("proofs.line-function", equation=equation, variable=letter, line=line)
    else:
        definition = Relation(("=",), (letter, subject))
        yield Phrase.of("proofs.line-function-of", equation=equation, definition=definition, line=line)
    yield from Told(tree, letter, value).parts(entry["pieces"])


@dataclass(frozen=True, slots=True)
class Told:
    """A cover summed up: its ends, where the function is 0, its kinks, and what is between."""

    tree: Tree
    x: Name
    value: Apply

    def parts(self, pieces: Sequence[Piece]) -> Iterator[Phrase]:
        """Each part once, the many short intervals together."""
        tails = [piece for piece in pieces if piece["kind"] in ("up", "down")]
        nears = [piece for piece in pieces if piece["kind"] == "near"]
        boxes = [piece for piece in pieces if piece["kind"] == "box"]
        for piece in tails:
            yield self.side(piece, piece["kind"])
        kinks = [piece for piece in nears if self.steep(piece)]
        zeros = [piece for piece in nears if piece not in kinks]
        if len(zeros) > MAX_ZEROS:
            yield self.together("proofs.line-zeros", zeros, Fraction(0))
        else:
            for piece in zeros:
                yield from self.zero(piece)
        if kinks:
            yield self.together("proofs.line-kinks", kinks, min(map(self.least, kinks)))
        if boxes:
            yield self.between(pieces, boxes, bool(nears))

    def between(self, pieces: Sequence[Piece], boxes: Sequence[Piece], rest: bool) -> Phrase:
        """All short intervals in one sentence, with the least value that the balls leave."""
        ends = [(Fraction(box["from"]), Fraction(box["to"]), box["terms"]) for box in boxes]
        least = min(dyadic(enclosed(self.tree, self.x, a, b, terms).lower()) for a, b, terms in ends)
        low, high = _outer(pieces[0], "left"), _outer(pieces[-1], "right")
        where = Relation(("<=", "<="), (low, self.x, high))
        if low == high:
            where = Relation(("=",), (self.x, low))
        id_ = ("line-rest" if rest else "line-interval") + ("s" if len(boxes) > 1 else "")
        return Phrase.of(f"proofs.{id_}", where=where, line=self.above(below(least)), count=len(boxes))

    def above(self, bound: Tree) -> Relation:
        """d(x) >= bound, which is positive where it is not 0."""
        if bound == ZERO:
            return Relation((">=",), (self.value, ZERO))
        return Relation((">=", ">"), (self.value, bound, ZERO))

    def steep(self, piece: Piece) -> bool:
        """Whether the function is positive at a point and stays so beside it, by a constant."""
        at = from_data(piece["at"])
        if not (piece["itself"] and _sides(piece)) or sign_at(self.tree, self.x, at) == 0:
            return False
        return all(self.bound(piece, side)[1] == UNIT for side in _sides(piece))

    def least(self, piece: Piece) -> Fraction:
        """What the function is never below beside a kink."""
        return min(dyadic(self.bound(piece, side)[0]) for side in _sides(piece))

    def together(self, id_: str, pieces: Sequence[Piece], least: Fraction) -> Phrase:
        """Several points in one sentence."""
        reach = Number(min(Fraction(piece[side]) for piece in pieces for side in _sides(piece)))
        points = tuple(Relation(("=",), (self.x, from_data(piece["at"]))) for piece in pieces)
        return Phrase.of(id_, points=points, reach=reach, line=self.above(below(least)))

    def zero(self, piece: Piece) -> Iterator[Phrase]:
        """What happens at a point and on both sides of it."""
        at, sides = from_data(piece["at"]), _sides(piece)
        if piece["itself"]:
            there = Apply(self.value.function, (at,))
            operator = "=" if sign_at(self.tree, self.x, at) == 0 else ">"
            yield Phrase.of("proofs.line-point", line=Relation((operator,), (there, ZERO)))
        if len(sides) == 2 and self.bound(piece, "left")[1] == self.bound(piece, "right")[1]:
            sides = ["both"]
        for side in sides:
            yield self.side(piece, side)

    def side(self, piece: Piece, side: str) -> Phrase:
        """d(x) >= c (leading term) > 0, at infinity or beside a point."""
        bounds = [self.bound(piece, s) for s in (("left", "right") if side == "both" else (side,))]
        least, term = min(dyadic(bound) for bound, _ in bounds), bounds[0][1]
        where, far, near = _where(self.x, piece, side)
        if term is None:
            return Phrase.of("proofs.line-zero", where=where, line=Relation(("=",), (self.value, ZERO)))
        shape, constant = _shape(term, far, near), below(least)
        bound = constant if shape is None else shape if constant.value == 1 else _times(constant, shape)
        return Phrase.of("proofs.line-end", where=where, line=self.above(bound))

    def bound(self, piece: Piece, side: str) -> tuple[arb, Term | None]:
        """Factor * term, which the function is never below on one side of a piece."""
        if side in ("up", "down"):
            start, point = abs(Fraction(piece["from" if side == "up" else "to"])), CENTRE
        else:
            start, point = 1 / Fraction(piece[side]), constant_of(from_data(piece["at"]))
        germs = Germs(start, piece["terms"], {self.x: argument(side, point)})
        found = germs.of(self.tree)
        if not found:
            return arb(0), None
        term, factor, rest = germs.split(found)
        return (factor.ball * (1 + germs.hull(rest))).lower(), term


def _sides(piece: Piece) -> list[str]:
    return [side for side in ("left", "right") if piece[side] is not None]


def _outer(piece: Piece, side: str) -> Tree:
    """Where the middle part of a cover that starts (`left`) or ends with a piece has its end."""
    match piece["kind"]:
        case "down":
            return Number(Fraction(piece["to"]))
        case "up":
            return Number(Fraction(piece["from"]))
        case "box":
            return Number(Fraction(piece["from" if side == "left" else "to"]))
    at, reach = from_data(piece["at"]), piece[side]
    return at if reach is None else _plus(at, Number(Fraction(reach) * (-1 if side == "left" else 1)))


def _where(x: Name, piece: Piece, side: str) -> tuple[Relation, Tree | None, Tree | None]:
    """The x that one side of a piece speaks of; |x| there, or the distance from its point."""
    if side in ("up", "down"):
        start = Number(Fraction(piece["from" if side == "up" else "to"]))
        return Relation((">=" if side == "up" else "<=",), (x, start)), x if side == "up" else Neg(x), None
    at, near = from_data(piece["at"]), _distance(x, from_data(piece["at"]), side)
    reach = Number(Fraction(piece["right" if side == "both" else side]))
    if side == "both":
        return Relation(("<", "<="), (ZERO, near, reach)), None, near
    if side == "left":
        return Relation(("<=", "<"), (_minus(at, reach), x, at)), None, near
    return Relation(("<", "<="), (at, x, _plus(at, reach))), None, near


def below(value: Fraction) -> Number:
    """A short decimal that is not larger, and positive where the value is."""
    if value <= 0:
        return Number(Fraction(0))
    digits = 2
    while value * 10**digits < 10:
        digits += 1
    short = Number(Fraction(int(value * 10**digits), 10**digits), decimal=True)
    return short if digits < 12 else Number(Fraction(1, 10 ** (digits - 1)))


def _distance(x: Name, at: Tree, side: str) -> Tree:
    if side == "right":
        return _minus(x, at)
    return _minus(at, x) if side == "left" else Apply(ABS, (_minus(x, at),))


def _minus(a: Tree, b: Tree) -> Tree:
    match a, b:
        case Number(p), Number(q):
            return Number(p - q)
        case _, Number(q) if not q:
            return a
        case Number(p), _ if not p:
            return Neg(b)
        case _, Number(q) if q < 0:
            return Add((a, Number(-q)))
        case _, Neg(inside):
            return Add((a, inside))
    return Add((a, Neg(b)))


def _plus(a: Tree, b: Number) -> Tree:
    return _minus(a, Number(-b.value))


def _shape(term: Term, far: Tree | None, near: Tree | None) -> Tree | None:
    """A term in y written in the variable; None for 1. `near` is 1/y, `far` is y."""
    factors: list[Tree] = []

    def power(k: Fraction) -> Tree:
        """y^k."""
        base, n = (near, -k) if near is not None else (far, k)
        assert base is not None
        if isinstance(base, Apply) and base.function == ABS and n.denominator == 1 and n % 2 == 0:
            base = base.arguments[0]
        if isinstance(base, Neg) and n.denominator == 1 and n % 2 == 0:
            base = base.operand
        return base if n == 1 else Pow(base, Number(n))

    if term.power:
        factors.append(power(term.power))
    if term.logs:
        logarithm = Apply(Name("log"), (power(Fraction(1)),))
        factors.append(logarithm if term.logs == 1 else Pow(logarithm, Number(Fraction(term.logs))))
    exponents: list[Tree] = [_scaled(rate, power(k)) for k, rate in sorted(term.rates, key=lambda r: -r[0])]
    if exponents:
        inside = exponents[0] if len(exponents) == 1 else Add(tuple(exponents))
        factors.append(Apply(Name("exp"), (inside,)))
    if not factors:
        return None
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def _scaled(rate: Exact, tree: Tree) -> Tree:
    q = rate.rational
    if q is None:
        return Mul((spelt(rate), tree))
    if isinstance(tree, Neg):
        q, tree = -q, tree.operand
    size = tree if abs(q) == 1 else Mul((Number(abs(q)), tree))
    return Neg(size) if q < 0 else size


def _times(constant: Number, tree: Tree) -> Tree:
    return Mul((constant, *(tree.factors if isinstance(tree, Mul) else (tree,))))
