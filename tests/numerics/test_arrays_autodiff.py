"""Gradients through vectors and matrices in numbers, against JAX in float64."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.calculus.derive import derive
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
