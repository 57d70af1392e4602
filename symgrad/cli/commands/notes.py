"""`symgrad notes`: a lecture note of one page, or in full."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
@o.change_options
@o.output_option()
@o.common
def command(
    chain: str,
    length: str,
    format_: str | None,
    swap: dict[str, str],
    depth: int | None,
    output: Path | None,
    lang: str | None,
    templates: Path | None,
    quiet: bool,
) -> int:
    """Write the note, and the answers beside it; without `--format` the name of the file decides."""
    if format_ is None:
        format_ = SUFFIXES.get(output.suffix.lower(), "markdown") if output else "markdown"
    network = read_chain(chain, swap, depth)
    settings: Any = {"length": length, "templates": templates}
    emit(network.notes(format_, language(), **settings), output)
    if output is None:
        return 0
    answers = output.with_name(f"{output.stem}-answers{output.suffix}")
    emit(network.notes(format_, language(), answers=True, **settings), answers)
    if not quiet:
        show(words("wrote-notes", path=output, answers=answers) + "\n")
    return 0
