"""`symgrad verify`: re-check a certificate without any search."""

from __future__ import annotations

import json
from pathlib import Path

import click

from symgrad.cli import options as o
from symgrad.cli.language import language, words
from symgrad.cli.output import emit, show
from symgrad.cli.source import read_text
from symgrad.errors import CertificateError


@click.command("verify", cls=o.Command)
@click.argument("certificate")
@o.json_option()
@o.common
def command(certificate: str, as_json: bool, lang: str | None, templates: Path | None, quiet: bool) -> int:
    """Exit 0 if the kernel accepts, 1 if it does not."""
    from symgrad.api import verify

    reason = ""
    try:
        verify(read_text(certificate, "<certificate>"), certificate)
    except CertificateError as problem:
        reason = problem.message(language())
    if as_json:
        emit(json.dumps({"accepted": not reason, "reason": reason}, ensure_ascii=False, indent=2))
    elif not quiet:
        show((words("rejected", reason=reason) if reason else words("accepted")) + "\n")
    return 1 if reason else 0
