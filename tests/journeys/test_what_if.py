"""What if: `--style`, `--swap`, `--depth` and `symgrad compare`."""

from __future__ import annotations

import json

import pytest

from tests.helpers import EXAMPLES, symgrad

NIELSEN = EXAMPLES / "nielsen.chain"
POINT = ("--set", "w_j=1", "--set", "b_j=0", "--set", "a_0=1/2", "--set", "y=0")


@pytest.mark.parametrize(
    ("style", "line"),
    [
        ("factors", "z₂ = w₂ a₁ + b₂      ∂z₂/∂a₁ = w₂"),
        ("backprop", "δⱼ = wⱼ₊₁ δⱼ₊₁ σ′(zⱼ)      BP2"),
        ("perturbation", "ΔC/Δb₁ ≈ σ′(z₁)"),
        ("jacobian", "∂C/∂b₁ = ∂C/∂a₄ · ∂a₄/∂z₄"),
    ],
)
def test_four_styles_of_one_gradient(style: str, line: str) -> None:
    done = symgrad("derive", NIELSEN, "--wrt", "b_1", "--style", style)
    assert done.returncode == 0, done.stderr
    assert line in done.stdout and "2⁶¹" in done.stdout
    assert "∂C/∂b₁ = σ′(z₁) · w₂ σ′(z₂) · w₃ σ′(z₃) · w₄ σ′(z₄) · (a₄ − y)" in done.stdout


def test_the_table_of_all_is_followed_by_the_first_in_the_style_asked_for() -> None:
    done = symgrad("derive", NIELSEN, "--style", "backprop", "--lang", "zh")
    assert "∂C/∂w₁ = a₀ δ₁" in done.stdout and "BP4：" in done.stdout


def test_fifty_layers_are_readable() -> None:
    page = symgrad("derive", NIELSEN, "--depth", "50", "--wrt", "b_1").stdout
    assert "⋯" in page and max(map(len, page.splitlines())) <= 100
    full = symgrad("derive", NIELSEN, "--depth", "50", "--wrt", "b_1", "--detail", "full").stdout
    assert all(f"w{index}" in full.split("101")[-1] for index in ("₂", "₁₇", "₅₀"))


def test_another_function_and_depth_in_numbers_and_notes() -> None:
    found = json.loads(
        symgrad(
            "eval", NIELSEN, "--swap", "sigma=tanh", "--depth", "6", "--wrt", "b_1", *POINT, "--json"
        ).stdout
    )
    assert [f["factor"] for f in found["factors"]][-1] == "dC/da_6"
    note = symgrad("notes", NIELSEN, "--swap", "sigma=tanh", "--depth", "6").stdout
    assert "tanh" in note and "6" in note.splitlines()[0].replace("six", "6")


def test_columns_side_by_side() -> None:
    done = symgrad("compare", NIELSEN, "--swap", "sigma=tanh", "--wrt", "b_1")
    assert done.returncode == 0, done.stderr
    assert "0 < σ′(z) ≤ 1/4   " in done.stdout and "0.0017818" in done.stdout
    two = json.loads(symgrad("compare", NIELSEN, EXAMPLES / "linear.chain", "--json").stdout)
    assert (two["left"]["wrt"], two["right"]["objective"]) == ("w_1", "L")
    assert symgrad("compare", NIELSEN, "--depth", "50", "--lang", "zh").stdout.startswith("并排比较")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("compare", NIELSEN), "--swap or --depth"),
        (("compare", NIELSEN, "--swap", "rho=tanh"), "applies no function rho"),
        (("derive", NIELSEN, "--swap", "rho=tanh"), "applies no function rho"),
        (("derive", NIELSEN, "--swap", "sigma=tan"), "tanh"),
        (("derive", NIELSEN, "--depth", "0"), "depth 0"),
        (("derive", EXAMPLES / "softmax.chain", "--depth", "5"), "loop"),
        (("derive", NIELSEN, "--style", "backdrop"), "backprop"),
    ],
)
def test_what_cannot_be_changed_is_said(arguments: tuple[str, ...], words: str) -> None:
    done = symgrad(*arguments)
    assert done.returncode == 2 and words in done.stderr and not done.stdout
