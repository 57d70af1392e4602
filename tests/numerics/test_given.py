"""Values as people write them, and the messages where they slip."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from symgrad.errors import InputError, MissingValueError, ShapeError, SymgradError, UnknownNameError
from symgrad.numerics import evaluate, report
from tests.numerics.chains import ONES, biases, chain, gradients, named, nielsen

NETWORK = nielsen()
GOALS = biases(NETWORK, 1)


def number_of(value: object) -> object:
    return report(NETWORK, GOALS, {**ONES, "w_j": 100, "b_j": "-100 a_{j-1}", "a_0": value}, "exact").numbers[
        named("a", 0)
    ]


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (2, Fraction(2)),
        (0.1, Fraction(1, 10)),
        (1e-300, Fraction(1, 10**300)),
        ("0.1", Fraction(1, 10)),
        ("1e-3", Fraction(1, 1000)),
        ("-7/3", Fraction(-7, 3)),
        (Fraction(22, 7), Fraction(22, 7)),
        ("½", Fraction(1, 2)),
        (r"\frac{1}{3}", Fraction(1, 3)),
        (Decimal("2.50"), Fraction(5, 2)),
        (np.float32(0.1), Fraction(1, 10)),
        (np.float64(0.25), Fraction(1, 4)),
        (np.int64(3), Fraction(3)),
        (np.float16(0.1), Fraction(1, 10)),
        ("2^-3", Fraction(1, 8)),
    ],
)
def test_a_number_means_itself_and_a_float_its_shortest_decimal(value: object, meant: Fraction) -> None:
    assert number_of(value) == meant


@pytest.mark.parametrize("spelling", ["w_1", "w1", "w₁", r"w_{1}", r"w_1"])
def test_an_exact_name_in_any_spelling_wins_over_its_family(spelling: str) -> None:
    for values in ({"w_j": 7, spelling: 3}, {spelling: 3, "w_j": 7}):
        found = report(NETWORK, biases(NETWORK), {**ONES, **values})
        assert [float(found.numbers[named("w", j)]) for j in (1, 2, 3, 4)] == [3, 7, 7, 7]


def test_names_may_be_trees() -> None:
    found = report(NETWORK, GOALS, {**ONES, named("w", 2): 5})
    assert float(found.numbers[named("w", 2)]) == 5


def test_the_index_of_a_family_is_bound_in_its_value() -> None:
    found = report(NETWORK, biases(NETWORK), {**ONES, "w_j": "1/(j+1)", "b_k": "w_k + k"})
    assert [float(found.numbers[named("b", j)]) for j in (1, 2, 3, 4)] == [
        j + 1 / (j + 1) for j in (1, 2, 3, 4)
    ]


def test_values_made_of_other_leaves_come_in_any_order() -> None:
    network = chain("C = p q r\n")
    (found,) = evaluate(network, gradients(network, named("p")), {"p": "q^2", "q": "2 r", "r": 3}, "exact")
    assert found.value == 18


def test_a_label_is_a_name_of_its_own() -> None:
    network = chain("parameters b\nC = b_i x + b_o\n")
    (found,) = evaluate(network, gradients(network, network.leaves[1]), {"b_i": 4, "x": 1, "b_o": 2}, "exact")
    assert found.value == 4


MISSING = (
    "nielsen.chain: no values for w_1…w_4, b_1…b_4, a_0, y.   To complete the line, paste\n"
    "  --set w_j=1 --set b_j=0 --set a_0=1/2 --set y=0"
)


def test_forgotten_values_end_in_the_line_to_paste() -> None:
    with pytest.raises(MissingValueError) as caught:
        evaluate(NETWORK, biases(NETWORK), {})
    assert str(caught.value) == MISSING
    assert "Error" not in str(caught.value)
    assert caught.value.message("zh").endswith("--set w_j=1 --set b_j=0 --set a_0=1/2 --set y=0")


def test_the_pasted_line_completes_the_command() -> None:
    with pytest.raises(MissingValueError) as caught:
        evaluate(NETWORK, biases(NETWORK), {"w_1": 2, "w_3": 1})
    said = str(caught.value)
    assert "no values for b_1…b_4, w_2, w_4, a_0, y." in said
    settings = [part.split("=", 1) for part in said.split("--set ")[1:]]
    given = {name: value.strip() for name, value in settings}
    assert evaluate(NETWORK, biases(NETWORK), {"w_1": 2, "w_3": 1, **given})[0].value > 0


def test_only_what_the_gradient_needs_is_asked_for() -> None:
    network = chain("C = w x\nD = C v\nobjective C\n")
    assert evaluate(network, gradients(network, named("w")), {"x": 3, "w": 1}, "exact")[0].value == 3


def test_a_general_function_asks_for_a_binding() -> None:
    network = nielsen(sigma="")
    with pytest.raises(MissingValueError, match=r"--function sigma=sigmoid"):
        evaluate(network, biases(network), ONES)


SLIPS = [
    ({"c_1": 1}, UnknownNameError, "<values>:1:1: there is no c_1"),
    ({"w_7": 1}, UnknownNameError, "there are w_1, w_2, w_3, w_4"),
    ({"w": 1}, UnknownNameError, "did you mean w_j?"),
    ({"Y": 1}, UnknownNameError, "did you mean y?"),
    ({"a_4": 1}, InputError, "a_4 is defined by the chain itself"),
    ({"z_j": 1}, InputError, "z_j is defined by the chain itself"),
    ({"sigma": 1}, InputError, "--function sigma=sigmoid"),
    ({"y": "q + 1"}, UnknownNameError, "<values>:1:3: there is no q"),
    ({"y": "w_k"}, UnknownNameError, "<values>:1:3: there is no w_k"),
    ({"y": "w_9"}, UnknownNameError, "there is no w_9"),
    ({"y": "1 +"}, InputError, "<values>:1:"),
    ({"y": ""}, InputError, "nothing to read"),
    ({"y": "1 < 2"}, InputError, "a number is expected here"),
    ({"y": float("nan")}, InputError, "a number is expected here"),
    ({"y": float("inf")}, InputError, "a number is expected here"),
    ({"y": True}, InputError, "a number is expected here"),
    ({"y": None}, InputError, "a number is expected here"),
    ({"y": [1, 2]}, ShapeError, "y is a scalar; the value given is a vector(2)"),
    ({"b_j": "-100*a_j"}, InputError, "<values>:1:5: the value of b_1 uses a_1"),
    ({"b_j": "C"}, InputError, "the value of b_1 uses C"),
    ({"b_j": "w_j", "w_j": "2 b_j"}, InputError, "runs in a circle: w_1 -> b_1 -> w_1"),
    ({"y": "y + 1"}, InputError, "runs in a circle: y -> y"),
    ({"y": "1/(w_1 - 1)"}, InputError, "y has no value"),
]


@pytest.mark.parametrize(("values", "kind", "said"), SLIPS)
def test_a_slip_is_told_at_its_place(values: dict[str, object], kind: type[SymgradError], said: str) -> None:
    with pytest.raises(kind) as caught:
        evaluate(NETWORK, biases(NETWORK), {**ONES, **values})
    assert said in str(caught.value)
    assert caught.value.message("zh") != str(caught.value)


def test_an_irrational_number_has_no_fraction() -> None:
    with pytest.raises(InputError, match=r"nielsen.chain:5:11: a_1 is irrational.*--precision float64"):
        evaluate(NETWORK, biases(NETWORK), ONES, "exact")


def test_a_pole_is_told_in_every_precision() -> None:
    network = chain("z = 1/w\nC = z x\n")
    for precision in ("float64", "exact", "log", 20):
        with pytest.raises(InputError, match="z has no value"):
            evaluate(network, gradients(network, named("x")), {"w": 0, "x": 1}, precision)


@pytest.mark.parametrize("precision", ["float8", "", "0", -3, "1e3", "fifty", 10**9, True])
def test_an_unknown_precision_lists_the_known_ones(precision: str | int) -> None:
    with pytest.raises(InputError, match="bfloat16, float32, float64, log, exact"):
        evaluate(NETWORK, GOALS, ONES, precision)


def test_a_function_that_is_not_applied() -> None:
    with pytest.raises(UnknownNameError, match="it applies sigma"):
        evaluate(NETWORK, GOALS, ONES, functions={"phi": "tanh"})
