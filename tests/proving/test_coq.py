"""Proofs written for Coq: an independent checker accepts them, and rejects them when tampered with."""

import shutil
import subprocess
from pathlib import Path

import pytest

from symgrad import Chain, prove
from symgrad.errors import NotSupportedError

ACCEPTED = [
    ("|w*sigma'(z)| <= 1/4", ["|w| <= 1"]),
    ("0 < sigma'(z) <= 1/4", []),
    ("sigma(z) + sigma(-z) = 1", []),
    ("tanh(x) = 2*sigma(2*x) - 1", []),
    ("|w*sigma'(z)| < 1", ["|w| < 4"]),
    ("|w| > 4", ["|w*sigma'(z)| > 1"]),
    ("|sigma'(z_1) w_2 sigma'(z_2) w_3| <= 1/16", ["|w_2 w_3| <= 1"]),
    ("3/4 <= 1 + w*sigma'(z) <= 5/4", ["|w| <= 1"]),
    ("|(sigma(z) - y)*sigma'(z)| <= 4/27", ["y = 0 or y = 1"]),
    ("(a*x + b*y)^2 + (c*x + d*y)^2 <= (a^2 + b^2 + c^2 + d^2)*(x^2 + y^2)", []),
    ("sigma(f)*sigma(g) >= 9/10", ["f >= 3", "g >= 3"]),
    ("|relu'(x)*w| <= 1", ["|w| <= 1"]),
    ("2*n/(m + n) <= 2", ["m > 0", "n > 0"]),
    ("prod(|w_i*sigma'(z_i)|, i, 1, n) <= (1/4)^n", ["n is integer", "n >= 0", "|w_i| <= 1"]),
    ("prod(|w_i*sigma'(z_i)|, i, 1, n) < (1/4)^n", ["n is integer", "n >= 1", "|w_i| < 1"]),
    ("prod(sigma(f_i), i, 1, n) >= (19/20)^n", ["n is integer", "n >= 0", "f_i >= 3"]),
]


def coqc(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What Coq says of a file."""
    assert shutil.which("coqc"), "apt-get install coq libcoq-interval libcoq-coquelicot"
    path = folder / "claim.v"
    path.write_text(text, encoding="utf-8")
    return subprocess.run(["coqc", path.name], cwd=folder, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(("claim", "given"), ACCEPTED, ids=[claim for claim, _ in ACCEPTED])
def test_coq_accepts(claim: str, given: list[str], tmp_path: Path) -> None:
    text = prove(claim, given).coq()
    assert "Admitted" not in text and "Axiom" not in text
    answer = coqc(text, tmp_path)
    assert answer.returncode == 0, answer.stderr


def test_coq_accepts_a_claim_about_a_chain(tmp_path: Path) -> None:
    chain = Chain.parse(
        "sigma = sigmoid\nfor j in 1..2:\n  z_j = w_j a_{j-1} + b_j\n  a_j = sigma(z_j)\nC = (a_2 - y)^2"
    )
    text = chain.prove("|dC/db_1| <= |dC/db_2|/4", ["|w_2| <= 1"]).coq()
    assert coqc(text, tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [("(Rabs w) <= 1) -> ", "(Rabs w) <= 2) -> "), ("<= (1 / 4)).", "<= (1 / 5))."), ("<= (1", "< (1")],
)
def test_coq_rejects_another_theorem(before: str, after: str, tmp_path: Path) -> None:
    text = prove("|w*sigma'(z)| <= 1/4", ["|w| <= 1"]).coq()
    head, theorem = text.split("Theorem claim", 1)
    if before not in theorem:
        pytest.fail(f"{before} is not in the theorem: {theorem[:300]}")
    assert coqc(head + "Theorem claim" + theorem.replace(before, after, 1), tmp_path).returncode != 0


def test_only_what_is_proved_is_written() -> None:
    with pytest.raises(NotSupportedError):
        prove("|w*sigma'(z)| <= 1/4").coq()
