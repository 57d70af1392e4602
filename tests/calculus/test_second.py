"""Second derivatives: Hessian entries against SymPy, textbook values, claims, questions and mutations."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
import sympy

from symgrad import Chain, Question
from symgrad.calculus.second import closed, value_of
from symgrad.errors import DerivationError, NotSupportedError
from symgrad.notation.tree import number
from tests.calculus.depth_points import Chain as Point

BOWL = "L = (w_2 w_1 - 1)^2/2\n"
THREE = "y_1 = w_1 x + b\ny_2 = w_2 y_1 + b\ny_3 = w_3 y_2 + b\nL = (y_3 - y)^2 / 2\nparameters w, b\n"
NEURONS = "for j in 1..3:\n    z_j = w_j a_{j-1} + b_j\n    a_j = sigma(z_j)\nC = (a_3 - y)^2/2\n"
SKIP = "for j in 1..2:\n    h_j = h_{j-1} + sigma(w h_{j-1})\nL = h_2^2 + w^2/h_1\n"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (BOWL, ("w_1", "w_2")),
        (THREE, ("w_1", "b", "x")),
        (NEURONS, ("w_1", "b_2", "w_3")),
        (SKIP, ("w", "h_0")),
    ],
)
def test_the_hessian_is_the_slope_of_the_gradient(text: str, names: tuple[str, ...]) -> None:
    chain = Chain.parse(text)
    point, tiny = Point(chain.network), Fraction(1, 10**15)
    for one, other in product(names, repeat=2):
        found = chain.derive(one).derive(other)
        assert found.check()
        up, down = (Point(chain.network, shift={other: sign * tiny}) for sign in (1, -1))
        slope = (up.tangent(chain.objective, one) - down.tangent(chain.objective, one)) / (2 * tiny)
        value = point.formula(closed(chain.network, value_of(found.inner)), {})
        assert abs(value - slope) <= Fraction(1, 10**12) * (1 + abs(slope))


def test_the_bowl_is_not_convex() -> None:
    chain = Chain.parse(BOWL)
    assert str(chain.derive("w_1, w_2")) == "d^2L/(dw_1 dw_2) = w_1 w_2 + w_2 w_1 - 1"
    assert str(chain.derive("w_1").derive("w_1")) == "d^2L/dw_1^2 = w_2 w_2"
    entries = {(a, b): chain.derive(f"w_{a}, w_{b}").expr for a, b in product((1, 2), repeat=2)}
    matrix = sympy.Matrix(2, 2, lambda i, j: entries[i + 1, j + 1])
    at_zero = matrix.subs({symbol: 0 for symbol in matrix.free_symbols})
    assert set(at_zero.eigenvals()) == {1, -1}


@pytest.mark.parametrize(
    ("text", "claim", "verdict"),
    [
        (BOWL, "d^2L/dw_1^2 = w_2^2", "proved"),
        (BOWL, r"\frac{\partial^2 L}{\partial w_1 \partial w_2} = 2 w_1 w_2 - 1", "proved"),
        (BOWL, "d^2L/dw_1dw_2 = d^2L/dw_2dw_1", "proved"),
        (THREE, "∂²L/∂w₁∂b = w_3 w_2 x (1 + w_3 + w_3 w_2)", "proved"),
        (THREE, "d²L/dw_1² >= 0", "proved"),
        (THREE, "d^2L/dy_3^2 = 1", "proved"),
        (NEURONS, "d^2C/db_3^2 = sigma''(z_3) (a_3 - y) + sigma'(z_3)^2", "proved"),
    ],
)
def test_claims_about_second_derivatives(text: str, claim: str, verdict: str) -> None:
    assert Chain.parse(text).prove(claim).verdict == verdict


def test_questions_about_second_derivatives() -> None:
    question = Question(Chain.parse(NEURONS), wrt="b_3, b_3")
    assert question.asked() == "∂²C/∂b₃²"
    assert question.mark("s''(z_3)(a_3-y) + s'(z_3)^2").verdict == "correct"
    lost = question.mark("s''(z_3)(a_3-y)")
    assert (lost.verdict, lost.mistakes[0].name) == ("incorrect", "dropped-term")


def test_a_third_derivative() -> None:
    found = Chain.parse("L = w^4 x").derive("w").derive("w").derive("w")
    assert found.check()
    w, x = (sympy.Symbol(name, real=True) for name in "wx")
    assert sympy.expand(found.expr - 24 * w * x) == 0
    assert str(found).startswith("d^3L/dw^3 = ")


def test_mutations_are_rejected() -> None:
    found = Chain.parse(NEURONS).derive("b_1").derive("w_2")
    inner = found.inner
    for place, step in enumerate(inner.steps):
        for wrong in ((), (replace(step, after=number(7)),), (step, step)):
            steps = (*inner.steps[:place], *wrong, *inner.steps[place + 1 :])
            broken = replace(found.found, inner=replace(inner, steps=steps))
            with pytest.raises(DerivationError):
                broken.check()


@pytest.mark.parametrize(
    "text", ["for j in 1..n:\n    h_j = w_j h_{j-1}\nL = h_n\n", "x : vector(d)\nL = w sum(x .* x)\n"]
)
def test_what_is_not_supported_says_so(text: str) -> None:
    chain = Chain.parse(text)
    with pytest.raises(NotSupportedError):
        chain.derive(chain.parameters[0]).derive(chain.parameters[0])
