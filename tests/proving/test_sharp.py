"""What is printed after `sharp: equality at` implies equality: signs and arguments are never left out."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symgrad import Chain, prove
from symgrad.api.proof import Proof
from symgrad.notation.reader import read
from symgrad.notation.tree import Relation, Tree
from symgrad.notation.writers.plain import plain
from symgrad.proving import kernel
from symgrad.proving.kernel.evaluate import Value
from symgrad.proving.problem import make
from symgrad.proving.sharp import enough

NIELSEN = """sigma = sigmoid
for j in 1..4:
    z_j = w_j a_{j-1} + b_j
    a_j = sigma(z_j)
C = (a_4 - y)^2 / 2
parameters w, b"""
RESIDUAL = "for t in 1..3:\n    h_t = h_{t-1} + v_t tanh(w_t h_{t-1})\nL = h_3"
BIASED = "for t in 1..3:\n    s_t = w_t h_{t-1} + b_t\n    h_t = h_{t-1} + v_t tanh(s_t)\nL = h_3"
RECURRENT = "for t in 1..4:\n    s_t = w h_{t-1} + u x_t\n    h_t = tanh(s_t)\nL = h_4"


def told(proof: Proof) -> set[str]:
    """The conditions of the sharp line, one name each."""
    assert proof.verdict == "proved" and proof.certificate is not None
    kernel.check(proof.certificate)
    (phrase,) = proof.value.attained
    found: set[str] = set()
    point = dict(phrase.fields)["point"]
    assert isinstance(point, tuple)
    for relation in point:
        assert isinstance(relation, Relation)
        *sides, value = relation.operands
        found |= {f"{plain(side)} = {plain(value)}" for side in sides}
    return found


@pytest.mark.parametrize(
    ("claim", "given", "conditions"),
    [
        ("|x + y| <= 2", "|x| <= 1, |y| <= 1", {"x = 1", "y = 1"}),
        ("x y <= 1", "|x| <= 1, |y| <= 1", {"x = 1", "y = 1"}),
        ("(1 + u) (1 + v) <= 4", "|u| <= 1, |v| <= 1", {"u = 1", "v = 1"}),
        ("w_1 + w_2 <= 2", "|w_j| <= 1", {"w_1 = 1", "w_2 = 1"}),
        ("w >= 4", "w*sigma'(z) >= 1", {"w = 4", "z = 0"}),
        ("|x y| <= 1", "|x| <= 1, |y| <= 1", {"abs(x) = 1", "abs(y) = 1"}),
        ("|x| <= 1/2", "|x| <= 1/2", {"abs(x) = 1/2"}),
    ],
)
def test_signs_are_told_where_they_matter(claim: str, given: str, conditions: set[str]) -> None:
    assert told(prove(claim, [given], oracle=False)) == conditions


def test_opposite_signs() -> None:
    assert told(prove("|1 - u v| <= 2", ["|u| <= 1, |v| <= 1"])) in (
        {"u = -1", "v = 1"},
        {"u = 1", "v = -1"},
    )


def test_nielsen_needs_no_signs() -> None:
    proof = Chain.parse(NIELSEN).prove("|dC/db_1| <= |dC/db_3|/16", given=["|w_j| <= 1"])
    assert told(proof) == {"z_1 = 0", "z_2 = 0", "abs(w_2) = 1", "abs(w_3) = 1"}


def test_residual_chains_need_signs_and_arguments() -> None:
    weights = {f"{name}_{k} = 1" for name in "vw" for k in (1, 2, 3)}
    given = ["|v_j| <= 1, |w_j| <= 1"]
    plainly = Chain.parse(RESIDUAL).prove("|dL/dh_0| <= 8", given=given)
    assert told(plainly) == {*weights, "h_0 = 0"}
    biased = Chain.parse(BIASED).prove("|dL/dh_0| <= 8", given=given)
    assert told(biased) == {*weights, "s_1 = 0", "s_2 = 0", "s_3 = 0"}
    found = Chain.parse(RESIDUAL).bounds("h_0", given=given)
    assert found.supremum == 8 and told(found.proof) == {*weights, "h_0 = 0"}


def test_weights_that_a_recurrence_shares() -> None:
    proof = Chain.parse(RECURRENT).prove("|dL/du| <= 4", given=["|w| <= 1, |x_t| <= 1"])
    steps = range(1, 5)
    assert told(proof) == {"w = 1", *(f"x_{t} = 1" for t in steps), *(f"s_{t} = 0" for t in steps)}
    found = Chain.parse(RECURRENT).bounds("h_0", given=["|w| <= 1/2"])
    assert found.supremum == Fraction(1, 16)
    assert told(found.proof) == {"abs(w) = 1/2", *(f"s_{t} = 0" for t in steps)}


@pytest.mark.parametrize(
    ("claim", "given", "conditions", "yes"),
    [
        ("x y <= 1", "|x| <= 1, |y| <= 1", ["|x| = |y| = 1"], False),
        ("x y <= 1", "|x| <= 1, |y| <= 1", ["x = y = 1"], True),
        ("x y <= 1", "0 <= x, x <= 1, 0 <= y, y <= 1", ["|x| = |y| = 1"], True),
        ("x y <= 1", "|x| <= 1, |y| <= 1", ["x = 1"], False),
        ("x sigma'(z) <= 1/4", "|x| <= 1", ["x = 1", "z = 0"], True),
        ("x sigma'(z) <= 1/4", "|x| <= 1", ["z = 0"], False),
        ("x sigma(z) <= sigma(z)", "|x| <= 1", ["x = 1"], True),
        ("x <= y", "x <= y", ["x = 1"], False),
    ],
)
def test_conditions_are_enough_or_not(claim: str, given: str, conditions: list[str], yes: bool) -> None:
    problem = make(prove(claim, [given], oracle=False).value.claim, (), 10)
    at: dict[Tree, Value] = {name: Fraction(int(name.stem != "z")) for name in problem.leaves}
    relations = [read(text) for text in conditions]
    assert enough(problem, at, relations) is yes


def test_a_proof_of_convexity_has_no_sharp_line() -> None:
    for claim in ("x^2 is convex in x", "log(1 + exp(z)) is convex in z"):
        proof = prove(claim)
        assert proof.verdict == "proved" and proof.value.attained == ()


def test_a_contact_at_a_logarithm_is_written_plainly() -> None:
    proof = prove("exp(z) - 2 z >= 2 - 2 log(2)", oracle=False)
    assert proof.verdict == "proved" and "log(2)" in proof.to("text") and "sqrt" not in proof.to("text")
    assert "√" not in proof.to("text")


def test_bounds_of_numbers_say_nothing_of_matrices() -> None:
    text = Chain.parse("z = w x + b\na = z v\nL = a").bounds("b", given=["|w| <= 1"]).to("text")
    assert "matrix" not in text and "slope" not in text
