"""Derivations, as code and as numbers, against the automatic differentiation of JAX in float64.

JAX runs eagerly: one compilation a primitive, not one a chain. Where the two differ by more than 1e-12,
Arb says which is right: the derivation's numbers may not be further off than the condition allows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.calculus.derive import derive
from symgrad.network.graph import Network
from symgrad.notation.tree import Add, Apply, Div, Mul, Name, Neg, Number, Pow, Tree
from symgrad.numerics import evaluate
from tests.calculus.chains import scalar_chains
from tests.numerics.chains import chain, nielsen
from tests.numerics.code_tools import arguments, layered_chains, module, source

jax = pytest.importorskip("jax")
jnp = pytest.importorskip("jax.numpy")
jax.config.update("jax_enable_x64", True)

LIBRARY: dict[str, Callable[[Any], Any]] = {
    "sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh, "softplus": jax.nn.softplus, "silu": jax.nn.silu,
    "gelu": lambda x: jax.nn.gelu(x, approximate=False), "softsign": jax.nn.soft_sign, "arctan": jnp.arctan,
    "mish": lambda x: x * jnp.tanh(jax.nn.softplus(x)), "elu": jax.nn.elu, "relu": jax.nn.relu,
    "exp": jnp.exp,
    "log": jnp.log, "sqrt": jnp.sqrt,
}  # fmt: skip


def forward(network: Network, values: dict[Name, Any]) -> Any:
    """The objective in JAX, by an interpreter of its own: nothing of symgrad's calculus has a part in it."""
    known: dict[Tree, Any] = dict(values)

    def go(tree: Tree) -> Any:
        match tree:
            case Name():
                return known[tree]
            case Number(value):
                return float(value)
            case Add(terms):
                return sum(map(go, terms[1:]), go(terms[0]))
            case Mul(factors):
                product = go(factors[0])
                for factor in factors[1:]:
                    product = product * go(factor)
                return product
            case Neg(a):
                return -go(a)
            case Div(a, b):
                return go(a) / go(b)
            case Pow(a, Number(n)):
                return go(a) ** int(n)
            case Apply(Name("mse"), (a, b)):
                return (go(a) - go(b)) ** 2
            case Apply(function, (argument,)):
                return LIBRARY[network.functions.get(function.stem, function.stem)](go(argument))
        raise AssertionError(tree)

    for equation in network.equations:
        known[equation.name] = go(equation.body)
    return known[network.objective]


def compare(text: str, seed: int) -> None:
    network = chain(text)
    leaves = list(network.leaves)
    random = np.random.default_rng(seed)
    point = {leaf: float(v) for leaf, v in zip(leaves, random.normal(0.2, 0.8, len(leaves)), strict=True)}
    inputs = [jnp.asarray(point[leaf]) for leaf in leaves]
    slopes = jax.grad(lambda v: forward(network, dict(zip(leaves, v, strict=True))))(inputs)
    theirs = dict(zip(leaves, slopes, strict=True))
    goals = [derive(network, leaf) for leaf in leaves]
    ours = [float(e.value) for e in evaluate(network, goals, point)]
    if all(abs(a - float(theirs[k])) <= 1e-12 * abs(a) for a, k in zip(ours, leaves, strict=True)):
        return
    exact = [float(e.value.mid()) for e in evaluate(network, goals, point, 30)]
    scale = max(map(abs, exact), default=0.0)
    for mine, leaf, true in zip(ours, leaves, exact, strict=True):
        other = abs(float(theirs[leaf]) - true)
        assert abs(mine - true) <= max(1e-12 * abs(true), 4 * other, 1e-13 * scale), (leaf, mine, true)


@settings(max_examples=180)
@given(layered_chains(), st.integers(0, 999))
def test_random_layers(text: str, seed: int) -> None:
    compare(text, seed)


@settings(max_examples=140)
@given(scalar_chains(), st.integers(0, 999))
def test_random_chains(text: str, seed: int) -> None:
    compare("sigma = sigmoid\n" + text, seed)


@pytest.mark.parametrize("sigma", ["sigmoid", "tanh"])
def test_jax_code_at_depth_64(sigma: str) -> None:
    network = nielsen(64, sigma)
    code = source(network, "jax", network.parameters)
    assert code.count("fori_loop") == 2 and len(code.splitlines()) < 120
    values = {
        leaf: v for leaf, v in zip(network.leaves, np.random.default_rng(1).normal(0, 2, 130), strict=True)
    }
    inputs = arguments(network, values)
    found = module(code).gradient(**inputs)
    expected = module(source(network, "numpy", network.parameters)).gradient(**inputs)
    for a, b in zip(found, expected, strict=True):
        assert np.allclose(np.asarray(a), b, rtol=1e-12, atol=0)


def test_jax_code_in_batches() -> None:
    network = chain(
        "sigma = gelu\nfor j in 1..4:\n    z_j = w_j a_{j-1} + b\n    a_j = sigma(z_j) + a_{j-1}\n"
        "r = a_2 x\nC = (a_4 + r - y)^2/2"
    )
    random = np.random.default_rng(2)
    values = {leaf: random.normal(size=5 if leaf.stem in "axy" else ()) for leaf in network.leaves}
    inputs = arguments(network, values)
    found = module(source(network, "jax")).gradient(**inputs)
    for a, b in zip(found, module(source(network, "numpy")).gradient(**inputs), strict=True):
        assert np.allclose(np.asarray(a), b, rtol=1e-11, atol=1e-14) and np.shape(a) == np.shape(b)
