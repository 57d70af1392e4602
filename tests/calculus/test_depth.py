"""Gradients of symbolic depth against the explicit chains of 1 to 8 layers, and against mutations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from symgrad.calculus.check import check
from symgrad.calculus.derive import derive
from symgrad.calculus.modular import Dual, Field
from symgrad.errors import DerivationError, NotSupportedError
from symgrad.network.graph import Network, instantiate
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.reader import read
from symgrad.notation.tree import Add, BigOp, Derivative, Mul, Name, Tree, number, strip_spans, walk
from symgrad.notation.writers.plain import plain
from symgrad.values.derivation import Derivation, Step
from tests.calculus.chains import chain

NEURONS = """for j in 1..n:
    z_j = w_j a_{j-1} + b_j
    a_j = sigma(z_j)
C = (a_n - y)^2/2
"""
LINEAR = """parameters w, b
y_0 = x
for i in 1..n:
    y_i = w_i y_{i-1} + b
L = (y_n - y)^2/2
"""
RESIDUAL = """sigma = sigmoid
for t in 1..n:
    s_t = w_t h_{t-1} + b_t
    h_t = h_{t-1} + sigma(s_t)
L = (h_n - y)^2/2
"""
RECURRENT = """phi = tanh
parameters u, v, b
for t in 1..n:
    a_t = u h_{t-1} + v x_t + b
    h_t = phi(a_t)
L = (h_n - y)^2/2
"""
MEMORY = """parameters f, i, g
for t in 1..n:
    c_t = f_t c_{t-1} + i_t g_t
o = c_n
"""
INNER = """a_1 = v x
for j in 2..n-1:
    z_j = w_j a_{j-1} + b_j
    a_j = f(z_j)
a_n = w_n a_{n-1}
C = cost(a_n)
"""
ONE_WEIGHT = """y_0 = w x
for j in 1..n:
    y_j = w y_{j-1} + b
L = (y_n - y)^2/2 + lambda w^2/2
"""

TEXTBOOK = [
    (NEURONS, "b_1", "sigma'(z_1) prod(w_k sigma'(z_k), k, 2, n) dC/da_n"),
    (NEURONS, "w_i", "a_{i-1} sigma'(z_i) prod(w_k sigma'(z_k), k, i+1, n) dC/da_n"),
    (NEURONS, "b_i", "sigma'(z_i) prod(w_k sigma'(z_k), k, i+1, n) dC/da_n"),
    (NEURONS, "a_i", "prod(w_k sigma'(z_k), k, i+1, n) dC/da_n"),
    (NEURONS, "a_0", "prod(w_k sigma'(z_k), k, 1, n) dC/da_n"),
    (NEURONS, "b_n", "sigma'(z_n) dC/da_n"),
    (NEURONS, "z_k", "sigma'(z_k) prod(w_l sigma'(z_l), l, k+1, n) dC/da_n"),
    (LINEAR, "w_i", "y_{i-1} prod(w_k, k, i+1, n) dL/dy_n"),
    (LINEAR, "b", "sum(prod(w_k, k, i+1, n), i, 1, n) dL/dy_n"),
    (LINEAR, "x", "prod(w_k, k, 1, n) dL/dy_n"),
    (RESIDUAL, "b_1", "sigma'(s_1) prod(1 + w_k sigma'(s_k), k, 2, n) dL/dh_n"),
    (RESIDUAL, "h_0", "prod(1 + w_k sigma'(s_k), k, 1, n) dL/dh_n"),
    (RECURRENT, "u", "sum(h_{i-1} phi'(a_i) prod(u phi'(a_k), k, i+1, n), i, 1, n) dL/dh_n"),
    (RECURRENT, "b", "sum(phi'(a_i) prod(u phi'(a_k), k, i+1, n), i, 1, n) dL/dh_n"),
    (RECURRENT, "v", "sum(x_i phi'(a_i) prod(u phi'(a_k), k, i+1, n), i, 1, n) dL/dh_n"),
    (MEMORY, "c_0", "prod(f_k, k, 1, n)"),
    (MEMORY, "g_1", "i_1 prod(f_k, k, 2, n)"),
    (INNER, "v", "x prod(w_k f'(z_k), k, 2, n-1) w_n dC/da_n"),
    (ONE_WEIGHT, "b", "sum(w^(n - i), i, 1, n) dL/dy_n"),
]
PAIRS = [
    (NEURONS, "a_{j-1}", "a_j", "w_j sigma'(z_j)"),
    (NEURONS, "a_i", "a_n", "prod(w_k sigma'(z_k), k, i+1, n)"),
    (NEURONS, "w_i", "a_m", "a_{i-1} sigma'(z_i) prod(w_k sigma'(z_k), k, i+1, m)"),
    (NEURONS, "w_i", "z_m", "a_{i-1} sigma'(z_i) prod(w_k sigma'(z_k), k, i+1, m-1) w_m"),
    (RECURRENT, "h_k", "h_n", "prod(u phi'(a_l), l, k+1, n)"),
    (LINEAR, "w_i", "y_n", "y_{i-1} prod(w_k, k, i+1, n)"),
]
WRT = [
    *((text, wrt) for text, wrt, _ in TEXTBOOK),
    (NEURONS, "b_3"), (NEURONS, "b_{n-1}"), (NEURONS, "w_j"), (NEURONS, "y"), (LINEAR, "w_1"),
    (LINEAR, "y_0"), (RESIDUAL, "w_i"), (RECURRENT, "x_1"), (RECURRENT, "h_k"), (MEMORY, "i_t"),
    (INNER, "w_i"), (INNER, "w_n"),
    (INNER, "b_2"), (INNER, "a_{n-1}"), (ONE_WEIGHT, "w"), (ONE_WEIGHT, "x"),
]  # fmt: skip


def tree(text: str) -> Tree:
    return strip_spans(read(text))


def name(text: str) -> Name:
    found = tree(text)
    assert isinstance(found, Name)
    return found


def deep(text: str) -> SymbolicNetwork:
    network = chain(text)
    assert isinstance(network, SymbolicNetwork)
    return network


def result(derivation: Derivation) -> Tree:
    return derivation.factors[0] if len(derivation.factors) == 1 else Mul(derivation.factors)


@pytest.mark.parametrize(("text", "wrt", "expected"), TEXTBOOK)
def test_the_textbook_products(text: str, wrt: str, expected: str) -> None:
    found = derive(deep(text), name(wrt))
    assert plain(result(found)) == expected
    assert check(deep(text), found)


@pytest.mark.parametrize(("text", "wrt", "of", "expected"), PAIRS)
def test_one_layer_by_another(text: str, wrt: str, of: str, expected: str) -> None:
    found = derive(deep(text), name(wrt), name(of))
    assert plain(result(found)) == expected
    assert check(deep(text), found)


# -- an evaluator of its own, so that the truth does not come from the code under test -----------------------


class Point:
    """Residues for an explicit chain, and the numbers of its derivations."""

    def __init__(self, network: Network, seed: int = 5) -> None:
        self.network, self.field = network, Field(seed, network.functions)
        self.values: dict[Tree, Dual] = {leaf: Dual(self.field.leaf(leaf)) for leaf in network.leaves}
        for target, body in network.definitions():
            self.values[target] = Dual(self.field.evaluate(body, self.values).value)

    def explicit(self, wrt: Name, of: Name) -> int:
        found = derive(self.network, wrt, of)
        known = {**self.values}
        for token, value in found.kept:
            known[token] = self.field.evaluate(value, known)
        return self.field.evaluate(result(found), known).value

    def formula(self, node: Tree, letters: dict[str, int]) -> int:
        match node:
            case BigOp(kind, body, index, low, high):
                first, last = (round_number(bound, letters) for bound in (low, high))
                total = 0 if kind == "sum" else 1
                for place in range(first, last + 1):
                    part = self.formula(body, {**letters, index: place})
                    total = total + part if kind == "sum" else Dual(total * part).value
                return Dual(total).value
            case Mul(factors):
                total = 1
                for factor in factors:
                    total = Dual(total * self.formula(factor, letters)).value
                return total
            case Add(terms):
                return Dual(sum(self.formula(term, letters) for term in terms)).value
            case Derivative(of, by):
                end, start = instantiate(of, letters), instantiate(by, letters)
                assert isinstance(end, Name) and isinstance(start, Name)
                return self.explicit(start, end)
        if str(node).startswith("w^"):
            return pow(self.values[Name("w")].value, round_number(node.exponent, letters), 2**61 - 1)  # type: ignore[union-attr]
        return self.field.evaluate(instantiate(node, letters), self.values).value


def round_number(bound: Tree, letters: dict[str, int]) -> int:
    found = instantiate(Name("q", (bound,)), letters)
    assert isinstance(found, Name)
    return int(found.indices[0].value)  # type: ignore[union-attr]


@pytest.mark.parametrize(("text", "wrt"), WRT)
def test_every_depth_from_one_to_eight_layers_agrees(text: str, wrt: str) -> None:
    network = deep(text)
    derivation = derive(network, name(wrt))
    free = [letter for letter in "ijkt" if f"_{letter}" in wrt]
    compared = 0
    for layers in range(1, 9):
        depth = layers + (2 if text == INNER else 0)
        point = Point(network.at_depth(depth))
        for place in range(0, depth + 1) if free else [0]:
            letters = {"n": depth, **{letter: place for letter in free}}
            by = instantiate(name(wrt), letters)
            if (
                not isinstance(by, Name)
                or by not in point.network.names
                or (text == INNER and by == name(f"w_{depth}") and free)
            ):
                continue
            assert point.formula(result(derivation), letters) == point.explicit(by, point.network.objective)
            compared += 1
    assert compared >= 6


# -- the proof -----------------------------------------------------------------------------------


def test_the_steps_are_an_induction() -> None:
    found = derive(deep(NEURONS), name("w_i"))
    assert [step.rule for step in found.steps] == [
        "linear-derivative", "activation-derivative", "linear-derivative", "activation-derivative",
        "layer-factor", "induction-base", "peel-last", "product-over-layers", "objective-derivative",
        "chain-rule",
    ]  # fmt: skip
    by_rule = {step.rule: step for step in found.steps}
    assert str(by_rule["layer-factor"].before) == "da_k/da_{k-1}"
    assert str(by_rule["layer-factor"].after) == "w_k sigma'(z_k)"
    assert str(by_rule["induction-base"].after) == "prod(w_k sigma'(z_k), k, i+1, i)"
    assert str(by_rule["peel-last"].after) == "prod(w_k sigma'(z_k), k, i+1, m-1) w_m sigma'(z_m)"
    assert str(by_rule["product-over-layers"].after) == "prod(w_k sigma'(z_k), k, i+1, n)"
    assert found.notes[0].fields[0][1] == tree("1 <= i <= n")
    assert found.path == tuple(map(name, ("w_i", "z_i", "a_i", "a_n", "C")))


def test_a_tied_bias_sums_over_the_layers() -> None:
    found = derive(deep(LINEAR), name("b"))
    assert [step.rule for step in found.steps].count("sum-over-layers") == 1
    assert check(deep(LINEAR), found)


def rewrite(derivation: Derivation, old: Tree, new: Tree, rules: set[str] | None = None) -> Derivation:
    """The derivation with a part replaced in the steps of some rules, or everywhere and in the result."""
    from symgrad.notation.tree import substitute

    def changed(step: Step) -> Step:
        if rules is not None and step.rule not in rules:
            return step
        return replace(step, after=substitute(step.after, {old: new}))

    factors = derivation.factors
    if rules is None:
        factors = tuple(substitute(factor, {old: new}) for factor in factors)
    return replace(derivation, steps=tuple(map(changed, derivation.steps)), factors=factors)


def rejected(network: Network, derivation: Derivation) -> None:
    with pytest.raises(DerivationError):
        check(network, derivation)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("prod(w_k sigma'(z_k), k, i+1, n)", "prod(w_k sigma'(z_k), k, i, n)"),
        ("prod(w_k sigma'(z_k), k, i+1, n)", "prod(w_k sigma'(z_k), k, i+2, n)"),
        ("prod(w_k sigma'(z_k), k, i+1, n)", "prod(w_k sigma'(z_k), k, i+1, n-1)"),
        ("prod(w_k sigma'(z_k), k, i+1, n)", "prod(sigma'(z_k), k, i+1, n)"),
        ("prod(w_k sigma'(z_k), k, i+1, n)", "prod(w_{k-1} sigma'(z_k), k, i+1, n)"),
        ("a_{i-1}", "a_i"),
        ("sigma'(z_i)", "sigma'(z_{i-1})"),
        ("prod(w_k sigma'(z_k), k, i+1, i)", "prod(w_k sigma'(z_k), k, i, i)"),
        ("w_m", "w_{m-1}"),
        ("w_k sigma'(z_k)", "w_k sigma(z_k)"),
        ("a_n - y", "y - a_n"),
    ],
)
def test_a_mutation_is_rejected_wherever_it_is_made(old: str, new: str) -> None:
    network = deep(NEURONS)
    derivation = derive(network, name("w_i"))
    before = next(
        (
            n
            for t in [*(s.after for s in derivation.steps), *derivation.factors]
            for n in walk(t)
            if plain(n) == old
        ),
        None,
    )
    assert before is not None
    after = tree(new)
    if isinstance(after, BigOp):
        after = replace(after, ascending=True)
    rejected(network, rewrite(derivation, before, after))
    places = [place for place, step in enumerate(derivation.steps) if before in walk(step.after)]
    for place in places:
        steps = list(derivation.steps)
        changed = rewrite(derivation, before, after, {steps[place].rule})
        steps[place] = changed.steps[place]
        rejected(network, replace(derivation, steps=tuple(steps)))


@pytest.mark.parametrize(
    ("text", "wrt"), [(NEURONS, "w_i"), (LINEAR, "b"), (RESIDUAL, "b_1"), (RECURRENT, "u")]
)
def test_no_step_can_be_left_out_or_doubled(text: str, wrt: str) -> None:
    network = deep(text)
    derivation = derive(network, name(wrt))
    for place in range(len(derivation.steps)):
        steps = derivation.steps
        rejected(network, replace(derivation, steps=steps[:place] + steps[place + 1 :]))
        rejected(network, replace(derivation, steps=(*steps[:place], steps[place], *steps[place:])))


def test_a_lost_factor_or_range_is_rejected() -> None:
    network = deep(NEURONS)
    derivation = derive(network, name("w_i"))
    for place in range(len(derivation.factors)):
        rest = derivation.factors[:place] + derivation.factors[place + 1 :]
        rejected(network, replace(derivation, factors=rest))
    rejected(network, replace(derivation, notes=()))
    for place, step in enumerate(derivation.steps):
        if step.conditions:
            steps = list(derivation.steps)
            steps[place] = replace(step, conditions=())
            rejected(network, replace(derivation, steps=tuple(steps)))


def test_a_sum_over_other_layers_is_rejected() -> None:
    network = deep(LINEAR)
    derivation = derive(network, name("b"))
    total = next(step.after for step in derivation.steps if step.rule == "sum-over-layers")
    assert isinstance(total, BigOp)
    for wrong in (
        replace(total, low=number(2)),
        replace(total, low=number(0)),
        replace(total, body=number(1)),
    ):
        rejected(network, rewrite(derivation, total, wrong))
        rejected(network, rewrite(derivation, total, wrong, {"sum-over-layers"}))


# -- what is not supported -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wrt", "what"),
    [
        ("for t in 1..n:\n    h_t = w_t h_{t-1} + w_{t-1}\nL = h_n\n", "w_i", "symbolic-offset"),
        (NEURONS.replace("(a_n - y)^2/2", "(a_n - y)^2/2 + w_n^2"), "w_i", "symbolic-skip"),
    ],
)
def test_other_loops_say_that_they_are_not_supported(text: str, wrt: str, what: str) -> None:
    try:
        network = chain(text)
    except NotSupportedError as problem:
        assert problem.what == what
        return
    with pytest.raises(NotSupportedError) as caught:
        derive(network, name(wrt))
    assert caught.value.what == what
    assert "t.chain:" in caught.value.message("zh")


def test_vectors_in_a_loop_are_derived_at_a_definite_depth() -> None:
    text = "h_0 : vector(m)\nW_j : matrix(m, m)\nfor j in 1..n:\n    h_j = f(W_j h_{j-1})\nL = sum(h_n)\n"
    found = derive(deep(text).at_depth(3), name("h_1"), name("h_3"))
    assert plain(result(found)) == "diag(f'(W_3 h_2)) W_3 diag(f'(W_2 h_1)) W_2"
