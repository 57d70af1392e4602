"""Bounds that the questionnaires state for f, f' and f'': proved by the kernel, best possible by mpmath."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import mpmath  # type: ignore[import-untyped]
import pytest

from symgrad.functions import registry
from symgrad.functions.questionnaire import Extremum
from symgrad.notation.tree import Name, Relation
from symgrad.notation.writers.plain import plain
from symgrad.proving import prove
from symgrad.proving.kernel.analysis.extrema import holds
from symgrad.proving.kernel.enclosures.ranges import function_range
from tests.proving.claims import claim, nielsen
from tests.proving.truth import FUNCTIONS, number

STATED = [(name, e) for name in registry.names() for e in getattr(registry.lookup(name), "extrema", ())]
IDS = [f"{name}-{e.order}-{e.side}" for name, e in STATED]
X = Name("x")
GELU = (("sigma", "gelu"),)


def value(name: str, order: int, x: mpmath.mpf) -> mpmath.mpf:
    """A derivative by mpmath."""
    return mpmath.diff(FUNCTIONS[name], x, order) if order else FUNCTIONS[name](x)


@pytest.mark.parametrize(("name", "stated"), STATED, ids=IDS)
def test_the_kernel_proves_the_bound_and_no_better_one(name: str, stated: Extremum) -> None:
    assert holds(name, stated)
    own = function_range(name, stated.order)
    assert (own.low if stated.side == "low" else own.high) == stated.bound
    inward = Fraction(1, 10**5) * (1 if stated.side == "low" else -1)
    assert not holds(name, replace(stated, bound=stated.bound + inward))


@pytest.mark.parametrize(("name", "stated"), STATED, ids=IDS)
def test_the_bound_is_best_to_six_digits_at_the_place_stated(name: str, stated: Extremum) -> None:
    sign = 1 if stated.side == "low" else -1
    with mpmath.workdps(40):
        bound = mpmath.mpf(stated.bound.numerator) / stated.bound.denominator
        if stated.value:
            exact = number(registry.formula(stated.value), {})
            assert 0 <= sign * (exact - bound) < 3e-6
        if not stated.at:
            return
        near = mpmath.mpf(stated.near.numerator) / stated.near.denominator
        there = value(name, stated.order, near)
        assert abs(there - bound) < 4e-6
        for step in (0.01, -0.01):
            assert sign * value(name, stated.order, near + step) > sign * there


@pytest.mark.parametrize(("name", "stated"), STATED, ids=IDS)
def test_the_place_is_described_exactly(name: str, stated: Extremum) -> None:
    if not stated.at:
        return
    equation = registry.formula(stated.at)
    assert isinstance(equation, Relation)
    left, right = equation.operands
    with mpmath.workdps(30):
        near = mpmath.mpf(stated.near.numerator) / stated.near.denominator
        distance = [number(left, {X: near + h}) - number(right, {X: near + h}) for h in (-2e-6, 2e-6)]
        assert distance[0] * distance[1] < 0


def test_an_extremum_that_says_nothing_sensible_is_refused() -> None:
    with pytest.raises(ValueError, match="order 3"):
        Extremum(3, "low", Fraction(0), Fraction(0), "x = 0")
    with pytest.raises(ValueError, match="where"):
        Extremum(1, "low", Fraction(0), Fraction(0), "f(x) = 0", attained=True)


def test_a_stated_bound_is_not_taken_on_trust() -> None:
    assert not holds("silu", Extremum(1, "high", Fraction("1.0998"), Fraction("2.4"), "x tanh(x/2) = 2"))
    assert not holds("gelu", Extremum(1, "low", Fraction("-0.1289"), Fraction("-1.41"), "x = -sqrt(2)"))
    assert not holds("arctan", Extremum(0, "high", Fraction("1.5707"), Fraction(6), "", "pi/2"))
    assert not holds("silu", Extremum(2, "high", Fraction(1, 2), Fraction(1), "x = 1", "1/2", attained=True))


def test_a_product_over_layers_is_bounded_and_the_extremes_are_said() -> None:
    made = claim("|w_1 gelu'(z_1) w_2 gelu'(z_2)| <= 1.2745", "|w_1| <= 1", "|w_2| <= 1")
    proof = prove(made, timeout=30)
    assert proof.verdict == "proved"
    said = [dict(p.fields) for p in proof.steps if p.id == "proofs.greatest-exactly"]
    assert [plain(f["place"]) for f in said if not isinstance(f["place"], str | int | tuple)] == [
        "z = sqrt(2)"
    ]


def test_a_chain_is_refuted_where_every_slope_is_steepest() -> None:
    chain, context = nielsen()
    made = replace(claim("|dC/db_1| <= 1.27 |dC/db_3|", "|w_j| <= 1", context=context), functions=GELU)
    proof = prove(made, definitions=chain, timeout=30)
    assert proof.verdict == "refuted" and proof.checked
    assert dict(proof.counterexample)["b_1"] == "24/17"
    true = replace(claim("|dC/db_1| <= 1.2745 |dC/db_3|", "|w_j| <= 1", context=context), functions=GELU)
    assert prove(true, definitions=chain, timeout=30).verdict == "proved"
