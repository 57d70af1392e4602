"""`symgrad mark`: mark one answer; without an answer it asks, and hints on `h`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symgrad.cli import options as o
from symgrad.cli.language import language, words
from symgrad.cli.output import emit, encoding_of, show
from symgrad.cli.source import read_chain, read_text

if TYPE_CHECKING:
    from symgrad.api import Mark, Question

EXIT = {"correct": 0, "incorrect": 1, "undecided": 3, "unreadable": 4}
LEVELS = 3


@click.command("mark", cls=o.Command)
@click.argument("chain")
@click.argument("answer", required=False, type=o.Mathematics())
@o.option("--wrt", required=True, metavar="NAME", type=o.Mathematics(), help="opt-mark-wrt")
@o.option("--answer-file", type=click.Path(path_type=Path), metavar="FILE")
@o.option("--hint", type=click.IntRange(1, LEVELS), default=1, metavar="1..3")
@o.option("--explain", is_flag=True)
@o.json_option()
@o.common
def command(
    chain: str,
    answer: str | None,
    wrt: str,
    answer_file: Path | None,
    hint: int,
    explain: bool,
    as_json: bool,
    lang: str | None,
    templates: Path | None,
    quiet: bool,
) -> int:
    """Mark the answer given, or ask for one."""
    from symgrad.api import Question

    if answer_file is not None and answer is not None:
        raise click.UsageError(words("two-answers"), click.get_current_context())
    if chain == "-" and answer in (None, "-") and answer_file is None:
        raise click.UsageError(words("one-input"), click.get_current_context())
    question = Question(read_chain(chain), wrt=wrt)
    printer = Printer(as_json, explain, templates)
    if answer_file is not None:
        answer = read_text(str(answer_file), str(answer_file)).strip()
    elif answer == "-":
        answer = read_text("-", "<answer>").strip()
    if answer is None:
        return Dialogue(question, printer, hint).run()
    mark = question.mark(answer)
    printer.mark(mark, hint)
    return EXIT[mark.verdict]


@dataclass(frozen=True, slots=True)
class Printer:
    """How marks are printed in this run."""

    as_json: bool
    explain: bool
    templates: Path | None

    def mark(self, mark: Mark, hint: int, prompt: bool = False) -> None:
        """The whole mark, with hints up to a level; at the prompt `h` brings the next."""
        settings: Any = {"hint": hint, "explain": self.explain, "templates": self.templates, "prompt": prompt}
        format_ = "json" if self.as_json else "text"
        emit(mark.to(format_, lang=language(), encoding=encoding_of(None), **settings))

    def hint(self, mark: Mark, level: int) -> None:
        """One more hint."""
        text = mark.feedback(language(), hint=level, encoding=encoding_of(None))
        show(f"  {words('hint', number=level, of=LEVELS)}{text}\n")


class Dialogue:
    """Asks until the answer is right or the person has had enough; nothing has to be quoted for a shell."""

    def __init__(self, question: Question, printer: Printer, hint: int) -> None:
        self.question, self.printer, self.first = question, printer, hint
        self.level = hint
        self.mark: Mark | None = None

    def run(self) -> int:
        """Ask, mark, hint; the exit code is that of the last answer, 2 if there was none."""
        show(words("ask", question=self.question.asked(encoding_of(None))) + "\n")
        while (line := self.read()) is not None:
            if line.lower() in ("q", "quit", "exit"):
                break
            if line.lower() in ("h", "hint", "?") and self.mark is not None:
                self.more()
            elif line:
                self.judge(line)
                if self.mark is not None and self.mark.verdict == "correct":
                    break
        if self.mark is None:
            raise click.UsageError(words("no-answer"), click.get_current_context())
        return EXIT[self.mark.verdict]

    def read(self) -> str | None:
        """The next line, or None at the end of the input."""
        show("> ")
        line = sys.stdin.readline()
        if not line:
            show("\n")
            return None
        return line.strip()

    def judge(self, answer: str) -> None:
        """Mark an answer; a new slip starts with the first hint again."""
        self.mark = self.question.mark(answer)
        self.level = self.first
        self.printer.mark(self.mark, self.level, prompt=True)

    def more(self) -> None:
        """The next hint on the last answer."""
        assert self.mark is not None
        if self.mark.verdict != "incorrect" or not self.mark.mistakes or self.level >= LEVELS:
            show(f"  {words('no-more-hints')}\n")
            return
        self.level += 1
        self.printer.hint(self.mark, self.level)
