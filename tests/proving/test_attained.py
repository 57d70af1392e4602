"""A slope that takes its greatest value is no contradiction, however hidden the point is."""

import copy

import pytest

from symgrad import prove
from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.reader import read
from symgrad.proving import kernel

FALSE = [
    ("sigma'(x^3-2) < 1/4", []),
    ("sigma'(x^3-2)*sigma'(y^3-3) < 1/16", []),
    ("tanh'(x^3-2)*tanh'(y^3-3) < 1", []),
    ("tanh'(x^2-2)*tanh'(y) < 1", ["y != 1"]),
    ("tanh'(x-sqrt(2))*tanh'(y-sqrt(3)) < 1", []),
    ("tanh'(exp(x)-2)*tanh'(y-pi) < 1", ["x != y"]),
    ("arctan'(x^3-2) < 1", []),
    ("softsign'(x^3-2) < 1", []),
    ("tanh'(x^3-2) = 1 implies x > 2", []),
    ("tanh'(x^3-2) < 1 or x = 0", []),
    ("sigma'(z) < 1/4", ["z = x^3-2"]),
]


@pytest.mark.parametrize(("claim", "given"), FALSE, ids=[claim for claim, _ in FALSE])
def test_a_maximum_at_an_irrational_point_is_taken(claim: str, given: list[str]) -> None:
    assert prove(claim, given, oracle=False, timeout=4).verdict != "proved"


@pytest.mark.parametrize(
    "slope", ["sigma'(x) < 1/4", "tanh'(x) < 1", "tanh'(x)*tanh'(y) < 1", "relu'(x) < 1"]
)
def test_no_slope_stays_below_what_it_attains(slope: str) -> None:
    """Certificates as an impostor writes them: the opposite is called impossible."""
    start = copy.deepcopy(dict(prove("sigma'(x) < 1").certificate or {}))
    for proof in ({"rule": "absurd"}, {"rule": "contradiction", "proof": {"rule": "absurd"}}):
        forged = {
            **start,
            "statement": to_data(read(slope)),
            "given": [],
            "used": [],
            "attained": None,
            "proof": proof,
        }
        with pytest.raises(CertificateError):
            kernel.check(forged)
