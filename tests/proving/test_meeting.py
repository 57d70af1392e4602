"""Counterexamples at exact places: equations solved, meeting points recognised, constants compared."""

from __future__ import annotations

import copy
import json

import pytest

from symgrad import Chain, prove
from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.tree import Name, Tree, strip_spans, substitute
from symgrad.proving import kernel
from symgrad.proving.kernel.analysis.equality import ExactPoint
from symgrad.proving.kernel.evaluate import compare, evaluate, precise
from symgrad.proving.solving import solutions

CHAIN = """
sigma = sigmoid
for j in 1..4:
    z_j = w_j a_{j-1} + b_j
    a_j = sigma(z_j)
C = (a_4 - y)^2 / 2
"""


def tree(text: str) -> Tree:
    """A claim or a term without places."""
    return strip_spans(read(text, Context()))


REFUTED = (
    ("|x+y| < sqrt(2)", ("x^2+y^2 <= 1",)),
    ("x*y < 1/2", ("x^2+y^2 = 1",)),
    ("|x| <= 7/5", ("x^2 = 2",)),
    ("x+y >= 3", ("x*y = 2", "x > 0", "y > 0")),
    ("x*y <= 1", ("x^2+x*y+y^2 = 4",)),
    ("x <= 5/4", ("x^3 = 2",)),
    ("x <= 2/3", ("exp(x) = 2",)),
    ("sigmoid(x) < 2/3", ("exp(x) <= 2",)),
    ("sigmoid(x)*sigmoid'(x)*sigmoid(y)*sigmoid'(y) < 16/729", ()),
    ("(x^2-2)^2+(y-1)^2 > 0", ()),
    ("x^2 = 2 implies x = sqrt(2)", ()),
    ("x*y+y*z+z*x < 1", ("x^2+y^2+z^2 = 1",)),
)


@pytest.mark.parametrize(("claim", "given"), REFUTED)
def test_claims_that_fail_at_irrational_places_are_refuted(claim: str, given: tuple[str, ...]) -> None:
    proof = prove(claim, given=list(given))
    assert proof.verdict == "refuted"
    kernel.check(json.loads(json.dumps(proof.certificate)))


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        ("|x+y| <= sqrt(2)", ("x^2+y^2 <= 1",)),
        ("x*y <= 1/2", ("x^2+y^2 = 1",)),
        ("x^2 = 2 implies |x| = sqrt(2)", ()),
        ("x >= log(2)", ("exp(x) >= 2",)),
        ("sigmoid(x)*sigmoid'(x) <= 4/27", ()),
    ],
)
def test_true_claims_with_the_same_contacts_are_not_refuted(claim: str, given: tuple[str, ...]) -> None:
    assert prove(claim, given=list(given)).verdict != "refuted"


def test_a_chain_is_met_exactly() -> None:
    """The output can be 1/3 or 2/3, whose bias is a logarithm."""
    proof = Chain.parse(CHAIN).prove("|dC/db_4| < 4/27", given=["y = 0 or y = 1"])
    assert proof.verdict == "refuted"
    assert "log(2)" in proof.counterexample["b_4"]


def test_moved_points_are_rejected() -> None:
    """A certificate whose point is not exactly on the assumptions, or not exactly at the contact."""
    good = json.loads(json.dumps(prove("|x+y| < sqrt(2)", given=["x^2+y^2 <= 1"]).certificate))
    kernel.check(good)
    for text in ("sqrt(51/100)", "7071/10000", "sqrt(1/2)-1/10^40", "sqrt(1/3)", "log(2)", "x", "sqrt(-1)"):
        for k in range(2):
            bad = copy.deepcopy(good)
            bad["counterexample"][k][1] = to_data(tree(text))
            with pytest.raises(CertificateError):
                kernel.check(bad)


def test_the_same_point_is_no_counterexample_to_the_weak_claim() -> None:
    certificate = json.loads(json.dumps(prove("|x+y| < sqrt(2)", given=["x^2+y^2 <= 1"]).certificate))
    certificate["statement"] = to_data(tree("abs(x+y) <= sqrt(2)"))
    with pytest.raises(CertificateError):
        kernel.check(certificate)


@pytest.mark.parametrize(
    ("statement", "held"),
    [
        ("x^2 = 2", True),
        ("x^2 < 2", False),
        ("x^4-4 = 0 and x > 1", True),
        ("x^2 = 2 implies x < 1", False),
        ("exp(y) = 3", True),
        ("sigmoid(y) = 3/4", True),
        ("sqrt(x^2-2) = 0", True),
        ("x = 14142135623730950488016887242/10^28", False),
        ("x^2+exp(y) = 5 iff x > y", True),
    ],
)
def test_constants_are_compared_exactly(statement: str, held: bool) -> None:
    point = ExactPoint([(Name("x"), tree("sqrt(2)")), (Name("y"), tree("log(3)"))], (), {})
    with precise():
        assert point.truth(tree(statement)) is held


@pytest.mark.parametrize(
    "statement", ["1/(x^2-2) = 1/(x^2-2)", "log(x^2-2) = log(x^2-2)", "sqrt(1-x) = sqrt(1-x)"]
)
def test_what_has_no_value_is_no_constant(statement: str) -> None:
    point = ExactPoint([(Name("x"), tree("sqrt(2)"))], (), {})
    with pytest.raises(CertificateError), precise():
        point.truth(tree(statement))


@pytest.mark.parametrize(
    ("a", "b", "name"),
    [
        ("3*x+2*y", "7", "x"),
        ("x*y", "2", "y"),
        ("x^2+y^2", "1", "y"),
        ("x^2+x*y+y^2", "4", "y"),
        ("exp(2*x)+y", "5", "x"),
        ("sigmoid(x-y)", "1/3", "x"),
        ("tanh(x)", "y", "x"),
        ("softplus(x)", "1", "x"),
        ("log(x)/y", "2", "x"),
        ("1/(x+y)", "3", "x"),
        ("sqrt(x+1)", "2", "x"),
        ("2/x+x", "5", "x"),
    ],
)
def test_solutions_solve(a: str, b: str, name: str) -> None:
    """Put in, both sides have the same value, at y = 1/3 or x = 1/5."""
    rest: dict[Tree, Tree] = {Name(n): tree(v) for n, v in (("x", "1/5"), ("y", "1/3")) if n != name}
    found = solutions(tree(a), tree(b), Name(name), {})
    assert found
    with precise():
        for value in found:
            values = {**rest, Name(name): substitute(value, rest)}
            left, right = (evaluate(substitute(tree(side), values), {}, {}) for side in (a, b))
            assert compare("<", left, right) is not True
            assert compare(">", left, right) is not True


@pytest.mark.parametrize(("a", "b"), [("x+sin_1*x^3", "1"), ("x*exp(x)", "1"), ("x+log(x)", "2"), ("y", "1")])
def test_what_is_out_of_reach_has_no_solution(a: str, b: str) -> None:
    assert not solutions(tree(a), tree(b), Name("x"), {})
