"""Certificates are polynomial identities, and every reason has its words in both languages."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from mpmath import mpf

from symgrad.functions.facts import distance, range_fact, slope_fact, slope_in_value
from symgrad.functions.questionnaire import End, Function
from symgrad.functions.registry import lookup, names
from symgrad.notation import tree as t
from symgrad.notation.writers.plain import plain
from symgrad.notation.writers.unicode import pretty
from symgrad.phrases import LANGUAGES, say
from tests.functions.evaluation import evaluate

Z = t.Name("z", (t.ONE,))
SIGMA = t.Name("sigma")
CERTIFIED = {("sigmoid", "low"), ("sigmoid", "high"), ("tanh", "low"), ("tanh", "high"), ("exp", "low")}


def function(name: str) -> Function:
    found = lookup(name)
    assert found is not None
    return found


def ends(f: Function) -> dict[str, End]:
    if f.derivative_range is None:
        return {}
    return {"low": f.derivative_range.low, "high": f.derivative_range.high}


def expanded(tree: t.Tree) -> Any:
    text = plain(tree).replace("^", "**").replace(") (", ")*(").replace("s (", "s*(")
    return sympy.expand(sympy.parse_expr(text))


def test_which_slopes_carry_a_certificate() -> None:
    assert {
        (n, side) for n in names() for side, end in ends(function(n)).items() if end.certificate
    } == CERTIFIED


@pytest.mark.parametrize(("name", "side"), sorted(CERTIFIED))
def test_certificates_are_identities_and_nonnegative_on_the_range(name: str, side: str) -> None:
    f = function(name)
    end = ends(f)[side]
    pair, slope = distance(f, end), slope_in_value(f)
    assert pair is not None and slope is not None and end.value is not None
    gap, certificate = pair
    s = sympy.Symbol("s")
    expected = end.value - expanded(slope) if side == "high" else expanded(slope) - end.value
    assert expanded(gap) - expanded(certificate) == 0
    assert sympy.expand(expected - expanded(certificate)) == 0
    assert expanded(certificate).free_symbols == {s}
    assert f.range is not None and f.range.low.value is not None
    low = f.range.low.value
    high = f.range.high.value if f.range.high.value is not None else low + 100
    for k in range(1, 64):
        value = low + (high - low) * k / 64
        assert evaluate(certificate, {"s": mpf(value.numerator) / value.denominator}) >= 0


def test_the_textbook_reason() -> None:
    phrase, fields = slope_fact(function("sigmoid"), ends(function("sigmoid"))["high"], Z, SIGMA)
    words = say(phrase, "en", None, **{key: pretty(tree) for key, tree in fields.items()})
    assert words == "1/4 − s (1 − s) = (s − 1/2)² ≥ 0"
    words = say(phrase, "zh", None, **{key: pretty(tree) for key, tree in fields.items()})
    assert words == "1/4 − s (1 − s) = (s − 1/2)² ≥ 0"


def test_the_letter_of_the_value_is_free() -> None:
    _, fields = slope_fact(function("tanh"), ends(function("tanh"))["low"], t.Name("s"))
    assert plain(fields["identity"]) == "1 - t^2 = (1 - t) (1 + t) > 0"
    assert plain(fields["definition"]) == "t = tanh(s)"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", names())
def test_every_reason_has_words(name: str, lang: str) -> None:
    f = function(name)
    range_ends = (f.range.low, f.range.high) if f.range else ()
    facts = [range_fact(f, end, Z, SIGMA) for end in range_ends if end.why]
    facts += [slope_fact(f, end, Z, SIGMA) for end in ends(f).values() if end.why]
    assert facts or name in ("identity", "floor") or f.range is None
    for phrase, fields in facts:
        words = say(phrase, lang, None, **{key: pretty(tree) for key, tree in fields.items()})
        assert words and "{" not in words
