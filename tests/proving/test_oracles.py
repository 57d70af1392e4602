"""Solvers asked last: never wrong, always labelled, and harmless when they lie, hang or crash."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from symgrad.api import prove
from symgrad.proving import oracles, search
from symgrad.proving.attempt import Attempt
from symgrad.proving.problem import Problem, make
from symgrad.values.proof import Proof

TRUE = [
    ("s*(1-s) <= 1/4", []),
    ("w*sigma'(z) <= 1/4", ["w <= 1", "w >= -1"]),
    ("sigma'(x)*sigma'(y) <= 1/16", []),
    ("|sigma'(x)*sigma'(y)*v*w| <= 1/16", ["|v| <= 1", "|w| <= 1"]),
    ("tanh'(x) <= 1", []),
    ("tanh(x)^2 < 1", []),
    ("exp(x) >= 1 + x", []),
    ("exp(x) + exp(-x) >= 2", []),
    ("x/(1+x^2) <= 1/2", []),
    ("log(x) <= x - 1", ["x > 0"]),
    ("f(x)^2 + 1 > 0", []),
    ("x^2 + y^2 >= 2*x*y", []),
    ("sigma(x) <= sigma(y)", ["x <= y"]),
]
FALSE = [
    ("s*(1-s) <= 1/5", []),
    ("w*sigma'(z) <= 1/4", ["w <= 2"]),
    ("tanh'(x) < 1", []),
    ("exp(x) > 1 + x", []),
    ("exp(x) <= 1 + x + x^2", []),
    ("x/(1+x^2) < 1/2", []),
    ("sigma(x) <= 1/2", []),
    ("x*(1/x) = 1", []),
    ("log(x) <= x - 1", []),
    ("f(x) > 0", []),
]


def problem_of(claim: str, given: Sequence[str] = (), seconds: float = 8.0) -> Problem:
    value = prove(claim, given, timeout=0.0, oracle=False).value
    return make(value.claim, (), seconds)


@pytest.mark.parametrize(("claim", "given"), TRUE)
def test_true_claims_are_proved_and_labelled(claim: str, given: list[str]) -> None:
    found = oracles.decided(problem_of(claim, given))
    assert found is not None and found.verdict == "proved"
    assert not found.checked and found.certificate is None
    assert found.method in ("oracle:z3", "oracle:z3+cvc5")


@pytest.mark.parametrize(("claim", "given"), FALSE)
def test_false_or_undefined_claims_are_never_proved(claim: str, given: list[str]) -> None:
    assert oracles.decided(problem_of(claim, given)) is None


def test_contradictory_assumptions_prove_nothing() -> None:
    found = oracles.decided(problem_of("x = 7", ["x*y > 1", "x^2 + y^2 < 1"]))
    assert found is not None and found.verdict == "undecided"


def fake(monkeypatch: pytest.MonkeyPatch, folder: Path, body: str) -> None:
    worker = folder / "worker.py"
    worker.write_text(body, encoding="utf-8")
    monkeypatch.setattr(oracles, "WORKER", worker)


@pytest.mark.parametrize("body", ["print('sat')", "import os; os.abort()", "print('unknown')", "1/0"])
def test_lies_and_crashes_say_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: str) -> None:
    fake(monkeypatch, tmp_path, body)
    assert oracles.decided(problem_of("s*(1-s) <= 1/4")) is None


def test_a_hanging_oracle_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake(monkeypatch, tmp_path, "import time; time.sleep(600)")
    start = time.monotonic()
    assert oracles.decided(problem_of("s*(1-s) <= 1/4", seconds=1.0)) is None
    assert time.monotonic() - start < 60


def without_tactics(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(attempt: Attempt, gradients: object) -> Proof | None:
        return None

    monkeypatch.setattr(search, "_proved", nothing)


def test_the_search_asks_last_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    without_tactics(monkeypatch)
    proof = prove("x^2 + y^2 >= 2*x*y")
    assert (proof.verdict, proof.checked, proof.check()) == ("proved", False, False)
    assert "proved (unchecked: z3" in proof.to("text")
    assert "未复核：z3" in proof.to("text", "zh")
    data = json.loads(proof.to("json"))
    assert data["checked"] is False


def test_switches(monkeypatch: pytest.MonkeyPatch) -> None:
    without_tactics(monkeypatch)
    assert prove("x^2 + y^2 >= 2*x*y", oracle=False, timeout=3).verdict == "undecided"
    monkeypatch.setenv(oracles.SWITCH, "1")
    assert prove("x^2 + y^2 >= 2*x*y", timeout=3).verdict == "undecided"
