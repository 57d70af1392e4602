"""A slope that is even: what |z| >= c says of it; a product that is not 0 and its factors."""

from __future__ import annotations

from collections.abc import Sequence

import mpmath  # type: ignore[import-untyped]
import pytest

from symgrad import Chain, prove
from symgrad.errors import CertificateError
from symgrad.proving import kernel
from symgrad.proving.kernel.functions import even_slope

NIELSEN = """sigma = sigmoid
for j in 1..4:
    z_j = w_j a_{j-1} + b_j
    a_j = sigma(z_j)
C = (a_4 - y)^2 / 2
"""
CHAINS: Sequence[tuple[str, Sequence[str], bool]] = [
    ("|dC/db_1| > |dC/db_2|", ("w_2 > 4", "z_1 = 0", "dC/db_2 != 0"), True),
    ("|dC/db_1| > |dC/db_2|", ("w_2 > 4", "z_1 = 0"), False),
    ("|dC/db_1| > |dC/db_2|", ("w_2 >= 4", "z_1 = 0", "dC/db_2 != 0"), False),
    ("|dC/db_1| > |dC/db_4|", ("w_j = 100", "z_1 = 0", "z_2 = 0", "z_3 = 0", "dC/db_4 != 0"), True),
    ("|dC/db_1| <= (3/16)^3*|dC/db_4|", ("|w_j| <= 1", "|z_j| >= 2"), True),
    ("|dC/db_1| <= (1/10)^3*|dC/db_4|", ("|w_j| <= 1", "|z_j| >= 2"), False),
]
NUMBERS: Sequence[tuple[str, Sequence[str], bool]] = [
    ("sigma'(z)*sigma'(x) <= (3/16)^2", ("|z| >= 2", "|x| >= 2"), True),
    ("sigma'(z)*sigma'(x) <= (1/10)^2", ("|z| >= 2", "|x| >= 2"), False),
    ("sigma'(z) >= 1/100", ("|z| <= 2",), True),
    ("sigma'(z) >= 106/1000", ("|z| <= 2",), False),
    ("arctan'(z) <= 1/5", ("|z| >= 2",), True),
    ("gelu'(z) <= 1/2", ("|z| >= 2",), False),
    ("softplus'(z) <= 1/4", ("|z| >= 2",), False),
    ("x != 0", ("x*(y - z) != 0",), True),
    ("y != z", ("x*y - x*z != 0",), True),
    ("x*y != 1", ("x*y != 0",), False),
    ("x != 0", ("x*y + z != 0",), False),
]


def _verdict(proof: object, truth: bool) -> None:
    verdict, checked = getattr(proof, "verdict", ""), getattr(proof, "checked", False)
    assert (verdict, checked) == ("proved", True) if truth else verdict != "proved"


@pytest.mark.parametrize(("claim", "given", "truth"), CHAINS)
def test_chains(claim: str, given: Sequence[str], truth: bool) -> None:
    _verdict(Chain.parse(NIELSEN).prove(claim, given=list(given)), truth)


@pytest.mark.parametrize(("claim", "given", "truth"), NUMBERS)
def test_numbers(claim: str, given: Sequence[str], truth: bool) -> None:
    _verdict(prove(claim, given=list(given)), truth)


SLOPES = {
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "tanh": mpmath.tanh,
    "arctan": mpmath.atan,
    "erf": mpmath.erf,
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "gelu": lambda x: x * mpmath.ncdf(x),
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "exp": mpmath.exp,
}


@pytest.mark.parametrize("name", SLOPES)
def test_a_slope_is_even_only_where_it_is(name: str) -> None:
    at = (mpmath.mpf(1) / 3, mpmath.mpf(2))
    differences = [abs(mpmath.diff(SLOPES[name], x) - mpmath.diff(SLOPES[name], -x)) for x in at]
    assert even_slope(name) == all(d < 1e-9 for d in differences)


def test_without_the_size_nothing_is_left_of_the_argument() -> None:
    certificate = prove("sigma'(z)*sigma'(x) <= (3/16)^2", given=["|z| >= 2", "|x| >= 2"]).certificate
    assert certificate is not None
    with pytest.raises(CertificateError):
        kernel.check({**certificate, "used": []})
