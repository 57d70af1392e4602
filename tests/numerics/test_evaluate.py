"""Gradients in numbers against hand computation, mpmath and the printed facts."""

from __future__ import annotations

from fractions import Fraction

import flint
import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symgrad.notation.tree import Apply, Derivative, Mul, Name
from symgrad.notation.writers.plain import plain
from symgrad.numerics import evaluate, report
from tests.numerics.chains import ONES, STEEP, biases, chain, gradients, named, nielsen

FACTORS = ["sigma'(z_1)", "w_2", "sigma'(z_2)", "w_3", "sigma'(z_3)", "w_4", "sigma'(z_4)", "dC/da_4"]


def by_hand(
    depth: int, w: list[object], b: list[object], a: object, y: object, digits: int = 40
) -> mpmath.mpf:
    """dC/db_1 of the sigmoid chain by the chain rule, backwards in mpmath."""
    with mpmath.workdps(digits):
        values = [
            mpmath.mpf(str(a)) if not isinstance(a, Fraction) else mpmath.mpf(a.numerator) / a.denominator
        ]
        slopes = []
        for j in range(depth):
            z = (
                mpmath.mpf(w[j].numerator) / w[j].denominator * values[-1]
                + mpmath.mpf(b[j].numerator) / b[j].denominator
            )
            s = 1 / (1 + mpmath.exp(-z))
            values.append(s)
            slopes.append(s * (1 - s))
        g = values[-1] - mpmath.mpf(y.numerator) / y.denominator
        for j in reversed(range(depth)):
            g *= slopes[j]
            if j:
                g *= mpmath.mpf(w[j].numerator) / w[j].denominator
        return +g


def test_printed_numbers_of_four_sigmoid_neurons() -> None:
    found = report(nielsen(), biases(nielsen()), ONES)
    values = [f"{e.value:.9g}" for e in found.evaluations]
    assert values == ["0.00178182349", "0.00758210783", "0.0333622485", "0.148084046"]
    activations = [f"{found.numbers[named('a', j)]:.8f}" for j in (1, 2, 3, 4)]
    assert activations == ["0.62245933", "0.65077768", "0.65718569", "0.65862791"]
    slopes = [f"{f.value:.8f}" for f in found.evaluations[0].factors if isinstance(f.factor, Apply)]
    assert slopes == ["0.23500371", "0.22726609", "0.22529266", "0.22483719"]


def test_factors_are_in_textbook_order_and_kept_tokens_are_valued() -> None:
    (found,) = evaluate(nielsen(), biases(nielsen(), 1), ONES)
    assert [plain(f.factor) for f in found.factors] == FACTORS
    assert f"{found.factors[-1].value:.8f}" == "0.65862791"


@pytest.mark.parametrize("a", ["1/2", "7", "-3/11"])
def test_steepest_points_are_exact_for_any_input(a: str) -> None:
    found = report(nielsen(), biases(nielsen()), {**STEEP, "a_0": a}, "exact")
    assert [e.value for e in found.evaluations] == [Fraction(n, 8) for n in (15625, 625, 25, 1)]
    values = [f.value for f in found.evaluations[0].factors]
    quarter, w = Fraction(1, 4), Fraction(100)
    assert values == [quarter, w, quarter, w, quarter, w, quarter, Fraction(1, 2)]
    assert [(row.index, row.value) for row in found.rows] == [(4, 25), (3, 25), (2, 25), (1, 25)]
    assert [row.gradient for row in found.rows] == [Fraction(n, 8) for n in (1, 25, 625, 15625)]


def test_steepest_points_in_floats() -> None:
    (found,) = evaluate(nielsen(), biases(nielsen(), 1), STEEP)
    assert found.value == 1953.125 and isinstance(found.value, np.float64)


def test_rows_show_what_a_layer_multiplies_by() -> None:
    found = report(nielsen(), biases(nielsen()), ONES)
    assert [row.index for row in found.rows] == [4, 3, 2, 1]
    assert [plain(row.factor) for row in found.rows if row.factor][-1] == "w_1 sigma'(z_1)"
    assert isinstance(found.rows[0].factor, Mul)
    assert [f"{row.value:.4f}" for row in found.rows] == ["0.2248", "0.2253", "0.2273", "0.2350"]
    assert [row.gradient for row in found.rows] == [e.value for e in reversed(found.evaluations)]


def test_one_gradient_or_different_families_have_no_rows() -> None:
    network = nielsen()
    assert report(network, biases(network, 1), ONES).rows == ()
    mixed = gradients(network, named("b", 1), named("w", 2))
    assert report(network, mixed, ONES).rows == ()


@pytest.mark.parametrize("digits", [5, 20, "50", 300])
def test_certified_digits(digits: int | str) -> None:
    (found,) = evaluate(nielsen(), biases(nielsen(), 1), ONES, digits)
    count = int(digits)
    text = str(found.value)
    assert isinstance(found.value, flint.arb) and text.startswith("[") and " +/- " in text
    ones, zeros = [Fraction(1)] * 4, [Fraction(0)] * 4
    truth = by_hand(4, ones, zeros, Fraction(1, 2), Fraction(0), count + 30)
    middle = text[1:].split(" +/- ")[0]
    assert len(middle.strip("0.")) >= count - 1
    with mpmath.workdps(count + 30):
        assert abs(mpmath.mpf(middle) - truth) < abs(truth) * mpmath.mpf(10) ** (1 - count)


def test_digits_survive_cancellation() -> None:
    network = nielsen(1)
    target = "0.622459331201854593"
    (found,) = evaluate(network, biases(network, 1), {**ONES, "y": target}, 30)
    with mpmath.workdps(80):
        s = 1 / (1 + mpmath.exp(-mpmath.mpf("0.5")))
        truth = s * (1 - s) * (s - mpmath.mpf(target))
        assert (
            abs(mpmath.mpf(str(found.value)[1:].split(" ")[0]) - truth) < abs(truth) * mpmath.mpf(10) ** -28
        )


fractions = st.fractions(-3, 3, max_denominator=20)


@given(
    st.integers(1, 6).flatmap(lambda n: st.tuples(*[st.tuples(fractions, fractions)] * n)),
    fractions,
    fractions,
)
def test_random_sigmoid_chains_agree_with_mpmath(
    layers: tuple[tuple[Fraction, Fraction], ...], a: Fraction, y: Fraction
) -> None:
    depth = len(layers)
    network = nielsen(depth)
    values: dict[str, object] = {"a_0": a, "y": y}
    for j, (w, b) in enumerate(layers, start=1):
        values |= {f"w_{j}": w, f"b{j}": b}
    truth = by_hand(depth, [w for w, _ in layers], [b for _, b in layers], a, y, 60)
    goals = biases(network, 1)
    (double,) = evaluate(network, goals, values)
    (ball,) = evaluate(network, goals, values, 25)
    assert float(double.value) == pytest.approx(float(truth), rel=1e-11, abs=1e-15)
    with mpmath.workdps(60):
        middle, radius = (
            mpmath.mpf(int(m)) * mpmath.mpf(2) ** int(e)
            for m, e in (ball.value.mid().man_exp(), ball.value.rad().man_exp())
        )
        assert abs(middle - truth) <= radius + mpmath.mpf(10) ** -50
    (signed,) = evaluate(network, goals, values, "log")
    if abs(truth) > 1e-6:
        assert float(signed.value) == pytest.approx(float(truth), rel=1e-8)


def test_sums_over_paths_and_ties() -> None:
    network = chain(
        "parameters w, b\ny_0 = x\nfor j in 1..3:\n    y_j = w_j y_{j-1} + b\nL = (y_3 - t)^2/2\n"
    )
    values = {"w_1": 2, "w_2": 3, "w_3": "1/2", "b": 1, "x": 4, "t": 1}
    (found,) = evaluate(network, gradients(network, Name("b")), values, "exact")
    y1 = 2 * 4 + 1
    y2 = 3 * y1 + 1
    y3 = Fraction(y2, 2) + 1
    assert found.value == (y3 - 1) * (1 + Fraction(1, 2) + Fraction(3, 2))


def test_tokens_that_long_sums_leave_standing() -> None:
    text = "h_0 = x\nu = x/2\nfor j in 1..24:\n    h_j = h_{j-1}/2 + v_j u\nC = h_24^2\n"
    network = chain(text)
    (goal,) = gradients(network, Name("u"))
    assert any(isinstance(node, Derivative) for f in goal.factors for node in _nodes(f))
    (found,) = evaluate(network, [goal], {"x": 1, "v_j": "1/j"}, "exact")
    u, h, slope = Fraction(1, 2), Fraction(1), Fraction(0)
    for j in range(1, 25):
        h, slope = h / 2 + u / j, slope / 2 + Fraction(1, j)
    assert found.value == 2 * h * slope


def _nodes(tree: object) -> object:
    from symgrad.notation.tree import walk

    return walk(tree)  # type: ignore[arg-type]


def test_general_functions_are_filled_in() -> None:
    network = nielsen(4, sigma="")
    (found,) = evaluate(network, biases(network, 1), ONES, functions={"sigma": "sigmoid"})
    assert f"{found.value:.9g}" == "0.00178182349"


@pytest.mark.parametrize("depth", [2000])
def test_depth_costs_no_recursion_and_logs_do_not_underflow(depth: int) -> None:
    network = nielsen(depth)
    goals = biases(network, 1)
    (found,) = evaluate(network, goals, ONES, "log")
    (ball,) = evaluate(network, goals, ONES, 20)
    assert found.value.sign == 1
    assert found.value.log == pytest.approx(float(ball.value.log()), rel=1e-12)
    assert found.value.log < -2900
    (double,) = evaluate(network, goals, ONES)
    assert double.value == 0 and double.underflow == ("dC/db_1",)
