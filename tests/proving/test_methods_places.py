"""A letter's first case by itself: the argument, and what the kernel refuses."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from symgrad import Chain
from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import Name, number
from symgrad.proving import kernel

CHAIN = """sigma = sigmoid
for j in 1..n:
    z_j = w_j a_{j-1} + b_j
    a_j = sigma(z_j)
C = (a_n - y)^2 / 2
parameters w, b
"""
CLAIM = "|dC/db_1| <= (1/4)^(n-1)*|dC/db_n|"


def certificate() -> Any:
    proof = Chain.parse(CHAIN).prove(CLAIM, given=["|w_j| <= 1"])
    assert proof.verdict == "proved"
    return json.loads(json.dumps(proof.certificate))


def test_one_layer_is_a_case_of_its_own() -> None:
    data = certificate()
    assert data["proof"]["rule"] == "split"
    assert [part["rule"] for part in data["proof"]["parts"]] == ["factorwise", "place"]
    kernel.check(data)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("letter", "k"),
        ("letter", 1),
        ("place", to_data(number(2))),
        ("place", to_data(Name("n"))),
        ("proof", {"rule": "identity", "unfold": 0}),
        ("more", 0),
    ],
)
def test_a_changed_place_is_refused(field: str, value: Any) -> None:
    data = certificate()
    data["proof"]["parts"][1][field] = value
    with pytest.raises(CertificateError):
        kernel.check(data)


def test_the_place_alone_proves_nothing_for_every_depth() -> None:
    data = certificate()
    alone = copy.deepcopy(data)
    alone["proof"] = data["proof"]["parts"][1]
    with pytest.raises(CertificateError):
        kernel.check(alone)


def test_the_later_case_alone_is_not_enough() -> None:
    data = certificate()
    alone = copy.deepcopy(data)
    alone["proof"] = data["proof"]["parts"][0]
    with pytest.raises(CertificateError):
        kernel.check(alone)
