"""A shell with one chain in it: IPython where it is installed, Python's own where input is not a terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from symgrad.errors import MissingExtraError, SymgradError
from symgrad.phrases import preferred_language, say
from symgrad.version import __version__

if TYPE_CHECKING:
    from symgrad.api import Chain, Mark

INSTALL = "pip install 'symgrad[repl]'"


def namespace(chain: Chain | None) -> dict[str, Any]:
    """What the shell starts with."""
    from symgrad.api import Chain, Question, prove

    names: dict[str, Any] = {"Chain": Chain, "Question": Question, "prove": prove}
    if chain is None:
        return names

    def mark(wrt: str, answer: str, **settings: Any) -> Mark:
        """Mark an answer for d(objective)/d(wrt)."""
        return Question(chain, wrt=wrt, **settings).mark(answer)

    actions = {"derive": chain.derive, "prove": chain.prove, "evaluate": chain.evaluate, "mark": mark}
    return {**names, "chain": chain, **actions}


def banner(chain: Chain | None, source: str, lang: str) -> str:
    """Two lines: where we are and what can be typed."""
    if chain is None:
        return say("cli.repl-banner-empty", lang, None, version=__version__)
    name = next(iter(chain.parameters), "x")
    return say("cli.repl-banner", lang, None, version=__version__, source=source, name=name)


def shell(names: Mapping[str, Any]) -> Any:
    """An IPython shell over these names; completion looks at the live values."""
    try:
        from IPython.terminal.embed import InteractiveShellEmbed
        from traitlets.config import Config
    except ImportError as missing:
        raise MissingExtraError("missing-extra", part="IPython", command=INSTALL) from missing
    config = Config()
    config.Completer.use_jedi = False
    config.HistoryAccessor.enabled = False
    config.TerminalInteractiveShell.confirm_exit = False
    config.TerminalInteractiveShell.term_title = False
    made = InteractiveShellEmbed(config=config, user_ns=dict(names), banner1="", exit_msg="")
    made.set_custom_exc((SymgradError,), say_problem)
    return made


def say_problem(shell: Any, kind: Any, problem: Any, traceback: Any, tb_offset: Any = None) -> None:
    """A slip of the person's is one message, not a traceback."""
    print(problem.message(preferred_language()))


def start(chain: Chain | None) -> None:
    """Open the shell and stay in it until the person leaves."""
    names = namespace(chain)
    if not sys.stdin.isatty():
        import code

        code.interact(banner="", local=names, exitmsg="")
        return
    shell(names).mainloop()
