"""Proofs written for Coq: an independent checker accepts them, and rejects them when tampered with."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from symgrad import Chain, prove
from symgrad.api.proof import Proof
from symgrad.errors import NotSupportedError
from symgrad.proving.coq.chapters import CHAPTERS, PRODUCT, text

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
    ("|1 - eta*lambda| < 1", ["0 < eta", "eta < 2/lambda", "lambda > 0"]),
    ("|g|*min(1, c/|g|) <= c", ["c > 0", "g != 0"]),
    ("x > 0 iff 1/x > 0", ["x != 0"]),
    ("exp(x) + exp(y) >= 2 + x + y", []),
    ("exp(x) > 1 + x", ["x > 0"]),
    ("|sigma(w*x + b) - sigma(w*y + b)| <= |w|*|x - y|/4", []),
    ("sigma(x) + sigma(y) <= 1", ["x + y <= 0"]),
    ("log(x*y) = log(x) + log(y)", ["x > 0", "y > 0"]),
    ("log(sigma(z)) < 0", []),
    ("||x| - |y|| <= |x - y|", []),
    ("a^3 + b^3 + c^3 >= 3*a*b*c", ["a >= 0", "b >= 0", "c >= 0"]),
    ("arctan(x) + arctan(-x) = 0", []),
    ("elu'(x) <= 1", []),
    ("1/100 <= leaky_relu'(x)", []),
    ("|softsign(x)| < 1", []),
    ("hard_tanh(x) <= 1", []),
    ("cosh(x)^2 - sinh(x)^2 = 1", []),
    ("|(-y + sigma(z))*sigma'(z)| <= 4/27", ["y = 0 or y = 1"]),
    ("|w| > 1", ["|w*sigma'(z)| >= 1"]),
    ("|tanh(t) - tanh(s)| <= |t - s|", []),
    ("sqrt(x + y) < sqrt(x) + sqrt(y)", ["x > 0", "y > 0"]),
    ("(x + y)/2 >= sqrt(x*y)", ["x >= 0", "y >= 0"]),
    ("(x^2 - 1)/(x - 1) = x + 1", []),
    ("w*arctan(x) <= 8", ["|w| <= 4"]),
    ("prod(|w_i*sigma'(z_i)|, i, 1, n) <= (1/4)^n", ["n is integer", "n >= 0", "|w_i| <= 1"]),
    ("prod(|w_i*sigma'(z_i)|, i, 1, n) < (1/4)^n", ["n is integer", "n >= 1", "|w_i| < 1"]),
    ("prod(sigma(f_i), i, 1, n) >= (19/20)^n", ["n is integer", "n >= 0", "f_i >= 3"]),
]
AXIOMS = re.compile(
    r"ClassicalDedekindReals\.sig_\w+|FunctionalExtensionality\.functional_extensionality_dep"
    r"|Classical_Prop\.classic|ProofIrrelevance\.\w+|Eqdep\.\w+|Prim(Int|Float)\w*\.\w+|Uint63\.\w+|FloatAxioms\.\w+"
    r"|Epsilon\.\w+|IndefiniteDescription\.\w+|ClassicalEpsilon\.\w+|PrimFloat\.\w+|Sint63\.\w+"
)
"""The real numbers of the standard library, and its machine integers, with which `interval` counts."""


def coqc(source: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What Coq says of a file."""
    assert shutil.which("coqc"), "apt-get install coq libcoq-interval libcoq-coquelicot"
    path = folder / "claim.v"
    path.write_text(source, encoding="utf-8")
    return subprocess.run(["coqc", path.name], cwd=folder, capture_output=True, text=True, timeout=300)


def theorem(exported: str, name: str) -> str:
    """The theorem of a file with its proof, under another name."""
    body = exported.split("Theorem claim", 1)[1]
    return f"Theorem {name}" + re.sub(r"\bclaim\b", name, body)


def about_a_chain() -> Proof:
    """A bound on a ratio of two gradients."""
    chain = Chain.parse(
        "sigma = sigmoid\nfor j in 1..2:\n  z_j = w_j a_{j-1} + b_j\n  a_j = sigma(z_j)\nC = (a_2 - y)^2"
    )
    return chain.prove("|dC/db_1| <= |dC/db_2|/4", ["|w_2| <= 1"])


def test_coq_accepts_them_all_from_the_axioms_of_the_reals_alone(tmp_path: Path) -> None:
    """One run for all: the chapters, then theorem after theorem."""
    exported = [*(prove(claim, given).coq() for claim, given in ACCEPTED), about_a_chain().coq()]
    assert all(word not in file for file in exported for word in ("Admitted", "Axiom ", "Parameter"))
    theorems = [theorem(file, f"claim_{k}") for k, file in enumerate(exported)]
    answer = coqc("\n".join((*text((*CHAPTERS, PRODUCT)), *theorems)), tmp_path)
    assert answer.returncode == 0, answer.stderr[-2000:]
    named = re.findall(r"^([A-Za-z_][\w.]*)\s*(?::|$)", answer.stdout, re.MULTILINE)
    assert answer.stdout.count("Axioms:") == len(exported)
    assert not [name for name in named if name != "Axioms" and not AXIOMS.fullmatch(name)]


def test_a_file_stands_alone_and_says_what_it_proves(tmp_path: Path) -> None:
    file = prove(
        "prod(|w_i*sigma'(z_i)|, i, 1, n) <= (1/4)^n", ["n is integer", "n >= 0", "|w_i| <= 1"]
    ).coq()
    assert coqc(file, tmp_path).returncode == 0
    opening = file[: file.index("*)")]
    assert "prod(abs(w_i sigma'(z_i)), i, 1, n) <= (1/4)^n" in opening and "abs(w_i) <= 1" in opening


@pytest.mark.parametrize(
    ("before", "after"),
    [("(Rabs w) <= 1) -> ", "(Rabs w) <= 2) -> "), ("<= (1 / 4)).", "<= (1 / 5))."), ("<= (1", "< (1")],
)
def test_coq_rejects_another_theorem(before: str, after: str, tmp_path: Path) -> None:
    file = prove("|w*sigma'(z)| <= 1/4", ["|w| <= 1"]).coq()
    head, claimed = file.split("Theorem claim", 1)
    assert before in claimed
    assert coqc(head + "Theorem claim" + claimed.replace(before, after, 1), tmp_path).returncode != 0


def test_the_statement_is_the_claim_whatever_the_certificate_says() -> None:
    """Other words for the argument leave the theorem as it is."""
    proof = prove("|w*sigma'(z)| <= 1/4", ["|w| <= 1"])
    said = proof.coq().split("Theorem claim", 1)[1].split("Proof.", 1)[0]
    expected = ": forall w z : R, ((Rabs w) <= 1) -> ((Rabs (w * (sigmoid' z))) <= (1 / 4))."
    assert " ".join(said.split()) == expected


def test_an_equation_is_claimed_where_its_sides_have_values() -> None:
    said = prove("(x^2 - 1)/(x - 1) = x + 1").coq().split("Theorem claim", 1)[1]
    assert "((x - 1) <> 0) -> " in said


def test_only_what_is_proved_is_written() -> None:
    with pytest.raises(NotSupportedError):
        prove("|w*sigma'(z)| <= 1/4").coq()


def test_what_cannot_be_written_is_refused_by_name() -> None:
    with pytest.raises(NotSupportedError) as refused:
        prove("exp(x) >= 1 + x + x^2/2", ["x >= 0"]).coq()
    assert "piece by piece" in refused.value.message("en") and "逐段" in refused.value.message("zh")
