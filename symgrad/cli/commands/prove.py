"""`symgrad prove`: decide a bound, with its proof or an exact counterexample."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from symgrad.api.limited import OutOfMemoryError, OutOfTimeError, within
from symgrad.api.proof import Proof, out_of_time
from symgrad.cli import options as o
from symgrad.cli.language import language
from symgrad.cli.output import emit, encoding_of, show
from symgrad.cli.source import read_chain
from symgrad.phrases import say
from symgrad.values.proof import Proof as Value

if TYPE_CHECKING:
    from symgrad.api.bounds import Bounds

T = TypeVar("T")
DAY = 86_400
PATIENCE = 1.0
"""Seconds after which something is said."""
EXIT = {"proved": 0, "refuted": 1, "undecided": 3}
SHARE = 2
"""A best bound takes several proofs: each has this part of the time."""


class Seconds(click.ParamType[float]):
    """A limit of time: a number above 0 and not beyond a day."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number."""
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not 0 < seconds <= DAY:
            self.fail(say("cli.not-seconds", language(), text=str(value).strip()), param, ctx)
        return seconds


@click.command("prove", cls=o.Command)
@click.argument("claim", type=o.Mathematics(), required=False)
@o.option("--given", multiple=True, metavar="A", type=o.Mathematics())
@o.option("--chain", metavar="FILE", help="opt-chain")
@o.option("--bounds", metavar="NAME")
@o.option("--of", metavar="NAME", help="opt-bounds-of")
@o.option("--relative-to", "relative_to", metavar="NAME")
@o.function_option()
@o.option("--timeout", type=Seconds(), default=10.0, metavar="S")
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
    of: str | None,
    relative_to: str | None,
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
    alone = bounds is None and (of is not None or relative_to is not None)
    if (claim is None) == (bounds is None) or (bounds is not None and chain is None) or alone:
        raise click.UsageError(say("cli.prove-claim-or-bounds", language()))
    found: Bounds | Proof
    if bounds is not None and chain is not None:
        found = _bounds(chain, bounds, given, functions, timeout, of, relative_to, quiet)
    else:
        found = _proof(str(claim), given, chain, functions, timeout, not no_oracle, quiet)
    proof = found if isinstance(found, Proof) else found.proof
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
    quiet: bool,
) -> Proof:
    """The proof, searched for in a process that is ended when the time is up."""
    from symgrad.api import prove

    where = None if chain is None else read_chain(chain)

    def search() -> Value:
        if where is not None:
            return where.prove(claim, given, functions=functions, timeout=timeout, oracle=oracle).value
        return prove(claim, given, functions=functions, timeout=timeout, oracle=oracle).value

    try:
        return Proof(_patiently(timeout, search, quiet))
    except OutOfTimeError as error:
        return Proof(out_of_time(claim, given, isinstance(error, OutOfMemoryError)))


def _patiently(seconds: float, work: Callable[[], T], quiet: bool) -> T:
    """The work in a child; on a terminal a line says how long it has taken, and goes again."""
    shown = False

    def waiting(passed: float) -> None:
        nonlocal shown
        if passed > PATIENCE and not quiet and sys.stderr.isatty():
            text = say("cli.searching", language(), passed=int(passed), seconds=f"{seconds:g}")
            show(f"\r{text}", sys.stderr)
            shown = True

    try:
        return within(seconds, work, waiting)
    finally:
        if shown:
            show("\r\x1b[K", sys.stderr)


def _bounds(
    chain: str,
    name: str,
    given: tuple[str, ...],
    functions: dict[str, str],
    timeout: float,
    of: str | None,
    relative_to: str | None,
    quiet: bool,
) -> Bounds | Proof:
    """The best bound, searched for in a process that is ended when the time is up."""
    where = read_chain(chain)

    def search() -> Bounds:
        return where.bounds(
            name, given, of=of, relative_to=relative_to, functions=functions, timeout=timeout / SHARE
        )

    try:
        return _patiently(timeout, search, quiet)
    except OutOfTimeError as error:
        return Proof(out_of_time(name, given, isinstance(error, OutOfMemoryError)))
