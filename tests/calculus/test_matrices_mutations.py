"""A corrupted derivation through vectors and matrices is refused, whatever was corrupted in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from symgrad.calculus.check import check
from symgrad.calculus.derive import derive
from symgrad.calculus.matrices.forms import is_symmetric
from symgrad.calculus.matrices.layout import in_numerator_layout
from symgrad.errors import DerivationError
from symgrad.network.build import build
from symgrad.network.graph import Network
from symgrad.network.shapes import Shapes
from symgrad.notation.chainfile import read_chain
from symgrad.notation.reader import read
from symgrad.notation.tree import (
    Add,
    Apply,
    Derivative,
    Div,
    Mul,
    Name,
    Neg,
    Number,
    Transpose,
    Tree,
    number,
    rebuild,
    strip_spans,
    substitute,
    walk,
)
from symgrad.notation.writers.plain import plain
from symgrad.values.derivation import Derivation
from tests.helpers import EXAMPLES

CASES = [
    ("mlp", "W_1", None), ("mlp", "h_1", "h_3"), ("residual_net", "W_1", None),
    ("residual_net", "h_1", "h_3"),
    ("rnn_net", "W", None), ("rnn_net", "b", None), ("autoencoder", "W", None), ("batchnorm", "x", None),
    ("batchnorm", "x", "o"), ("layernorm", "W", None), ("attention", "K", None), ("attention", "q", "o"),
    ("regularised", "W", None), ("lstm_net", "W_f", None), ("gru_net", "W_n", None), ("softmax", "W", None),
]  # fmt: skip


def name(text: str) -> Name:
    tree = strip_spans(read(text))
    assert isinstance(tree, Name)
    return tree


def derived(file: str, wrt: str, of: str | None) -> tuple[Network, Derivation]:
    network = build(read_chain((EXAMPLES / f"{file}.chain").read_text("utf-8"), f"{file}.chain"))
    return network, derive(network, name(wrt), None if of is None else name(of))


def corrupted(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """The tree with one thing wrong: a transpose lost, two factors swapped, a term or factor dropped..."""
    yield "sign", Neg(tree)
    yield "number", Div(tree, number(2))
    for node in dict.fromkeys(walk(tree)):
        match node:
            case Transpose(operand):
                yield "lost transpose", substitute(tree, {node: operand})
            case Mul(factors):
                if not any(isinstance(f, Number) for f in factors[:2]):
                    swapped = Mul((factors[1], factors[0], *factors[2:]))
                    yield "swapped order", substitute(tree, {node: swapped})
                for place, factor in enumerate(factors):
                    if isinstance(factor, Apply) and factor.function.stem in ("eye", "ones"):
                        continue  # a number acts on every entry anyhow
                    rest = (*factors[:place], *factors[place + 1 :])
                    short = rest[0] if len(rest) == 1 else Mul(rest)
                    yield "dropped factor", substitute(tree, {node: short})
            case Add(terms):
                for place in range(len(terms)):
                    rest = (*terms[:place], *terms[place + 1 :])
                    yield "dropped term", substitute(tree, {node: rest[0] if len(rest) == 1 else Add(rest)})
            case Name(indices=(Number(value),)) if node.stem != "\u2022":
                moved = replace(node, indices=(number(value + 1),))
                yield "shifted index", moved_name(tree, node, moved)


def moved_name(tree: Tree, old: Name, new: Name) -> Tree:
    """The tree with a name replaced where it stands as a factor, not inside derivative tokens."""
    if tree == old:
        return new
    if isinstance(tree, Derivative):
        return tree
    return rebuild(tree, lambda child: moved_name(child, old, new))


def commutes(network: Network, what: str, tree: Tree, wrong: Tree) -> bool:
    """Whether a swap only moved a number or changed nothing that counts."""
    if tree == wrong:
        return True
    if network.assumptions and plain(tree) == "p sum(y) - y":
        return what in ("dropped factor", "swapped order")  # the chain assumes that the factor is 1
    if what != "swapped order":
        return False
    shapes = Shapes(network.shapes)
    for node in walk(tree):
        if isinstance(node, Mul):
            a, b = node.factors[:2]
            try:
                diagonal = is_symmetric(a) and is_symmetric(b)  # sums of diagonal matrices commute
                if not shapes.of(a) or not shapes.of(b) or a == b or diagonal:
                    return True
            except ValueError:
                return True
    return False


def refused(network: Network, wrong: Derivation) -> bool:
    try:
        check(network, wrong)
    except DerivationError:
        return True
    return False


@pytest.mark.parametrize(("file", "wrt", "of"), CASES)
def test_a_wrong_step_is_refused(file: str, wrt: str, of: str | None) -> None:
    network, good = derived(file, wrt, of)
    assert check(network, good)
    tried = 0
    for place, step in enumerate(good.steps):
        for what, after in corrupted(step.after):
            if commutes(network, what, step.after, after):
                continue
            steps = (*good.steps[:place], replace(step, after=after), *good.steps[place + 1 :])
            tried += 1
            assert refused(network, replace(good, steps=steps)), (what, plain(step.after), plain(after))
    assert tried > 10


@pytest.mark.parametrize(("file", "wrt", "of"), CASES)
def test_a_wrong_result_is_refused(file: str, wrt: str, of: str | None) -> None:
    network, good = derived(file, wrt, of)
    whole = good.factors[0] if len(good.factors) == 1 else Mul(good.factors)
    for what, wrong in corrupted(whole):
        if not commutes(network, what, whole, wrong):
            assert refused(network, replace(good, factors=(wrong,))), (what, plain(wrong))
    for place, (token, value) in enumerate(good.kept):
        for what, wrong in corrupted(value):
            if not commutes(network, what, value, wrong):
                kept = (*good.kept[:place], (token, wrong), *good.kept[place + 1 :])
                assert refused(network, replace(good, kept=kept)), (what, plain(wrong))


@pytest.mark.parametrize(("file", "wrt", "of"), CASES)
def test_a_dropped_added_or_foreign_step_is_refused(file: str, wrt: str, of: str | None) -> None:
    network, good = derived(file, wrt, of)
    rewriting = ("cancelled", "by-assumption", "normalised")
    for place, step in enumerate(good.steps):
        without = replace(good, steps=good.steps[:place] + good.steps[place + 1 :])
        if step.rule not in rewriting:  # without one of these the derivation is still true
            assert refused(network, without), step.rule
        if step.equation is not None:
            twice = replace(good, steps=(*good.steps[:place], step, *good.steps[place:]))
            assert refused(network, twice)
            left, right = step.equation.operands
            other = replace(step, equation=replace(step.equation, operands=(left, Neg(right))))
            assert refused(
                network, replace(good, steps=(*good.steps[:place], other, *good.steps[place + 1 :]))
            )


def test_the_layouts_are_not_mixed_up() -> None:
    network, good = derived("mlp", "W_1", None)
    turned = in_numerator_layout(good, Shapes(network.shapes))
    assert check(network, turned)
    assert refused(network, replace(turned, notes=good.notes))
    assert refused(network, replace(good, notes=turned.notes))
    assert refused(network, replace(good, factors=turned.factors))


def test_an_assumption_that_the_chain_does_not_make_is_not_used() -> None:
    network, good = derived("regularised", "b", None)
    assert plain(good.kept[0][1] if good.kept else good.factors[0]) == "p - y"
    honest = replace(network, assumptions=())
    assert refused(honest, good)
    assert plain(derive(honest, name("b")).kept[0][1]) == "p sum(y) - y"
