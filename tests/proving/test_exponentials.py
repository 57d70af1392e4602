"""Exponentials, logarithms and one function at two places: decided rightly, and checked."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.reader import read
from symgrad.proving import kernel, prove
from tests.proving.claims import claim
from tests.proving.test_mutations import mutants, same_claim

UNIT = ("0 < p < 1", "0 < q < 1")
DECIDED: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("log(exp(x)+exp(y)) <= max(x,y)+log(2)", (), True),
    ("log(exp(x)+exp(y)) <= max(x,y)+log(2)-1/100", (), False),
    ("log(exp(x)+exp(y)) >= max(x,y)", (), True),
    ("log(exp(x)+exp(y)) > x", (), True),
    ("exp(x)/(exp(x)+exp(y)) = sigmoid(x-y)", (), True),
    ("exp(x)*exp(y)/(exp(x)+exp(y))^2 <= 1/4", (), True),
    ("exp(x)*exp(y)/(exp(x)+exp(y))^2 < 1/4", (), False),
    ("exp(x)/(exp(x)+exp(y)+exp(z))*exp(y)/(exp(x)+exp(y)+exp(z)) < 1/4", (), True),
    ("exp(x)/(exp(x)+exp(y)+exp(z))*exp(y)/(exp(x)+exp(y)+exp(z)) <= 1/5", (), False),
    ("log(1+exp(x)) >= max(0,x)", (), True),
    ("log(1+exp(x))-max(0,x) <= log(2)", (), True),
    ("log(1+exp(x))-max(0,x) < log(2)", (), False),
    ("abs(sigmoid(x)-sigmoid(y)) <= abs(x-y)/4", (), True),
    ("abs(sigmoid(x)-sigmoid(y)) < abs(x-y)/4", ("x != y",), True),
    ("abs(sigmoid(x)-sigmoid(y)) < abs(x-y)/4", (), False),
    ("abs(sigmoid(w*x+b)-sigmoid(w*y+b)) <= abs(w)*abs(x-y)/4", (), True),
    ("abs(sigmoid(w*x+b)-sigmoid(w*y+b)) <= abs(x-y)/4", ("abs(w) <= 2",), False),
    ("abs(tanh(x)-tanh(y)) <= abs(x-y)", (), True),
    ("abs(softplus(x)-softplus(y)) <= abs(x-y)", (), True),
    ("abs(log(x)-log(y)) <= abs(x-y)", ("x >= 1", "y >= 1"), True),
    ("abs(log(x)-log(y)) <= abs(x-y)", ("x > 0", "y > 0"), False),
    ("tanh(x) < tanh(y)", ("x < y",), True),
    ("sigmoid(x) < sigmoid(y)", ("x <= y",), False),
    ("sigmoid(x)+sigmoid(y) <= 1", ("x + y <= 0",), True),
    ("sigmoid(x)*(1-sigmoid(y)) <= 1/4", ("x <= y",), True),
    ("sigmoid(x)*(1-sigmoid(y)) <= 1/4", (), False),
    ("(sigmoid(x)-sigmoid(y))*(x-y) >= 0", (), True),
    ("exp(x)+exp(y) >= 2 + x + y", (), True),
    ("exp(x)*exp(y) >= 1 + x + y", (), True),
    ("exp(x)+exp(y) >= 2*exp(x+y)", (), False),
    ("exp((x+y)/2) <= (exp(x)+exp(y))/2", (), True),
    ("log((x+y)/2) >= (log(x)+log(y))/2", ("x > 0", "y > 0"), True),
    ("p*log(p/q)+(1-p)*log((1-p)/(1-q)) >= 0", UNIT, True),
    ("log(x*y) = log(x)+log(y)", ("x > 0", "y > 0"), True),
    ("softplus(x)-softplus(-x) = x", (), True),
    ("log(1+exp(x+y)) <= log(1+exp(x))+log(1+exp(y))", (), True),
    ("abs(sigmoid(o)*tanh(c)) < 1", (), True),
)
SENTENCES = (
    ("abs(sigmoid(x)-sigmoid(y)) <= abs(x-y)/4", (), "slope-bounded"),
    ("tanh(x) < tanh(y)", ("x < y",), "known-monotone"),
    ("log(1+exp(x)) >= x", (), "exponentials"),
    ("exp(x)+exp(y) >= 2 + x + y", (), "known-exp-tangent"),
)


@pytest.mark.parametrize(("text", "given", "true"), DECIDED)
def test_a_claim_is_decided_rightly(text: str, given: tuple[str, ...], true: bool) -> None:
    proof = prove(claim(text, *given), timeout=60)
    assert proof.verdict == ("proved" if true else "refuted") and proof.checked


def test_a_bound_that_the_argument_of_an_activation_obeys() -> None:
    limit = "log(w*(1+sqrt(1-4/w))/2-1)"
    proof = prove(claim(f"abs(u) <= {limit}", "w >= 4", "w*sigmoid'(u) >= 1"), timeout=60)
    assert proof.verdict == "proved" and proof.checked
    assert (
        prove(claim(f"abs(u) <= {limit}/2", "w >= 8", "w*sigmoid'(u) >= 1"), timeout=60).verdict == "refuted"
    )


@pytest.mark.parametrize(("text", "given", "words"), SENTENCES)
def test_the_reason_is_named(text: str, given: tuple[str, ...], words: str) -> None:
    steps = prove(claim(text, *given), timeout=60).steps
    assert f"proofs.{words}" in [step.id for step in steps]


# ---- the kernel


def known(fact: str, *at: str, by: str = "1") -> dict[str, Any]:
    """An entry that quotes a fact."""
    places = [to_data(read(t)) for t in at]
    return {"rule": "known", "fact": fact, "at": places, "by": to_data(read(by)), "unfold": 0}


def lemma(text: str, entry: dict[str, Any], rest: dict[str, Any]) -> dict[str, Any]:
    """One lemma, then the rest."""
    return {"rule": "have", "lemmas": [{"statement": to_data(read(text)), "proof": entry}], "proof": rest}


ABSURD = {"rule": "vanishing", "sum": to_data(read("x^2 + 1 - x^2")), "unfold": 0}
INVALID = (
    # true claims, with arguments that do not hold
    ("exp(x) >= 1 + x", (), known("exp-tangent", "x", "1")),
    ("exp(x) > 1 + x", ("x > 1",), known("exp-tangent", "x", "0", by="x - 1 - x")),
    ("log(x) <= x - 1", ("x > 0",), known("log-tangent", "1", "x")),
    ("log(x) <= x", ("x > 0",), known("log-tangent", "x", "1")),
    ("abs(sigmoid(x)-sigmoid(y)) <= abs(x-y)", (), known("mean-value", "sigmoid(x)", "sigmoid(y)")),
    ("abs(sigmoid(x)-sigmoid(y)) <= abs(x-y)/4", (), known("mean-value", "sigmoid(x)", "tanh(y)")),
    ("abs(exp(x)-exp(y)) >= 0", (), known("mean-value", "exp(x)", "exp(y)")),
    ("sigmoid(x) >= sigmoid(y)", ("x >= y",), known("monotone", "sigmoid(y)", "sigmoid(x)")),
    ("sigmoid(x) >= 0", ("x <= y",), known("monotone", "sigmoid(x)", "sigmoid(y)")),
    ("x^2 >= y^2", ("x >= y", "y >= 0"), known("monotone", "x^2", "y^2")),
    ("sech(x) >= 0", ("x >= y",), known("monotone", "sech(x)", "sech(y)")),
    ("sqrt(x)^2 = x", ("x >= 0",), known("root", "x + 1")),
    ("log(x*y) = log(x) + log(y)", (), known("log-product", "x", "y")),
    ("x^2 > 0", ("x > 1",), known("nonzero-square", "x - 2")),
    ("abs(x) >= x", (), known("bars", "-x")),
    ("x >= 1", ("x >= 1", "y >= 1"), known("given", "y >= 1")),
    ("x >= 0", ("x >= 1",), known("given", "x >= 0")),
    ("x >= 0", ("x >= 1",), known("sign", "x - 2")),
    ("x >= 1", ("x >= 1",), known("nothing", "x")),
    ("x >= 0", ("x >= 1",), lemma("x <= 0", known("given", "x >= 1"), {"rule": "absurd"})),
    ("x >= 0", ("x >= 1",), {"rule": "contradiction", "proof": {**ABSURD, "sum": to_data(read("x"))}}),
    ("x^2 >= 0", (), {"rule": "contradiction", "proof": ABSURD}),
    ("x = x", (), {"rule": "squeeze", "parts": [known("sign", "x"), known("sign", "-x")]}),
    ("log(x) <= x", ("x > 0",), {"rule": "exponentials", "sides": [to_data(read("x")), to_data(read("x"))],
                                 "unfold": 2, "proof": known("sign", "0")}),
    ("exp(x) >= x", (), {"rule": "exponentials", "sides": [to_data(read("exp(x)")), to_data(read("x"))],
                         "unfold": 2, "proof": known("exp-tangent", "x", "0")}),
    ("x^2 >= 0", (), {"rule": "generalise", "names": [[to_data(read("x")), to_data(read("x^2"))]],
                      "given": [], "proof": known("sign", "x")}),
    ("x^2 >= 0", (), {"rule": "generalise", "names": [[to_data(read("t")), to_data(read("x^2"))]],
                      "given": [to_data(read("x^2 >= 0"))], "proof": known("sign", "t")}),
    ("x^2 >= 0", (), {"rule": "generalise", "names": [[to_data(read("t")), to_data(read("x^2"))]],
                      "given": [], "proof": known("sign", "t")}),
    ("x >= 0 or x < 0", (), {"rule": "otherwise", "choice": 1, "proof": known("sign", "x")}),
)  # fmt: skip


def certificate(text: str, given: tuple[str, ...], entry: dict[str, Any]) -> dict[str, Any]:
    """A certificate as an impostor writes it."""
    found = json.loads(json.dumps(prove(claim("x <= 1", "x <= 0")).certificate))
    used = [to_data(read(g)) for g in given]
    return {**found, "statement": to_data(read(text)), "given": used, "used": used, "proof": entry,
            "attained": None}  # fmt: skip


@pytest.mark.parametrize(("text", "given", "entry"), INVALID)
def test_an_invalid_argument_for_a_true_claim_is_rejected(
    text: str, given: tuple[str, ...], entry: dict[str, Any]
) -> None:
    with pytest.raises(CertificateError):
        kernel.check(certificate(text, given, entry))


VALID = (
    ("exp(x) >= 1 + x", (), known("exp-tangent", "x", "0")),
    ("exp(x) > 1 + x", ("x > 0",), known("exp-tangent", "x", "0")),
    ("x*exp(x) >= x + x^2", ("x >= 0",), known("exp-tangent", "x", "0", by="x")),
    ("log(x) <= x - 1", ("x > 0",), known("log-tangent", "x", "1")),
    ("log(x) >= 1 - 1/x", ("x > 0",), known("log-tangent", "1", "x")),
    ("abs(sigmoid(x)-sigmoid(y)) <= abs(x-y)/4", (), known("mean-value", "sigmoid(x)", "sigmoid(y)")),
    ("sigmoid(x) > sigmoid(y)", ("x > y",), known("monotone", "sigmoid(x)", "sigmoid(y)")),
    ("log(x*y) = log(x) + log(y)", ("x > 0", "y > 0"), known("log-product", "x", "y")),
    ("abs(x) + abs(y) >= abs(x + y)", (), known("triangle", "x", "y")),
    ("x >= 0 or x < 0", (), {"rule": "otherwise", "choice": 1, "proof": known("given", "x < 0")}),
    ("x^2 + 1 > 0", (), {"rule": "generalise", "names": [[to_data(read("t")), to_data(read("x^2 + 1"))]],
                         "given": [], "proof": known("sign", "t")}),
)  # fmt: skip


@pytest.mark.parametrize(("text", "given", "entry"), VALID[:-1])
def test_the_same_rules_accept_what_holds(text: str, given: tuple[str, ...], entry: dict[str, Any]) -> None:
    kernel.check(certificate(text, given, entry))


@pytest.mark.parametrize("weaker", ["x >= y", "x != y", "y > x"])
def test_a_strict_fact_needs_a_strict_assumption(weaker: str) -> None:
    entry = known("monotone", "sigmoid(x)", "sigmoid(y)")
    with pytest.raises(CertificateError):
        kernel.check(certificate("sigmoid(x) > sigmoid(y)", (weaker,), entry))


MUTATED = (
    ("abs(sigmoid(x)-sigmoid(y)) < abs(x-y)/4", ("x != y",)),
    ("log(exp(x)+exp(y)) <= x+log(2)", ("x >= y",)),
    ("exp(x)+exp(y) >= 2 + x + y", ()),
    ("(x+y)/2 >= sqrt(x*y)", ("x >= 0", "y >= 0")),
)


@pytest.mark.parametrize(("text", "given"), MUTATED)
def test_corrupted_certificates_are_rejected(text: str, given: tuple[str, ...]) -> None:
    original = json.loads(json.dumps(prove(claim(text, *given), timeout=60).certificate))
    kernel.check(original)
    changed = [m for m in mutants(original) if m.get("proof") != original["proof"]]
    accepted = 0
    for mutant in random.Random(1).sample(changed, min(200, len(changed))):
        try:
            kernel.check(copy.deepcopy(mutant))
        except CertificateError:
            continue
        # What is still accepted argues for the same true claim, such as with a lemma said twice.
        assert same_claim(original, mutant)
        accepted += 1
    assert accepted <= len(changed) // 10
