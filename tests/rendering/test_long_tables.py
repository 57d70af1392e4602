"""The table of all gradients of a very deep chain: its two ends, and how many stand between."""

from __future__ import annotations

import pytest

from symgrad import Chain


def deep(layers: int) -> Chain:
    loop = ["    z_j = w_j a_{j-1} + b_j", "    a_j = tanh(z_j)"]
    return Chain.parse("\n".join([f"for j in 1..{layers}:", *loop, f"C = (a_{layers} - y)^2/2"]))


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "590 more gradients in between"), ("zh", "中间还有 590 个梯度")]
)
@pytest.mark.parametrize("format", ["text", "markdown", "latex"])
def test_a_very_long_table_shows_its_ends_and_counts_the_rest(format: str, lang: str, words: str) -> None:
    told = deep(301).gradients().to(format, lang)
    assert told.count(words) == 1
    before, after = told.split(words)
    assert "602" in before
    last = {"text": "∂C/∂b₃₀₁", "markdown": "b_{301}", "latex": "b_{301}"}[format]
    assert last in after and last not in before


def test_each_row_left_in_it_is_the_row_of_the_gradient_itself() -> None:
    chain = deep(301)
    rows = [line for line in chain.gradients().to("text").splitlines() if line.startswith("  ∂C/∂")]
    table = rows[:12]
    shown = [f"{letter}_{layer}" for layer in (1, 2, 3, 299, 300, 301) for letter in "wb"]
    for name, row in zip(shown, table, strict=True):
        alone = chain.derive(name).to("text").splitlines()
        right = [line.split(" = ", 1)[1] for line in alone if line.startswith("  ∂C/∂") and " = " in line]
        assert row.split(" = ", 1)[1] == right[-1]


def test_in_full_and_as_data_every_gradient_is_there() -> None:
    every = deep(201).gradients()
    assert len(every.shown()) == 12
    assert len(every.shown("full")) == len(every.shown("short", "json")) == 402


def test_four_hundred_rows_are_no_long_table() -> None:
    every = deep(200).gradients()
    assert len(every.shown()) == 400
