"""Reasons say no more than is true: empty ranges, kinks, instances, impossible cases, vacuous rescues."""

from __future__ import annotations

from typing import Any

import pytest

from symgrad.api import prove
from symgrad.api.chain import Chain
from symgrad.errors import InputError
from symgrad.notation.writers.plain import plain

RNN = "for t in 1..T:\n    z_t = w h_{t-1} + u x_t\n    h_t = tanh(z_t)\nL = (h_T - y)^2/2\n"
NIELSEN = (
    "sigma = sigmoid\nfor j in 1..4:\n    z_j = w_j a_{j-1} + b_j\n    a_j = sigma(z_j)\nC = (a_4 - y)^2/2\n"
)


def test_a_single_strict_factor_needs_no_index_elsewhere() -> None:
    given = ["|w| < 1", "dL/dh_T != 0", "T >= 1"]
    proof = Chain.parse(RNN).prove("|dL/dh_0| < |dL/dh_T|", given)
    assert proof.verdict == "proved"
    assert not [step for step in proof.value.steps if step.id == "ranges.not-empty"]


def test_a_strict_range_that_is_not_empty_says_so() -> None:
    proof = prove("prod(|w_k|, k, 1, n) < 1", ["|w_j| < 1", "n >= 1"])
    cases = [dict(step.fields)["case"] for step in proof.value.steps if step.id == "ranges.not-empty"]
    assert [str(plain(case)) for case in cases] == ["n >= 1"]  # type: ignore[arg-type]


def test_kinks_are_not_for_the_mean_value_theorem() -> None:
    for lang, words in (("en", "mean value theorem"), ("zh", "中值定理")):
        assert words not in prove("|relu(x) - relu(y)| <= |x - y|").to("text", lang)
        assert words in prove("|tanh(x) - tanh(y)| <= |x - y|").to("text", lang)


def test_instances_at_a_bound_letter_are_not_listed() -> None:
    proof = prove("prod(|w_k|, k, 1, n) <= 1", ["|w_j| <= 1"])
    assert proof.verdict == "proved"
    assert "not needed" not in proof.to("text")


def test_a_rescue_does_not_make_the_premise_impossible() -> None:
    proof = Chain.parse(NIELSEN).prove("|w_2| > 4 implies |dC/db_1| > |dC/db_2|")
    assert proof.verdict == "refuted"
    assert "abs(w_2) <= 1" not in [plain(tree) for tree in proof.value.rescue]


def test_an_impossible_case_names_what_is_impossible() -> None:
    for lang in ("en", "zh"):
        text = prove("x < 0 implies y > 5", ["x >= 1"]).to("text", lang)
        assert "x ≥ 1" in text
        assert "x < 0" in text.split("1  ", 1)[1]


def test_a_rounded_bound_of_a_slope_is_only_necessary() -> None:
    found = Chain.parse(NIELSEN.replace("sigmoid", "silu")).bounds("w_1")
    text = found.to("text")
    assert "exactly if" not in text and "only if" in text
    assert "the best bound" not in text
    assert "grows_only_if" in found.data()["layers"][0]
    exact = Chain.parse(NIELSEN).bounds("b_1", ["|w_j| <= 1"])
    assert exact.layers[0].exact
    assert "exactly if" in exact.to("text") and "the best bound" in exact.to("text")


def test_a_text_alone_is_one_assumption() -> None:
    assert prove("x <= y", given="x <= y").verdict == "proved"
    assert Chain.parse(NIELSEN).bounds("b_1", given="|w_j| <= 1").attained


@pytest.mark.parametrize(("claim", "given"), [(None, []), ("x <= y", None), ("x <= y", [3])])
def test_what_is_no_text_is_an_input_error(claim: Any, given: Any) -> None:
    with pytest.raises(InputError, match=r"expected|list of assumptions"):
        prove(claim, given)
    with pytest.raises(InputError, match=r"expected|list of assumptions"):
        Chain.parse(NIELSEN).prove(claim, given)


def test_a_value_that_is_settled_and_a_difference_with_0_are_written_short() -> None:
    pinned = prove("relu(y) <= y + 1", ["y >= -1", "y <= -1"]).to("text")
    assert "0 ≤ s ≤ 0" not in pinned and "s = 0" in pinned
    for claim in ("x/(1 + x) > 0", "|x| + x >= 0"):
        assert "− 0" not in prove(claim, ["x > 0"]).to("text")
