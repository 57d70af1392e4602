"""Where an answer is defined: what it demands of its parts, and which parts can never vanish.

Spans are exact intervals that hold for all real values of the leaves; they use the ranges in the functions'
questionnaires, and of the chain only that a_j = sigma(z_j).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from symgrad.functions import registry
from symgrad.functions.application import applied
from symgrad.functions.questionnaire import Function, Range
from symgrad.grading.question import Question
from symgrad.notation.tree import (
    ZERO,
    Add,
    Apply,
    Constant,
    Div,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    walk,
)

Bound: TypeAlias = tuple[Fraction, bool] | None
"""A bound and whether it is attained; None is infinity."""
MAX_POWER = 64


@dataclass(frozen=True, slots=True)
class Span:
    """An interval, its ends attained or not."""

    low: Bound = None
    high: Bound = None

    @property
    def positive(self) -> bool:
        """Every value is > 0."""
        return self.low is not None and (self.low[0] > 0 or (self.low[0] == 0 and not self.low[1]))

    @property
    def nonnegative(self) -> bool:
        """Every value is >= 0."""
        return self.low is not None and self.low[0] >= 0

    def negated(self) -> Span:
        """The values with the other sign."""
        return Span(turned(self.high), turned(self.low))

    def plus(self, other: Span) -> Span:
        """All sums of a value of each."""
        return Span(added(self.low, other.low), added(self.high, other.high))

    def times(self, other: Span) -> Span:
        """All products, as far as the signs tell."""
        if self.nonnegative and other.nonnegative:
            assert self.low is not None and other.low is not None
            attained = self.low[1] and other.low[1]
            if not (self.positive and other.positive):  # 0 times anything is 0
                attained = (Fraction(0), True) in (self.low, other.low)
            return Span((self.low[0] * other.low[0], attained), product(self.high, other.high))
        if not self.nonnegative and self.negated().nonnegative:
            return self.negated().times(other).negated()
        if not other.nonnegative and other.negated().nonnegative:
            return self.times(other.negated()).negated()
        return REALS


REALS = Span()
ABOVE_ZERO = Span((Fraction(0), False))


def turned(bound: Bound) -> Bound:
    """The bound of the negative values."""
    return None if bound is None else (-bound[0], bound[1])


def added(left: Bound, right: Bound) -> Bound:
    """The bound of a sum."""
    return None if left is None or right is None else (left[0] + right[0], left[1] and right[1])


def product(left: Bound, right: Bound) -> Bound:
    """The upper bound of a product of nonnegative values."""
    if left is None or right is None:
        return None
    value = left[0] * right[0]
    return value, value == 0 or (left[1] and right[1])


def of_range(found: Range | None) -> Span:
    """A questionnaire's range."""
    if found is None:
        return REALS
    low, high = found.low, found.high
    return Span(
        None if low.value is None else (low.value, low.closed),
        None if high.value is None else (high.value, high.closed),
    )


def span(question: Question, tree: Tree) -> Span:
    """Where a tree's values lie, for all real values of the leaves at which it is defined."""
    match tree:
        case Number(value):
            return Span((value, True), (value, True))
        case Constant():
            return ABOVE_ZERO  # e and pi
        case Neg(operand):
            return span(question, operand).negated()
        case Add(terms):
            total = span(question, terms[0])
            for term in terms[1:]:
                total = total.plus(span(question, term))
            return total
        case Mul(factors):
            if len(set(factors)) == 1 and len(factors) % 2 == 0:
                return raised(span(question, factors[0]), len(factors))
            total = span(question, factors[0])
            for factor in factors[1:]:
                total = total.times(span(question, factor))
            return total
        case Div(above, below):
            return span(question, above).times(inverse(span(question, below)))
        case Pow(base, Number(value)) if value.denominator == 1 and abs(value) <= MAX_POWER:
            found = raised(span(question, base), abs(int(value)))
            return found if value >= 0 else inverse(found)
        case Pow(base, _) if span(question, base).positive:
            return ABOVE_ZERO
        case Apply(_, (_,), 0 | 1):
            function = applied(tree, question.bindings)
            if function is not None:
                return of_range(function.derivative_range if tree.order else function.range)
        case Name():
            body = question.bodies.get(tree)
            if isinstance(body, Apply):  # its argument plays no part, so this goes one step deep only
                return span(question, body)
    return REALS


def raised(base: Span, exponent: int) -> Span:
    """A power with a whole exponent."""
    if exponent == 0:
        return Span((Fraction(1), True), (Fraction(1), True))
    if exponent % 2 and not base.nonnegative:
        return base if exponent == 1 else REALS
    if base.negated().nonnegative:
        base = base.negated()
    if not base.nonnegative:
        return Span((Fraction(0), True))
    assert base.low is not None
    high = None if base.high is None else (base.high[0] ** exponent, base.high[1])
    return Span((base.low[0] ** exponent, base.low[1]), high)


def inverse(below: Span) -> Span:
    """One over the values, by their sign alone."""
    if below.nonnegative:
        return ABOVE_ZERO
    return ABOVE_ZERO.negated() if below.negated().nonnegative else REALS


def never_zero(question: Question, tree: Tree) -> bool:
    """Whether the facts about the functions exclude that a tree vanishes."""
    found = span(question, tree)
    return found.positive or found.negated().positive


def conditions(question: Question, tree: Tree) -> Iterator[Relation]:
    """What a tree demands of its parts beside divisors: u > 0 under a logarithm, u >= 0 under a root."""
    for node in walk(tree):
        match node:
            case Apply(_, (argument,), order):
                function = applied(node, question.bindings)
                domain = demanded(function, order)
                if domain is not None:
                    found = registry.at(registry.formula(domain), argument)
                    if isinstance(found, Relation):
                        yield found
            case Pow(base, Number(value)) if value.denominator != 1:
                yield Relation((">=" if value > 0 else ">",), (base, ZERO))
            case Pow(base, Div(Number(), Number())):
                yield Relation((">=",), (base, ZERO))
            case Pow(base, exponent) if not isinstance(exponent, Number | Neg):
                yield Relation((">",), (base, ZERO))


def demanded(function: Function | None, order: int) -> str | None:
    """The domain of a function or of its derivatives, as its questionnaire says it."""
    if function is None:
        return None
    return function.derivative_domain if order else function.domain


def met(question: Question, condition: Relation) -> bool | None:
    """Whether a condition always holds (True), never (False), or it depends (None)."""
    if len(condition.operands) != 2 or condition.operators[0] not in (">", ">=", "!="):
        return None
    left, right = condition.operands
    found = span(question, left).plus(span(question, right).negated())
    match condition.operators[0]:
        case ">":
            return True if found.positive else False if found.negated().nonnegative else None
        case ">=":
            return True if found.nonnegative else False if found.negated().positive else None
    return True if found.positive or found.negated().positive else None


def demands(question: Question, tree: Tree) -> tuple[Relation, ...]:
    """The conditions of an answer that neither always hold nor are the question's own."""
    own = {c for part in (question.gold, *question.bodies.values()) for c in conditions(question, part)}
    found = dict.fromkeys(c for c in conditions(question, tree) if c not in own)
    return tuple(c for c in found if not met(question, c))


def nowhere(question: Question, tree: Tree) -> bool:
    """Whether an answer demands what never holds."""
    return any(met(question, condition) is False for condition in conditions(question, tree))
