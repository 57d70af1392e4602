"""Normal form with products and sums over an index whose ends hold letters, and powers such as c^(n-k).

A range is cut at places that certainly lie in it, so that both sides of an identity are made of the same
stretches; a stretch of known length is written out. What does not depend on the index goes in front. Only
rewritings that hold wherever the facts about the letters hold are made; everything else stays an atom.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise

from symgrad.errors import CertificateError
from symgrad.notation.indices import Linear, canonical, from_linear, linear
from symgrad.notation.places import at, gap, moved
from symgrad.notation.tree import (
    Add,
    Apply,
    BigOp,
    Mul,
    Name,
    Number,
    Pow,
    Tree,
    children,
    number,
    walk,
)  # fmt: skip
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.depth.letters import Letters, shifted

BOUND = "\0"
"""Bound letters are named from inside out, by what no text can spell."""
OPEN = "\1"
MAX_WRITTEN = 12
MAX_PRIME = 1000
LEVELS = 40
NOTHING_KNOWN = Letters()


@dataclass(frozen=True, slots=True)
class Series(nf.Normaliser):
    """The normal form; `cuts` are places where ranges may be cut, `seen` collects the ends met on the way.

    depth: how many big operators are open around the tree.
    """

    letters: Letters = NOTHING_KNOWN
    cuts: tuple[Tree, ...] = ()
    seen: dict[Tree, None] = field(default_factory=dict)
    depth: int = 0

    def __call__(self, tree: Tree) -> nf.Rational:
        """The normal form."""
        match tree:
            case BigOp(kind, body, index, low, high, _):
                if linear(low) is None or linear(high) is None:
                    raise CertificateError("certificate-unsupported", kind="BigOp")
                inner, letter = self._opened(body, index, low, high)
                return (inner._product if kind == "prod" else inner._sum)(letter, low, high, self)
            case Pow(base, exponent) if (power := self.letters.exponent(exponent)) is not None:
                return self._long_power(self(base), power)
        return nf.Normaliser.__call__(self, tree)

    # ---- opening a range

    def _opened(self, body: Tree, index: str, low: Tree, high: Tree) -> tuple[_Opened, str]:
        if self.depth >= LEVELS:
            raise CertificateError("certificate-too-large")
        letter = f"{OPEN}{self.depth}"
        return _Opened(self, at(body, {index: Name(letter)})), letter

    def inside(self, letter: str, low: Tree, high: Tree) -> Series:
        """The normaliser for a body, its letter within the range."""
        return replace(self, letters=self.letters.within(letter, low, high), depth=self.depth + 1)

    def stretches(self, low: Tree, high: Tree) -> list[tuple[Tree, Tree]]:
        """The range cut where it certainly can be; one stretch where nothing is known."""
        end = moved(high, 1)
        if not _inner(low) and not _inner(end):
            self.seen[canonical(low)] = self.seen[canonical(end)] = None
        marks = [canonical(low), end]
        if not self.letters.at_least(low, end):
            return [(canonical(low), canonical(high))]
        for cut in self.cuts:
            for k in range(len(marks) - 1):
                a, b = marks[k], marks[k + 1]
                if cut in (a, b):
                    break
                if self.letters.at_least(a, cut) and self.letters.at_least(cut, b):
                    marks.insert(k + 1, cut)
                    break
        return [(a, moved(b, -1)) for a, b in pairwise(marks)]

    # ---- powers

    def _long_power(self, base: nf.Rational, exponent: Linear) -> nf.Rational:
        """base^exponent for an exponent with letters."""
        if not exponent[0]:
            return self._finite(base, exponent[1])
        if any(c.denominator != 1 for c in (exponent[1], *(c for _, c in exponent[0]))):
            raise CertificateError("certificate-unsupported", kind="Pow")
        result = _one()
        for poly, sign in ((base.numerator, 1), (base.denominator, -1)):
            piece = self._poly_power(poly, exponent)
            result = nf.multiply(result, piece if sign > 0 else nf.inverse(piece))
        return result

    def _poly_power(self, poly: nf.Poly, exponent: Linear) -> nf.Rational:
        if poly == nf.constant(1):
            return _one()
        if len(poly) != 1:
            return self._atom_power(nf.to_tree(poly), exponent)
        ((monomial, coefficient),) = poly.items()
        result = self._number_power(coefficient, exponent)
        for atom, power in sorted(monomial, key=repr):
            result = nf.multiply(result, self._atom_power(atom, _times(exponent, power)))
        return result

    def _number_power(self, value: Fraction, exponent: Linear) -> nf.Rational:
        """c^(n + 1) by primes: (2^n)^-2 * 2^-2 for c = 1/4."""
        result = self._atom_power(number(-1), exponent) if value < 0 else _one()
        for prime, count in (*_primes(abs(value.numerator), 1), *_primes(value.denominator, -1)):
            for letter, c in exponent[0]:
                power = nf.atom(Pow(number(prime), Name(letter)))
                result = nf.multiply(result, self._finite(power, c * count))
            fixed = nf.Rational(nf.constant(prime), nf.constant(1))
            result = nf.multiply(result, self._finite(fixed, exponent[1] * count))
        return result

    def _atom_power(self, atom: Tree, exponent: Linear) -> nf.Rational:
        """x^(n + 2) = x^n x^2 where n >= 0; the part with letters as short as it certainly can be."""
        match atom:
            case Pow(_, inner) if self.letters.exponent(inner) is not None:
                return nf.atom(Pow(atom, from_linear(exponent)))
            case Apply(Name("exp", ()), (argument,), 0):
                return self(Apply(Name("exp"), (Mul((from_linear(exponent), argument)),)))
        least = _lowest(exponent, self.letters)
        if least is None:
            return nf.atom(Pow(atom, from_linear(exponent)))
        rest = exponent[1] - least
        power = nf.atom(Pow(atom, from_linear((exponent[0], least))))
        return nf.multiply(power, self._finite(self(atom) if isinstance(atom, Add) else _value(atom), rest))

    def _finite(self, value: nf.Rational, count: Fraction) -> nf.Rational:
        if count.denominator != 1 or abs(count) > nf.MAX_DEGREE:
            raise CertificateError("certificate-too-large")
        factor, result = value if count >= 0 else nf.inverse(value), _one()
        for _ in range(abs(int(count))):
            result = nf.multiply(result, factor)
        return result

    # ---- absolute values

    def _absolute(self, argument: Tree) -> nf.Rational:
        match argument:
            case BigOp("prod", body, index, low, high, _):
                return self(BigOp("prod", Apply(nf.ABS, (body,)), index, low, high, True))
            case Pow(base, exponent) if self.letters.exponent(exponent) is not None:
                return self(Pow(Apply(nf.ABS, (base,)), exponent))
        return nf.Normaliser._absolute(self, argument)

    def bars(self, poly: nf.Poly) -> nf.Rational:
        """|poly|; bars go into products over ranges and long powers."""
        if len(poly) == 1:
            ((monomial, coefficient),) = poly.items()
            long = [(a, e) for a, e in monomial if isinstance(a, BigOp | Pow)]
            if long:
                rest = frozenset(monomial - set(long))
                result = nf.Normaliser.bars(self, {rest: coefficient})
                for atom, power in sorted(long, key=repr):
                    result = nf.multiply(result, self._finite(self._bare_bars(atom), Fraction(power)))
                return result
        return nf.Normaliser.bars(self, poly)

    def _bare_bars(self, atom: Tree) -> nf.Rational:
        match atom:
            case BigOp("prod", body, index, low, high, _):
                inside = self.inside(index, low, high)
                return nf.atom(
                    BigOp("prod", inside.canonical(Apply(nf.ABS, (body,))), index, low, high, True)
                )
            case Pow(Number(value), exponent) if value > 0:
                return nf.atom(atom)
            case Pow(base, exponent) if self.letters.exponent(exponent) is not None:
                return nf.atom(Pow(self.canonical(Apply(nf.ABS, (base,))), exponent))
        return nf.atom(Apply(nf.ABS, (atom,)))


@dataclass(frozen=True, slots=True)
class _Opened:
    """A body whose letter is open."""

    outer: Series
    body: Tree

    def _product(self, letter: str, low: Tree, high: Tree, outer: Series) -> nf.Rational:
        result = _one()
        for start, end in outer.stretches(low, high):
            length = gap(start, moved(end, 1))
            assert length is not None
            if not length[0] and 0 <= length[1] <= MAX_WRITTEN and length[1].denominator == 1:
                for k in range(int(length[1])):
                    result = nf.multiply(result, outer(at(self.body, {letter: moved(start, k)})))
                continue
            result = nf.multiply(result, self._long_product(letter, start, end, outer))
        return result

    def _long_product(self, letter: str, low: Tree, high: Tree, outer: Series) -> nf.Rational:
        value = outer.inside(letter, low, high)(self.body)
        length = gap(low, moved(high, 1))
        assert length is not None
        sure = outer.letters.nonnegative(length)
        result = _one()
        for poly, sign in ((value.numerator, 1), (value.denominator, -1)):
            if not poly:
                return nf.atom(BigOp("prod", number(0), BOUND, low, high, True))
            for factor, power in _factors(poly):
                if sure and letter not in _stems(factor):
                    piece = outer._long_power(outer(factor), length)
                else:
                    piece = _range_atom("prod", factor, letter, low, high)
                result = nf.multiply(result, outer._finite(piece, Fraction(sign * power)))
        return result

    def _sum(self, letter: str, low: Tree, high: Tree, outer: Series) -> nf.Rational:
        result = nf.Rational({}, nf.constant(1))
        for start, end in outer.stretches(low, high):
            length = gap(start, moved(end, 1))
            assert length is not None
            if not length[0] and 0 <= length[1] <= MAX_WRITTEN and length[1].denominator == 1:
                for k in range(int(length[1])):
                    result = nf.plus(result, outer(at(self.body, {letter: moved(start, k)})))
                continue
            result = nf.plus(result, self._long_sum(letter, start, end, outer))
        return result

    def _long_sum(self, letter: str, low: Tree, high: Tree, outer: Series) -> nf.Rational:
        value = outer.inside(letter, low, high)(self.body)
        length = gap(low, moved(high, 1))
        assert length is not None
        if any(letter in _stems(base) for monomial in value.denominator for base, _ in monomial):
            return _range_atom("sum", nf.Normaliser.tree(value), letter, low, high)
        below = nf.inverse(nf.Rational(value.denominator, nf.constant(1)))
        result = nf.Rational({}, nf.constant(1))
        for monomial, coefficient in value.numerator.items():
            apart = frozenset((base, e) for base, e in monomial if letter not in _stems(base))
            moving = monomial - apart
            front = nf.Rational({apart: coefficient}, nf.constant(1))
            if moving:
                piece = _range_atom("sum", nf.to_tree({frozenset(moving): Fraction(1)}), letter, low, high)
            elif outer.letters.nonnegative(length):
                piece = nf.Normaliser.__call__(outer, from_linear(length))
            else:
                piece = _range_atom("sum", number(1), letter, low, high)
            result = nf.plus(result, nf.multiply(front, piece))
        return nf.multiply(result, below)


def _one() -> nf.Rational:
    return nf.Rational(nf.constant(1), nf.constant(1))


def _value(atom: Tree) -> nf.Rational:
    return nf.Rational(nf.constant(atom.value), nf.constant(1)) if isinstance(atom, Number) else nf.atom(atom)


def _times(form: Linear, by: int) -> Linear:
    return tuple((letter, c * by) for letter, c in form[0]), form[1] * by


def _lowest(exponent: Linear, letters: Letters) -> Fraction | None:
    """The least constant with which the exponent is certainly >= 0, no more than 8 below its own."""
    if not letters.nonnegative(exponent):
        return None
    least = exponent[1]
    for _ in range(8):
        if not letters.nonnegative(shifted((exponent[0], least), -1)):
            break
        least -= 1
    return least


def _primes(value: int, sign: int) -> Iterator[tuple[int, int]]:
    """Small prime factors with their exponents; what is left as it is."""
    if value > 10**30:
        yield value, sign
        return
    prime = 2
    while prime <= MAX_PRIME and value > 1:
        count = 0
        while value % prime == 0:
            value, count = value // prime, count + 1
        if count:
            yield prime, sign * count
        prime += 1
    if value > 1:
        yield value, sign


def _factors(poly: nf.Poly) -> Iterator[tuple[Tree, int]]:
    """A polynomial as number, atoms and what is left, each with its power."""
    shared = nf.content(poly)
    yield from sorted(shared, key=repr)
    rest = {nf.strip(monomial, dict(shared)): c for monomial, c in poly.items()}
    lead = rest[min(rest, key=nf.order)]
    if lead != 1:
        yield Number(lead), 1
    if len(rest) > 1:
        yield nf.to_tree(nf.scale(rest, 1 / lead)), 1


def _stems(tree: Tree) -> set[str]:
    return {node.stem for node in walk(tree) if isinstance(node, Name) and not node.indices}


def _inner(place: Tree) -> bool:
    return any(stem[0] in (BOUND, OPEN) for stem in _stems(place))


def _range_atom(kind: str, body: Tree, letter: str, low: Tree, high: Tree) -> nf.Rational:
    """A big operator in its one spelling: the letter named by its level, the least offset 0."""
    offset = _offset(body, letter)
    level = Name(BOUND * (1 + max((_level(node) for node in walk(body)), default=0)))
    body = at(body, {letter: moved(level, -offset)})
    return nf.atom(BigOp(kind, body, level.stem, moved(low, offset), moved(high, offset), True))


def _level(node: Tree) -> int:
    return len(node.index) if isinstance(node, BigOp) and set(node.index) == {BOUND} else 0


def _offset(body: Tree, letter: str) -> int:
    """The least c with x_{letter + c} in the body; 0 where the letter also stands for a number."""
    found: list[int] = []

    def visit(node: Tree, place: bool) -> bool:
        match node:
            case Name(stem, ()):
                return place or stem != letter
            case Name(_, indices):
                for index in indices:
                    form = linear(index)
                    if form is None or dict(form[0]).get(letter, 0) not in (0, 1):
                        return False
                    if letter in dict(form[0]):
                        found.append(int(form[1]))
                return True
            case BigOp(_, inner, _, low, high):
                return visit(inner, False) and all(letter not in _stems(end) for end in (low, high))
        return all(visit(child, False) for child in children(node))

    return min(found) if visit(body, False) and found else 0


def explicit(sides: Sequence[Tree]) -> tuple[Tree, ...]:
    """The places before and after every member that is named by itself."""
    found: dict[Tree, None] = {}
    bound = {n.index for side in sides for n in walk(side) if isinstance(n, BigOp)}
    for side in sides:
        for node in walk(side):
            alone = isinstance(node, Name) and len(node.indices) == 1 and not _stems(node) & bound
            if alone and isinstance(node, Name) and linear(node.indices[0]) is not None:
                found[canonical(node.indices[0])] = found[moved(node.indices[0], 1)] = None
    return tuple(sorted(found, key=repr))[:MAX_WRITTEN]


def same(sides: Sequence[Tree], normal: Series) -> bool:
    """Whether two trees have one normal form, their ranges cut at each other's ends."""
    cuts = explicit(sides)
    values: list[nf.Rational] = []
    for _ in range(3):
        series = replace(normal, cuts=cuts, seen={})
        values = [series(side) for side in sides]
        if values[0].equals(values[1]):
            return True
        more = tuple(sorted({*cuts, *series.seen}, key=repr))
        if more == cuts:
            break
        cuts = more
    return False


__all__ = ["Series", "explicit", "same"]
