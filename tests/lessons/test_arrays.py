"""Notes of chains with vectors and matrices: shapes, the way back, proved bounds, numbers."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest

from symgrad import Chain
from symgrad.lessons.anatomy import Anatomy
from symgrad.lessons.arrays.example import example
from symgrad.lessons.arrays.norms import proved_bound, value_at
from symgrad.lessons.arrays.subject import Subject, written
from symgrad.lessons.note import note
from symgrad.notation.tree import Name, number
from symgrad.notation.writers.plain import plain
from symgrad.rendering.render import Target, render_note
from tests.lessons.chains import example as shipped
from tests.lessons.chains import inputs
from tests.rendering.viewer import check

NAMES = ["mlp", "softmax", "rnn_net", "residual_net", "batchnorm", "attention", "lstm_net"]


def subject(name: str, verdict: str | None = "proved") -> Subject:
    net = shipped(name)
    return Subject(inputs(net, verdict=verdict), Anatomy(net))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", NAMES)
def test_every_formula_of_a_note_is_seen_by_a_viewer(name: str, lang: str) -> None:
    made = note(inputs(shipped(name)))
    text = render_note(made.document, Target("markdown", lang))
    assert check(text) > 15
    assert "half_square" not in text and "cross_entropy" not in text
    assert check(render_note(made.answers, Target("markdown", lang))) >= 1


@pytest.mark.parametrize("name", NAMES)
def test_every_question_has_its_answer(name: str) -> None:
    chain = Chain(shipped(name))
    asked = re.findall(r"^\d\. ", chain.notes().split("Exercises")[1], re.M)
    assert 1 <= len(asked) <= 3
    assert len(re.findall(r"^\d\. ", chain.notes(answers=True), re.M)) == len(asked)


def test_the_errors_of_the_layers_go_back() -> None:
    text = Chain(shipped("mlp")).notes()
    assert r"\delta_j = W_{j+1}^{\top}\, \delta_{j+1} \odot \sigma'(z_j)" in text
    assert "BP1" in text and "BP2" in text and "BP4" in text
    assert "$W_j$ ($1 \\le j \\le 3$) | trained parameter | $n_j$ × $n_{j-1}$ matrix" in text


def test_the_bounds_are_what_the_prover_proves() -> None:
    claims = {
        name: plain(found.claim)
        for name in NAMES
        if (found := proved_bound(subject(name, verdict=None))) is not None
    }
    assert claims["mlp"] == "norm(dL/dh_1) <= 1/16 opnorm(W_2) opnorm(W_3) norm(dL/dh_3)"
    assert claims["rnn_net"] == "norm(dL/dh_1) <= opnorm(W)^2 norm(dL/dh_3)"
    assert "batchnorm" not in claims and "lstm_net" not in claims


def test_what_is_not_proved_is_not_told() -> None:
    assert proved_bound(subject("mlp", verdict="undecided")) is None


def test_the_bound_is_met_at_multiples_of_the_identity() -> None:
    """W = 100 I, z = 0: both steps multiply by 100/4, computed here without symgrad."""
    found = proved_bound(subject("mlp"))
    assert found is not None and value_at(found, Fraction(100)) == 625
    slope, weight = np.diag([0.25, 0.25]), 100 * np.eye(2)
    back = weight.T @ slope @ weight.T @ slope @ np.array([3.0, 4.0])
    assert np.linalg.norm(back) == pytest.approx(625 * 5)


def test_the_numbers_of_the_example_are_the_gradient() -> None:
    worked = example(subject("mlp"))
    assert worked is not None
    at = {plain(name): np.array(value, dtype=float) for name, value in worked.values.items()}

    def sigma(z: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-z))

    h = [at["h_0"]]
    for t in (1, 2, 3):
        h.append(sigma(at[f"W_{t}"] @ h[-1] + at[f"b_{t}"]))
    delta = (h[3] - at["y"]) * h[3] * (1 - h[3])
    for t in (3, 2):
        delta = (at[f"W_{t}"].T @ delta) * h[t - 1] * (1 - h[t - 1])
    goal = subject("mlp").derivation.goal
    assert np.allclose(worked.of(goal), np.outer(delta, h[0]), rtol=1e-12)
    assert worked.report.numbers[Name("h", (number(3),))] == pytest.approx(h[3])


@pytest.mark.parametrize("name", ["mlp", "softmax"])
def test_losses_are_written_as_textbooks_do_and_mean_the_same(name: str) -> None:
    worked = example(subject(name))
    assert worked is not None
    numbers = {plain(key): np.array(value, dtype=float) for key, value in worked.report.numbers.items()}
    if name == "mlp":
        expected = np.linalg.norm(numbers["h_3"] - numbers["y"]) ** 2 / 2
        shown = "norm(h_3 - y)^2/2"
    else:
        expected = -numbers["y"] @ np.log(numbers["p"])
        shown = "-y^T log(p)"
    network = shipped(name)
    body = network.bodies[-1]
    assert plain(written(body)) == shown
    assert numbers["L"] == pytest.approx(expected)


def test_a_label_that_adds_up_to_one_simplifies_the_softmax() -> None:
    assert "= p - y$" in Chain(shipped("softmax")).notes(answers=True)
