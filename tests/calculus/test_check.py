"""Every mutation of a derivation is rejected: the checker trusts nothing that it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from symgrad.calculus.check import check
from symgrad.calculus.derive import derive
from symgrad.errors import DerivationError
from symgrad.network.graph import Network
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    Derivative,
    Mul,
    Name,
    Neg,
    Number,
    Tree,
    number,
    rebuild,
)
from symgrad.values.derivation import Derivation
from tests.calculus.chains import chain, named, nielsen, scalar_chains

NETWORK = nielsen()
GOOD = derive(NETWORK, named("b", 1))
TIED = chain("parameters w, b\ny_0 = x\nfor j in 1..3:\n    y_j = w_j y_{j-1} + b\nL = (y_3 - t)^2/2\n")
SUM = derive(TIED, Name("b"))


def rejected(network: Network, derivation: Derivation) -> bool:
    try:
        check(network, derivation)
    except DerivationError:
        return True
    return False


def with_factors(derivation: Derivation, factors: tuple[Tree, ...]) -> Derivation:
    """Other factors, the last step saying the same as they do."""
    last = replace(derivation.steps[-1], after=factors[0] if len(factors) == 1 else Mul(factors))
    return replace(derivation, factors=factors, steps=(*derivation.steps[:-1], last))


def with_step(derivation: Derivation, place: int, change: Callable[[Tree], Tree]) -> Derivation:
    steps = list(derivation.steps)
    steps[place] = replace(steps[place], after=change(steps[place].after))
    return replace(derivation, steps=tuple(steps))


def shifted(tree: Tree) -> Tree:
    """Every index one on."""
    moved = rebuild(tree, shifted)
    if isinstance(moved, Name) and moved.indices:
        return Name(
            moved.stem, tuple(number(i.value + 1) if isinstance(i, Number) else i for i in moved.indices)
        )
    return moved


def unprimed(tree: Tree) -> Tree:
    return Apply(tree.function, tree.arguments) if isinstance(tree, Apply) else tree


def test_the_untouched_derivations_are_accepted() -> None:
    assert check(NETWORK, GOOD).edges == 9
    assert check(TIED, SUM)


@pytest.mark.parametrize("place", range(len(GOOD.factors)))
def test_a_dropped_factor(place: int) -> None:
    assert rejected(NETWORK, with_factors(GOOD, GOOD.factors[:place] + GOOD.factors[place + 1 :]))


@pytest.mark.parametrize("place", range(len(GOOD.factors)))
def test_a_factor_twice(place: int) -> None:
    assert rejected(NETWORK, with_factors(GOOD, (*GOOD.factors, GOOD.factors[place])))


@pytest.mark.parametrize("place", range(len(GOOD.factors) - 1))
@pytest.mark.parametrize("change", [shifted, Neg, unprimed, lambda tree: Mul((number(2), tree))])
def test_a_changed_factor(place: int, change: Callable[[Tree], Tree]) -> None:
    factors = list(GOOD.factors)
    factors[place] = change(factors[place])
    if tuple(factors) != GOOD.factors:
        assert rejected(NETWORK, with_factors(GOOD, tuple(factors)))


def test_factors_that_only_the_last_step_denies() -> None:
    assert rejected(NETWORK, replace(GOOD, factors=GOOD.factors[:-1]))
    wrong = replace(GOOD.steps[-1], after=Mul(GOOD.factors[1:]))
    assert rejected(NETWORK, replace(GOOD, steps=(*GOOD.steps[:-1], wrong)))


@pytest.mark.parametrize("place", range(len(GOOD.steps) - 1))
@pytest.mark.parametrize("change", [shifted, Neg, unprimed, lambda tree: Add((tree, ONE))])
def test_a_changed_local_derivative(place: int, change: Callable[[Tree], Tree]) -> None:
    changed = with_step(GOOD, place, change)
    if changed != GOOD:
        assert rejected(NETWORK, changed)


@pytest.mark.parametrize("place", range(len(GOOD.steps)))
def test_a_dropped_step(place: int) -> None:
    assert rejected(NETWORK, replace(GOOD, steps=GOOD.steps[:place] + GOOD.steps[place + 1 :]))


@pytest.mark.parametrize("place", range(len(GOOD.steps) - 1))
def test_a_step_twice(place: int) -> None:
    assert rejected(
        NETWORK, replace(GOOD, steps=(*GOOD.steps[:place], GOOD.steps[place], *GOOD.steps[place:]))
    )


@pytest.mark.parametrize("place", range(len(GOOD.steps) - 1))
def test_a_step_between_other_names(place: int) -> None:
    steps = list(GOOD.steps)
    before = steps[place].before
    assert isinstance(before, Derivative)
    steps[place] = replace(steps[place], before=Derivative(before.of, named("a", 0)))
    assert rejected(NETWORK, replace(GOOD, steps=tuple(steps)))


@pytest.mark.parametrize("place", range(len(GOOD.steps) - 2))
def test_steps_out_of_order(place: int) -> None:
    steps = list(GOOD.steps)
    steps[place], steps[place + 1] = steps[place + 1], steps[place]
    assert rejected(NETWORK, replace(GOOD, steps=tuple(steps)))


@pytest.mark.parametrize(
    "change", [Neg, shifted, lambda tree: Add((Name("y"), Neg(named("a", 4)))), lambda tree: ONE]
)
def test_a_wrong_kept_value(change: Callable[[Tree], Tree]) -> None:
    token, value = GOOD.kept[0]
    assert rejected(NETWORK, replace(GOOD, kept=((token, change(value)),)))


def test_a_kept_token_must_be_a_derivative_of_the_goal() -> None:
    token = Derivative(Name("C"), named("a", 3))
    assert rejected(NETWORK, replace(GOOD, kept=((token, GOOD.kept[0][1]),)))


def test_the_derivation_of_another_parameter() -> None:
    other = derive(NETWORK, named("w", 1))
    assert rejected(NETWORK, replace(other, goal=GOOD.goal))
    assert rejected(NETWORK, replace(GOOD, goal=other.goal))
    assert rejected(nielsen(3), replace(GOOD, goal=GOOD.goal))


@pytest.mark.parametrize("place", [i for i, step in enumerate(SUM.steps) if step.rule == "sum-over-paths"])
@pytest.mark.parametrize("change", [Neg, lambda tree: Add((tree, ONE)), lambda tree: ONE])
def test_a_wrong_sum(place: int, change: Callable[[Tree], Tree]) -> None:
    assert rejected(TIED, with_step(SUM, place, change))


def test_a_sum_that_forgets_a_path() -> None:
    (place,) = [i for i, f in enumerate(SUM.factors) if isinstance(f, Add)]
    total = SUM.factors[place]
    assert isinstance(total, Add)
    for lost in range(len(total.terms)):
        rest = total.terms[:lost] + total.terms[lost + 1 :]
        factors = (*SUM.factors[:place], Add(rest) if len(rest) > 1 else rest[0], *SUM.factors[place + 1 :])
        assert rejected(TIED, with_factors(SUM, factors))


def test_zero_for_what_does_depend() -> None:
    empty = derive(chain("C = w x\nD = v C\n"), Name("v"), Name("C"))
    network = chain("C = w v\n")
    wrong = replace(empty, goal=Derivative(Name("C"), Name("v")))
    assert rejected(network, wrong)


@given(scalar_chains(), st.data())
def test_random_derivations_survive_no_mutation(text: str, data: st.DataObject) -> None:
    network = chain(text)
    good = derive(network, data.draw(st.sampled_from(network.leaves)))
    assert check(network, good)
    assume(good.factors != (number(0),))
    place = data.draw(st.integers(0, len(good.steps) - 1))
    assert rejected(network, replace(good, steps=good.steps[:place] + good.steps[place + 1 :]))
    # one more is another value even where the gradient is identically zero, as of ((w x + b) - x w)^2 by w
    assert rejected(network, with_step(good, place, lambda tree: Add((tree, ONE))))
    ahead = replace(good, factors=(Add((Mul(good.factors), ONE)),))
    assert rejected(network, ahead)


def test_a_wrong_step_before_what_is_identically_zero() -> None:
    network = chain("u = w x\nC = u - w x\nD = v (C - C) + u 0\n")
    good = derive(network, Name("w"))
    assert check(network, good)
    for place in range(len(good.steps)):
        assert rejected(network, with_step(good, place, lambda tree: Add((tree, ONE))))


def test_a_step_of_another_line() -> None:
    for place, step in enumerate(GOOD.steps[:-1]):
        other = GOOD.steps[place - 1].equation
        if other != step.equation:
            steps = (*GOOD.steps[:place], replace(step, equation=other), *GOOD.steps[place + 1 :])
            assert rejected(NETWORK, replace(GOOD, steps=steps))


def test_a_path_through_other_names() -> None:
    assert rejected(NETWORK, replace(GOOD, path=GOOD.path[:-2] + GOOD.path[-1:]))
    assert rejected(NETWORK, replace(GOOD, path=(named("w", 1), *GOOD.path[1:])))
