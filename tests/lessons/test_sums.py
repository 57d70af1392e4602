"""Notes of residual chains: the section on sums stays out of the way of those with functions in them."""

from __future__ import annotations

import pytest

from symgrad.api.chain import Chain

RESIDUAL = "for j in 1..{n}:\n  z_j = w a_{{j-1}} + b_j\n  a_j = tanh(z_j) + a_{{j-1}}\nC = (a_{n} - y)^2/2\n"
RELU = "for j in 1..{n}:\n  z_j = w_j a_{{j-1}} + b_j\n  a_j = relu(z_j)\nC = (a_{n} - y)^2/2\n"


@pytest.mark.parametrize("depth", [4, 5, 10])
@pytest.mark.parametrize("chain", [RESIDUAL, RELU], ids=["residual", "relu"])
def test_notes_are_written_for_tied_residual_and_relu_chains(chain: str, depth: int) -> None:
    note = Chain.parse(chain.format(n=depth)).notes("markdown")
    assert f"a_{{{depth}}}" in note or f"a_{depth}" in note
