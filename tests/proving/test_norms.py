"""Claims about vectors and matrices: entry by entry, by norms, and small explicit counterexamples."""

from __future__ import annotations

import copy
import json

import pytest

from symgrad import Chain
from symgrad.errors import CertificateError
from symgrad.proving import kernel

NET = """h_0 : vector(n_0)
y : vector(n_3)
W_t : matrix(n_t, n_{t-1})
sigma = sigmoid
for t in 1..3:
    z_t = W_t h_{t-1}
    h_t = sigma(z_t)
ell = half_square(h_3, y)
parameters W"""
BATCH = """x : vector(m)
t : vector(m)
mu = mean(x)
u = x - mu
v = mean(u .* u)
r = u / sqrt(v + epsilon)
o = gamma r + beta
L = half_square(o, t)
parameters gamma, beta"""
SQUARE = """h_0 : vector(m)
y : vector(m)
W_l : matrix(m, m)
phi = tanh
for l in 1..3:
    h_l = phi(W_l h_{l-1})
o = h_3
L = half_square(o, y)
parameters W"""
RESIDUAL = """h_0 : vector(m)
y : vector(m)
W_l : matrix(m, m)
phi = tanh
for l in 1..2:
    z_l = W_l h_{l-1}
    h_l = h_{l-1} + phi(z_l)
L = half_square(h_2, y)
parameters W"""

CLAIMS: tuple[tuple[str, str, tuple[str, ...], bool], ...] = (
    (NET, "dh_3/dh_1 = diag(sigma'(z_3))*W_3*diag(sigma'(z_2))*W_2", (), True),
    (NET, "dh_3/dh_1 = diag(sigma'(z_2))*W_2*diag(sigma'(z_3))*W_3", (), False),
    (NET, "dh_2/dh_1 = W_2*diag(sigma'(z_2))", (), False),
    (NET, "dell/dh_1 = W_2^T*diag(sigma'(z_2))*W_3^T*diag(sigma'(z_3))*(h_3 - y)", (), True),
    (NET, "dell/dW_1 = (sigma'(z_1) .* dell/dh_1)*h_0^T", (), True),
    (NET, "dell/dW_3 = (h_3 - y)*h_2^T", (), False),
    (NET, "opnorm(dh_3/dh_1) <= opnorm(W_3)*opnorm(W_2)/16", (), True),
    (NET, "opnorm(dh_3/dh_1) <= opnorm(W_3)*opnorm(W_2)/17", (), False),
    (NET, "opnorm(dh_3/dh_1) <= norm(W_3)*norm(W_2)/16", (), True),
    (NET, "opnorm(dh_3/dh_1) <= 1", ("opnorm(W_t) <= 4",), True),
    (NET, "norm(dell/dh_1) <= opnorm(W_3)*opnorm(W_2)/16*norm(h_3 - y)", (), True),
    (BATCH, "sum(dL/dx) = 0", (), True),
    (BATCH, "sum(dL/dx .* r) = 0", (), False),
    (BATCH, "sum(r) = 0", (), True),
    (BATCH, "mean(r .* r) = v/(v+epsilon)", (), True),
    (BATCH, "mean(r .* r) = 1", (), False),
    (BATCH, "norm(dL/dx) <= abs(gamma)/sqrt(v + epsilon)*norm(o - t)", ("epsilon > 0",), True),
    (SQUARE, "do/dh_1 = dh_3/dh_2*dh_2/dh_1", (), True),
    (SQUARE, "do/dh_1 = dh_2/dh_1*dh_3/dh_2", (), False),
    (SQUARE, "opnorm(do/dh_1) <= opnorm(dh_3/dh_2)*opnorm(dh_2/dh_1)", (), True),
    (SQUARE, "opnorm(do/dh_0) <= opnorm(W_1)*opnorm(W_2)*opnorm(W_3)", (), True),
    (SQUARE, "opnorm(do/dh_0) <= 1", ("opnorm(W_l) <= 2",), False),
    (SQUARE, "W_2*W_1 = W_1*W_2", (), False),
    (SQUARE, "(W_2*W_1)^T = W_1^T*W_2^T", (), True),
    (SQUARE, "trace(W_2*W_1) = trace(W_1*W_2)", (), True),
    (SQUARE, "opnorm(W_2 + W_1) <= opnorm(W_1) + opnorm(W_2)", (), True),
    (RESIDUAL, "opnorm(dh_1/dh_0) <= 1 + opnorm(W_1)", (), True),
    (RESIDUAL, "opnorm(dh_1/dh_0) <= opnorm(W_1)", (), False),
)


@pytest.mark.parametrize(("chain", "text", "given", "true"), CLAIMS)
def test_claims_about_arrays(chain: str, text: str, given: tuple[str, ...], true: bool) -> None:
    proof = Chain.parse(chain).prove(text, given=given)
    assert proof.verdict == ("proved" if true else "refuted")
    assert proof.check()
    for lang in ("en", "zh"):
        assert proof.to("text", lang)


def test_without_a_positive_epsilon_the_bracket_is_no_contraction() -> None:
    claim = "norm(dL/dx) <= abs(gamma)/sqrt(v + epsilon)*norm(o - t)"
    assert Chain.parse(BATCH).prove(claim, timeout=3).verdict != "proved"


def _certificate(text: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(json.dumps(Chain.parse(NET).prove(text).certificate))
    return found


def test_a_supremum_that_is_too_small_is_rejected() -> None:
    certificate = _certificate("opnorm(dh_3/dh_1) <= opnorm(W_3)*opnorm(W_2)/16")
    text = json.dumps(certificate)
    assert '"sup": "1/4"' in text
    with pytest.raises(CertificateError):
        kernel.check(json.loads(text.replace('"sup": "1/4"', '"sup": "1/5"')))


@pytest.mark.parametrize("rule", ["identity", "difference", "series", "settle"])
def test_rules_for_numbers_do_not_apply_to_arrays(rule: str) -> None:
    """Where matrices stand, an argument that lets them commute is refused."""
    certificate = copy.deepcopy(_certificate("dh_2/dh_1 = diag(sigma'(z_2))*W_2"))
    certificate["statement"] = ["relation", ["="], ["mul", ["name", "W", 2], ["name", "W", 1]],
                                ["mul", ["name", "W", 1], ["name", "W", 2]]]  # fmt: skip
    certificate["proof"] = {"rule": rule, "unfold": 0, "definitions": False}
    with pytest.raises(CertificateError):
        kernel.check(certificate)


def test_arrays_of_a_counterexample_fit_their_shapes() -> None:
    proof = Chain.parse(SQUARE).prove("W_2*W_1 = W_1*W_2")
    assert proof.verdict == "refuted"
    certificate = json.loads(json.dumps(proof.certificate))
    for k in range(len(certificate["counterexample"])):
        fewer = copy.deepcopy(certificate)
        del fewer["counterexample"][k]
        if fewer["counterexample"] and certificate["counterexample"][k][0][1] in ("W", "m"):
            with pytest.raises(CertificateError):
                kernel.check(fewer)
