"""Polynomials, quotients, roots, bars and pieces in several variables: decided rightly, and checked."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symgrad.proving import prove
from symgrad.proving.methods.cone import combination
from tests.proving.claims import claim

BOX = ("0 <= x <= 1", "0 <= y <= 1")
PAIR = ("a > 0", "b > 0")
DECIDED: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("(x+y)/2 >= sqrt(x*y)", ("x >= 0", "y >= 0"), True),
    ("(x+y)/2 > sqrt(x*y)", ("x >= 0", "y >= 0"), False),
    ("sqrt(x+y) <= sqrt(x)+sqrt(y)", ("x >= 0", "y >= 0"), True),
    ("sqrt(x^2+y^2) <= abs(x)+abs(y)", (), True),
    ("sqrt(x^2+y^2) >= abs(x)", (), True),
    ("abs(x*u+y*v) <= sqrt(x^2+y^2)*sqrt(u^2+v^2)", (), True),
    ("a/b + b/a >= 2", PAIR, True),
    ("a/b + b/a > 2", PAIR, False),
    ("(a+b)*(1/a+1/b) >= 4", PAIR, True),
    ("(a*x+b*y)^2 <= (a^2+b^2)*(x^2+y^2)", (), True),
    ("x^2+y^2+z^2 >= x*y+y*z+z*x", (), True),
    ("a^3+b^3+c^3 >= 3*a*b*c", ("a >= 0", "b >= 0", "c >= 0"), True),
    ("a^3+b^3+c^3 >= 3*a*b*c", (), False),
    ("x+y-x*y <= 1", BOX, True),
    ("x*y <= 1/2", BOX, False),
    ("(t*x+(1-t)*y)^2 <= t*x^2+(1-t)*y^2", ("0 <= t <= 1",), True),
    ("(t*x+(1-t)*y)^3 <= t*x^3+(1-t)*y^3", ("0 <= t <= 1",), False),
    ("a*u^2+2*b*u*v+c*v^2 >= 0", ("a > 0", "a*c >= b^2"), True),
    ("a*u^2+2*b*u*v+c*v^2 >= 0", ("a > 0", "a*c >= b^2-1"), False),
    ("(x-a*(x-y)-y)^2 <= (x-y)^2", ("0 <= a <= 2",), True),
    ("(abs(1-a*l) < 1) iff (0 < a and a < 2/l)", ("l > 0",), True),
    ("abs(1-a*l) < 1", ("l > 0", "0 < a <= 2/l"), False),
    ("abs(x+y) <= abs(x)+abs(y)", (), True),
    ("abs(x+y) < abs(x)+abs(y)", (), False),
    ("abs(abs(x)-abs(y)) <= abs(x-y)", (), True),
    ("max(x,y) = (x+y+abs(x-y))/2", (), True),
    ("max(x,y) > (x+y)/2", (), False),
    ("min(x,y) <= (x+y)/2", (), True),
    ("abs(g)*min(1,c/abs(g)) <= c", ("c > 0", "g != 0"), True),
    ("abs(g)*min(1,c/abs(g)) < c", ("c > 0", "g != 0"), False),
    ("w/abs(w)*w = abs(w)", ("w != 0",), True),
    ("f*c + i*g <= 2", ("0 <= f <= 1", "0 <= i <= 1", "abs(c) <= 1", "abs(g) <= 1"), True),
    ("n*(2/(m+n)) + m*(2/(m+n)) = 2", ("m > 0", "n > 0"), True),
    ("2/(m+n) <= 1/m or 2/(m+n) <= 1/n", ("m > 0", "n > 0"), True),
    ("2/(m+n) <= max(1/m,1/n)", ("m > 0", "n > 0"), True),
    ("sqrt(a) < sqrt(b)", ("0 <= a < b",), True),
    ("x/y <= u/v", ("0 < x <= u", "0 < v <= y"), True),
    ("x/y < u/v", ("0 < x <= u", "0 < v <= y"), False),
    ("abs(1-a*l_1) < 1 and abs(1-a*l_2) < 1", ("0 < l_1 <= l_2", "0 < a < 2/l_2"), True),
    ("x = 0 and y = 0", ("x^2+y^2 = 0",), True),
    ("x = y", ("x <= y", "y <= x"), True),
    ("x > 0 or x <= 0", (), True),
    ("x > 0 or x < 0", (), False),
)


@pytest.mark.parametrize(("text", "given", "true"), DECIDED)
def test_a_claim_is_decided_rightly(text: str, given: tuple[str, ...], true: bool) -> None:
    proof = prove(claim(text, *given), timeout=60)
    assert proof.verdict == ("proved" if true else "refuted") and proof.checked


@pytest.mark.parametrize("text", ["abs(g)*min(1,c/abs(g)) <= c", "a/b <= abs(a)/abs(b)"])
def test_a_quotient_that_may_be_undefined_is_not_proved(text: str) -> None:
    assert prove(claim(text, "c > 0")).verdict == "undecided"


def test_the_slope_of_bars_is_w_over_its_size_but_not_at_zero() -> None:
    proof = prove(claim("abs'(w) = w/abs(w)"))
    assert proof.verdict == "proved" and "proofs.where" in [step.id for step in proof.steps]
    assert prove(claim("abs'(w)^2 = 1", "w != 0")).verdict == "proved"
    assert prove(claim("abs'(w)^2 = 1")).verdict == "refuted"


def test_a_sum_is_found_exactly() -> None:
    # 2 x^2 + 2 y^2 = (x + y)^2 + (x - y)^2, as vectors over the monomials xx, xy, yy
    columns = [{"xx": Fraction(1), "xy": Fraction(s), "yy": Fraction(1)} for s in (2, -2)]
    found = combination({"xx": Fraction(2), "yy": Fraction(2)}, columns, [False, False])
    assert found == [Fraction(1), Fraction(1)]
    assert combination({"xx": Fraction(-1)}, columns, [False, False]) is None
    third = {"xx": Fraction(1, 3)}
    assert combination(third, [{"xx": Fraction(-1, 7)}], [True]) == [Fraction(-7, 3)]
    assert combination(third, [{"xx": Fraction(-1, 7)}], [False]) is None
