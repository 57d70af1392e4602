"""`symgrad prove`: decide a bound, with its proof or an exact counterexample."""

from __future__ import annotations

import json
from pathlib import Path

import click

from symgrad.api.bounds import Bounds
from symgrad.api.limited import OutOfTimeError, within
from symgrad.api.proof import Proof, out_of_time
from symgrad.cli import options as o
from symgrad.cli.language import language
from symgrad.cli.output import emit, encoding_of
from symgrad.cli.source import read_chain
from symgrad.phrases import say
from symgrad.values.proof import Proof as Value

EXIT = {"proved": 0, "refuted": 1, "undecided": 3}


@click.command("prove", cls=o.Command)
@click.argument("claim", type=o.Mathematics(), required=False)
@o.option("--given", multiple=True, metavar="A", type=o.Mathematics())
@o.option("--chain", metavar="FILE", help="opt-chain")
@o.option("--bounds", metavar="NAME")
@o.function_option()
@o.option("--timeout", type=click.FloatRange(min=0), default=10.0, metavar="S")
@o.option("--certificate", type=click.Path(path_type=Path), metavar="FILE")
@o.option("--coq", type=click.Path(path_type=Path), metavar="FILE")
@o.option("--no-oracle", "no_oracle", is_flag=True)
@o.json_option()
@o.common
def command(
    claim: str | None,
    given: tuple[str, ...],
    chain: str | None,
    bounds: str | None,
    functions: dict[str, str],
    timeout: float,
    certificate: Path | None,
    coq: Path | None,
    no_oracle: bool,
    as_json: bool,
    lang: str | None,
    templates: Path | None,
    quiet: bool,
) -> int:
    """Prove, print, write the certificate."""
    if (claim is None) == (bounds is None) or (bounds is not None and chain is None):
        raise click.UsageError(say("cli.prove-claim-or-bounds", language()))
    found: Bounds | Proof
    if bounds is not None and chain is not None:
        found = _bounds(chain, bounds, given, functions, timeout)
    else:
        found = _proof(str(claim), given, chain, functions, timeout, not no_oracle)
    proof = found.proof if isinstance(found, Bounds) else found
    if not quiet or as_json:
        format_ = "json" if as_json else "text"
        emit(found.to(format_, lang=language(), templates=templates, encoding=encoding_of(None)))
    if certificate is not None and proof.certificate is not None:
        emit(json.dumps(proof.certificate, ensure_ascii=False, indent=1), certificate)
    elif certificate is not None and proof.verdict == "proved":
        click.echo(say("cli.no-certificate", language(), path=certificate), err=True)
    if coq is not None and proof.certificate is not None and proof.verdict == "proved":
        emit(proof.coq(), coq)
    elif coq is not None:
        click.echo(say("cli.coq-not-proved", language(), path=coq), err=True)
    return EXIT[proof.verdict]


def _proof(
    claim: str,
    given: tuple[str, ...],
    chain: str | None,
    functions: dict[str, str],
    timeout: float,
    oracle: bool,
) -> Proof:
    """The proof, searched for in a process that is ended when the time is up."""
    from symgrad.api import prove

    where = None if chain is None else read_chain(chain)

    def search() -> Value:
        if where is not None:
            return where.prove(claim, given, functions=functions, timeout=timeout, oracle=oracle).value
        return prove(claim, given, functions=functions, timeout=timeout, oracle=oracle).value

    try:
        return Proof(within(timeout, search))
    except OutOfTimeError:
        return Proof(out_of_time(claim, given))


def _bounds(
    chain: str, name: str, given: tuple[str, ...], functions: dict[str, str], timeout: float
) -> Bounds:
    return read_chain(chain).bounds(name, given, functions=functions, timeout=timeout)
