"""Vectors and matrices in a loop of symbolic depth: what comes out, what is checked, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from symgrad.calculus.check import check
from symgrad.calculus.derive import derive
from symgrad.calculus.matrices.modular import Arrays
from symgrad.errors import DerivationError, NotSupportedError
from symgrad.network.build import build
from symgrad.network.graph import Network, instantiate
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.chainfile import read_chain
from symgrad.notation.tree import BigOp, Derivative, Elementwise, Mul, Name, Neg, Tree, number, rebuild, walk
from symgrad.notation.writers.unicode import pretty
from symgrad.values.derivation import Derivation, Step

SAME = """
h_0 : vector(m)
y : vector(m)
W_l : matrix(m, m)
phi = tanh
for l in 1..n:
    h_l = phi(W_l h_{l-1})
o = h_n
L = half_square(o, y)
parameters W
"""
SIZES = """
h_0 : vector(n_0)
y : vector(n_d)
W_t : matrix(n_t, n_{t-1})
b_t : vector(n_t)
sigma = sigmoid
for t in 1..d:
    z_t = W_t h_{t-1} + b_t
    h_t = sigma(z_t)
ell = half_square(h_d, y)
parameters W, b
"""
RECURRENT = """
h_0 : vector(m)
x_t : vector(d)
y : vector(m)
W : matrix(m, m)
U : matrix(m, d)
b : vector(m)
phi = tanh
for t in 1..n:
    a_t = W h_{t-1} + U x_t + b
    h_t = phi(a_t)
L = half_square(h_n, y) + sum(W b)
parameters W, U, b
"""
RESIDUAL = """
x : vector(m)
y : vector(m)
W_l : matrix(m, r)
V_l : matrix(r, m)
h_0 = x
for l in 1..n:
    z_l = V_l h_{l-1}
    h_l = h_{l-1} + W_l phi(z_l)
L = norm(h_n - y)^2 / 2 + norm(h_0)^2
"""
NUMBER = """
w_t : vector(m)
x_t : vector(m)
for t in 1..n:
    s_t = w_t^T x_t + u h_{t-1}
    h_t = phi(s_t)
L = (h_n - y)^2 / 2
"""


def chain(text: str) -> Network:
    return build(read_chain(text.strip("\n"), "<chain>"))


def member(text: str) -> Name:
    stem, _, index = text.partition("_")
    if not index:
        return Name(stem)
    base, _, below = index.partition("-")
    place: Tree = number(int(base)) if base.isdigit() else Name(base)
    assert not below
    return Name(stem, (place,))


def derived(text: str, wrt: str, of: str = "") -> tuple[Network, Derivation]:
    network = chain(text)
    return network, derive(network, member(wrt), member(of) if of else None)


# -- the formulas of the lectures ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wrt", "of", "result"),
    [
        (SIZES, "h_t", "h_d", "∏_{k=d}^{t+1} diag(σ′(zₖ)) Wₖ"),
        (SIZES, "h_1", "", "∏ₖ₌₂ᵈ Wₖᵀ diag(σ′(zₖ)) ∂ℓ/∂h_d"),
        (SIZES, "W_t", "", "diag(σ′(zₜ)) ∏ₖ₌ₜ₊₁ᵈ Wₖᵀ diag(σ′(zₖ)) ∂ℓ/∂h_d hₜ₋₁ᵀ"),
        (SIZES, "W_d", "", "diag(σ′(z_d)) ∂ℓ/∂h_d h_{d−1}ᵀ"),
        (SAME, "h_1", "h_n", "∏ₖ₌ₙ² diag(φ′(Wₖ hₖ₋₁)) Wₖ"),
        (SAME, "h_1", "h_3", "diag(φ′(W₃ h₂)) W₃ diag(φ′(W₂ h₁)) W₂"),
        (RESIDUAL, "h_l", "h_n", "∏_{k=n}^{l+1} (I + Wₖ diag(φ′(zₖ)) Vₖ)"),
        (RECURRENT, "h_k", "", "∏ₗ₌ₖ₊₁ⁿ Wᵀ diag(φ′(aₗ)) ∂L/∂hₙ"),
    ],
)
def test_the_order_of_the_product_is_that_of_the_lectures(text: str, wrt: str, of: str, result: str) -> None:
    _, found = derived(text, wrt, of)
    written = pretty(found.steps[-1].after)
    assert written.replace("_{k=2}^{d}", "ₖ₌₂ᵈ").replace("_{k=t+1}^{d}", "ₖ₌ₜ₊₁ᵈ") == result


ALL = [
    *((SIZES, wrt, of) for wrt, of in (("W_1", ""), ("W_t", ""), ("b_t", ""), ("W_d", ""), ("h_0", ""))),
    *((SIZES, wrt, of) for wrt, of in (("z_2", "z_t"), ("h_t", "h_d"), ("b_1", "z_3"), ("h_0", "h_d"))),
    *((SAME, wrt, of) for wrt, of in (("W_l", ""), ("h_1", "h_n"), ("h_l", "o"), ("h_1", "h_8"))),
    *((RECURRENT, wrt, "") for wrt in ("W", "U", "b", "x_t", "x_1", "h_0", "h_k")),
    *((RECURRENT, wrt, of) for wrt, of in (("b", "h_n"), ("b", "a_t"), ("h_k", "h_n"))),
    *((RESIDUAL, wrt, of) for wrt, of in (("x", ""), ("W_1", ""), ("V_l", ""), ("h_2", "h_4"))),
    *((NUMBER, wrt, of) for wrt, of in (("w_t", ""), ("u", ""), ("h_0", ""), ("w_1", "h_n"))),
]


@pytest.mark.parametrize(("text", "wrt", "of"), ALL)
def test_every_derivation_passes_its_check(text: str, wrt: str, of: str) -> None:
    network, found = derived(text, wrt, of)
    assert check(network, found).edges


@pytest.mark.parametrize(("text", "wrt"), [(SIZES, "W_1"), (RECURRENT, "W"), (RESIDUAL, "V_1")])
def test_three_layers_say_what_the_chain_of_three_layers_says(text: str, wrt: str) -> None:
    network, found = derived(text, wrt)
    assert isinstance(network, SymbolicNetwork)
    deep = network.at_depth(3)
    wanted = derive(deep, member(wrt))
    from symgrad.calculus.matrices.depth_check import ArrayInstance

    instance = ArrayInstance.of(network, 3, 5)
    assert instance is not None and isinstance(instance.point, Arrays)
    mine = instance.array(found.steps[-1].after, {network.depth: 3})
    other = instance.array(instantiate(wanted.steps[-1].after, {}), {network.depth: 3})
    assert (mine == other).all()


# -- a corrupted derivation is refused -----------------------------------------------------------------------


def with_step(found: Derivation, place: int, change: Callable[[Tree], Tree]) -> Derivation:
    steps = list(found.steps)
    steps[place] = replace(steps[place], after=change(steps[place].after))
    return replace(found, steps=tuple(steps))


def reversed_order(tree: Tree) -> Tree:
    """Every product over layers the other way round."""
    inner = rebuild(tree, reversed_order)
    if isinstance(inner, BigOp) and inner.kind == "prod":
        return replace(inner, low=inner.high, high=inner.low, ascending=not inner.ascending)
    return inner


@pytest.mark.parametrize(("text", "wrt", "of"), ALL[::3])
def test_no_step_can_be_changed_or_left_out(text: str, wrt: str, of: str) -> None:
    network, found = derived(text, wrt, of)
    for place in range(len(found.steps)):
        with pytest.raises(DerivationError):
            check(network, with_step(found, place, lambda tree: Neg(tree)))
        with pytest.raises(DerivationError):
            check(network, replace(found, steps=found.steps[:place] + found.steps[place + 1 :]))


@pytest.mark.parametrize(
    ("text", "wrt", "of"), [(SIZES, "h_t", "h_d"), (SAME, "W_l", ""), (RECURRENT, "W", "")]
)
def test_the_other_order_of_the_product_is_refused(text: str, wrt: str, of: str) -> None:
    network, found = derived(text, wrt, of)
    with pytest.raises(DerivationError):
        check(network, replace(found, factors=tuple(map(reversed_order, found.factors))))
    places = [i for i, step in enumerate(found.steps) if any(isinstance(n, BigOp) for n in walk(step.after))]
    for place in places:
        with pytest.raises(DerivationError):
            check(network, with_step(found, place, reversed_order))


def test_a_transpose_lost_in_a_factor_is_refused() -> None:
    network, found = derived(SAME, "h_1")
    factor = found.factors[0]
    assert isinstance(factor, BigOp) and isinstance(factor.body, Mul)
    bare = replace(factor, body=Mul((factor.body.factors[0].operand, *factor.body.factors[1:])))  # type: ignore[union-attr]
    with pytest.raises(DerivationError):
        check(network, replace(found, factors=(bare, *found.factors[1:])))


def test_a_kept_value_and_a_range_are_checked() -> None:
    network, found = derived(SAME, "W_l")
    (token, value), *rest = found.kept
    with pytest.raises(DerivationError):
        check(network, replace(found, kept=((token, Neg(value)), *rest)))
    with pytest.raises(DerivationError):
        check(network, replace(found, notes=found.notes[:-1]))


def test_the_recursion_of_deltas_is_among_the_steps() -> None:
    _, found = derived(SIZES, "W_t")
    k = Name("k")
    z, ell = Name("z", (k,)), Name("ell")
    steps: dict[Tree, Step] = {step.before: step for step in found.steps}
    back = steps[Derivative(ell, z)].after
    assert isinstance(back, Elementwise) and pretty(back) == "∂ℓ/∂hₖ ⊙ σ′(zₖ)"


# -- what is refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            "c_0 : vector(m)\nW_t : matrix(m, m)\nfor t in 1..n:\n    c_t = W_t h_{t-1}\n"
            "    h_t = c_{t-1} .* h_{t-1}\nL = sum(h_n)\nh_0 : vector(m)\n",
            "symbolic-depth-arrays",
        ),
        (
            "H_0 : matrix(m, m)\nW_t : matrix(m, m)\nfor t in 1..n:\n    H_t = W_t H_{t-1}\nL = trace(H_n)\n",
            "symbolic-matrix-state",
        ),
    ],
)
def test_what_is_not_supported_is_said(text: str, what: str) -> None:
    network = chain(text)
    with pytest.raises(NotSupportedError) as caught:
        derive(network, Name("W", (number(1),)))
    assert caught.value.what == what
