"""What is in the repository: nothing of anybody's machine, files of a readable size."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.helpers import ROOT, source_files

MACHINE = re.compile(r"(?<![\w.])/(?:home|Users|root|work|tmp/w)/|[A-Z]:\\Users\\")
TEXT = (".py", ".md", ".toml", ".j2", ".tex", ".chain", ".yaml", ".csv", ".json", "")


def committed() -> list[Path]:
    """The files git knows; without git (an sdist), the folders that ship."""
    try:
        done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return list(source_files("symgrad", "templates", "tests", "examples", pattern="*.*"))
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_committed_file_names_a_machine() -> None:
    found = []
    for path in committed():
        if path.suffix in TEXT and path != Path(__file__).resolve():
            lines = path.read_text(encoding="utf-8").splitlines()
            found += [
                f"{path.relative_to(ROOT)}:{n}" for n, line in enumerate(lines, 1) if MACHINE.search(line)
            ]
    assert not found


@pytest.mark.parametrize("path", [*source_files("symgrad")], ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 400
    assert lines and lines[0].startswith(('"""', 'r"""')), "the first line says what the file is for"


def test_templates_stay_outside_the_package() -> None:
    """A folder symgrad/templates in the checkout would hide the real one."""
    assert not (ROOT / "symgrad" / "templates").exists()
    assert not (ROOT / "symgrad" / "examples").exists()
