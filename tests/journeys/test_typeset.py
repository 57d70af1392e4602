"""The notes are typeset: every example in both languages compiles, without a missing glyph, on one page."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers import EXAMPLES, symgrad

TEX = shutil.which("xelatex") is not None
needs_tex = pytest.mark.skipif(
    not TEX and not os.environ.get("CI"),
    reason="needs xelatex: apt-get install texlive-xetex texlive-lang-chinese texlive-latex-recommended",
)


def typeset(folder: Path, engine: str, file: str) -> str:
    """The log of a run that succeeded."""
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", file]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    log = (folder / file).with_suffix(".log").read_text("utf-8", errors="replace")
    assert done.returncode == 0, log[-2000:]
    return log


@needs_tex
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["nielsen", "linear", "sigmoid3", "relu3"])
def test_a_note_compiles_to_one_page(tmp_path: Path, name: str, lang: str) -> None:
    done = symgrad("notes", EXAMPLES / f"{name}.chain", "--lang", lang, "-o", "note.tex", "-q", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    log = typeset(tmp_path, "xelatex", "note.tex")
    assert re.search(r"Output written on note\.pdf \(1 page", log)
    assert "Missing character" not in log


@needs_tex
def test_an_english_note_compiles_with_pdflatex_too(tmp_path: Path) -> None:
    symgrad("notes", EXAMPLES / "nielsen.chain", "--lang", "en", "-o", "note.tex", "-q", cwd=tmp_path)
    assert "Output written on note.pdf" in typeset(tmp_path, "pdflatex", "note.tex")


@needs_tex
@pytest.mark.parametrize("name", ["nielsen", "mlp", "softmax", "deep", "lstm"])
def test_a_derivation_stands_in_a_document_of_its_own(tmp_path: Path, name: str) -> None:
    arguments = ("--format", "latex", "--standalone", "--lang", "zh", "-o", "steps.tex")
    done = symgrad("derive", EXAMPLES / f"{name}.chain", *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Missing character" not in typeset(tmp_path, "xelatex", "steps.tex")
