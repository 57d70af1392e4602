"""From which depth a gradient rounds to 0, against closed forms and direct computation in mpmath."""

from __future__ import annotations

import mpmath
import pytest

from symgrad.notation.tree import Name
from symgrad.numerics import vanishing
from tests.numerics.chains import ONES, STEEP, chain, named, nielsen

LINEAR = "h_0 = x\nfor j in 1..3:\n    h_j = w_j h_{j-1}\nC = h_3\n"


def first_zero(exponent: int) -> int:
    """The depth of F01's chain from which |dC/db_1| <= 2^exponent, by mpmath."""
    with mpmath.workdps(30):
        a, product, depth = mpmath.mpf(1) / 2, mpmath.mpf(1), 0
        while True:
            a = 1 / (1 + mpmath.exp(-a))
            product *= a * (1 - a)
            depth += 1
            if product * a <= mpmath.mpf(2) ** exponent:
                return depth


def test_four_sigmoid_neurons() -> None:
    found = vanishing(nielsen(), named("b", 1), ONES)
    assert found == {"float16": 12, "float32": 70, "float64": 499}
    assert found == {"float16": first_zero(-25), "float32": first_zero(-150), "float64": first_zero(-1075)}


@pytest.mark.parametrize("depth", [1, 2, 30])
def test_the_depth_of_the_file_does_not_matter(depth: int) -> None:
    assert vanishing(nielsen(depth), named("b", 1), ONES) == {"float16": 12, "float32": 70, "float64": 499}


def test_ties_round_to_zero() -> None:
    """x/2^n: 2^-25, 2^-150 and 2^-1075 themselves round to the even neighbour, 0."""
    found = vanishing(chain(LINEAR), Name("x"), {"w_j": "1/2", "x": 1})
    assert found == {"float16": 25, "float32": 150, "float64": 1075}


def test_values_in_other_names_go_on_with_the_loop() -> None:
    steep = {**STEEP, "w_j": 2, "b_j": "-2 a_{j-1}"}
    found = vanishing(nielsen(), named("b", 1), steep)
    assert found is not None  # factors 1/4 * 2, then 1/4 and 1/2: 2^-(n+2)
    assert found == {"float16": 23, "float32": 148, "float64": 1073}


def test_later_lines_move_with_the_end_of_the_loop() -> None:
    text = "sigma = sigmoid\nh_0 = x\nfor j in 1..3:\n    z_j = w_j h_{j-1}\n    h_j = sigma(z_j)\n"
    network = chain(text + "z_4 = w_4 h_3\nL = (z_4 - y)^2/2\n")
    found = vanishing(network, named("w", 1), {"w_j": 1, "x": 1, "y": 0})
    assert found is not None and list(found) == ["float16", "float32", "float64"]
    with mpmath.workdps(30):
        a, product, depth = mpmath.mpf(1), mpmath.mpf(1), 0
        while depth < found["float16"]:
            a = 1 / (1 + mpmath.exp(-a))
            product *= a * (1 - a)
            depth += 1
        assert product * a <= mpmath.mpf(2) ** -25 < product * a / (a * (1 - a))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("z = w x\nC = z^2\n", {"w": 1, "x": 1}),
        ("h_0 = x\nfor j in 1..3:\n    h_j = w_j h_{j-1}\nC = h_1 + h_3\n", {"w_j": "1/2", "x": 1}),
        (LINEAR, {"w_1": "1/2", "w_2": "1/2", "w_3": "1/2", "x": 1}),
        (LINEAR, {"w_j": 1, "x": 1}),
        (LINEAR, {"w_j": 0, "x": 1}),
        ("for i in 1..2:\n    for j in 1..2:\n        v_{i,j} = w x\nC = v_{2,2}\n", {"w": 1, "x": 1}),
    ],
)
def test_none_where_the_question_has_no_answer(text: str, values: dict[str, object]) -> None:
    network = chain(text)
    assert vanishing(network, network.leaves[0], values) is None


def test_exploding_gradients_do_not_vanish() -> None:
    assert vanishing(nielsen(), named("b", 1), STEEP) is None
