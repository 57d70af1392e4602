"""`symgrad prove` and `verify`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.helpers import EXAMPLES, symgrad

NIELSEN = EXAMPLES / "nielsen.chain"
SLOPE = "|w*sigma'(z)| <= 1/4"


def test_the_bound_of_one_factor() -> None:
    done = symgrad("prove", SLOPE, "--given", "|w| <= 1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("proved")


def test_without_its_assumption_it_is_refuted_by_an_exact_point() -> None:
    done = symgrad("prove", SLOPE, "--json")
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    assert found["verdict"] == "refuted"
    assert (found["counterexample"]["w"], found["counterexample"]["z"]) == ("2", "0")
    told = symgrad("prove", SLOPE).stdout
    assert "|w| <= 1" in told or "abs(w) <= 1" in told


def test_a_strict_bound_fails_where_it_is_attained() -> None:
    found = json.loads(symgrad("prove", "|w*sigma'(z)| < 1/4", "--given", "|w| <= 1", "--json").stdout)
    assert found["verdict"] == "refuted"
    assert abs(int(found["counterexample"]["w"])) == 1 and found["counterexample"]["z"] == "0"


def test_gradients_of_a_chain_are_compared() -> None:
    claim = ("prove", "--chain", NIELSEN, "|dC/db_1| <= |dC/db_3|/16")
    done = symgrad(*claim, "--given", "|w_j| <= 1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "w₂" in done.stdout and "w₃" in done.stdout
    assert symgrad(*claim).returncode == 1


def test_the_json_has_the_fixed_keys() -> None:
    found = json.loads(symgrad("prove", SLOPE, "--given", "|w| <= 1", "--json").stdout)
    keys = {
        "claim",
        "given",
        "verdict",
        "checked",
        "counterexample",
        "steps",
        "attained",
        "method",
        "seconds",
    }
    assert set(found) == keys
    assert found["verdict"] == "proved" and found["checked"] is True


def test_a_claim_may_begin_with_a_minus_sign() -> None:
    done = symgrad("prove", "-1 <= sigma(z)")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_certificate_is_accepted_and_a_corrupted_one_is_not(tmp_path: Path) -> None:
    place = tmp_path / "proof.json"
    done = symgrad("prove", SLOPE, "--given", "|w| <= 1", "--certificate", place)
    assert done.returncode == 0, done.stderr
    assert symgrad("verify", place).returncode == 0
    whole = place.read_text(encoding="utf-8")
    place.write_text(whole.replace('"1/4"', '"1/5"').replace("[1, 4]", "[1, 5]"), encoding="utf-8")
    if place.read_text(encoding="utf-8") != whole:
        assert symgrad("verify", place).returncode == 1
    place.write_text("{}", encoding="utf-8")
    assert symgrad("verify", place).returncode == 1
    place.write_text("{oops", encoding="utf-8")
    broken = symgrad("verify", place)
    assert broken.returncode == 2 and "proof.json:1:2" in broken.stderr
