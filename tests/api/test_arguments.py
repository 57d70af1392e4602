"""Arguments that are of the wrong kind or too large are refused in words."""

from __future__ import annotations

from typing import Any

import pytest

from symgrad.api.chain import Chain
from symgrad.errors import InputError, NotSupportedError, ParseError

DEEP = "for j in 1..2:\n  z_j = w_j a_{j-1}\n  a_j = tanh(z_j)\nC = (a_2 - y)^2/2\n"
ARRAYS = "W : matrix(m, d)\nx : vector(d)\ny : vector(m)\nz = W x\nL = norm(z - y)^2/2\n"


@pytest.mark.parametrize("found", [None, 3, b"w"])
def test_text_is_expected(found: Any) -> None:
    with pytest.raises(InputError, match="text such as"):
        Chain.parse(found)
    with pytest.raises(InputError, match="text such as"):
        Chain.parse(DEEP).derive(found)


@pytest.mark.parametrize("depth", [2.5, "3", True])
def test_a_depth_is_a_whole_number(depth: Any) -> None:
    with pytest.raises(InputError, match="a depth is a whole number"):
        Chain.parse(DEEP).vary(depth=depth)


def test_what_would_take_forever_is_refused() -> None:
    with pytest.raises(ParseError, match="at most 1000000 values"):
        Chain.parse(DEEP.replace("1..2", "1..2000000"))
    with pytest.raises(InputError, match="random numbers would be drawn"):
        Chain.parse(ARRAYS).evaluate("W", {"d": 1_000_000, "m": 1_000_000}, seed=1)


def test_loops_together_have_a_limit() -> None:
    with pytest.raises(InputError, match="at most 1000000 equations"):
        Chain.parse("for i in 1..1001:\n  for j in 1..1000:\n    a_{i,j} = w x\nC = a_{1,1}")


def test_formats_and_languages_that_there_are_not_are_named() -> None:
    found = Chain.parse(DEEP).derive("w_1")
    for target in (found, Chain.parse(DEEP).gradients()):
        with pytest.raises(
            InputError, match="there are text, markdown, latex, json, numpy, jax, torch, sympy"
        ):
            target.to("html")
        with pytest.raises(InputError, match="no language fr; there are en, zh"):
            target.to("markdown", lang="fr")


@pytest.mark.parametrize("style", ["backprop", "perturbation", "jacobian"])
def test_forms_of_the_gradient_layout_refuse_the_other(style: str) -> None:
    with pytest.raises(NotSupportedError, match="gradient layout only"):
        Chain.parse(ARRAYS).derive("W", layout="jacobian").to("text", style=style)
    assert "∂L/∂W" in Chain.parse(ARRAYS).derive("W", layout="jacobian").to("text")
