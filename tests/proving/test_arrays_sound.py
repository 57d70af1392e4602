"""Arrays, as an adversary: false claims without any refutation, forged arguments, extreme shapes."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from symgrad import Chain
from symgrad.api.proof import Proof
from symgrad.errors import CertificateError, InputError
from symgrad.notation.codec import to_data
from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.tree import Apply, Name, Tree, strip_spans
from symgrad.proving import kernel, refute_arrays

CHAIN = """x : vector(n)
y : vector(n)
A : matrix(m, n)
B : matrix(m, n)
S : matrix(n, n)
W : matrix(n, n)
L = sum(A x) + sum(B x) + sum(S x) + sum(W x) + sum(y) + c*sum(x)
"""
FALSE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("norm(c + A) <= norm(c) + norm(A)", ()),
    ("norm(A*c) <= opnorm(A)*norm(c)", ()),
    ("norm(A*c) <= opnorm(A)*abs(c)", ()),
    ("norm(tanh(x) .* c) <= norm(c)", ()),
    ("norm((tanh(S*x) - tanh(W*x)) .* y) <= 0", ()),
    ("opnorm(0*A + 1) = opnorm(0*S + 1)", ()),
    ("norm(A) <= N_0", ()),
    ("norm((x/c)*c) <= norm(x)", ()),
    ("opnorm(diag(tanh'(x))) <= 1/1000", ("Ne >= 10",)),
    ("norm(A*S) <= opnorm(A)*opnorm(S)", ()),
    ("norm(A) <= opnorm(A)", ()),
    ("opnorm(relu(S)) <= opnorm(S)", ()),
    ("norm(sigmoid(x)) <= norm(x)", ()),
    ("norm(floor(x) - floor(y)) <= norm(x - y)", ()),
    ("norm(tanh(x)) <= 1", ()),
    ("norm(x + y) <= norm(x)", ()),
    ("norm(x - y) <= norm(x) - norm(y)", ()),
    ("abs(x^T*y) <= norm(x)*norm(y)/2", ()),
    ("x^T*y < norm(x)*norm(y)", ()),
    ("norm(x) > 0", ()),
    ("S*W = W*S", ("S^T = S", "W^T = W")),
    ("W*W^T = 2*I", ("W^T*W = I",)),
    ("norm(W) = 1", ("W^T*W = I",)),
    ("x^T*S*y = y^T*S*x", ()),
    ("x^T*S*x = 0", ("S^T = S",)),
    ("sum(x)^2 <= norm(x)^2", ()),
    ("norm(softmax(x) - softmax(y)) <= 1", ()),
    ("norm(softmax(x) - y) <= sqrt(2)", ("sum(y) = 1",)),
    ("opnorm(c*A) = c*opnorm(A)", ()),
    ("opnorm(S*W) = opnorm(W*S)", ()),
    ("trace(S*W) = trace(S)*trace(W)", ()),
    ("norm(x .* y) = norm(x)*norm(y)", ()),
    ("norm(x/norm(x)) <= 1", ()),
)


def decided(text: str, given: tuple[str, ...] = (), timeout: float = 3) -> Proof:
    return Chain.parse(CHAIN).prove(text, given=given, timeout=timeout)


@pytest.mark.parametrize(("text", "given"), FALSE)
def test_nothing_false_is_proved_where_no_counterexample_is_looked_for(
    text: str, given: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refute_arrays, "refuted", lambda *_: None)
    assert decided(text, given, 1.5).verdict == "undecided"


def test_matrices_of_a_chain_of_symbolic_depth_do_not_commute() -> None:
    chain = Chain.parse(
        "h_0 : vector(d)\nW : matrix(d, d)\nU : matrix(d, d)\ny : vector(d)\n"
        "for t in 1..T:\n    h_t = tanh(W U h_{t-1})\nL = half_square(h_T, y)\n"
    )
    assert chain.prove("W*U = U*W").verdict == "undecided"
    assert chain.prove("abs(tanh(a)) <= 1").verdict == "proved"


def test_what_assumptions_say_of_a_number_by_a_norm_is_used() -> None:
    assert decided("c >= 0", ("norm(x) <= c",)).verdict == "proved"
    assert decided("c >= 1", ("norm(x) <= c",)).verdict == "refuted"


# ---- forged arguments


def tree(text: str) -> Tree:
    known = frozenset({"x", "y", "A", "B", "S", "W"})
    return strip_spans(read(text, Context("claim", arrays=known)))


def ones(size: str) -> Tree:
    return Apply(Name("ones"), (Name(size),))


def itself(text: str | Tree) -> dict[str, Any]:
    return {"by": "itself", "of": to_data(tree(text) if isinstance(text, str) else text)}


def forged(text: str, node: Any, facts: tuple[Any, ...] = (), **more: Any) -> dict[str, Any]:
    """A certificate for any claim with this argument; what is left is proved honestly where it can be."""
    certificate: dict[str, Any] = json.loads(json.dumps(decided("norm(x) >= 0").certificate))
    certificate["statement"] = to_data(tree(text))
    entry = {"rule": "norms", "node": node, "facts": list(facts), "definitions": False, "using": [], **more}
    difference = json.loads(json.dumps(decided("norm(x) <= norm(x)").certificate))["proof"]["proof"]
    certificate["proof"] = {**entry, "proof": more.get("proof", difference)}
    return certificate


NODES: tuple[tuple[str, Any], ...] = (
    ("norm(c + A) <= abs(c) + norm(A)", {"by": "sum", "parts": [itself("c"), itself("A")]}),
    ("norm(A*c) <= opnorm(A)*abs(c)", {"by": "product", "parts": [itself("A"), itself("c")]}),
    ("norm(A*S) <= opnorm(A)*opnorm(S)", {"by": "product", "parts": [itself("A"), itself("S")]}),
    ("norm(A) <= opnorm(A)", itself("A")),
    ("norm(tanh(x) .* c) <= 1*abs(c)",
     {"by": "hadamard", "of": to_data(tree("tanh(x)")), "sup": "1", "part": itself("c")}),
    ("norm(x .* y) <= 1*norm(y)",
     {"by": "hadamard", "of": to_data(tree("x")), "sup": "1", "part": itself("y")}),
    ("norm(diag(tanh(x))) <= 1", {"by": "diag", "of": to_data(tree("tanh(x)")), "sup": "1"}),
    ("opnorm(relu(S)) <= 1*norm(S)", {"by": "lipschitz", "function": to_data(Name("relu")), "sup": "1",
                                      "left": None, "right": None, "part": itself("S")}),
    ("norm(sigmoid(x)) <= norm(x)/4", {"by": "lipschitz", "function": to_data(Name("sigmoid")), "sup": "1/4",
                                       "left": None, "right": None, "part": itself("x")}),
    ("norm(tanh(x)) <= norm(x)/2", {"by": "lipschitz", "function": to_data(Name("tanh")), "sup": "1/2",
                                    "left": None, "right": None, "part": itself("x")}),
    ("norm(floor(x)) <= 0*norm(x)", {"by": "lipschitz", "function": to_data(Name("floor")), "sup": "0",
                                     "left": None, "right": None, "part": itself("x")}),
    ("norm(A .* c) <= norm(A)*abs(c)", {"by": "hadamards", "parts": [itself("A"), itself("c")]}),
    ("opnorm(A .* B) <= norm(A)*norm(B)", {"by": "hadamards", "parts": [itself("A"), itself("B")]}),
    ("norm(x - 3*y*(y^T*x)) <= norm(x)", {"by": "projection", "of": to_data(tree("x")), "onto": [
        {"vector": to_data(tree("y")), "factor": to_data(tree("3")), "square": to_data(tree("1")),
         "low": {}, "high": {}}]}),
    ("abs(sum(x)) <= norm(x)", {"by": "inner", "parts": [itself("x"), itself(ones("m"))]}),
)  # fmt: skip


def test_an_honest_argument_in_this_form_is_accepted() -> None:
    kernel.check(forged("norm(x) <= norm(x)", itself("x")))


@pytest.mark.parametrize(("text", "node"), NODES)
def test_arguments_that_hold_of_other_shapes_are_refused(text: str, node: Any) -> None:
    with pytest.raises(CertificateError):
        kernel.check(forged(text, node))


def test_an_assumption_that_was_not_made_is_not_used() -> None:
    equation = to_data(tree("W^T*W = S"))
    with pytest.raises(CertificateError):
        kernel.check(forged("norm(x) <= norm(x)", itself("x"), using=[equation]))


def test_a_fact_with_a_quotient_that_may_have_no_value_is_refused() -> None:
    fact = {"by": "norm", "which": "norm", "of": to_data(tree("x")),
            "node": {"by": "product", "parts": [itself("1/c"), itself("c*x")]}}  # fmt: skip
    with pytest.raises(CertificateError):
        kernel.check(forged("norm(x) <= norm(x)", None, (fact,)))


# ---- true claims against numbers


def below(a: Any, b: Any) -> bool:
    """A <= b up to rounding."""
    return bool(a <= b * (1 + 1e-9) + 1e-12)


norm = np.linalg.norm


def spectral(a: Any) -> Any:
    return norm(a, 2)


def softmax(a: Any) -> Any:
    return np.exp(a - a.max()) / np.exp(a - a.max()).sum()


TRUE: tuple[tuple[str, Any], ...] = (
    ("norm(A*x) <= opnorm(A)*norm(x)", lambda v: below(norm(v.A @ v.x), spectral(v.A) * norm(v.x))),
    ("norm(A*S) <= norm(A)*opnorm(S)", lambda v: below(norm(v.A @ v.S), norm(v.A) * spectral(v.S))),
    ("opnorm(A) <= norm(A)", lambda v: below(spectral(v.A), norm(v.A))),
    ("abs(x^T*y) <= norm(x)*norm(y)", lambda v: below(abs(v.x @ v.y), norm(v.x) * norm(v.y))),
    ("trace(A^T*B) <= norm(A)*norm(B)", lambda v: below(np.trace(v.A.T @ v.B), norm(v.A) * norm(v.B))),
    ("norm(x .* y) <= norm(x)*norm(y)", lambda v: below(norm(v.x * v.y), norm(v.x) * norm(v.y))),
    ("norm(tanh(x) - tanh(y)) <= norm(x - y)",
     lambda v: below(norm(np.tanh(v.x) - np.tanh(v.y)), norm(v.x - v.y))),
    ("norm(relu(x)) <= norm(x)", lambda v: below(norm(np.maximum(v.x, 0)), norm(v.x))),
    ("norm(tanh(x)) <= sqrt(n)", lambda v: below(norm(np.tanh(v.x)), np.sqrt(len(v.x)))),
    ("abs(sum(x)) <= sqrt(n)*norm(x)", lambda v: below(abs(v.x.sum()), np.sqrt(len(v.x)) * norm(v.x))),
    ("norm(x*y^T) = norm(x)*norm(y)", lambda v: np.isclose(norm(np.outer(v.x, v.y)), norm(v.x) * norm(v.y))),
    ("opnorm(x*y^T) = norm(x)*norm(y)",
     lambda v: np.isclose(spectral(np.outer(v.x, v.y)), norm(v.x) * norm(v.y))),
    ("trace(S*W) = trace(W*S)", lambda v: np.isclose(np.trace(v.S @ v.W), np.trace(v.W @ v.S))),
    ("norm(softmax(x)) <= 1", lambda v: below(norm(softmax(v.x)), 1)),
    ("opnorm(c*A) = abs(c)*opnorm(A)", lambda v: np.isclose(spectral(v.c * v.A), abs(v.c) * spectral(v.A))),
    ("norm(A^T) = norm(A)", lambda v: np.isclose(norm(v.A.T), norm(v.A))),
)  # fmt: skip


class Draw:
    """Arrays of random sizes, from 1 on, with small and with extreme entries."""

    def __init__(self, source: np.random.Generator) -> None:
        m, n = source.integers(1, 6, 2)
        scale = source.choice([1e-3, 1, 30])
        self.x, self.y = scale * source.normal(size=(2, n))
        self.A, self.B = scale * source.normal(size=(2, m, n))
        self.S, self.W = source.normal(size=(2, n, n))
        self.c = float(source.normal())


@pytest.mark.parametrize(("text", "holds"), TRUE)
def test_what_is_proved_holds_in_numbers(text: str, holds: Any) -> None:
    proof = decided(text, (), 10)
    assert proof.verdict == "proved"
    assert proof.check()
    source = np.random.default_rng(7)
    assert all(holds(Draw(source)) for _ in range(100))


ORTHOGONAL = (
    "norm(W*x) = norm(x)",
    "(W*x)^T*(W*y) = x^T*y",
    "norm(W) = sqrt(n)",
    "W*W^T*W = W",
    "opnorm(W) = 1",
)


@pytest.mark.parametrize("text", ORTHOGONAL)
def test_an_orthogonal_matrix_keeps_lengths(text: str) -> None:
    assert decided(text, ("W^T*W = I",), 10).verdict == "proved"
    assert decided(text, (), 10).verdict == "refuted"


@pytest.mark.parametrize(
    "text", ["A = S", "A + S = S", "A*x <= 1", "norm(A*y + A) <= 1", "x*y = 1", "trace(A) = 1", "A^2 = A"]
)
def test_shapes_that_do_not_fit_are_input_errors_at_their_place(text: str) -> None:
    with pytest.raises(InputError) as problem:
        decided(text)
    assert str(problem.value).startswith("<claim>:1:")
    assert "^" in str(problem.value)
