"""Products and sums over symbolic ranges: one form for split, shifted, renamed and peeled ones.

With P(m) the product of f(k) up to m, a product over a..b is P(b)/P(a-1), and P(n+1) is P(n) f(n+1). So every
range becomes a quotient of a few atoms P(letter) and single factors, and equal products become equal trees.
The same holds for sums with differences. Both need ranges that do not run backwards: where that is not known
for every value of the letters, the form says for which it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from symgrad.algebra.scope import Level, Scope
from symgrad.arithmetic.resolve import Functions
from symgrad.notation.indices import Linear, canonical, from_linear, linear
from symgrad.notation.places import at, gap, moved
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    BigOp,
    Constant,
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
)

if TYPE_CHECKING:
    from symgrad.algebra.decide import Algebra

MAX_STEPS = 64
"""So many single factors are taken out of a range."""
PRODUCT, SUM, POWER, SLOT = "\0prod", "\0sum", "\0pow", "\0"


class Backwards(ArithmeticError):
    """A range whose direction nobody knows."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is known of the letters: pairs low <= high of linear trees."""

    facts: tuple[tuple[Tree, Tree], ...]

    @staticmethod
    def of(relations: Sequence[Relation]) -> Limits:
        """The facts in relations such as 1 <= i <= n."""
        pairs = [
            (a, b)
            for relation in relations
            for a, b in zip(relation.operands, relation.operands[1:], strict=False)
        ]
        return Limits(tuple(pairs))

    def within(self, index: str, low: Tree, high: Tree) -> Limits:
        """The same inside an operator whose index runs from low to high."""
        letter = Name(index)
        return Limits((*self.facts, (low, letter), (letter, high)))

    def least(self, form: Linear, depth: int = 6) -> Fraction | None:
        """A lower bound of a linear form, the best one that its letters' limits give."""
        letters, constant = form
        if not letters:
            return constant
        if depth == 0:
            return None
        found: list[Fraction] = []
        for letter, coefficient in letters:
            for low, high in self.facts:
                bound = low if coefficient > 0 else high
                if (high if coefficient > 0 else low) == Name(letter):
                    value = self.least(replaced(form, letter, bound), depth - 1)
                    found.extend([value] if value is not None else [])
        return max(found, default=None)


def replaced(form: Linear, letter: str, by: Tree) -> Linear:
    """A linear form with another one in place of a letter."""
    coefficient = dict(form[0])[letter]
    inner = linear(by)
    assert inner is not None
    letters = dict(form[0])
    del letters[letter]
    for name, value in inner[0]:
        letters[name] = letters.get(name, Fraction(0)) + coefficient * value
    kept = tuple(sorted((name, value) for name, value in letters.items() if value))
    return kept, form[1] + coefficient * inner[1]


@dataclass(slots=True)
class Ranges:
    """Rewrites trees into trees without big operators; `needed` collects where that is right."""

    functions: Functions
    limits: Limits
    needed: list[Relation] = field(default_factory=list)
    _algebra: Algebra | None = None

    @property
    def algebra(self) -> Algebra:
        """Where all bodies get their factors, in one order."""
        from symgrad.algebra.decide import Algebra

        if self._algebra is None:
            self._algebra = Algebra(Scope((), self.functions, {}))
        return self._algebra

    def directed(self, tree: Tree, limits: Limits | None = None) -> Tree:
        """The tree with the direction of every big operator settled: descending ones turned round.

        Raises:
            Backwards: nothing says which bound is the larger one.
        """
        limits = limits or self.limits
        if not isinstance(tree, BigOp):
            return rebuild(tree, lambda child: self.directed(child, limits))
        low, high = canonical(tree.low), canonical(tree.high)
        form = gap(low, high)
        if form is None:
            raise Backwards
        if not tree.ascending and self.least(form, limits) is None:
            down = gap(high, low)
            if tree.ascending is None and down is not None and self.least(down, limits) is not None:
                low, high = high, low
            else:
                raise Backwards
        body = self.directed(tree.body, limits.within(tree.index, low, high))
        return replace(tree, low=low, high=high, body=body, ascending=True)

    @staticmethod
    def least(form: Linear, limits: Limits) -> Fraction | None:
        """A lower bound of the length of a range."""
        return limits.least(form)

    # -- the form ----------------------------------------------------------------------------------------

    def of(self, tree: Tree, limits: Limits | None = None, outer: bool = True) -> Tree:
        """The tree without big operators.

        Raises:
            Backwards: a range that may run backwards in a way no condition can mend.
            Undefined, TooLarge, Unsupported: a body has no factors.
        """
        limits = limits or self.limits
        match tree:
            case BigOp(kind, body, index, low, high):
                low, high = canonical(low), canonical(high)
                self.proper(low, high, limits, outer)
                slot = Name(f"{SLOT}{depth_of(body)}")
                inside = self.of(at(body, {index: slot}), limits.within(slot.stem, low, high), False)
                inside = forward(inside, slot.stem, low, high)
                if kind == "prod":
                    return self.product(inside, slot, low, high)
                return self.sum(inside, slot, low, high)
            case Pow(base, exponent) if base != Constant("e") and is_range(exponent):
                return power_to(self.of(base, limits, outer), exponent)
        return rebuild(tree, lambda child: self.of(child, limits, outer))

    def proper(self, low: Tree, high: Tree, limits: Limits, outer: bool) -> None:
        """The range runs forward or is just empty, always or under a condition that is noted."""
        form = gap(low, high)
        least = None if form is None else limits.least(form)
        if least is None or (least < -1 and not outer):
            raise Backwards
        if least < -1:
            self.needed.append(condition(form))

    def product(self, body: Tree, slot: Name, low: Tree, high: Tree) -> Tree:
        """The product of a body over a range, factor by factor."""
        coefficient, factors = self.algebra.ratio(body, ONE, Level.FUNCTIONS)
        length = moved_gap(low, high)
        parts = [power_to(Number(coefficient), length)] if coefficient != 1 else []
        if not coefficient:
            raise Backwards
        for factor, exponent in factors:
            if not has(factor, slot.stem):
                part = power_to(factor, length)
            else:
                upper = up_to(factor, slot, high)
                lower = up_to(factor, slot, moved(low, -1))
                part = Div(upper, lower)
            parts.append(part if exponent == 1 else Pow(part, Number(Fraction(exponent))))
        return multiplied(parts)

    def sum(self, body: Tree, slot: Name, low: Tree, high: Tree) -> Tree:
        """The sum of a body over a range, term by term; what does not range is put in front."""
        total: list[Tree] = []
        for outside, inside in self.terms(body, slot):
            if inside == ONE:
                total.append(multiplied([*outside, moved_gap(low, high)]))
                continue
            inside, by = self.simplest(inside, slot)
            upper = sum_to(inside, slot, moved(high, by))
            lower = sum_to(inside, slot, moved(low, by - 1))
            total.append(multiplied([*outside, Add((upper, Neg(lower)))]))
        return Add(tuple(total)) if len(total) > 1 else total[0] if total else ZERO

    def terms(self, body: Tree, slot: Name) -> Iterator[tuple[list[Tree], Tree]]:
        """The terms of a body, each as the factors without the index and the product of those with it."""
        from symgrad.algebra import back
        from symgrad.algebra.forms import Factor, Form
        from symgrad.algebra.polynomial import Exponent

        ring = self.algebra.ring
        form = self.algebra.normal_form(body, Level.FUNCTIONS)
        above: dict[Factor, Exponent] = {
            f: e for f, e in form.factors.items() if not isinstance(f, int) and e > 0
        }
        rest = {f: e for f, e in form.factors.items() if f not in above}
        expanded = ring.expanded(Form(Fraction(1), above))
        for monomial, coefficient in sorted(expanded.items(), key=lambda item: item[0]):
            powers = dict(rest)
            for atom, exponent in monomial:
                powers[atom] = powers.get(atom, 0) + exponent
            _, factors = back.factors(ring, Form(Fraction(1), {f: e for f, e in powers.items() if e}))
            trees = [tree if e == 1 else Pow(tree, Number(Fraction(e))) for tree, e in factors]
            inside = [tree for tree in trees if has(tree, slot.stem)]
            outside: list[Tree] = [tree for tree in trees if not has(tree, slot.stem)]
            yield [Number(form.coefficient * coefficient), *outside], multiplied(inside)

    def simplest(self, term: Tree, slot: Name) -> tuple[Tree, int]:
        """A term moved to where it is shortest, and by how much: 1/(P(k) w_{k+1}) is 1/P(k) one place on."""
        if not any(isinstance(node, Name) and node.stem == PRODUCT for node in walk(term)):
            return term, 0
        found: list[tuple[int, int, Tree]] = []
        for by in (0, 1, -1, 2, -2, 3, -3):
            moved_term = spread(at(term, {slot.stem: moved(slot, -by)}))
            _, factors = self.algebra.ratio(moved_term, ONE, Level.FUNCTIONS)
            tree = multiplied([t if e == 1 else Pow(t, Number(Fraction(e))) for t, e in factors])
            found.append((sum(1 for _ in walk(tree)), by, tree))
        _, by, tree = min(found, key=lambda item: (item[0], abs(item[1])))
        return tree, by

    def same(self, a: Tree, b: Tree) -> bool:
        """Whether two trees have one form; `needed` then says where."""
        left, right = self.of(a), self.of(b)
        return bool(self.algebra.equal(left, right).verdict == "equal")


def forward(body: Tree, index: str, low: Tree, high: Tree) -> Tree:
    """A body in which the index only runs backwards, read from the other end: w_{n-k} over 0..n-1 is w_k."""
    signs = set()
    for node in walk(body):
        for place in node.indices if isinstance(node, Name) else ():
            if (form := linear(place)) is not None and (sign := dict(form[0]).get(index)):
                signs.add(sign)
    if signs != {Fraction(-1)}:
        return body
    return spread(at(body, {index: canonical(Add((low, high, Neg(Name(index)))))}))


def condition(length: Linear | None) -> Relation:
    """Where a range is at least empty: 2 <= n for 3..n."""
    assert length is not None
    negative = tuple((letter, -c) for letter, c in length[0] if c < 0)
    positive = tuple((letter, c) for letter, c in length[0] if c > 0)
    return Relation(("<=",), (from_linear((negative, -length[1] - 1)), from_linear((positive, Fraction(0)))))


def multiplied(parts: Sequence[Tree]) -> Tree:
    """The product of some trees."""
    return ONE if not parts else parts[0] if len(parts) == 1 else Mul(tuple(parts))


def has(tree: Tree, letter: str) -> bool:
    """Whether a letter stands anywhere in a tree, indices included."""
    return any(isinstance(node, Name) and node.stem == letter and not node.indices for node in walk(tree))


def depth_of(tree: Tree) -> int:
    """How many big operators stand inside each other."""
    inner = [depth_of(part) for part in parts_of(tree)]
    return max(inner, default=0) + isinstance(tree, BigOp)


def parts_of(tree: Tree) -> tuple[Tree, ...]:
    """The direct subtrees."""
    from symgrad.notation.tree import children

    return children(tree)


def is_range(exponent: Tree) -> bool:
    """Whether an exponent counts layers: a linear form with letters and whole numbers."""
    form = linear(exponent)
    return (
        form is not None and bool(form[0]) and all(c.denominator == 1 for _, c in (*form[0], ("", form[1])))
    )


def moved_gap(low: Tree, high: Tree) -> Tree:
    """How many values lie in a range."""
    form = gap(low, moved(high, 1))
    assert form is not None
    return from_linear(form)


def split_place(place: Tree) -> tuple[Tree, int]:
    """An index as its letters and a whole number."""
    form = linear(place)
    if form is None or form[1].denominator != 1 or abs(form[1]) > MAX_STEPS:
        raise Backwards
    return from_linear((form[0], Fraction(0))), int(form[1])


def settled(tree: Tree, slot: Name, place: Tree) -> tuple[Tree, Tree]:
    """A body whose lowest index is the slot, the place moved with it: w_{k+1} up to n is w_k up to n+1."""
    shifts: list[Linear] = []
    for node in walk(tree):
        if isinstance(node, Name) and node.indices:
            for form in map(linear, node.indices):
                if form is not None and dict(form[0]).get(slot.stem) == 1:
                    letters = tuple((letter, c) for letter, c in form[0] if letter != slot.stem)
                    shifts.append((letters, form[1]))
    if not shifts or len({letters for letters, _ in shifts}) > 1:
        return tree, place
    shift = min(shifts, key=lambda form: form[1])
    by = from_linear(shift)
    if by == ZERO:
        return tree, place
    return spread(at(tree, {slot.stem: canonical(Add((slot, Neg(by))))})), canonical(Add((place, by)))


def spread(tree: Tree) -> Tree:
    """The tree with P(n+1) as P(n) f(n+1) again, after its letters were moved."""
    match tree:
        case Name(stem, (body, place, Name() as slot)) if stem in (PRODUCT, SUM):
            return up_to(body, slot, place) if stem == PRODUCT else sum_to(body, slot, place)
        case Name():
            return tree
    return rebuild(tree, spread)


def up_to(factor: Tree, slot: Name, place: Tree) -> Tree:
    """P(place): the product of a factor from 1 to a place, or its inverse below."""
    factor, place = settled(factor, slot, place)
    start, more = split_place(place)
    parts: list[Tree] = [] if start == ZERO else [Name(PRODUCT, (factor, start, slot))]
    parts.extend(single(factor, slot, start, step) for step in range(1, more + 1))
    parts.extend(Div(ONE, single(factor, slot, start, step)) for step in range(0, more, -1))
    return multiplied(parts)


def sum_to(term: Tree, slot: Name, place: Tree) -> Tree:
    """S(place): the sum of a term from 1 to a place."""
    term, place = settled(term, slot, place)
    start, more = split_place(place)
    parts: list[Tree] = [] if start == ZERO else [Name(SUM, (term, start, slot))]
    parts.extend(single(term, slot, start, step) for step in range(1, more + 1))
    parts.extend(Neg(single(term, slot, start, step)) for step in range(0, more, -1))
    return Add(tuple(parts)) if len(parts) > 1 else parts[0] if parts else ZERO


def single(body: Tree, slot: Name, start: Tree, step: int) -> Tree:
    """A body at one place."""
    return spread(at(body, {slot.stem: moved(start, step)}))


def power_to(base: Tree, exponent: Tree) -> Tree:
    """A power that counts layers, letter by letter: w^(n - i + 1) is W(n) w/W(i)."""
    form = linear(exponent)
    assert form is not None
    parts: list[Tree] = [
        Pow(Name(POWER, (base, Name(letter))), Number(coefficient)) for letter, coefficient in form[0]
    ]
    if form[1]:
        parts.append(Pow(base, Number(form[1])))
    return multiplied(parts)


def limits_at(relations: Sequence[Relation], values: Mapping[str, int]) -> bool:
    """Whether relations between indices hold for some values of their letters."""
    places = {letter: number(value) for letter, value in values.items()}
    for relation in relations:
        forms = [linear(at(operand, places)) for operand in relation.operands]
        known = [form[1] for form in forms if form is not None and not form[0]]
        if len(known) < len(forms) or known != sorted(known):
            return False
    return True
