"""Products and sums over an index: which factors or terms of both sides belong together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from symgrad.notation.codec import to_data
from symgrad.notation.indices import Linear, from_linear, linear
from symgrad.notation.places import at, gap, moved
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Apply,
    BigOp,
    Div,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    number,
    rebuild,
    walk,
)  # fmt: skip
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.depth.letters import Letters, symbolic
from symgrad.proving.kernel.depth.readings import stems
from symgrad.proving.kernel.depth.series import Series, explicit
from symgrad.proving.kernel.enclosures.intervals import MIRROR
from symgrad.proving.kernel.rules.ranges import (
    Piece,
    form,
    layered,
    letters_of,
    not_empty,
    opened,
    sized,
)
from symgrad.proving.kernel.setting import Setting
from symgrad.proving.methods.doubt import fails
from symgrad.proving.methods.method import Entry, Method, Prove
from symgrad.proving.methods.ranges_words import steps
from symgrad.proving.problem import Problem

LETTERS = ("i", "k", "j", "l", "m", "r", "s", "q")
Range = tuple[Tree, Tree]


def entries(statement: Relation, here: Setting, problem: Problem, prove: Prove) -> Iterator[Entry]:
    """Equal by their stretches; smaller factor by factor; smaller term by term."""
    (operator,) = statement.operators
    in_loop = here.families is not None and here.families.loop is not None
    if not (in_loop or symbolic(statement)):
        return
    if operator in ("=", "<=", ">="):
        for definitions, unfold in ((False, 0), (True, 1)):
            yield {"rule": "series", "unfold": unfold, "definitions": definitions}
    if in_loop and not symbolic(statement):
        inner = layered(statement, here)
        proof = None if inner == statement else prove(inner, here)
        if proof is not None:
            yield {"rule": "layers", "proof": proof}
    if operator in MIRROR and operator != "!=" and symbolic(statement):
        a, b = statement.operands
        sides = (b, a) if operator in (">", ">=") else (a, b)
        bound = {n.index for n in walk(statement) if isinstance(n, BigOp)}
        taken = set().union(stems(statement), *map(stems, here.used)) - bound
        search = Search(here, letters_of(here, statement), prove, operator, taken)
        yield from search.factorwise(*sides)
        if operator != "=":
            yield from search.termwise(*sides)
            yield from search.sizes(*sides)


@dataclass(frozen=True, slots=True)
class Side:
    """A side as number, factors with powers, products over ranges, long powers."""

    number: Fraction
    plain: dict[Tree, int]
    ranges: dict[Range, dict[Tree, int]]
    numeric: dict[str, Fraction]
    powers: list[tuple[Tree, Linear, int]]


@dataclass(frozen=True, slots=True)
class Search:
    """Pieces for one comparison."""

    here: Setting
    letters: Letters
    prove: Prove
    operator: str
    taken: set[str]

    @property
    def strict(self) -> bool:
        """Whether both sides must differ."""
        return self.operator in ("<", ">")

    def values(self, *sides: Tree) -> list[nf.Rational]:
        """The normal forms of some sides, cut at each other's ends."""
        series: Series = replace(form(self.here, self.letters), cuts=explicit(sides))
        found: list[nf.Rational] = []
        for _ in range(3):
            seen: dict[Tree, None] = {}
            found = [replace(series, seen=seen)(side) for side in sides]
            series = replace(series, cuts=tuple(sorted({*series.cuts, *seen}, key=repr)))
        return found

    # ---- factor by factor

    def factorwise(self, smaller: Tree, larger: Tree) -> Iterator[Entry]:
        """One proposal: common factors, factors of one range, and the rest."""
        small, large = (side_of(value) for value in self.values(smaller, larger))
        if small.number == 0:
            if not (large.ranges or large.powers or large.numeric):
                return
            small = replace(side_of(self.values(larger, larger)[0]), number=Fraction(0))
        pieces = [
            self._piece(range_, small, large) for range_ in dict.fromkeys((*small.ranges, *large.ranges))
        ]
        if not pieces:
            first = next((p[1] for s in (small, large) for p in s.powers), None)
            letter = next((x for s in (small, large) for x in s.numeric), None)
            if first is not None or letter is not None:
                high = from_linear(first) if first is not None else Name(letter or "")
                pieces.append(self._piece((ONE, high), small, large))
        rest = Piece(readable(_product(small)), readable(_product(large)), None)
        if (rest.smaller, rest.larger) != (ONE, ONE):
            pieces += _apart(rest)
        if len(pieces) == 1 and pieces[0].range is None:
            return
        data: list[Mapping[str, Any]] = []
        for piece in pieces:
            if (found := self._factor(piece)) is None:
                return
            data.append(found)
        yield {"rule": "factorwise", "pieces": data}

    def _piece(self, range_: Range, small: Side, large: Side) -> Piece:
        low, high = range_
        letter = self.letter(low, high)
        bodies = []
        length = gap(low, moved(high, 1))
        assert length is not None
        for side in (small, large):
            factors = dict(side.ranges.pop(range_, {}))
            factors.update(_absorbed(side, length))
            moved_in = {at(body, {"\0": Name(letter)}): e for body, e in factors.items()}
            bodies.append(readable(_tree(Fraction(1), moved_in)))
        return Piece(bodies[0], bodies[1], (letter, low, high))

    def letter(self, low: Tree, high: Tree) -> str:
        """A letter that stands for nothing else."""
        return next(x for x in (*LETTERS, *(f"i{k}" for k in range(99))) if x not in self.taken)

    def _factor(self, piece: Piece) -> Mapping[str, Any] | None:
        inner = opened(piece, self.here, self.letters)
        if self.operator == "=":
            equal = Relation(("=",), (piece.smaller, piece.larger))
            proof = None if fails(equal, inner) else self.prove(equal, inner)
            return None if proof is None else _data(piece, sign=None, proof=proof, positive=None)
        signed = Relation((">=",), (piece.smaller, ZERO))
        ordered = Relation(("<=",), (piece.smaller, piece.larger))
        if fails(signed, inner) or fails(ordered, inner):
            return None
        sign = self.prove(signed, inner)
        if sign is None:
            return None
        if self.strict and not_empty(piece, self.letters) and piece.smaller != piece.larger:
            proof = self.prove(Relation(("<",), (piece.smaller, piece.larger)), inner)
            if proof is not None:
                return _data(piece, sign=sign, proof=proof, positive=None)
        proof = self.prove(ordered, inner)
        if proof is None:
            return None
        positive = self.prove(Relation((">",), (piece.larger, ZERO)), inner) if self.strict else None
        if self.strict and positive is None:
            return None
        return _data(piece, sign=sign, proof=proof, positive=positive)

    def sizes(self, smaller: Tree, larger: Tree) -> Iterator[Entry]:
        """By the size of one side, where it is a product over a range."""
        operator = "<" if self.strict else "<="
        if any(
            isinstance(node, Apply) and node.function == nf.ABS for t in (smaller, larger) for node in walk(t)
        ):
            return
        for side, tree, other in (("smaller", smaller, larger), ("larger", larger, Neg(smaller))):
            ranged = any(isinstance(node, BigOp) and node.kind == "prod" for node in walk(tree))
            if not ranged or fails(Relation((">=",), (other, ZERO)), self.here):
                continue
            proof = self.prove(sized(operator, smaller, larger, side), self.here)
            if proof is not None:
                yield {"rule": "size", "side": side, "proof": proof}

    # ---- term by term

    def termwise(self, smaller: Tree, larger: Tree) -> Iterator[Entry]:
        """One proposal: the terms of each range, and the rest."""
        bars = isinstance(smaller, Apply) and smaller.function == nf.ABS and smaller.order == 0
        inside = smaller.arguments[0] if bars and isinstance(smaller, Apply) else smaller
        values = self.values(inside, larger)
        if any(v.denominator != nf.constant(1) for v in values):
            return
        (small, rest_small), (large, rest_large) = (_terms(v.numerator) for v in values)
        ranges = dict.fromkeys((*small, *large))
        if not ranges:
            return
        pieces = []
        for low, high in ranges:
            letter = self.letter(low, high)
            length = gap(low, moved(high, 1))
            assert length is not None
            if (low, high) not in large:
                constant, rest_large = _per_length(rest_large, length)
            else:
                constant = {}
            bodies = [
                readable(at(nf.to_tree(poly), {"\0": Name(letter)}))
                for poly in (small.get((low, high), {}), nf.add(large.get((low, high), {}), constant))
            ]
            pieces.append(Piece(bodies[0], bodies[1], (letter, low, high)))
        if rest_small or rest_large:
            both = [readable(nf.to_tree(poly)) for poly in (rest_small, rest_large)]
            pieces.append(Piece(both[0], both[1], None))
        data = [self._term(piece, bars) for piece in pieces]
        if all(d is not None for d in data):
            yield {"rule": "termwise", "pieces": data, "bars": bars}

    def _term(self, piece: Piece, bars: bool) -> Mapping[str, Any] | None:
        inner = opened(piece, self.here, self.letters)
        left: Tree = Apply(nf.ABS, (piece.smaller,)) if bars else piece.smaller
        if fails(Relation(("<=",), (left, piece.larger)), inner):
            return None
        for operator in ("<", "<=") if self.strict and not_empty(piece, self.letters) else ("<=",):
            proof = self.prove(Relation((operator,), (left, piece.larger)), inner)
            if proof is not None:
                return _data(piece, strict=operator == "<", proof=proof)
        return None


def readable(tree: Tree) -> Tree:
    """The tree with bound letters that a text can spell."""
    node = rebuild(tree, readable)
    if isinstance(node, BigOp) and set(node.index) == {"\0"}:
        taken = stems(node)
        new = Name(next(x for x in (*LETTERS, *(f"i{k}" for k in range(99))) if x not in taken))
        return BigOp(node.kind, at(node.body, {node.index: new}), new.stem, node.low, node.high, True)
    return node


def _data(piece: Piece, **more: Any) -> Mapping[str, Any]:
    where = None
    if piece.range is not None:
        letter, low, high = piece.range
        where = [letter, to_data(low), to_data(high)]
    return {"smaller": to_data(piece.smaller), "larger": to_data(piece.larger), "range": where, **more}


def side_of(value: nf.Rational) -> Side:
    """A normal form as a product."""
    side = Side(Fraction(1), {}, {}, {}, [])
    number_ = Fraction(1)
    for poly, sign in ((value.numerator, 1), (value.denominator, -1)):
        if not poly:
            return replace(side, number=Fraction(0))
        shared = nf.content(poly)
        rest = {nf.strip(monomial, dict(shared)): c for monomial, c in poly.items()}
        if len(rest) > 1:
            side.plain[nf.to_tree(rest)] = side.plain.get(nf.to_tree(rest), 0) + sign
        else:
            number_ *= next(iter(rest.values())) ** sign
        for atom, power in shared:
            _sort(atom, sign * power, side)
    return replace(side, number=number_)


def _sort(atom: Tree, power: int, side: Side) -> None:
    match atom:
        case BigOp("prod", body, _, low, high) if stems(body) >= {"\0"}:
            side.ranges.setdefault((low, high), {})[body] = power
        case Pow(Number(base), Name(letter, ())):
            side.numeric[letter] = side.numeric.get(letter, Fraction(1)) * base**power
        case Pow(base, exponent) if (places := linear(exponent)) is not None and places[0]:
            side.powers.append((base, places, power))
        case _:
            side.plain[atom] = side.plain.get(atom, 0) + power


def _absorbed(side: Side, length: Linear) -> dict[Tree, int]:
    """The factors of each place that the long powers of a side stand for; what is over goes to the rest."""
    found: dict[Tree, int] = {}
    letters = dict(length[0])
    common = [side.numeric.get(letter) for letter in letters]
    if letters and all(c is not None for c in common) and all(abs(v) == 1 for v in letters.values()):
        bases = {(c or Fraction(1)) ** int(letters[x]) for x, c in zip(letters, common, strict=True)}
        if len(bases) == 1:
            number_ = Number(bases.pop())
            for letter in letters:
                del side.numeric[letter]
            found[number_] = 1
            if length[1]:
                side.plain[number_] = side.plain.get(number_, 0) - int(length[1])
    for item in list(side.powers):
        base, exponent, power = item
        if exponent[0] == length[0] and exponent[1] >= length[1]:
            side.powers.remove(item)
            found[base] = found.get(base, 0) + power
            over = int(exponent[1] - length[1])
            if over:
                side.plain[base] = side.plain.get(base, 0) + over * power
    return found


def _product(side: Side) -> Tree:
    factors = {b: e for b, e in side.plain.items() if e}
    for letter, value in side.numeric.items():
        factors[Pow(Number(value), Name(letter))] = 1
    for base, exponent, power in side.powers:
        factors[Pow(base, from_linear(exponent))] = power
    for (low, high), bodies in side.ranges.items():
        for body, power in bodies.items():
            factors[BigOp("prod", body, "\0", low, high, True)] = power
    return _tree(side.number, factors)


def _tree(coefficient: Fraction, factors: Mapping[Tree, int]) -> Tree:
    above: list[Tree] = []
    below: list[Tree] = []
    for base, power in factors.items():
        if isinstance(base, Number):
            coefficient *= base.value**power
        elif power:
            piece = base if abs(power) == 1 else Pow(base, number(abs(power)))
            (above if power > 0 else below).append(piece)
    if coefficient != 1 or not above:
        above.insert(0, Number(coefficient))
    top = above[0] if len(above) == 1 else Mul(tuple(above))
    if not below:
        return top
    return Div(top, below[0] if len(below) == 1 else Mul(tuple(below)))


def _factors(tree: Tree) -> list[Tree]:
    return list(tree.factors) if isinstance(tree, Mul) else [tree]


def _apart(rest: Piece) -> list[Piece]:
    """What both sides share apart from the rest."""
    left, right = (_factors(t) for t in (rest.smaller, rest.larger))
    shared = []
    for factor in list(left):
        if factor in right and not isinstance(factor, Number):
            left.remove(factor)
            right.remove(factor)
            shared.append(factor)
    pieces = [Piece(f, f, None) for f in shared]
    a, b = (ONE if not s else s[0] if len(s) == 1 else Mul(tuple(s)) for s in (left, right))
    return pieces if a == b == ONE else [*pieces, Piece(a, b, None)]


def _terms(poly: nf.Poly) -> tuple[dict[Range, nf.Poly], nf.Poly]:
    """A sum by the ranges of its sums, each with what stands before it; and the rest."""
    ranges: dict[Range, nf.Poly] = {}
    rest: nf.Poly = {}
    for monomial, coefficient in poly.items():
        sums = [(a, e) for a, e in monomial if isinstance(a, BigOp) and a.kind == "sum"]
        if len(sums) == 1 and sums[0][1] == 1 and isinstance(sums[0][0], BigOp):
            big = sums[0][0]
            front = frozenset(monomial - {sums[0]})
            if set(big.index) == {"\0"} and len(big.index) == 1:
                key = (big.low, big.high)
                body = frozenset({(big.body, 1)}) | front
                ranges[key] = nf.add(ranges.get(key, {}), {body: coefficient})
                continue
        rest[monomial] = coefficient
    return ranges, rest


def _per_length(poly: nf.Poly, length: Linear) -> tuple[nf.Poly, nf.Poly]:
    """C and what is left of c * length + rest."""
    if not length[0]:
        return {}, poly
    letter, coefficient = length[0][0]
    mine = {m: c for m, c in poly.items() if (Name(letter), 1) in m}
    each = {frozenset(m - {(Name(letter), 1)}): c / coefficient for m, c in mine.items()}
    whole = nf.Normaliser({})(from_linear(length)).numerator
    return each, nf.add(poly, nf.scale(nf.times(each, whole), Fraction(-1)))


METHOD = Method("ranges", ("series", "layers", "factorwise", "termwise", "size"), entries, steps)
