"""Impossible cases say which enclosure contradicts which condition; nested cases say where they are."""

from __future__ import annotations

import pytest

from symgrad import api
from symgrad.notation.tree import Number
from symgrad.notation.writers.plain import plain
from symgrad.proving import prove
from symgrad.proving.places import best_known
from symgrad.proving.problem import make
from tests.proving.claims import claim
from tests.proving.test_reasons import field, ids


@pytest.mark.parametrize(
    ("text", "given", "line", "condition"),
    [
        ("w >= 4", ("w*sigma'(z) >= 1",), "w sigma'(z) < 1", "w sigma'(z) >= 1"),
        ("x >= 4", ("x y >= 1", "0 <= y", "y <= 1/4"), "x y < 1", "x y >= 1"),
        ("sigma(z) >= 1/2 or z < 0", (), "sigma(z) >= 1/2", "sigma(z) < 1/2"),
        ("sigma'(z) = 1/4 iff z = 0", (), "sigma'(z) < 1/4", "sigma'(z) = 1/4"),
    ],
)
def test_what_contradicts_what(text: str, given: tuple[str, ...], line: str, condition: str) -> None:
    proof = prove(claim(text, *given))
    shown = [plain(v) for step in proof.steps for k, v in step.fields if k == "line"]  # type: ignore[arg-type]
    assert line in shown
    assert condition in field(proof.steps, "contradicts", "condition")
    order = ids(proof)
    assert order.index("contradicts") < order.index("absurd-together")


def test_the_reason_is_the_ranges_of_the_parts() -> None:
    proof = prove(claim("x >= 4", "x y >= 1", "0 <= y", "y <= 1/4"))
    assert field(proof.steps, "sign-parts", "ranges") == ["x < 4", "0 <= y <= 1/4"]


def test_what_contradicts_itself_at_sight_is_only_named() -> None:
    proof = prove(claim("x < 0 implies y > 5", "x >= 1"))
    assert "contradicts" not in ids(proof)
    assert set(field(proof.steps, "absurd-together", "conditions")) == {"x >= 1", "x < 0"}


@pytest.mark.parametrize(
    ("text", "given", "between", "ranges"),
    [
        ("|1 - eta lambda| < 1", ("0 < eta", "eta < 2/lambda", "lambda > 0"), "-1 < 1 - eta lambda < 1",
         ["0 < eta lambda < 2"]),
        ("|x + y| <= 2", ("|x| <= 1", "|y| <= 1"), "-2 <= x + y <= 2", ["-1 <= x <= 1", "-1 <= y <= 1"]),
        ("|1 - u v| <= 2", ("|u| <= 1", "|v| <= 1"), "0 <= 1 - u v <= 2", ["-1 <= u <= 1", "-1 <= v <= 1"]),
    ],
)  # fmt: skip
def test_bars_say_what_is_between_them(
    text: str, given: tuple[str, ...], between: str, ranges: list[str]
) -> None:
    proof = prove(claim(text, *given))
    assert field(proof.steps, "bars-inside", "range") == [between]
    assert field(proof.steps, "bars-inside", "ranges") == ranges
    assert field(proof.steps, "bars-inside", "line") == [plain(claim(text).statement)]


def test_an_equality_in_a_case_names_all_it_needs() -> None:
    proof = prove(claim("relu(c x) = c relu(x)", "c >= 0"))
    named = field(proof.steps, "sign-parts", "ranges")
    assert {"c >= 0", "c x <= 0", "x > 0"} <= set(named)


def test_a_nested_case_repeats_the_cases_around_it() -> None:
    proof = prove(claim("relu(x + y) <= relu(x) + relu(y)"))
    cases = [dict(s.fields)["condition"] for s in proof.steps if s.id == "proofs.case"]
    written = [[plain(t) for t in (c if isinstance(c, tuple) else (c,))] for c in cases]  # type: ignore[arg-type]
    assert ["x + y > 0", "x > 0", "y <= 0"] in written
    assert "relu(y) = 0" in field(proof.steps, "settled", "equations")
    assert "gap-value" not in ids(proof)


@pytest.mark.parametrize(
    ("text", "given", "needed"),
    [("n^2 + n >= 2", ("n >= 1",), "n >= 1"), ("n^2 >= 4 + 2 n", ("n >= 4",), "n >= 4")],
)
def test_the_last_sign_names_the_assumption_that_gives_it(
    text: str, given: tuple[str, ...], needed: str
) -> None:
    proof = prove(claim(text, *given))
    assert field(proof.steps, "gap-parts", "ranges") == [needed]


def test_one_bound_alone_is_no_product_of_bounds() -> None:
    assert "product-of-bounds" not in ids(prove(claim("|sigma''(z)| <= 0.0963")))
    assert "product-of-bounds" in ids(prove(claim("|w sigma'(z)| <= 1/4", "|w| <= 1")))


def test_a_long_bound_is_rounded_outward() -> None:
    (bound,) = [v for s in prove(claim("selu(z) >= -2")).steps for k, v in s.fields if k == "bound"][:1]
    assert isinstance(bound, Number)
    assert -1.76 < bound.value < -1.0507009873554805 * 1.6732632423543772
    assert bound.value.denominator <= 10**5


def test_an_interval_of_one_point_is_an_equation() -> None:
    proof = prove(claim("2^x >= 1 + x/2", "17 <= x"))
    where = field(proof.steps, "line-interval", "where") + field(proof.steps, "line-intervals", "where")
    assert where == ["x = 17"]


def test_what_fails_twice_is_said_with_neither() -> None:
    found = prove(claim("x^2 > 1/2 iff (x > 1 or x < -1)"))
    assert found.verdict == "refuted"
    assert field(found.witness, "fails-both", "first") == ["x > 1"]
    assert field(found.witness, "fails-both", "second") == ["x < -1"]


def test_an_enclosure_that_repeats_an_assumption_is_left_out() -> None:
    assert list(best_known(make(claim("n <= |x|", "n >= 1"), (), 1.0))) == []
    assert list(best_known(make(claim("sigma(z) <= y"), (), 1.0))) != []


def test_a_square_alone_is_no_difference() -> None:
    assert ids(prove(claim("x_1^2 >= 0"))) == ["square"]


def test_a_minor_is_named_before_its_sign() -> None:
    proof = api.prove("(w_1 x_1 + w_2 x_2 - y)^2/2 is convex in w_1, w_2").value
    assert "d^2f/dw_1^2 = x_1^2" in field(proof.steps, "token", "equation")
    assert field(proof.steps, "square", "line") == ["x_1^2 >= 0", "x_2^2 >= 0"]


def test_nothing_is_its_own_reason() -> None:
    proof = prove(claim("max(x, y) >= relu(x)", "y >= 0"))
    assert "y >= 0" in field(proof.steps, "by-assumptions", "line")
    assert ["y >= 0"] not in [field((step,), "sign-parts", "ranges") for step in proof.steps]


def test_a_slope_that_is_a_square_already_is_written_once() -> None:
    proof = prove(claim("z = 0", "tanh'(z) = 1"))
    found = field(proof.steps, "through-value", "equation")
    assert found and all(text.count(" = ") == 1 for text in found)
