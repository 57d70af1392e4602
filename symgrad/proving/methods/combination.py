"""Sums of products of what is known not to be negative: directly, or against the opposite of the claim."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import (
    ONE,
    Div,
    Relation,
    Tree,
    substitute,
)
from symgrad.proving import kernel
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.enclosures.intervals import Empty
from symgrad.proving.kernel.enclosures.pieces import alternatives, settled, undecided
from symgrad.proving.kernel.rules.lemmas import FALSE
from symgrad.proving.methods import curves, facts
from symgrad.proving.methods.columns import STRICT, Column, Columns, Space, Vector, total
from symgrad.proving.methods.combination_words import steps
from symgrad.proving.methods.cone import combination
from symgrad.proving.methods.facts import Lemma
from symgrad.proving.methods.method import Entry, Method, Prove
from symgrad.proving.methods.terms import Stage, Term, atoms_of, minus
from symgrad.proving.problem import Problem
from symgrad.proving.tactics.goal import Goal

Found: TypeAlias = tuple[list[Column], list[Fraction]]
MAX_LEMMAS = 40
SCHEDULE = (
    (0, 0, True), (1, 0, True), (2, 0, True), (3, 0, True),
    (0, 1, False), (1, 1, False), (2, 1, False), (3, 1, False),
    (0, 2, False), (1, 2, False), (2, 2, False), (3, 2, False),
    (0, 2, True), (1, 2, True), (2, 2, True), (3, 2, True),
)  # fmt: skip
"""Level of lemmas, rounds of multiples, whether products of two terms are used: cheapest first."""


def entries(statement: Relation, here: kernel.Setting, problem: Problem, prove: Prove) -> Iterator[Entry]:
    """Direct sums first, then contradictions; with more and more textbook inequalities as lemmas."""
    (operator,) = statement.operators
    if operator == "!=":
        return
    bounds = here.bounds(statement)
    for side in statement.operands:
        bounds.enclose(side)
    if settled(statement, bounds) != statement:
        return
    if undecided(statement, bounds):
        if facts.apart(statement, here):
            yield from Direct.begin(statement, here, 3).entries(1, False)
        return
    attempts = {}
    for level, rounds, pairs in SCHEDULE:
        for kind in (Direct, Against) if operator != "=" else (Direct,):
            if problem.late:
                return
            if (kind, level) not in attempts:
                attempts[kind, level] = kind.begin(statement, here, level)
            yield from attempts[kind, level].entries(rounds, pairs)
    if operator == "=":
        sides = [prove(Relation((op,), statement.operands), here) for op in ("<=", ">=")]
        if all(sides):
            yield {"rule": "squeeze", "parts": sides}


def plain_entries(
    statement: Relation, here: kernel.Setting, problem: Problem, prove: Prove
) -> Iterator[Entry]:
    """What assumptions, roots and Jensen's inequality give at once."""
    bounds = here.bounds(statement)
    if statement.operators == ("!=",) or undecided(statement, bounds):
        return
    for side in statement.operands:
        bounds.enclose(side)
    if settled(statement, bounds) == statement:
        plain = Direct.begin(statement, here, 0)
        yield from plain.entries(0, True)
        yield from plain.entries(1, False)
        places = facts.applications(statement.operands, here.functions, frozenset({"exp", "log"}))
        if 0 < len(places) <= 2 and isinstance(quoted := Direct.begin(statement, here, 2), Done):
            yield from quoted.entries(0, False)


def lemmas(trees: Sequence[Tree], here: kernel.Setting, level: int) -> list[Lemma]:
    """The lemmas of a level: 0 assumptions, roots; 1 orders; 2 tangents, logarithms; 3 mean values, bars."""
    first = [
        *facts.assumptions(here, here.bounds(*trees)),
        *facts.roots(trees, here),
        *facts.logarithms(trees[:2], here),
        *curves.means(trees[:2], here),
    ]
    here = with_lemmas(here, first)
    try:
        bounds = here.bounds(*trees)
    except Empty:
        return first
    sources: list[Callable[[], Iterable[Lemma]]] = [lambda: facts.distinct(trees, here)]
    if level:
        sources += [
            lambda: facts.orders(trees, here, bounds),
            lambda: facts.assumed_orders(trees, here),
            lambda: facts.halves(trees, here),
        ]
    if level > 1:
        sources += [lambda: facts.products(trees, here), lambda: facts.tangents(trees, here)]
    if level > 2:
        sources += [
            lambda: facts.mean_values(trees, here),
            lambda: facts.bars(trees, here),
            lambda: facts.secants(trees, here),
            lambda: curves.parabolas(trees[:2], here),
        ]
    return [*first, *(lemma for source in sources for lemma in source())][:MAX_LEMMAS]


def with_lemmas(here: kernel.Setting, found: Iterable[Lemma]) -> kernel.Setting:
    """The setting in which the lemmas are known."""
    for lemma in found:
        here = here.with_assumption(lemma.statement)
    return here


def _trees(statement: Relation, here: kernel.Setting) -> list[Tree]:
    return [substitute(side, here.settled) for side in statement.operands] + [
        piece for piece in here.used if isinstance(piece, Relation)
    ]


@dataclass
class Sum:
    """A target, what may add up to it, and how an entry is made of a sum."""

    statement: Relation
    here: kernel.Setting
    known: list[Lemma]
    stage: Stage
    target: nf.Poly
    terms: list[Term]
    outside: Tree = ONE

    @classmethod
    def begin(cls, statement: Relation, here: kernel.Setting, level: int) -> Sum | Done:
        """Ready to search with the lemmas of a level."""
        raise NotImplementedError

    def entries(self, rounds: int, pairs: bool) -> Iterator[Entry]:
        """An entry, if a sum is found."""
        raise NotImplementedError

    def summed(self, direct: bool, rounds: int, pairs: bool) -> Found | None:
        """Columns and coefficients that add up to the target; else to something positive that is 0."""
        polys = [self.target, *(t.poly for t in self.terms)]
        space = Space(polys, self.stage.signs(atoms_of(polys)))
        columns = Columns(space, self.terms)
        columns.reach(space.vector(self.target))
        if not direct and rounds != 1:
            columns.multiples(self.target)
        made = columns.grow(rounds, pairs)
        vectors: list[Vector] = [c.poly for c in made]
        target = space.vector(self.target)
        if not direct:
            target = {STRICT: Fraction(1)}
            vectors = [{**c.poly, STRICT: Fraction(1)} if c.strict else c.poly for c in made]
        found = combination(target, vectors, [c.free for c in made])
        if found is None:
            return None
        kept = [(c, x) for c, x in zip(made, found, strict=True) if x]
        return [c for c, _ in kept], [x for _, x in kept]


@dataclass
class Done:
    """Nothing to be searched, or an answer at once."""

    found: tuple[Entry, ...] = ()

    def entries(self, rounds: int, pairs: bool) -> Iterator[Entry]:
        """What was there from the start, once."""
        found, self.found = self.found, ()
        yield from found


class Direct(Sum):
    """Larger - smaller = a sum of products of what is known."""

    @classmethod
    def begin(cls, statement: Relation, here: kernel.Setting, level: int) -> Sum | Done:
        """The gap, its denominator set aside."""
        known = lemmas(_trees(statement, here), here, level)
        if level and len(known) == len(lemmas(_trees(statement, here), here, level - 1)):
            return Done()
        if plain := [lemma.entry for lemma in known if _is(statement, lemma, here)]:
            return Done((plain[0],))
        stage = Stage(with_lemmas(here, known))
        try:
            _ = stage.bounds
        except Empty:
            return Done(tuple(_with(known[:k], {"rule": "absurd"}) for k in range(1, len(known) + 1)))
        (operator,), (a, b) = statement.operators, statement.operands
        value = stage.gap(b, a) if operator in ("<", "<=") else stage.gap(a, b)
        if not value.numerator:
            return Done()
        target, below = value.numerator, value.denominator
        if below == nf.constant(1):
            return cls(statement, here, known, stage, target, known_terms(stage, [target]))
        size = stage.bounds.enclose(nf.to_tree(below))
        if (-size).nonnegative:
            target, below = nf.scale(target, Fraction(-1)), nf.scale(below, Fraction(-1))
        elif not size.nonnegative:
            return Done()
        outside = Div(ONE, nf.to_tree(below))
        return cls(statement, here, known, stage, target, known_terms(stage, [target]), outside)

    def entries(self, rounds: int, pairs: bool) -> Iterator[Entry]:
        """An entry, if a sum is found."""
        found = self.summed(True, rounds, pairs)
        if found is None:
            return
        (operator,), (a, b) = self.statement.operators, self.statement.operands
        smaller, larger = (a, b) if operator in ("<", "<=") else (b, a)

        def final(setting: kernel.Setting) -> Entry:
            first, second = (substitute(side, setting.settled) for side in (smaller, larger))
            goal = Goal(operator, first, second, setting, setting.bounds(first, second))
            return goal.difference(self.outside, total(*found), 2)()

        yield from packed(self.statement, self.here, self.known, final, found)


def _is(statement: Relation, lemma: Lemma, here: kernel.Setting) -> bool:
    """Whether the lemma is the statement."""
    try:
        kernel.prove_entry(statement, lemma.entry, here)
    except CertificateError:
        return False
    return True


class Against(Sum):
    """With the opposite assumed, a sum of products of what is known is both 0 and positive."""

    @classmethod
    def begin(cls, statement: Relation, here: kernel.Setting, level: int) -> Sum | Done:
        """The opposite as the first term."""
        _, opposite = alternatives(statement, here.bounds(statement))
        try:
            assumed = here.with_assumption(opposite)
            assumed.bounds(statement)
        except Empty:
            return Done(({"rule": "contradiction", "proof": {"rule": "absurd"}},))
        known = lemmas(_trees(statement, assumed), assumed, level)
        if level and len(known) == len(lemmas(_trees(statement, assumed), assumed, level - 1)):
            return Done()
        try:
            stage = Stage(with_lemmas(assumed, known))
            _ = stage.bounds
        except Empty:
            cut = (_with(known[:k], {"rule": "absurd"}) for k in range(1, len(known) + 1))
            return Done(tuple({"rule": "contradiction", "proof": proof} for proof in cut))
        seeds = list(stage.assumed([opposite]))
        if not seeds:
            return Done()
        terms = [*seeds, *known_terms(stage, [seeds[0].poly])]
        return cls(statement, assumed, known, stage, seeds[0].poly, terms)

    def entries(self, rounds: int, pairs: bool) -> Iterator[Entry]:
        """An entry, if a sum is found."""
        found = self.summed(False, rounds, pairs)
        if found is None:
            return

        def final(setting: kernel.Setting) -> Entry:
            return {"rule": "vanishing", "sum": to_data(total(*found)), "unfold": 2}

        for entry in packed(FALSE, self.here, self.known, final, found):
            yield {"rule": "contradiction", "proof": entry}


def _with(known: Sequence[Lemma], inner: Entry) -> Entry:
    return {"rule": "have", "lemmas": [lemma.data() for lemma in known], "proof": inner} if known else inner


def known_terms(stage: Stage, polys: Sequence[nf.Poly]) -> list[Term]:
    """Assumptions, lemmas and the ends of intervals, as terms."""
    terms = list(stage.assumed(stage.here.used))
    atoms = atoms_of([*polys, *(t.poly for t in terms)])
    return terms + list(stage.ends(atoms))


def packed(
    statement: Relation,
    here: kernel.Setting,
    known: Sequence[Lemma],
    final: Callable[[kernel.Setting], Entry],
    found: Found,
) -> Iterator[Entry]:
    """The entry with the lemmas that the sum uses; with all of them where it rests on more."""
    used = {id(t) for c in found[0] for t in c.terms}
    trees = {t.tree for c in found[0] for t in c.terms if id(t) in used}
    needed = [lemma for lemma in known if any(_slack(lemma.statement) in (t, *_inside(t)) for t in trees)]
    assumed = [lemma for lemma in known if lemma.entry.get("fact") in ("given", "root") or lemma in needed]
    for k, chosen in enumerate((needed, assumed, list(known))):
        if k and chosen == needed:
            continue
        try:
            inner = final(with_lemmas(here, chosen))
        except CertificateError:
            continue
        data = [lemma.data() for lemma in chosen]
        yield {"rule": "have", "lemmas": data, "proof": inner} if chosen else inner


def _slack(statement: Relation) -> Tree:
    (operator,), (a, b) = statement.operators, statement.operands
    return minus(b, a) if operator in ("<", "<=") else minus(a, b)


def _inside(tree: Tree) -> Sequence[Tree]:
    return getattr(tree, "factors", ())


METHOD = Method("combination", ("have", "known", "contradiction", "vanishing", "squeeze"), entries, steps)
PLAIN = Method("sums", (), plain_entries, steps)
"""The same without a search for lemmas, asked first."""
