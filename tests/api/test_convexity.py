"""Convexity claims: decided by the Hessian, against second derivatives by SymPy and hand-known results."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad import Chain, prove
from symgrad.errors import InputError, NotSupportedError, ParseError, UnknownNameError

KNOWN = [
    ("(w_2*w_1*x-y)^2/2 is convex in w_1, w_2", (), "refuted"),
    ("(w_2*w_1*x-y)^2/2 is convex in w_1", (), "proved"),
    ("(w_2*w_1*x-y)^2/2 is convex in w_1 and (w_2*w_1*x-y)^2/2 is convex in w_2", (), "proved"),
    ("softplus(x) is convex in x", (), "proved"),
    ("log(1+exp(-y*w)) is convex in w", (), "proved"),
    ("log(exp(x)+exp(y)) is convex in x, y", (), "proved"),
    ("sigmoid(x) is convex in x", (), "refuted"),
    ("sigmoid(x) is convex in x", ("x <= 0",), "proved"),
    ("sigmoid(x) is concave in x", ("x >= 0",), "proved"),
    ("log(x) is concave in x", ("x > 0",), "proved"),
    ("log(x) is concave in x", (), "undecided"),
    ("x^3 is convex in x", ("x >= 0",), "proved"),
    ("x^3 is convex in x", ("x >= -1",), "refuted"),
    ("a*x+b is convex in x", (), "proved"),
    ("a*x+b is concave in x", (), "proved"),
    ("a*x+b is convex in (a, x)", (), "refuted"),
    ("relu(x) is convex in x", (), "undecided"),
    ("lambda*x^2 is convex in x", ("lambda >= 0",), "proved"),
    ("lambda*x^2 is convex in x", ("lambda >= -1",), "refuted"),
    ("x^2+y^2+z^2+x*y*z is convex in x, y, z", ("|x| <= 1/2", "|y| <= 1/2", "|z| <= 1/2"), "proved"),
    ("x^2+y^2+z^2+x*y*z is convex in x, y, z", (), "refuted"),
]


@pytest.mark.parametrize(("claim", "assumed", "verdict"), KNOWN)
def test_what_is_known_of_losses(claim: str, assumed: tuple[str, ...], verdict: str) -> None:
    proof = prove(claim, given=assumed)
    assert proof.verdict == verdict
    assert proof.verdict == "undecided" or proof.check()


def test_the_witness_of_a_product_parametrisation_is_a_negative_minor() -> None:
    proof = prove("(w_2*w_1*x-y)^2/2 is convex in w_1, w_2")
    at = {sympy.Symbol(name): sympy.Rational(value) for name, value in proof.counterexample.items()}
    w_1, w_2, x, y = sympy.symbols("w_1 w_2 x y")
    hessian = sympy.hessian((w_2 * w_1 * x - y) ** 2 / 2, (w_1, w_2)).subs(at)
    assert not hessian.is_positive_semidefinite
    assert "∂²f/∂w₁² ∂²f/∂w₂²" in str(proof)


def test_a_chain_is_convex_in_each_weight_but_not_in_all() -> None:
    chain = Chain.parse("y_1 = w_1*x\ny_2 = w_2*y_1\ny_3 = w_3*y_2\nL = (y_3-y)^2/2\n")
    for name in ("y_3", "w_1", "w_2", "w_3"):
        assert chain.prove(f"L is convex in {name}").verdict == "proved"
    assert chain.prove("L is convex in w_1, w_2").verdict == "refuted"
    assert chain.prove("L is convex in w_j").verdict == "refuted"


@settings(max_examples=25, deadline=None)
@given(st.tuples(*[st.integers(-3, 3)] * 3))
def test_a_quadratic_form_is_convex_exactly_if_its_matrix_is_semidefinite(entries: tuple[int, ...]) -> None:
    a, b, c = entries
    matrix = sympy.Matrix([[a, Fraction(b, 2)], [Fraction(b, 2), c]])
    proof = prove(
        f"{{{a}}}*x^2+({b})*x*y+({c})*y^2 + x - 3 is convex in x, y".replace("{", "(").replace("}", ")")
    )
    assert proof.verdict == ("proved" if matrix.is_positive_semidefinite else "refuted")


@pytest.mark.parametrize(
    ("claim", "assumed", "error"),
    [
        ("x^2 is convex", (), ParseError),
        ("x^2 is convex in 3", (), ParseError),
        ("x^2 is convex in x or x > 0", (), InputError),
        ("not x^2 is convex in x", (), InputError),
        ("x^2 is convex in z", (), UnknownNameError),
        ("x*y is convex in x, y", ("x + y <= 1", "x + y >= 1"), InputError),
        ("x^4 is convex in x", ("x*x >= 1",), InputError),
        ("a*b*c*d*f_1 is convex in a, b, c, d, f_1", (), NotSupportedError),
    ],
)
def test_what_cannot_be_asked(claim: str, assumed: tuple[str, ...], error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        prove(claim, given=assumed)
    assert ":1:" in str(caught.value)


def test_both_languages_say_what_convexity_comes_down_to() -> None:
    proof = prove("softplus(x) is convex in x")
    assert "convex in x exactly if its second derivative is never negative" in proof.to("text", "en")
    assert "凸函数" in proof.to("text", "zh")


LOGISTIC = "z = w*x + b\np = sigmoid(z)\nC = -y*log(p) - (1-y)*log(1-p)\n"
LINE = "z = w*x + b\n"


@pytest.mark.parametrize(
    ("chain", "claim", "assumed", "verdict"),
    [
        (LOGISTIC, "C is convex in w, b", ("0 <= y <= 1",), "proved"),
        (LOGISTIC, "C is concave in w, b", ("0 <= y <= 1",), "refuted"),
        (
            "z = w*x + b\np = sigmoid(z)\nC = binary_cross_entropy(p, y)\n",
            "C is convex in w, b",
            (),
            "proved",
        ),
        (
            "z = w*x + b\np = sigmoid(z)\nC = (p - y)^2/2\n",
            "C is convex in w, b",
            ("0 <= y <= 1",),
            "refuted",
        ),
        ("z = w*x + b\np = tanh(z)\nC = half_square(p, y)\n", "C is convex in w", (), "refuted"),
        (LINE + "C = mse(z, y)\n", "C is convex in w, b", (), "proved"),
        (LINE + "C = half_square(z, y)\n", "C is convex in w, b", (), "proved"),
        (LINE + "C = (z - y)^2/2 + lambda*w^2/2\n", "C is convex in w, b", ("lambda >= 0",), "proved"),
        (LINE + "C = (z - y)^2/2 + lambda*w^2/2\n", "C is convex in w, b", ("lambda >= -1",), "refuted"),
        (LINE + "C = hinge(z, y)\n", "C is convex in w, b", (), "undecided"),
    ],
)
def test_losses_of_regression(chain: str, claim: str, assumed: tuple[str, ...], verdict: str) -> None:
    proof = Chain.parse(chain).prove(claim, given=list(assumed))
    assert proof.verdict == verdict
    assert verdict == "undecided" or proof.check()


def test_what_cancels_in_a_second_derivative_is_still_asked_for() -> None:
    """-sqrt(x^2) is -|x|: its second derivative comes to 0 wherever it has a value, yet it is not convex."""
    assert prove("-sqrt(x^2) is convex in x").verdict != "proved"
    assert prove("x*sqrt(x^2) is convex in x").verdict != "proved"
    assert prove("x^3 + log(x) - log(x) is convex in x").verdict != "refuted"
    assert prove("x^3 + log(x) - log(x) is convex in x", given=["x > 0"]).verdict == "proved"
