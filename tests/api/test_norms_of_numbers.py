"""A norm in a chain of numbers is an input error that says where it stands."""

from __future__ import annotations

import pytest

from symgrad import Chain
from symgrad.errors import InputError

CHAIN = "z = w*x + b\na = sigmoid(z)\nC = (a - y)^2/2\n"


@pytest.mark.parametrize(
    ("claim", "given", "where"),
    [
        ("norm(C) <= 1", (), "<claim>:1:1"),
        ("1 >= opnorm(w)", (), "<claim>:1:6"),
        ("dC/db <= 1", ("norm(w) <= 1",), "<given>:1:1"),
    ],
)
def test_where_it_stands(claim: str, given: tuple[str, ...], where: str) -> None:
    with pytest.raises(InputError) as caught:
        Chain.parse(CHAIN).prove(claim, given=list(given))
    assert str(caught.value).startswith(where)
