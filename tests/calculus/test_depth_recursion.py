"""Loops that hand on several values: the recursion of adjoints, its closed members, and what is rejected."""

from __future__ import annotations

from dataclasses import replace

import pytest

from symgrad import Chain as Face
from symgrad.calculus.check import check
from symgrad.calculus.derive import derive
from symgrad.errors import DerivationError, NotSupportedError
from symgrad.notation.tree import Derivative, Mul, Neg, Tree, number, substitute, walk
from symgrad.notation.writers.plain import plain
from symgrad.values.derivation import Derivation
from tests.calculus.test_depth import deep, name, tree
from tests.calculus.test_depth_random import compare

LSTM = """sigma = sigmoid
phi = tanh
for t in 1..n:
    f_t = sigma(p_f x_t + q_f h_{t-1} + b_f)
    i_t = sigma(p_i x_t + q_i h_{t-1} + b_i)
    r_t = sigma(p_r x_t + q_r h_{t-1} + b_r)
    g_t = phi(p_g x_t + q_g h_{t-1} + b_g)
    c_t = f_t c_{t-1} + i_t g_t
    h_t = r_t phi(c_t)
L = (h_n - y)^2 / 2
parameters p, q, b
"""
MOMENTUM = """for k in 1..n:
    m_k = beta m_{k-1} + lambda (theta_{k-1} - c)
    theta_k = theta_{k-1} - alpha m_k
J = lambda (theta_n - c)^2/2
"""
EVERY_STEP = """for t in 1..T:
    h_t = phi(u h_{t-1} + v x_t)
    l_t = l_{t-1} + (h_t - y_t)^2/2
L = l_T
"""
RECURSIONS = [
    (LSTM, "c_j", "L", "f_{j+1} dL/dc_{j+1} + r_j phi'(c_j) dL/dh_j"),
    (LSTM, "c_n", "L", "r_n phi'(c_n) dL/dh_n"),
    (LSTM, "g_j", "L", "i_j dL/dc_j"),
    (LSTM, "r_j", "L", "phi(c_j) dL/dh_j"),
    (LSTM, "b_f", "L", "sum(sigma'(p_f x_j + q_f h_{j-1} + b_f) c_{j-1} dL/dc_j, j, 1, n)"),
    (MOMENTUM, "theta_0", "J", "lambda dJ/dm_1 + dJ/dtheta_1"),
    (MOMENTUM, "beta", "J", "sum(m_{i-1} dJ/dm_i, i, 1, n)"),
    (EVERY_STEP, "u", "L", "sum(phi'(u h_{i-1} + v x_i) h_{i-1} dL/dh_i, i, 1, T)"),
    (EVERY_STEP, "h_j", "L", "phi'(u h_j + v x_{j+1}) u dL/dh_{j+1} + (h_j - y_j) dL/dl_j"),
]


def shown(derivation: Derivation) -> str:
    found = derivation.factors
    return plain(found[0] if len(found) == 1 else Mul(found))


@pytest.mark.parametrize(("text", "wrt", "of", "expected"), RECURSIONS)
def test_the_textbook_recursions(text: str, wrt: str, of: str, expected: str) -> None:
    found = derive(deep(text), name(wrt), name(of))
    assert shown(found) == expected
    assert check(deep(text), found)


def test_one_step_of_a_cell_is_closed() -> None:
    found = derive(deep(LSTM), name("c_1"), name("c_2"))
    assert not any(isinstance(node, Derivative) for factor in found.factors for node in walk(factor))
    assert shown(found) == (
        "f_2 + r_1 phi'(c_1) sigma'(p_f x_2 + q_f h_1 + b_f) q_f c_1"
        " + r_1 phi'(c_1) sigma'(p_i x_2 + q_i h_1 + b_i) q_i g_2"
        " + r_1 phi'(c_1) phi'(p_g x_2 + q_g h_1 + b_g) q_g i_2"
    )
    assert [str(value) for _, value in found.notes[0].fields] == ["2 <= n"]


@pytest.mark.parametrize("wrt", ["c_j", "b_f", "x_j", "h_0", "g_3"])
@pytest.mark.parametrize("of", ["L", "h_m", "f_3"])
def test_every_depth_agrees(wrt: str, of: str) -> None:
    network = deep(LSTM)
    found = derive(network, name(wrt), name(of))
    assert compare(network, found, range(1, 5)) >= 1
    assert check(network, found)


@pytest.mark.parametrize(
    ("wrt", "of", "expected"),
    [
        ("c_0", "c_n", "prod(f_k, k, 1, n)"),
        ("g_1", "c_n", "i_1 prod(f_k, k, 2, n)"),
        ("c_{t-1}", "c_t", "f_t"),
    ],
)
def test_the_direct_path_is_the_product_of_the_forget_gates(wrt: str, of: str, expected: str) -> None:
    found = Face.parse(LSTM).derive(wrt, of=of, path="direct")
    assert plain(found.result) == expected
    assert found.check()


def changed(derivation: Derivation, old: Tree, new: Tree, rule: str | None = None) -> Derivation:
    def put(part: Tree) -> Tree:
        return substitute(part, {old: new})

    steps = tuple(
        replace(step, after=put(step.after)) if rule in (None, step.rule) else step
        for step in derivation.steps
    )
    factors = derivation.factors if rule else tuple(map(put, derivation.factors))
    return replace(derivation, steps=steps, factors=factors)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("f_{j+1}", "f_j"), ("f_{k+1}", "f_k"), ("r_k", "r_{k+1}"), ("phi'(c_j)", "phi(c_j)"), ("i_k", "g_k"),
        ("dL/dc_{j+1}", "dL/dc_j"), ("dL/dh_j", "dL/dh_{j+1}"), ("q_f", "q_i"), ("f_k", "1"), ("y", "x_n"),
    ],
)  # fmt: skip
def test_a_mutation_is_rejected(old: str, new: str) -> None:
    network = deep(LSTM)
    derivation = derive(network, name("c_j"))
    before, after = tree(old), tree(new)
    rules = {s.rule for s in derivation.steps if before in walk(s.after)}
    assert rules
    for rule in (None, *rules):
        with pytest.raises(DerivationError):
            check(network, changed(derivation, before, after, rule))


def test_no_step_can_be_left_out_doubled_or_turned() -> None:
    network = deep(MOMENTUM)
    derivation = derive(network, name("theta_0"))
    steps = derivation.steps
    for place, step in enumerate(steps):
        for wrong in (
            (),
            (step, step),
            (replace(step, after=Neg(step.after)),),
            (replace(step, after=number(0)),),
        ):
            with pytest.raises(DerivationError):
                check(network, replace(derivation, steps=(*steps[:place], *wrong, *steps[place + 1 :])))
    for wrong_value in ({"factors": (number(1),)}, {"notes": ()}, {"factors": derivation.factors[1:]}):
        with pytest.raises(DerivationError):
            check(network, replace(derivation, **wrong_value))  # type: ignore[arg-type]


def test_which_of_two_layers_comes_first_must_be_said() -> None:
    with pytest.raises(NotSupportedError) as caught:
        derive(deep(LSTM), name("c_n"), name("c_m"))
    assert caught.value.what == "symbolic-order"
