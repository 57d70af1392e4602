"""`symgrad prove`: decide a bound, with its proof or an exact counterexample."""

from __future__ import annotations

import json
from pathlib import Path

import click

from symgrad.cli import options as o
from symgrad.cli.language import language
from symgrad.cli.output import emit, encoding_of
from symgrad.cli.source import read_chain
from symgrad.phrases import say

EXIT = {"proved": 0, "refuted": 1, "undecided": 3}


@click.command("prove", cls=o.Command)
@click.argument("claim", type=o.Mathematics())
@o.option("--given", multiple=True, metavar="A", type=o.Mathematics())
@o.option("--chain", metavar="FILE", help="opt-chain")
@o.function_option()
@o.option("--timeout", type=click.FloatRange(min=0), default=10.0, metavar="S")
@o.option("--certificate", type=click.Path(path_type=Path), metavar="FILE")
@o.option("--coq", type=click.Path(path_type=Path), metavar="FILE")
@o.json_option()
@o.common
def command(
    claim: str,
    given: tuple[str, ...],
    chain: str | None,
    functions: dict[str, str],
    timeout: float,
    certificate: Path | None,
    coq: Path | None,
    as_json: bool,
    lang: str | None,
    templates: Path | None,
    quiet: bool,
) -> int:
    """Prove, print, write the certificate."""
    if chain is not None:
        proof = read_chain(chain).prove(claim, given, functions=functions, timeout=timeout)
    else:
        from symgrad.api import prove

        proof = prove(claim, given, functions=functions, timeout=timeout)
    if not quiet or as_json:
        format_ = "json" if as_json else "text"
        emit(proof.to(format_, lang=language(), templates=templates, encoding=encoding_of(None)))
    if certificate is not None and proof.certificate is not None:
        emit(json.dumps(proof.certificate, ensure_ascii=False, indent=1), certificate)
    if coq is not None and proof.verdict == "proved":
        emit(proof.coq(), coq)
    elif coq is not None:
        click.echo(say("cli.coq-not-proved", language(), path=coq), err=True)
    return EXIT[proof.verdict]
