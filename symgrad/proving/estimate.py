"""The estimate of a proof for people: how the entry that the kernel accepted argues, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    Indicator,
    Logic,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    substitute,
    walk,
)  # fmt: skip
from symgrad.proving import kernel
from symgrad.proving.bounded import bound_steps, sign_of
from symgrad.proving.contradicted import MOST_CONDITIONS, absurd_steps
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.enclosures.pieces import alternatives, settled
from symgrad.proving.kernel.families import parts
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.methods import BY_RULE
from symgrad.proving.places import numeral, range_line, tidy
from symgrad.proving.problem import Problem
from symgrad.proving.signs import enclosed_parts, sign_steps
from symgrad.proving.spelling import completed, shown, slope_written, valued
from symgrad.proving.sums import letter_steps, named, put
from symgrad.proving.tactics.goal import factors_of, product
from symgrad.proving.tidied import minus, tidied
from symgrad.values.phrase import Phrase

Entry = Mapping[str, Any]
Cases = tuple[Tree, ...]
E = Name("E")


def entry_steps(
    problem: Problem,
    statement: Tree,
    entry: Entry,
    here: kernel.Setting,
    cases: Cases = (),
    said: Cases = (),
) -> Iterator[Phrase]:
    """One phrase a step; `cases` are the comparisons assumed since the last case, `said` those before it."""
    if cases and entry["rule"] != "split":
        said = (*said, *cases)
        yield Phrase.of("proofs.case", condition=said[0] if len(said) == 1 else said)
    match entry["rule"], statement:
        case "split", _:
            condition = from_data(entry["condition"])
            both = alternatives(condition, here.bounds(statement, condition))
            for alternative, part in zip(both, entry["parts"], strict=True):
                inner = here.with_assumption(alternative)
                yield from entry_steps(problem, statement, part, inner, (*cases, alternative), said)
        case "settle", Relation():
            bounds = here.bounds(statement)
            if equations := _pieces(statement, bounds):
                yield Phrase.of("proofs.settled", equations=equations)
            after = settled(statement, bounds)
            if entry["proof"]["rule"] != "identity" or not _plain(after):
                yield from entry_steps(problem, after, entry["proof"], here, (), said)
        case "identity", Relation():
            yield from identity_steps(problem, statement, entry)
        case "difference", Relation((operator,), (a, b)):
            a, b = (substitute(side, here.settled) for side in (a, b))
            yield from _difference_steps(problem, operator, a, b, entry, here)
        case "absurd", _:
            yield from absurd_steps(problem, statement, here)
        case rule, _ if rule in BY_RULE:
            yield from BY_RULE[rule].steps(
                problem, statement, entry, here, lambda s, e, h: entry_steps(problem, s, e, h, (), said)
            )
        case _:
            yield from _logic_steps(problem, statement, entry, here)


def _logic_steps(problem: Problem, statement: Tree, entry: Entry, here: kernel.Setting) -> Iterator[Phrase]:
    match entry["rule"], statement:
        case "and", _:
            pieces = statement.arguments if isinstance(statement, Logic) else parts(statement)
            for piece, part in zip(pieces, entry["parts"], strict=True):
                yield from entry_steps(problem, piece, part, here)
        case "or", Logic(_, arguments):
            yield from entry_steps(problem, arguments[entry["choice"]], entry["proof"], here)
        case "product-zero", Logic(_, arguments):
            line = from_data(entry["line"])
            yield from entry_steps(problem, line, entry["proof"], here)
            yield Phrase.of("proofs.product-zero", line=statement)
        case "otherwise", Logic(_, arguments):
            chosen = arguments[entry["choice"]]
            for other in arguments:
                if other is not chosen:
                    opposite = alternatives(other, here.bounds(other))[1]
                    yield Phrase.of("proofs.assume", condition=opposite)
                    here = here.with_assumption(opposite)
            yield from entry_steps(problem, chosen, entry["proof"], here)
        case "implies", Logic(_, (a, b)):
            yield Phrase.of("proofs.assume", condition=a)
            yield from entry_steps(problem, b, entry["proof"], here.with_assumption(a))
        case "iff", Logic(_, (a, b)):
            for (start, goal), part in zip(((a, b), (b, a)), entry["parts"], strict=True):
                yield Phrase.of("proofs.direction", condition=start, goal=goal)
                yield from entry_steps(problem, goal, part, here.with_assumption(start))
        case "cases", _:
            split = from_data(entry["assumption"])
            assert isinstance(split, Logic)
            for alternative, part in zip(split.arguments, entry["parts"], strict=True):
                yield Phrase.of("proofs.case", condition=alternative)
                yield from entry_steps(problem, statement, part, here.with_assumption(alternative))


def _pieces(statement: Tree, bounds: Bounds) -> tuple[Tree, ...]:
    """relu(z) = z: what each function in pieces and each absolute value is here."""
    nodes = dict.fromkeys(n for n in walk(statement) if isinstance(n, Apply | Indicator | Name))
    pairs = ((node, settled(node, bounds)) for node in nodes)
    return tuple(Relation(("=",), (node, there)) for node, there in pairs if there != node)


def _plain(statement: Tree) -> bool:
    """1 = 1 or z >= z: nothing to be said."""
    return isinstance(statement, Relation) and len(set(statement.operands)) == 1


# ---- one inequality


def _difference_steps(
    problem: Problem, operator: str, a: Tree, b: Tree, entry: Entry, here: kernel.Setting
) -> Iterator[Phrase]:
    """A bound on one side where the other is a number; a product of bounds; else the gap and its sign."""
    common, difference = from_data(entry["common"]), from_data(entry["difference"])
    bounds = here.bounds(a, b, common, difference)
    smaller, larger = (a, b) if operator in ("<", "<=") else (b, a)
    strict = operator in ("<", ">")
    match difference:
        case Add((big, Neg(small))) if operator != "!=":
            if (line := product_line(small, big, bounds, strict)) is not None:
                several = any(isinstance(side, Mul) for side in line.operands)
                said = [] if several else list(sign_steps(problem, operator, a, b, bounds))
                if said:
                    yield from said
                    return
                yield Phrase.of("proofs.product-of-bounds", line=line) if several else _alone(line, bounds)
                if common != ONE:
                    sign = ">" if strict else ">="
                    yield Phrase.of("proofs.times-common", common=Relation((sign,), (common, ZERO)))
                return
            one_sided = not all(factors_of(side)[1] for side in (smaller, larger))
            if common == ONE and (big, small) == (larger, smaller) and one_sided:
                said = list(bound_steps(problem, Relation((operator,), (a, b)), bounds))
                if said:
                    yield from said
                    return
    yield from _gap(problem, operator, (a, b), (common, difference), here)


def _alone(line: Relation, bounds: Bounds) -> Phrase:
    """|x + y| <= 2 from the enclosure of what stands between the bars, and the reason for that."""
    match line.operands[0]:
        case Apply(Name("abs"), (inside,), 0, ()):
            found, ranges = enclosed_parts(inside, bounds)
            size = found.magnitude()
            enough = size.high is not None and bounds.enclose(inside).magnitude().high == size.high
            if ranges and enough and inside not in {n for r in ranges for n in walk(r)}:
                shown_range = range_line(inside, found)
                return Phrase.of("proofs.bars-inside", line=line, range=shown_range, ranges=ranges)
    return Phrase.of("proofs.range-of", line=line)


def _gap(
    problem: Problem,
    operator: str,
    sides: tuple[Tree, Tree],
    written: tuple[Tree, Tree],
    here: kernel.Setting,
) -> Iterator[Phrase]:
    """Larger - smaller = common * difference >= 0, with the reason for the sign of the difference."""
    a, b = sides
    common, difference = written
    bounds = here.bounds(a, b, common, difference)
    shape = difference
    if operator != "!=" and not _is_squares(difference):
        square = completed(difference, bounds)
        if square is not None and sign_of(bounds.enclose(square), operator):
            shape = square
    gap = minus(b, a) if operator in ("<", "<=") else minus(a, b)
    full = shown(problem, _short(common, shape))
    sign = {"<": ">", "<=": ">=", "!=": "!="}.get(operator, operator)
    if not problem.shapes:
        gap, full = tidied(gap, bounds), tidied(full, bounds, sides)
    where = valued(problem, full, gap)
    in_case = len(here.used) > len(problem.pieces)
    if where is not None and in_case and bounds.enclose(where[0]).is_zero:
        node, here_zero = where[0], Relation(("=",), (where[0], ZERO))
        yield Phrase.of("proofs.settled", equations=(here_zero,))
        gap, full = (tidied(substitute(tree, {node: ZERO}), bounds) for tree in (gap, full))
        where = None
    if where is not None:
        node, letter = where
        gap, full = (tidied(substitute(tree, {node: letter}), bounds) for tree in (gap, full))
    links = ((sign,), (full, ZERO)) if gap == full else (("=", sign), (gap, full, ZERO))
    line = Relation(*links)
    if where is not None:
        node, letter = where
        definition = Relation(("=",), (letter, node))
        values = range_line(letter, bounds.enclose(node))
        yield Phrase.of("proofs.gap-value", line=line, definition=definition, range=values)
        return
    if (common == ONE and difference == Add((sides[1], Neg(sides[0])))) or gap == full:
        said = list(sign_steps(problem, operator, a, b, bounds))
        if said:
            yield from said
            return
    if _is_squares(shape) and common == ONE:
        alone = gap == full and not isinstance(full, Add | Neg)
        yield Phrase.of("proofs.square" if alone else "proofs.gap-squares", line=line)
        return
    table = {} if problem.shapes or gap == full else named(full, bounds, (problem.statement, gap))
    if table:
        yield from letter_steps(table, bounds, problem.pieces)
        line = Relation(line.operators, (gap, tidied(put(full, table), bounds), ZERO))
    conditions = _conditions(full if gap == full else shape, operator, here) if common == ONE else ()
    if conditions == (line,):
        yield Phrase.of("proofs.by-assumptions", line=line)
    elif conditions:
        yield Phrase.of(
            "proofs.sign-parts" if gap == full else "proofs.gap-parts", line=line, ranges=conditions
        )
    else:
        plain = "range-of" if isinstance(full, Number) else "sign"
        yield Phrase.of(f"proofs.{plain}" if gap == full else "proofs.gap", line=line)


def _conditions(difference: Tree, operator: str, here: kernel.Setting) -> tuple[Tree, ...]:
    """The assumptions and cases without which a difference would not have its sign."""

    def suffices(used: Sequence[Tree]) -> bool:
        try:
            return sign_of(here.using(tuple(used)).bounds(difference).enclose(difference), operator)
        except CertificateError:
            return False

    needed = list(here.used)
    if len(needed) > MOST_CONDITIONS or operator == "!=" or not suffices(needed):
        return ()
    for condition in here.used:
        fewer = [other for other in needed if other != condition]
        if suffices(fewer):
            needed = fewer
    return tuple(needed)


def identity_steps(problem: Problem, statement: Relation, entry: Entry) -> Iterator[Phrase]:
    """Both sides multiplied out, with what the functions stand for where that was put in."""
    equal = Relation(("=",) * len(statement.operators), statement.operands)
    meanings: dict[Tree, None] = {}
    for node in walk(statement) if entry["unfold"] else ():
        if isinstance(node, Apply) and (slope := slope_written(node, problem)) is not None:
            meanings[Relation(("=",), (node, slope))] = None
    for node in walk(statement) if entry["unfold"] > 1 else ():
        if isinstance(node, Apply) and len(node.arguments) == 1 and not node.options:
            name = known.resolve(node.function, problem.functions)
            formula = None if name in (None, "exp") else known.exponential(str(name))
            if formula is not None:
                value = Apply(node.function, node.arguments)
                put_in = substitute(formula, {E: Apply(Name("exp"), node.arguments)})
                meanings[Relation(("=",), (value, put_in))] = None
    if meanings:
        yield Phrase.of("proofs.identity-put-in", equation=equal, meanings=tuple(meanings))
    else:
        yield Phrase.of("proofs.identity", equation=equal)


def _short(common: Tree, shape: Tree) -> Tree:
    """The product without factors 1, and a - 0 as a."""
    match shape:
        case Add((big, Neg(small))) if small == ZERO:
            shape = big
    return shape if common == ONE else common if shape == ONE else Mul((common, shape))


def _is_squares(tree: Tree) -> bool:
    """A sum of squares with positive coefficients (and a positive number)."""
    match tree:
        case Pow(_, Number(n)):
            return n % 2 == 0
        case Mul((Number(c), Pow(_, Number(n)))):
            return c > 0 and n % 2 == 0
        case Add(terms):
            return all(_is_squares(t) or (isinstance(t, Number) and t.value >= 0) for t in terms)
    return False


def product_line(smaller: Tree, larger: Tree, bounds: Bounds, strict: bool) -> Relation | None:
    """|sigma'(z_1) w_2| <= 1/4 * 1 = 1/4, from the bound of every factor; None where that proves nothing."""
    c, factors = factors_of(smaller)
    limit, rest = factors_of(larger)
    alone = len(factors) == 1 and (c == 1 or isinstance(factors[0], Add))
    if not factors or rest or c < 0 or (alone and bare_factor(factors[0])):
        return None
    try:
        sizes = [bounds.enclose(factor).magnitude() for factor in factors]
    except CertificateError:
        return None
    highs = [size.high for size in sizes if size.high is not None]
    if len(highs) < len(sizes):
        return None
    neat = [tidy(end, 1).value for end in highs]
    highs = neat if abs(c) * prod(neat) < limit else highs
    total = abs(c) * prod(highs)
    below = total > 0 and any(not size.high_closed for size in sizes)
    if total > limit or (strict and total == limit and not below):
        return None
    numbers: list[Tree] = [Number(c)] if abs(c) != 1 else []
    numbers += [numeral(end) for end in highs]
    if all(isinstance(f, Apply) and f.function == ABS for f in factors):
        inside = product(c, [f.arguments[0] for f in factors if isinstance(f, Apply)])
        smaller = Apply(ABS, (inside,))
    short = tidy(total, 1)
    if short.value > limit or len(numbers) < 2:
        short = numeral(total)
    sides: list[Tree] = [smaller, *([Mul(tuple(numbers))] if len(numbers) > 1 else []), short]
    rounded = "=" if short.value == total else "<"
    operators = ("<" if below else "<=", *([rounded] if len(numbers) > 1 else []))
    if short.value != limit:
        sides, operators = [*sides, Number(limit)], (*operators, "<=" if below or not strict else "<")
    return Relation(operators, tuple(sides))


def bare_factor(tree: Tree) -> bool:
    """One factor alone, whose bound is not a product of bounds."""
    return isinstance(tree, Name | Add | Pow) or (isinstance(tree, Apply) and tree.function != ABS)
