"""Induction on an integer letter: the first case by itself, then n + 1 from a multiple of the claim."""

from __future__ import annotations

from dataclasses import dataclass, replace

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.indices import linear
from symgrad.notation.places import at, moved
from symgrad.notation.tree import (
    ZERO,
    Add,
    BigOp,
    Is,
    Logic,
    Mul,
    Name,
    Neg,
    Relation,
    Tree,
    names_in,
    number,
    rebuild,
)
from symgrad.proving.kernel.depth.loop import Lines
from symgrad.proving.kernel.depth.readings import binds, stems
from symgrad.proving.kernel.depth.series import BOUND, same
from symgrad.proving.kernel.rules.entry import Entry, Prove, only
from symgrad.proving.kernel.rules.places import unlabelled
from symgrad.proving.kernel.rules.ranges import defined, form, letters_of, missing
from symgrad.proving.kernel.setting import Setting, setting
from symgrad.proving.kernel.written import spelled_out


@dataclass(frozen=True, slots=True)
class Step:
    """From n to n + 1: what holds there, both sides at n, and at n + 1."""

    setting: Setting
    now: tuple[Tree, Tree]
    later: tuple[Tree, Tree]

    @property
    def gaps(self) -> tuple[Tree, Tree]:
        """Right - left, at n and at n + 1."""
        (a, b), (c, d) = self.now, self.later
        return Add((b, Neg(a))), Add((d, Neg(c)))


def induction(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """Right - left at n + 1 = factor * (right - left at n) + rest, with factor >= 0 and rest >= 0.

    For an equation the rest is 0 and the factor anything. `first` proves the claim at `start`; the letter
    certainly is an integer >= start, and nothing that is used depends on it otherwise.
    """
    only(entry, "letter", "start", "first", "factor", "rest", "signs")
    letter, start = entry["letter"], from_data(entry["start"])
    whole = linear(start)
    if not isinstance(letter, str) or letter in stems(start) or binds(statement, letter):
        raise CertificateError("certificate-malformed", problem="letter")
    if whole is None or any(c.denominator != 1 for c in (whole[1], *dict(whole[0]).values())):
        raise CertificateError("certificate-malformed", problem="start")
    unlabelled(letter, here)
    if not letters_of(here, statement).at_least(start, Name(letter)):
        raise CertificateError("certificate-missing")
    initial, there = first_case(statement, here, letter, start)
    prove(initial, entry["first"], there)
    factor, rest = from_data(entry["factor"]), from_data(entry["rest"])
    step = next_case(statement, here, letter, start, factor, rest)
    gap, later = step.gaps
    made = Add((Mul((factor, gap)), rest))
    if not same((later, made), form(step.setting, letters_of(step.setting, *step.now, *step.later))):
        raise CertificateError("certificate-identity")
    if isinstance(statement, Relation) and statement.operators == ("=",):
        if rest != ZERO or entry["signs"] is not None:
            raise CertificateError("certificate-sign")
        _nested_domains(step, factor, letter)
        return
    defined((*step.now, *step.later, factor, rest), step.setting)
    first, second = entry["signs"]
    prove(Relation((">=",), (factor, ZERO)), first, step.setting)
    prove(Relation((">=",), (rest, ZERO)), second, step.setting)


def _nested_domains(step: Step, factor: Tree, letter: str) -> None:
    """Where both sides of an equation have a value at n + 1, they have one at n, and so has the factor."""

    def within_the_later(node: BigOp) -> bool:
        form = linear(node.high)
        grows = form is not None and dict(form[0]).get(letter, 0) >= 0
        return grows and letter not in stems(node.body) | stems(node.low)

    given = missing(step.later, step.setting, lambda node: True)
    given = [condition for condition in given if not any(stem.startswith(BOUND) for stem in stems(condition))]
    here = step.setting.using((*step.setting.used, *given))
    if missing((*step.now, factor), here, within_the_later):
        raise CertificateError("certificate-missing")


def _sides(statement: Tree) -> tuple[Tree, Tree]:
    """Left and right of an equation; the smaller and the larger side of a comparison."""
    match statement:
        case Relation(("=" | "<=",), (a, b)) | Relation((">=",), (b, a)):
            return a, b
    raise CertificateError("certificate-rule")


def first_case(statement: Tree, here: Setting, letter: str, start: Tree) -> tuple[Tree, Setting]:
    """The claim at the start, and what holds there: nothing that is known of the letter itself."""
    there = spelled_out(at(statement, {letter: start}), here.functions)
    inner = _case(here, letter, start, there)
    loop = None if here.families is None else here.families.loop
    return (there if loop is None else _unfolded(there, loop.before)), inner


def next_case(statement: Tree, here: Setting, letter: str, start: Tree, *more: Tree) -> Step:
    """The letter is an integer >= start; what the layers make at n + 1 is put in by their equations."""
    place, further = Name(letter), moved(Name(letter), 1)
    later = at(statement, {letter: further})
    known = (Is(place, "integer"), Relation(("<=",), (start, place)))
    inner = _case(here, letter, further, Logic("and", (later, *more)), *known)
    loop = None if inner.families is None else inner.families.loop
    if loop is not None and letters_of(inner, statement).at_least(number(loop.low - 1), start):
        later = _unfolded(later, loop.layer(further))
    now, later = inner.with_settled(statement), inner.with_settled(later)
    return Step(inner, _sides(now), _sides(later))


def _case(here: Setting, letter: str, last: Tree, tree: Tree, *known: Tree) -> Setting:
    """What holds whatever the letter is, for the members in a tree; `last` is the letter's value there."""
    inner = here.without(letter)
    inner = inner.using((*inner.used, *known))
    families = inner.families
    if families is None:
        return inner
    if families.loop is not None:
        families = replace(families, last=at(families.loop.high, {letter: last}))
    found = families.pieces(names_in(tree), letters_of(inner, tree), here.used)
    return setting(inner.functions, inner.definitions, (*inner.used, *found), families, inner.shapes)


def _unfolded(tree: Tree, lines: Lines) -> Tree:
    """The tree with names put in by their equations, the last first."""
    for name, body in reversed(lines):
        tree = _replaced(tree, name, body)
    return tree


def _replaced(tree: Tree, name: Name, body: Tree) -> Tree:
    if tree == name:
        return body
    if isinstance(tree, BigOp) and tree.index in stems(body):
        return tree
    return rebuild(tree, lambda child: _replaced(child, name, body))
