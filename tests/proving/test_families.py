"""Assumptions about families in counterexamples: none is forgotten because a member does not occur."""

import pytest

from symgrad import prove


def test_a_joined_assumption_keeps_its_parts_where_a_family_is_empty() -> None:
    claim = "prod(|w_i*sigma'(z_i)|, i, 1, n) < (1/4)^n"
    assert prove(claim, ["n is integer, n >= 1, |w_i| < 1"]).verdict == "proved"
    assert prove(claim, ["n is integer and n >= 0 and |w_i| < 1"]).verdict == "refuted"


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        ("w_1 >= 5", ["w_j = v_j", "v_j >= 5"]),
        ("w_1 >= 5", ["w_j >= v_j, v_j >= 5"]),
        ("w_1 + v_2 >= 10", ["w_j = v_j", "v_j >= 5"]),
    ],
)
def test_no_refutation_where_an_assumption_speaks_of_other_members(claim: str, given: list[str]) -> None:
    assert prove(claim, given).verdict != "refuted"


def test_a_family_that_the_claim_does_not_mention_hinders_nothing() -> None:
    assert prove("w_1 <= 1/2", ["|w_j| <= 1", "|b_j| <= 1"]).verdict == "refuted"
