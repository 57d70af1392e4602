"""`symgrad eval`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers import EXAMPLES, symgrad

NIELSEN = EXAMPLES / "nielsen.chain"
STEEP = ["--set", "w_j=100", "--set", "b_j=-100*a_{j-1}", "--set", "a_0=1/2", "--set", "y=0"]
PLAIN = {"w_j": 1, "b_j": 0, "a_0": "1/2", "y": 0}


def test_every_neuron_at_its_steepest_point() -> None:
    done = symgrad("eval", NIELSEN, "--wrt", "b_1", *STEEP, "--precision", "exact", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["values"] == {"dC/db_1": "15625/8"}
    by_factor = {"".join(f["factor"].split()): f["value"] for f in found["factors"]}
    assert by_factor["sigma'(z_1)"] == "1/4" and by_factor["w_2"] == "100"


def test_float64_agrees_with_the_exact_value() -> None:
    found = json.loads(symgrad("eval", NIELSEN, "--wrt", "b_1", *STEEP, "--json").stdout)
    assert float(found["values"]["dC/db_1"]) == 1953.125


def test_missing_values_give_the_line_to_paste() -> None:
    done = symgrad("eval", NIELSEN, "--wrt", "b_j")
    assert done.returncode == 2
    assert "--set w_j=" in done.stderr and "--set a_0=" in done.stderr and "--set y=" in done.stderr
    line = next(line for line in done.stderr.splitlines() if line.strip().startswith("--set"))
    assert symgrad("eval", NIELSEN, "--wrt", "b_j", *line.split()).returncode == 0


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_values_come_from_a_file_and_set_goes_before_it(tmp_path: Path, suffix: str) -> None:
    place = tmp_path / f"values.{suffix}"
    lines = [f"{name}: {value}" for name, value in PLAIN.items()]
    place.write_text(json.dumps(PLAIN) if suffix == "json" else "\n".join(lines), encoding="utf-8")
    found = json.loads(symgrad("eval", NIELSEN, "--wrt", "b_1", "--values", place, "--json").stdout)
    assert float(found["values"]["dC/db_1"]) == pytest.approx(0.00178182349, rel=1e-8)
    other = json.loads(
        symgrad("eval", NIELSEN, "--wrt", "b_1", "--values", place, "--set", "w_j=2", "--json").stdout
    )
    assert other["values"] != found["values"]


def test_a_picture_of_the_layers() -> None:
    done = symgrad("eval", NIELSEN, "--wrt", "b_j", *(f"--set={k}={v}" for k, v in PLAIN.items()))
    assert done.returncode == 0, done.stderr
    assert "█" in done.stdout and "0.14808" in done.stdout and "0.0017818" in done.stdout
    plain = symgrad(
        "eval", NIELSEN, "--wrt", "b_j", *(f"--set={k}={v}" for k, v in PLAIN.items()),
        env={"PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert "####" in plain.stdout


def test_a_broken_file_of_values_names_its_place(tmp_path: Path) -> None:
    place = tmp_path / "values.yaml"
    place.write_text("w_j: [1\n", encoding="utf-8")
    done = symgrad("eval", NIELSEN, "--values", place)
    assert done.returncode == 2 and "values.yaml:2:1" in done.stderr
    place.write_text("- 1\n", encoding="utf-8")
    assert symgrad("eval", NIELSEN, "--values", place).returncode == 2
