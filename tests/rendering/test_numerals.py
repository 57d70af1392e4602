"""Numbers for people and the bars beside them."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symgrad.rendering.numerals import bars, magnitude, numeral


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(15625, 8), "15625/8"),
        (Fraction(4), "4"),
        (0.0017818234923, "0.0017818"),
        (0.2350037122, "0.23500"),
        (0.5, "0.5"),
        (25.0, "25"),
        (np.float32(0.25), "0.25"),
        (0.0, "0"),
        (float("inf"), "inf"),
        (Fraction(10) ** 60, "1.0000e60"),
        (SimpleNamespace(sign=-1, log=-700.0), "-9.8597e-305"),
    ],
)
def test_numerals(value: object, text: str) -> None:
    assert numeral(value) == text


@given(st.fractions().filter(bool))
def test_magnitude_is_log10(value: Fraction) -> None:
    found = magnitude(value)
    assert found is not None and math.isclose(found, math.log10(abs(value)), abs_tol=1e-9)


@given(st.lists(st.floats(1e-300, 1e300), min_size=1, max_size=8))
def test_bars_keep_the_order(values: list[float]) -> None:
    shown, _ = bars(values)
    length = {
        v: 8 * len(b) - (0 if not b or b[-1] == "█" else 8 - " ▏▎▍▌▋▊▉█".index(b[-1]))
        for v, b in zip(values, shown, strict=True)
    }
    ordered = sorted(length)
    assert all(length[a] <= length[b] for a, b in pairwise(ordered))
    assert max(length.values()) == 160


def test_small_values_switch_to_logarithmic_bars() -> None:
    shown, logarithmic = bars([1.0, 1e-3, 1e-6, 0.0])
    assert logarithmic and all(shown[:3]) and shown[3] == ""
