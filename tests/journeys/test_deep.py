"""Chains of symbolic depth from the file to the page, to SymPy and to numbers."""

from __future__ import annotations

import json

import pytest
import sympy

from symgrad import Chain
from symgrad.errors import InputError, MissingValueError, NotSupportedError, UnknownNameError
from tests.helpers import EXAMPLES, symgrad

DEEP = EXAMPLES / "deep.chain"


def deep() -> Chain:
    return Chain.read(DEEP)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("format_", ["text", "markdown", "latex", "json"])
def test_a_general_weight_in_every_format(format_: str, lang: str) -> None:
    done = symgrad("derive", DEEP, "--wrt", "w_i", "--format", format_, "--lang", lang)
    assert done.returncode == 0, done.stderr
    assert "∏ₖ₌ᵢ₊₁ⁿ" in done.stdout if format_ == "text" else "prod" in done.stdout


def test_json_holds_the_product_and_the_induction() -> None:
    found = json.loads(symgrad("derive", DEEP, "--wrt", "b_1", "--json").stdout)
    assert found["result"] == "sigma'(z_1) prod(w_k sigma'(z_k), k, 2, n) dC/da_n"
    assert {"layer-factor", "induction-base", "peel-last", "product-over-layers"} <= {
        step["rule"] for step in found["steps"]
    }
    assert found["checked"] is True


def test_all_gradients_are_general_ones() -> None:
    assert deep().parameters == ("w_j", "b_j")
    assert list(deep().gradients()) == ["w_j", "b_j"]
    assert deep().gradients().check()
    assert deep().gradients()["b_j"].check()


def test_a_depth_makes_it_an_ordinary_chain() -> None:
    found = deep().vary(depth=3).derive("b_1")
    assert list(map(str, found.factors)) == [
        "sigma'(z_1)",
        "w_2",
        "sigma'(z_2)",
        "w_3",
        "sigma'(z_3)",
        "dC/da_3",
    ]
    with pytest.raises(InputError, match="depth 0"):
        deep().vary(depth=0)


@pytest.mark.parametrize("depth", range(1, 6))
def test_sympy_writes_the_product_out(depth: int) -> None:
    general = deep().derive("w_i").expr
    n, i = (sympy.Symbol(letter, integer=True) for letter in "ni")
    for place in range(1, depth + 1):
        found = general.subs({n: depth, i: place}).doit()
        plain = found.replace(
            lambda node: isinstance(node, sympy.Indexed),
            lambda node: sympy.Symbol(f"{node.base}_{node.indices[0]}", real=True),
        )
        expected = deep().vary(depth=depth).derive(f"w_{place}").expr
        assert sympy.simplify(plain - expected) == 0


def test_numbers_need_a_depth() -> None:
    given = {"w_j": 2, "b_j": "1/3", "a_0": 1, "y": 0}
    found = deep().evaluate("b_1", {**given, "n": 4}).value
    assert found == deep().vary(depth=4).evaluate("b_1", given).value
    with pytest.raises(MissingValueError, match="depth n"):
        deep().evaluate("b_1", given)


def test_what_has_no_symbolic_depth_yet_says_so() -> None:
    with pytest.raises(NotSupportedError, match="depth"):
        deep().derive("b_1").expanded()
    with pytest.raises(UnknownNameError, match=r"b_1, \.\.\., b_n"):
        deep().derive("b_{n+1}")


def test_it_prints_as_one_layer() -> None:
    assert str(deep()).splitlines() == ["z_j = w_j a_{j-1} + b_j", "a_j = sigma(z_j)", "C = (a_n - y)^2/2"]
    assert "depth n" in repr(deep())
