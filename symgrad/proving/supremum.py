"""The best bound of a product of factors: the peaks of its groups, the claim, and where it is met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from symgrad.errors import CertificateError
from symgrad.notation.tree import (
    ONE,
    Apply,
    Derivative,
    Logic,
    Mul,
    Name,
    Number,
    Pow,
    Relation,
    Tree,
    names_in,
    number,
)
from symgrad.proving.best import chain_point
from symgrad.proving.best.cancel import cancelled
from symgrad.proving.best.coordinates import Coordinates, groups
from symgrad.proving.best.layers import Layer, layers_of, skips
from symgrad.proving.best.peak import End, Peak, Peaks
from symgrad.proving.best.product import Piece, proved, size, times
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.enclosures.intervals import LINE, Interval
from symgrad.proving.kernel.evaluate import precise
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.problem import Problem, make
from symgrad.proving.search import prove
from symgrad.values.derivation import Derivation
from symgrad.values.proof import Claim, Proof

Definitions = Sequence[tuple[Name, Tree]]
LONG = 10**6
"""Denominators of ends that nobody wrote."""
DIGITS = 10**6
LONGEST = 10**30
PART = 0.4
"""Of the time, for a claim about one group."""


@dataclass(frozen=True, slots=True)
class Asked:
    """|token| against |over|: the factors of their quotient, and the factors that both share.

    over: a derivative, or 1 where the gradient itself is bounded.
    """

    token: Derivative
    over: Tree
    factors: tuple[Tree, ...]
    shared: tuple[Tree, ...]
    given: tuple[Tree, ...]
    functions: tuple[tuple[str, str], ...]
    given_text: tuple[str, ...] = ()

    def claim(self, limit: Tree, operator: str = "<=") -> Claim:
        """|token| <= limit |over|."""
        parts = [limit] if limit != ONE or self.over == ONE else []
        parts += [Apply(ABS, (self.over,))] if self.over != ONE else []
        whole = parts[0] if len(parts) == 1 else Mul(tuple(parts))
        statement = Relation((operator,), (Apply(ABS, (self.token,)), whole))
        return Claim(statement, self.given, self.functions, given_text=self.given_text)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found about |token| / |over|.

    value: the supremum if `exact`, else a bound; None where there is none. limit: the bound that is proved,
    `value` or one in which the factors in `kept`, which have no bound, stay. attained, point: where, by
    leaves. at, toward: the same by arguments of functions, and limits where the supremum is only approached.
    lower: what is certainly reached, where the supremum is not known exactly. proof: of the bound.
    """

    asked: Asked
    value: Tree | None
    limit: Tree
    kept: tuple[Tree, ...]
    exact: bool
    attained: bool
    proof: Proof
    peaks: tuple[Peak, ...] = ()
    point: tuple[tuple[Name, Tree], ...] = ()
    at: tuple[Relation, ...] = ()
    toward: tuple[tuple[Tree, Tree], ...] = ()
    lower: Fraction | None = None
    layers: tuple[Layer, ...] = ()
    free: bool = True
    evidence: tuple[Proof, ...] = ()


@dataclass(slots=True)
class Search:
    """One question about one chain."""

    asked: Asked
    definitions: Definitions
    gradients: Mapping[Derivative, Derivation]
    timeout: float
    coordinates: Coordinates = field(init=False)
    problem: Problem = field(init=False)
    bounds: Bounds = field(init=False)
    peaks: Peaks = field(init=False)

    def __post_init__(self) -> None:
        self.problem = make(self.asked.claim(ONE), self.definitions, self.timeout)
        trees = (*self.asked.factors, *self.asked.shared)
        self.bounds = self.problem.setting().bounds(*trees)
        self.coordinates = Coordinates.of(self.definitions, self.problem.pieces)
        self.peaks = Peaks(self.boxes, self.ends, dict(self.asked.functions), self.decide)

    def decide(self, claim: Claim) -> Proof:
        """A claim about one group, within a part of the time."""
        return prove(claim, timeout=self.timeout * PART)

    def box(self, letter: Name) -> Interval:
        """The values that a coordinate or a leaf may have."""
        coordinate = self.coordinates.found.get(letter)
        try:
            found = self.bounds.enclose(letter if coordinate is None else coordinate.argument)
        except CertificateError:
            return LINE
        ends = [end for end in (found.low, found.high) if end is not None]
        return found if all(end.denominator < LONG for end in ends) else LINE

    def boxes(self, letter: Name) -> Sequence[Interval]:
        """The values of a coordinate; two half lines for |z| >= 1."""
        box = self.box(letter)
        for piece in self.problem.pieces:
            match piece:
                case Relation(((">=" | ">") as operator,), (Apply(Name("abs"), (inside,), 0), Number(end))):
                    if inside == letter and box == LINE and end > 0:
                        closed = operator == ">="
                        return (Interval(end, closed), Interval(None, False, -end, closed))
        return (box,)

    def ends(self, leaf: Name) -> Sequence[End]:
        """The ends of a leaf's values; the values themselves where an assumption lists them."""
        for piece in self.problem.pieces:
            if isinstance(piece, Logic) and piece.operator == "or" and (listed := _listed(piece, leaf)):
                return listed
            if (symbol := _symbolic(piece, leaf)) is not None:
                return (symbol,)
        box = self.box(leaf)
        if box.low is not None and box.low == box.high:
            return (End(Number(box.low), True),)
        low = End(None, False, -1) if box.low is None else End(Number(box.low), box.low_closed)
        high = End(None, False, 1) if box.high is None else End(Number(box.high), box.high_closed)
        return (high, low)

    # ---- groups

    def groups(self) -> Iterator[tuple[tuple[Tree, ...], Tree, bool]]:
        """Factors that belong together, the same in coordinates, and whether an assumption joins them."""
        expanded = [self.coordinates.expand(factor) for factor in self.asked.factors]
        pieces = [p for p in self.problem.pieces if len(names_in(p)) > 1]
        symbols = [p for p in pieces if any(_symbolic(p, n) for n in names_in(p))]
        coupling = [p for p in pieces if p not in symbols]
        for members in groups(expanded, coupling):
            tree = cancelled(times([expanded[k] for k in members]), dict(self.asked.functions))
            joined = any(len(set(names_in(p)) & set(names_in(tree))) > 1 for p in coupling)
            yield tuple(self.asked.factors[k] for k in members), tree, joined

    def enclosed(self, factors: tuple[Tree, ...], tree: Tree, side: int) -> Peak | None:
        """What the intervals of the factors leave: a bound only."""
        try:
            found = self.bounds.enclose(times(factors)).magnitude()
        except CertificateError:
            return None
        end = found.high if side > 0 else found.low
        if end is None or (side < 0 and end <= 0):
            return Peak(tree, None, False) if side > 0 else None
        return Peak(tree, Number(end), False, False)

    def peak(self, factors: tuple[Tree, ...], tree: Tree, joined: bool, side: int) -> Peak | None:
        """The largest or least size of a group; None where nothing is known."""
        if joined:
            return self.enclosed(factors, tree, side)
        found = self.peaks.of(tree, side)
        if found is not None:
            return found
        general = [n for n in _applied(tree) if known.resolve(n, dict(self.asked.functions)) is None]
        return None if general else self.enclosed(factors, tree, side)


def _applied(tree: Tree) -> list[Name]:
    from symgrad.notation.tree import walk

    return [node.function for node in walk(tree) if isinstance(node, Apply)]


def _listed(piece: Logic, leaf: Name) -> tuple[End, ...]:
    """The values of `y = 0 or y = 1`."""
    values = []
    for part in piece.arguments:
        match part:
            case Relation(("=",), (name, Number() as value)) if name == leaf:
                values.append(End(value, True))
            case _:
                return ()
    return tuple(values)


def _symbolic(piece: Tree, leaf: Name) -> End | None:
    """The c of `|w_2| <= c`."""
    match piece:
        case Relation((("<=" | "<") as operator,), (Apply(Name("abs"), (inside,), 0), limit)):
            if inside == leaf and names_in(limit) and leaf not in names_in(limit):
                return End(limit, operator == "<=")
    return None


def find(
    asked: Asked,
    definitions: Definitions,
    gradients: Mapping[Derivative, Derivation],
    timeout: float,
    by_number: bool = False,
) -> Found | None:
    """The best upper bound, proved; None where nothing is known of a factor, or no number will do."""
    with precise():
        search = Search(asked, definitions, gradients, timeout)
        members = list(search.groups())
        found = [search.peak(*group, 1) for group in members]
        if any(peak is None for peak in found):
            return None
        peaks = [peak for peak in found if peak is not None]
        bounded = [(g, p) for g, p in zip(members, peaks, strict=True) if p.value is not None]
        kept = tuple(f for g, p in zip(members, peaks, strict=True) if p.value is None for f in g[0])
        values = [p.value for _, p in bounded if p.value is not None]
        number_part = joined(values)
        if by_number and kept:
            return None
        whole = Fraction(1)
        try:
            high = search.bounds.enclose(times(asked.factors)).magnitude().high
        except CertificateError:
            high = None
        exact = all(p.exact for p in peaks)
        if high is not None and isinstance(number_part, Number) and (kept or high < number_part.value):
            number_part, kept, exact, whole = Number(high), (), False, high
        if isinstance(number_part, Number) and number_part.value.denominator > (LONGEST if exact else DIGITS):
            exact = False
            number_part = Number(Fraction(-(-number_part.value * DIGITS // 1), DIGITS))
        limit = times([number_part, *([Apply(ABS, (times(kept),))] if kept else [])])
        proof = _proved(search, asked.claim(limit), bounded, kept, 1, whole != high)
        if proof.verdict != "proved" and not kept and high is not None:
            number_part, exact = Number(high), False
            limit = number_part
            proof = prove(
                asked.claim(limit), definitions=definitions, gradients=gradients, timeout=timeout / 2
            )
        everything = Found(
            asked, None if kept else number_part, limit, kept, exact, False, proof, tuple(peaks),
            evidence=tuple(dict.fromkeys(x for p in peaks for x in p.proofs)),
        )  # fmt: skip
        layers = (*layers_of(search), *skips(search))
        return replace(chain_point.located(search, everything), layers=layers)


def least(
    asked: Asked, definitions: Definitions, gradients: Mapping[Derivative, Derivation], timeout: float
) -> Found | None:
    """The best lower bound, proved: of the slopes, with the weights left as they are; None if it is 0."""
    with precise():
        search = Search(asked, definitions, gradients, timeout)
        limits: list[tuple[tuple[tuple[Tree, ...], Tree, bool], Peak]] = []
        kept: list[Tree] = []
        for group in search.groups():
            factors, tree, joined_ = group
            if all(isinstance(f, Name) for f in factors):
                kept += factors
                continue
            peak = search.peak(factors, tree, joined_, -1)
            if peak is None or peak.value is None:
                return None
            limits.append((group, peak))
        if (
            not limits
            or not chain_point.free(search)
            or not any(search.boxes(n) != (LINE,) for g, _ in limits for n in names_in(g[1]))
        ):
            return None
        value = joined([p.value for _, p in limits if p.value is not None])
        limit = times([value, *([Apply(ABS, (times(kept),))] if kept else [])])
        proof = _proved(search, asked.claim(limit, ">="), limits, tuple(kept), -1, True)
        exact = all(p.exact for _, p in limits)
        peaks = tuple(p for _, p in limits)
        found = Found(asked, value, limit, tuple(kept), exact, False, proof, peaks)
        return replace(found, exact=exact and chain_point.reached(search, found))


def _proved(
    search: Search,
    claim: Claim,
    groups_: Sequence[tuple[tuple[tuple[Tree, ...], Tree, bool], Peak]],
    kept: Sequence[Tree],
    side: int,
    apart: bool,
) -> Proof:
    """The claim by the usual search if each factor has its own bound, else group by group."""
    plain = all(len(g[0]) == 1 and isinstance(p.value, Number) and not p.proofs for g, p in groups_)
    if not plain and apart:
        pieces = [
            Piece(times(g[0]), search.coordinates.written(g[1]), p.value)
            for g, p in groups_
            if p.value is not None
        ]
        rest = [*kept, *search.asked.shared]
        pieces += [Piece(f, f, size(f)) for f in rest]
        problem = make(claim, search.definitions, search.timeout / 2, gradients=search.gradients)
        if (found := proved(problem, pieces, search.gradients, side > 0)) is not None:
            return found
    timeout = search.timeout if plain else search.timeout / 2
    return prove(claim, definitions=search.definitions, gradients=search.gradients, timeout=timeout)


def joined(values: Sequence[Tree]) -> Tree:
    """The product of some sizes: numbers multiplied, equal formulas as powers."""
    total = Fraction(1)
    counts: Counter[Tree] = Counter()
    for value in values:
        if isinstance(value, Number):
            total *= value.value
        else:
            counts[value] += 1
    if not total:
        return Number(total)
    rest = [tree if n == 1 else Pow(tree, number(n)) for tree, n in counts.items()]
    return times([Number(total), *rest])
