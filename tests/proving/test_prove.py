"""Verdicts on claims with known truth, the shape of the answers, and what must not be decided."""

from __future__ import annotations

import json
from fractions import Fraction

import mpmath  # type: ignore[import-untyped]
import pytest

from symgrad.errors import InputError
from symgrad.notation.reader import read
from symgrad.notation.tree import Name, Node
from symgrad.notation.writers.plain import plain
from symgrad.proving import kernel, prove
from symgrad.values.proof import Proof
from tests.proving.claims import DECIDED, claim, nielsen
from tests.proving.truth import holds

RATIO = "|dC/db_1| <= |dC/db_3|/16"


def written(proof: Proof, id: str, field: str) -> list[str]:
    """A field of the steps with this phrase id, in plain notation."""
    phrases = (*proof.steps, *proof.attained, *proof.witness)
    values = [dict(p.fields)[field] for p in phrases if p.id == f"proofs.{id}"]
    flat = [v for value in values for v in (value if isinstance(value, tuple) else (value,))]
    return [plain(v) for v in flat if isinstance(v, Node)]


@pytest.mark.parametrize(("text", "given", "truth"), DECIDED)
def test_each_claim_is_decided_as_it_should_be(text: str, given: tuple[str, ...], truth: bool) -> None:
    proof = prove(claim(text, *given), timeout=30)
    assert proof.verdict == ("proved" if truth else "refuted")
    assert proof.checked and proof.certificate is not None
    kernel.check(json.loads(json.dumps(proof.certificate)))


@pytest.mark.parametrize(("text", "given", "truth"), [row for row in DECIDED if not row[2]])
def test_a_counterexample_is_one_by_independent_evaluation(
    text: str, given: tuple[str, ...], truth: bool
) -> None:
    made = claim(text, *given)
    proof = prove(made, timeout=30)
    values: dict[Name, object] = {}
    for name, value in proof.counterexample:
        leaf = read(name)
        assert isinstance(leaf, Name)
        values[leaf] = Fraction(value)
    with mpmath.workdps(60):
        assert all(holds(g, values) for g in made.given)
        assert not holds(made.statement, values)


def test_the_factor_without_its_assumption() -> None:
    proof = prove(claim("|w*sigma'(z)| <= 1/4"))
    assert proof.verdict == "refuted" and dict(proof.counterexample) == {"w": "2", "z": "0"}
    assert written(proof, "sides", "left") == ["1/2"]
    assert [plain(r) for r in proof.rescue] == ["abs(w) <= 1"]


def test_the_strict_factor_fails_where_it_is_attained() -> None:
    proof = prove(claim("|w*sigma'(z)| < 1/4", "|w| <= 1"))
    assert dict(proof.counterexample) == {"w": "1", "z": "0"}
    assert [plain(r) for r in proof.rescue] == ["abs(w) < 1"]


def test_a_rescue_is_the_weakest_bound_not_just_one() -> None:
    assert [plain(r) for r in prove(claim("|w*sigma'(z)| <= 1/2")).rescue] == ["abs(w) <= 2"]


def test_the_proof_of_one_factor_gives_reason_and_equality_case() -> None:
    proof = prove(claim("|w*sigma'(z)| <= 1/4", "|w| <= 1"))
    assert written(proof, "fact", "bound") == ["0 < sigma'(z) <= 1/4"]
    (reason,) = [dict(p.fields)["identity"] for p in proof.steps if p.id == "facts.sigmoid-slope"]
    assert isinstance(reason, Node) and plain(reason) == "1/4 - s (1 - s) = (s - 1/2)^2 >= 0"
    assert written(proof, "attained", "point") == ["z = 0", "abs(w) = 1"]


def test_two_layers_of_nielsens_chain_compared() -> None:
    chain, context = nielsen()
    proof = prove(claim(RATIO, "|w_j| <= 1", context=context), definitions=chain)
    assert proof.verdict == "proved" and proof.checked
    assert [plain(u) for u in proof.used] == ["abs(w_2) <= 1", "abs(w_3) <= 1"]
    assert {plain(u) for u in proof.unused} == {"abs(w_1) <= 1", "abs(w_4) <= 1"}
    tail = written(proof, "shared-tail", "equation")
    assert tail == ["dC/db_1 = sigma'(z_1) w_2 sigma'(z_2) w_3 dC/db_3"]
    assert written(proof, "shared-tail", "start") == ["z_3"]
    (line,) = written(proof, "product-of-bounds", "line")
    assert line.startswith("abs(sigma'(z_1) w_2 sigma'(z_2) w_3) <=") and line.endswith("= 1/16")
    assert written(proof, "attained", "point") == ["z_1 = z_2 = 0", "abs(w_2) = abs(w_3) = 1"]


def test_without_the_assumption_the_chain_itself_refutes_it() -> None:
    chain, context = nielsen()
    proof = prove(claim(RATIO, context=context), definitions=chain)
    leaves = {"w_1": "1", "w_2": "2", "w_3": "1", "w_4": "1", "y": "0", "a_0": "0"}
    biases = {"b_1": "0", "b_2": "-1", "b_3": "-1/2", "b_4": "-1/2"}
    assert dict(proof.counterexample) == leaves | biases
    assert written(proof, "sides", "left") == ["1/256"] and written(proof, "sides", "right") == ["1/512"]
    assert [plain(r) for r in proof.rescue] == ["abs(w_2 w_3) <= 1"]


def test_the_rescue_does_rescue() -> None:
    chain, context = nielsen()
    assert prove(claim(RATIO, "|w_2 w_3| <= 1", context=context), definitions=chain).verdict == "proved"


def test_a_bound_over_many_layers() -> None:
    chain, context = nielsen(30)
    made = claim("|dC/db_1| <= |dC/db_30|/4^29", "|w_j| <= 1", context=context)
    assert prove(made, definitions=chain, timeout=120).verdict == "proved"


def test_tied_weights_sum_over_paths() -> None:
    texts = [("a_1", "w x"), ("a_2", "w a_1"), ("L", "a_2")]
    chain = tuple((name, read(body)) for left, body in texts if isinstance(name := read(left), Name))
    context = nielsen()[1].of_names("claim", [n for n, _ in chain] + [Name("w"), Name("x")])
    assert prove(claim("dL/dw = 2 w x", context=context), definitions=chain).verdict == "proved"
    assert prove(claim("dL/dw = w x", context=context), definitions=chain).verdict == "refuted"


def test_an_undefined_quotient_is_undecided_and_says_what_is_missing() -> None:
    proof = prove(claim("w/w <= 1"))
    assert proof.verdict == "undecided" and written(proof, "undecided-missing", "conditions") == ["w != 0"]
    assert prove(claim("w/w <= 1", "w != 0")).verdict == "proved"


@pytest.mark.parametrize(
    "given",
    [
        ("w > 1", "w < 0"),
        ("|w| < 0",),
        ("sigmoid'(z) > 1/4",),
        ("x = 1", "x != 1"),
        ("0 <= x < 0",),
        ("x <= 1", "x > 1"),
    ],
)
def test_contradictory_assumptions_are_an_input_error(given: tuple[str, ...]) -> None:
    with pytest.raises(InputError) as caught:
        prove(claim("w x sigmoid(z) <= 7", *given))
    assert caught.value.what == "contradictory-assumptions" and str(caught.value)


def test_a_claim_is_a_relation() -> None:
    with pytest.raises(InputError):
        prove(claim("w + 1"))


def test_derivatives_without_a_chain_are_not_free_symbols() -> None:
    assert prove(claim("|dC/db_1| <= |dC/db_3|/16", context=nielsen()[1])).verdict == "undecided"


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("phi'(z) <= 1/4", ()),
        ("|dC/db_1| <= |dC/db_3|/16", ("|w_2| <= 1",)),
        ("x + y <= 3", ("x <= 1",)),
    ],
)
def test_what_is_false_or_unknown_is_never_proved(text: str, given: tuple[str, ...]) -> None:
    chain, context = nielsen()
    made = claim(text, *given, context=context if "dC" in text else None)
    assert prove(made, definitions=chain if "dC" in text else (), timeout=3).verdict != "proved"
