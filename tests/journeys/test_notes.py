"""`symgrad notes`: files, endings, answers; `test_typeset` compiles them."""

from __future__ import annotations

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


@pytest.mark.parametrize(("command", "name"), [("notes", "x.pdf"), ("notes", "n.docx"), ("derive", "x.pdf")])
def test_an_ending_that_names_no_format_writes_nothing(command: str, name: str, tmp_path: Path) -> None:
    done = symgrad(command, EXAMPLES / "nielsen.chain", "-o", tmp_path / name)
    assert done.returncode == 2 and not done.stdout
    assert all(ending in done.stderr for ending in (".md", ".tex", ".txt"))
    assert not list(tmp_path.iterdir())


def test_the_ending_names_the_format(tmp_path: Path) -> None:
    for command in ("notes", "derive"):
        for name, start in (
            ("a.md", ("#", "The gradients of $C$")),
            ("a.txt", ("Why", "The gradients of C")),
        ):
            done = symgrad(command, EXAMPLES / "nielsen.chain", "-o", tmp_path / name)
            assert done.returncode == 0, done.stderr
            assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)


def test_no_answers_are_announced_where_nothing_is_asked(tmp_path: Path) -> None:
    chain = tmp_path / "one.chain"
    chain.write_text("L = (w x - y)^2\n", encoding="utf-8")
    done = symgrad("notes", chain, "-o", tmp_path / "one.md")
    assert done.returncode == 0 and "exercises" not in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.chain", "one.md"]


def test_notes_without_parameters_say_so(tmp_path: Path) -> None:
    chain = tmp_path / "none.chain"
    chain.write_text("u = alpha x\nL = (u - y)^2\n", encoding="utf-8")
    done = symgrad("notes", chain)
    assert done.returncode == 2 and "parameters alpha" in done.stderr and "Traceback" not in done.stderr


def test_what_is_replaced_is_said(tmp_path: Path) -> None:
    place = tmp_path / "n.md"
    first = symgrad("notes", EXAMPLES / "nielsen.chain", "--lang", "en", "-o", place)
    assert "n.md" in first.stdout and "n-answers.md" in first.stdout and "replacing" not in first.stdout
    place.unlink()
    again = symgrad("notes", EXAMPLES / "nielsen.chain", "--lang", "en", "-o", place)
    assert "replacing an older n-answers.md" in again.stdout


@pytest.mark.parametrize("name", ["mlp", "softmax", "lstm_net", "deep"])
def test_notes_with_matrices_or_symbolic_depth(name: str, tmp_path: Path) -> None:
    done = symgrad("notes", EXAMPLES / f"{name}.chain", "--lang", "zh", "-o", tmp_path / "n.tex")
    assert done.returncode == 0, done.stderr
    assert "练习" in (tmp_path / "n.tex").read_text(encoding="utf-8")
    assert (tmp_path / "n-answers.tex").exists()
