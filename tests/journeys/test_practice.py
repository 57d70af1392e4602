"""symgrad practice: asks from the last layer on, hints only on demand, answers only when confirmed."""

from __future__ import annotations

import pytest

from symgrad.api import Chain
from symgrad.repl.practice import order
from tests.helpers import EXAMPLES, symgrad

CHAIN = EXAMPLES / "nielsen.chain"
B4 = "σ′(z₄)"


def practise(typed: str, *options: str) -> str:
    done = symgrad("practice", CHAIN, *options, stdin=typed)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_questions_go_from_the_last_layer_to_the_first_the_bias_before_the_weight() -> None:
    assert order(Chain.read(CHAIN)) == ("b_4", "w_4", "b_3", "w_3", "b_2", "w_2", "b_1", "w_1")


def test_a_right_answer_goes_on_to_the_next_question() -> None:
    out = practise("s'(z4)(a4-y)\nq\n")
    assert "1 of 8   ∂C/∂b₄" in out and "correct" in out and "2 of 8   ∂C/∂w₄" in out
    assert "solved 1 of 1" in out


def test_hints_come_only_when_asked_for_and_end_after_three() -> None:
    out = practise("s'(z4)\n")
    assert "incorrect" in out and "Hint" not in out and "a₄ − y" not in out
    out = practise("s'(z4)\nh\nh\nh\nh\n")
    assert [f"Hint {i} of 3" in out for i in (1, 2, 3)] == [True] * 3 and "No more hints" in out
    assert "hints used: 3" in out


def test_the_answer_is_shown_only_when_it_is_asked_for_and_confirmed() -> None:
    assert B4 not in practise("?\nh\nanswer\nn\nq\n")
    out = practise("answer\ny\nq\n")
    assert f"∂C/∂b₄ = {B4} (a₄ − y)" in out and "2 of 8" in out and "solved 0 of 0" in out


@pytest.mark.parametrize("typed", ["", "q\n", "s\n" * 8, "\n\n", "s'(z4"])
def test_it_ends_in_a_summary_however_the_input_ends(typed: str) -> None:
    assert "solved 0 of" in practise(typed)


def test_chinese() -> None:
    out = practise("s'(z4)\nh\nq\n", "--lang", "zh")
    assert "第 1 题，共 8 题" in out and "提示 1/3" in out and "做对 0 题" in out
