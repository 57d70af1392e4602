"""Claims of symbolic depth: what is taken for granted, decided, worded, and refused."""

from __future__ import annotations

import pytest

from symgrad import Chain, prove
from symgrad.errors import InputError

DEEP = Chain.parse("""sigma = sigmoid
for j in 1..n:
    z_j = w_j a_{j-1} + b_j
    a_j = sigma(z_j)
C = (a_n - y)^2/2
""")
RECURRENT = Chain.parse("""sigma = tanh
for t in 1..T:
    z_t = w h_{t-1} + u x_t + b
    h_t = sigma(z_t)
L = (h_T - y)^2/2
""")
CHAINS: tuple[tuple[Chain, str, tuple[str, ...], str], ...] = (
    (DEEP, "|dC/db_i| <= (1/4)^(n-i) |dC/db_n|", ("|w_j| <= 1",), "proved"),
    (DEEP, "|dC/db_i| <= (1/4)^(n-i) |dC/db_n|", ("|w_j| <= 1", "1 <= i", "i <= n"), "proved"),
    (DEEP, "|dC/db_i| <= (1/5)^(n-i) |dC/db_n|", ("|w_j| <= 1",), "refuted"),
    (DEEP, "|dC/db_j| <= 4^(-(k-j)) |dC/db_k|", ("|w_m| <= 1", "j <= k"), "proved"),
    (DEEP, "|dC/db_j| <= 4^(-(k-j)) |dC/db_k|", ("|w_m| <= 1",), "refuted"),
    (DEEP, "dC/db_i = 0", ("n = 4",), "refuted"),
    (RECURRENT, "|dL/dh_0| <= |w|^T |dL/dh_T|", (), "proved"),
    (RECURRENT, "|dL/dh_0| < |w|^T |dL/dh_T|", (), "refuted"),
)
CLAIMS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("|prod(1 + w_k tanh'(z_k), k, 1, n)| <= 2^n", ("|w_k| <= 1",), "proved"),
    ("prod(1 + w_k sigmoid'(z_k), k, 1, n) >= (3/4)^n", ("|w_k| <= 1",), "proved"),
    ("|prod((1 + w_k sigmoid'(z_k))/2, k, 1, n)| <= (5/4)^n/2^n", ("|w_k| <= 1",), "proved"),
    ("prod(w_j sigmoid'(z_j), j, 1, n) >= 1", ("w_j >= 5", "|z_j| <= 1/2"), "proved"),
    ("sum(tanh(x_k), k, 1, n) <= n", (), "proved"),
    ("sum(tanh(x_k), k, 1, n) < n", (), "refuted"),
    ("prod(sigmoid(x_k), k, 1, n) <= 2^(-n)", ("x_k <= 0",), "proved"),
    ("prod(|w_i sigmoid'(z_i)|, i, 1, n) <= prod(c_i, i, 1, n)/4^n", ("|w_i| <= c_i",), "proved"),
    ("3 prod(w_k, k, 1, n) <= 3", ("|w_k| <= 1",), "proved"),
    ("3 prod(w_k, k, 1, n) <= 3", ("w_k <= 1",), "refuted"),
    ("sum(w_k, k, 1, n) <= n c", ("w_k <= c",), "proved"),
    ("sum(q^k, k, 0, n) = (1 - q^(n+1))/(1 - q)", ("q != 1",), "proved"),
    ("prod(|w_i|, i, 2, n) <= 1", ("i >= 2", "|w_i| <= 1"), "proved"),
    ("prod(|w_i|, i, 1, n) <= 1", ("i >= 2", "|w_i| <= 1"), "refuted"),
    ("sum(k, k, 1, n) = n(n+1)/2", (), "proved"),
)


@pytest.mark.parametrize(("chain", "claim", "given", "verdict"), CHAINS)
def test_gradients_of_chains(chain: Chain, claim: str, given: tuple[str, ...], verdict: str) -> None:
    """Places that are letters, each case by itself."""
    found = chain.prove(claim, given=given)
    assert found.verdict == verdict
    assert found.check()


@pytest.mark.parametrize(("claim", "given", "verdict"), CLAIMS)
def test_depths_that_nobody_mentions(claim: str, given: tuple[str, ...], verdict: str) -> None:
    """An end of which nothing is said leaves no range backwards; the certificate says so, too."""
    found = prove(claim, given=given, oracle=False)
    assert found.verdict == verdict
    assert found.check()
    assert "n ∈ ℤ" in found.steps[0]
    assert found.certificate is not None
    assert len(found.certificate["given"]) == len(given) + 2


def test_what_is_said_of_a_depth_is_left_alone() -> None:
    """With n >= 2 there is nothing to add."""
    found = prove("prod(w_k, k, 1, n) >= 4", given=["n >= 2", "w_k >= 2"])
    assert found.verdict == "proved"
    assert "n ∈ ℤ" not in found.steps[0]


def test_induction_reads_like_a_textbook() -> None:
    """The first case, the hypothesis, the step, in both languages."""
    found = prove("2^n >= 1 + n", given=["n is integer", "n >= 0"])
    first, hypothesis, step = found.steps[1:4]
    assert first.startswith("first case: for n = 0")
    assert hypothesis.startswith("induction hypothesis: ")
    assert hypothesis.endswith("for some n ≥ 0")
    assert step.startswith("step to n + 1")
    assert all(word in found.to("text", "zh") for word in ("起始情形", "归纳假设", "归纳步骤"))


def test_an_empty_range_is_said_to_be_one() -> None:
    """prod(..., 5, 2) has no factors."""
    found = prove("prod(w_k, k, 5, 2) <= 1")
    assert found.verdict == "proved"
    assert "no index" in found.steps[0]


def test_an_index_stands_inside_its_range_only() -> None:
    """w_k beside a product over k."""
    with pytest.raises(InputError) as error:
        prove("prod(w_k, k, 1, n) <= w_k")
    assert error.value.what == "index-outside"
    assert error.value.where is not None
