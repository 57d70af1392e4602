"""The search ends in time, counted in calls of functions: how busy a machine is does not matter."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from symgrad.api.chain import Chain
from symgrad.api.proof import prove
from symgrad.errors import CertificateError
from symgrad.proving.clock import hurry, nested, until

CALLS = 1_000_000
"""Calls of functions that make a second."""
TIMEOUT = 0.25
MLP = """
x : vector(d)
W_1 : matrix(m,d)
W_2 : matrix(k,m)
W_3 : matrix(r,k)
b_1 : vector(m)
b_2 : vector(k)
b_3 : vector(r)
y : vector(r)
h_1 = sigmoid(W_1 x + b_1)
h_2 = sigmoid(W_2 h_1 + b_2)
h_3 = sigmoid(W_3 h_2 + b_3)
L = half_square(h_3, y)
"""
HARD = [
    ("n*(1/4)^n <= 1/4", ["n is integer", "n >= 1"]),
    ("sum(q^k, k, 0, n) <= 1/(1-q)", ["n is integer", "0 <= q", "q < 1"]),
    ("n^2*(1/2)^n <= 9/8", ["n is integer", "n >= 0"]),
    (
        "*".join(f"(1 + w_{i}*tanh'(z_{i}))" for i in range(10)) + " <= 1000",
        [f"|w_{i}| <= 1" for i in range(10)],
    ),
    ("(a + b + c + d + e + f)^6 <= 7776*(a^6 + b^6 + c^6 + d^6 + e^6 + f^6)", []),
    ("(x^2 + y^2 + z^2)^3*(u^2 + v^2 + w^2)^3 >= (x*u + y*v + z*w)^6", []),
    ("log(exp(a) + exp(b) + exp(c) + exp(d)) <= max(a, max(b, max(c, d))) + log(4)", []),
    ("max(a, max(b, max(c, max(d, max(e, f))))) >= (a + b + c + d + e + f)/6", []),
    ("gelu(x)*gelu(y) + silu(x)*silu(y) <= 2*(x^2 + y^2) + 1", []),
    (
        "|tanh(x + y*sigmoid(z)) - tanh(u + v*sigmoid(w))| <= |x - u| + |y - v| + |z - w|",
        ["|y| <= 1", "|v| <= 1"],
    ),
]


class Work:
    """Seconds as calls of functions."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> float:
        return self.calls / CALLS

    def count(self, frame: object, event: str, argument: object) -> None:
        """One more."""
        self.calls += event == "call"


@contextmanager
def worked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """Within, the clock of the search is the work done."""
    work, before = Work(), sys.getprofile()
    monkeypatch.setattr(time, "monotonic", work)
    sys.setprofile(work.count)
    try:
        yield work
    finally:
        sys.setprofile(before)
        monkeypatch.undo()


@pytest.mark.parametrize(("claim", "given"), HARD)
def test_a_hard_claim_ends_soon_after_its_deadline(
    claim: str, given: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with worked(monkeypatch) as work:
        prove(claim, given=given, timeout=TIMEOUT, oracle=False)
    assert work() <= 1.2 * TIMEOUT + 0.5


@pytest.mark.parametrize("claim", ["norm(dL/db_1) <= norm(dL/db_3)/16", "norm(dL/db_1) <= norm(dL/db_3)/17"])
def test_a_hard_claim_about_arrays_ends_soon_after_its_deadline(
    claim: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = Chain.parse(MLP)
    with worked(monkeypatch) as work:
        chain.prove(claim, given=["opnorm(W_j) <= 1"], timeout=TIMEOUT)
    assert work() <= 1.2 * TIMEOUT + 0.5


def test_an_inner_deadline_does_not_outlast_the_outer_one() -> None:
    with until(time.monotonic() - 1), until(time.monotonic() + 1000), pytest.raises(CertificateError):
        hurry()


def test_arguments_nest_only_so_deep() -> None:
    with nested(2), nested(2), pytest.raises(CertificateError), nested(2):
        pass
    with nested(1):
        pass
