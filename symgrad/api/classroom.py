"""Marking a class: an assignment and a table of answers in, a table of results out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from symgrad.api.chain import Chain
from symgrad.api.files import read_utf8
from symgrad.api.question import Mark, Question
from symgrad.errors import FileError, InputError, Where
from symgrad.grading.assignment import Assignment, read_assignment
from symgrad.grading.batch import Result, answered_twice, grade_rows, read_answers, to_csv
from symgrad.grading.question import Question as Asked
from symgrad.phrases import say


class Results:
    """The marks of a class, in the order of the answers."""

    def __init__(
        self, assignment: Assignment, results: list[Result], lang: str, files: Sequence[Path] = ()
    ) -> None:
        self.assignment, self.results, self.lang = assignment, results, lang
        self.files = tuple(files)
        """Every file that was read: the assignment, the answers, the chains."""

    def __len__(self) -> int:
        return len(self.results)

    def __iter__(self) -> Any:
        return iter(self.results)

    def twice(self) -> list[tuple[str, str, tuple[int, ...]]]:
        """(student, question, lines) for every question that a student answered more than once."""
        return answered_twice(result.row for result in self.results)

    def to(self, format: str = "csv") -> str:
        """The long table: student, question, verdict, points, mistakes, reading, evidence, status."""
        if format != "csv":
            raise InputError("unknown-format", Where("<format>"), format=format)
        return to_csv(self.results, [self.words(result) for result in self.results])

    def words(self, result: Result) -> str:
        """What a person needs beside the verdict: the feedback, or why it could not be read."""
        if result.mark is None:
            return ""
        if result.mark.verdict == "unreadable":
            return dict(result.mark.problem).get(self.lang, "").split("\n")[0]
        if result.mark.verdict == "correct" and not result.mark.remarks:
            return ""
        if result.mark.verdict == "undecided":
            parts = (say("documents.mark-undecided", self.lang), Mark(result.mark).feedback(self.lang))
            return ("" if self.lang == "zh" else " ").join(parts)
        return Mark(result.mark).feedback(self.lang, hint=self.assignment.hint)


def grade(
    assignment: str | Path,
    answers: str | Path,
    *,
    lang: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Results:
    """Mark every answer of a CSV file by an assignment file.

    Args:
        assignment: YAML; `chain:` names a file beside it or holds the text.
        answers: CSV with the columns student, question, answer; or student and a column for each question id.
        lang: the language of feedback; default the assignment's own, else English.
        progress: called with (done, all) after each row.

    Raises:
        InputError and its kin: with file, line and column.
    """
    path = Path(assignment)
    files = [path, Path(answers)]
    read = read_assignment(read_utf8(path), str(path), builder_beside(path.parent, files))
    rows = read_answers(read_utf8(answers), str(answers), read)
    results = []
    for result in grade_rows(read, rows):
        results.append(result)
        if progress is not None:
            progress(len(results), len(rows))
    return Results(read, results, lang or read.language or "en", files)


def builder_beside(folder: Path, files: list[Path]) -> Callable[..., Asked]:
    """A maker of questions that finds chain files beside the assignment, and adds them to `files`."""

    @lru_cache(maxsize=64)
    def chain_of(text: str) -> Chain:
        if "\n" in text or "=" in text:
            return Chain.parse(text)
        file = folder / text
        if not file.is_file():
            raise FileError("chain-beside", Where("<chain>"), path=text)
        files.append(file)
        return Chain.read(file)

    def build(**settings: Any) -> Asked:
        chain = settings.pop("chain", None)
        return Question(None if chain is None else chain_of(chain), **settings).question

    return build
