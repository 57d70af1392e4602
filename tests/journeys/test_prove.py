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


def test_verify_says_what_was_accepted_and_which_step_fails(tmp_path: Path) -> None:
    proof = tmp_path / "proof.json"
    claim = ("prove", "--chain", NIELSEN, "|dC/db_1| <= |dC/db_3|/16")
    assert symgrad(*claim, "--given", "|w_j| <= 1", "--certificate", proof, "-q").returncode == 0
    told = symgrad("verify", proof).stdout
    assert "|∂C/∂b₁| ≤ |∂C/∂b₃|/16" in told and "|w₂| ≤ 1" in told and "ranges" in told
    assert "取值范围" in symgrad("verify", proof, "--lang", "zh").stdout
    found = json.loads(symgrad("verify", proof, "--json").stdout)
    assert found["accepted"] and found["used"] == ["abs(w_2) <= 1", "abs(w_3) <= 1"] and found["kinds"]
    proof.write_text(proof.read_text().replace("16", "17"))
    done = symgrad("verify", proof, "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert not found["accepted"] and "/17" in found["at"] and found["kind"] == "ranges"
    point = tmp_path / "point.json"
    assert symgrad(*claim, "--certificate", point, "-q").returncode == 1
    assert "refuted" in symgrad("verify", point).stdout


def test_foreign_files_are_no_certificates(tmp_path: Path) -> None:
    texts = ("", "null", "[1, 2]", "[" * 100_000, "{]")
    for text in texts:
        file = tmp_path / "file.json"
        file.write_text(text)
        for lang in ("en", "zh"):
            done = symgrad("verify", file, "--lang", lang)
            assert done.returncode == 2 and done.stderr.startswith(f"{file}:"), text
            assert "Traceback" not in done.stderr


def test_other_json_is_rejected_in_words(tmp_path: Path) -> None:
    for text in ("{}", '{"a": 1}', '{"format": "other"}', '{"format": 5, "verdict": []}'):
        file = tmp_path / "file.json"
        file.write_text(text)
        done = symgrad("verify", file)
        assert done.returncode == 1 and "KeyError" not in done.stdout and "certificate" in done.stdout


def test_the_time_is_a_number_above_zero() -> None:
    for text in ("0", "-1", "nan", "inf", "soon"):
        done = symgrad("prove", "x^2 >= 0", "--timeout", text)
        assert done.returncode == 2 and text in done.stderr and not done.stdout


def test_hidden_contradictions_are_errors() -> None:
    for given in (("x > y", "y > z", "z > x"), ("x > 1", "x^2 < 1"), ("sigma(z) > 1",), ("exp(x) < 1 + x",)):
        options = [option for text in given for option in ("--given", text)]
        done = symgrad("prove", "x <= 2", *options)
        assert done.returncode == 2 and "contradict" in done.stderr, given


def test_misapplied_functions_are_errors_with_a_place() -> None:
    for text, what in (("norm(W*x) <= 1", "--chain"), ("x + sigma(x, y) <= 1", "one argument")):
        for lang in ("en", "zh"):
            done = symgrad("prove", text, "--lang", lang)
            assert done.returncode == 2 and "^" in done.stderr, text
        assert what in symgrad("prove", text).stderr


def test_a_joined_claim_says_which_part_fails() -> None:
    done = symgrad("prove", "(|1-a*l| <= 1) iff (a > 0 and a < 2/l)", "--given", "l > 0")
    assert done.returncode == 1 and "but not a < 2/l" in done.stdout
