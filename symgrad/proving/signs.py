"""A sign that comes from ranges, in words: each part with what it lies in, and what that makes together."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symgrad.errors import CertificateError
from symgrad.notation.tree import Add, Apply, Constant, Div, Mul, Neg, Number, Pow, Relation, Tree
from symgrad.proving.bounded import bound_steps, sign_of
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.enclosures.intervals import LINE, MIRROR, Interval, point
from symgrad.proving.kernel.enclosures.ranges import function_range
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.places import range_line, tidy
from symgrad.proving.problem import Problem
from symgrad.proving.tactics.goal import factors_of
from symgrad.values.phrase import Phrase

MOST_PARTS = 12
"""Beyond so many parts a list of them helps nobody."""


def sign_steps(problem: Problem, operator: str, a: Tree, b: Tree, bounds: Bounds) -> Iterator[Phrase]:
    """`w s >= 1.17 > 1, because w >= 5 and s >= 0.23`; nothing where the parts alone do not show it."""
    gap = Add((b, Neg(a))) if operator in ("<", "<=") else Add((a, Neg(b)))
    parts: dict[Tree, Interval] = {}
    try:
        found = _by_parts(gap, bounds, parts, True)
        if not sign_of(found, operator):  # what is rounded for printing may not be enough
            parts.clear()
            found = _by_parts(gap, bounds, parts, False)
    except CertificateError:
        return
    if not parts or len(parts) > MOST_PARTS or operator == "!=" or not sign_of(found, operator):
        return
    said = {part: box for part, box in parts.items() if box != LINE and not box.is_zero}
    if any(_alone(part, operator, a, b) for part in said) or len(said) < len(parts):
        return
    first = {(p.function, p.order, box): p for p, box in reversed(said.items()) if isinstance(p, Apply)}
    for part, box in said.items():
        if isinstance(part, Apply) and first[part.function, part.order, box] is part:
            yield from _narrowed(problem, part, bounds.enclose(part), bounds)
    ranges = tuple(_range(part, box) for part, box in said.items())
    yield Phrase.of("proofs.sign-parts", line=_line(operator, a, b, bounds, found), ranges=ranges)


def enclosed_parts(tree: Tree, bounds: Bounds) -> tuple[Interval, tuple[Relation, ...]]:
    """An enclosure and the ranges that it comes from: of names and values, or else of the terms of a sum."""
    whole = bounds.enclose(tree)
    terms = tree.terms if isinstance(tree, Add) else (tree,)
    bare = [t.operand if isinstance(t, Neg) else t for t in terms if not isinstance(t, Number)]
    parts: dict[Tree, Interval] = {}
    try:
        found = _by_parts(tree, bounds, parts, False)
    except CertificateError:
        found = LINE
    if found != whole:
        parts = {term: bounds.enclose(term) for term in bare if term != tree}
        found = sum((_term(t, parts, bounds) for t in terms), point(0))
    if found != whole or len(parts) > MOST_PARTS or any(box == LINE for box in parts.values()):
        return whole, ()
    return whole, tuple(_range(part, box) for part, box in parts.items())


def _term(term: Tree, parts: dict[Tree, Interval], bounds: Bounds) -> Interval:
    """The enclosure of a term from the ranges listed."""
    match term:
        case Number(value):
            return point(value)
        case Neg(inside):
            return -_term(inside, parts, bounds)
    return parts[term] if term in parts else bounds.enclose(term)


def _range(part: Tree, box: Interval) -> Relation:
    """W >= 5, or both ends."""
    operators, operands = [], [part]
    if box.high is None and box.low is not None:
        return Relation((">=" if box.low_closed else ">",), (part, _near(box.low, -1)))
    if box.low is not None:
        operators.append("<=" if box.low_closed else "<")
        operands.insert(0, _near(box.low, -1))
    if box.high is not None:
        operators.append("<=" if box.high_closed else "<")
        operands.append(_near(box.high, 1))
    return range_line(part, box) if box.low == box.high else Relation(tuple(operators), tuple(operands))


def _near(end: Fraction, side: int) -> Number:
    """An end, as a decimal where it is one with more than two digits."""
    number = tidy(end, side)
    return Number(
        number.value, decimal=number.decimal or (end.denominator > 20 and 10**5 % end.denominator == 0)
    )


def _outward(box: Interval) -> Interval:
    """The range as it is printed."""
    low = None if box.low is None else tidy(box.low, -1).value
    high = None if box.high is None else tidy(box.high, 1).value
    down = low is not None and (box.low_closed or low != box.low)
    up = high is not None and (box.high_closed or high != box.high)
    return Interval(low, down, high, up)


def _alone(part: Tree, operator: str, a: Tree, b: Tree) -> bool:
    return part in (a, b) and (isinstance(a, Number) or isinstance(b, Number))


def _by_parts(tree: Tree, bounds: Bounds, parts: dict[Tree, Interval], rounded: bool) -> Interval:
    """Interval arithmetic on the names and function values of a formula."""
    match tree:
        case Number(value):
            return point(value)
        case Add(terms):
            total = point(0)
            for term in terms:
                total = total + _by_parts(term, bounds, parts, rounded)
            return total
        case Neg(inside):
            return -_by_parts(inside, bounds, parts, rounded)
        case Mul(factors):
            total = point(1)
            for factor in factors:
                total = total * _by_parts(factor, bounds, parts, rounded)
            return total
        case Div(above, below):
            return (
                _by_parts(above, bounds, parts, rounded) * _by_parts(below, bounds, parts, rounded).inverse()
            )
        case Pow(base, Number(n)) if n.denominator == 1 and n > 0 and not isinstance(base, Constant):
            inner: dict[Tree, Interval] = {}
            power = _by_parts(base, bounds, inner, rounded).power(int(n))
            if LINE not in inner.values():
                parts.update(inner)
                return power
        case Apply(function, (Mul(factors),), 0, ()) if function == ABS:
            return _by_parts(Mul(tuple(Apply(ABS, (f,)) for f in factors)), bounds, parts, rounded)
    found = bounds.enclose(tree)
    parts[tree] = found = _outward(found) if rounded and found.low != found.high else found
    return found


def _narrowed(problem: Problem, part: Tree, box: Interval, bounds: Bounds) -> Iterator[Phrase]:
    """Why a function value keeps to less than its whole range here."""
    if not isinstance(part, Apply) or part.function == ABS or part.options:
        return
    name = known.resolve(part.function, problem.functions)
    if name is None or part.order > 1:
        return
    own = function_range(name, part.order)
    for end, whole, operator in ((box.low, own.low, ">="), (box.high, own.high, "<=")):
        if end is not None and end != whole:
            near = tidy(end, -1 if operator == ">=" else 1)
            yield from bound_steps(problem, Relation((operator,), (part, near)), bounds)


def _line(operator: str, a: Tree, b: Tree, bounds: Bounds, gap: Interval) -> Relation:
    """W s >= 1.17 > 1 where one side is a number, else the claim as it is."""
    plain = Relation((operator,), (a, b))
    tree, other = (b, a) if not factors_of(a)[1] else (a, b)
    limit, rest = factors_of(other)
    if rest or gap.low is None or not gap.low:
        return plain
    if tree is b:
        operator = MIRROR[operator]
    upper = operator in ("<", "<=")
    reach = limit - gap.low if upper else limit + gap.low
    short = _near(reach, 1 if upper else -1)
    if short.value == limit or (short.value > limit) == upper:
        return plain
    first = ("<=" if gap.low_closed else "<") if upper else (">=" if gap.low_closed else ">")
    return Relation((first, "<" if upper else ">"), (tree, short, Number(Fraction(limit))))
