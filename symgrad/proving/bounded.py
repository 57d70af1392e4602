"""Why one side stays on its side of a number: a range, monotonicity, a square, or the assumptions."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symgrad.errors import CertificateError
from symgrad.notation.tree import (
    Apply,
    Constant,
    Div,
    Mul,
    Name,
    Number,
    Pow,
    Relation,
    Tree,
    rebuild,
    substitute,
)
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.enclosures.intervals import MIRROR, Interval, point
from symgrad.proving.kernel.enclosures.ranges import around, function_range
from symgrad.proving.kernel.evaluate import Undefined, evaluate
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.places import range_line, tidy
from symgrad.proving.problem import Problem
from symgrad.proving.spelling import completed, slope_written
from symgrad.proving.tactics.goal import factors_of
from symgrad.values.phrase import Phrase


def sign_of(gap: Interval, operator: str) -> bool:
    """Whether larger - smaller has the sign that the relation needs."""
    match operator:
        case "=":
            return gap.is_zero
        case "!=":
            return gap.nonzero
    return gap.positive if operator in ("<", ">") else gap.nonnegative


def bound_steps(problem: Problem, statement: Relation, bounds: Bounds) -> Iterator[Phrase]:
    """The reason why `tree <= number`, or the other way round; nothing if it is not one of these."""
    (operator,), (a, b) = statement.operators, statement.operands
    tree, other = (b, a) if not factors_of(a)[1] else (a, b)
    limit = factors_of(other)[0]
    if tree is b:
        operator = MIRROR[operator]
    upper = operator in ("<", "<=")

    def suffices(found: Interval) -> bool:
        gap = point(limit) + -found if upper else found + point(-limit)
        return sign_of(gap, operator)

    match tree:
        case Apply(_, (argument,), order, ()) if order <= 1 and tree.function != ABS:
            name = known.resolve(tree.function, problem.functions)
            if name is not None and suffices(function_range(name, order)):
                yield Phrase.of(
                    "proofs.range-of", line=_one_sided(tree, bounds.enclose(tree), operator, limit)
                )
            elif name is not None and not order:
                yield from _monotone(tree, name, statement, argument, bounds, upper)
            elif (slope := slope_written(tree, problem)) is not None:
                if (even := by_size(tree, problem, bounds)) is not None:
                    yield Phrase.of("proofs.even-slope", line=even)
                    slope = substitute(slope, {argument: Apply(ABS, (argument,))})
                    tree = Apply(tree.function, (Apply(ABS, (argument,)),), 1)
                value, square = Apply(tree.function, tree.arguments), completed(slope, bounds)
                yield from _through(tree, slope, square, value, statement, bounds)
        case _ if _even_power(tree) and limit == 0 and operator == ">=":
            yield Phrase.of("proofs.square", line=statement)
        case Apply(Name("abs"), _, 0, ()) if limit == 0 and operator == ">=":
            yield Phrase.of("proofs.bars", line=statement)
        case Name() if tree not in dict(problem.definitions):
            yield Phrase.of("proofs.by-assumptions", line=statement)
        case Name() if suffices(bounds._defined.get(tree, bounds.enclose(tree))):
            yield Phrase.of("proofs.range-of", line=_one_sided(tree, bounds.enclose(tree), operator, limit))


def by_size(tree: Tree, problem: Problem, bounds: Bounds) -> Relation | None:
    """sigma'(z) = sigma'(|z|) < 0.11, where only |z| >= 2 is known and the slope is even."""
    match tree:
        case Apply(function, (argument,), 1, ()):
            there = Apply(function, (Apply(ABS, (argument,)),), 1)
        case _:
            return None
    name = known.resolve(function, problem.functions)
    if name is None or not known.even_slope(name):
        return None
    try:
        plain, found = bounds.enclose(argument), bounds.enclose(there)
    except CertificateError:
        return None
    whole = function_range(name, 1)
    if plain.nonnegative or (found.low, found.high) == (whole.low, whole.high):
        return None
    if found.high is not None and found.high != whole.high:
        ends = _one_sided(there, found, "<=", found.high)
    else:
        ends = _one_sided(there, found, ">=", found.low or Fraction(0))
    return Relation(("=", ends.operators[0]), (tree, *ends.operands[:2]))


def _one_sided(tree: Tree, found: Interval, operator: str, limit: Fraction) -> Relation:
    """Tree < 1.13 <= limit, the end of the range that matters; the bare comparison where they are one."""
    upper = operator in ("<", "<=")
    end, closed = (found.high, found.high_closed) if upper else (found.low, found.low_closed)
    if end is None:
        return range_line(tree, found)
    first = ("<=" if closed else "<") if upper else (">=" if closed else ">")
    near = tidy(end, 1 if upper else -1)
    if near.value == limit:
        return Relation((first,), (tree, near))
    return Relation((first, "<" if upper else ">"), (tree, near, Number(limit)))


def _even_power(tree: Tree) -> bool:
    """A square, or a positive multiple of one."""
    match tree:
        case Pow(base, Number(n)) if not isinstance(base, Constant):
            return n % 2 == 0 and n > 0
        case Mul((Number(c), rest)) | Div(rest, Number(c)):
            return c > 0 and _even_power(rest)
        case Mul((Div(Number(p), Number(q)), rest)):
            return p > 0 and q > 0 and _even_power(rest)
    return False


def _monotone(
    tree: Apply, name: str, statement: Relation, argument: Tree, bounds: Bounds, upper: bool
) -> Iterator[Phrase]:
    """sigma(z) > 1/2 as sigma increases, z > 0 and sigma(0) = 1/2."""
    where = bounds.enclose(argument)
    end = where.high if upper else where.low
    if end is None or not function_range(name, 1).nonnegative:
        return
    at = Apply(tree.function, (Number(end),))
    try:
        found = evaluate(Apply(Name(name), (Number(end),)), {}, {})
    except Undefined:
        return
    if isinstance(found, Fraction):
        value = Relation(("=",), (at, Number(found)))
    else:
        box = around(found)
        near = box.high if upper else box.low
        if near is None:
            return
        value = Relation(("<=" if upper else ">=",), (at, tidy(near, 1 if upper else -1)))
    closed = where.high_closed if upper else where.low_closed
    sign = ("<=" if closed else "<") if upper else (">=" if closed else ">")
    condition = Relation((sign,), (argument, Number(end)))
    yield Phrase.of(
        "proofs.monotone", line=statement, function=tree.function, condition=condition, value=value
    )


def _through(
    tree: Apply, slope: Tree, square: Tree | None, value: Apply, statement: Relation, bounds: Bounds
) -> Iterator[Phrase]:
    """sigma'(z) = 1/4 - (sigma(z) - 1/2)^2 with the values that sigma(z) takes here."""
    written = slope if square is None else _called(square, value)
    sides = (tree, slope) if written == slope else (tree, slope, written)
    yield Phrase.of(
        "proofs.through-value",
        line=statement,
        equation=Relation(("=",) * (len(sides) - 1), sides),
        range=range_line(value, bounds.enclose(value)),
    )


def _called(tree: Tree, value: Apply) -> Tree:
    """The kernel's spelling of a value replaced by the claim's."""

    def change(node: Tree) -> Tree:
        if isinstance(node, Apply) and not node.order and node.function != ABS:
            return value
        return rebuild(node, change)

    return change(tree)
