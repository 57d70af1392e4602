"""Notes: numbers recomputed independently, sections where they belong, both languages, all formats."""

from __future__ import annotations

import json
import math
from functools import cache

import pytest

from symgrad.lessons.note import Note, note
from symgrad.rendering.render import Target, render_note
from tests.lessons.chains import DEPTHS, example, inputs, network
from tests.rendering.viewer import check

NAMES = ("nielsen", "linear", "sigmoid3", "relu3")


@cache
def made(name: str) -> Note:
    return note(inputs(example(name), (lambda *_: DEPTHS) if name == "nielsen" else None))


def text(name: str, lang: str = "en", format: str = "text") -> str:
    return render_note(made(name).document, Target(format, lang))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", NAMES)
def test_every_formula_is_seen_and_valid(name: str, lang: str) -> None:
    assert check(render_note(made(name).document, Target("markdown", lang))) > 25
    assert check(render_note(made(name).answers, Target("markdown", lang))) > 3


def test_nielsen_in_chinese_reads_like_a_handout() -> None:
    page = text("nielsen", "zh", "markdown")
    assert page.startswith("# 梯度为什么会消失：四个神经元串成一条链\n")
    headings = [line for line in page.splitlines() if line.startswith("## ")]
    assert [h.split("\u3000")[1].split("（")[0] for h in headings] == [
        "前向传播", r"求 $\partial C/\partial b_1$", "它有多小", "算一个例子", "练习",
    ]  # fmt: skip
    for words in ("代价", "带权输入", "激活值", "只有一条路径", "**前提不能省。**", "$25^2 = 625$", "学习率"):
        assert words in page
    for empty in ("显然", "易得", "损失"):
        assert empty not in page
    assert r"| $a_{j-1} \to z_j$ | $w_j$ |" in page
    assert r"z_j = w_j a_{j-1} + b_j,\qquad a_j = \sigma(z_j)\quad (1 \le j \le 4)" in page


def test_the_table_of_nielsen_is_right() -> None:
    """Against a forward and backward pass written here, in floats."""
    a, slopes = [0.5], []
    for _ in range(4):
        s = 1 / (1 + math.exp(-a[-1]))
        a.append(s)
        slopes.append(s * (1 - s))
    gradient, rows = a[4], []
    for j in (4, 3, 2, 1):
        gradient *= slopes[j - 1]
        rows.append((j, a[j], slopes[j - 1], gradient))
    shown = [
        [float(cell) for cell in line.strip("| ").split("|")]
        for line in text("nielsen", format="markdown").splitlines()
        if line[:3] in ("| 4", "| 3", "| 2", "| 1")
    ]
    assert len(shown) == 4
    for row, right in zip(shown, rows, strict=True):
        assert all(math.isclose(x, y, rel_tol=5e-5) for x, y in zip(row, right, strict=True))


def test_the_assumption_stands_beside_the_bound_and_its_failure_below() -> None:
    page = text("nielsen")
    bound, failure = page.index("≤ 1/16"), page.index("cannot be dropped")
    assert page.index("|w₂| ≤ 1, |w₃| ≤ 1") > bound and bound < failure < page.index("An example")


def test_a_bound_that_is_not_proved_is_not_printed() -> None:
    for verdict in ("undecided", "refuted"):
        found = note(inputs(example("nielsen"), verdict=verdict))
        page = render_note(found.document, Target())
        assert "≤ 1/16" not in page and "|∂C/∂b₁| = |σ′(z₁) w₂ σ′(z₂) w₃|" in page
        assert "1/64" not in render_note(found.answers, Target())


@pytest.mark.parametrize("name", NAMES)
def test_what_a_note_claims_is_proved(name: str) -> None:
    """With the real prover the note is the same as with one that always agrees."""
    net = example(name)
    assert note(inputs(net, verdict=None)) == note(inputs(net))


def test_depths_are_those_handed_in() -> None:
    assert "to 12 layers" in text("nielsen") and "float64: 499" in text("nielsen")
    assert "float16" not in text("sigmoid3")


def test_a_shared_bias_sums_three_paths_and_has_no_quarter() -> None:
    page = text("linear")
    assert "along three paths" in page and "b → y₁ → y₂ → y₃ → L" in page
    assert "1/4" not in page and "sigma" not in page
    assert "|∂L/∂b| ≤ 3 |∂L/∂y₃|" in page.replace(" · ", " ")
    assert "loss" in page and "cost" not in page
    assert "= 7" in page and "= 0: the paths cancel" in page


def test_a_relu_chain_names_its_kinks_and_closes_a_gate() -> None:
    page = text("relu3")
    assert "where zⱼ ≠ 0" in page and "1/4" not in page and "At the kink" in page
    rows = [
        line.split() for line in page.splitlines() if line.strip()[:1].isdigit() and len(line.split()) == 5
    ]
    assert [row[-1] for row in rows] == ["2", "2", "0", "0"]


def test_titles_tell_the_notes_apart() -> None:
    titles = {
        render_note(made(name).document, Target("text", lang)).splitlines()[0]
        for name in NAMES
        for lang in ("en", "zh")
    }
    assert len(titles) == 2 * len(NAMES)


def test_answers_stand_apart_and_are_right() -> None:
    page = render_note(made("nielsen").answers, Target())
    assert "∂C/∂w₃ = a₂ σ′(z₃) w₄ σ′(z₄) (a₄ − y)" in page
    assert "1/64" in page and "1/64" not in text("nielsen")
    linear = render_note(made("linear").answers, Target())
    assert "7/4" in linear and "∂L/∂b₁ = w₂ w₃ (y₃ − y)" in linear


def test_a_full_note_lists_all_gradients() -> None:
    full = render_note(note(inputs(example("nielsen")), "full").document, Target("markdown"))
    assert r"| $\partial C/\partial w_4$ |" in full and check(full) > 40
    assert "All gradients" not in text("nielsen")


@pytest.mark.parametrize(
    ("chain", "words"),
    [
        (
            "sigma = tanh\nfor j in 1..3:\n  z_j = w_j a_{j-1} + b_j\n  a_j = sigma(z_j)\nC = (a_3 - y)^2\n",
            "tanh",
        ),
        ("for j in 1..3:\n    z_j = w_j a_{j-1} + b_j\n    a_j = sigma(z_j)\nC = (a_3 - y)^2\n", "left open"),
        ("for j in 1..3:\n    a_j = w_j a_{j-1} + b_j\nE = (a_3 - y)^2/2\n", "No function stands"),
        (
            "sigma = sigmoid\nfor j in 1..3:\n  z_j = w a_{j-1} + b\n  a_j = sigma(z_j)\nC = (a_3 - y)^2\n",
            "paths",
        ),
        ("z = w x + b\na = sigmoid(z)\nL = (a - y)^2/2\n", "Only one path"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_other_chains_have_notes_too(chain: str, words: str, lang: str) -> None:
    made = note(inputs(network(chain)))
    page = render_note(made.document, Target("markdown", lang))
    assert check(page) > 5
    assert lang == "zh" or words in page
    assert render_note(made.answers, Target("latex", lang))


def test_note_json() -> None:
    out = json.loads(text("nielsen", format="json"))
    assert out["title"].startswith("Why the gradient vanishes")
    kinds = {block["kind"] for section in out["sections"] for block in section["blocks"]}
    assert kinds == {"paragraph", "formula", "table", "items"}
