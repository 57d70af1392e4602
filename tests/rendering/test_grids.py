"""Arrays on paper: aligned, abbreviated, as data; certified products with all their digits."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from symgrad import Chain
from symgrad.rendering import grids

NIELSEN = (
    "sigma = sigmoid\nfor j in 1..2:\n    z_j = w_j a_{j-1} + b_j\n    a_j = sigma(z_j)\nC = (a_2 - y)^2/2\n"
)
POINT = {"w_j": 1, "b_j": 0, "a_0": "1/2", "y": 0}


def test_columns_are_aligned() -> None:
    assert grids.lines(np.array([[1.0, -0.25], [10.5, 3.0]])) == ("[    1  -0.25 ]", "[ 10.5      3 ]")


def test_large_arrays_lose_their_middle() -> None:
    shown = grids.lines(np.arange(400.0).reshape(20, 20))
    assert len(shown) == 7 and shown[3].count("...") == 7
    assert grids.inline(np.arange(9.0)) == "[0, 1, 2, ..., 6, 7, 8]"
    assert grids.latex(np.arange(9.0)).count("cdots") == 1
    assert grids.text(np.arange(9)) == "[0, 1, 2, 3, 4, 5, 6, 7, 8]"


def test_sizes_do_not_underflow() -> None:
    assert float(grids.size(np.array([3e-200, 4e-200]))) == pytest.approx(5e-200)
    assert grids.size(np.array([0.0, 0.0])) == 0.0


def test_certified_products_have_the_digits_asked_for() -> None:
    text = Chain.parse(NIELSEN).evaluate("b_1", POINT, precision=30).to("text")
    assert "[0.147899699527415544504191751516" in text
    assert "[0.227266091752184267317694681294" in text


def test_fractions_of_thousands_of_digits_are_written() -> None:
    chain = Chain.parse("for j in 1..2000:\n    a_j = w_j a_{j-1}\nC = a_2000\n")
    found = chain.evaluate("w_1", {"w_j": "1234567/3333", "a_0": 1}, precision="exact")
    assert len(found.to("json")) > 18000 and len(repr(found)) > 18000
    assert "6.1663e5134" in found.to("text")
    assert grids.text(np.array([Fraction(1, 3)], dtype=object)) == "[1/3]"
