"""`symgrad repl`: a chain at the fingertips."""

from __future__ import annotations

import sys

import pytest

from symgrad.errors import MissingExtraError
from tests.helpers import EXAMPLES, ROOT, environment, symgrad

NIELSEN = EXAMPLES / "nielsen.chain"


def test_a_session_in_a_terminal() -> None:
    pexpect = pytest.importorskip("pexpect", reason="pseudo-terminals are POSIX")
    variables = {**environment(), "TERM": "dumb", "IPYTHONDIR": "/nonexistent", "NO_COLOR": "1"}
    live = pexpect.spawn(
        sys.executable, ["-m", "symgrad", "repl", str(NIELSEN)],
        env=variables, cwd=str(ROOT), encoding="utf-8", timeout=60, dimensions=(50, 160),
    )  # fmt: skip
    live.expect_exact("In [1]:")
    live.sendline("derive('b_1')")
    live.expect_exact("σ′(z₁)")
    live.expect_exact("In [2]:")
    live.sendline("mark('b_1', 'a_4 - y').verdict")
    live.expect_exact("incorrect")
    live.expect_exact("In [3]:")
    live.sendline("prove('|dC/db_1| <= |dC/db_3|/16', given=['|w_j| <= 1']).verdict")
    live.expect_exact("proved")
    live.expect_exact("In [4]:")
    live.sendline("exit")
    live.expect(pexpect.EOF)
    live.close()
    assert live.exitstatus == 0


def test_a_script_of_lines() -> None:
    done = symgrad(
        "repl", NIELSEN, stdin="print(chain.parameters[0])\nprint(derive('b_1').check() is not None)\n"
    )
    assert done.returncode == 0, done.stderr
    assert "w_1" in done.stdout and "True" in done.stdout


def test_completion_knows_the_chain(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from IPython.core import completer

    from symgrad.api import Chain
    from symgrad.repl.shell import namespace, shell

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    live = shell(namespace(Chain.read(NIELSEN)))
    with completer.provisionalcompleter():
        found = {
            text: {c.text for c in live.Completer.completions(text, len(text))}
            for text in ("chain.de", "eval")
        }
    assert any(text.endswith("derive") for text in found["chain.de"])
    assert "evaluate" in found["eval"]


def test_without_ipython_the_message_names_the_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from symgrad.repl.shell import shell

    monkeypatch.setitem(sys.modules, "IPython.terminal.embed", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'symgrad\[repl\]'"):
        shell({})
