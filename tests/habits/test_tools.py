"""Ruff, mypy and the floors: the tools' own verdicts, as tests."""

from __future__ import annotations

import pytest

from tests.helpers import python

LINT_IMPORTS = (
    "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as c; c()"
)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("-m", "ruff", "check", "--no-cache", "."), id="ruff-check"),
        pytest.param(("-m", "ruff", "format", "--no-cache", "--check", "."), id="ruff-format"),
        pytest.param(("-m", "mypy"), id="mypy-strict"),
        pytest.param(("-c", LINT_IMPORTS, "--no-cache", "--no-logo"), id="floors"),
    ],
)
def test_the_tool_has_nothing_to_say(arguments: tuple[str, ...]) -> None:
    done = python(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
