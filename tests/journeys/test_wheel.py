"""The wheel holds all it needs: built here, unpacked elsewhere, run outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.helpers import EXAMPLES, ROOT, environment


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked wheel, as a folder for the module path."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment())
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = environment(PYTHONPATH=str(installed), PYTHONSAFEPATH="1", PYTHONUTF8="1")
    command = [sys.executable, "-m", "symgrad", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env=variables)


def test_the_wheel_ships_every_template_and_example(installed: Path) -> None:
    for kind in ("templates", "examples"):
        shipped = {
            p.relative_to(installed / "symgrad" / kind) for p in (installed / "symgrad" / kind).rglob("*.*")
        }
        kept = {p.relative_to(ROOT / kind) for p in (ROOT / kind).rglob("*.*")}
        assert shipped == kept
    assert (installed / "symgrad" / "py.typed").is_file()


def test_the_wheel_works_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    where = "import symgrad.phrases as p; print(p.data_root('templates'), p.data_root('examples'))"
    variables = environment(PYTHONPATH=str(installed), PYTHONSAFEPATH="1")
    found = subprocess.run(
        [sys.executable, "-c", where], cwd=tmp_path, capture_output=True, text=True, check=True, env=variables
    )
    assert found.stdout.split() == [os.path.join(installed, "symgrad", k) for k in ("templates", "examples")]
    assert "nielsen" in run(installed, tmp_path, "--lang", "zh").stdout
    assert run(installed, tmp_path, "new", "nielsen").returncode == 0
    assert (tmp_path / "nielsen.chain").read_bytes() == (EXAMPLES / "nielsen.chain").read_bytes()


def test_the_version_is_said_once(installed: Path, tmp_path: Path) -> None:
    (metadata,) = installed.glob("symgrad-*.dist-info/METADATA")
    version = next(line for line in metadata.read_text("utf-8").splitlines() if line.startswith("Version: "))
    assert run(installed, tmp_path, "--version").stdout.split()[-1] == version.removeprefix("Version: ")
