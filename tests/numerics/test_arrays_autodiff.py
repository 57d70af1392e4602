"""Gradients through vectors and matrices in numbers, against JAX in float64."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad import Chain
from symgrad.calculus.derive import derive
from symgrad.notation.tree import Neg
from symgrad.numerics import evaluate
from tests.numerics.chains import chain
from tests.numerics.vector_chains import vector_chain

jax = pytest.importorskip("jax")
jax.config.update("jax_enable_x64", True)


def compare(seed: int) -> None:
    made = vector_chain(seed, jax)
    network, point = chain(made.text), made.point(seed)
    inputs = {name: jax.numpy.asarray(value) for name, value in point.items()}
    theirs = jax.grad(made.forward)(inputs)
    goals = [derive(network, leaf) for leaf in network.leaves]
    for found, leaf in zip(evaluate(network, goals, point), network.leaves, strict=True):
        wanted, own = np.asarray(theirs[str(leaf)]), np.asarray(found.value)
        assert own.shape == wanted.shape, (made.text, leaf)
        size = max(float(np.abs(wanted).max()), 1e-3)
        assert np.abs(own - wanted).max() <= 1e-10 * size, (made.text, leaf, own, wanted)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_gradients_are_those_of_jax(seed: int) -> None:
    compare(seed)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**9))
def test_jacobians_are_those_of_jax(seed: int) -> None:
    made = vector_chain(seed, jax)
    point = made.point(seed)
    last = [name for name, _ in made.steps if name.startswith("h_")][-1]

    def output(x: Any) -> Any:
        known: dict[str, Any] = {**point, "x": x}
        for name, step in made.steps:
            known[name] = step(known)
        return known[last]

    wanted = np.asarray(jax.jacrev(output)(jax.numpy.asarray(point["x"])))
    own = Chain.parse(made.text).evaluate("x", point, of=last).value
    assert own.shape == wanted.shape, made.text
    assert np.abs(own - wanted).max() <= 1e-10 * max(1e-3, np.abs(wanted).max()), made.text


def test_a_corrupted_step_gives_other_numbers() -> None:
    made = vector_chain(7, jax)
    network, point = chain(made.text), made.point(7)
    goal = derive(network, network.leaves[0])
    (right,) = evaluate(network, [goal], point)
    for place, step in enumerate(goal.steps):
        if step.equation is None:
            continue
        steps = (*goal.steps[:place], replace(step, after=Neg(step.after)), *goal.steps[place + 1 :])
        (wrong,) = evaluate(network, [replace(goal, steps=steps)], point)
        assert not np.allclose(wrong.value, right.value, rtol=1e-9, atol=0)
