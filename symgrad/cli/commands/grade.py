"""`symgrad grade`: mark a class."""

from __future__ import annotations

from pathlib import Path

import click

from symgrad.cli import options as o
from symgrad.cli.language import words
from symgrad.cli.output import show


@click.command("grade", cls=o.Command)
@click.argument("assignment", type=click.Path(path_type=Path))
@click.argument("answers", type=click.Path(path_type=Path))
@o.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="RESULTS", required=True, help="opt-results"
)
@o.common
def command(
    assignment: Path,
    answers: Path,
    output: Path,
    lang: str | None,
    templates: Path | None,
    quiet: bool,
) -> int:
    """Mark every row; exit 0 whatever the verdicts. Without `--lang` the assignment's own language holds."""
    from symgrad.api import grade
    from symgrad.cli.output import write_file

    results = grade(assignment, answers, lang=lang)
    write_file(output, results.to("csv"))
    if not quiet:
        show(words("graded", count=len(results), path=output) + "\n")
    return 0
