"""The largest (or least) size of one group of factors, with proofs of the bound and of the approach."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from math import inf, isfinite, isinf

from symgrad.errors import CertificateError
from symgrad.functions import registry
from symgrad.notation.tree import (
    ZERO,
    Add,
    Apply,
    Div,
    Name,
    Neg,
    Number,
    Relation,
    Tree,
    names_in,
    number,
    substitute,
    walk,
)
from symgrad.proving.best.coordinates import PLAIN
from symgrad.proving.best.numeric import SIMPLE, Sizes, Summit, guesses, limits
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.enclosures.intervals import LINE, Interval
from symgrad.proving.kernel.evaluate import ball, evaluate, precise
from symgrad.proving.kernel.functions import stated
from symgrad.proving.kernel.normal import ABS, Normaliser
from symgrad.values.proof import Claim, Proof

Decide = Callable[[Claim], Proof]
LETTER = Name("z")
END = Name("t")
MOST_CORNERS = 64
DIGITS = 6
EQUAL = 1e-12


@dataclass(frozen=True, slots=True)
class End:
    """An end of a leaf's interval: its value, None for infinity, and whether it is taken."""

    value: Tree | None
    taken: bool
    sign: int = 1


@dataclass(frozen=True, slots=True)
class Peak:
    """The supremum (or infimum) of |tree|.

    value: None if there is none. exact: whether it is the supremum, not only a bound. attained: at `at`; else
    approached there, where `toward` says which letters run to infinity and which way. lower: a value that is
    certainly reached, where the supremum is not known exactly. proofs: of the bound and of the approach.
    """

    tree: Tree
    value: Tree | None
    exact: bool = True
    attained: bool = True
    at: Mapping[Name, Tree] = field(default_factory=dict)
    toward: Mapping[Name, int] = field(default_factory=dict)
    lower: Fraction | None = None
    proofs: tuple[Proof, ...] = ()


@dataclass(slots=True)
class Peaks:
    """What finds peaks: the assumptions as intervals, what the functions are, how a claim is decided."""

    boxes: Callable[[Name], Sequence[Interval]]
    ends: Callable[[Name], Sequence[End]]
    functions: Mapping[str, str]
    decide: Decide
    memo: dict[tuple[Tree, Interval, int], Peak | None] = field(default_factory=dict)

    def of(self, tree: Tree, side: int = 1) -> Peak | None:
        """The peak of |tree|, or None where it is not found; side -1 for the least value."""
        names = names_in(tree)
        inside = {n for node in walk(tree) for n in _arguments(node)}
        leaves = [n for n in names if n not in inside]
        if len(inside) > 1 or not all(self._linear(tree, leaf) for leaf in leaves):
            return None
        ends = [self.ends(leaf) for leaf in leaves]
        if side < 0 and leaves:
            return None
        best: Peak | None = None
        total = 1
        for several in ends:
            total *= len(several)
        if total > MOST_CORNERS:
            return None
        for corner in product(*ends):
            found = self._corner(tree, dict(zip(leaves, corner, strict=True)), inside, side)
            if found is None or found.value is None:
                return found
            if best is None or self._better(found, best, side):
                best = found
        return best

    def _better(self, found: Peak, best: Peak, side: int) -> bool:
        """Whether a peak is higher, or as high and attained."""
        gain = (_size(found, self.functions) - _size(best, self.functions)) * side
        return gain > EQUAL or (found.attained and not best.attained and gain > -EQUAL)

    def _linear(self, tree: Tree, leaf: Name) -> bool:
        """Whether |tree| is convex in the leaf, so that its largest value is taken at an end."""
        try:
            value = Normaliser(self.functions)(tree)
        except CertificateError:
            return False
        if any((leaf, e) in m for m in value.denominator for e in range(1, 9)):
            return False
        powers = {e for m in value.numerator for base, e in m if base == leaf}
        bare = all(leaf not in names_in(base) or base == leaf for m in value.numerator for base, _ in m)
        alone = len(value.numerator) == 1
        barred = all(
            base == Apply(ABS, (leaf,)) for m in value.numerator for base, _ in m if leaf in names_in(base)
        )
        return (bare and (powers <= {1} or alone)) or barred

    def _left(self, tree: Tree) -> list[Name]:
        """The names that a tree really depends on."""
        try:
            poly = Normaliser(self.functions)(tree).numerator
        except CertificateError:
            return list(names_in(tree))
        return [n for m in poly for base, _ in m for n in names_in(base)]

    def _corner(self, tree: Tree, corner: Mapping[Name, End], inside: set[Name], side: int) -> Peak | None:
        """The peak where every leaf is at an end."""
        infinite = {leaf: end.sign for leaf, end in corner.items() if end.value is None}
        values = {leaf: end.value for leaf, end in corner.items() if end.value is not None}
        taken = all(end.taken for end in corner.values())
        put_in: dict[Tree, Tree] = {}
        put_in.update(values.items())
        rest = substitute(tree, put_in)
        if infinite:
            if set(infinite) & set(self._left(rest)):
                return Peak(tree, None, True, False, values, infinite)
            rest = substitute(rest, {name: ZERO for name in infinite})
        if not inside:
            try:
                with precise():
                    value = simple(rest, self.functions)
            except CertificateError:
                return None
            return Peak(tree, value, True, taken, values)
        (letter,) = inside
        found = self._along(rest, letter, side)
        if found is None:
            return None
        return replace(found, tree=tree, attained=found.attained and taken, at={**values, **found.at})

    def _along(self, tree: Tree, letter: Name, side: int) -> Peak | None:
        """The peak of a function of one letter, over all the intervals that are left for it."""
        best: Peak | None = None
        for box in self.boxes(letter):
            found = self._within(tree, letter, box, side)
            if found is None or found.value is None:
                return found
            if best is None or _size(found, self.functions) * side > _size(best, self.functions) * side:
                best = found
        return best

    def _within(self, tree: Tree, letter: Name, box: Interval, side: int) -> Peak | None:
        """The peak on an interval; the same function of another letter is not done twice."""
        plain = substitute(tree, {letter: LETTER})
        key = (plain, box, side)
        if key not in self.memo:
            with precise():
                self.memo[key] = Line(plain, box, side, self.functions, self.decide).peak()
        found = self.memo[key]
        if found is None:
            return None

        return replace(
            found,
            at={letter if name == LETTER else name: value for name, value in found.at.items()},
            toward={letter if name == LETTER else name: sign for name, sign in found.toward.items()},
        )


def _arguments(node: Tree) -> tuple[Name, ...]:
    if isinstance(node, Apply) and node.function.stem not in PLAIN:
        return tuple(n for a in node.arguments for n in names_in(a))
    return ()


def _size(peak: Peak, functions: Mapping[str, str]) -> float:
    if peak.value is None:
        return inf
    if names_in(peak.value):
        return 1.0
    return float(ball(evaluate(peak.value, {}, functions)).mid())


def simple(tree: Tree, functions: Mapping[str, str]) -> Tree:
    """|tree| as a number, or a formula that is positive."""
    names = names_in(tree)
    if names:
        return symbolic(tree)
    value = evaluate(tree, {}, functions)
    if isinstance(value, Fraction):
        return Number(abs(value))
    return tree if value > 0 else Neg(tree) if value < 0 else Apply(ABS, (tree,))


def symbolic(tree: Tree) -> Tree:
    """A power of letters that are sizes themselves."""
    return tree if not isinstance(tree, Neg) else tree.operand


@dataclass(frozen=True, slots=True)
class Line:
    """A function of one letter on an interval."""

    tree: Tree
    box: Interval
    side: int
    functions: Mapping[str, str]
    decide: Decide

    def peak(self) -> Peak | None:
        """Stated, exact at a simple place, approached far out, or enclosed."""
        if (found := self._stated()) is not None:
            return found
        sizes = Sizes(self.tree, LETTER, self.box, self.functions, self.side)
        summit = sizes.summit()
        if summit.value == -inf or (self.side < 0 and summit.value > -1e-9):
            return None
        for at in (*(Number(x) for x in SIMPLE if self._inside(x)), *self._near(summit)):
            if (found := self._met(at, summit)) is not None:
                return found
        if isinf(summit.x):
            return self._far(sizes, summit)
        return self._enclosed(summit)

    def _inside(self, x: Fraction) -> bool:
        low, high = self.box.low, self.box.high
        return (low is None or low <= x) and (high is None or x <= high)

    def _near(self, summit: Summit) -> Iterator[Tree]:
        if not isinf(summit.x):
            yield from guesses(summit.x, self.box)

    def _stated(self) -> Peak | None:
        """What the questionnaire says of a function, or its slope, on the whole line: exact values."""
        match self.tree:
            case Apply(function, (argument,), order, ()) if (
                order <= 1 and argument == LETTER and self.side > 0
            ):
                name = known.resolve(function, self.functions)
            case _:
                return None
        found = None if name is None or name in known.ELEMENTARY else registry.lookup(name)
        if found is None or name is None or self.box != LINE:
            return None
        stated_range = found.derivative_range if order else found.range
        if stated_range is not None:
            low, high = stated_range.low, stated_range.high
            if low.value is not None and high.value is not None:
                end = high if abs(high.value) >= abs(low.value) else low
                if end.value is not None and end.at:
                    at = min(end.at, key=abs)
                    return Peak(self.tree, Number(abs(end.value)), at={LETTER: Number(at)})
        tops = [e for e in stated(name, order) if e.value and e.at]
        if tops and len(tops) == len([e for e in stated(name, order)]):
            top = max(tops, key=lambda e: abs(e.bound))
            at_tree, value = registry.formula(top.at), registry.formula(top.value)
            if isinstance(at_tree, Relation) and at_tree.operands[0] == Name("x"):
                at_value, size = at_tree.operands[1], simple(value, {})
                if (proof := self._bounded(size)) is not None:
                    return Peak(self.tree, size, at={LETTER: at_value}, proofs=(proof,))
        return None

    def _claim(
        self, operator: str, limit: Tree, tree: Tree | None = None, given: Sequence[Tree] = ()
    ) -> Claim:
        sides = (Apply(ABS, (self.tree if tree is None else tree,)), limit)
        pairs = tuple(sorted((k, v) for k, v in self.functions.items()))
        return Claim(Relation((operator,), sides), (*(given or limits_of(LETTER, self.box)),), pairs)

    def _bounded(self, limit: Tree) -> Proof | None:
        proof = self.decide(self._claim("<=" if self.side > 0 else ">=", limit))
        return proof if proof.verdict == "proved" and proof.checked else None

    def _met(self, at: Tree, summit: Summit) -> Peak | None:
        """The summit exactly at a place, and nothing larger anywhere."""
        there = substitute(self.tree, {LETTER: at})
        try:
            value = evaluate(there, {}, self.functions)
        except CertificateError:
            return None
        size = abs(float(ball(value).mid()))
        if not isfinite(size) or abs(size - abs(summit.value)) > 1e-9 * max(1e-300, abs(summit.value)):
            return None
        proofs: list[Proof] = []
        limit = simple(there, self.functions)
        if not isinstance(limit, Number):
            short = Number(Fraction(size).limit_denominator(5000))
            if abs(float(short.value) - size) < 1e-13:
                same = self.decide(
                    Claim(Relation(("=",), (limit, short)), (), self._claim("<=", ZERO).functions)
                )
                if same.verdict == "proved" and same.checked:
                    proofs.append(same)
                    limit = short
        if (proof := self._bounded(limit)) is None:
            return None
        taken = not (
            (self.box.low is not None and at == Number(self.box.low) and not self.box.low_closed)
            or (self.box.high is not None and at == Number(self.box.high) and not self.box.high_closed)
        )
        return Peak(self.tree, limit, True, taken, {LETTER: at}, proofs=(proof, *proofs))

    def _far(self, sizes: Sizes, summit: Summit) -> Peak | None:
        """A limit at infinity: values of size 1 - K/t times it, from some t on."""
        sign = 1 if summit.x > 0 else -1
        if abs(summit.value) > 1.5 * abs(sizes.at(sign * 10.0**4)) + 1 or isinf(summit.value):
            return Peak(self.tree, None, True, False, {}, {LETTER: sign}) if self.side > 0 else None
        moved = substitute(self.tree, {LETTER: END if sign > 0 else Neg(END)})
        for limit in limits(abs(summit.value)):
            if (proof := self._bounded(limit)) is None:
                continue
            near = self._approach(limit, moved)
            if near is not None:
                return Peak(self.tree, limit, True, False, {}, {LETTER: sign}, proofs=(proof, near))
        return self._enclosed(Summit(sign * 10.0**4, sizes.at(sign * 10.0**4)))

    def _approach(self, limit: Tree, moved: Tree) -> Proof | None:
        for k, start in ((1, 1), (2, 4), (10, 20), (100, 200)):
            share = Div(number(k), END)
            bound = Add((limit, Neg(share))) if self.side > 0 else Add((limit, share))
            given = (Relation((">=",), (END, number(start))),)
            proof = self.decide(self._claim(">=" if self.side > 0 else "<=", bound, moved, given))
            if proof.verdict == "proved" and proof.checked:
                return proof
        return None

    def _enclosed(self, summit: Summit) -> Peak | None:
        """A rational bound a little beyond, and a value that is reached."""
        unit = Fraction(1, 10**DIGITS)
        size = Fraction(abs(summit.value))
        steps = -(-size // unit) if self.side > 0 else size // unit
        near = Number(Fraction(summit.x).limit_denominator(10**4))
        try:
            reached = abs(ball(evaluate(substitute(self.tree, {LETTER: near}), {}, self.functions)))
        except CertificateError:
            return None
        end = reached.lower() if self.side > 0 else reached.upper()
        lower = Fraction(
            int((end * 10**9).floor().unique_fmpz() or 0)
            if self.side > 0
            else int((end * 10**9).ceil().unique_fmpz() or 0),
            10**9,
        )
        for more in (1, 2, 20, 1000):
            limit = Number((steps + self.side * more) * unit)
            if (proof := self._bounded(limit)) is not None:
                return Peak(self.tree, limit, False, False, {LETTER: near}, lower=lower, proofs=(proof,))
        return None


def limits_of(letter: Name, box: Interval) -> list[Tree]:
    """The interval as assumptions."""
    found: list[Tree] = []
    if box.low is not None:
        found.append(Relation((">=" if box.low_closed else ">",), (letter, Number(box.low))))
    if box.high is not None:
        found.append(Relation(("<=" if box.high_closed else "<",), (letter, Number(box.high))))
    return found
