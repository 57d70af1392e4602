"""A matrix where a number must stand is told at its place."""

from __future__ import annotations

import pytest

from symgrad import Chain
from symgrad.errors import InputError

CHAIN = """h : vector(n)
y : vector(m)
W : matrix(m, n)
z = W h
ell = half_square(z, y)
parameters W
"""


@pytest.mark.parametrize(("claim", "column"), [("W <= 1", 1), ("opnorm(W) <= W", 14), ("0 < z", 5)])
def test_a_matrix_is_not_smaller_than_a_number(claim: str, column: int) -> None:
    with pytest.raises(InputError) as caught:
        Chain.parse(CHAIN).prove(claim, timeout=1)
    assert caught.value.where is not None and caught.value.where.column == column
