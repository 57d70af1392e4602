"""What the gradient of a shared parameter can do where no function stands between layers: grow, or cancel."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import islice
from itertools import product as choices

from symgrad.lessons.inputs import NoteInputs
from symgrad.lessons.numbers import exactly
from symgrad.lessons.sections.bound import absolute, all_equal, at_most, equal
from symgrad.notation.tree import Add, Apply, Derivative, Mul, Name, Tree, names_in, number, walk
from symgrad.rendering.document import Block, Formula, Paragraph, Section
from symgrad.rendering.folding import index_of
from symgrad.values.derivation import Derivation
from symgrad.values.phrase import Phrase
from symgrad.values.proof import Claim


def weights_of_sum(deep: Derivation) -> tuple[Name, ...]:
    """The weights of a gradient that is (sum of products of weights) times one kept factor, else none."""
    factor = deep.factors[0]
    if (
        deep.path
        or not deep.kept
        or len(deep.factors) != 2
        or any(isinstance(x, Apply | Derivative) for x in walk(factor))
    ):
        return ()
    return tuple(sorted(names_in(factor), key=lambda name: index_of(name) or 0))


def sum_section(inputs: NoteInputs, deep: Derivation) -> Section | None:
    """The bound of the sum, and below it how both extremes come about without the assumption."""
    weights = weights_of_sum(deep)
    if not weights:
        return None
    factor, kept = deep.factors[0], deep.kept[0][0]
    count = _terms(factor)
    given = tuple(at_most(absolute(w), number(1)) for w in weights)
    claim = at_most(absolute(deep.goal), Mul((number(count), absolute(kept))))
    blocks: list[Block] = [Paragraph((Phrase.of("notes.sum-no-slope", factor=factor, count=count),))]
    if inputs.prove(Claim(claim, given)).verdict == "proved":
        blocks.append(Formula(((claim,),), (given,)))
    said = []
    for id, values in (
        ("sum-grows", _all(weights, Fraction(2))),
        ("sum-cancels", _cancelling(factor, weights)),
    ):
        if values is not None:
            total = exactly(factor, dict[Tree, Fraction](values.items()), {})
            same = len(set(values.values())) == 1
            point = (
                (all_equal(weights, number(values[weights[0]])),)
                if same
                else tuple(equal(w, number(v)) for w, v in values.items())
            )
            said.append(
                Phrase.of(
                    f"notes.{id}", point=point, total=equal(factor, number(total)), parameter=deep.goal.by
                )
            )
    blocks.append(Paragraph(tuple(said), Phrase.of("notes.sum-both-ways")))
    return Section(tuple(blocks), Phrase.of("notes.sum-heading", parameter=deep.goal.by))


def _terms(tree: Tree) -> int:
    return len(tree.terms) if isinstance(tree, Add) else 1


def _all(weights: Sequence[Name], value: Fraction) -> dict[Name, Fraction]:
    return {weight: value for weight in weights}


def _cancelling(factor: Tree, weights: Sequence[Name]) -> dict[Name, Fraction] | None:
    """Small whole weights, none of them zero if possible, at which the factor vanishes."""
    for sizes in ((1, -1, 2, -2), (1, -1, 0)):
        for combination in islice(choices(sizes, repeat=len(weights)), 4096):
            values = {w: Fraction(v) for w, v in zip(weights, combination, strict=True)}
            if exactly(factor, dict[Tree, Fraction](values.items()), {}) == 0:
                return values
    return None
