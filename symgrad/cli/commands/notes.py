"""`symgrad notes`: a lecture note of one page, or in full."""

from __future__ import annotations

from pathlib import Path

import click

from symgrad.cli import options as o
from symgrad.cli.language import language, words
from symgrad.cli.output import emit, show
from symgrad.cli.source import read_chain

SUFFIXES = {".tex": "latex"}


@click.command("notes", cls=o.Command)
@click.argument("chain")
@o.option("--length", type=click.Choice(["page", "full"]), default="page")
@o.option("--format", "format_", type=click.Choice(["markdown", "latex"]), help="opt-notes-format")
@o.output_option()
@o.common
def command(
    chain: str,
    length: str,
    format_: str | None,
    output: Path | None,
    lang: str | None,
    templates: Path | None,
    quiet: bool,
) -> int:
    """Write the note; without `--format` the name of the file decides."""
    if format_ is None:
        format_ = SUFFIXES.get(output.suffix.lower(), "markdown") if output else "markdown"
    text = read_chain(chain).notes(format=format_, lang=language(), length=length, templates=templates)
    emit(text, output)
    if output is not None and not quiet:
        show(words("wrote", path=output) + "\n")
    return 0
