"""`symgrad verify`: re-check a certificate without any search."""

from __future__ import annotations

from pathlib import Path

import click

from symgrad.cli import options as o
from symgrad.cli.language import language, words
from symgrad.cli.output import emit, encoding_of, show
from symgrad.cli.source import read_text


@click.command("verify", cls=o.Command)
@click.argument("certificate")
@o.json_option()
@o.common
def command(certificate: str, as_json: bool, lang: str | None, templates: Path | None, quiet: bool) -> int:
    """Exit 0 if the kernel accepts, 1 if it does not."""
    from symgrad.api.verification import verification

    found = verification(read_text(certificate, "<certificate>"), certificate)
    reason = "" if found.reason is None else found.reason.message(language())
    if as_json:
        emit(found.to("json", language()))
    elif not quiet:
        show((words("rejected", reason=reason) if reason else words("accepted")) + "\n")
        if lines := found.to("text", language(), encoding_of(None)):
            emit(lines)
    return 1 if reason else 0
