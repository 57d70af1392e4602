"""Slips that show in letters: a range off by one, a sum for a product, an index off by one, a part left out.

Each is the answer with that one slip mended; nothing here decides whether it then is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symgrad.calculus.tidy import factors_of
from symgrad.grading.objective_slips import range_edits
from symgrad.notation.indices import linear
from symgrad.notation.places import at, moved
from symgrad.notation.tree import Add, BigOp, Derivative, Mul, Name, Tree, substitute, walk
from symgrad.notation.writers.plain import plain
from symgrad.values.mark import Mistake


def depth_edits(answer: Tree, gold: Tree) -> Iterator[tuple[Mistake, Tree]]:
    """The answer with one slip mended, the likeliest first."""
    yield from range_edits(answer)
    yield from shifted_edits(answer)
    yield from kind_edits(answer)
    yield from index_edits(answer)
    yield from part_edits(answer, gold)


def operators(tree: Tree) -> tuple[BigOp, ...]:
    """The products and sums of a tree, each once."""
    return tuple(dict.fromkeys(node for node in walk(tree) if isinstance(node, BigOp)))


def shifted_edits(answer: Tree) -> Iterator[tuple[Mistake, Tree]]:
    """The answer with all indices under one product or sum moved by one: w_i f'(s_i) in the wrong layer."""
    for node in operators(answer):
        for by in (1, -1):
            body = at(node.body, {node.index: moved(Name(node.index), by)})
            mistake = Mistake(
                "wrong-index", f"{plain(node.body)} -> {plain(body)}", None, (node.body,), (body,)
            )
            yield mistake, substitute(answer, {node: replace(node, body=body)})


def kind_edits(answer: Tree) -> Iterator[tuple[Mistake, Tree]]:
    """The answer with one sum made a product."""
    for node in operators(answer):
        if node.kind == "sum":
            mended = replace(node, kind="prod")
            yield (
                Mistake("sum-for-product", "", None, (node,), (mended,)),
                substitute(answer, {node: mended}),
            )


def index_edits(answer: Tree) -> Iterator[tuple[Mistake, Tree]]:
    """The answer with the index of one name moved by one, wherever the name stands."""
    # Derivative tokens stay as they are.
    tokens: dict[Tree, Tree] = {node: node for node in walk(answer) if isinstance(node, Derivative)}
    for node in dict.fromkeys(walk(answer)):
        if not isinstance(node, Name) or len(node.indices) != 1:
            continue
        form = linear(node.indices[0])
        if form is None or not form[0]:
            continue
        for by in (1, -1):
            mended = replace(node, indices=(moved(node.indices[0], by),))
            mistake = Mistake("wrong-index", f"{plain(node)} -> {plain(mended)}", None, (node,), (mended,))
            yield mistake, substitute(answer, {**tokens, node: mended})


def part_edits(answer: Tree, gold: Tree) -> Iterator[tuple[Mistake, Tree]]:
    """The answer with a term that it lost, or a factor that one of its products or sums lost."""
    if isinstance(gold, Add):
        for term in gold.terms:
            mistake = Mistake("dropped-term", plain(term), None, (), (term,))
            yield mistake, Add((*(answer.terms if isinstance(answer, Add) else (answer,)), term))
    for node in operators(answer):
        for other in operators(gold):
            for factor in factors_of(other.body) if other.kind == node.kind else ():
                lost = at(factor, {other.index: Name(node.index)})
                mended = replace(node, body=Mul((*factors_of(node.body), lost)))
                mistake = Mistake("missing-factor", plain(lost), None, (), (lost,))
                yield mistake, substitute(answer, {node: mended})
