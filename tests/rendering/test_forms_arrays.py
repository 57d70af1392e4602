"""Derivations through vectors and matrices in every form, layout and language."""

from __future__ import annotations

import json

import pytest

from symgrad.api import Chain
from tests.helpers import EXAMPLES, symgrad

FILES = sorted(path.stem for path in EXAMPLES.glob("*.chain") if " : vector(" in path.read_text("utf-8"))
VECTORS = {
    "mlp": "h_0", "residual_net": "h_0", "rnn_net": "h_0", "autoencoder": "b", "batchnorm": "x",
    "layernorm": "gamma", "attention": "q", "regularised": "b", "lstm_net": "h_0", "gru_net": "h_0",
    "softmax": "b",
}  # fmt: skip


def told(file: str, wrt: str, style: str, lang: str = "en", of: str | None = None) -> str:
    return Chain.read(EXAMPLES / f"{file}.chain").derive(wrt, of=of).to("text", lang, style=style)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("style", ["factors", "backprop", "perturbation", "jacobian"])
@pytest.mark.parametrize("file", FILES)
def test_every_example_has_every_form(file: str, style: str, lang: str) -> None:
    chain = Chain.read(EXAMPLES / f"{file}.chain")
    derivation = chain.derive(VECTORS[file])
    for format in ("text", "markdown", "latex"):
        text = derivation.to(format, lang, style=style)
        assert "Derivative(" not in text and "\u2022" not in text and "eye(" not in text


def test_errors_of_a_residual_network_have_their_lines_in_order() -> None:
    text = told("residual_net", "W_1", "backprop")
    lines = [
        "∂L/∂h₃ = h₃ − y",
        "δ₃ = ∂L/∂h₃ ⊙ σ′(z₃)",
        "∂L/∂hⱼ = ∂L/∂hⱼ₊₁ + Wⱼ₊₁ᵀ δⱼ₊₁",
        "δⱼ = ∂L/∂hⱼ ⊙ σ′(zⱼ)",
        "∂L/∂W₁ = δ₁ h₀ᵀ",
    ]
    assert [text.index(line) for line in lines] == sorted(text.index(line) for line in lines)


def test_a_product_of_jacobians_counts_its_multiplications() -> None:
    text = told("residual_net", "h_1", "jacobian")
    assert "(∂L/∂h₁)ᵀ = (h₃ − y)ᵀ (I + diag(σ′(z₃)) W₃) (I + diag(σ′(z₂)) W₂)" in text
    assert "Multiplications from the left: 2 d²." in text
    assert "Multiplications from the right: d³ + d²." in text


def test_a_small_change_goes_through_every_line() -> None:
    text = told("batchnorm", "x", "perturbation")
    for line in (
        "Δμ = mean(Δx)",
        "Δu = Δx − Δμ",
        "Δr ≈ Δu/√(v + ε) − u Δv/(2 √(v + ε)³)",
        "ΔL ≈ (o − t)ᵀ Δo",
    ):
        assert line in text


def test_the_assumption_stands_in_the_errors() -> None:
    text = told("regularised", "b", "backprop", "zh")
    assert text.index("δ = p sum(y) − y") < text.index("δ = p − y") < text.index("∂L/∂b = δ")
    assert "由假设 sum(y) = 1" in text


def test_derivatives_that_stay_have_lines_of_their_own() -> None:
    text = told("layernorm", "W", "factors")
    for line in ("∂L/∂W = ∂L/∂z xᵀ", "∂L/∂h = h − y"):
        assert f"\n  {line}\n" in text


@pytest.mark.parametrize(("layout", "row"), [("gradient", "W_3^T dL/dz_3"), ("jacobian", "dL/dz_3 W_3")])
def test_the_layout_is_a_flag_and_stands_in_the_output(layout: str, row: str) -> None:
    arguments = ("derive", EXAMPLES / "mlp.chain", "--wrt", "h_2", "--layout", layout)
    found = json.loads(symgrad(*arguments, "--json").stdout)
    assert found["layout"] == layout and found["checked"] is True
    assert found["steps"][-2]["after"] == row
    assert found["kept"] == {"dL/dh_3": "h_3 - y" if layout == "gradient" else "(h_3 - y)^T"}
    assert "layout: " in symgrad(*arguments).stdout


def test_gradients_in_the_other_layout() -> None:
    gradients = Chain.read(EXAMPLES / "softmax.chain").gradients(layout="jacobian")
    assert str(gradients["W"]) == "dL/dW = x dL/dz"
    assert gradients.check()


def test_steps_back_fold_and_long_rows_do_not_widen_the_others() -> None:
    deep = (EXAMPLES / "rnn_net.chain").read_text("utf-8").replace("1..3", "1..60").replace("h_3", "h_60")
    derivation = Chain.parse(deep).derive("b")
    assert "repeat" in derivation.to("text")
    assert len(derivation.to("text", detail="full")) < 60_000
