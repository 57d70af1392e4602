"""Claims about chains whose depth is a letter: equations, bounds, refutations at small depths."""

from __future__ import annotations

import copy
import json

import pytest

from symgrad import Chain
from symgrad.errors import CertificateError, UnknownNameError
from symgrad.proving import kernel

NIELSEN = """sigma = sigmoid
for j in 1..n:
    z_j = w_j a_{j-1} + b_j
    a_j = sigma(z_j)
C = (a_n - y)^2 / 2
parameters w, b"""
RESIDUAL = """sigma = sigmoid
for t in 1..n:
    s_t = w_t h_{t-1} + b_t
    h_t = h_{t-1} + sigma(s_t)
L = (h_n - y)^2 / 2
parameters w, b"""
RECURRENT = """phi = tanh
for t in 1..n:
    a_t = u h_{t-1} + v x_t + b
    h_t = phi(a_t)
L = (h_n - y)^2 / 2
parameters u, v, b"""
LINEAR = """y_0 = x
for i in 1..n:
    y_i = w_i y_{i-1} + b
L = (y_n - y)^2 / 2
parameters w, b"""
CELL = """for t in 1..n:
    c_t = f_t c_{t-1} + i_t g_t
o = c_n
parameters f, i, g"""

CLAIMS: tuple[tuple[str, str, tuple[str, ...], bool], ...] = (
    (NIELSEN, "|dC/db_1| <= (1/4)^n*|a_n - y|", ("|w_j| <= 1",), True),
    (NIELSEN, "|dC/db_1| <= (1/4)^(n+1)*|a_n - y|", ("|w_j| <= 1",), False),
    (NIELSEN, "|dC/db_1| <= (1/4)^n*|a_n - y|", ("|w_j| <= 2",), False),
    (NIELSEN, "|dC/db_1| <= (1/4)^n*|dC/da_n|", ("|w_j| <= 1",), True),
    (NIELSEN, "|dC/db_1| <= (1/4)^(n-1)*|dC/db_n|", ("|w_j| <= 1",), True),
    (NIELSEN, "|dC/db_1| < (1/4)^(n-1)*|dC/db_n|", ("|w_j| <= 1",), False),
    (NIELSEN, "|dC/db_1| <= (1/4)^n*|dC/db_n|", ("|w_j| <= 1",), False),
    (NIELSEN, "a_n <= 1/2", (), False),
    (NIELSEN, "|dC/db_1| <= |dC/db_n|", ("|w_j| <= 5",), False),
    (NIELSEN, "dC/db_j = dC/dz_j", (), True),
    (NIELSEN, "dC/dw_j = a_{j-1}*dC/db_j", (), True),
    (NIELSEN, "dC/dw_j = a_j*dC/db_j", (), False),
    (NIELSEN, "dC/db_j = w_{j+1}*sigma'(z_j)*dC/db_{j+1}", (), True),
    (NIELSEN, "dC/db_j = w_j*sigma'(z_j)*dC/db_{j+1}", (), False),
    (NIELSEN, "dC/db_n = (a_n - y)*a_n*(1-a_n)", (), True),
    (NIELSEN, "dC/db_1 = (a_n - y)*a_1*(1-a_1)*prod(w_k*a_k*(1-a_k), k, 2, n)", (), True),
    (NIELSEN, "dC/db_1 = (a_n - y)*prod(w_k*a_k*(1-a_k), k, 1, n)", (), False),
    (NIELSEN, "|da_n/da_0| <= prod(|w_k|, k, 1, n)/4^n", (), True),
    (NIELSEN, "|dC/db_2| <= (1/4)^(n-1)*|a_n - y|", ("|w_j| <= 1",), True),
    (RESIDUAL, "dh_t/dh_{t-1} >= 3/4", ("|w_t| <= 1",), True),
    (RESIDUAL, "dh_t/dh_{t-1} >= 3/4", (), False),
    (RESIDUAL, "dh_n/dh_0 >= (3/4)^n", ("|w_t| <= 1",), True),
    (RESIDUAL, "dh_n/dh_0 <= (5/4)^n", ("|w_t| <= 1",), True),
    (RESIDUAL, "dh_n/dh_0 <= 1", ("|w_t| <= 1",), False),
    (RESIDUAL, "dh_n/dh_0 > 0", ("|w_t| < 4",), True),
    (RESIDUAL, "dh_n/dh_0 > 0", ("|w_t| <= 4",), False),
    (RECURRENT, "|dh_n/dh_k| <= |u|^(n-k)", (), True),
    (RECURRENT, "|dh_n/dh_k| <= 1", ("|u| <= 1",), True),
    (RECURRENT, "|dh_n/dh_k| < 1", ("|u| < 1",), False),
    (RECURRENT, "|dL/db| <= |h_n - y|", ("|u| <= 1",), False),
    (LINEAR, "y_n = x*prod(w_k, k, 1, n) + b*sum(prod(w_k, k, i+1, n), i, 1, n)", (), True),
    (LINEAR, "dL/dw_n = (y_n - y)*y_{n-1}", (), True),
    (LINEAR, "dL/dx = (y_n - y)*prod(w_k, k, 1, n)", (), True),
    (LINEAR, "y_n = x*prod(w_k, k, 1, n)", (), False),
    (LINEAR, "dL/dw_1 = (y_3 - y)*w_3*w_2*x", ("n = 3",), True),
    (LINEAR, "dL/dw_1 = (y_3 - y)*w_3*w_2*x", ("n = 4",), False),
    (CELL, "|dc_n/dc_0| <= 1", ("|f_t| <= 1",), True),
    (CELL, "|dc_n/dc_0| <= 1", (), False),
    (CELL, "dc_n/dg_1 = i_1*prod(f_t, t, 2, n)", (), True),
    (CELL, "dc_n/dg_1 = i_1*prod(f_t, t, 1, n)", (), False),
)


@pytest.mark.parametrize(("chain", "text", "given", "true"), CLAIMS)
def test_claims_about_chains_of_symbolic_depth(
    chain: str, text: str, given: tuple[str, ...], true: bool
) -> None:
    proof = Chain.parse(chain).prove(text, given=given)
    assert proof.verdict == ("proved" if true else "refuted")
    assert proof.check()
    for lang in ("en", "zh"):
        assert proof.to("text", lang)


@pytest.mark.parametrize(("chain", "text", "given", "true"), CLAIMS)
def test_the_same_at_a_definite_depth(chain: str, text: str, given: tuple[str, ...], true: bool) -> None:
    """What is proved for every depth is refuted at none."""
    if true and "n = 3" not in given and "_j" not in text and "_t/" not in text and "_k|" not in text:
        shallow = Chain.parse(chain).prove(text, given=(*given, "n = 3"), timeout=5)
        assert shallow.verdict != "refuted"


def test_the_gradient_is_the_kernels_own() -> None:
    """A certificate whose loop says something else proves nothing."""
    proof = Chain.parse(NIELSEN).prove("dC/db_n = (a_n - y)*a_n*(1-a_n)")
    certificate = json.loads(json.dumps(proof.certificate))
    other = copy.deepcopy(certificate)
    other["loop"]["lines"][0][1] = ["mul", 2, other["loop"]["lines"][0][1]]
    other["loop"]["after"] = [[["name", "C"], ["pow", ["name", "a", ["name", "n"]], 2]]]
    with pytest.raises(CertificateError):
        kernel.check(other)
    for key in ("letter", "low", "high", "lines", "before", "after"):
        broken = copy.deepcopy(certificate)
        del broken["loop"][key]
        with pytest.raises(CertificateError):
            kernel.check(broken)


def test_a_layer_defines_only_its_own_names() -> None:
    proof = Chain.parse(LINEAR).prove("dL/dw_n = (y_n - y)*y_{n-1}")
    certificate = json.loads(json.dumps(proof.certificate))
    certificate["loop"]["lines"][0][1] = ["name", "w", ["add", ["name", "i"], 1]]
    with pytest.raises(CertificateError):
        kernel.check(certificate)


def test_a_member_outside_the_range_is_named() -> None:
    with pytest.raises(UnknownNameError):
        Chain.parse(NIELSEN).prove("dC/db_0 = 0")
