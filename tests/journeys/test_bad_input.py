"""Every slip a person can make: one message with its place, exit 2, nothing half-written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers import EXAMPLES, environment, symgrad

NIELSEN = EXAMPLES / "nielsen.chain"

CHAINS = {
    "cycle": ("p = r\nr = q\nq = p\n", ":1:"),
    "duplicate": ("a = x\na = y\n", ":2:1"),
    "empty": ("", ""),
    "only comments": ("# nothing\n\n", ""),
    "bracket": ("a = (x + 1\n", ":1:5"),
    "undefined function": ("a = sigmod(x)\n", ":1:5"),
    "undefined index": ("for j in 1..3:\n    z_j = w_j x\nL = z_5\n", ":3:5"),
    "wrong range": ("for j in 4..1:\n    z_j = w_j x\nL = z_1\n", ":1:"),
    "tabs and spaces": ("for j in 1..2:\n    z_j = x\n\ta_j = z_j\nL = a_2\n", ":3:"),
    "alias": ("sigma = sigmod\nL = sigma(x)\n", ":1:"),
}


@pytest.mark.parametrize("slip", CHAINS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_chain_with_a_slip(slip: str, lang: str, tmp_path: Path) -> None:
    text, place = CHAINS[slip]
    chain, note = tmp_path / "mine.chain", tmp_path / "note.md"
    chain.write_text(text, encoding="utf-8")
    done = symgrad("derive", chain, "--lang", lang, "-o", note)
    assert done.returncode == 2, done.stdout + done.stderr
    assert f"mine.chain{place}" in done.stderr
    assert "Traceback" not in done.stderr and not done.stdout and not note.exists()
    if text.strip("# \n"):
        assert "^" in done.stderr
    assert (lang == "zh") == any("\u4e00" <= c <= "\u9fff" for c in done.stderr)


def test_suggestions() -> None:
    assert "sigmoid" in symgrad("derive", "-", stdin="a = sigmod(x)\n").stderr
    assert "b_1" in symgrad("derive", NIELSEN, "--wrt", "bb_1").stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("derive", "missing.chain"),
        ("derive", "."),
        ("derive", NIELSEN, "--wrt", "q"),
        ("derive", NIELSEN, "--wrt", "b_9"),
        ("derive", NIELSEN, "-o", "no/such/folder/x.md"),
        ("notes", NIELSEN, "-o", "no/such/folder/x.md"),
        ("derive", NIELSEN, "--templates", "no-such-folder"),
        ("derive", NIELSEN, "--function", "sigma=sigmod"),
        ("prove", "|w| <= "),
        ("prove", "|w| <= 1", "--given", "w <"),
        ("prove", "w", "--chain", "missing.chain"),
        ("verify", "missing.json"),
        ("eval", NIELSEN, "--set", "q=1"),
        ("eval", NIELSEN, "--values", "missing.json"),
        ("mark", NIELSEN, "--wrt", "q", "1"),
        ("mark", NIELSEN, "--wrt", "b_1", "--answer-file", "missing.txt"),
        ("grade", "missing.yaml", "missing.csv", "-o", "out.csv"),
        ("new", "nothing-like-it"),
        ("mark", "-", "--wrt", "b"),
    ],
)
def test_a_command_with_a_slip(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = symgrad(*arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.strip() and "Traceback" not in done.stderr and not done.stdout
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    chain = tmp_path / "gbk.chain"
    chain.write_bytes("# 链\nC = x\n".encode("gbk"))
    done = symgrad("derive", chain)
    assert done.returncode == 2 and "gbk.chain:1:3" in done.stderr
    assert symgrad("derive", "-", stdin=b"# \xc1\xb4\nC = x\n").returncode == 2


@pytest.mark.skipif(os.name != "posix", reason="signals and pipes as POSIX has them")
def test_an_interrupt_and_a_closed_pipe_are_quiet() -> None:
    command = [sys.executable, "-m", "symgrad"]
    closed = subprocess.Popen(
        [*command, "new", "--list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )
    assert closed.stdout is not None and closed.stderr is not None
    closed.stdout.close()
    assert closed.stderr.read() == b""
    closed.stderr.close()
    assert closed.wait() == 141
    asking = subprocess.Popen(
        [*command, "mark", str(NIELSEN), "--wrt", "b_1"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
    )  # fmt: skip
    assert asking.stdout is not None
    assert asking.stdout.readline().startswith("∂C/∂b₁".encode())
    asking.send_signal(signal.SIGINT)
    _, told = asking.communicate()
    assert asking.returncode == 130 and b"Traceback" not in told
