"""Assignments and batches: answers in, results in the same order out; every slip in a file has its place."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from symgrad.api import grade
from symgrad.errors import SymgradError
from tests.helpers import EXAMPLES, symgrad

ASSIGNMENT = """title: Vanishing gradients, sheet 3
language: {lang}
hint: 3
questions:
  - id: q1
    chain: nielsen.chain
    wrt: b_1
    points: 4
    rubric: {{missing-factor: {{each: -1, max: -2}}, wrong-sign: -1}}
  - id: q2
    answer: sigma(z)*(1 - sigma(z))
    functions: {{sigma: sigmoid}}
    points: 1
  - {{id: q3, manual: true, points: 5}}
"""
GOLD = "s'(z1) w2 s'(z2) w3 s'(z3) w4 s'(z4) dC/da4"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "nielsen.chain").write_text((EXAMPLES / "nielsen.chain").read_text("utf-8"), "utf-8")
    (tmp_path / "sheet.yaml").write_text(ASSIGNMENT.format(lang="zh"), "utf-8")
    rows = ["student,question,answer"]
    answers = [GOLD, GOLD.replace("w3 ", ""), "-" + GOLD, "=cmd()", "", "omega_3"]
    for i in range(15):
        rows.append(f'S{i},q1,"{answers[i % 6]}"')
        rows.append(f'S{i},q2,"{["sigma(z)-sigma(z)^2", "1-sigma(z)"][i % 2]}"')
    (tmp_path / "answers.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return tmp_path


def table(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "results.csv").read_text("utf-8"))))


def test_a_class_of_thirty_answers(folder: Path) -> None:
    done = symgrad("grade", "sheet.yaml", "answers.csv", "-o", "results.csv", cwd=folder)
    assert done.returncode == 0, done.stderr
    rows = table(folder)
    assert len(rows) == 30
    assert list(rows[0]) == [
        "student",
        "question",
        "verdict",
        "points",
        "mistakes",
        "reading",
        "evidence",
        "status",
    ]
    assert [r["student"] for r in rows[::2]] == [f"S{i}" for i in range(15)]
    by = {(r["student"], r["question"]): r for r in rows}
    assert (by["S0", "q1"]["verdict"], by["S0", "q1"]["points"]) == ("correct", "4")
    assert (by["S1", "q1"]["verdict"], by["S1", "q1"]["points"]) == ("incorrect", "3")
    assert "missing-factor" in by["S1", "q1"]["mistakes"] and "w₃" in by["S1", "q1"]["evidence"]
    assert by["S2", "q1"]["points"] == "3"
    for student in ("S3", "S4", "S5"):
        assert (by[student, "q1"]["verdict"], by[student, "q1"]["points"], by[student, "q1"]["status"]) == (
            "unreadable",
            "",
            "person",
        )
    assert by["S1", "q2"]["mistakes"].startswith('[{"name": "missing-factor"')
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_one_column_for_each_question_and_manual_ones_wait(folder: Path) -> None:
    text = 'student,q1,q3\nA,"' + GOLD + '",an essay\nB,"w2",none\n'
    (folder / "wide.csv").write_text(text, "utf-8")
    results = list(grade(folder / "sheet.yaml", folder / "wide.csv"))
    assert [(r.row.student, r.row.question, r.status) for r in results] == [
        ("A", "q1", "done"), ("A", "q3", "manual"), ("B", "q1", "done"), ("B", "q3", "manual"),
    ]  # fmt: skip


BAD = [
    ("questions:\n  - id: q1\n    wert: b_1\n", "3:5", "unknown key wert; did you mean wrt"),
    ("questions:\n  - id: q1\n    chain: nielsen.chain\n    wrt: b_9\n", "", "b_9"),
    ("questions:\n  - id: q1\n    chain: missing.chain\n    wrt: b_1\n", "3:12", "missing.chain"),
    ("questions:\n  - id: q1\n    answer: sigma(z\n", "", "partner"),
    (
        "questions:\n  - id: q1\n    answer: z\n    rubric: {missing-facter: -1}\n",
        "4:14",
        "did you mean missing-factor",
    ),
    ("questions:\n  - id: q1\n    answer: z\n    points: many\n", "4:13", "not many"),
    ("questions: []\n", "1:12", "list of questions"),
    ("title: x\n", "1:1", "list of questions"),
    ("questions:\n  - id: q1\n    answer: z\n  - id: q1\n    answer: z\n", "4:5", "twice"),
    ("questions:\n  - id: [\n", "", "YAML"),
    ("questions:\n  - id: q1\n", "2:5", "asks nothing"),
    ("questions:\n  - just text\n", "2:5", "must map keys"),
    ("questions:\n  - id: q1\n    answer: z\n    functions: sigmoid\n", "4:16", "functions must map"),
    ("hello\n", "1:1", "assignment must map keys to values; an assignment needs a list of questions"),
    ("- q1\n- q2\n", "1:1", "must map keys to values; an assignment needs"),
    ("language: fr\nquestions: []\n", "1:11", "fr"),
]


@pytest.mark.parametrize(("text", "place", "message"), BAD, ids=[message for _, _, message in BAD])
def test_a_bad_assignment_says_where(folder: Path, text: str, place: str, message: str) -> None:
    (folder / "bad.yaml").write_text(text, "utf-8")
    with pytest.raises(SymgradError) as caught:
        grade(folder / "bad.yaml", folder / "answers.csv")
    assert message in str(caught.value)
    if place:
        assert f"bad.yaml:{place}:" in str(caught.value)
    done = symgrad("grade", "bad.yaml", "answers.csv", "-o", "results.csv", cwd=folder)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert not (folder / "results.csv").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no answers"),
        ("a,b\n1,2\n", "must name the columns"),
        ("student,question,answer\nA,q9,z\n", "no question q9"),
    ],
)
def test_bad_answers_say_where(folder: Path, text: str, message: str) -> None:
    (folder / "bad.csv").write_text(text, "utf-8")
    with pytest.raises(SymgradError, match=message):
        grade(folder / "sheet.yaml", folder / "bad.csv")


@pytest.mark.parametrize("output", ["answers.csv", "./sheet.yaml", "nielsen.chain", "linked.csv"])
def test_the_results_never_overwrite_an_input(folder: Path, output: str) -> None:
    (folder / "linked.csv").symlink_to(folder / "answers.csv")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = symgrad("grade", "sheet.yaml", "answers.csv", "-o", output, cwd=folder)
    assert done.returncode == 2 and "one of the inputs" in done.stderr and "Traceback" not in done.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_two_answers_to_one_question_are_both_marked_and_named(folder: Path) -> None:
    text = f'student,question,answer\nA,q1,"{GOLD}"\nB,q2,z\nA,q1,w_2\nB,q1,w_2\n'
    (folder / "twice.csv").write_text(text, "utf-8")
    run = ("grade", "sheet.yaml", "twice.csv", "-o", "results.csv")
    done = symgrad(*run, "--lang", "en", cwd=folder)
    assert done.returncode == 0 and len(table(folder)) == 4
    assert done.stderr.strip() == (
        "twice.csv: A answered q1 more than once, in lines 2, 4; every line was marked"
    )
    assert "第 2、4 行" in symgrad(*run, "--lang", "zh", cwd=folder).stderr
    quiet = symgrad(*run, "-q", cwd=folder)
    assert quiet.returncode == 0 and not quiet.stderr and not quiet.stdout
    results = grade(folder / "sheet.yaml", folder / "twice.csv")
    assert results.twice() == [("A", "q1", (2, 4))]
    assert {path.name for path in results.files} == {"sheet.yaml", "twice.csv", "nielsen.chain"}


def test_a_person_is_spoken_of_in_class_results_only(folder: Path) -> None:
    (folder / "hard.csv").write_text("student,question,answer\nA,q1,1/0\n", "utf-8")
    row = next(csv.DictReader(io.StringIO(grade(folder / "sheet.yaml", folder / "hard.csv", lang="en").to())))
    assert (row["verdict"], row["points"], row["status"]) == ("undecided", "", "person")
    assert (
        row["evidence"].startswith("Your answer is with a person now")
        and "divides by zero" in row["evidence"]
    )
