"""Square roots: both sides squared, where the larger side is known not to be negative."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.notation.codec import from_data, to_data
from symgrad.notation.tree import ZERO, Add, Neg, Pow, Relation, Tree, number, substitute, walk
from symgrad.proving import kernel
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.rules.squares import is_root, reduced
from symgrad.proving.methods.doubt import fails
from symgrad.proving.methods.method import Entry, Method, Prove, Word
from symgrad.proving.problem import Problem
from symgrad.values.phrase import Phrase

MAX_TERMS, MAX_SQUARED = 12, 60


def entries(statement: Relation, here: kernel.Setting, problem: Problem, prove: Prove) -> Iterator[Entry]:
    """S <= L from S^2 <= L^2 and L >= 0."""
    (operator,), (a, b) = statement.operators, statement.operands
    if operator not in ("<", "<=", ">", ">=") or not any(map(is_root, walk(statement))):
        return
    a, b = (substitute(side, here.settled) for side in (a, b))
    smaller, larger = (a, b) if operator in ("<", "<=") else (b, a)
    bounds = here.bounds(a, b)
    gap = bounds.normal(Add((larger, Neg(smaller))))
    if gap.denominator != nf.constant(1) or not 0 < len(gap.numerator) <= MAX_TERMS:
        return
    polys, asked = parted(gap.numerator), as_asked(statement, bounds)
    if polys is None:
        return
    sides = [substitute(nf.to_tree(poly), asked) for poly in polys]
    if not bounds.enclose(sides[1]).nonnegative:
        return
    squares = [reduced(Pow(side, number(2)), bounds.normal) for side in sides]
    if max(map(len, squares)) > MAX_SQUARED:
        return
    below, above = (substitute(nf.to_tree(poly), asked) for poly in squares)
    claim = Relation(("<" if operator in ("<", ">") else "<=",), (below, above))
    if not fails(claim, here) and (proof := prove(claim, here)) is not None:
        yield {
            "rule": "squares",
            "sides": [to_data(side) for side in sides],
            "squares": [to_data(below), to_data(above)],
            "proof": proof,
        }


def parted(gap: nf.Poly) -> tuple[nf.Poly, nf.Poly] | None:
    """Gap = larger - smaller, with the roots that help alone on the larger side; None without a root."""
    rooted = {m: c for m, c in gap.items() if any(is_root(base) and n % 2 for base, n in m)}
    helping = {m: c for m, c in rooted.items() if c > 0}
    if not rooted:
        return None
    larger = helping or {m: c for m, c in gap.items() if m not in rooted}
    smaller = {m: -c for m, c in gap.items() if m not in larger}
    return (smaller, larger) if smaller and larger else None


def as_asked(statement: Relation, bounds: Bounds) -> dict[Tree, Tree]:
    """The roots in normal form -> as the claim writes them, where they are seen to be defined."""
    found: dict[Tree, Tree] = {}
    for node in walk(statement):
        if is_root(node):
            ((monomial, _),) = bounds.normal(node).numerator.items()
            found.update((base, node) for base, _ in monomial)
    return found


def steps(
    problem: Problem, statement: Tree, entry: Entry, here: kernel.Setting, word: Word
) -> Iterator[Phrase]:
    """Why squares may be compared, then the comparison of the squares."""
    assert isinstance(statement, Relation)
    smaller, larger = (from_data(side) for side in entry["sides"])
    below, above = (from_data(square) for square in entry["squares"])
    operators = ("<" if statement.operators[0] in ("<", ">") else "<=",)
    asked = Relation(operators, (smaller, larger))
    line = Relation(operators, (below, above))
    yield Phrase.of("proofs.squares", asked=asked, larger=Relation((">=",), (larger, ZERO)), line=line)
    yield from word(line, entry["proof"], here)


METHOD = Method("squared", ("squares",), entries, steps)
