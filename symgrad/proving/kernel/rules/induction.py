"""Induction on an integer letter: the first case by itself, then n + 1 from a multiple of the claim."""

from __future__ import annotations

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
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
    substitute,
    walk,
)
from symgrad.proving.kernel.depth.loop import Loop
from symgrad.proving.kernel.depth.readings import stems
from symgrad.proving.kernel.depth.series import same
from symgrad.proving.kernel.rules.entry import Entry, Prove, only
from symgrad.proving.kernel.rules.ranges import defined, form, letters_of
from symgrad.proving.kernel.setting import Setting
from symgrad.proving.kernel.written import spelled_out


def induction(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """Right - left at n + 1 = factor * (right - left at n) + rest, with factor >= 0 and rest >= 0.

    For an equation the rest is 0 and the factor anything. `first` proves the claim at `start`; the letter
    certainly is an integer >= start, and no assumption that is used mentions it otherwise.
    """
    match statement:
        case Relation(("=" | "<=" | ">=" as operator,), (a, b)):
            left, right = (a, b) if operator != ">=" else (b, a)
        case _:
            raise CertificateError("certificate-rule")
    only(entry, "letter", "start", "first", "factor", "rest", "signs")
    letter, start = entry["letter"], from_data(entry["start"])
    if not isinstance(letter, str) or letter in stems(start) or _bound(statement, letter):
        raise CertificateError("certificate-malformed", problem="letter")
    if not letters_of(here, statement).at_least(start, Name(letter)):
        raise CertificateError("certificate-missing")
    initial, there = first_case(statement, here, letter, start)
    prove(initial, entry["first"], there)
    factor, rest = from_data(entry["factor"]), from_data(entry["rest"])
    step = next_case(statement, here, letter, start, factor, rest)
    loop = None if here.families is None else here.families.loop
    further = moved(Name(letter), 1)
    later = [at(side, {letter: further}) for side in (left, right)]
    if loop is not None and letters_of(step, statement).at_least(number(loop.low - 1), start):
        later = [recursed(side, loop, further) for side in later]
    left, right, *later = (put_in(side, step, letter) for side in (left, right, *later))
    gap = Add((later[1], Neg(later[0])))
    made = Add((Mul((factor, Add((right, Neg(left))))), rest))
    if not same((gap, made), form(step, letters_of(step, statement, *later))):
        raise CertificateError("certificate-identity")
    if operator == "=":
        if rest != ZERO or entry["signs"] is not None:
            raise CertificateError("certificate-sign")
        return
    defined((left, right, *later, factor, rest), step)
    first, second = entry["signs"]
    prove(Relation((">=",), (factor, ZERO)), first, step)
    prove(Relation((">=",), (rest, ZERO)), second, step)


def _bound(statement: Tree, letter: str) -> bool:
    return any(isinstance(n, BigOp) and n.index == letter for n in walk(statement))


def _free_of(here: Setting, letter: str) -> list[Tree]:
    return [u for u in here.used if letter not in stems(u)]


def first_case(statement: Tree, here: Setting, letter: str, start: Tree) -> tuple[Tree, Setting]:
    """The claim at the start, and what holds there: nothing that is known of the letter itself."""
    kept = _free_of(here, letter)
    there = spelled_out(at(statement, {letter: start}), here.functions)
    return _unfolded(there, here), here.using((*kept, *_families(here, letter, there, kept)))


def _families(here: Setting, letter: str, tree: Tree, kept: list[Tree]) -> list[Tree]:
    if here.families is None:
        return []
    families = here.families
    letters = letters_of(here.using(kept), tree)
    return families.pieces(names_in(tree), letters, here.used, timeless=True)


def next_case(statement: Tree, here: Setting, letter: str, start: Tree, *more: Tree) -> Setting:
    """What holds in the step: the letter is an integer >= start; families that mention no depth."""
    place = Name(letter)
    kept = [*_free_of(here, letter), Is(place, "integer"), Relation(("<=",), (start, place))]
    further = Logic("and", (at(statement, {letter: moved(Name(letter), 1)}), *more))
    return here.using((*kept, *_families(here, letter, further, kept)))


def recursed(tree: Tree, loop: Loop, place: Tree) -> Tree:
    """The tree with what the loop makes at a place put in by its equations."""
    for name, body in reversed(loop.layer(place)):
        tree = _replaced(tree, name, body)
    return tree


def put_in(tree: Tree, here: Setting, letter: str) -> Tree:
    """The tree with what is known to be a number; no letter of a place."""
    letters = {letter} | {n.index for n in walk(tree) if isinstance(n, BigOp)}
    settled = {n: v for n, v in here.settled.items() if not letters & stems(n)}
    return substitute(tree, settled)


def _replaced(tree: Tree, name: Name, body: Tree) -> Tree:
    if tree == name:
        return body
    return rebuild(tree, lambda child: _replaced(child, name, body))


def _unfolded(tree: Tree, here: Setting) -> Tree:
    """The first case with initial values put in by the equations before the loop."""
    loop = None if here.families is None else here.families.loop
    for name, body in () if loop is None else reversed(loop.before):
        tree = _replaced(tree, name, body)
    return tree
