"""`symgrad derive`: the gradient with its steps."""

from __future__ import annotations

import json
from pathlib import Path

import click

from symgrad.cli import options as o
from symgrad.cli.language import language
from symgrad.cli.output import emit, encoding_of
from symgrad.cli.source import read_chain


@click.command("derive", cls=o.Command)
@click.argument("chain")
@o.option("--wrt", multiple=True, metavar="NAME", type=o.Mathematics())
@o.option("--of", metavar="NAME", type=o.Mathematics())
@o.option("--keep", multiple=True, metavar="NAME", type=o.Mathematics())
@o.option("--detail", type=click.Choice(["short", "full"]), default="short")
@o.option(
    "--format",
    "format_",
    help="opt-format",
    type=click.Choice(["text", "markdown", "latex", "json"]),
    default="text",
)
@o.json_option()
@o.function_option()
@o.option("--standalone", is_flag=True)
@o.output_option()
@o.common
def command(
    chain: str,
    wrt: tuple[str, ...],
    of: str | None,
    keep: tuple[str, ...],
    detail: str,
    format_: str,
    as_json: bool,
    functions: dict[str, str],
    standalone: bool,
    output: Path | None,
    lang: str | None,
    templates: Path | None,
    quiet: bool,
) -> int:
    """Derive, check, print."""
    network = read_chain(chain)
    if functions:
        network = network.vary(functions=functions)
    format_ = "json" if as_json else format_
    settings = {
        "lang": language(),
        "templates": templates,
        "encoding": encoding_of(output),
        "detail": detail,
        "standalone": standalone,
    }
    if not wrt:
        gradients = network.gradients(of=of, keep=keep)
        gradients.check()
        emit(gradients.to(format_, **settings), output)
        return 0
    derivations = [network.derive(name, of=of, keep=keep) for name in wrt]
    for derivation in derivations:
        derivation.check()
    texts = [derivation.to(format_, **settings) for derivation in derivations]
    if format_ == "json" and len(texts) > 1:
        texts = [json.dumps([json.loads(text) for text in texts], ensure_ascii=False, indent=2)]
    emit("\n".join(text.rstrip("\n") + "\n" for text in texts), output)
    return 0
