"""Generated code, run, against the numbers of this room."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.api.chain import Chain
from symgrad.calculus.derive import derive
from symgrad.errors import NotSupportedError
from symgrad.network.graph import Network
from symgrad.network.instances import whole_indices
from symgrad.notation.tree import Name
from symgrad.notation.writers.plain import plain
from symgrad.numerics import evaluate
from tests.calculus.chains import scalar_chains
from tests.helpers import EXAMPLES
from tests.numerics.chains import chain, named, nielsen
from tests.numerics.code_tools import arguments, layered_chains, module, source


def some(network: Network, seed: int, size: int = 0) -> dict[Name, Any]:
    random = np.random.default_rng(seed)
    shape = (size,) if size else ()
    return {leaf: random.normal(0.3, 0.8, shape) for leaf in network.leaves}


def truth(network: Network, goals: list[Name], values: dict[Name, Any]) -> np.ndarray:
    found = evaluate(
        network, [derive(network, goal) for goal in goals], {k: float(v) for k, v in values.items()}
    )
    return np.array([float(e.value) for e in found])


def flat(found: Any) -> np.ndarray:
    """The results one below the other, families row by row."""
    parts = found if isinstance(found, tuple) else (found,)
    return np.concatenate([np.atleast_1d(np.asarray(part, dtype=float)) for part in parts])


def in_order(network: Network) -> list[Name]:
    """The leaves as the code hands them back: families together, by index."""
    groups: dict[object, list[Name]] = {}
    for leaf in network.leaves:
        groups.setdefault(leaf.stem if len(whole_indices(leaf)) == 1 else leaf, []).append(leaf)
    return [leaf for group in groups.values() for leaf in sorted(group, key=whole_indices)]


def agree(found: np.ndarray, expected: np.ndarray) -> None:
    scale = np.maximum(np.abs(expected), 1e-3 * np.max(np.abs(expected), initial=1e-300))
    assert np.all(np.abs(found - expected) <= 1e-10 * scale), (found, expected)


def judged(network: Network, seed: int = 1) -> None:
    goals, values = in_order(network), some(network, seed)
    agree(
        flat(module(source(network, "numpy")).gradient(**arguments(network, values))),
        truth(network, goals, values),
    )


@pytest.mark.parametrize("name", ["nielsen", "sigmoid3", "relu3", "linear", "lstm", "rnn", "cross_entropy"])
def test_examples(name: str) -> None:
    judged(Chain.read(EXAMPLES / f"{name}.chain").network)


@settings(max_examples=60)
@given(scalar_chains(), st.integers(0, 99))
def test_random_straight_chains(text: str, seed: int) -> None:
    network = chain(f"sigma = sigmoid\n{text}")
    judged(network, seed)


@settings(max_examples=120)
@given(layered_chains(), st.integers(0, 99))
def test_random_loops(text: str, seed: int) -> None:
    network = chain(text)
    code = source(network, "numpy")
    values = some(network, seed)
    made = module(code)
    expected = truth(network, in_order(network), values)
    agree(flat(made.gradient(**arguments(network, values))), expected)
    for goal in in_order(network)[::2]:
        alone = module(source(network, "numpy", [goal])).gradient(**arguments(network, values))
        agree(np.atleast_1d(alone), truth(network, [goal], values))


@settings(max_examples=30)
@given(layered_chains(), st.integers(0, 99))
def test_a_batch_is_its_points_and_shared_parameters_get_the_sum(text: str, seed: int) -> None:
    network = chain(text)
    made = module(source(network, "numpy"))
    made.BLOCK = 3
    batch = some(network, seed, 7)
    alone = [flat(made.gradient(**arguments(network, {k: v[i] for k, v in batch.items()}))) for i in range(7)]
    whole = made.gradient(**arguments(network, batch))
    parts = whole if isinstance(whole, tuple) else (whole,)
    rows = np.concatenate([np.atleast_2d(part) for part in parts])
    agree(rows, np.stack(alone, axis=-1))
    trained = [leaf for leaf in in_order(network) if leaf.stem in "wbvu"]
    made = module(source(network, "numpy", trained))
    shared = {k: v[0] if k.stem in "wbvu" else v for k, v in batch.items()}
    expected = sum(
        flat(made.gradient(**arguments(network, {k: v if v.ndim == 0 else v[i] for k, v in shared.items()})))
        for i in range(7)
    )
    if any(v.ndim for v in shared.values()):
        agree(flat(made.gradient(**arguments(network, shared))), expected)


@pytest.mark.parametrize("sigma", ["sigmoid", "tanh", "softplus"])
def test_depth_64_is_rolled(sigma: str) -> None:
    network = nielsen(64, sigma)
    code = source(network, "numpy")
    assert code.count("for j in range(") == 2 and len(code.splitlines()) < 150
    values = some(network, 3)
    found = module(code).gradient(**arguments(network, values))
    agree(flat(found), truth(network, in_order(network), values))


def test_steep_sigmoids_keep_their_slopes() -> None:
    network = nielsen(2)
    made = module(source(network, "numpy", network.parameters))
    inputs = {"w": [1.0, 1.0], "b": [40.0, 700.0], "a_0": 0.5, "y": 0.0}
    expected = truth(network, [named("b", 1)], {Name("y"): 0.0, named("a", 0): 0.5, named("w", 1): 1.0,
                     named("w", 2): 1.0, named("b", 1): 40.0, named("b", 2): 700.0})  # fmt: skip
    found = made.gradient(**inputs)[1][0]
    assert found != 0 and abs(found / expected[0] - 1) < 1e-10
    assert np.all(np.isfinite(flat(made.gradient(w=[1.0, 1.0], b=[-5000.0, 5000.0], a_0=0.5, y=0.0))))


def test_names_that_python_keeps_are_made_safe() -> None:
    network = chain("parameters lambda, in, np\nz = lambda x + in np\nd_in = tanh(z)\nC = (d_in - y)^2/2")
    code = source(network, "numpy")
    assert "lambda_" in code and "def gradient(lambda_" in code
    values = some(network, 5)
    inputs = {plain(k): v for k, v in values.items()}
    renamed = {"lambda": "lambda_", "in": "in_", "np": "np_"}
    found = module(code).gradient(**{renamed.get(k, k): v for k, v in inputs.items()})
    agree(flat(found), truth(network, list(network.leaves), values))


def test_a_family_may_start_anywhere_and_says_so() -> None:
    network = chain("parameters w\nfor j in 3..6:\n    a_j = tanh(w_j a_{j-1})\nC = (a_6 - y)^2/2")
    assert "w[0] is w_3" in source(network, "numpy")
    judged(network)


def test_derivatives_by_values_in_between_and_of_nothing() -> None:
    network = nielsen(3)
    values = some(network, 2)
    for goal in (named("z", 2), named("a", 0), named("a", 3), Name("y")):
        found = module(source(network, "numpy", [goal])).gradient(**arguments(network, values))
        agree(np.atleast_1d(found), truth(network, [goal], values))
    unused = chain("parameters w, v\nu = v x\nz = w x\nC = (z - y)^2/2\nobjective C")
    assert module(source(unused, "numpy", [Name("v")])).gradient(w=1.0, v=2.0, x=3.0, y=0.0) == 0.0


def test_sympy_code_is_exact() -> None:
    network = chain("parameters w, b\nfor j in 1..3:\n    a_j = w_j a_{j-1}^2 + b\nC = (a_3 - y)^2/2")
    w, b = sympy.symbols("w_1:4"), sympy.Symbol("b")
    d_w, d_b = module(source(network, "sympy", network.parameters)).gradient(
        w=w, b=b, a_0=sympy.Rational(1, 2), y=0
    )
    a = sympy.Rational(1, 2)
    for j in range(3):
        a = w[j] * a**2 + b
    assert all(
        sympy.expand(g - sympy.diff(a**2 / 2, by)) == 0 for g, by in zip((*d_w, d_b), (*w, b), strict=True)
    )


def test_what_has_no_code_says_so() -> None:
    with pytest.raises(NotSupportedError):
        source(Chain.read(EXAMPLES / "mlp.chain").network, "numpy")


def test_the_face_writes_code_for_one_gradient_and_for_all() -> None:
    made = Chain(nielsen(4))
    values = some(made.network, 4)
    inputs = arguments(made.network, values)
    goals = list(made.network.parameters)
    for goal in goals:
        alone = module(made.derive(plain(goal)).to("numpy")).gradient(**inputs)
        agree(np.atleast_1d(alone), truth(made.network, [goal], values))
    d_w, d_b = module(made.gradients().to("numpy")).gradient(**inputs)
    assert np.allclose(
        d_w, truth(made.network, [g for g in goals if g.stem == "w"], values), rtol=1e-12, atol=0
    )
    assert np.allclose(
        d_b, truth(made.network, [g for g in goals if g.stem == "b"], values), rtol=1e-12, atol=0
    )
    for language in ("jax", "torch", "sympy"):
        compile(made.gradients().to(language), language, "exec")
    with pytest.raises(NotSupportedError):
        Chain.read(EXAMPLES / "mlp.chain").gradients().to("sympy")


def test_an_infinite_branch_of_a_maximum_does_no_harm() -> None:
    made = Chain.parse("u = w^2\nm = max(u, w x, x)\nC = m y")
    run = module(made.derive("w").to("numpy")).gradient
    with np.errstate(all="ignore"):
        assert run(w=1e200, x=1.0, y=1.0) == 2e200
        assert run(w=-1e200, x=-1e200, y=2.0) == -4e200
        assert run(w=1.0, x=1e300, y=1.0) == 1e300


@pytest.mark.parametrize(
    "sigma", ["tanh", "gelu", "silu", "elu", "leaky_relu(slope=1/5)", "hard_sigmoid", "selu"]
)
def test_functions_by_their_stable_formulas(sigma: str) -> None:
    judged(nielsen(3, sigma))
