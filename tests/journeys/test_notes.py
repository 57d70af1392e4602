"""`symgrad notes`: a page that compiles."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers import EXAMPLES, symgrad

NAMES = ["linear", "nielsen", "relu3", "sigmoid3"]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", NAMES)
def test_markdown_notes(name: str, lang: str, tmp_path: Path) -> None:
    place = tmp_path / "notes.md"
    done = symgrad("notes", EXAMPLES / f"{name}.chain", "--lang", lang, "-o", place)
    assert done.returncode == 0, done.stderr
    assert "notes.md" in done.stdout
    text = place.read_text(encoding="utf-8")
    assert text.startswith("#") and "$$" in text
    assert (lang == "zh") == any("\u4e00" <= c <= "\u9fff" for c in text)
    assert symgrad("notes", EXAMPLES / f"{name}.chain", "--lang", lang).stdout == text


@pytest.mark.skipif(shutil.which("xelatex") is None, reason="a system program; .ci/run installs it")
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", NAMES)
def test_latex_notes_compile_on_one_page(name: str, lang: str, tmp_path: Path) -> None:
    done = symgrad("notes", EXAMPLES / f"{name}.chain", "--lang", lang, "-o", "notes.tex", "-q", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not done.stdout
    command = ["xelatex", "-interaction=nonstopmode", "-halt-on-error", "notes.tex"]
    made = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False
    )
    assert made.returncode == 0, made.stdout[-3000:]
    assert "Missing character" not in made.stdout
    assert "(1 page" in made.stdout
