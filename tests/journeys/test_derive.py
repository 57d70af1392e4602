"""`symgrad derive`, from the chain file to the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers import EXAMPLES, symgrad

NIELSEN = EXAMPLES / "nielsen.chain"
FACTORS = ["sigma'(z_1)", "w_2", "sigma'(z_2)", "w_3", "sigma'(z_3)", "w_4", "sigma'(z_4)"]


def flat(text: str) -> str:
    return "".join(text.split())


def test_the_steps_and_the_gradient_in_textbook_order() -> None:
    done = symgrad("derive", NIELSEN, "--wrt", "b_1")
    assert done.returncode == 0, done.stderr
    text = flat(done.stdout).replace("·", "")
    assert "∂C/∂b₁=σ′(z₁)w₂σ′(z₂)w₃σ′(z₃)w₄σ′(z₄)(a₄−y)" in text
    assert "b₁→z₁→a₁→z₂→a₂→z₃→a₃→z₄→a₄→C" in text
    assert "2⁶¹" in text
    assert not done.stderr


def test_json_has_the_fixed_keys_and_the_factors_in_order() -> None:
    found = json.loads(symgrad("derive", NIELSEN, "--wrt", "b_1", "--json").stdout)
    assert set(found) == {"objective", "wrt", "result", "latex", "factors", "steps", "checked"}
    assert found["objective"] == "C" and found["wrt"] == "b_1" and found["checked"] is True
    assert [flat(f) for f in found["factors"][:-1]] == FACTORS
    assert found["factors"][-1] in ("dC/da_4", "(a_4 - y)", "a_4 - y")
    for step in found["steps"]:
        assert {"rule", "before", "after", "why", "conditions"} <= set(step)


def test_several_names_are_a_list_and_none_is_all_parameters() -> None:
    found = json.loads(symgrad("derive", NIELSEN, "--wrt", "b_4", "--wrt", "w_4", "--json").stdout)
    assert [d["wrt"] for d in found] == ["b_4", "w_4"]
    table = symgrad("derive", NIELSEN)
    assert table.returncode == 0, table.stderr
    assert all(f"∂C/∂{stem}{glyph}" in table.stdout for stem in "wb" for glyph in "₁₂₃₄")
    every = json.loads(symgrad("derive", NIELSEN, "--json").stdout)
    assert {d["wrt"] for d in every} == {f"{stem}_{j}" for stem in "wb" for j in range(1, 5)}


def test_a_shared_bias_sums_three_paths() -> None:
    found = json.loads(symgrad("derive", EXAMPLES / "linear.chain", "--wrt", "b", "--json").stdout)
    assert flat(found["result"]).count("+") == 2
    assert found["checked"] is True


@pytest.mark.parametrize("name", ["linear", "nielsen", "relu3", "sigmoid3"])
@pytest.mark.parametrize("format_", ["text", "markdown", "latex", "json"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_example_in_every_format_and_language(name: str, format_: str, lang: str) -> None:
    done = symgrad("derive", EXAMPLES / f"{name}.chain", "--format", format_, "--lang", lang)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert (lang == "zh") == any("\u4e00" <= c <= "\u9fff" for c in done.stdout) or format_ == "json"


def test_a_chain_comes_from_standard_input() -> None:
    done = symgrad("derive", "-", "--wrt", "w", "--json", stdin="L = (w x - y)^2/2\n")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["wrt"] == "w"


def test_full_detail_prints_more() -> None:
    short = symgrad("derive", NIELSEN, "--wrt", "b_1").stdout
    full = symgrad("derive", NIELSEN, "--wrt", "b_1", "--detail", "full").stdout
    assert len(full.splitlines()) > len(short.splitlines())
    assert "--detail full" in short and "--detail full" not in full


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_encoding_of_the_terminal_is_respected(encoding: str, lang: str) -> None:
    done = symgrad("derive", NIELSEN, "--wrt", "b_1", "--lang", lang, env={"PYTHONIOENCODING": encoding})
    assert done.returncode == 0, done.stderr
    prime = "'" if encoding == "ascii" else "′"
    assert f"{prime}(z_1)" in done.stdout
    assert "dC/db_1" in done.stdout
    if (encoding, lang) != ("ascii", "zh"):
        assert "?" not in done.stdout


def test_a_file_is_written_whole_and_in_utf8(tmp_path: Path) -> None:
    place = tmp_path / "b1.md"
    done = symgrad(
        "derive", NIELSEN, "--wrt", "b_1", "--format", "markdown", "--lang", "zh", "-o", place,
        env={"PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert r"\sigma'(z_1)" in place.read_text(encoding="utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["b1.md"]


def test_general_functions_can_be_named() -> None:
    chain = "a = sigma(w x)\nL = (a - y)^2/2\n"
    done = symgrad("derive", "-", "--wrt", "w", "--function", "sigma=tanh", stdin=chain)
    assert done.returncode == 0, done.stderr


def test_the_direct_path_of_a_cell_state_is_its_forget_gate() -> None:
    arguments = (
        "derive",
        EXAMPLES / "lstm.chain",
        "--wrt",
        "c_1",
        "--of",
        "c_2",
        "--path",
        "direct",
        "--json",
    )
    done = symgrad(*arguments)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["result"] == "f_2"
