"""Intervals that certainly hold a tree's value under assumptions, and the facts they come from.

Facts are intervals of polynomials without constant term (so `|w_2 w_3| <= 1` is a fact about one monomial,
and `w <= c` one about w - c). Ranges of functions are derived here from their formulas, never taken on trust.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import prod

from symgrad.errors import CertificateError
from symgrad.notation.tree import (
    ZERO,
    Add,
    Apply,
    Constant,
    Div,
    Indicator,
    Is,
    Logic,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    substitute,
)  # fmt: skip
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.enclosures.intervals import (
    LINE,
    MIRROR,
    Empty,
    Interval,
    half_line,
    point,
    sign_of,
)  # fmt: skip
from symgrad.proving.kernel.enclosures.propagate import Key, factors, parts_of
from symgrad.proving.kernel.enclosures.ranges import (
    ABOVE_ZERO,
    ZERO_UP,
    around,
    function_range,
    image,
    larger,
)
from symgrad.proving.kernel.evaluate import Undefined, evaluate
from symgrad.proving.kernel.families import parts

LEAST_WHOLE = {"positive integer": 1, "nonnegative integer": 0, "natural": 0}


class Missing(CertificateError):
    """A side condition (`w != 0`) that the assumptions do not give."""

    def __init__(self, condition: Relation) -> None:
        super().__init__("certificate-missing")
        self.condition = condition


def split(poly: nf.Poly) -> tuple[Key, Fraction, Fraction]:
    """Poly = factor * p + constant, with p's leading coefficient 1; returns (p, factor, constant)."""
    rest = {m: c for m, c in poly.items() if m}
    lead = rest[min(rest, key=nf.order)]
    return frozenset(nf.scale(rest, 1 / lead).items()), lead, poly.get(nf.UNIT, Fraction(0))


class Bounds:
    """Everything known about values under the given assumptions (and the definitions of a chain)."""

    def __init__(
        self,
        functions: Mapping[str, str],
        given: Sequence[Tree] = (),
        definitions: Sequence[tuple[Name, Tree]] = (),
        switching: bool = True,
    ) -> None:
        self.functions = functions
        self._switching = switching
        self.normal = nf.Normaliser(functions, 0, self._never_negative)
        self._facts: dict[Key, Interval] = {}
        self._nonzero: set[Key] = set()
        self._memo: dict[Tree, Interval] = {}
        self._compound = True
        self._quotients: list[tuple[str, nf.Rational]] = []
        self._defined: dict[Name, Interval] = {}
        for assumption in given:
            self._learn(assumption)
        parts_of(self._facts, self.enclose, self._narrow)
        self._clear_quotients()
        keys = [*self._facts, *self._nonzero]
        self._compound = any(len({base for m, _ in key for base, _ in m}) > 1 for key in keys)
        for name, body in definitions:
            try:
                self._defined[name] = self.enclose(body)
            except (Missing, Undefined):
                self._defined[name] = LINE
        self._memo.clear()
        for assumption in given:
            self._consistent(assumption)

    def _never_negative(self, tree: Tree) -> bool:
        return self._by_ranges(tree).nonnegative

    def _by_ranges(self, tree: Tree) -> Interval:
        """What the ranges of functions alone say: independent of the assumptions, so that spelling is too."""
        match tree:
            case Number(value):
                return point(value)
            case Neg(a):
                return -self._by_ranges(a)
            case Add(terms):
                return sum(map(self._by_ranges, terms), point(0))
            case Mul(factors):
                return prod(map(self._by_ranges, factors), start=point(1))
            case Apply(function, (_,), order, ()) if order <= 1:
                name = known.resolve(function, self.functions)
                return LINE if name is None else function_range(name, order)
        return LINE

    def _learn(self, assumption: Tree) -> None:
        """Take a relation (or several joined by `and`) as facts; other logic is ignored, which is safe."""
        match assumption:
            case Logic("and", parts):
                for part in parts:
                    self._learn(part)
            case Relation(operators, operands):
                for operator, a, b in zip(operators, operands, operands[1:], strict=False):
                    self._learn_pair(operator, a, b)
            case Is(subject, "positive"):
                self._learn_pair(">", subject, ZERO)
            case Is(subject, kind) if kind in LEAST_WHOLE:
                self._learn_pair(">=", subject, Number(Fraction(LEAST_WHOLE[kind])))

    def _learn_pair(self, operator: str, a: Tree, b: Tree) -> None:
        value = self.normal(Add((a, Neg(b))))
        if operator not in MIRROR:
            return
        if set(value.denominator) == {nf.UNIT}:
            self._learn_sign(operator, value)
        else:
            self._quotients.append((operator, value))

    def _narrow(self, key: Key, interval: Interval) -> None:
        self._facts[key] = self._facts.get(key, LINE) & interval
        self._memo.clear()

    def _clear_quotients(self) -> None:
        """P/q > 0 says p > 0 where q > 0, and p < 0 where q < 0: for the q whose sign the rest gives."""
        for operator, value in self._quotients:
            try:
                below = self.enclose(nf.to_tree(value.denominator))
            except CertificateError:
                continue
            if below.nonnegative or (-below).nonnegative:
                operator = operator if below.nonnegative else MIRROR[operator]
                self._learn_sign(operator, nf.Rational(value.numerator, nf.constant(1)))
        self._memo.clear()

    def _learn_sign(self, operator: str, value: nf.Rational) -> None:
        """A polynomial's sign."""
        if not set(value.numerator) - {nf.UNIT}:
            zero = point(value.numerator.get(nf.UNIT, Fraction(0)))
            if operator == "!=" and zero.is_zero:
                raise Empty("certificate-empty")
            _ = zero & half_line(operator, Fraction(0))
            return
        key, factor, constant = split(value.numerator)
        operator = operator if factor > 0 else MIRROR[operator]
        fact = half_line(operator, -constant / factor)
        if operator == "!=":
            self._nonzero.add(frozenset(nf.scale(value.numerator, 1 / factor).items()))
        self._facts[key] = self._facts.get(key, LINE) & fact
        if (operator == "!=" and not constant) or self._facts[key].nonzero:
            self._nonzero |= factors(dict(key))

    def _consistent(self, assumption: Tree) -> None:
        """Raise Empty where an assumption contradicts what is known otherwise."""
        for piece in parts(assumption):
            if isinstance(piece, Relation):
                (operator,), (a, b) = piece.operators, piece.operands
                try:
                    _ = self.enclose(Add((a, Neg(b)))) & half_line(operator, Fraction(0))
                except (Missing, Undefined):
                    continue

    # ---- enclosures

    def enclose(self, tree: Tree) -> Interval:
        """An interval that holds the value where the assumptions hold; raises where it may be undefined."""
        if (found := self._memo.get(tree)) is None:
            found = self._structural(tree).shortened()
            if not isinstance(tree, Number | Indicator):
                found = found & self._looked_up(tree)
            self._memo[tree] = found
        return found

    def _looked_up(self, tree: Tree) -> Interval:
        """What facts about the whole tree, its absolute value, or a square completion say."""
        if not self._compound and len(nf.unknowns(tree)) > 1:
            return LINE
        try:
            value = self.normal(tree)
        except CertificateError:
            return LINE
        poly = value.numerator
        if set(value.denominator) != {nf.UNIT}:
            return self._quotient(value) if self._quotients else LINE
        if not set(poly) - {nf.UNIT}:
            return point(poly.get(nf.UNIT, Fraction(0)))
        key, factor, constant = split(poly)
        found = self._facts.get(key, LINE) * point(factor) + point(constant)
        bars = self.normal.bars(poly).numerator
        if bars != poly:
            bars_key, bars_factor, bars_constant = split(bars)
            size = self._facts.get(bars_key, LINE) * point(bars_factor) + point(bars_constant)
            size = size & ZERO_UP
            found = found & (
                size if found.nonnegative else -size if (-found).nonnegative else size.hull(-size)
            )
        found = found & self._square(poly, constant)
        if found.nonnegative and not found.positive and self._listed_nonzero(poly):
            found = found & ABOVE_ZERO
        return found

    def _quotient(self, value: nf.Rational) -> Interval:
        """The quotient of the intervals of numerator and denominator."""
        if not set(value.numerator) - {nf.UNIT}:
            return LINE
        above, below = (self.enclose(nf.to_tree(p)) for p in (value.numerator, value.denominator))
        return above * below.inverse() if below.nonzero else LINE

    def _square(self, poly: nf.Poly, constant: Fraction) -> Interval:
        """A x^2 + b x + c = a (x + b/2a)^2 + c - b^2/4a, exactly, for one atom x."""
        bases = {base for monomial in poly for base, _ in monomial}
        if len(bases) != 1 or max(e for m in poly for _, e in m) != 2:
            return LINE
        (x,) = bases
        a, b = poly[frozenset({(x, 2)})], poly.get(frozenset({(x, 1)}), Fraction(0))
        shifted = (self.enclose(x) + point(b / (2 * a))).power(2)
        return shifted * point(a) + point(constant - b * b / (4 * a))

    def _listed_nonzero(self, poly: nf.Poly) -> bool:
        lead = poly[min((m for m in poly if m), key=nf.order)]
        return frozenset(nf.scale(poly, 1 / lead).items()) in self._nonzero

    def nonzero(self, tree: Tree) -> bool:
        """Whether the tree certainly differs from 0."""
        if self.enclose(tree).nonzero:
            return True
        match tree:
            case Mul(factors):
                if all(map(self.nonzero, factors)):
                    return True
            case Neg(a) | Div(a, _) | Pow(a, _) | Apply(Name("abs", ()), (a,), 0):
                if self.nonzero(a):
                    return True
        try:
            value = self.normal(tree)
        except CertificateError:
            return False
        return bool(set(value.numerator) - {nf.UNIT}) and self._listed_nonzero(value.numerator)

    def _structural(self, tree: Tree) -> Interval:
        match tree:
            case Number(value):
                return point(value)
            case Constant("pi" | "e"):
                return around(evaluate(tree, {}, {}))
            case Name():
                return self._defined.get(tree, LINE)
            case Add(terms):
                total = point(0)
                for term in terms:
                    total = (total + self.enclose(term)).shortened()
                return total
            case Neg(a):
                return -self.enclose(a)
            case Mul(factors):
                product = point(1)
                for factor in factors:
                    product = (product * self.enclose(factor)).shortened()
                return product & self._switched(factors)
            case Div(a, b):
                return self.enclose(a) * self._reciprocal(b)
            case Pow(Constant("e"), exponent):
                return self._apply(Apply(Name("exp"), (exponent,)))
            case Pow(base, Number(n)) if n.denominator == 1 and abs(n) <= nf.MAX_DEGREE:
                power = self.enclose(base).power(int(abs(n)))
                return power if n >= 0 else self._reciprocal(Pow(base, Number(-n)))
            case Indicator(condition):
                self.defined(condition)
                held = self.decided(condition)
                return Interval(Fraction(0), True, Fraction(1), True) if held is None else point(int(held))
            case Apply():
                return self._apply(tree)
        raise CertificateError("certificate-unsupported", kind=type(tree).__name__)

    def _switched(self, factors: tuple[Tree, ...]) -> Interval:
        """X 1[x > 0]: 0, or the other factors' values where the conditions hold."""
        conditions = tuple(factor.condition for factor in factors if isinstance(factor, Indicator))
        if not conditions or not self._switching:
            return LINE
        rest = Mul(tuple(factor for factor in factors if not isinstance(factor, Indicator)))
        try:
            return Bounds(self.functions, conditions, switching=False).enclose(rest).hull(point(0))
        except Empty:
            return point(0)

    def defined(self, *claims: Tree) -> None:
        """Raise unless both sides of every comparison have values wherever the assumptions hold."""
        for claim in claims:
            match claim:
                case Relation(_, parts):
                    for side in parts:
                        self.enclose(side)
                case Logic(_, parts):
                    self.defined(*parts)
                case Is(subject):
                    self.enclose(subject)
                case _:
                    raise CertificateError("certificate-unsupported", kind=type(claim).__name__)

    def decided(self, condition: Tree) -> bool | None:
        """Whether a condition certainly holds or certainly fails, both its sides being defined then."""
        if not isinstance(condition, Relation):
            return None
        links: list[bool | None] = []
        operands = condition.operands
        for operator, a, b in zip(condition.operators, operands, operands[1:], strict=False):
            try:
                gap = self.enclose(a if b == ZERO else Add((a, Neg(b))))
            except (Missing, Undefined):
                return None
            links.append(sign_of(operator, gap))
        return False if False in links else None if None in links else True

    def implies(self, condition: Relation) -> bool:
        """Whether the assumptions give a condition `a operator b`."""
        if self.decided(condition) is True:
            return True
        (operator,), (a, b) = condition.operators, condition.operands
        try:
            return operator == "!=" and self.nonzero(a if b == ZERO else Add((a, Neg(b))))
        except (Missing, Undefined):
            return False

    def _reciprocal(self, tree: Tree) -> Interval:
        value = self.enclose(tree)
        if value.nonzero:
            return value.inverse()
        if not self.nonzero(tree):
            raise Missing(Relation(("!=",), (tree, ZERO)))
        if value.nonnegative:
            return (value & ABOVE_ZERO).inverse()
        return -((-value & ABOVE_ZERO).inverse()) if (-value).nonnegative else LINE

    def _apply(self, tree: Apply) -> Interval:
        name = known.resolve(tree.function, self.functions)
        known.applicable(tree, name)
        if name == "piecewise":
            values = [*tree.arguments[::2][: len(tree.arguments) // 2], tree.arguments[-1]]
            self.defined(*tree.arguments[1:-1:2])
            hull = self.enclose(values[0])
            for value in values[1:]:
                hull = hull.hull(self.enclose(value))
            return hull
        if name == "abs" and not tree.order and isinstance(inside := tree.arguments[0], Mul):
            return self._structural(Mul(tuple(Apply(nf.ABS, (f,)) for f in inside.factors)))
        arguments = [self.enclose(argument) for argument in tree.arguments]
        if name in ("max", "min") and not tree.order:
            best = arguments[0]
            for other in arguments[1:]:
                best = larger(best, other) if name == "max" else -larger(-best, -other)
            return best
        if name is None or len(arguments) != 1:
            return LINE
        (x,) = arguments
        domain = known.domain(name, tree.order, tree.arguments[0])
        if domain is not None and not self.implies(domain):
            raise Missing(domain)
        if tree.order > 2 or tree.options:
            return LINE
        if name == "abs":
            return Interval(Fraction(-1), True, Fraction(1), True) if tree.order else x.magnitude()
        found = image(name, tree.order, x)
        if tree.order == 1 and x != LINE and (formula := known.derivative(name)) is not None:
            found = found & self.enclose(substitute(formula, {Name("x"): tree.arguments[0]}))
        if tree.order == 1 and not x.nonnegative and known.even_slope(name):
            size = Apply(nf.ABS, tree.arguments)
            if self.enclose(size) != ZERO_UP:
                found = found & self.enclose(Apply(tree.function, (size,), 1))
        return found
