"""A cover of the line in sentences: the difference as a function, its ends, its zeros, and between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import arb

from symgrad.notation.codec import from_data
from symgrad.notation.tree import ZERO, Add, Apply, Mul, Name, Neg, Number, Pow, Relation, Tree, names_in
from symgrad.proving.kernel.analysis.boxes import enclosed
from symgrad.proving.kernel.analysis.constants import Exact
from symgrad.proving.kernel.analysis.ends import argument, constant_of, sign_at
from symgrad.proving.kernel.analysis.germs import Germs, Term
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
    if subject == letter:
        yield Phrase.of("proofs.line-function", equation=equation, variable=letter)
    else:
        definition = Relation(("=",), (letter, subject))
        yield Phrase.of("proofs.line-function-of", equation=equation, definition=definition)
    yield from _pieces(tree, letter, value, entry["pieces"])


def _pieces(tree: Tree, x: Name, value: Apply, pieces: Sequence[Piece]) -> Iterator[Phrase]:
    boxes: list[Piece] = []
    for piece in (*pieces, None):
        if piece is not None and piece["kind"] == "box":
            boxes.append(piece)
            continue
        if boxes:
            yield _boxes(tree, x, value, boxes)
            boxes = []
        if piece is not None:
            yield from _end(tree, x, value, piece)


def _boxes(tree: Tree, x: Name, value: Apply, boxes: Sequence[Piece]) -> Phrase:
    """Neighbouring intervals in one sentence, with the least value that the balls leave."""
    ends = [(Fraction(box["from"]), Fraction(box["to"]), box["terms"]) for box in boxes]
    least = min(dyadic(enclosed(tree, x, a, b, terms).lower()) for a, b, terms in ends)
    where = Relation(("<=", "<="), (Number(ends[0][0]), x, Number(ends[-1][1])))
    bound = below(least)
    line = Relation((">=",), (value, bound))
    if bound.value > 0:
        line = Relation((">=", ">"), (value, bound, ZERO))
    if len(boxes) == 1:
        return Phrase.of("proofs.line-interval", where=where, line=line)
    return Phrase.of("proofs.line-intervals", where=where, line=line, count=len(boxes))


def below(value: Fraction) -> Number:
    """A short decimal that is not larger, and positive where the value is."""
    if value <= 0:
        return Number(Fraction(0))
    digits = 2
    while value * 10**digits < 10:
        digits += 1
    short = Number(Fraction(int(value * 10**digits), 10**digits), decimal=True)
    return short if digits < 12 else Number(Fraction(1, 10 ** (digits - 1)))


def _end(tree: Tree, x: Name, value: Apply, piece: Piece) -> Iterator[Phrase]:
    """Leading terms at infinity or beside a point; what happens at the point itself."""
    kind = piece["kind"]
    if kind in ("up", "down"):
        start = Fraction(piece["from" if kind == "up" else "to"])
        where = Relation((">=" if kind == "up" else "<=",), (x, Number(start)))
        yield _leading(tree, x, value, piece, kind, None, where)
        return
    at = from_data(piece["at"])
    if piece["itself"]:
        there = Apply(value.function, (at,))
        operator = "=" if sign_at(tree, x, at) == 0 else ">"
        yield Phrase.of("proofs.line-point", line=Relation((operator,), (there, ZERO)))
    sides = {side: Fraction(piece[side]) for side in ("left", "right") if piece[side] is not None}
    same = len(sides) == 2 and _bound(tree, x, piece, "left", at)[1] == _bound(tree, x, piece, "right", at)[1]
    if same:
        distance = Apply(ABS, (_minus(x, at),))
        where = Relation(("<", "<="), (ZERO, distance, Number(sides["right"])))
        yield _leading(tree, x, value, piece, "both", at, where)
        return
    for side, reach in sides.items():
        if side == "left":
            where = Relation(("<=", "<"), (_minus(at, Number(reach)), x, at))
        else:
            where = Relation(("<", "<="), (at, x, _plus(at, Number(reach))))
        yield _leading(tree, x, value, piece, side, at, where)


def _bound(tree: Tree, x: Name, piece: Piece, side: str, at: Tree | None) -> tuple[arb, Term | None]:
    """Factor * term, which the tree is never below on one side of a piece."""
    if side in ("up", "down"):
        start = abs(Fraction(piece["from" if side == "up" else "to"]))
    else:
        start = 1 / Fraction(piece[side])
    germs = Germs(start, piece["terms"], {x: argument(side, constant_of(ZERO if at is None else at))})
    found = germs.of(tree)
    if not found:
        return arb(0), None
    term, factor, rest = germs.split(found)
    return (factor.ball * (1 + germs.hull(rest))).lower(), term


def _leading(
    tree: Tree, x: Name, value: Apply, piece: Piece, side: str, at: Tree | None, where: Relation
) -> Phrase:
    """d(x) >= c (leading term) > 0."""
    bounds = [_bound(tree, x, piece, s, at) for s in (("left", "right") if side == "both" else (side,))]
    least, term = min(dyadic(bound) for bound, _ in bounds), bounds[0][1]
    if term is None:
        return Phrase.of("proofs.line-zero", where=where, line=Relation(("=",), (value, ZERO)))
    far = x if side == "up" else Neg(x) if side == "down" else None
    near = _distance(x, at, side) if at is not None else None
    shape = _shape(term, far, near)
    constant = below(least)
    bound = constant if shape is None else shape if constant.value == 1 else _times(constant, shape)
    line = Relation((">=", ">"), (value, bound, ZERO))
    return Phrase.of("proofs.line-end", where=where, line=line)


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
