"""Points for people: where a bound is sharp, where a claim fails, and what is known of an undecided one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.tree import Apply, Mul, Name, Number, Pow, Relation, Tree, names_in, walk
from symgrad.proving import kernel
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.enclosures.domain import conditions
from symgrad.proving.kernel.enclosures.intervals import Empty, Interval
from symgrad.proving.kernel.enclosures.ranges import FAR
from symgrad.proving.kernel.evaluate import compare, evaluate, truth
from symgrad.proving.kernel.families import parts
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.problem import Problem
from symgrad.proving.sharp import enough, told_apart
from symgrad.proving.tactics.goal import factors_of
from symgrad.values.phrase import Phrase

DIGITS = (8, 12, 16, 24, 32, 48)
"""Digits of a rounded number: as few as tell what is to be told."""


def attained(
    problem: Problem, point: Sequence[tuple[Name, Number]], used: Sequence[Tree]
) -> tuple[Phrase, ...]:
    """Equality at z_1 = z_2 = 0, |w_2| = 1: arguments of the functions, and assumptions met exactly.

    What is printed is enough for equality: where it might not be, the values of the leaves are given.
    """
    values: dict[Tree, Any] = kernel.values_at(point, problem.functions, problem.definitions)
    for equal in _conditions(problem, values, point, used):
        if equal and enough(problem, values, equal):
            break
    else:
        equal = _grouped(told_apart(problem, values))
    if not equal:
        return ()
    where = tuple(dict.fromkeys(equal))
    if found := kinks(problem, values):
        return (Phrase.of("proofs.attained-convention", point=where, convention=found),)
    return (Phrase.of("proofs.attained", point=where),)


def _conditions(
    problem: Problem, values: Mapping[Tree, Any], point: Sequence[tuple[Name, Number]], used: Sequence[Tree]
) -> Iterator[list[Tree]]:
    """What might be enough for equality, the shortest first."""
    left = _arguments_left(problem)
    arguments = [(a, v) for a, v in values.items() if a in left and isinstance(v, Fraction)]
    edges: list[tuple[Tree, Fraction]] = []
    for piece in used:
        match piece:
            case Relation(("<=" | ">=",), (side, limit)) if not names_in(limit):
                most = _value(limit, {}, problem)
                if isinstance(most, Fraction) and _value(side, values, problem) == most:
                    edges.append((side, most))
    equal = [*_grouped(arguments), *_grouped(edges)]
    if not problem.definitions:  # in w^2 sigma'(x) >= 0 the equality needs w = 0 as well
        told = {node for relation in equal for node in walk(relation)}
        equal += _grouped([(name, value.value) for name, value in point if name not in told])
    yield equal
    named = [*(name for name, _ in arguments), *(n for side, _ in edges for n in names_in(side))]
    yield _grouped([(n, values[n]) for n in dict.fromkeys(named) if isinstance(values.get(n), Fraction)])


def kinks(problem: Problem, values: Mapping[Tree, Any]) -> tuple[Tree, ...]:
    """relu'(0) = 0, for each slope in the claim that is taken exactly at a kink of its function."""
    found: dict[Tree, None] = {}
    for node in walk(problem.statement):
        match node:
            case Apply(function, (argument,), 1, ()):
                name = known.resolve(function, problem.functions)
                at = _value(argument, values, problem)
                for kink, slope in known.kinks(name) if name else ():
                    if at == kink and isinstance(at, Fraction):
                        there = Apply(function, (Number(kink),), 1)
                        found[Relation(("=",), (there, Number(slope)))] = None
    return tuple(found)


def _arguments_left(problem: Problem) -> list[Tree]:
    """The arguments of functions that remain after cancelling what both sides share."""
    found: dict[Tree, None] = {}
    for relation in parts(problem.statement):
        if isinstance(relation, Relation) and len(relation.operands) == 2:
            (_, left), (_, right) = (factors_of(side) for side in relation.operands)
            for factor in [f for f in (*left, *right) if not (f in left and f in right)]:
                for node in walk(factor):
                    if isinstance(node, Apply) and node.function != ABS:
                        found.update(dict.fromkeys(a for a in node.arguments if isinstance(a, Name)))
    return list(found)


def _grouped(pairs: Sequence[tuple[Tree, Fraction]]) -> list[Tree]:
    """z_1 = z_2 = 0 for names with one value."""
    groups: dict[Fraction, list[Tree]] = {}
    for tree, value in pairs:
        groups.setdefault(value, []).append(tree)
    return [Relation(("=",) * len(trees), (*trees, Number(value))) for value, trees in groups.items()]


def _value(tree: Tree, values: Mapping[Tree, Any], problem: Problem) -> Any:
    try:
        return evaluate(tree, values, problem.functions)
    except CertificateError:
        return None


def witness(problem: Problem, found: Any) -> tuple[Phrase, ...]:
    """The point in the order a person sets it up, and what the two sides are there."""
    points, values = found.points, found.values
    phrases: list[Phrase] = []
    solved, free = points.solved, points.free
    letters = tuple(Relation(("=",), (Name(x), value)) for x, value in problem.numbers.items())
    if not problem.definitions:
        at = tuple(
            Relation(("=",), (n, found.trees[n])) if n in found.trees else _equal(n, values[n]) for n in free
        )
        phrases.append(Phrase.of("proofs.at-point", point=(*letters, *at)))
    else:
        phrases += [Phrase.of("proofs.at-point", point=letters)] if letters else []
        phrases += _chain_point(values, solved, free, found.trees)
    if not (problem.leaves or letters):
        phrases = [Phrase.of("proofs.false-everywhere")]
    for relation in parts(problem.statement):
        if isinstance(relation, Relation) and len(relation.operands) == 2:
            left, right = (_value(side, values, problem) for side in relation.operands)
            if compare(relation.operators[0], left, right) is False:
                left, right = _apart(relation.operators[0], left, right)
                phrases.append(Phrase.of("proofs.sides", left=left, right=right))
                break
    else:
        phrases.append(Phrase.of("proofs.equal-there") if found.trees else _parts_there(problem, values))
    if convention := kinks(problem, values):
        phrases.append(Phrase.of("proofs.at-kink", convention=convention))
    return tuple(phrases)


def _parts_there(problem: Problem, values: Mapping[Tree, Any]) -> Phrase:
    """Which comparisons of a joined claim hold at the point and which do not."""
    inside = dict.fromkeys(n for n in walk(problem.statement) if isinstance(n, Relation))
    truths: dict[Relation, bool | None] = {}
    for relation in inside:
        try:
            truths[relation] = truth(relation, values, problem.functions)
        except CertificateError:
            return Phrase.of("proofs.fails-there")
    held = tuple(relation for relation, holds in truths.items() if holds)
    failed = tuple(relation for relation, holds in truths.items() if holds is False)
    if held and failed and len(held) + len(failed) == len(inside) <= 4:
        if len(failed) == 2:
            return Phrase.of("proofs.fails-both", held=held, first=failed[0], second=failed[1])
        return Phrase.of("proofs.fails-parts", held=held, failed=failed)
    return Phrase.of("proofs.fails-there")


def _chain_point(
    values: Mapping[Tree, Any],
    solved: Mapping[Name, Name],
    free: Sequence[Name],
    trees: Mapping[Name, Tree],
) -> Iterator[Phrase]:
    """w_2 = 2, all other w = 1, y = 0, every z_j = 0 (b_1 = 0, b_2 = -1, ..., a_0 = 0)."""
    families: dict[str, list[Name]] = {}
    for name in free:
        families.setdefault(name.stem, []).append(name)
    for stem, members in families.items():
        counts: dict[Fraction, list[Name]] = {}
        for name in members:
            counts.setdefault(values[name], []).append(name)
        most = max(counts, key=lambda v: len(counts[v]))
        if len(members) > 2 and len(counts[most]) > 1:
            special = tuple(_equal(n, values[n]) for n in members if values[n] != most)
            if special:
                yield Phrase.of("proofs.at-point", point=special)
            key = "proofs.all-other" if special else "proofs.all"
            yield Phrase.of(key, rest=Relation(("=",), (Name(stem), Number(most))))
        else:
            yield Phrase.of("proofs.at-point", point=tuple(_equal(n, values[n]) for n in members))
    if solved:
        zero = tuple(_grouped([(name, values[name]) for name in solved if values[name] in (0, 1)]))
        biases = tuple(
            Relation(("=",), (b, trees[b])) if b in trees else _equal(b, values[b]) for b in solved.values()
        )
        if zero:
            yield Phrase.of("proofs.solved", zero=zero, biases=biases)
        else:
            yield Phrase.of("proofs.at-point", point=biases)


def _equal(name: Name, value: Any) -> Tree:
    return Relation(("=",), (name, _shown(value)))


def _apart(operator: str, left: Any, right: Any) -> tuple[Tree, Tree]:
    """Both sides, with so many digits that the rounded numbers break the comparison as the exact ones do."""
    for count in DIGITS:
        a, b = (_shown(side, max(count, _digits(side))) for side in (left, right))
        if (
            not (isinstance(a, Number) and isinstance(b, Number))
            or compare(operator, a.value, b.value) is False
        ):
            break
    return a, b


def _digits(value: Any) -> int:
    """Digits that tell a ball from the integer next to it: 0.99999999794 is not 1."""
    if isinstance(value, Fraction):
        return DIGITS[0]
    near = value.mid().floor() if value.mid() - value.mid().floor() < 0.5 else value.mid().ceil()
    gap = abs(value - near)
    if near == 0 or not gap > 0:
        return DIGITS[0]
    whole, small = (int(x.log_base(10).mid().floor().unique_fmpz()) for x in (abs(near), gap.mid()))
    return whole - small + 2 if DIGITS[0] < whole - small + 2 <= DIGITS[-1] else DIGITS[0]


def _shown(value: Any, count: int = 8) -> Tree:
    """An exact number, or the rounded middle of a ball."""
    if isinstance(value, Fraction):
        return Number(value)
    digits, _, power = value.mid().str(count, radius=False).partition("e")
    if abs(int(power or 0)) > FAR:
        return Mul(
            (Number(Fraction(digits), decimal=True), Pow(Number(Fraction(10)), Number(Fraction(power))))
        )
    return Number(Fraction(f"{digits}e{power or 0}"), decimal=True)


def best_known(problem: Problem) -> Iterator[Phrase]:
    """The best enclosure of each side of an undecided relation."""
    for relation in parts(problem.statement):
        if isinstance(relation, Relation) and len(relation.operands) == 2:
            for side in relation.operands:
                try:
                    found = Bounds(problem.functions, problem.pieces).enclose(side)
                except CertificateError:
                    continue
                bounded = found.low is not None or found.high is not None
                if factors_of(side)[1] and bounded and not _repeats(side, found, problem):
                    yield Phrase.of("proofs.best-known", line=range_line(side, found))


def _repeats(side: Tree, found: Interval, problem: Problem) -> bool:
    """Whether an enclosure only says an assumption again, or that bars and squares are not negative."""
    match side:
        case Name():
            return side not in dict(problem.definitions)
        case Apply(Name("abs"), (_,), 0, ()) | Pow(_, Number()):
            return found.high is None and found.low == 0
    return False


def range_line(tree: Tree, found: Interval) -> Relation:
    """Low <= tree <= high; tree = value where only that is left."""
    if found.low is not None and found.low == found.high:
        return Relation(("=",), (tree, numeral(found.low)))
    operators, operands = [], [tree]
    if found.low is not None:
        operators.append("<=" if found.low_closed else "<")
        operands.insert(0, tidy(found.low, -1))
    if found.high is not None:
        operators.append("<=" if found.high_closed else "<")
        operands.append(tidy(found.high, 1))
    return Relation(tuple(operators), tuple(operands))


def tidy(end: Fraction, side: int) -> Number:
    """An end as it is, or, where nobody could read it, rounded outward to five decimals."""
    if end.denominator < 10**6:
        return numeral(end)
    scaled = end * 10**5
    return Number(Fraction(floor(scaled) if side < 0 else ceil(scaled), 10**5), decimal=True)


def numeral(value: Fraction) -> Number:
    """A number as people write it: with a decimal point where a long fraction is a short decimal."""
    return Number(value, decimal=value.denominator > 1000 and 10**6 % value.denominator == 0)


def nowhere(problem: Problem) -> bool:
    """Whether the two sides are plainly defined for no values at all."""
    where = tuple(conditions(problem.statement, problem.functions))
    try:
        kernel.setting(problem.functions, problem.definitions, (*problem.pieces, *where)).bounds(
            problem.statement
        )
    except Empty:
        return bool(where)
    except CertificateError:
        return False
    return False
