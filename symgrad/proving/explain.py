"""Proofs for people: phrases whose formulas are trees, made from the entry that the kernel accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any

from symgrad.errors import CertificateError
from symgrad.functions import registry
from symgrad.functions.facts import range_fact, slope_fact
from symgrad.functions.questionnaire import Range
from symgrad.notation.codec import from_data
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    Derivative,
    Logic,
    Mul,
    Name,
    Neg,
    Number,
    Relation,
    Tree,
    names_in,
    substitute,
    walk,
)  # fmt: skip
from symgrad.proving import kernel
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.bounds import Bounds
from symgrad.proving.kernel.evaluate import compare, evaluate
from symgrad.proving.kernel.families import parts
from symgrad.proving.kernel.gradient import written_out
from symgrad.proving.kernel.intervals import Interval
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.problem import Problem
from symgrad.proving.tactics.goal import factors_of, product
from symgrad.values.derivation import Derivation
from symgrad.values.phrase import Phrase

Entry = Mapping[str, Any]
Gradients = Mapping[Derivative, Derivation]


def steps(problem: Problem, entry: Entry, used: Sequence[Tree], gradients: Gradients) -> tuple[Phrase, ...]:
    """The proof, one phrase a step: gradients written out, facts about the functions, then the estimate."""
    here = kernel.setting(problem.functions, problem.definitions, used)
    tokens = list(token_steps(problem))
    estimate = list(_entry_steps(problem, problem.statement, entry, here))
    facts = list(fact_steps(problem, entry))
    return tuple(dict.fromkeys((*tokens, *facts, *estimate)))


def token_steps(problem: Problem) -> Iterator[Phrase]:
    """How the derivative tokens of the claim are related: what they share, or the product each stands for."""
    tokens = list(dict.fromkeys(n for n in walk(problem.claim.statement) if isinstance(n, Derivative)))
    out = {token: factors_of(written_out(token, problem.definitions)) for token in tokens}
    if len(tokens) == 2:
        for long, short in (tokens, tokens[::-1]):
            (c, factors), (d, tail) = out[long], out[short]
            if tail and d and factors[-len(tail) :] == tail and len(factors) > len(tail):
                head = product(c / d, factors[: -len(tail)])
                equation = Relation(("=",), (long, Mul((*(_parts(head)), short))))
                start = next((n for n, body in problem.definitions if short.by in names_in(body)), short.by)
                yield Phrase.of("proofs.shared-tail", equation=equation, start=start)
                return
    for token in tokens:
        c, factors = out[token]
        yield Phrase.of("proofs.token", equation=Relation(("=",), (token, product(c, factors))))


def _parts(tree: Tree) -> tuple[Tree, ...]:
    return tree.factors if isinstance(tree, Mul) else (tree,)


def fact_steps(problem: Problem, entry: Entry) -> Iterator[Phrase]:
    """`0 < sigma'(z) <= 1/4` with its reason, once for each function whose range the proof uses."""
    seen: dict[tuple[Name, int], Apply] = {}
    for tree in stated(entry):
        for node in walk(tree):
            if isinstance(node, Apply) and len(node.arguments) == 1 and node.function != ABS:
                seen.setdefault((node.function, node.order), node)
    for (function, order), node in seen.items():
        name = known.resolve(function, problem.functions)
        found = registry.lookup(name) if name else None
        if found is None or order > 1:
            continue
        ends = found.derivative_range if order else found.range
        if ends is None:
            continue
        argument = Name("z") if any(n.stem == "z" for n in names_in(node)) else node.arguments[0]
        bound = _range_relation(Apply(function, (argument,), order), ends)
        end = ends.high if ends.high.value is not None else ends.low
        if bound is None or end.value is None:
            continue
        key, fields = (slope_fact if order else range_fact)(found, end, argument, function)
        yield Phrase.of(key, **fields)
        yield Phrase.of("proofs.fact", bound=bound)


def _range_relation(tree: Tree, stated: Range) -> Relation | None:
    """Low < tree <= high."""
    low, high = stated.low, stated.high
    operators, operands = [], [tree]
    if low.value is not None:
        operators.append("<=" if low.closed else "<")
        operands.insert(0, Number(low.value))
    if high.value is not None:
        operators.append("<=" if high.closed else "<")
        operands.append(Number(high.value))
    return Relation(tuple(operators), tuple(operands)) if operators else None


def stated(entry: Entry) -> Iterator[Tree]:
    """The trees that an entry speaks of."""
    for key in ("difference", "common"):
        if key in entry:
            yield from_data(entry[key])
    for inner in (*entry.get("parts", ()), *([entry["proof"]] if "proof" in entry else ())):
        yield from stated(inner)


# ---- the estimate


def _entry_steps(problem: Problem, statement: Tree, entry: Entry, here: kernel.Setting) -> Iterator[Phrase]:
    match entry["rule"], statement:
        case "identity", Relation():
            yield Phrase.of("proofs.identity", equation=statement)
        case "difference", Relation((operator,), (a, b)):
            a, b = (substitute(side, here.settled) for side in (a, b))
            yield from _difference_steps(operator, a, b, entry, here)
        case "absurd", _:
            yield Phrase.of("proofs.absurd")
        case "and", _:
            pieces = statement.arguments if isinstance(statement, Logic) else parts(statement)
            for piece, part in zip(pieces, entry["parts"], strict=True):
                yield from _entry_steps(problem, piece, part, here)
        case "or", Logic(_, arguments):
            yield from _entry_steps(problem, arguments[entry["choice"]], entry["proof"], here)
        case "implies", Logic(_, (a, b)):
            yield Phrase.of("proofs.assume", condition=a)
            yield from _entry_steps(problem, b, entry["proof"], here.with_assumption(a))
        case "iff", Logic(_, (a, b)):
            for (start, goal), part in zip(((a, b), (b, a)), entry["parts"], strict=True):
                yield Phrase.of("proofs.direction", condition=start, goal=goal)
                yield from _entry_steps(problem, goal, part, here.with_assumption(start))
        case "cases", _:
            split = from_data(entry["assumption"])
            assert isinstance(split, Logic)
            for alternative, part in zip(split.arguments, entry["parts"], strict=True):
                yield Phrase.of("proofs.case", condition=alternative)
                yield from _entry_steps(problem, statement, part, here.with_assumption(alternative))


def _difference_steps(
    operator: str, a: Tree, b: Tree, entry: Entry, here: kernel.Setting
) -> Iterator[Phrase]:
    """The product of bounds where the smaller side is a product; else the gap and its sign."""
    common, difference = from_data(entry["common"]), from_data(entry["difference"])
    bounds = here.bounds(a, b, common, difference)
    match difference:
        case Add((larger, Neg(smaller))) if (line := product_line(smaller, larger, bounds)) is not None:
            yield Phrase.of("proofs.product-of-bounds", line=line)
            if common != ONE:
                sign = ">" if operator in ("<", ">") else ">="
                yield Phrase.of("proofs.times-common", common=Relation((sign,), (common, ZERO)))
            return
    if difference in (a, Add((a, Neg(b)))) and isinstance(b, Number) and common == ONE:
        yield Phrase.of("proofs.range-of", line=_range_line(a, bounds.enclose(a)))
        return
    gap = Add((b, Neg(a))) if operator in ("<", "<=") else a if b == ZERO else Add((a, Neg(b)))
    written = difference if common == ONE else Mul((common, difference))
    sign = {"<": ">", "<=": ">=", "!=": "!="}.get(operator, operator)
    if gap == written:
        yield Phrase.of("proofs.sign", line=Relation((sign,), (gap, ZERO)))
    else:
        yield Phrase.of("proofs.gap", line=Relation(("=", sign), (gap, written, ZERO)))


def product_line(smaller: Tree, larger: Tree, bounds: Bounds) -> Relation | None:
    """|sigma'(z_1) w_2| <= 1/4 * 1 = 1/4, from the bound of every factor."""
    c, factors = factors_of(smaller)
    limit, rest = factors_of(larger)
    if not factors or rest:
        return None
    sizes = [bounds.enclose(factor).magnitude() for factor in factors]
    if any(size.high is None for size in sizes):
        return None
    strict = any(not size.high_closed for size in sizes)
    numbers: list[Tree] = [Number(c)] if abs(c) != 1 else []
    numbers += [Number(size.high) for size in sizes if size.high is not None]
    total = abs(c)
    for size in sizes:
        total *= size.high or Fraction(0)
    if c < 0:
        return None
    if all(isinstance(f, Apply) and f.function == ABS for f in factors):
        inside = product(c, [f.arguments[0] for f in factors if isinstance(f, Apply)])
        smaller = Apply(ABS, (inside,))
    sides: list[Tree] = [smaller, *([Mul(tuple(numbers))] if len(numbers) > 1 else []), Number(total)]
    operators = ("<" if strict else "<=", *(["="] if len(numbers) > 1 else []))
    if total != limit:
        sides, operators = [*sides, Number(limit)], (*operators, "<=")
    return Relation(operators, tuple(sides))


def _range_line(tree: Tree, found: Interval) -> Relation:
    """Low <= tree <= high."""
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
        return Number(end)
    scaled = end * 10**5
    return Number(Fraction(floor(scaled) if side < 0 else ceil(scaled), 10**5), decimal=True)


# ---- points


def attained(
    problem: Problem, point: Sequence[tuple[Name, Number]], used: Sequence[Tree]
) -> tuple[Phrase, ...]:
    """Equality at z_1 = z_2 = 0, |w_2| = 1: arguments of the functions, and assumptions met exactly."""
    values: dict[Tree, Any] = kernel.values_at(point, problem.functions, problem.definitions)
    arguments = _arguments_left(problem)
    equal: list[Tree] = []
    for group in _grouped([(a, values[a]) for a in arguments if isinstance(values.get(a), Fraction)]):
        equal.append(group)
    edges: list[tuple[Tree, Fraction]] = []
    for piece in used:
        match piece:
            case Relation(("<=" | ">=",), (side, Number(limit))) if _value(side, values, problem) == limit:
                edges.append((side, limit))
    equal += _grouped(edges)
    if not equal:
        equal = [Relation(("=",), (name, value)) for name, value in point]
    return (Phrase.of("proofs.attained", point=tuple(equal)),)


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
    if not problem.definitions:
        phrases.append(Phrase.of("proofs.at-point", point=tuple(_equal(n, values[n]) for n in free)))
    else:
        phrases += _chain_point(values, solved, free)
    for relation in parts(problem.statement):
        if isinstance(relation, Relation) and len(relation.operands) == 2:
            left, right = (_value(side, values, problem) for side in relation.operands)
            if compare(relation.operators[0], left, right) is False:
                phrases.append(Phrase.of("proofs.sides", left=_shown(left), right=_shown(right)))
                break
    else:
        phrases.append(Phrase.of("proofs.fails-there"))
    return tuple(phrases)


def _chain_point(
    values: Mapping[Tree, Any], solved: Mapping[Name, Name], free: Sequence[Name]
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
        zero = tuple(_grouped([(name, Fraction(0)) for name in solved if values[name] == 0]))
        biases = tuple(_equal(b, values[b]) for b in solved.values())
        if zero:
            yield Phrase.of("proofs.solved", zero=zero, biases=biases)
        else:
            yield Phrase.of("proofs.at-point", point=biases)


def _equal(name: Name, value: Any) -> Tree:
    return Relation(("=",), (name, _shown(value)))


def _shown(value: Any) -> Tree:
    """An exact number, or the rounded middle of a ball."""
    if isinstance(value, Fraction):
        return Number(value)
    return Number(Fraction(value.mid().str(8, radius=False)), decimal=True)


def best_known(problem: Problem) -> Iterator[Phrase]:
    """The best enclosure of each side of an undecided relation."""
    for relation in parts(problem.statement):
        if isinstance(relation, Relation) and len(relation.operands) == 2:
            for side in relation.operands:
                try:
                    found = Bounds(problem.functions, problem.pieces).enclose(side)
                except CertificateError:
                    continue
                if not isinstance(side, Number) and (found.low is not None or found.high is not None):
                    yield Phrase.of("proofs.best-known", line=_range_line(side, found))
