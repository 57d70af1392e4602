"""Tools that several tests share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"


def environment(**extra: str) -> dict[str, str]:
    """A clean environment: the checkout importable, English, UTF-8."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("SYMGRAD_", "LC_", "LANG"))
    }
    return {**kept, "PYTHONPATH": str(ROOT), "SYMGRAD_LANG": "en", "PYTHONIOENCODING": "utf-8", **extra}


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python (`-m ruff ...`) from the root of the checkout."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment())


def symgrad(
    *arguments: str | Path,
    stdin: str | bytes = b"",
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own; its output is decoded by the encoding asked of it."""
    variables = environment(**(env or {}))
    encoding = variables["PYTHONIOENCODING"].partition(":")[0]
    data = stdin.encode(encoding) if isinstance(stdin, str) else stdin
    command = [sys.executable, "-m", "symgrad", *map(str, arguments)]
    done = subprocess.run(command, input=data, capture_output=True, cwd=cwd, env=variables, check=False)
    return subprocess.CompletedProcess(
        command, done.returncode, done.stdout.decode(encoding), done.stderr.decode(encoding)
    )


def source_files(*folders: str, pattern: str = "*.py") -> Iterator[Path]:
    """The files of some folders of the checkout, in a fixed order."""
    for folder in folders:
        yield from sorted(path for path in (ROOT / folder).rglob(pattern) if "__pycache__" not in path.parts)
