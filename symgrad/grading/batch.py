"""A table of answers -> a table of marks, row by row in the order of the input."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from symgrad.errors import InputError, Where
from symgrad.grading.assignment import Assignment, Item
from symgrad.grading.marking import mark
from symgrad.values.mark import Mark

STUDENT = ("student", "student_id", "id", "name", "学号", "学生", "姓名")
QUESTION = ("question", "question_id", "q", "题号", "题目")
ANSWER = ("answer", "response", "text", "答案", "作答")
COLUMNS = ("student", "question", "verdict", "points", "mistakes", "reading", "evidence", "status")


@dataclass(frozen=True, slots=True)
class Row:
    """One answer of one student."""

    student: str
    question: str
    answer: str
    line: int


@dataclass(frozen=True, slots=True)
class Result:
    """A row with what became of it; `mark` is None where a person marks. status: done, manual or person."""

    row: Row
    mark: Mark | None
    status: str
    points: str = ""


def read_answers(text: str, name: str, assignment: Assignment) -> list[Row]:
    """Rows of student, question, answer; or one row a student with a column for each question id.

    Raises:
        InputError: no header that can be understood, a question nobody asked; with its line.
    """
    reader = csv.reader(io.StringIO(text))
    table = [(cells, reader.line_num) for cells in reader if any(cell.strip() for cell in cells)]
    if not table:
        raise InputError("answers-empty", Where(name))
    header = [cell.strip().lower() for cell in table[0][0]]
    student = column(header, STUDENT)
    question, answer = column(header, QUESTION), column(header, ANSWER)
    ids = {item.id.lower(): item.id for item in assignment.items}
    wide = [(i, ids[cell]) for i, cell in enumerate(header) if cell in ids]
    if student is None or ((question is None or answer is None) and not wide):
        raise InputError(
            "answers-header", Where(name, 1, 1, text.split("\n")[0][:200]), columns=", ".join(header)
        )
    rows: list[Row] = []
    for cells, line in table[1:]:
        padded = [*cells, *[""] * (len(header) - len(cells))]
        if question is not None and answer is not None:
            asked = ids.get(padded[question].strip().lower())
            if asked is None:
                where = Where(name, line, 1, ",".join(cells)[:200])
                raise InputError("answers-question", where, id=padded[question], ids=", ".join(ids.values()))
            rows.append(Row(padded[student].strip(), asked, padded[answer], line))
        else:
            rows.extend(Row(padded[student].strip(), id, padded[i], line) for i, id in wide)
    return rows


def answered_twice(rows: Iterable[Row]) -> list[tuple[str, str, tuple[int, ...]]]:
    """(student, question, lines) wherever a student answers a question more than once."""
    lines: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        lines.setdefault((row.student, row.question), []).append(row.line)
    return [(*key, tuple(found)) for key, found in lines.items() if len(found) > 1]


def column(header: Sequence[str], names: Sequence[str]) -> int | None:
    """The place of the first column with one of the names."""
    return next((header.index(name) for name in names if name in header), None)


def grade_rows(assignment: Assignment, rows: Sequence[Row]) -> Iterator[Result]:
    """Mark every row; equal answers to one question are marked once."""
    known: dict[tuple[str, str], Mark] = {}
    for row in rows:
        item = assignment.item(row.question)
        assert item is not None
        yield grade_row(item, row, known)


def grade_row(item: Item, row: Row, known: dict[tuple[str, str], Mark]) -> Result:
    """One row."""
    if item.question is None:
        return Result(row, None, "manual")
    key = (item.id, row.answer.strip())
    if key not in known:
        known[key] = mark(item.question, row.answer)
    found = known[key]
    status = "done" if found.points is not None else "person"
    return Result(row, found, status, number(found.points))


def number(points: object) -> str:
    """1, 0.5 or 1/3."""
    if points is None:
        return ""
    from fractions import Fraction

    value = Fraction(str(points))
    if value.denominator == 1:
        return str(value.numerator)
    decimal = f"{float(value):.4f}".rstrip("0")
    return decimal if Fraction(decimal) == value else str(value)


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def records(results: Sequence[Result], words: Sequence[str]) -> Iterator[dict[str, str]]:
    """The long table: one record a result; `words` is the evidence of each, already worded."""
    for result, evidence in zip(results, words, strict=True):
        found = result.mark
        mistakes = [{"name": m.name, "detail": m.detail} for m in found.mistakes] if found else []
        yield {
            "student": safe(result.row.student),
            "question": safe(result.row.question),
            "verdict": found.verdict if found else "",
            "points": result.points,
            "mistakes": json.dumps(mistakes, ensure_ascii=False) if mistakes else "",
            "reading": safe(found.reading) if found else "",
            "evidence": safe(evidence),
            "status": result.status,
        }


def to_csv(results: Sequence[Result], words: Sequence[str]) -> str:
    """The long results as CSV text."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(records(results, words))
    return out.getvalue()
