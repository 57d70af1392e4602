"""Gradients against SymPy's own differentiation of the written-out objective."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.calculus.check import check, check_all
from symgrad.calculus.derive import Gradients, derive
from symgrad.errors import UnknownNameError
from symgrad.notation.tree import Derivative, Name
from symgrad.notation.writers.plain import plain
from symgrad.values.derivation import RULES, Derivation
from tests.calculus.chains import chain, expanded, named, nielsen, point, scalar_chains, to_sympy
from tests.helpers import EXAMPLES


def product(derivation: Derivation) -> str:
    return " ".join(map(plain, derivation.factors))


def test_four_sigmoid_neurons_in_textbook_order() -> None:
    network = nielsen()
    found = derive(network, named("b", 1))
    assert product(found) == "sigma'(z_1) w_2 sigma'(z_2) w_3 sigma'(z_3) w_4 sigma'(z_4) dC/da_4"
    assert [(plain(token), plain(value)) for token, value in found.kept] == [("dC/da_4", "a_4 - y")]
    assert " ".join(map(plain, found.path)) == "b_1 z_1 a_1 z_2 a_2 z_3 a_3 z_4 a_4 C"
    assert [step.rule for step in found.steps[:4]] == [
        "bias-derivative",
        "activation-derivative",
        "linear-derivative",
        "activation-derivative",
    ]
    assert {step.rule for step in found.steps} <= set(RULES)


@pytest.mark.parametrize(
    ("wrt", "factors"),
    [
        (named("b", 4), "sigma'(z_4) dC/da_4"),
        (named("b", 3), "sigma'(z_3) w_4 sigma'(z_4) dC/da_4"),
        (named("w", 4), "a_3 sigma'(z_4) dC/da_4"),
        (named("a", 4), "a_4 - y"),
        (named("z", 4), "sigma'(z_4) dC/da_4"),
    ],
)
def test_other_gradients_of_the_chain(wrt: Name, factors: str) -> None:
    assert product(derive(nielsen(), wrt)) == factors


def test_an_inner_target_and_a_kept_name() -> None:
    network = nielsen()
    assert product(derive(network, named("a", 1), named("a", 3))) == "w_2 sigma'(z_2) w_3 sigma'(z_3)"
    kept = derive(network, named("b", 1), keep=(named("a", 2),))
    assert product(kept) == "sigma'(z_1) w_2 sigma'(z_2) dC/da_2"
    assert check(network, kept)


def test_no_path_is_zero_and_the_name_itself_is_one() -> None:
    network = chain("C = w x\nD = C v\n")
    assert product(derive(network, Name("v"), Name("C"))) == "0"
    assert product(derive(network, Name("C"), Name("C"))) == "1"
    assert check(network, derive(network, Name("v"), Name("C")))
    with pytest.raises(UnknownNameError):
        derive(network, Name("q"))


def test_a_tied_leaf_sums_over_its_uses() -> None:
    text = "parameters w, b\ny_0 = x\nfor j in 1..3:\n    y_j = w_j y_{j-1} + b\nL = (t - y_3)^2/2\n"
    network = chain(text)
    found = derive(network, Name("b"))
    assert check(network, found)
    (step,) = [step for step in found.steps if step.rule == "sum-over-paths" and step.before == found.goal]
    assert plain(step.before) == "dL/db"
    value = to_sympy(found.factors[0], {})
    assert sympy.expand(value - sympy.sympify("1 + w_3 + w_2*w_3").subs(real())) == 0


def real() -> dict[sympy.Symbol, sympy.Symbol]:
    return {sympy.Symbol(name): sympy.Symbol(name, real=True) for name in ("w_2", "w_3")}


@pytest.mark.parametrize("name", ["nielsen", "linear", "sigmoid3", "relu3"])
def test_every_gradient_of_every_example_is_accepted(name: str) -> None:
    network = chain((EXAMPLES / f"{name}.chain").read_text(encoding="utf-8"))
    found = Gradients(network)
    assert len(found) == len(network.parameters) > 0
    assert check_all(network, found)


@settings(max_examples=150)
@given(scalar_chains(), st.integers(0, 50))
def test_random_chains_agree_with_sympy(text: str, seed: int) -> None:
    network = chain(text)
    at = point(network, seed)
    for wrt in network.leaves:
        found = derive(network, wrt)
        assert check(network, found)
        objective = expanded(network, network.objective)
        truth = sympy.diff(objective, sympy.Symbol(plain(wrt), real=True))
        ours = sympy.Integer(1)
        kept = dict(found.kept)
        for factor in found.factors:
            tree = kept.get(factor, factor) if isinstance(factor, Derivative) else factor
            ours *= expanded(network, tree)
        difference = concrete(truth - ours).subs(at)
        size = abs(concrete(truth).subs(at).evalf(60))
        assert abs(difference.evalf(60, maxn=400)) <= 1e-40 * (1 + size), (text, plain(wrt))


def concrete(expression: sympy.Expr) -> sympy.Expr:
    """The general sigma replaced by a function with nothing special about it."""
    sigma, x = sympy.Function("sigma"), sympy.Symbol("t")
    return expression.replace(sigma, sympy.Lambda(x, sympy.sin(x) + x**2 / 3)).doit()


@given(scalar_chains())
def test_steps_and_answer_cannot_disagree(text: str) -> None:
    network = chain(text)
    for wrt in network.leaves:
        found = derive(network, wrt)
        assert found.steps[-1].before == found.goal
        assert found.goal == Derivative(network.objective, wrt)
        assert all(step.rule in RULES for step in found.steps)


def test_deep_chains_are_derived_and_checked_without_recursion() -> None:
    network = nielsen(3000)
    found = derive(network, named("b", 1))
    assert len(found.factors) == 6000 and check(network, found).edges == 6001
