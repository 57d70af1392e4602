"""Code for gradients through vectors and matrices: run, and compared with the derivation's own numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad import Chain
from tests.numerics.code_tools import module
from tests.numerics.vector_chains import VectorChain, vector_chain

jax = pytest.importorskip("jax")
jax.config.update("jax_enable_x64", True)


def answers(made: VectorChain, seed: int, language: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(by the generated code, by symgrad's own arithmetic) for all parameters."""
    names = [name for name in made.leaves if name[0] != "y"]
    chain = Chain.parse(f"parameters {', '.join(names)}\n{made.text}")
    point = made.point(seed)
    run = module(chain.gradients().to(language)).gradient
    results = run(**inputs(made, point))
    results = results if isinstance(results, tuple) else (results,)
    flat = [part for result in results for part in (result if isinstance(result, list) else [result])]
    own = chain.evaluate(None, point).values if len(names) > 1 else {}
    return dict(zip(ordered(made, own), flat, strict=True)), own


def families(made: VectorChain) -> dict[str, list[str]]:
    """Stem -> leaves that come as one list: all of one letter whose indices have no gap."""
    found: dict[str, list[str]] = {}
    for name in sorted(made.leaves):
        stem, _, index = name.partition("_")
        if index:
            found.setdefault(stem, []).append(name)
    return {
        stem: members
        for stem, members in found.items()
        if len(members) > 1 and int(members[-1][2:]) - int(members[0][2:]) == len(members) - 1
    }


def inputs(made: VectorChain, point: dict[str, Any]) -> dict[str, Any]:
    """The arguments of the generated function."""
    together = families(made)
    given: dict[str, Any] = {stem: [point[name] for name in names] for stem, names in together.items()}
    return given | {name: value for name, value in point.items() if name.partition("_")[0] not in together}


def ordered(made: VectorChain, own: dict[str, Any]) -> list[str]:
    """The gradients in the order in which code hands them back: a list of a family together."""
    together = families(made)
    found: dict[str, list[str]] = {}
    for name in own:
        leaf = name.partition("/d")[2]
        stem = leaf.partition("_")[0]
        found.setdefault(stem if stem in together else leaf, []).append(name)
    return [name for family in found.values() for name in sorted(family)]


def compare(seed: int, language: str) -> None:
    made = vector_chain(seed, jax)
    coded, own = answers(made, seed, language)
    for name, value in own.items():
        theirs = np.asarray(coded[name])
        assert theirs.shape == np.shape(value), (made.text, name)
        size = max(1e-3, float(np.abs(value).max()))
        assert np.abs(theirs - value).max() <= 1e-10 * size, (made.text, name)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9))
def test_numpy_code_computes_the_gradients(seed: int) -> None:
    compare(seed, "numpy")


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**9))
def test_jax_code_computes_the_gradients(seed: int) -> None:
    compare(seed, "jax")
