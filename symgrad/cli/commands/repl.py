"""`symgrad repl`: explore a chain in IPython."""

from __future__ import annotations

from pathlib import Path

import click

from symgrad.cli import options as o
from symgrad.cli.language import language, words
from symgrad.cli.output import show
from symgrad.cli.source import read_chain


@click.command("repl", cls=o.Command)
@click.argument("chain", required=False)
@o.common
def command(chain: str | None, lang: str | None, templates: Path | None, quiet: bool) -> int:
    """Read the chain, open the shell."""
    from symgrad.repl.shell import banner, start

    if chain == "-":
        raise click.UsageError(words("repl-needs-file"), click.get_current_context())
    network = read_chain(chain) if chain else None
    if not quiet:
        show(banner(network, chain or "", language()) + "\n")
    start(network)
    return 0
