"""Arguments by the derivative: constant differences and Lipschitz constants, and invalid ones for both."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.reader import read
from symgrad.proving import kernel, prove
from tests.proving.claims import claim


def certificate(text: str, given: tuple[str, ...], entry: dict[str, Any]) -> dict[str, Any]:
    used = [to_data(read(g)) for g in given]
    return {
        "format": kernel.FORMAT, "verdict": "proved", "statement": to_data(read(text)), "given": used,
        "functions": {}, "definitions": [], "used": used, "proof": entry, "attained": None,
    }  # fmt: skip


def constant(at: str) -> dict[str, Any]:
    return {"rule": "constant", "at": to_data(read(at))}


@pytest.mark.parametrize(
    ("text", "given", "truth"),
    [
        ("arctan(x) + arctan(1/x) = pi/2", ("x > 0",), True),
        ("arctan(x) + arctan(1/x) = -pi/2", ("x < 0",), True),
        ("arctan(x) + arctan(1/x) <= pi/2", ("x > 0",), True),
        ("arctan(x) + arctan(1/x) < pi/2", ("x > 0",), False),
        ("arctan(x) + arctan(1/x) = pi/2", ("x != 0",), False),
        ("arctan(x) + arctan((1 - x)/(1 + x)) = pi/4", ("x > -1",), True),
        ("|erf(x) - erf(y)| <= (2/sqrt(pi))*|x - y|", (), True),
        ("|erf(x) - erf(y)| <= 1.128*|x - y|", (), False),
        ("|gelu(x) - gelu(y)| <= ((1 + erf(1))/2 + exp(-1)/sqrt(pi))*|x - y|", (), True),
        ("|gelu(x) - gelu(y)| <= 1.128*|x - y|", (), False),
        ("|sigmoid'(x) - sigmoid'(y)| <= |x - y|/10", (), True),
        ("|sigmoid'(x) - sigmoid'(y)| <= sqrt(3)/18*|x - y|", (), True),
        ("|sigmoid'(x) - sigmoid'(y)| <= |x - y|/11", (), False),
        ("|tanh'(x) - tanh'(y)| <= 4*sqrt(3)/9*|x - y|", (), True),
        ("|softplus'(x) - softplus'(y)| <= |x - y|/4", (), True),
        ("|softplus'(x) - softplus'(y)| <= |x - y|/5", (), False),
        ("|gelu'(x) - gelu'(y)| <= 2/sqrt(2*pi)*|x - y|", (), True),
        ("|silu'(x) - silu'(y)| <= |x - y|/2", (), True),
        ("|silu'(x) - silu'(y)| <= 49/100*|x - y|", (), False),
    ],
)
def test_claims_that_the_derivative_decides(text: str, given: tuple[str, ...], truth: bool) -> None:
    proof = prove(claim(text, *given), timeout=30)
    assert proof.verdict == ("proved" if truth else "refuted")
    kernel.check(json.loads(json.dumps(proof.certificate)))


SUM = "arctan(x) + arctan(1/x) = pi/2"
TURNED = "arctan(x - 1) + arctan(1/(x - 1)) = pi/2"


@pytest.mark.parametrize(
    ("text", "given", "at", "holds"),
    [
        (SUM, ("x > 0",), "1", True),
        ("arctan(x) + arctan(1/x) > 3/2", ("x > 0",), "1", True),
        (SUM, ("x > 0",), "-1", False),  # not a place of the interval
        (SUM, ("x > 0",), "0", False),
        (SUM, ("x > 0",), "y", False),
        (SUM, ("x != 0",), "1", False),  # two intervals
        (SUM, (), "1", False),
        (SUM, ("x < 0",), "-1", False),
        ("arctan(x) + arctan(1/x) != pi/2", ("x > 0",), "1", False),
        ("arctan(x) + arctan(1/x) < pi/2", ("x > 0",), "1", False),
        (TURNED, ("x > 1",), "2", True),
        (TURNED, ("x > 0", "x != 1"), "2", False),  # a jump inside the interval
        ("arctan(x) = pi/4", (), "1", False),  # not constant
        ("relu'(x) = 1", (), "1", False),  # the derivative is 0 but at a jump
        ("abs(x)/x = 1", ("x != 0",), "1", False),
        ("piecewise(1, x > 0, 0) = 1", (), "1", False),
        ("max(x, 0) - x = 0", (), "1", False),
        ("sqrt(x^2)/x = 1", ("x != 0",), "1", False),
        ("log(x^2) = 2 log(x)", ("x > 0",), "1", True),
    ],
)
def test_what_is_constant_and_what_only_seems_so(
    text: str, given: tuple[str, ...], at: str, holds: bool
) -> None:
    forged = certificate(text, given, constant(at))
    if holds:
        kernel.check(forged)
        return
    with pytest.raises(CertificateError):
        kernel.check(forged)


def test_a_lipschitz_constant_belongs_to_its_function_and_its_proof() -> None:
    text = "|erf(x) - erf(y)| <= (2/sqrt(pi))*|x - y|"
    original = json.loads(json.dumps(prove(claim(text), timeout=30).certificate))
    assert original["proof"]["rule"] == "lipschitz"
    kernel.check(original)
    for statement in (
        "|erf(x) - erf(y)| <= 1.128*|x - y|",
        "|erf(x) - erf(y)| < (2/sqrt(pi))*|x - y|",
        "|erf(x) - erf(y)| <= (2/sqrt(pi))*|x - z|",
        "|erf(x) + erf(y)| <= (2/sqrt(pi))*|x - y|",
        "|gelu(x) - gelu(y)| <= (2/sqrt(pi))*|x - y|",
        "|sinh(x) - sinh(y)| <= (2/sqrt(pi))*|x - y|",
    ):
        with pytest.raises(CertificateError):
            kernel.check({**original, "statement": to_data(read(statement))})
    changes: tuple[dict[str, Any], ...] = (
        {"bound": to_data(read("1.128"))},
        {"bound": to_data(read("x"))},
        {"bound": to_data(read("4/sqrt(pi)"))},
        {"at": [to_data(read("erf(x)")), to_data(read("erf(z)"))]},
        {"at": [to_data(read("gelu(x)")), to_data(read("gelu(y)"))]},
        {"at": [to_data(read("erf(x)"))]},
        {"at": [to_data(read("erf'(x)")), to_data(read("erf'(y)"))]},
        {"proof": {"rule": "difference"}},
        {"more": 1},
    )
    for change in changes:
        forged = copy.deepcopy(original)
        forged["proof"].update(change)
        with pytest.raises(CertificateError):
            kernel.check(forged)


@pytest.mark.parametrize("name", ["relu", "abs", "hard_tanh", "log", "sqrt", "floor"])
def test_a_function_with_kinks_or_a_domain_has_no_place_here(name: str) -> None:
    at = [to_data(read(f"{name}(x)")), to_data(read(f"{name}(y)"))]
    entry = {"rule": "lipschitz", "at": at, "bound": 1, "proof": {"rule": "absurd"}}
    with pytest.raises(CertificateError):
        kernel.check(certificate(f"|{name}(x) - {name}(y)| <= |x - y|", ("x > 0", "y > 0"), entry))


@pytest.mark.parametrize("name", ["relu", "elu", "selu", "softsign", "hardswish", "leaky_relu"])
def test_a_slope_that_jumps_or_bends_has_no_place_here(name: str) -> None:
    at = [to_data(read(f"{name}'(x)")), to_data(read(f"{name}'(y)"))]
    entry = {"rule": "lipschitz", "at": at, "bound": 1, "proof": {"rule": "absurd"}}
    with pytest.raises(CertificateError, match="does not fit the statement"):
        kernel.check(certificate(f"|{name}'(x) - {name}'(y)| <= |x - y|", (), entry))


def test_the_slope_of_a_slope_is_not_the_slope() -> None:
    original = json.loads(json.dumps(prove(claim("|tanh'(x) - tanh'(y)| <= 4/5*|x - y|")).certificate))
    assert original["proof"]["rule"] == "lipschitz"
    orders: tuple[tuple[str, str], ...] = (
        ("tanh(x)", "tanh(y)"),
        ("tanh'(x)", "tanh(y)"),
        ("tanh''(x)", "tanh''(y)"),
    )
    for pair in orders:
        forged = copy.deepcopy(original)
        forged["proof"]["at"] = [to_data(read(tree)) for tree in pair]
        with pytest.raises(CertificateError):
            kernel.check(forged)
