"""Differences without slope, and Lipschitz constants that are no fractions: by the derivative."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data, to_data
from symgrad.notation.tree import ONE, Apply, Mul, Number, Relation, Tree, names_in, substitute, walk
from symgrad.proving.kernel.enclosures.intervals import LINE
from symgrad.proving.kernel.gradient import times
from symgrad.proving.kernel.rules.entry import comparison
from symgrad.proving.kernel.rules.slopes import distance, steady, steepest
from symgrad.proving.kernel.setting import Setting, setting
from symgrad.proving.methods.method import Entry, Method, Prove, Word
from symgrad.proving.places import range_line
from symgrad.proving.problem import Problem
from symgrad.values.phrase import Phrase

PLACES = tuple(map(Fraction, ("1", "0", "-1", "2", "-2", "1/2", "-1/2", "3", "-3")))
STEPS = (Fraction(1), Fraction(-1))


def entries(statement: Relation, here: Setting, problem: Problem, prove: Prove) -> Iterator[Entry]:
    """A place for a constant difference; the slope's bound for a Lipschitz constant."""
    operator, a, b = comparison(statement, here)
    if len(set(names_in(statement))) == 1:
        yield from _constant(statement, here)
    elif operator in ("<=", ">="):
        yield from _lipschitz(*((a, b) if operator == "<=" else (b, a)), here, prove)


def _constant(statement: Relation, here: Setting) -> Iterator[Entry]:
    try:
        _, _, _, domain = steady(statement, here)
    except CertificateError:
        return
    ends = [end for end in (domain.low, domain.high) if end is not None]
    places = [*PLACES, *(end + step for end in ends for step in STEPS)]
    if len(ends) == 2:
        places.append((ends[0] + ends[1]) / 2)
    for place in places:
        yield {"rule": "constant", "at": to_data(Number(place))}


def _lipschitz(smaller: Tree, larger: Tree, here: Setting, prove: Prove) -> Iterator[Entry]:
    values = [n for n in dict.fromkeys(walk(smaller)) if isinstance(n, Apply) and len(n.arguments) == 1]
    sizes = [n for n in dict.fromkeys(walk(larger)) if isinstance(n, Apply) and n.function.stem == "abs"]
    for first, second in combinations(values, 2):
        try:
            apart = distance(first, second, here)
        except CertificateError:
            continue
        for size in sizes:
            bound = _without(larger, size)
            if names_in(bound) or set(names_in(size)) != set(names_in(apart)):
                continue
            proof = prove(steepest(first, bound), setting(here.functions, (), ()))
            if proof is not None:
                at = [to_data(first), to_data(second)]
                yield {"rule": "lipschitz", "at": at, "bound": to_data(bound), "proof": proof}


def _without(tree: Tree, size: Tree) -> Tree:
    """The tree with 1 for a size, no product keeping it."""
    if isinstance(tree, Mul) and size in tree.factors:
        return times([factor for factor in tree.factors if factor != size])
    return substitute(tree, {size: ONE})


def steps(problem: Problem, statement: Tree, entry: Entry, here: Setting, word: Word) -> Iterator[Phrase]:
    """Why the difference is constant and what it is; or what is to be shown of the slope."""
    if entry["rule"] == "constant":
        _, _, x, domain = steady(statement, here)
        at = Relation(("=",), (x, from_data(entry["at"])))
        line = substitute(statement, {x: from_data(entry["at"])})
        if domain == LINE:
            yield Phrase.of("proofs.slope-zero", at=at, line=line)
        else:
            yield Phrase.of("proofs.slope-zero-on", where=range_line(x, domain), at=at, line=line)
        return
    line = steepest(from_data(entry["at"][0]), from_data(entry["bound"]))
    yield Phrase.of("proofs.slope-bounded", line=line, letter=names_in(line)[0])
    yield from word(line, entry["proof"], setting(here.functions, (), ()))


METHOD = Method("slopes", ("constant", "lipschitz"), entries, steps)
