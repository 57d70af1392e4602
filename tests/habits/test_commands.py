"""The command line itself: help everywhere, in both languages, and light to start."""

from __future__ import annotations

import json

import click
import pytest

from symgrad.cli.main import COMMANDS, cli
from symgrad.phrases import LANGUAGES
from tests.helpers import ROOT, python, source_files, symgrad

HEAVY = ["sympy", "numpy", "pydantic", "jinja2", "rich", "flint", "yaml", "IPython", "mpmath"]
LOADED = """
import json, sys
from symgrad.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(json.dumps(sorted(m for m in sys.modules if "." not in m)))
"""


def loaded_by(*arguments: str) -> set[str]:
    done = python("-c", LOADED, *arguments)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments", [(), ("--help",), ("--version",), ("derive", "--help"), ("new", "--list")]
)
def test_starting_loads_no_mathematics(arguments: tuple[str, ...]) -> None:
    assert not loaded_by(*arguments) & set(HEAVY)


def test_importing_the_package_loads_no_mathematics() -> None:
    code = "import sys, symgrad; print(symgrad.__version__, *(m for m in sys.modules if '.' not in m))"
    done = python("-c", code)
    assert not set(done.stdout.split()) & set(HEAVY)


def test_every_command_is_a_file_and_every_file_a_command() -> None:
    files = {path.stem for path in source_files("symgrad/cli/commands")} - {"__init__"}
    assert files == set(COMMANDS)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_help(name: str, lang: str) -> None:
    done = symgrad(name, "--help", "--lang", lang)
    assert done.returncode == 0, done.stderr
    assert f"symgrad {name}" in done.stdout
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    for option in (p for p in command.params if isinstance(p, click.Option)):
        assert max(option.opts, key=len) in done.stdout
    assert ("用法" in done.stdout) == (lang == "zh")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_knows_the_common_options(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    options = {name for p in command.params for name in p.opts}
    assert {"--lang", "--templates", "-q"} <= options


def test_help_lists_every_command() -> None:
    text = symgrad("--help").stdout
    assert all(f"\n  {name} " in text for name in COMMANDS)


def test_the_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"symgrad {name}" in text for name in COMMANDS)
