"""Notes of chains of symbolic depth: the general gradient, why it holds, and one definite depth."""

from __future__ import annotations

import pytest

from symgrad import Chain
from symgrad.errors import InputError

NEURONS = "for j in 1..n:\n    z_j = w_j a_{j-1} + b_j\n    a_j = sigma(z_j)\nC = (a_n - y)^2/2\n"
CELL = "for t in 1..n:\n    c_t = w c_{t-1} + h_{t-1}\n    h_t = phi(c_t)\nL = h_n\n"


def test_the_note_has_the_formula_the_induction_and_an_example() -> None:
    note = Chain.parse(NEURONS).notes()
    assert r"\frac{\partial C}{\partial w_j} = a_{j-1}\, \sigma'(z_j)\, \prod_{k=j+1}^{n}" in note
    assert "Why it holds at every depth" in note
    assert "the empty product is 1" in note
    assert r"w_4\, \sigma'(z_4)\; (a_4 - y)" in note
    assert r"1 \le j \le n" in note


def test_a_recursion_is_told_as_one() -> None:
    note = Chain.parse(CELL).notes(lang="zh")
    assert "导数如何逐层回传" in note
    assert "递推的起点" in note


@pytest.mark.parametrize("format", ["markdown", "latex", "json"])
def test_every_format_is_written(format: str) -> None:
    assert len(Chain.parse(NEURONS).notes(format)) > 300
    assert "b_j" in Chain.parse(NEURONS).notes(format, answers=True)


def test_without_parameters_there_is_nothing_to_follow() -> None:
    with pytest.raises(InputError):
        Chain.parse("for t in 1..n:\n    h_t = q h_{t-1}\nL = h_n\n").notes()


BOUNDED = "sigma = sigmoid\n" + NEURONS
LINEAR = "for i in 1..n:\n    y_i = w_i y_{i-1} + b\nL = (y_n - y)^2 / 2\nparameters w, b\n"
SKIPS = (
    "sigma = sigmoid\nfor t in 1..n:\n    s_t = w_t h_{t-1} + b_t\n    h_t = h_{t-1} + sigma(s_t)\n"
    "L = (h_n - y)^2 / 2\nparameters w, b\n"
)
SHARED = (
    "phi = tanh\nfor t in 1..n:\n    a_t = u h_{t-1} + v x_t + b\n    h_t = phi(a_t)\n"
    "L = (h_n - y)^2 / 2\nparameters u, v, b\n"
)


@pytest.mark.parametrize(
    ("chain", "bound"),
    [
        (BOUNDED, r"\le \left(\frac{1}{4}\right)^n \qquad (\lvert w_k\rvert \le 1)"),
        (LINEAR, r"\le 1 \qquad (\lvert w_k\rvert \le 1)"),
        (SKIPS, r"\le \left(\frac{5}{4}\right)^n \qquad (\lvert w_k\rvert \le 1)"),
        (SHARED, r"\le \lvert u\rvert^n ."),
    ],
)
def test_the_bound_is_one_that_the_prover_proves(chain: str, bound: str) -> None:
    note = Chain.parse(chain).notes()
    assert bound in note and "can get" in note


def test_no_bound_is_told_where_the_function_is_left_open() -> None:
    assert "can get" not in Chain.parse(NEURONS).notes()


def test_the_numbers_are_those_of_four_layers_and_the_formats_lose_them() -> None:
    note = Chain.parse(BOUNDED).notes()
    assert "0.0017818" in note and "12 layers" in note and "499" in note
    answers = Chain.parse(BOUNDED).notes(answers=True)
    assert "From $n = 5$ on" in answers  # 4^-5 = 1/1024 is the first below 1/1000
    assert r"\left(\frac{1}{2}\right)^n" in answers
