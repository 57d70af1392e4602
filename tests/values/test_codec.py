"""Values as JSON and back: nothing lost, nothing else let in."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from symgrad.calculus.derive import derive
from symgrad.network.build import build
from symgrad.notation.chainfile import read_chain
from symgrad.notation.tree import Derivative, Name, Relation
from symgrad.numerics import evaluate
from symgrad.values.codec import from_json, to_json
from symgrad.values.derivation import RULES, Derivation, Step
from symgrad.values.evaluation import Evaluation, FactorValue
from symgrad.values.mark import MISTAKES, Mark, Mistake
from symgrad.values.numbers import read_number, write_number
from symgrad.values.phrase import Phrase
from symgrad.values.proof import Claim, Proof
from tests.notation.trees import expressions, names, relations, statements

texts = st.text(max_size=12)
words = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
trees = st.lists(expressions, max_size=2).map(tuple)
pairs = st.lists(st.tuples(texts, texts), max_size=2).map(tuple)
fields = st.one_of(texts, st.integers(), expressions, trees)
phrases = st.builds(
    lambda room, key, values: Phrase.of(f"{room}.{key}", **values),
    words,
    words,
    st.dictionaries(words.filter(lambda w: w != "id"), fields, max_size=3),
)
several = st.lists(phrases, max_size=2).map(tuple)
equations = relations(names)
rules = st.sampled_from(sorted(RULES))
plain_steps = st.builds(
    Step, rules, expressions, expressions, phrases, trees, st.just(()), st.none() | equations
)
steps = st.builds(
    Step, rules, expressions, expressions, phrases, trees, st.lists(plain_steps, max_size=2).map(tuple)
)
tokens = st.builds(Derivative, names, names)
derivations = st.builds(
    Derivation,
    tokens,
    st.lists(steps, max_size=2).map(tuple),
    trees,
    st.lists(st.tuples(tokens, expressions), max_size=2).map(tuple),
    st.lists(names, max_size=3).map(tuple),
    several,
)
claims = st.builds(Claim, statements, trees, pairs, texts, st.lists(texts, max_size=2).map(tuple))
json_data = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=5,
)
certificates = st.none() | st.dictionaries(texts, json_data, max_size=3)
proofs = st.builds(
    Proof,
    claims,
    st.sampled_from(["proved", "refuted", "undecided"]),
    several,
    pairs,
    several,
    several,
    trees,
    trees,
    trees,
    texts,
    certificates,
    st.booleans(),
    st.floats(0, 100),
)
mistakes = st.builds(Mistake, st.sampled_from(MISTAKES), texts, st.none() | st.integers(0, 99), trees, trees)
marks = st.builds(
    Mark,
    st.sampled_from(["correct", "incorrect", "undecided", "unreadable"]),
    st.lists(mistakes, max_size=2).map(tuple),
    st.none() | st.fractions(),
    several,
    texts,
    st.lists(several, max_size=3).map(tuple),
    several,
    pairs,
)
numbers = st.one_of(
    st.fractions(),
    st.floats(allow_nan=False),
    st.integers(),
    st.floats(width=32, allow_nan=False).map(np.float32),
)
evaluations = st.builds(
    Evaluation,
    expressions,
    texts,
    numbers,
    st.lists(st.builds(FactorValue, expressions, numbers), max_size=3).map(tuple),
    st.lists(texts, max_size=2).map(tuple),
    st.lists(texts, max_size=2).map(tuple),
)
anything = st.one_of(phrases, plain_steps, derivations, claims, proofs, mistakes, marks, evaluations)


@given(anything)
def test_every_value_comes_back_through_text(value: Any) -> None:
    data = json.loads(json.dumps(to_json(value)))
    back = from_json(data)
    assert type(back) is type(value) and back == value
    assert to_json(back) == to_json(value)


@given(anything, st.data())
def test_no_field_may_be_lost_added_or_of_another_kind(value: Any, data: st.DataObject) -> None:
    good = json.loads(json.dumps(to_json(value)))
    key = data.draw(st.sampled_from(sorted(good)))
    with pytest.raises(ValueError, match=r"expected|fields"):
        from_json({k: v for k, v in good.items() if k != key})
    with pytest.raises(ValueError, match="extra"):
        from_json({**good, "extra": 1})
    with pytest.raises(ValueError, match=r"."):
        from_json({**good, key: {"no": "such"}} if key != "certificate" else {**good, key: [1]})


def same_ball(new: arb, old: arb) -> None:
    """The same middle to the last bit; a radius that is never smaller and hardly larger."""
    assert new.mid().man_exp() == old.mid().man_exp()
    with ctx.workprec(200):
        assert old.rad() <= new.rad() <= old.rad() * (1 + arb(2) ** -20)


def nielsen() -> tuple[Any, Derivation]:
    loop = "for j in 1..3:\n    z_j = w_j a_{j-1} + b_j\n    a_j = sigma(z_j)\n"
    text = f"sigma = sigmoid\n{loop}C = (a_3 - y)^2/2\n"
    network = build(read_chain(text))
    return network, derive(network, network.parameters[1])


def test_a_real_derivation_comes_back() -> None:
    _, derivation = nielsen()
    assert from_json(json.loads(json.dumps(to_json(derivation)))) == derivation


@pytest.mark.parametrize("precision", ["float16", "bfloat16", "float32", "float64", "log", 30])
def test_real_numbers_come_back_bit_for_bit(precision: str | int) -> None:
    network, derivation = nielsen()
    (found,) = evaluate(network, [derivation], {"w_j": "2/3", "b_j": "1/7", "a_0": "1/2", "y": 0}, precision)
    back = from_json(json.loads(json.dumps(to_json(found))))
    assert isinstance(back, Evaluation)
    assert type(back.value) is type(found.value) and str(back.value) == str(found.value)
    if precision == 30:
        for old, new in zip(found.factors, back.factors, strict=True):
            same_ball(new.value, old.value)
    else:
        assert back == found


def test_extreme_numbers() -> None:
    for value in (
        float("inf"),
        -float("inf"),
        np.float16(6e-8),
        np.float64(5e-324),
        10**5000,
        Fraction(1, 3**9999),
    ):
        back = read_number(json.loads(json.dumps(write_number(value))))
        assert type(back) is type(value) and bool(back == value)


def test_nan_stays_nan() -> None:
    assert np.isnan(read_number(write_number(np.float32("nan"))))


def test_balls_keep_middle_and_radius() -> None:
    ball = arb(2).sqrt()
    back = read_number(write_number(ball))
    same_ball(back, ball)


@pytest.mark.parametrize(
    "data",
    [
        None,
        3,
        "x",
        [],
        {},
        {"kind": "exact"},
        {"kind": "exact", "value": "1/0"},
        {"kind": "exact", "value": "1.5"},
        {"kind": "exact", "value": 1},
        {"kind": "float", "value": "1_0"},
        {"kind": "float", "value": "__import__"},
        {"kind": "ball", "value": "1 2 3"},
        {"kind": "ball", "value": "1 2 -3 4"},
        {"kind": "log", "value": "1"},
        {"kind": "log", "value": "0 1.0"},
        {"kind": "log", "value": "2 1.0"},
        {"kind": "log", "value": "1 nan"},
        {"kind": "digits", "value": "0 1 2 3 4"},
        {"kind": "nothing", "value": "1"},
        {"kind": "exact", "value": "1", "more": 1},
    ],
)
def test_what_is_no_number_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match=r"expected|no number|convert"):
        read_number(data)


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("type", "nothing"),
        ("type", None),
        ("verdict", "maybe"),
        ("checked", 1),
        ("seconds", -1.0),
        ("seconds", "1"),
        ("steps", {}),
        ("steps", [{"type": "claim"}]),
        ("certificate", "text"),
        ("used", [["name"]]),
        ("counterexample", [["w"]]),
    ],
)
def test_a_proof_is_read_strictly(change: str, value: object) -> None:
    proof = Proof(
        Claim(Relation(("<",), (Name("a"), Name("b")))), "proved", (Phrase.of("steps.same-variable"),)
    )
    good = to_json(proof)
    assert from_json(good) == proof
    with pytest.raises(ValueError, match=r"."):
        from_json({**good, change: value})


def test_nesting_is_bounded() -> None:
    data = to_json(Step("sum-rule", Name("a"), Name("b"), Phrase.of("steps.sum-rule")))
    deep = data
    for _ in range(200):
        deep = {**data, "substeps": [deep]}
    with pytest.raises(ValueError, match="nested deeper"):
        from_json(deep)


def test_other_objects_have_no_json() -> None:
    with pytest.raises(ValueError, match="crosses rooms"):
        to_json(object())  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="a number expected"):
        write_number("1")
