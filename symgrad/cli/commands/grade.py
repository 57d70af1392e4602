"""`symgrad grade`: mark a class."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from symgrad.cli import options as o
from symgrad.cli.language import language, words
from symgrad.cli.output import show
from symgrad.phrases import say


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

    refuse(output, (assignment, answers))
    results = grade(assignment, answers, lang=lang)
    refuse(output, results.files)
    write_file(output, results.to("csv"))
    if not quiet:
        show(words("graded", count=len(results), path=output) + "\n")
        for student, question, lines in results.twice():
            where = (", " if language() == "en" else "、").join(map(str, lines))
            fields = {"path": answers, "student": student, "question": question, "lines": where}
            show(say("feedback.answered-twice", language(), **fields) + "\n", sys.stderr)
    return 0


def refuse(output: Path, inputs: Iterable[Path]) -> None:
    """A usage error where the results would overwrite what they are made from."""
    if any(os.path.realpath(output) == os.path.realpath(path) or same(output, path) for path in inputs):
        raise click.UsageError(
            say("feedback.output-is-input", language(), path=output), click.get_current_context()
        )


def same(left: Path, right: Path) -> bool:
    """Whether two paths are one file, by hard links too."""
    return left.exists() and right.exists() and left.samefile(right)
