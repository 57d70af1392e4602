"""Each rule of the kernel as a theorem: a certificate that leaves one of its hypotheses out is rejected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from symgrad import prove
from symgrad.errors import CertificateError, InputError
from symgrad.notation.tree import ONE, ZERO, Add, Apply, Name, Relation, Tree
from symgrad.proving import kernel
from tests.proving.test_kernel_forged import IDENTITY, Entry, X, data, difference, equal, forged


def first(name: str, *arguments: Tree) -> Apply:
    """A general function whose name is a built-in's with an index: exp_1(x)."""
    return Apply(Name(name, (ONE,)), arguments)


def settled(proof: Entry) -> Entry:
    """Pieces that the assumptions leave put in."""
    return {"rule": "settle", "proof": proof}


def where_defined(proof: Entry) -> Entry:
    """An equation on its natural domain."""
    return {"rule": "where-defined", "proof": proof}


FALSE: dict[str, Callable[[], dict[str, Any]]] = {
    "the logarithm of exp_1": lambda: forged(equal(Apply(Name("log"), (first("exp", X),)), X), IDENTITY),
    "the exponential of log_1": lambda: forged(equal(Apply(Name("exp"), (first("log", X),)), X), IDENTITY),
    "abs_1 is not 0": lambda: forged(
        Relation(("!=",), (first("abs", X), ZERO)), difference(first("abs", X), "1", "x != 0"), ["x != 0"]
    ),
    "max_1 is an argument": lambda: forged(equal(first("max", X, Add((X, ONE))), X), settled(IDENTITY)),
    "a piece that is not taken has no value": lambda: forged(
        "piecewise(x log(x)/log(x), x > 0, 5) = x", where_defined(settled(IDENTITY))
    ),
    "two claims about different numbers where a root has no value": lambda: forged(
        "piecewise(sqrt(x), x >= 0, 5) = piecewise(sqrt(x), x >= 0, 7)", where_defined(settled(IDENTITY))
    ),
    "the root of 0 taken for undefined": lambda: forged(
        "x^(1/2) + abs'(x)^2 = x^(1/2) + 1", {**IDENTITY, "unfold": 1}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FALSE)
def test_a_rule_with_a_hypothesis_left_out_is_rejected(name: str) -> None:
    with pytest.raises(CertificateError):
        kernel.check(FALSE[name]())


def test_a_counterexample_meets_what_is_assumed_of_a_family_for_members_that_only_assumptions_name() -> None:
    claim, given = "x > 0", ["w_1 > 5", "w_j < 3"]
    with pytest.raises(InputError, match="contradict"):
        prove(claim, given=given)
    point = [[data("x"), data("-1")], [data("w_1"), data("100")]]
    with pytest.raises(CertificateError):
        kernel.check(refuting(claim, point, given))
    kernel.check(refuting(claim, point, given[:1]))


def refuting(statement: str, point: list[Any], given: list[str]) -> dict[str, Any]:
    """A certificate with a counterexample."""
    certificate = {**forged(statement, {}, given), "verdict": "refuted", "counterexample": point}
    return {key: certificate[key] for key in certificate if key not in ("used", "proof", "attained")}
