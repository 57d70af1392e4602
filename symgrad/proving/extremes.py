"""Certified bounds for people: the largest and the least value of a function, and where it is taken."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symgrad.functions import registry
from symgrad.functions.questionnaire import Extremum
from symgrad.notation.tree import Apply, Name, Number, Relation, Tree, rebuild, substitute
from symgrad.proving.kernel.analysis.extrema import X
from symgrad.proving.kernel.enclosures.ranges import function_range
from symgrad.proving.kernel.functions import stated
from symgrad.proving.places import numeral
from symgrad.values.phrase import Phrase


def extremes(name: str, node: Apply, low: bool = True, high: bool = True) -> Iterator[Phrase]:
    """What is said about f(t), f'(t) or f''(t), on the sides asked for: only what the kernel proved."""
    own = function_range(name, node.order)
    (letter,) = node.arguments
    for extremum in stated(name, node.order):
        above = extremum.side == "high"
        if (high if above else low) and (own.high if above else own.low) == extremum.bound:
            yield _said(extremum, name, node, letter)


def _said(extremum: Extremum, name: str, slope: Apply, letter: Tree) -> Phrase:
    def written(text: str) -> Tree:
        return _renamed(substitute(registry.formula(text), {X: letter}), name, slope.function)

    operator = ("<" if extremum.side == "high" else ">") + ("=" if extremum.attained else "")
    line = Relation((operator,), (slope, numeral(extremum.bound)))
    high = extremum.side == "high"
    if not extremum.at:
        limit = written(extremum.value)
        return Phrase.of("proofs.extreme-limit", line=Relation((operator,), (slope, limit)), value=limit)
    place = written(extremum.at)
    if extremum.value:
        id_ = "proofs.greatest-exactly" if high else "proofs.least-exactly"
        return Phrase.of(id_, line=line, value=written(extremum.value), place=place)
    near = Relation(("=",), (letter, _short(extremum.near)))
    return Phrase.of("proofs.greatest" if high else "proofs.least", line=line, place=place, near=near)


def _short(value: Fraction) -> Number:
    """Three decimals."""
    return Number(Fraction(round(value * 1000), 1000), decimal=True)


def _renamed(tree: Tree, name: str, function: Name) -> Tree:
    """The tree with f called what the claim calls it."""

    def change(node: Tree) -> Tree:
        node = rebuild(node, change)
        if isinstance(node, Apply) and node.function == Name(name):
            return Apply(function, node.arguments, node.order, node.options)
        return node

    return change(tree)
