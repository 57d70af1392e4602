"""Claims with transcendental functions: verdicts agree with mpmath, certificates hold on their own."""

from __future__ import annotations

import json
import random
import re

import mpmath  # type: ignore[import-untyped]
import pytest

from symgrad.notation.reader import read
from symgrad.notation.tree import Name, names_in
from symgrad.notation.writers.plain import plain
from symgrad.proving import kernel, prove
from symgrad.rendering.styles import TextStyle
from symgrad.rendering.wording import Wording
from tests.proving.analysis import CLAIMS
from tests.proving.claims import claim
from tests.proving.truth import exactly, holds


@pytest.mark.parametrize(("text", "given", "truth"), CLAIMS)
def test_each_claim_is_decided_as_mpmath_says(text: str, given: tuple[str, ...], truth: bool) -> None:
    made = claim(text, *given)
    proof = prove(made, timeout=30)
    assert proof.verdict == ("proved" if truth else "refuted")
    assert proof.checked
    kernel.check(json.loads(json.dumps(proof.certificate)))
    names = names_in(made.statement)
    with mpmath.workdps(50):
        if proof.verdict == "refuted":
            point = {
                name: exactly(value)
                for key, value in proof.counterexample
                if isinstance(name := read(key), Name)
            }
            assert all(holds(g, point, 1e-30) for g in made.given)
            strict = any(op in ("<", ">") for op in getattr(made.statement, "operators", ()))
            assert not holds(made.statement, point, 1e-30) or strict
            return
        dice = random.Random(text)
        for _ in range(60):
            point = {name: mpmath.mpf(dice.gauss(0, 3)) for name in names}
            if all(holds(g, point, 0.0) for g in made.given):
                assert holds(made.statement, point, 1e-30)


def said(text: str, *given: str) -> list[str]:
    """The lines of a proof by pieces of the line."""
    proof = prove(claim(text, *given), timeout=30)
    fields = [(p.id.removeprefix("proofs."), dict(p.fields)) for p in proof.steps]
    return [f"{id} {plain(f['line'])}" for id, f in fields if id.startswith("line-") and "line" in f]


def test_the_sentences_of_a_bound_that_is_attained() -> None:
    lines = said("x*exp(-x) <= 1/e")
    assert "line-point d(1) = 0" in lines
    assert any(line.startswith("line-end d(x) >= 0.14 (x - 1)^2 > 0") for line in lines)


def test_the_point_of_the_largest_slope_is_named_exactly() -> None:
    assert "line-point d(sqrt(2)) = 0" in said("gelu'(x) <= (1 + erf(1))/2 + exp(-1)/sqrt(pi)")


@pytest.mark.parametrize("text", ["gelu'(x) <= 1.1289042", "silu(x) >= -0.27847", "mish'(x) <= 1.0885"])
def test_every_lower_bound_that_is_said_holds(text: str) -> None:
    proof = prove(claim(text), timeout=30)
    assert proof.verdict == "proved"
    for phrase in proof.steps:
        fields = dict(phrase.fields)
        assert "where" not in fields or "line" in fields


def test_a_near_miss_is_refuted_at_a_simple_point() -> None:
    assert dict(prove(claim("gelu'(x) <= 1.128")).counterexample) == {"x": "7/5"}
    assert dict(prove(claim("x*exp(-x) <= 0.3678")).counterexample) == {"x": "1"}


@pytest.mark.parametrize(
    "text",
    [
        "hard_tanh(x) <= 2*tanh(x) + |x|",
        "hard_sigmoid(x) <= sigmoid(x) + |x|/8",
        "abs(x-1) + abs(x-2) + abs(x-3) + abs(x-4) >= 4",
        "selu(x) <= 1.06*|x| + 0.75*|x|",
        "selu'(x) <= 1.76",
        "mish'(x) <= 1.0885",
        "hardswish(x) <= gelu(x) + 1/4",
    ],
)
def test_a_proof_is_one_that_a_person_reads(text: str) -> None:
    proof = prove(claim(text), timeout=30)
    assert proof.verdict == "proved"
    for lang in ("en", "zh"):
        lines = [Wording(lang, TextStyle()).say(phrase) for phrase in proof.steps]
        assert 2 <= len(lines) <= 12
        fractions = [f for line in lines for f in re.findall(r"(\d+)/(\d+)", line)]
        assert all(len(a) < 9 and len(b) < 9 for a, b in fractions), lines


def test_what_is_said_between_the_ends_holds_there() -> None:
    proof = prove(claim("hard_tanh(x) <= x + 2*|x|"), timeout=30)
    found = {p.id: dict(p.fields) for p in proof.steps}
    kinks, rest = found["proofs.line-kinks"], found["proofs.line-rests"]
    assert [plain(p) for p in kinks["points"]] == ["x = -1", "x = 1"] and plain(kinks["reach"]) == "1/4"
    assert plain(rest["where"]) == "-3 <= x <= 3" and rest["count"] == 4
    bound = min(exactly(plain(f["line"].operands[1])) for f in (kinks, rest))
    for k in range(-300, 301):
        x = mpmath.mpf(k) / 100
        if abs(x) > 0.25:
            assert x + 2 * abs(x) - min(max(x, -1), 1) >= bound
