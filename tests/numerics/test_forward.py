"""The forward pass: what has no value is said; what floats lose stays a loss."""

from __future__ import annotations

import numpy as np
import pytest

from symgrad.api.chain import Chain
from symgrad.errors import InputError


@pytest.mark.parametrize("precision", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a = log(w)\nC = a", {"w": -1}),
        ("C = sqrt(w) x", {"w": -1, "x": 0}),
        ("x : vector(3)\nz = log(x)\nC = w sum(z)", {"w": 1, "x": [1, -1, 2]}),
    ],
)
def test_a_line_without_a_value_is_an_error_in_floats_too(
    text: str, values: dict[str, object], precision: str
) -> None:
    with pytest.raises(InputError) as caught:
        Chain.parse(text).evaluate("w", values, precision=precision)
    assert "has no value at these numbers" in str(caught.value)


def test_a_quotient_that_overflows_is_nan_and_no_error() -> None:
    found = Chain.parse("C = exp(w)/(exp(w) + 1)").evaluate("w", {"w": 1000})
    assert np.isnan(found.value) and found.overflow
