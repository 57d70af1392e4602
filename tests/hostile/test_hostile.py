"""Answers that mean harm: none is ever correct, none runs, none takes more than the worker's limits."""

from __future__ import annotations

import os
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from symgrad.api import Chain, Question
from symgrad.grading import worker
from symgrad.grading.cost import light
from symgrad.notation.reader import read

CHAIN = Chain.parse("""\
sigma = sigmoid
for j in 1..4:
    z_j = w_j a_{j-1} + b_j
    a_j = sigma(z_j)
C = (a_4 - y)^2 / 2
""")
QUESTIONS = [
    Question(CHAIN, wrt="b_1"), Question(answer="sigma(z)*(1-sigma(z))"),
    Question(value="2", tolerance="1/10"),
    Question(CHAIN, bound="|dC/db_1| <= |dC/db_3|/16", given=["|w_j| <= 1"]),
]  # fmt: skip

CODE = [
    "__import__('os').system('touch pwned')", "().__class__.__bases__[0].__subclasses__()",
    "import os; os.abort()",
    "exec(open('/etc/passwd').read())", "lambda x: x", "while True: pass", "w_2.__class__", "f'{w_2}'",
    "[w for w in range(10)]", r"\input{/etc/passwd}", r"\write18{touch pwned}", r"\def\a{\a\a}\a",
]  # fmt: skip
UNREADABLE = [
    *CODE, "(" * 2000 + "1" + ")" * 1999, "(" * 100 + "1" + ")" * 100,
    r"\frac{1}{" * 300 + "1" + "}" * 300,
    "x+" * 500_000 + "x", "9" * 31, "9" * 1_000_000, "(100000000)!", "а_1 w_2", "w_2\0", "w_2 \u202e w_3",
    "{" * 3000, "😀" * 100, "\\" * 3999, "\ud800 w_2", "\t" * 3999, "\n" * 3999, "nan", "w_2" * 2000,
    "\n".join(f"q_{k + 1} = q_{k} q_{k}" for k in range(1, 60)) + "\nq_1 = 2\nq_60",
    "\n".join(f"q_{k + 1} = q_{k} + q_{k}" for k in range(1, 40)) + "\nq_1 = 2\nq_40",
    "1" + "/1" * 1900, r"\begin{cases}" * 200 + "1" + r"\end{cases}" * 200,
]  # fmt: skip
NEVER_CORRECT = [
    "9**9**9**9", "9^{9^{9^{9}}}", "2^{10^{10}}", "e^9^9^9", "0.8^100000", "1/0", "0/0",
    "2^4000*2^4000*2^4000",
    "(3+5+7)^64", "sum(sum(sum(sum(i+j+k+l,i,1,64),j,1,64),k,1,64),l,1,64)", "sqrt(2)+" * 300 + "1",
    "prod(3+k,k,1,1000000)", "+".join(f"sqrt({k})" for k in range(2, 150)),
]  # fmt: skip
HEAVY = [
    "(w_1+w_2+w_3+w_4+b_1+b_2+b_3+b_4)^64", "((w_1+w_2)^60+(w_3+w_4)^60)^60", "w_2^w_3^w_4^w_1",
    "prod(prod(prod(w_1+k+j+i,k,1,64),j,1,64),i,1,64)",
    "+".join(f"1/(w_1+{k}w_2+{k * k})" for k in range(1, 120)),
    "*".join(f"(1+abs(w_1-{k}))" for k in range(60)), "sigma(" * 60 + "w_1" + ")" * 60,
]  # fmt: skip


@pytest.mark.parametrize("text", UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_is_no_answer_is_unreadable(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for question in QUESTIONS:
        mark = question.mark(text)
        assert (mark.verdict, mark.points) == ("unreadable", None)
        assert dict(mark.value.problem)["en"] and dict(mark.value.problem)["zh"]
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("text", NEVER_CORRECT, ids=range(len(NEVER_CORRECT)))
def test_towers_and_floods_are_never_correct(text: str) -> None:
    for question in QUESTIONS:
        assert question.mark(text).verdict in ("incorrect", "undecided", "unreadable")


@pytest.mark.parametrize("text", HEAVY, ids=range(len(HEAVY)))
def test_heavy_answers_go_to_the_worker_and_come_back(text: str) -> None:
    assert not light(read(text))
    mark = QUESTIONS[0].mark(text)
    assert mark.verdict in ("incorrect", "undecided")


@pytest.mark.parametrize("text", ["ｗ_２ σ′（ｚ_１）", "𝑤_2 𝜎′(𝑧_1)"])
def test_full_width_and_mathematical_letters_are_read(text: str) -> None:
    assert QUESTIONS[0].mark(text).verdict == "incorrect"


# -- the worker itself --------------------------------------------------------------------------------


def endless(question: Any, answer: Any, tell: Any) -> None:
    tell("first")
    while answer == "loop":
        pass
    if answer == "memory":
        tell(len(bytearray(10**10)))
    if answer == "die":
        os._exit(3)
    tell("done")


def test_a_worker_that_takes_too_long_is_killed_and_what_it_said_is_kept() -> None:
    process = worker.Worker("a question", endless)
    started = monotonic()
    assert process.ask("loop", 0.2) == "first"
    assert monotonic() - started < 15 and not process.alive


def test_a_worker_is_used_again_and_survives_too_large_a_wish() -> None:
    process = worker.Worker("a question", endless)
    assert process.ask("fine", 10) == "done"
    assert process.ask("memory", 10) == "first"
    assert process.ask("fine", 10) == "done" and process.alive
    process.stop()


def test_a_worker_that_dies_is_replaced() -> None:
    first = worker.worker_for("a question", endless)
    assert first.ask("die", 10) == "first" and not first.alive
    assert worker.worker_for("a question", endless).ask("fine", 10) == "done"
    worker.close()
