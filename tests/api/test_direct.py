"""The direct derivative by names that the equation does not hold, and how many layers a chain has."""

from __future__ import annotations

import pytest

from symgrad.api.chain import Chain
from symgrad.errors import UnknownNameError
from symgrad.lessons.anatomy import Anatomy

DEEP = "for j in 1..4:\n  z_j = w_j a_{j-1} + b_j\n  a_j = tanh(z_j)\nC = (a_4 - y)^2/2\n"
STEP = "  z_t = w h_{t-1} + u x_t\n  h_t = tanh(z_t)\n"
READOUT = "for t in 1..3:\n" + STEP + "  o_t = v h_t\n  E_t = (o_t - y_t)^2/2\nE = E_1 + E_2 + E_3\n"
APART = "for t in 1..3:\n" + STEP + "for t in 1..3:\n  o_t = v h_t\nE = o_1 + o_2 + o_3\n"


def test_a_name_that_the_equation_does_not_hold_has_no_direct_part() -> None:
    found = Chain.parse(DEEP).derive("a_2", of="z_4", path="direct")
    assert str(found) == "dz_4/da_2 = 0" and found.check()
    assert "the equation of z₄ does not contain a₂" in found.to("text")
    assert str(Chain.parse(DEEP).derive("a_3", of="z_4", path="direct")) == "dz_4/da_3 = w_4"
    with pytest.raises(UnknownNameError):
        Chain.parse(DEEP).derive("q", of="z_4", path="direct")


@pytest.mark.parametrize(("text", "depth"), [(DEEP, 4), (READOUT, 3), (APART, 3)])
def test_a_time_step_with_its_output_is_one_layer(text: str, depth: int) -> None:
    assert Anatomy(Chain.parse(text).network).depth == depth


@pytest.mark.parametrize(
    ("lang", "heading"), [("en", "one path through each layer"), ("zh", "每一层各有一条路径")]
)
def test_a_weight_of_every_layer_has_a_path_through_each(lang: str, heading: str) -> None:
    text = "for j in 1..n:\n  z_j = w h_{j-1} + u x_j\n  h_j = tanh(z_j)\nC = (h_n - y)^2/2\n"
    first = Chain.parse(text).derive("w").to("text", lang=lang).split("\n")[0]
    assert heading in first and "→" not in first
