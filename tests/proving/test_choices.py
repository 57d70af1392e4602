"""`A or B`: a product that vanishes, products over an index that are equal factor by factor."""

import copy
from collections.abc import Sequence
from typing import Any

import pytest

from symgrad import prove
from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import ZERO, Name, Relation
from symgrad.proving import kernel

WHOLE = ("n is integer", "n >= 0")
CLAIMS: Sequence[tuple[str, Sequence[str], bool]] = [
    ("prod(relu'(z_i), i, 1, n) = 0 or prod(relu'(z_i), i, 1, n) = 1", WHOLE, True),
    ("prod(relu'(z_i), i, 1, n) = 0 or prod(relu'(z_i), i, 1, n) = 2", WHOLE, False),
    ("prod(w_i, i, 1, n) = 1 or prod(w_i, i, 1, n) = -1", (*WHOLE, "w_i^2 = 1"), True),
    ("prod(w_i, i, 1, n) = 0 or prod(w_i, i, 1, n) = 1", (*WHOLE, "w_i^2 = 1"), False),
    ("prod(w_i, i, 1, n)^2 = 4^n", (*WHOLE, "|w_i| = 2"), True),
    ("prod(w_i, i, 1, n) = 2^n", (*WHOLE, "|w_i| = 2"), False),
    ("x = 1 or x = -1", ("x^2 = 1",), True),
    ("x = 1 or x = 2", ("x^2 = 1",), False),
    ("abs(x) = x or abs(x) = -x", (), True),
    ("max(x, y) = x or max(x, y) = y", (), True),
    ("log(x) = 1 or x/x = 1", (), False),
]


@pytest.mark.parametrize(("claim", "given", "truth"), CLAIMS)
def test_claims_about_alternatives(claim: str, given: Sequence[str], truth: bool) -> None:
    proof = prove(claim, given=list(given))
    if truth:
        assert (proof.verdict, proof.checked) == ("proved", True)
        kernel.check(proof.certificate)
    else:
        assert proof.verdict != "proved"


def _mutated(certificate: Any, path: Sequence[Any], value: object) -> Any:
    changed = copy.deepcopy(dict(certificate))
    at: Any = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return changed


X_IS_X = to_data(Relation(("=",), (Name("x"), Name("x"))))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("proof", "line"), X_IS_X),
        (("proof", "line"), to_data(Name("x"))),
        (("proof", "line"), to_data(Relation((">=",), (Name("x"), ZERO)))),
        (("proof", "proof"), {"rule": "identity"}),
        (("proof", "rule"), "or"),
    ],
)
def test_a_product_that_is_another_is_refused(path: Sequence[str], value: object) -> None:
    certificate = prove("x = 1 or x = -1", given=["x^2 = 1"]).certificate
    kernel.check(certificate)
    with pytest.raises((CertificateError, KeyError)):
        kernel.check(_mutated(certificate, path, value))


def test_equal_factors_cannot_be_mixed_up_with_smaller_ones() -> None:
    certificate = prove("prod(w_i, i, 1, n)^2 = 4^n", given=[*WHOLE, "|w_i| = 2"]).certificate
    piece = ("proof", "pieces", 0)
    assert certificate is not None
    for key in ("sign", "positive"):
        with pytest.raises(CertificateError):
            kernel.check(_mutated(certificate, (*piece, key), {"rule": "absurd"}))
    with pytest.raises(CertificateError):
        kernel.check(_mutated(certificate, (*piece, "smaller"), to_data(ZERO)))
