"""Skeletons and formats: every block is filled, a hole is an error, a user's folder overrides one block."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import jinja2
import pytest

from symgrad.errors import SymgradError
from symgrad.phrases import data_root
from symgrad.rendering.engine import environment, fill
from symgrad.rendering.render import Target, render_derivation
from tests.rendering import samples

DOCUMENTS = ("derivation", "proof", "evaluation", "mark", "note", "page")
ENDINGS = {"text": "txt", "markdown": "md", "latex": "tex"}


def blocks(name: str) -> set[str]:
    return set(environment().get_template(name).blocks)


@pytest.mark.parametrize("format", ENDINGS)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_format_fills_every_block(document: str, format: str) -> None:
    skeleton = blocks(f"base/{document}.j2")
    assert skeleton and blocks(f"{format}/{document}.{ENDINGS[format]}.j2") == skeleton


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_skeleton_knows_no_words(document: str) -> None:
    source = (data_root("templates") / "base" / f"{document}.j2").read_text(encoding="utf-8")
    bare = [line for line in source.splitlines() if line and not line.startswith(("<%", "<<", "<#"))]
    assert not bare


def test_a_hole_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        fill("mark", "text", None)


def test_a_users_folder_overrides_one_block(tmp_path: Path) -> None:
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "derivation.txt.j2").write_text(
        '<% extends "symgrad/text/derivation.txt.j2" %>\n<% block checked %>\nchecked by me\n<% endblock %>\n'
    )
    own = render_derivation(samples.nielsen(), Target(templates=tmp_path), checked=True)
    theirs = render_derivation(samples.nielsen(), Target(), checked=True)
    assert own.endswith("checked by me\n")
    assert own.splitlines()[:-1] == theirs.splitlines()[:-1]


def test_a_broken_template_of_the_user_is_named(tmp_path: Path) -> None:
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "derivation.txt.j2").write_text("\n<< nonsense.here >>\n")
    with pytest.raises(SymgradError, match=r"derivation\.txt\.j2.*nonsense"):
        render_derivation(samples.nielsen(), Target(templates=tmp_path))


def test_a_missing_template_is_named() -> None:
    with pytest.raises(SymgradError, match=r"text/sonnet\.txt\.j2"):
        fill("sonnet", "text", None)


def test_templates_cannot_reach_into_python(tmp_path: Path) -> None:
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "derivation.txt.j2").write_text("<< derivations.__class__.__mro__ >>")
    with pytest.raises((SymgradError, jinja2.exceptions.SecurityError)):
        render_derivation(samples.nielsen(), Target(templates=tmp_path))


def test_json_needs_no_jinja() -> None:
    code = (
        "import sys; from tests.rendering import samples; from symgrad.rendering.render import *;"
        "render_derivation(samples.nielsen(), Target('json')); assert 'jinja2' not in sys.modules"
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)
