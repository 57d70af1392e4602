"""Whole documents: the derivation of a terminal, JSON keys, folds, bars, proofs, marks."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from symgrad.errors import display_width
from symgrad.notation.tree import Mul, Tree
from symgrad.rendering.render import Target, render_derivation, render_evaluation, render_mark, render_proof
from symgrad.values.mark import Mark
from tests.rendering import samples

TERMINAL = """\
∂C/∂b₁   one path:  b₁ → z₁ → a₁ → z₂ → a₂ → z₃ → a₃ → z₄ → a₄ → C

  1  z₁ = w₁ a₀ + b₁      ∂z₁/∂b₁ = 1           the bias enters with coefficient 1
  2  a₁ = σ(z₁)           ∂a₁/∂z₁ = σ′(z₁)      derivative of the activation
  3  z₂ = w₂ a₁ + b₂      ∂z₂/∂a₁ = w₂          only the weight on the path remains
  4  a₂ = σ(z₂)           ∂a₂/∂z₂ = σ′(z₂)      as in step 2
     … 5–8 repeat 3–4 for neurons 3 and 4         (--detail full)
  9  C = (a₄ − y)²/2      ∂C/∂a₄ = a₄ − y       derivative of the cost

  ∂C/∂b₁ = σ′(z₁) · w₂ σ′(z₂) · w₃ σ′(z₃) · w₄ σ′(z₄) · ∂C/∂a₄
  ∂C/∂b₁ = σ′(z₁) · w₂ σ′(z₂) · w₃ σ′(z₃) · w₄ σ′(z₄) · (a₄ − y)
  checked: an independent forward pass gives the same value at random points modulo 2⁶¹ − 1
"""


def test_the_terminal_shows_the_textbook_derivation() -> None:
    assert render_derivation(samples.nielsen(), Target(), checked=True) == TERMINAL


def test_columns_align_by_display_width_in_chinese() -> None:
    lines = render_derivation(samples.nielsen(), Target("text", "zh")).splitlines()
    rows = [line for line in lines if "∂" in line and line[:3].strip().isdigit()]
    reasons = ("偏置", "激活", "只留", "同第", "代价")
    columns = {display_width(r[: next(r.index(w) for w in reasons if w in r)]) for r in rows}
    assert len(rows) == 5 and len(columns) == 1


def test_full_detail_folds_nothing() -> None:
    text = render_derivation(samples.nielsen(), Target(), detail="full")
    assert "repeat" not in text and "as in step" not in text
    assert sum(line.strip()[:2].strip().isdigit() for line in text.splitlines()) == 10


def test_a_deep_chain_stays_readable() -> None:
    text = render_derivation(samples.nielsen(300), Target())
    assert "… 5–600 repeat 3–4 for neurons 3 to 300" in text
    assert "w₂ σ′(z₂) · w₃ σ′(z₃) · ⋯ · w₂₉₉ σ′(z₂₉₉) · w₃₀₀ σ′(z₃₀₀) · (a₃₀₀ − y)" in text
    assert len(text.splitlines()) < 15


def test_a_shared_parameter_adds_its_paths() -> None:
    text = render_derivation(samples.tied(), Target())
    assert "several paths" in text and "b acts through three nodes" in text
    assert "∂L/∂b = (1 + w₃ + w₂ w₃) (y₃ − t)" in text


@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
def test_a_poor_terminal_gets_what_it_can_show(encoding: str) -> None:
    for text in (
        render_derivation(samples.nielsen(), Target(encoding=encoding), checked=True),
        render_evaluation(samples.family(), Target(encoding=encoding)),
        render_evaluation(samples.exact_evaluation(), Target(encoding=encoding)),
        render_proof(samples.proved(), Target(encoding=encoding)),
        render_mark(samples.incorrect(), Target(encoding=encoding)),
    ):
        text.encode(encoding)
    assert "sigma'(z_1)" in render_derivation(samples.nielsen(), Target(encoding="ascii"))


def test_derivation_json() -> None:
    out = json.loads(render_derivation(samples.nielsen(), Target("json"), checked=True))
    assert list(out) == ["objective", "wrt", "result", "latex", "factors", "steps", "checked"]
    assert out["factors"][:3] == ["sigma'(z_1)", "w_2", "sigma'(z_2)"] and out["factors"][-1] == "dC/da_4"
    assert list(out["steps"][0]) == ["rule", "before", "after", "why", "conditions"]
    assert out["result"] == out["steps"][-1]["after"]
    assert out["checked"] is True
    several = json.loads(render_derivation([samples.nielsen(), samples.tied()], Target("json")))
    assert [d["wrt"] for d in several] == ["b_1", "b"]
    assert not {"dC/da_4"} & set(json.loads(render_derivation(samples.tied(), Target("json")))["factors"])


def test_an_overview_lists_all_and_explains_the_first() -> None:
    several = [samples.nielsen(start=j) for j in (1, 2, 3, 4)]
    text = render_derivation(several, Target(), overview=True)
    assert text.startswith("The gradients of C by every parameter (4):\n")
    assert "∂C/∂b₄ = σ′(z₄) (a₄ − y)" in text and text.count("one path:") == 1


def test_bars_over_the_layers() -> None:
    weights: dict[Tree, float] = {samples.n("w", 1): 1.0}
    depths = {"float16": 12, "float32": 70}
    lines = render_evaluation(samples.family(), Target(), values=weights, vanishing=depths).splitlines()
    assert lines[0].split() == ["layer", "j", "wⱼ", "σ′(zⱼ)", "∂C/∂bⱼ"]
    assert [line.split() for line in lines[1:5]] == [
        ["4", "0.2248", "0.14808", "█" * 20],
        ["3", "0.2253", "0.033362", "████▌"],
        ["2", "0.2273", "0.0075821", "█"],
        ["1", "0.2350", "0.0017818", "▎"],
    ]
    assert "float16 from n = 12, float32 from n = 70" in lines[5]


def test_an_unknown_weight_leaves_its_cell_open() -> None:
    assert render_evaluation(samples.family(), Target()).splitlines()[4].split()[1] == "–"


def test_one_gradient_factor_by_factor() -> None:
    text = render_evaluation(samples.exact_evaluation(), Target())
    assert text.startswith("∂C/∂b₁ = 15625/8   (exact)")
    assert text.count("= 25 ") == 3 and "w₂ = 100, σ′(z₂) = 1/4" in text and "= 1/4 " in text


def test_evaluation_json() -> None:
    out = json.loads(render_evaluation(samples.exact_evaluation(), Target("json")))
    assert out["values"] == {"dC/db_1": "15625/8"} and out["underflow"] == [] == out["overflow"]
    assert out["factors"][0] == {"factor": "sigma'(z_1)", "value": "1/4"}
    several = json.loads(render_evaluation(samples.family(), Target("json")))
    assert list(several["factors"]) == ["dC/db_1", "dC/db_2", "dC/db_3", "dC/db_4"]


def test_a_proof_names_what_it_used() -> None:
    text = render_proof(samples.proved(), Target())
    assert text.startswith("proved\n") and "used: |w₂| ≤ 1, |w₃| ≤ 1 (not needed: |w₁| ≤ 1)" in text
    assert "not re-checked" not in text


def test_a_refutation_says_what_would_save_it() -> None:
    text = render_proof(samples.refuted(), Target())
    assert text.startswith("refuted   at w₂ = 2, w₁ = 1, y = 0, z₁ = −1/2")
    assert '--given "|w_2 w_3| <= 1"' in text


def test_proof_json() -> None:
    out = json.loads(render_proof(samples.refuted(), Target("json")))
    assert list(out) == [
        "claim", "given", "verdict", "checked", "counterexample", "steps", "attained", "rescue", "method",
        "seconds",
    ]  # fmt: skip
    assert out["counterexample"] == {"w_2": "2", "w_1": "1", "y": "0", "z_1": "-1/2"}
    assert out["rescue"] == ["|w_2 w_3| <= 1"]


def test_hints_come_one_by_one() -> None:
    reading = Mul(samples.nielsen().factors)
    first = render_mark(replace(samples.incorrect(), answer=reading), Target(), hint=1)
    assert "I read   σ′(z₁) w₂ σ′(z₂)" in first
    assert "Hint 1 of 3:" in first and "Hint 2" not in first and "next hint" in first
    last = render_mark(samples.incorrect(), Target(), hint=3)
    assert "Hint 3 of 3:" in last and "next hint" not in last


@pytest.mark.parametrize(("verdict", "word"), [("correct", "correct"), ("undecided", "with a person")])
def test_other_verdicts(verdict: str, word: str) -> None:
    text = render_mark(Mark(verdict), Target())
    assert word in text and "points" not in text


def test_unreadable_is_never_wrong() -> None:
    mark = Mark("unreadable", problem=(("en", "cannot read ω_3"), ("zh", "读不懂 ω_3")))
    assert render_mark(mark, Target()).startswith("cannot read ω_3\nThis is not marked wrong")
    assert render_mark(mark, Target("text", "zh")).startswith("读不懂 ω_3\n这不算错")
    out = json.loads(render_mark(mark, Target("json")))
    assert out["points"] is None and out["mistakes"] == []


def test_mark_json() -> None:
    out = json.loads(render_mark(samples.incorrect(), Target("json")))
    assert list(out) == ["verdict", "mistakes", "points", "reading", "evidence"]
    assert out["mistakes"] == [{"name": "missing-factor", "detail": "w_3"}] and out["points"] == 3
    half = Mark("incorrect", points=Fraction(1, 2))
    assert json.loads(render_mark(half, Target("json")))["points"] == 0.5
