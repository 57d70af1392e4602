"""`symgrad practice`: a student's loop over a chain's questions; the answer is never shown unasked."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from symgrad.cli import options as o
from symgrad.cli.language import language, words
from symgrad.cli.output import emit, encoding_of, show
from symgrad.cli.source import read_chain


@click.command("practice", cls=o.Command)
@click.argument("chain")
@o.common
def command(chain: str, lang: str | None, templates: Path | None, quiet: bool) -> int:
    """Ask one question after another; exit 0 however many were solved."""
    from symgrad.api import Question
    from symgrad.repl.practice import Practice, order

    if chain == "-":
        raise click.UsageError(words("practice-needs-file"), click.get_current_context())
    asked = read_chain(chain)
    questions = [Question(asked, wrt=name) for name in order(asked)]
    if not questions:
        raise click.UsageError(words("practice-no-questions"), click.get_current_context())
    encoding = encoding_of(None)

    def read() -> str | None:
        line = sys.stdin.readline()
        return line.rstrip("\n") if line else None

    practice = Practice(questions, language(), read, show, encoding, templates, emit)
    if not quiet:
        show(words("practice-start", count=len(questions)) + "\n")
    try:
        practice.run()
    except KeyboardInterrupt:
        show("\n")
    practice.summary()
    return 0
