"""Codec: trees survive JSON, presentation included; what is no tree is refused with a reason."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.notation import tree as t
from symgrad.notation.codec import from_data, to_data
from symgrad.notation.writers.latex import latex
from tests.notation.trees import statements

w, W = t.Name("w"), ["name", "w"]


@settings(max_examples=400, deadline=None)
@given(statements)
def test_trees_survive_json(tree: t.Tree) -> None:
    back = from_data(json.loads(json.dumps(to_data(tree))))
    assert back == tree
    assert latex(back) == latex(tree)


@settings(max_examples=300, deadline=None)
@given(st.fractions(), st.booleans())
def test_every_number_survives(value: Fraction, decimal: bool) -> None:
    assert from_data(to_data(t.Number(value, decimal=decimal))) == t.Number(value)


@pytest.mark.parametrize(
    ("tree", "data"),
    [
        (t.Name("w", (t.ONE,)), ["name", "w", 1]),
        (t.Name("W", (t.Name("l"),), layer=True), ["layer", "W", ["name", "l"]]),
        (t.Number(Fraction(1, 4)), "1/4"),
        (t.Number(Fraction(1, 4), decimal=True), "0.25"),
        (t.number(2**60), str(2**60)),
        (t.Apply(t.Name("sigma"), (t.Name("z"),), 1), ["apply", "sigma", 1, [["name", "z"]]]),
        (t.Apply(t.Name("f", (t.ONE,)), (t.ONE,)), ["apply", ["name", "f", 1], 0, [1]]),
        (t.Apply(t.Name("elu"), (w,), 0, (("alpha", t.ONE),)), ["apply", "elu", 0, [W], [["alpha", 1]]]),
        (t.BigOp("prod", w, "k", t.ONE, w, None), ["big", "prod", W, "k", 1, W, None]),
        (t.Component(t.Name("v"), (t.ONE,)), ["component", ["name", "v"], 1]),
        (t.Array((t.ONE, t.ZERO)), ["array", 1, 0]),
        (t.Is(t.Name("n"), "positive integer"), ["is", ["name", "n"], "positive integer"]),
    ],
)  # fmt: skip
def test_the_format_is_fixed(tree: t.Tree, data: object) -> None:
    assert to_data(tree) == data
    assert from_data(data) == tree


@pytest.mark.parametrize(
    "data",
    [
        None, True, 1.5, {}, [], [1], ["nothing", 1], "x", "1/0", "1e9", "--1", "9" * 5000, ["name"],
        ["name", "1w"],
        ["name", "w;"], ["name", 3], ["layer", "W"], ["constant", "tau"], ["constant", "e", "e"], ["div", 1],
        ["neg", 1, 2], ["pow", 1, 2, 3], ["apply", "f", -1, [1]], ["apply", "f", True, [1]],
        ["apply", "f", 0, 1],
        ["apply", "f", 0, []], ["apply", 1, 0, [1]], ["apply", "f", 0, [1], [["a"]]],
        ["apply", "f", 0, [1], 5],
        ["apply", ["mul", 1], 0, [1]], ["elementwise", "+", 1, 2], ["component", 1], ["derivative", 1, 1, 1],
        ["derivative", ["name", "C"], ["name", "b"], 0], ["big", "max", 1, "k", 1, 2, None],
        ["big", "sum", 1, "k", 1, 2, "up"], ["big", "sum", 1, 5, 1, 2, None], ["relation", ["<"], 1],
        ["relation", [], 1], ["relation", ["<>"], 1, 2], ["relation", "<", 1, 2], ["logic", "xor", 1, 2],
        ["logic", "not", 1, 2], ["logic"], ["is", 1, "odd!"], ["is", 1, 2],
    ],
)  # fmt: skip
def test_what_is_no_tree_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match="expected"):
        from_data(data)


def test_depth_is_capped() -> None:
    data: list[object] = ["name", "x"]
    for _ in range(500):
        data = ["neg", data]
    with pytest.raises(ValueError, match="deeper"):
        from_data(data)


def test_writing_needs_no_recursion() -> None:
    tree: t.Tree = t.Name("x")
    for _ in range(5000):
        tree = t.Neg(tree)
    data = to_data(tree)
    assert isinstance(data, list) and data[0] == "neg"
