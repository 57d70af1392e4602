"""Values written out, products taken apart, conditions shown first: accepted and refused by the kernel."""

from __future__ import annotations

import copy
import json

import pytest

from symgrad import Chain, prove
from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import Name, number
from symgrad.proving import kernel

CHAIN = """
sigma = sigmoid
for j in 1..4:
    z_j = w_j a_{j-1} + b_j
    a_j = sigma(z_j)
C = (a_4 - y)^2 / 2
"""


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        ("|dC/db_4| <= 4/27", ("y = 0 or y = 1",)),
        ("|dC/db_2| <= 4/(16*27)", ("|w_j| <= 1", "y = 1")),
        ("|sigma'(z_4)*(a_4-1)| <= 4/27", ()),
    ],
)
def test_values_of_a_chain_are_written_out(claim: str, given: tuple[str, ...]) -> None:
    proof = Chain.parse(CHAIN).prove(claim, given=list(given))
    assert proof.verdict == "proved"
    assert proof.checked


def test_only_definitions_are_put_in() -> None:
    """Names that nothing defines, no names, other names and other claims are refused."""
    proof = Chain.parse(CHAIN).prove("|dC/db_4| <= 4/27", given=["y = 1"])
    good = json.loads(json.dumps(proof.certificate))
    assert good["proof"]["rule"] == "put-in"
    kernel.check(good)
    a_3, y = to_data(Name("a", (number(3),))), to_data(Name("y"))
    for names in ([], [y], [a_3], [*good["proof"]["names"], y], ["4/27"]):
        bad = copy.deepcopy(good)
        bad["proof"]["names"] = names
        with pytest.raises(CertificateError):
            kernel.check(bad)
    for body in (to_data(Name("z", (number(4),))), "1/2"):
        bad = copy.deepcopy(good)
        bad["definitions"][-2][1] = body
        with pytest.raises(CertificateError):
            kernel.check(bad)
    bad = {**good, "statement": [*good["statement"][:-1], "1/7"]}
    with pytest.raises(CertificateError):
        kernel.check(bad)


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        ("(1-a)*(1-b) <= exp(-a-b)", ("0 <= a <= 1", "0 <= b <= 1")),
        ("(1-a)*(1-b)*(1-c) <= exp(-a-b-c)", ("0 <= a <= 1", "0 <= b <= 1", "0 <= c <= 1")),
        ("|tanh(x)*tanh(y)| <= |x|*|y|", ()),
        ("relu(x) = 0 iff x <= 0", ()),
        ("relu(x) > 0 iff x > 0", ()),
        ("-y*log(sigmoid(z))-(1-y)*log(1-sigmoid(z)) = softplus(z)-y*z", ()),
        ("-log(sigmoid(z)) = softplus(-z)", ()),
        ("log(t*x+(1-t)*y) <= t*x+(1-t)*y-1", ("0 <= t <= 1", "x > 0", "y > 0")),
    ],
)
def test_true_claims_are_proved(claim: str, given: tuple[str, ...]) -> None:
    proof = prove(claim, given=list(given))
    assert proof.verdict == "proved"
    assert proof.checked


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        ("(1-a)*(1-b) <= exp(-a-b)-1/1000", ("0 <= a <= 1", "0 <= b <= 1")),
        ("(1-a)*(1-b) <= exp(-a-b)", ("a >= 0", "b >= 0")),
        ("relu(x) = 0 iff x < 0", ()),
        ("relu(x) = relu(y) iff x = y", ()),
        ("-y*log(sigmoid(z))-(1-y)*log(1-sigmoid(z)) = softplus(z)+y*z", ()),
        ("|dC/db_2| < 4/(16*27)", ("|w_j| <= 1", "y = 1")),
    ],
)
def test_false_claims_are_refuted(claim: str, given: tuple[str, ...]) -> None:
    asked = Chain.parse(CHAIN).prove if "dC" in claim else prove
    assert asked(claim, given=list(given)).verdict == "refuted"
