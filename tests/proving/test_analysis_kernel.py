"""The rule for one variable: its facts against mpmath, invalid covers of true claims, corruptions."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath  # type: ignore[import-untyped]
import pytest
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.reader import read
from symgrad.notation.tree import Name, Relation
from symgrad.proving import kernel, prove
from symgrad.proving.kernel.analysis.boxes import enclosed
from symgrad.proving.kernel.analysis.elementary import elementary
from symgrad.proving.kernel.analysis.ends import argument, constant_of, sign_at, sign_at_end
from symgrad.proving.kernel.analysis.germs import Germs
from symgrad.proving.kernel.evaluate import precise
from tests.proving.claims import claim
from tests.proving.truth import holds, number

X = Name("x")
Certificate = dict[str, Any]
CURVES = (
    "silu'(x)", "gelu'(x)", "mish'(x)", "tanh(x)", "exp(-x^2)", "arctan(x)", "erf(x)", "log(1 + x^2)",
    "sqrt(1 + x^2)", "sigmoid''(x)", "x exp(-x)", "gelu_tanh(x)", "1/(1 + x^4)", "sech(x)", "softplus(x)",
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(CURVES),
    st.fractions(-6, 6, max_denominator=16),
    st.fractions(0, 2, max_denominator=16),
    st.sampled_from([0, 1, 2, 3, 4, 8]),
    st.fractions(0, 1, max_denominator=20),
)
def test_a_box_holds_every_value(text: str, low: Fraction, width: Fraction, terms: int, at: Fraction) -> None:
    tree = read(text)
    with precise():
        try:
            found = enclosed(elementary(tree, {}), X, low, low + width, terms)
        except CertificateError:  # no bound is no wrong bound
            return
    x = low + width * at
    with mpmath.workdps(40):
        value = number(tree, {X: mpmath.mpf(x.numerator) / x.denominator})
        lower, upper = (
            mpmath.mpf(str(end.mid().str(30, radius=False))) for end in (found.lower(), found.upper())
        )
        assert lower - mpmath.mpf(10) ** -15 <= value <= upper + mpmath.mpf(10) ** -15


ENDS = (("up", None), ("down", None), ("right", "0"), ("left", "0"), ("right", "sqrt(2)"), ("left", "log(2)"))


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(CURVES),
    st.sampled_from(ENDS),
    st.integers(3, 40),
    st.integers(1, 6),
    st.floats(1, 50),
)
def test_a_germ_holds_every_value(
    text: str, end: tuple[str, str | None], start: int, order: int, times: float
) -> None:
    """The sum of its terms, each with its ball, holds the function for y >= start."""
    side, at = end
    tree = read(text)
    with precise():
        point = constant_of(read(at or "0"))
        germs = Germs(Fraction(start), order, {X: argument(side, point)})
        try:
            found = germs.of(elementary(tree, {}))
        except CertificateError:
            return
        y = Fraction(start) * Fraction(times)
        later = Germs(y, order)
        total = sum((factor.ball * later.value(term) for term, factor in found.items()), start=germs._y * 0)
    with mpmath.workdps(60):
        big = mpmath.mpf(y.numerator) / y.denominator
        centre = number(read(at or "0"), {})
        x = {"up": big, "down": -big, "right": centre + 1 / big, "left": centre - 1 / big}[side]
        value = number(tree, {X: x})
        middle, radius = (mpmath.mpf(part.str(50, radius=False)) for part in (total.mid(), total.rad()))
        slack = mpmath.mpf(10) ** -30 * (1 + abs(value))
        assert abs(value - middle) <= radius * (1 + mpmath.mpf(10) ** -8) + slack


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("exp(log(2 + sqrt(3))) - 2 - sqrt(3)", "0"),
        ("x^2 - 2", "sqrt(2)"),
        ("exp(x) + exp(-x) - 4", "log(2 + sqrt(3))"),
        ("log(6) - log(2) - log(3)", "0"),
        ("erf(x/sqrt(2)) - erf(1)", "sqrt(2)"),
        ("sqrt(2)/2 - 1/sqrt(2)", "0"),
        ("sqrt(8 pi) - 2 sqrt(2) sqrt(pi)", "0"),
        ("exp(-1/2) sqrt(e) - 1", "0"),
        ("arctan(1) - pi/4", "0"),
    ],
)
def test_equal_constants_are_seen_to_be_equal(text: str, at: str) -> None:
    with precise():
        assert sign_at(elementary(read(text), {}), X, read(at)) == 0


@pytest.mark.parametrize(
    ("text", "sign"), [("exp(pi sqrt(163)/3) - 640320", 1), ("pi - 355/113", -1), ("e - 19/7", 1)]
)
def test_almost_equal_constants_are_told_apart(text: str, sign: int) -> None:
    with precise():
        assert sign_at(elementary(read(text), {}), X, read("0")) == sign


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_wrong_point_gives_no_contact(side: str) -> None:
    tree = elementary(read("1/e - x exp(-x)"), {})
    with precise():
        assert sign_at_end(tree, X, side, read("1"), Fraction(8), 3) == 1
        assert sign_at(tree, X, read("1")) == 0 and sign_at(tree, X, read("1001/1000")) == 1


# ---- arguments that do not hold, for claims that are true


def box(low: str, high: str, terms: int = 4) -> dict[str, Any]:
    return {"kind": "box", "from": low, "to": high, "terms": terms}


def up(low: str, terms: int = 3) -> dict[str, Any]:
    return {"kind": "up", "from": low, "terms": terms}


def down(high: str, terms: int = 3) -> dict[str, Any]:
    return {"kind": "down", "to": high, "terms": terms}


def near(at: str, left: str | None, right: str | None, itself: bool = True, terms: int = 3) -> dict[str, Any]:
    return {
        "kind": "near",
        "at": to_data(read(at)),
        "left": left,
        "right": right,
        "itself": itself,
        "terms": terms,
    }


def boxes(low: int, high: int) -> list[dict[str, Any]]:
    return [box(str(Fraction(k, 4)), str(Fraction(k + 1, 4))) for k in range(4 * low, 4 * high)]


TANGENT = [down("-3"), *boxes(-3, 0)[:-1], near("0", "1/4", "1/4"), *boxes(0, 3)[1:], up("3")]


def with_zero(piece: dict[str, Any]) -> list[dict[str, Any]]:
    """The cover of e^x >= 1 + x with another piece at its zero."""
    return [piece if p["kind"] == "near" else p for p in TANGENT]


COMPLETE = (
    ("exp(x) >= 1 + x", (), TANGENT),
    ("silu'(x) <= 11/10", (), [down("-6"), *boxes(-6, 6), up("6")]),
    ("log(x) <= x - 1", ("x > 0",), [near("0", None, "1/4", False), *boxes(0, 1)[1:-1],
                                     near("1", "1/4", "1/4"), *boxes(1, 4)[1:], up("4")]),
)  # fmt: skip
BROKEN = (
    ("exp(x) >= 1 + x", (), [p for p in TANGENT if p != box("1", "5/4")]),  # a gap between boxes
    ("exp(x) >= 1 + x", (), TANGENT[1:]),  # nothing said below -3
    ("exp(x) >= 1 + x", (), TANGENT[:-1]),  # nothing said above 3
    ("exp(x) >= 1 + x", (), [*TANGENT[:-1], up("4")]),  # the tail starts too late
    ("exp(x) >= 1 + x", (), [*TANGENT[:-1], up("2")]),  # too early for its estimates
    ("exp(x) >= 1 + x", (), [*TANGENT[:-1], up("-3")]),
    ("exp(x) >= 1 + x", (), [down("-3"), *boxes(-3, 3), up("3")]),  # boxes cannot hold the zero
    ("exp(x) >= 1 + x", (), with_zero(near("1/8", "1/4", "1/4"))),
    ("exp(x) >= 1 + x", (), with_zero(near("0", "1/8", "1/4"))),
    ("exp(x) >= 1 + x", (), with_zero(near("0", "1/4", "1/4", False))),
    ("exp(x) >= 1 + x", (), with_zero(near("0", "1/4", "1/4", True, 0))),
    ("exp(x) >= 1 + x", (), with_zero(near("0", None, None))),
    ("exp(x) >= 1 + x", (), with_zero(near("0", "-1/4", "1/4"))),
    ("exp(x) > x", (), [down("-3"), up("-3")]),  # a tail over the whole line
    ("silu'(x) <= 11/10", (), [down("-6"), box("-6", "6"), up("6")]),  # one box is too coarse
    ("silu'(x) <= 11/10", (), [down("-6"), box("6", "-6"), up("6")]),
    ("silu'(x) <= 11/10", (), [down("6"), up("6")]),
    ("silu'(x) <= 11/10", (), [*boxes(-6, 6)]),
    ("silu'(x) <= 11/10", (), []),
    ("log(x) <= x - 1", ("x > 0",), [*boxes(0, 1)[:-1], near("1", "1/4", "1/4"), *boxes(1, 4)[1:], up("4")]),
    ("log(x) <= x - 1", ("x > 0",), [near("1", "1/4", "1/4"), *boxes(1, 4)[1:], up("4")]),
    ("sinh(x)/x > 1", ("x > 0",), [up("3")]),
    ("1/x^2 > 0", ("x != 0",), [down("-3"), *boxes(-3, 3), up("3")]),  # a box over the pole
    ("exp(x) > -x^2", (), [down("-3"), *boxes(-3, -1), near("-1", "1/4", "1/4", False), up("3")]),
)  # fmt: skip


def line(text: str, given_: tuple[str, ...], pieces: list[dict[str, Any]], **fields: Any) -> Certificate:
    used = [to_data(read(g)) for g in given_]
    entry = {
        "rule": "line",
        "subject": to_data(X),
        "rising": False,
        "conditions": [],
        "pieces": pieces,
        **fields,
    }
    return {
        "format": kernel.FORMAT, "verdict": "proved", "statement": to_data(read(text)), "given": used,
        "functions": {}, "definitions": [], "used": used, "proof": entry, "attained": None,
    }  # fmt: skip


@pytest.mark.parametrize(("text", "given_", "pieces"), COMPLETE)
def test_a_cover_by_hand_is_accepted(
    text: str, given_: tuple[str, ...], pieces: list[dict[str, Any]]
) -> None:
    kernel.check(line(text, given_, pieces))


@pytest.mark.parametrize(("text", "given_", "pieces"), BROKEN)
def test_an_invalid_cover_is_rejected(
    text: str, given_: tuple[str, ...], pieces: list[dict[str, Any]]
) -> None:
    with pytest.raises(CertificateError):
        kernel.check(line(text, given_, pieces))


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": to_data(read("y"))},
        {"subject": to_data(read("2 x"))},
        {"rising": True},
        {"rising": 0},
        {"conditions": [{"rule": "absurd"}]},
        {"extra": 1},
    ],
)
def test_other_fields_of_an_entry_are_checked(fields: dict[str, Any]) -> None:
    with pytest.raises(CertificateError):
        kernel.check(line("exp(x) >= 1 + x", (), TANGENT, **fields))


@pytest.mark.parametrize(
    "text", ["exp(x) >= 1 + x + x^2/2", "exp(2*x) <= 1 + x", "exp(x) > 1 + x", "exp(y) >= 1 + x"]
)
def test_the_cover_of_one_claim_proves_no_other(text: str) -> None:
    with pytest.raises(CertificateError):
        kernel.check(line(text, (), TANGENT))


def test_a_domain_is_not_invented() -> None:
    with pytest.raises(CertificateError):
        kernel.check(line("log(x) <= x - 1", (), COMPLETE[2][2]))


# ---- false claims under invented covers


def grid(low: int, high: int, parts: int, terms: int = 0) -> list[dict[str, Any]]:
    return [box(str(Fraction(k, parts)), str(Fraction(k + 1, parts)), terms) for k in range(low, high)]


def test_no_remainder_beyond_the_terms_that_a_series_holds() -> None:
    with precise():
        for terms in range(17):
            try:
                found = enclosed(read("exp(x)"), X, Fraction(0), Fraction(10), terms)
            except CertificateError:
                continue
            assert found.contains(arb(10).exp()), terms
    for terms in range(17):
        with pytest.raises(CertificateError):
            kernel.check(line("exp(x) <= 21500", ("x >= 0", "x <= 10"), [box("0", "10", terms)]))


@pytest.mark.parametrize("cap", [1, 3, 5])
def test_another_length_of_series_proves_nothing_more(cap: int) -> None:
    before, ctx.cap = ctx.cap, cap
    try:
        with precise(), pytest.raises(CertificateError):
            enclosed(read("exp(x)"), X, Fraction(0), Fraction(10), 8)
    finally:
        ctx.cap = before


def test_a_name_is_no_point_of_the_line() -> None:
    nowhere = Name("nowhere")
    with pytest.raises(CertificateError):
        constant_of(nowhere)
    hole = {**near("0", "1/4", "1/4", False), "at": to_data(nowhere)}
    pieces = [down("-3"), *grid(-15, -1, 5), hole, *grid(1, 15, 5), up("3")]
    apart = to_data(Relation(("!=",), (X, nowhere)))
    forged = {**line("x^2 > 0", (), pieces), "given": [apart], "used": [apart]}
    with pytest.raises(CertificateError):
        kernel.check(forged)
    kernel.check(line("x^2 > 0", ("x != 0",), [{**p, "at": 0} if p["kind"] == "near" else p for p in pieces]))


@pytest.mark.parametrize("functions", [{"sigma": "sigmoid", "sigmoid": "relu"}, {"max": "relu"}])
def test_a_built_in_stands_for_itself(functions: dict[str, str]) -> None:
    pieces = [down("-3"), *grid(-12, -1, 4, 4), near("0", "1/3", "1/3"), *grid(1, 12, 4, 4), up("3")]
    forged = line("sigma(2 x) <= max(0, 2 x)", (), pieces, subject=to_data(read("2 x")))
    with pytest.raises(CertificateError):
        kernel.check({**forged, "functions": functions})
    kernel.check({**forged, "functions": {"sigma": "relu"}})


def test_a_general_function_is_not_taken_for_a_built_in_of_its_name() -> None:
    subject = to_data(read("2 x"))
    forged = line("tanh(2 x) <= 1", (), [down("-3"), *boxes(-3, 3), up("3")], subject=subject)
    kernel.check(forged)
    with pytest.raises(CertificateError):
        kernel.check({**forged, "functions": {"tanh": "unheard"}})


@pytest.mark.parametrize("text", ["1e9", "1e99999999999", "0.5", " 1", "1_0", "+1", "1/0", "", "٣"])
def test_ends_are_plain_rationals(text: str) -> None:
    with pytest.raises(CertificateError):
        kernel.check(line("exp(x) >= 1 + x", (), [*TANGENT[:-1], up(text)]))


def test_no_letter_left_for_the_subject() -> None:
    subject = to_data(read("t + u"))
    with pytest.raises(CertificateError):
        kernel.check(line("t + u + v + s >= 1", (), [box("0", "1")], subject=subject))


# ---- mutations


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from places(value, (*path, key))


def near_misses(value: Any) -> Iterator[Any]:
    match value:
        case bool():
            yield not value
        case int():
            yield from (value + 1, -value, value + 50)
        case None:
            yield from ("1/4", 0)
        case str():
            try:
                q = Fraction(value)
            except ValueError:
                yield {"up": "down", "down": "up", "box": "near", "<=": "<", ">=": "<="}.get(value, "q")
            else:
                yield from (str(q + 1), str(q - 1), str(-q), str(q / 2), None)
        case list() if value:
            yield from (value[1:], value[:-1], value[::-1])
        case dict():
            for key in value:
                yield {k: v for k, v in value.items() if k != key}
            yield {**value, "extra": 1}


ORIGINALS = (
    ("x*exp(-x) <= 1/e", ()),
    ("x*log(x) >= -1/e", ("x > 0",)),
    ("gelu'(x) <= 1.1289042", ()),
    ("sinh(x)/x > 1", ("x != 0",)),
)


@pytest.mark.parametrize(("text", "given_"), ORIGINALS)
def test_a_corrupted_certificate_proves_nothing_false(text: str, given_: tuple[str, ...]) -> None:
    """Rejected, or still a cover of a claim that holds: overlapping pieces, a term more."""
    proof = prove(claim(text, *given_), timeout=30)
    original = json.loads(json.dumps(proof.certificate))
    assert original["proof"]["rule"] == "line"
    kernel.check(original)
    rejected = accepted = 0
    for path in places(original["proof"]):
        found = original["proof"]
        for key in path:
            found = found[key]
        for other in near_misses(found):
            mutant = copy.deepcopy(original)
            target = mutant
            for key in ("proof", *path)[:-1]:
                target = target[key]
            target[("proof", *path)[-1]] = other
            if mutant == original:
                continue
            try:
                kernel.check(mutant)
            except CertificateError as error:
                assert str(error)
                rejected += 1
            else:
                accepted += 1
                assert (
                    path[-1] in ("terms", "from", "to", "left", "right") or mutant["proof"]["rule"] == "line"
                )
    assert rejected > 3 * accepted


@pytest.mark.parametrize(("text", "given_"), ORIGINALS)
def test_a_certificate_with_another_statement_is_rejected_or_true(text: str, given_: tuple[str, ...]) -> None:
    proof = prove(claim(text, *given_), timeout=30)
    original = json.loads(json.dumps(proof.certificate))
    for changed in ("x*exp(-x) <= 1/3", "log(x) < x - 1", "gelu'(x) <= 1.1289", "sinh(x)/x > 2", "x < 0"):
        mutant = {**original, "statement": to_data(read(changed))}
        with pytest.raises(CertificateError):
            kernel.check(mutant)


def test_a_certificate_without_its_assumption_is_rejected() -> None:
    original = prove(claim("x*log(x) >= -1/e", "x > 0")).certificate
    assert original is not None
    with pytest.raises(CertificateError):
        kernel.check({**original, "used": []})


# ---- equality at a point


def refuted(text: str, at: str) -> Certificate:
    return {
        "format": kernel.FORMAT, "verdict": "refuted", "statement": to_data(read(text)), "given": [],
        "functions": {}, "definitions": [], "counterexample": [[to_data(X), to_data(read(at))]],
    }  # fmt: skip


def test_a_strict_claim_fails_where_both_sides_are_equal() -> None:
    kernel.check(refuted("gelu'(x) < (1 + erf(1))/2 + exp(-1)/sqrt(pi)", "sqrt(2)"))
    kernel.check(refuted("x*exp(-x) < 1/e", "1"))


@pytest.mark.parametrize(
    ("text", "at"),
    [("x*exp(-x) < 1/e", "1000001/1000000"), ("x*exp(-x) <= 1/e", "1"), ("exp(x) < 8", "log(7)")],
)
def test_no_equality_is_invented(text: str, at: str) -> None:
    with pytest.raises(CertificateError):
        kernel.check(refuted(text, at))
    with mpmath.workdps(50):
        assert holds(read(text), {X: number(read(at), {})}, 1e-30)


# ---- a variable of first degree

ENDS_OF_W: Certificate = {"rule": "affine", "atom": to_data(read("w")), "conditions": []}


def test_a_variable_of_first_degree_is_put_at_its_ends() -> None:
    proof = prove(claim("|w| gelu'(x) <= (1 + erf(1))/2 + exp(-1)/sqrt(pi)", "|w| <= 1"), timeout=30)
    assert proof.verdict == "proved" and proof.certificate is not None
    certificate = json.loads(json.dumps(proof.certificate))
    assert certificate["proof"]["rule"] == "affine"
    kernel.check(certificate)
    corrupted: list[Certificate] = []
    entry = certificate["proof"]
    corrupted += [{**certificate, "proof": {**entry, "parts": entry["parts"][::-1]}}]
    corrupted += [{**certificate, "proof": {**entry, "parts": entry["parts"][:1]}}]
    corrupted += [{**certificate, "proof": {**entry, "atom": to_data(X)}}]
    corrupted += [{**certificate, "proof": {**entry, "atom": to_data(read("w"))}}]
    corrupted += [{**certificate, "used": []}]
    for mutant in corrupted:
        with pytest.raises(CertificateError):
            kernel.check(mutant)


@pytest.mark.parametrize(
    ("text", "given_"),
    [
        ("w^2 >= w", ("w >= 0", "w <= 1")),  # false between the ends, where it is of second degree
        ("w^2 <= w", ("w >= 0", "w <= 1")),  # true, but not of first degree
        ("sigmoid(w) - w <= 1", ("w >= 0", "w <= 1")),  # inside a function
        ("w >= -1", ("w >= 0",)),  # only one end
        ("1/(2 - w) <= 1", ("w >= 0", "w <= 1")),  # in a denominator
    ],
)
def test_what_is_not_of_first_degree_is_refused(text: str, given_: tuple[str, ...]) -> None:
    trivial = {"rule": "identity", "unfold": 0, "definitions": False}
    certificate = line(text, given_, [])
    certificate["proof"] = {**ENDS_OF_W, "parts": [trivial, trivial]}
    with pytest.raises(CertificateError):
        kernel.check(certificate)
