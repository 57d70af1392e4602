"""Notes of chains of symbolic depth: the general gradient, why it holds, and one definite depth."""

from __future__ import annotations

import pytest

from symgrad import Chain
from symgrad.errors import InputError

NEURONS = "for j in 1..n:\n    z_j = w_j a_{j-1} + b_j\n    a_j = sigma(z_j)\nC = (a_n - y)^2/2\n"
CELL = "for t in 1..n:\n    c_t = w c_{t-1} + h_{t-1}\n    h_t = phi(c_t)\nL = h_n\n"


def test_the_note_has_the_formula_the_induction_and_an_example() -> None:
    note = Chain.parse(NEURONS).notes()
    assert r"\frac{\partial C}{\partial w_j} = a_{j-1}\, \sigma'(z_j)\, \prod_{k=j+1}^{n}" in note
    assert "Why it holds at every depth" in note
    assert "the empty product is 1" in note
    assert r"w_4\, \sigma'(z_4)\; (a_4 - y)" in note
    assert r"1 \le j \le n" in note


def test_a_recursion_is_told_as_one() -> None:
    note = Chain.parse(CELL).notes(lang="zh")
    assert "导数如何逐层回传" in note
    assert "递推的起点" in note


@pytest.mark.parametrize("format", ["markdown", "latex", "json"])
def test_every_format_is_written(format: str) -> None:
    assert len(Chain.parse(NEURONS).notes(format)) > 300
    assert Chain.parse(NEURONS).notes(format, answers=True) == ""


def test_without_parameters_there_is_nothing_to_follow() -> None:
    with pytest.raises(InputError):
        Chain.parse("for t in 1..n:\n    h_t = q h_{t-1}\nL = h_n\n").notes()
