"""The command `symgrad`: finds the subcommand, and turns every problem into one message and an exit code.

Only click and the standard library are imported until a command runs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

from symgrad.cli.language import Run, asked_language, language
from symgrad.cli.options import Option
from symgrad.cli.output import PipeClosed, show
from symgrad.errors import DerivationError, SymgradError
from symgrad.phrases import LANGUAGES, PhraseFileError, say
from symgrad.version import __version__

COMMANDS = (
    "new",
    "derive",
    "prove",
    "verify",
    "eval",
    "notes",
    "compare",
    "mark",
    "practice",
    "grade",
    "repl",
    "doctor",
)
"""In the order a newcomer meets them; each is `command` in symgrad/cli/commands/<name>.py."""

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
INTERRUPTED, PIPE_CLOSED = 130, 141


class Commands(click.Group):
    """The group; a subcommand's module is loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in teaching order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, freshly loaded."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"symgrad.cli.commands.{cmd_name}").command
        return command

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands, one line each."""
        lang = language(ctx)
        formatter.write_usage(ctx.command_path, "[--lang en|zh] COMMAND ...", say("cli.usage", lang))
        formatter.write_paragraph()
        formatter.write_text(say("cli.tagline", lang))
        with formatter.section(say("cli.commands", lang)):
            formatter.write_dl(
                [(name, say(f"cli.{name}-help", lang).partition("\n")[0]) for name in COMMANDS]
            )
        formatter.write_paragraph()
        formatter.write_text(say("cli.more-help", lang))


@click.command("symgrad", cls=Commands, invoke_without_command=True, context_settings=SETTINGS)
@click.option("--lang", cls=Option, type=click.Choice(LANGUAGES))
@click.version_option(__version__, prog_name="symgrad")
@click.pass_context
def cli(ctx: click.Context, lang: str | None) -> None:
    """Without a subcommand: a few lines to copy."""
    if ctx.invoked_subcommand is None:
        from symgrad.cli.examples import example_names

        show(say("cli.welcome", language(ctx), None, more=len(example_names()) - 1))


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    code = run(arguments)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = _pipe_closed()
    except OSError:  # said already; Python's own flush at exit must not say it again
        _pipe_closed()
        code = code or 2
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run the command line; every problem a person can cause becomes one message on stderr."""
    lang = asked_language(arguments)
    try:
        code = cli.main(arguments, prog_name="symgrad", standalone_mode=False, obj=Run(lang))
        return code if isinstance(code, int) else 0
    except click.ClickException as problem:
        from symgrad.cli.usage import usage_message

        return _complain(usage_message(problem, lang), 2)
    except DerivationError as problem:
        return _complain(problem.message(lang), 1)
    except SymgradError as problem:
        return _complain(problem.message(lang), 2)
    except PhraseFileError as problem:
        return _complain(say("errors.template-syntax", lang, None, reason=str(problem)), 2)
    except (KeyboardInterrupt, click.Abort):
        return _complain("", INTERRUPTED)
    except PipeClosed:
        return _pipe_closed()
    except OSError as problem:  # a full disk; files of the user's are reported where they are opened
        return _complain(say("errors.output-failed", lang, None, reason=str(problem)), 2)


def _complain(message: str, code: int) -> int:

    show(f"{message}\n", sys.stderr)
    return code


def _pipe_closed() -> int:
    """The reader went away (`| head`): say nothing, and let Python's exit not trip over it again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return PIPE_CLOSED
