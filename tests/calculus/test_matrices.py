"""Vectors and matrices: the textbook's lines, shape errors with both shapes, checks that refuse mutations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from symgrad.calculus.check import check, check_all
from symgrad.calculus.derive import Gradients, derive
from symgrad.calculus.matrices.layout import in_gradient_layout, in_numerator_layout
from symgrad.errors import DerivationError, NotSupportedError, ShapeError
from symgrad.network.build import build
from symgrad.network.graph import Network
from symgrad.network.shapes import Shapes
from symgrad.notation.chainfile import read_chain
from symgrad.notation.reader import read
from symgrad.notation.tree import Derivative, Mul, Name, Neg, Transpose, Tree, strip_spans, walk
from symgrad.notation.writers.plain import plain
from symgrad.values.derivation import Derivation
from tests.helpers import EXAMPLES

MLP = """h_0 : vector(n_0)
y : vector(n_3)
W_t : matrix(n_t, n_{t-1})
b_t : vector(n_t)
sigma = sigmoid
for t in 1..3:
    z_t = W_t h_{t-1} + b_t
    h_t = sigma(z_t)
L = half_square(h_3, y)
"""
SOFTMAX = "x : vector(d)\ny : vector(k)\nW : matrix(k, d)\nz = W x\np = softmax(z)\nL = cross_entropy(p, y)\n"
TIED = (
    "x : vector(d)\nW : matrix(m, d)\nh = tanh(W x)\nr = W^T h\nL = (r - x)^T (r - x)/2 + lambda norm(h)^2\n"
)
RECURRENT = """h_0 : vector(d)
x_t : vector(e)
U : matrix(d, d)
V : matrix(d, e)
v : vector(d)
for t in 1..3:
    z_t = U h_{t-1} + V x_t
    h_t = tanh(z_t)
L = (v^T h_3 - y)^2/2
"""
ATTENTION = "q : vector(d)\nk : vector(d)\nc : vector(d)\ns = q^T k / sqrt(2)\no = s c\nL = sum(o .* o)/2\n"
RESIDUAL = """h_0 : vector(d)
W_t : matrix(d, d)
for t in 1..2:
  h_t = h_{t-1} + relu(W_t h_{t-1})
L = mean(h_2) + norm(W_1)
"""
CHAINS = {
    "mlp": MLP,
    "softmax": SOFTMAX,
    "tied": TIED,
    "recurrent": RECURRENT,
    "attention": ATTENTION,
    "residual": RESIDUAL,
}


def network(text: str) -> Network:
    return build(read_chain(text, "x.chain"))


def name(text: str) -> Name:
    tree = strip_spans(read(text))
    assert isinstance(tree, Name)
    return tree


def derived(text: str, wrt: str, of: str | None = None) -> tuple[Network, Derivation]:
    chain = network(text)
    return chain, derive(chain, name(wrt), None if of is None else name(of))


@pytest.mark.parametrize(
    ("wrt", "of", "factors"),
    [
        ("h_1", "h_2", "diag(sigma'(z_2)), W_2"),
        ("h_1", "h_3", "diag(sigma'(z_3)), W_3, diag(sigma'(z_2)), W_2"),
        ("h_1", None, "W_2^T, diag(sigma'(z_2)), W_3^T, diag(sigma'(z_3)), dL/dh_3"),
        ("W_3", None, "diag(sigma'(z_3)), dL/dh_3, h_2^T"),
        ("b_3", None, "diag(sigma'(z_3)), dL/dh_3"),
        ("z_3", "h_3", "diag(sigma'(z_3))"),
    ],
)
def test_the_textbook_lines_of_a_vector_network(wrt: str, of: str | None, factors: str) -> None:
    chain, derivation = derived(MLP, wrt, of)
    assert ", ".join(map(plain, derivation.factors)) == factors
    assert check(chain, derivation)
    if of is None:
        assert [(plain(a), plain(b)) for a, b in derivation.kept] == [("dL/dh_3", "h_3 - y")]


def test_the_delta_recursion_stands_in_the_steps() -> None:
    _, derivation = derived(MLP, "W_1")
    lines = [f"{plain(s.before)} = {plain(s.after)}" for s in derivation.steps]
    assert "dL/dh_2 = W_3^T dL/dz_3" in lines
    assert "dL/dz_2 = dL/dh_2 .* sigma'(z_2)" in lines
    assert "dL/dW_1 = dL/dz_1 h_0^T" in lines


def test_softmax_has_a_full_jacobian() -> None:
    chain, derivation = derived(SOFTMAX, "x", "p")
    assert [plain(f) for f in derivation.factors] == ["diag(p) - p p^T", "W"]
    assert check(chain, derivation)


@pytest.mark.parametrize("text", CHAINS.values(), ids=CHAINS)
def test_every_gradient_is_accepted_by_the_independent_check(text: str) -> None:
    chain = network(text)
    for leaf in (*chain.leaves, *(e.name for e in chain.equations if e.name != chain.objective)):
        assert check(chain, derive(chain, leaf)), plain(leaf)


def test_tied_matrices_add_up_over_their_uses() -> None:
    _, derivation = derived(RECURRENT, "U")
    assert sum(s.rule == "adjoint-weight" for s in derivation.steps) == 3
    assert any(s.rule == "sum-over-paths" and plain(s.before) == "dL/dU" for s in derivation.steps)


@pytest.mark.parametrize("text", CHAINS.values(), ids=CHAINS)
def test_a_corrupted_derivation_is_refused(text: str) -> None:
    chain = network(text)
    wrt = chain.parameters[0] if chain.parameters else chain.leaves[0]
    good = derive(chain, wrt)
    bad: list[Derivation] = []
    for place, step in enumerate(good.steps):
        for new in (Neg(step.after), replace_first_transpose(step.after), half(step.after)):
            if new is not None and new != step.after:
                steps = (*good.steps[:place], replace(step, after=new), *good.steps[place + 1 :])
                bad.append(replace(good, steps=steps))
    bad.append(
        replace(good, factors=good.factors[::-1])
        if len(good.factors) > 2
        else replace(good, factors=(Neg(good.factors[0]),))
    )
    bad.extend(
        replace(good, steps=good.steps[:i] + good.steps[i + 1 :])
        for i, s in enumerate(good.steps[:-1])
        if s.equation
    )
    bad.extend(replace(good, kept=((token, Neg(value)),)) for token, value in good.kept)
    assert bad
    for derivation in bad:
        with pytest.raises((DerivationError, ShapeError, ValueError, KeyError)):
            check(chain, derivation)


def replace_first_transpose(tree: Tree) -> Tree | None:
    """The tree with one transpose lost."""
    from symgrad.notation.tree import substitute, walk

    found = next((node for node in walk(tree) if isinstance(node, Transpose)), None)
    return None if found is None else substitute(tree, {found: found.operand})


def half(tree: Tree) -> Tree:
    from symgrad.notation.tree import Div, number

    return Div(tree, number(2))


BAD = [
    ("x : vector(d)\nW : matrix(m, n)\nz = W x\nL = sum(z)", "3:5", "matrix(m, n) times vector(d)"),
    ("x : vector(d)\nL = x*x", "2:5", "vector(d) times vector(d): two columns have no product; write v^T*v"),
    ("x : vector(d)\ny : vector(k)\nL = norm(x + y)", "3:10", "vector(d) and vector(k)"),
    ("x : vector(d)\nz = tanh(x)", "2:5", "must be a number, not a vector(d)"),
    ("W : matrix(m, n)\nL = norm(W^2)", "2:10", "write .^"),
    ("x : vector(d)\nL = 1/x", "2:5", "division by a vector(d)"),
    (
        "x : vector(d)\nz : vector(k)\nz = 2 x\nL = sum(z)",
        "3:5",
        "declared as vector(k), but its equation gives a vector(d)",
    ),
    ("W : matrix(m, n)\nL = norm(softmax(W))", "2:10", "softmax needs a vector"),
    ("x : vector(d, e)\nL = norm(x)", "1:5", "a shape is written x : vector(d)"),
    ("x : vector(4)\nW : matrix(2,3)\nL = sum(W x)", "3:9", "matrix(2, 3) times vector(4) does not fit"),
    ("x : vector(n)\nW : matrix(m,n)\nb : vector(n)\nL = sum(W x + b)", "4:9", "vector(m) and vector(n)"),
    ("x : vector(d)\nL = softmax(sum(x))", "2:5", "softmax needs a vector, not a scalar"),
    ("x : vector(d)\ny : vector(k)\nL = mse(x, y)", "3:5", "mse needs two of one shape"),
    ("x : vector(d)\nz = x\nL = z .* x", "3:5", "take sum(...)"),
    ("W : matrix(m, n)\nL = trace(W)", "2:5", "trace needs a square matrix, not a matrix(m, n)"),
    ("x : vector(3)\nL = x[4]", "2:5", "a vector(3) has no position 4"),
    ("x : vector(3)\nL = x[1,2]", "2:5", "vector(3) needs another number of positions than 2"),
    ("W : matrix(m, n)\nW : scalar\nL = sum(W)", "2:1", "declared as matrix(m, n) and again as scalar"),
    ("x : vector(0)\nL = sum(x)", "1:1", "a size is a whole number from 1 on"),
    ("x : vector(d)\nW : matrix(d, k)\nL = sum(x + W)", "3:9", "vector(d) and matrix(d, k)"),
    ("x : vector(d)\ny : vector(d)\nL = x^T y^T", "3:5", "matrix(1, d) times matrix(1, d)"),
    ("x : vector(d)\nL = sum(diag(x) .* x)", "2:9", "matrix(d, d) and vector(d)"),
    (
        "h_0 : vector(d)\nW_t : matrix(d, k)\nfor t in 1..2:\n  h_t = W_t h_{t-1}\nL = sum(h_2)",
        "4:9",
        "matrix(d, k) times vector(d)",
    ),
]


@pytest.mark.parametrize(("text", "place", "message"), BAD, ids=[message for _, _, message in BAD])
def test_sizes_that_do_not_fit_are_named_with_their_place(text: str, place: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        network(text)
    assert str(caught.value).startswith(f"x.chain:{place}:"), str(caught.value)
    assert message in str(caught.value)


FILES = sorted(path.name for path in EXAMPLES.glob("*.chain") if " : vector(" in path.read_text("utf-8"))


@pytest.mark.parametrize("file", FILES)
def test_examples(file: str) -> None:
    chain = build(read_chain((EXAMPLES / file).read_text("utf-8"), file))
    for parameter in (*chain.parameters, *chain.leaves):
        assert check(chain, derive(chain, parameter))


def test_paths_of_vectors_that_part_add_up_to_a_factor_with_the_identity() -> None:
    chain, derivation = derived(example("residual_net"), "h_1", "h_3")
    assert [plain(f) for f in derivation.factors] == [
        "eye(d) + diag(sigma'(z_3)) W_3",
        "eye(d) + diag(sigma'(z_2)) W_2",
    ]
    assert check(chain, derivation)
    _, gradient = derived(example("residual_net"), "W_2")
    assert plain(gradient.factors[1]) == "eye(d) + W_3^T diag(sigma'(z_3))"


@pytest.mark.parametrize(
    ("file", "wrt", "value"),
    [
        ("batchnorm", "x", "gamma/sqrt(v + epsilon) (dL/do - mean(dL/do) - r mean(dL/do .* r))"),
        ("batchnorm", "gamma", "r^T dL/do"),
        ("batchnorm", "beta", "sum(dL/do)"),
        ("autoencoder", "W", "h (dL/dr)^T + diag(sigma'(z)) W dL/dr x^T"),
        ("attention", "V", "dL/do p^T"),
        ("attention", "q", "1/sqrt(d) K (diag(p) - p p^T) V^T dL/do"),
        ("regularised", "W", "lambda W + kappa (1[W > 0] - 1[W < 0]) + dL/dz x^T"),
    ],
)
def test_textbook_results(file: str, wrt: str, value: str) -> None:
    chain, derivation = derived(example(file), wrt)
    assert plain(derivation.steps[-1].after) == value
    assert check(chain, derivation)


def test_softmax_below_cross_entropy_is_p_minus_y_if_the_file_says_so() -> None:
    _, derivation = derived(example("regularised"), "b")
    step = next(s for s in derivation.steps if s.rule == "by-assumption")
    assert plain(step.after) == "p - y" and [plain(c) for c in step.conditions] == ["sum(y) = 1"]
    _, honest = derived(SOFTMAX, "W")
    assert [plain(v) for _, v in honest.kept] == ["p sum(y) - y"]


@pytest.mark.parametrize(
    ("wrt", "row"),
    [
        ("W_3", "h_2 dL/dh_3 diag(sigma'(z_3))"),
        ("b_3", "dL/dh_3 diag(sigma'(z_3))"),
        ("h_2", "dL/dh_3 diag(sigma'(z_3)) W_3"),
    ],
)
def test_numerator_layout(wrt: str, row: str) -> None:
    chain, derivation = derived(MLP, wrt)
    turned = in_numerator_layout(derivation, Shapes(chain.shapes))
    assert plain(Mul(turned.factors)) == row
    assert [(plain(a), plain(b)) for a, b in turned.kept] == [("dL/dh_3", "(h_3 - y)^T")]
    assert check(chain, turned)
    assert in_gradient_layout(turned, Shapes(chain.shapes)).factors == derivation.factors


def test_a_long_sum_keeps_the_errors_of_the_layers_each_with_its_value() -> None:
    _, derivation = derived(example("rnn_net").replace("1..3", "1..9").replace("h_3", "h_9"), "W")
    tokens = {token for token, _ in derivation.kept}
    everything = [*derivation.factors, *(value for _, value in derivation.kept)]
    assert {n for tree in everything for n in walk(tree) if isinstance(n, Derivative)} == tokens
    assert len(tokens) == 10 and sum(1 for tree in everything for _ in walk(tree)) < 600


@pytest.mark.parametrize(
    ("text", "wrt", "of"),
    [(MLP, "W_1", "h_2"), ("x : vector(d)\nA = x x^T\nh = A x\nL = sum(h)\n", "x", "h")],
)
def test_what_is_no_matrix_is_not_spelled_out(text: str, wrt: str, of: str) -> None:
    with pytest.raises(NotSupportedError) as caught:
        derived(text, wrt, of)
    assert "is no matrix" in str(caught.value)


def example(file: str) -> str:
    return (EXAMPLES / f"{file}.chain").read_text("utf-8")


def test_sixty_four_layers() -> None:
    deep = MLP.replace("1..3", "1..64").replace("h_3", "h_64").replace("n_3", "n_64")
    chain, derivation = derived(deep, "W_1")
    assert check(chain, derivation) and check_all(chain, Gradients(chain))
    assert isinstance(derivation.goal, Derivative)
