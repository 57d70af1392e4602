"""`symgrad eval`: a gradient in numbers, factor by factor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from symgrad.cli import options as o
from symgrad.cli.language import language
from symgrad.cli.output import emit, encoding_of
from symgrad.cli.source import read_chain, read_values


class Precision(click.ParamType[str | int]):
    """float16, bfloat16, float32, float64, log, exact, or a number of certified digits."""

    name = "precision"
    kinds = ("float16", "bfloat16", "float32", "float64", "log", "exact")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str | int:
        """A kind by name, or digits."""
        text = str(value)
        if text in self.kinds:
            return text
        if text.isascii() and text.isdecimal() and 0 < len(text) <= 5 and int(text):
            return int(text)
        self.fail(" | ".join((*self.kinds, "50")), param, ctx)


@click.command("eval", cls=o.Command)
@click.argument("chain")
@o.option("--wrt", multiple=True, metavar="NAME", type=o.Mathematics())
@o.option("--set", "settings", multiple=True, metavar="NAME=VALUE", callback=o.pairs, help="opt-set")
@o.option("--values", type=click.Path(path_type=Path), metavar="FILE")
@o.option("--precision", type=Precision(), default="float64", metavar="P")
@o.option("--seed", type=click.IntRange(min=0), metavar="N")
@o.function_option()
@o.change_options
@o.json_option()
@o.common
def command(
    chain: str,
    wrt: tuple[str, ...],
    settings: dict[str, str],
    values: Path | None,
    precision: str | int,
    seed: int | None,
    functions: dict[str, str],
    swap: dict[str, str],
    depth: int | None,
    as_json: bool,
    lang: str | None,
    templates: Path | None,
    quiet: bool,
) -> int:
    """Evaluate, print; `--set` overrides the file."""
    network = read_chain(chain, swap, depth)
    given = {**(read_values(values) if values else {}), **settings}
    numbers = network.evaluate(wrt or None, given, precision=precision, functions=functions, seed=seed)
    format_ = "json" if as_json else "text"
    emit(numbers.to(format_, lang=language(), templates=templates, encoding=encoding_of(None)))
    return 0
