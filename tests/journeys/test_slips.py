"""Slips of people at the command line that once passed unnoticed or ended in a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import symgrad

CHAINS = [
    ("sigma = sin\na = sigma(z)\nL = a^2\n", ["--wrt", "z"], "1:9: unknown function sin; did you mean sinh?"),
    ("sigma = step\na = sigma(z)\nL = a^2\n", ["--wrt", "z"], "1:9: unknown function step; known are"),
    ("g = u x + c\nJ = relu(g)\n", [], "declare them, as in: parameters u, x, c"),
    ("z = w x\nL = half_square(z - y)\n", [], "2:5: half_square takes 2 argument(s), not 1"),
    ("L = 5\n", [], "no leaf of this chain counts as a parameter"),
    ("e = y - w x\nL = e^2\n", [], "x.chain:1:1: e is a constant"),
    ("z = w x\nL = z^2\n", ["--function", "tau=relu"], "no function tau"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "arguments", "message"), CHAINS, ids=[message for _, _, message in CHAINS])
def test_one_message_and_exit_code_two(tmp_path: Path, text: str, arguments: list[str], message: str) -> None:
    (tmp_path / "x.chain").write_text(text, "utf-8")
    done = symgrad("derive", "x.chain", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr and not done.stdout


def test_a_phrase_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.chain").write_text("z = w x\nL = z^2\n", "utf-8")
    (tmp_path / "phrases" / "en").mkdir(parents=True)
    (tmp_path / "phrases" / "en" / "steps.toml").write_text("x = [", "utf-8")
    done = symgrad("derive", "x.chain", "--templates", ".", cwd=tmp_path)
    assert done.returncode == 2 and "steps.toml" in done.stderr and "Traceback" not in done.stderr


def test_a_full_disk_is_one_message(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        return
    (tmp_path / "x.chain").write_text("z = w x\nL = z^2\n", "utf-8")
    import subprocess
    import sys

    from tests.helpers import environment

    command = [sys.executable, "-m", "symgrad", "derive", "x.chain"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2 and "Traceback" not in done.stderr and "could not be written" in done.stderr


def test_numbers_beyond_a_format_are_infinite_and_said_so(tmp_path: Path) -> None:
    (tmp_path / "x.chain").write_text("z = w x\nL = z^2\n", "utf-8")
    done = symgrad("eval", "x.chain", "--wrt", "w", "--set", "w=1e400", "--set", "x=1", cwd=tmp_path)
    assert done.returncode == 0 and "float64 overflowed" in done.stdout


def test_a_terminal_without_chinese_is_answered_in_english(tmp_path: Path) -> None:
    (tmp_path / "x.chain").write_text("z = w x\nL = z^2\n", "utf-8")
    done = symgrad(
        "derive", "x.chain", "--lang", "zh", "--wrt", "w", cwd=tmp_path, env={"PYTHONIOENCODING": "ascii"}
    )
    assert "?" not in done.stdout and "one path" in done.stdout


@pytest.mark.parametrize("command", [["derive"], ["notes"], ["prove", "|dC/db_1| <= 1", "--chain"]])
def test_no_output_is_written_over_an_input(tmp_path: Path, command: list[str]) -> None:
    text = "sigma = sigmoid\nz = w x + b_1\nC = sigma(z)\n"
    (tmp_path / "x.txt").write_text(text, "utf-8")
    output = "--certificate" if command[0] == "prove" else "-o"
    done = symgrad(*command, "x.txt", output, "x.txt", cwd=tmp_path)
    assert done.returncode == 2 and "is what this command reads" in done.stderr
    assert (tmp_path / "x.txt").read_text("utf-8") == text


SYMBOLIC = "for k in 1..N:\n    z_k = w a_{k-1} + b\n    a_k = a_{k-1} + tanh(z_k)\nC = (a_N - y)^2/2\n"


@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        (SYMBOLIC, ["--wrt", "w", "--style", "backprop"], "does not tell this derivation yet"),
        ("h = tanh(w x)\nL = h^2\n", ["--swap", "tanh=relu"], "tanh is a built-in function"),
    ],
)
def test_what_a_form_cannot_say_truly_it_refuses(
    tmp_path: Path, text: str, arguments: list[str], message: str
) -> None:
    (tmp_path / "x.chain").write_text(text, "utf-8")
    done = symgrad("derive", "x.chain", *arguments, cwd=tmp_path)
    assert done.returncode == 2 and message in done.stderr and not done.stdout
