"""Parts of a claim without a value, functions in pieces, and numbers out of all reach."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.proving import kernel, prove
from symgrad.proving.kernel.enclosures.intervals import Interval
from symgrad.proving.kernel.enclosures.ranges import around
from tests.proving.claims import claim


@pytest.mark.parametrize(
    "text",
    [
        "x > 0 iff 1/x > 0",
        "(abs(1 - a*l) < 1) iff (a*l > 0 and a < 2/l)",
        "1/x > 0 or x^2 >= 0",
        "(x > 1) iff (log(x) > 0)",
        "piecewise(1, 1/x > 0, 2) <= 2",
    ],
)
def test_a_part_that_may_have_no_value_is_not_proved(text: str) -> None:
    assert prove(claim(text), timeout=2).verdict != "proved"


def test_the_kernel_rejects_a_choice_beside_a_part_without_value() -> None:
    good = prove(claim("x > 0 or x^2 >= 0")).certificate
    assert good is not None
    bad = claim("1/x > 0 or x^2 >= 0")
    with pytest.raises(CertificateError):
        kernel.check({**good, "statement": to_data(bad.statement)})


@pytest.mark.parametrize(
    ("text", "assumed"),
    [
        ("x > 0 iff 1/x > 0", ["x != 0"]),
        ("(abs(x) > 1) iff (x > 1 or x < -1)", []),
        ("piecewise(x, x < 0, 0) <= x", []),
        ("piecewise(x, x < 0, 0) = min(x, 0)", []),
        ("piecewise(1, 1/x > 0, 2) <= 2", ["x > 0"]),
        ("exp(x) > 1", ["x >= 10^9"]),
        ("tanh((abs(x) - mish'(x))) > -6987/13000", ["abs(x) < 2"]),
    ],
)
def test_proved(text: str, assumed: list[str]) -> None:
    proof = prove(claim(text, *assumed))
    assert proof.verdict == "proved"
    assert proof.checked


@pytest.mark.parametrize(
    ("text", "assumed"),
    [
        ("relu(y) + exp(x) < 539939983/17000", ["x >= y"]),
        ("exp(x) <= 5", ["x <= 10^9"]),
        ("exp(exp(x)) <= 5", ["x <= 40"]),
        ("(max(x*x, z/z) - 2*z) <= piecewise(x - z, z > -3, z + x)", ["abs(x) <= 3", "z = 0 or z = 1"]),
    ],
)
def test_refuted(text: str, assumed: list[str]) -> None:
    assert prove(claim(text, *assumed)).verdict == "refuted"


def test_numbers_out_of_all_reach_are_decided_or_not_without_an_error() -> None:
    assert prove(claim("exp(exp(exp(x))) >= 5", "x >= 40"), timeout=3).verdict in ("proved", "undecided")


@given(st.integers(-(10**12), 10**12), st.sampled_from([1, -1]))
def test_rational_ends_lie_around_a_number_of_any_size(power: int, sign: int) -> None:
    value = sign * arb(power).exp()
    found = around(value)
    for end, above in ((found.low, True), (found.high, False)):
        if end is not None:
            ball = arb(end.numerator) / arb(end.denominator)
            assert not (ball > value if above else ball < value)


@given(st.fractions(), st.fractions(min_value=0), st.integers(1, 40), st.booleans(), st.booleans())
def test_shortened_ends_are_outside(low: Fraction, width: Fraction, power: int, a: bool, b: bool) -> None:
    tiny = Fraction(1, 3) ** (power * 1000)
    whole = Interval(low * tiny, a, (low + width) * tiny + 7 * tiny, b)
    short = whole.shortened()
    assert whole & short == whole
    assert short.low is not None
    assert short.high is not None
    assert max(short.low.denominator.bit_length(), short.high.denominator.bit_length()) <= 8400


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("x/x = 1", ["x != 0"]),
        ("exp(log(x)) = x", ["x > 0"]),
        ("sqrt(x)^2 = x", ["x >= 0"]),
        ("log(x*y) = log(x) + log(y)", ["x*y > 0", "x > 0", "y > 0"]),
        ("log(x^2) = 2*log(x)", ["x^2 > 0", "x > 0"]),
        ("sqrt(x)*sqrt(x) = abs(x)", ["x >= 0"]),
    ],
)
def test_an_equation_holds_where_both_sides_are_defined_and_says_where(text: str, needed: list[str]) -> None:
    proof = prove(claim(text))
    assert proof.verdict == "proved"
    said = next(dict(step.fields)["conditions"] for step in proof.steps if step.id == "proofs.where")
    assert set(said) <= {claim(condition).statement for condition in needed}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("log(x) <= x - 1", "x > 0"),
        ("x/x <= 1", "x != 0"),
        ("x/x != 2", "x != 0"),
        ("sqrt(x) >= 0", "x >= 0"),
    ],
)
def test_any_other_claim_names_what_is_missing_and_is_proved_with_it(text: str, missing: str) -> None:
    proof = prove(claim(text))
    assert proof.verdict == "undecided"
    conditions = [c for step in proof.steps for c in dict(step.fields).get("conditions", ())]  # type: ignore[union-attr]
    assert claim(missing).statement in conditions
    assert prove(claim(text, missing)).verdict == "proved"


@pytest.mark.parametrize(
    "text", ["log(-x) + log(x) = 0", "log(-x^2 - 1) = 5", "1/(x - x) = 3", "x^(1/2)*x^(1/2) = 2*x"]
)
def test_an_equation_that_holds_nowhere_or_not_everywhere_is_not_proved(text: str) -> None:
    assert prove(claim(text), timeout=2).verdict != "proved"


@pytest.mark.parametrize("text", ["sqrt(x)^2 <= x", "sqrt(x)^2 = -x", "x^(1/2) = x^(1/2)"])
def test_only_an_equation_may_take_for_granted_that_it_is_defined(text: str) -> None:
    entry = {"rule": "where-defined", "proof": {"rule": "identity", "unfold": 0, "definitions": False}}
    here = kernel.setting({}, (), [])
    with pytest.raises(CertificateError):
        kernel.prove_entry(claim(text).statement, entry, here)
