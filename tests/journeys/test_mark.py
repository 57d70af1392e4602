"""`symgrad mark`: as argument, from a file, from standard input, at the prompt; and `grade`."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.helpers import EXAMPLES, symgrad

NIELSEN = EXAMPLES / "nielsen.chain"
MARK = ("mark", NIELSEN, "--wrt", "b_1")
RIGHT = "s'(z1) w2 s'(z2) w3 s'(z3) w4 s'(z4) dC/da4"
MISSING = "s'(z1) w2 s'(z2) s'(z3) w4 s'(z4) dC/da4"
LATEX = r"\sigma'(z_1)\, w_2 \sigma'(z_2) w_3 \sigma'(z_3) w_4 \sigma'(z_4)\,(a_4-y)"


@pytest.mark.parametrize(
    ("answer", "code", "slip"),
    [
        (RIGHT, 0, None),
        (LATEX, 0, None),
        ("-σ′(z₁) w₂ σ′(z₂) w₃ σ′(z₃) w₄ σ′(z₄) (y − a₄)", 0, None),
        (MISSING, 1, "missing-factor"),
        (RIGHT + " a_2", 1, "extra-factor"),
        (RIGHT.replace("s'(z2)", "s(z2)"), 1, "function-for-derivative"),
        ("-" + RIGHT, 1, "wrong-sign"),
        (RIGHT.replace("w2", "ω2"), 4, None),
    ],
)
def test_an_answer_as_argument(answer: str, code: int, slip: str | None) -> None:
    done = symgrad(*MARK, answer, "--json")
    assert done.returncode == code, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert set(found) == {"verdict", "mistakes", "points", "reading", "evidence"}
    assert (slip is None) or [m["name"] for m in found["mistakes"]] == [slip]


def test_from_a_file_and_from_standard_input(tmp_path: Path) -> None:
    place = tmp_path / "answer.txt"
    place.write_text(MISSING + "\n", encoding="utf-8")
    assert symgrad(*MARK, "--answer-file", place).returncode == 1
    assert symgrad(*MARK, "-", stdin=RIGHT + "\n").returncode == 0
    assert symgrad(*MARK, RIGHT, "--answer-file", place).returncode == 2


def test_the_prompt_asks_hints_and_ends_when_it_is_right() -> None:
    done = symgrad(*MARK, stdin=f"{MISSING}\nh\nh\nh\n{RIGHT}\nnever read\n")
    assert done.returncode == 0, done.stderr
    text = done.stdout
    assert text.startswith("∂C/∂b₁ = ?")
    assert "w₃" in text
    assert (
        text.count("Hint 1 of 3") == 1 and text.count("Hint 2 of 3") == 1 and text.count("Hint 3 of 3") == 1
    )
    assert "No more hints" in text
    assert text.count("> ") == 5


def test_the_prompt_ends_with_the_input() -> None:
    assert symgrad(*MARK, stdin=f"{MISSING}\n").returncode == 1
    assert symgrad(*MARK, stdin="").returncode == 2


def test_feedback_in_chinese() -> None:
    done = symgrad(*MARK, MISSING, "--lang", "zh", "--hint", "3")
    assert done.returncode == 1
    assert "少" in done.stdout and "w₃" in done.stdout


def test_a_small_class(tmp_path: Path) -> None:
    (tmp_path / "nielsen.chain").write_bytes(NIELSEN.read_bytes())
    (tmp_path / "sheet.yaml").write_text(
        "title: sheet\nquestions:\n  - {id: q1, chain: nielsen.chain, wrt: b_1, points: 4}\n"
        '  - {id: q2, answer: "sigma(z)*(1 - sigma(z))", functions: {sigma: sigmoid}, points: 1}\n',
        encoding="utf-8",
    )
    with open(tmp_path / "answers.csv", "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["student", "question", "answer"])
        for number in range(15):
            rows.writerow([f"s{number}", "q1", RIGHT if number % 2 else MISSING])
            rows.writerow([f"s{number}", "q2", "sigma'(z)" if number % 3 else "sigma(z)"])
    done = symgrad("grade", "sheet.yaml", "answers.csv", "-o", "results.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with open(tmp_path / "results.csv", encoding="utf-8-sig", newline="") as file:
        results = list(csv.DictReader(file))
    assert ",".join(results[0]) == "student,question,verdict,points,mistakes,reading,evidence,status"
    assert [(r["student"], r["question"]) for r in results] == [
        (f"s{n}", q) for n in range(15) for q in ("q1", "q2")
    ]
    verdicts = {r["verdict"] for r in results}
    assert verdicts == {"correct", "incorrect"}
    assert results[2]["points"] == "4" and "missing-factor" in results[0]["mistakes"]
