"""The options that several commands share; help texts are phrase ids, worded when help is printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from symgrad.cli.language import language, words
from symgrad.phrases import LANGUAGES, say

ENDINGS = {".md": "markdown", ".tex": "latex", ".txt": "text", ".json": "json"}
"""What the ending of an output file says about its format."""

F = TypeVar("F", bound=Callable[..., Any])


class Mathematics(click.ParamType[str]):
    """A formula as an argument; it may begin with a minus sign (see `shield`)."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text as it was typed."""
        return str(value).removeprefix(" ")


def shield(arguments: list[str]) -> list[str]:
    """Arguments where a formula such as `-(y - a)` can no longer be taken for an option.

    >>> shield(["c.chain", "--wrt", "b", "-(y - a)", "-q", "-"])
    ['c.chain', '--wrt', 'b', ' -(y - a)', '-q', '-']
    """
    plain = ("-q", "-o", "-h", "-")
    return [f" {a}" if a[:1] == "-" and a[:2] != "--" and a not in plain else a for a in arguments]


class Option(click.Option):
    """An option whose help is the phrase `cli.opt-<name>`, or another key given as `help`."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The names and the help, in the language of this run."""
        record = super().get_help_record(ctx)
        if record is None:
            return None
        key = self.help or f"opt-{(self.name or '').replace('_', '-')}"
        return record[0], say(f"cli.{key}", language(ctx))


class Command(click.Command):
    """A command whose help is the phrase `cli.<name>-help`; formulas may begin with a minus sign."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Click's parsing, after formulas were shielded."""
        return super().parse_args(ctx, shield(args))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """`--help`, with its help worded in the language of this run."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = say("cli.opt-help", language(ctx))
        return option

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Usage, what the command does, its options, an example to copy."""
        lang = language(ctx)
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, say("cli.usage", lang))
        with formatter.indentation():
            for line in say(f"cli.{self.name}-help", lang).splitlines():
                formatter.write_paragraph()
                formatter.write_text(line)
        shown = [p for p in self.get_params(ctx) if isinstance(p, click.Option)]
        records = [record for p in shown if (record := p.get_help_record(ctx)) is not None]
        with formatter.section(say("cli.options", lang)):
            formatter.write_dl(records)


def option(*names: str, **settings: Any) -> Callable[[F], F]:
    """`click.option` with our Option."""
    return click.option(*names, cls=Option, **settings)


def output_option() -> Callable[[F], F]:
    """`-o FILE`."""
    return option("-o", "--output", type=click.Path(path_type=Path, allow_dash=False), metavar="FILE")


def format_of(output: Path | None, *formats: str) -> str | None:
    """The format that the ending of a file names; None where there is no file, or no ending.

    Raises:
        UsageError: an ending that is none of these formats', before anything is written.
    """
    if output is None or not output.suffix:
        return None
    endings = {ending: name for ending, name in ENDINGS.items() if name in formats}
    found = endings.get(output.suffix.lower())
    if found is None:
        text = words("unknown-ending", ending=output.suffix, endings=" ".join(endings))
        raise click.UsageError(text, click.get_current_context())
    return found


def json_option() -> Callable[[F], F]:
    """`--json`."""
    return option("--json", "as_json", is_flag=True)


def function_option() -> Callable[[F], F]:
    """`--function F=G`, as a dictionary."""
    return option("--function", "functions", multiple=True, metavar="F=G", callback=pairs)


def change_options(function: F) -> F:
    """`--swap F=G` and `--depth N`: the same chain, changed."""
    function = option("--depth", type=int, metavar="N")(function)
    return option("--swap", multiple=True, metavar="F=G", callback=pairs)(function)


def common(function: F) -> F:
    """`--lang`, `--templates` and `-q`, which every command has."""
    function = option("-q", "--quiet", is_flag=True)(function)
    folder = click.Path(exists=True, file_okay=False, path_type=Path)
    function = option("--templates", type=folder, metavar="DIR")(function)
    return option("--lang", type=click.Choice(LANGUAGES))(function)


def pairs(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """`NAME=VALUE` options as a dictionary, in the order given."""
    found: dict[str, str] = {}
    for text in values:
        name, equals, value = text.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise click.BadParameter(words("not-a-pair", text=text), ctx, param)
        found[name.strip()] = value.strip()
    return found
