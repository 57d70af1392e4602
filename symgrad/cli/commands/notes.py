"""`symgrad notes`: a lecture note of one page, or in full."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from symgrad.cli import options as o
from symgrad.cli.language import language, words
from symgrad.cli.output import emit, show
from symgrad.cli.source import read_chain


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
    by_name = o.format_of(output, "markdown", "latex", "text")
    format_ = format_ or by_name or "markdown"
    network = read_chain(chain, swap, depth)
    settings: Any = {"length": length, "templates": templates}
    note = network.notes(format_, language(), **settings)
    if output is None:
        emit(note)
        return 0
    answers = output.with_name(f"{output.stem}-answers{output.suffix}")
    solved = network.notes(format_, language(), answers=True, **settings)
    written = [output, answers] if solved else [output]
    older = [path.name for path in written if path.exists()]
    emit(note, output)
    if solved:
        emit(solved, answers)
    if not quiet:
        said = words("wrote-notes", path=output, answers=answers) if solved else words("wrote", path=output)
        told = words(f"replaced-{len(older)}", names=", ".join(older)) if older else ""
        show(f"{said}{told}\n")
    return 0
