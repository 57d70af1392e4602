"""The first minute: the bare command, an example, and what happens when a word is wrong."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from symgrad.cli.examples import example_names, example_text
from symgrad.phrases import catalogue
from tests.helpers import EXAMPLES, symgrad


def test_the_bare_command_shows_lines_to_copy() -> None:
    done = symgrad()
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert len(lines) <= 6
    assert "sends nothing anywhere" in lines[0]
    assert f"{len(example_names()) - 1} more" in done.stdout
    assert any("\u4e00" <= c <= "\u9fff" for c in done.stdout)
    assert not done.stderr


def test_the_language_is_asked_for_or_inherited() -> None:
    assert "求梯度" in symgrad("--lang", "zh").stdout
    assert "求梯度" in symgrad(env={"SYMGRAD_LANG": "zh"}).stdout
    assert "gradients" in symgrad("--lang", "en", env={"SYMGRAD_LANG": "zh"}).stdout


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "ascii", "cp1252"])
def test_any_terminal_can_show_the_welcome(encoding: str) -> None:
    done = symgrad(env={"PYTHONIOENCODING": encoding})
    assert done.returncode == 0, done.stderr
    assert "symgrad derive nielsen.chain --wrt b_1" in done.stdout


def test_new_writes_the_example_once(tmp_path: Path) -> None:
    done = symgrad("new", "nielsen", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "nielsen.chain" in done.stdout and "four neurons" in done.stdout
    path = tmp_path / "nielsen.chain"
    assert path.read_bytes() == (EXAMPLES / "nielsen.chain").read_bytes()
    path.write_text("C = x\n")
    again = symgrad("new", "nielsen", cwd=tmp_path)
    assert again.returncode == 2 and "--force" in again.stderr
    assert path.read_text() == "C = x\n"
    assert symgrad("new", "nielsen", "--force", cwd=tmp_path).returncode == 0
    assert path.read_bytes() == (EXAMPLES / "nielsen.chain").read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["nielsen.chain"]


def test_new_lists_the_examples_with_what_they_are() -> None:
    listed = symgrad("new", "--list").stdout
    for name in example_names():
        assert f"{name} " in listed
        assert example_text(name).partition("\n")[0].lstrip("# ") in listed
    assert json.loads(symgrad("new", "--list", "--json").stdout).keys() == set(example_names())
    assert "共用一个偏置" in symgrad("new", "--list", "--lang", "zh").stdout


def test_the_examples_are_described_alike_in_file_and_catalogue() -> None:
    for name in example_names():
        first = example_text(name).partition("\n")[0].lstrip("# ")
        assert catalogue("en", "cli")[f"example-{name}"] == first


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("drive",), "symgrad: no command drive; did you mean derive?"),
        (("derive", "x.chain", "--wtr", "b"), "symgrad derive: no option --wtr; did you mean --wrt?"),
        (("derive", "x.chain", "--detail", "long"), "symgrad derive: --detail is one of short | full"),
        (("eval", "x.chain", "--set", "w"), "symgrad eval: --set: w is not of the form NAME=VALUE"),
        (("mark", "x.chain"), "symgrad mark: --wrt is missing; symgrad mark [OPTIONS] CHAIN [ANSWER]"),
        (("derive",), "symgrad derive: CHAIN is missing; symgrad derive [OPTIONS] CHAIN"),
        (("new", "nilsen"), "did you mean nielsen?"),
        (("eval", "x.chain", "--precision", "float8"), "float64 | log | exact | 50"),
    ],
)
def test_a_wrong_word_is_one_line_and_exit_2(arguments: tuple[str, ...], message: str) -> None:
    done = symgrad(*arguments)
    assert done.returncode == 2
    assert not done.stdout
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_wrong_word_is_said_in_chinese() -> None:
    done = symgrad("derive", "x.chain", "--wtr", "b", "--lang", "zh")
    assert "没有选项 --wtr；是不是 --wrt？" in done.stderr


def test_an_unwritable_place_leaves_nothing_behind(tmp_path: Path) -> None:
    place = tmp_path / "missing" / "deeper"
    from symgrad.cli.output import write_file
    from symgrad.errors import FileError

    with pytest.raises(FileError, match="missing"):
        write_file(place / "note.md", "text")
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileError):
        write_file(tmp_path / "folder", "text")
    assert [p.name for p in tmp_path.rglob("*")] == ["folder"]


@pytest.mark.skipif(os.name != "posix", reason="links and permissions as POSIX has them")
def test_writing_keeps_links_and_permissions(tmp_path: Path) -> None:
    from symgrad.cli.output import write_file

    real, link = tmp_path / "real.md", tmp_path / "link.md"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    write_file(link, "new ∂\n")
    assert link.is_symlink() and real.read_text(encoding="utf-8") == "new ∂\n"
    assert real.stat().st_mode & 0o777 == 0o640


def test_doctor_says_what_is_here() -> None:
    told = symgrad("doctor")
    assert told.returncode == 0, told.stderr
    about = json.loads(symgrad("doctor", "--json").stdout)
    assert all(about["core"].values())
    assert "sympy" in told.stdout and "xelatex" in told.stdout
