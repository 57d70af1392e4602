"""`symgrad compare`: two chains side by side."""

from __future__ import annotations

from pathlib import Path

import click

from symgrad.cli import options as o
from symgrad.cli.language import language
from symgrad.cli.output import emit, encoding_of
from symgrad.cli.source import read_chain


@click.command("compare", cls=o.Command)
@click.argument("chain")
@click.argument("other", required=False, metavar="[CHAIN]")
@o.option("--swap", multiple=True, metavar="F=G", callback=o.pairs, help="opt-compare-swap")
@o.option("--depth", type=int, metavar="N", help="opt-compare-depth")
@o.option("--wrt", metavar="NAME", type=o.Mathematics(), help="opt-compare-wrt")
@o.option("--set", "settings", multiple=True, metavar="NAME=VALUE", callback=o.pairs, help="opt-set")
@o.option(
    "--format",
    "format_",
    help="opt-format",
    type=click.Choice(["text", "markdown", "latex", "json"]),
    default="text",
)
@o.json_option()
@o.output_option()
@o.common
def command(
    chain: str,
    other: str | None,
    swap: dict[str, str],
    depth: int | None,
    wrt: str | None,
    settings: dict[str, str],
    format_: str,
    as_json: bool,
    output: Path | None,
    lang: str | None,
    templates: Path | None,
    quiet: bool,
) -> int:
    """Compare a chain with a second one, or with a changed copy of itself."""
    from symgrad.errors import InputError, Where

    if other is None and not swap and depth is None:
        raise InputError("compare-needs-two", Where(chain))
    first = read_chain(chain)
    second = first.vary(functions=swap, depth=depth) if other is None else read_chain(other, swap, depth)
    found = first.compare(second, wrt, settings)
    format_ = "json" if as_json else format_
    emit(found.to(format_, language(), templates=templates, encoding=encoding_of(output)), output)
    return 0
