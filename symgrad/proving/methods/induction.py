"""Induction on an integer letter: what the step multiplies by, and what it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data, to_data
from symgrad.notation.places import at, gap, moved
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    BigOp,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    names_in,
    number,
    walk,
)  # fmt: skip
from symgrad.proving.clock import hurry, nested
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.depth.letters import symbolic
from symgrad.proving.kernel.depth.readings import stems
from symgrad.proving.kernel.depth.series import Series
from symgrad.proving.kernel.gradient import local
from symgrad.proving.kernel.rules.induction import Step, first_case, next_case
from symgrad.proving.kernel.rules.ranges import form, letters_of
from symgrad.proving.kernel.setting import Setting
from symgrad.proving.methods.method import Entry, Method, Prove, Word
from symgrad.proving.methods.ranges import readable
from symgrad.proving.problem import Problem
from symgrad.values.phrase import Phrase

MAX_LETTERS, MAX_NESTED = 2, 2


def entries(statement: Relation, here: Setting, problem: Problem, prove: Prove) -> Iterator[Entry]:
    """Inductions on each letter from the least place that is known."""
    (operator,) = statement.operators
    if here.families is None or operator not in ("=", "<=", ">="):
        return
    if operator != "=" and not symbolic(statement):
        return
    bound = {n.index for n in walk(statement) if isinstance(n, BigOp)}
    letters = [x for x in sorted(_ends(statement, here)) if x not in bound]
    for letter in letters[:MAX_LETTERS]:
        for start in _starts(letter, here, statement):
            yield from _induction(statement, here, prove, letter, start)


def _ends(statement: Tree, here: Setting) -> set[str]:
    found: set[str] = set()
    for node in walk(statement):
        if isinstance(node, BigOp):
            found |= {n.stem for n in names_in(node.high)}
        elif isinstance(node, Pow) and not isinstance(node.exponent, Number):
            found |= stems(node.exponent)
    loop = None if here.families is None else here.families.loop
    if loop is not None and not symbolic(statement):
        found |= stems(statement) & {loop.depth}
    return found


def _starts(letter: str, here: Setting, statement: Tree) -> list[Tree]:
    """Places the letter certainly does not lie below, the least first."""
    letters = letters_of(here, statement)
    places: dict[Tree, None] = {}
    for constant in (-1, 0, 1, 2, 3, 4, 5):
        places[number(constant)] = None
    found = [p for p in places if letters.at_least(p, Name(letter))]
    least = found[-1:]
    loop = None if here.families is None else here.families.loop
    if loop is not None and letter == loop.depth and number(loop.low - 1) in found:
        least = [number(loop.low - 1), *least]
    others = [n.low for n in walk(statement) if isinstance(n, BigOp) and not isinstance(n.low, Number)]
    least += [moved(p, -1) for p in dict.fromkeys(others) if letters.at_least(moved(p, -1), Name(letter))]
    return [place for place in dict.fromkeys(least) if letter not in stems(place)]


def _induction(statement: Relation, here: Setting, prove: Prove, letter: str, start: Tree) -> Iterator[Entry]:
    (operator,) = statement.operators
    first, inner = first_case(statement, here, letter, start)
    with nested(MAX_NESTED):
        base = prove(first, inner)
    if base is None:
        return
    step = next_case(statement, here, letter, start)
    for factor in _factors(step, letter):
        hurry()
        try:
            rest = _rest(step, factor)
        except CertificateError:
            continue
        common = {"rule": "induction", "letter": letter, "start": to_data(start), "first": base}
        if operator == "=":
            if rest == ZERO:
                yield {**common, "factor": to_data(factor), "rest": to_data(ZERO), "signs": None}
            continue
        there = next_case(statement, here, letter, start, factor, rest).setting
        signs = []
        for tree in (factor, rest):
            claim = Relation((">=",), (tree, ZERO))
            with nested(MAX_NESTED):
                signs.append(prove(claim, there))
            if signs[-1] is None:
                break
        else:
            yield {**common, "factor": to_data(factor), "rest": to_data(rest), "signs": signs}


def _factors(step: Step, letter: str) -> Iterator[Tree]:
    """What the next case may be a multiple by: a new factor of a product, a base, a coefficient, 1."""
    found: dict[Tree, None] = {}
    for side in step.now:
        for node in walk(side):
            match node:
                case BigOp("prod", body, index, _, high) if (d := gap(Name(letter), high)) and not d[0]:
                    found[at(body, {index: moved(high, 1)})] = None
                case Pow(base, exponent) if letter in stems(exponent):
                    found[base] = None
                case Name(_, indices) if indices and letter in stems(node):
                    try:
                        slope = local(step.later[0], node)
                    except CertificateError:
                        continue
                    if slope != ZERO:
                        found[slope] = None
    yield from found
    yield ONE


def _rest(step: Step, factor: Tree) -> Tree:
    gap_now, gap_later = step.gaps
    scaled = Mul((factor, gap_now))
    series: Series = form(step.setting, letters_of(step.setting, *step.now, *step.later))
    value = nf.Rational({}, nf.constant(1))
    for _ in range(3):
        seen: dict[Tree, None] = {}
        value = replace(series, seen=seen)(Add((gap_later, Neg(scaled))))
        if not value.numerator:
            return ZERO
        series = replace(series, cuts=tuple(sorted({*series.cuts, *seen}, key=repr)))
    return readable(nf.Normaliser.tree(value))


def steps(problem: Problem, statement: Tree, entry: Entry, here: Setting, word: Word) -> Iterator[Phrase]:
    """The first case, the step, and the conclusion."""
    assert isinstance(statement, Relation)
    letter, start = entry["letter"], from_data(entry["start"])
    first, inner = first_case(statement, here, letter, start)
    yield Phrase.of("ranges.induction", letter=Name(letter))
    yield Phrase.of("ranges.first-case", case=Relation(("=",), (Name(letter), start)), line=first)
    if entry["first"]["rule"] != "identity":
        yield from word(first, entry["first"], inner)
    least = Relation((">=",), (Name(letter), start))
    yield Phrase.of("ranges.hypothesis", line=statement, least=least)
    factor, rest = from_data(entry["factor"]), from_data(entry["rest"])
    step = next_case(statement, here, letter, start, factor, rest).setting
    later = moved(Name(letter), 1)
    match factor == ONE, rest == ZERO:
        case True, True:
            yield Phrase.of("ranges.step-same", later=later)
        case True, False:
            yield Phrase.of("ranges.step-more", later=later, rest=rest)
        case False, True:
            yield Phrase.of("ranges.step", later=later, factor=factor)
        case _:
            yield Phrase.of("ranges.step-rest", later=later, factor=factor, rest=rest)
    for tree, proof in zip((factor, rest), entry["signs"] or (), strict=False):
        if isinstance(tree, Number):
            continue
        yield from word(Relation((">=",), (tree, ZERO)), proof, step)
    yield Phrase.of("ranges.for-all", line=statement)


METHOD = Method("induction", ("induction",), entries, steps)
