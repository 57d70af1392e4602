"""Answers about chains of symbolic depth: every split and shift is right, every wrong range is refuted."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from symgrad import Chain, Question
from symgrad.algebra.ranges import Limits, Ranges
from symgrad.grading.depths import Bench
from symgrad.network.graph import Network, instantiate
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.context import Context
from symgrad.notation.places import gap
from symgrad.notation.reader import read
from symgrad.notation.tree import (
    Add,
    Apply,
    BigOp,
    Derivative,
    Div,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    strip_spans,
)
from symgrad.values.mark import Mark
from tests.calculus.test_depth import LINEAR, RECURRENT, RESIDUAL, result, tree

LAYERS = """sigma = sigmoid
for j in 1..L:
    z_j = w_j a_{j-1} + b_j
    a_j = sigma(z_j)
C = cost(a_L)
"""
GENERAL = """for t in 1..d:
    s_t = w_t h_{t-1} + b_t
    h_t = f(s_t)
L = (h_d - y)^2/2
"""


def mark(text: str, wrt: str, answer: str, of: str | None = None) -> Mark:
    return Question(Chain.parse(text), wrt=wrt, of=of).mark(answer).value


TOKEN = r"\frac{\partial C}{\partial a_L} "
RIGHT = [
    (LAYERS, "b_1", None, TOKEN + r"\prod_{j=1}^{L}\sigma'(z_j) \prod_{k=2}^{L} w_k"),
    (LAYERS, "b_1", None, TOKEN + r"\sigma'(z_1) \prod_{j=1}^{L-1} w_{j+1} \sigma'(z_{j+1})"),
    (LAYERS, "b_1", None, TOKEN + r"\sigma'(z_1) \prod_{j=L}^{2} w_j \sigma'(z_j)"),
    (LAYERS, "b_1", None, r"\delta_L \prod_{j=1}^{L-1} w_{j+1} \sigma'(z_j)"),
    (LAYERS, "b_1", None, "dC/da_L prod(a_j (1 - a_j), j, 1, L) prod(w_j, j, 2, L)"),
    (LAYERS, "b_1", None, "cost'(a_L) sigma'(z_1) prod(w_k sigma'(z_k), k, 2, L)"),
    (LAYERS, "b_1", None, "dC/da_1 a_1 (1 - a_1)"),
    (LAYERS, "b_1", None, "delta_1"),
    (LAYERS, "b_1", None, "dC/da_L prod(w_j sigma'(z_j), j, 1, L)/w_1"),
    (LINEAR, "w_i", None, r"(y_n - y)\, y_{i-1} \prod_{k=i+1}^{n} w_k"),
    (LINEAR, "w_i", None, r"(y_n - y)\, y_{i-1} \prod_{k=n}^{i+1} w_k"),
    (LINEAR, "w_i", None, r"(y_n - y)\, y_{i-1} \prod_{k=1}^{n-i} w_{k+i}"),
    (LINEAR, "w_i", None, r"(y_n - y)\, y_{i-1} \prod_{k=1}^{n} w_k / \prod_{k=1}^{i} w_k"),
    (LINEAR, "w_i", None, r"\frac{\partial L}{\partial y_i} y_{i-1}"),
    (LINEAR, "b", None, r"(y_n - y) \sum_{i=1}^{n} \prod_{k=i+1}^{n} w_k"),
    (LINEAR, "b", None, r"(y_n - y) (1 + \sum_{i=1}^{n-1} \prod_{k=i+1}^{n} w_k)"),
    (LINEAR, "b", None, r"(y_n - y) \sum_{i=0}^{n-1} \prod_{k=i+2}^{n} w_k"),
    (LINEAR, "b", None, r"\sum_{i=1}^{n} \frac{\partial L}{\partial y_i}"),
    (GENERAL, "h_t", "h_d", r"\prod_{i=t}^{d-1} f'(s_{i+1}) w_{i+1}"),
    (GENERAL, "h_t", "h_d", r"\prod_{i=t+1}^{d} f'(s_i) w_i"),
    (GENERAL, "h_t", "h_d", r"\prod_{i=t+1}^{d} w_i \prod_{i=t+1}^{d} f'(s_i)"),
    (GENERAL, "w_t", None, r"(h_d - y) \left(\prod_{i=t+1}^{d} f'(s_i) w_i\right) f'(s_t) h_{t-1}"),
    (RECURRENT, "u", None, r"(h_n - y) \sum_{k=1}^{n} h_{k-1} \phi'(a_k) \prod_{j=k+1}^{n} u\,\phi'(a_j)"),
    (
        RECURRENT,
        "u",
        None,
        r"(h_n - y) \sum_{k=1}^{n} h_{k-1} (1 - h_k^2) u^{n-k} \prod_{j=k+1}^{n} \phi'(a_j)",
    ),
    (RESIDUAL, "b_1", None, r"(h_n - y) \sigma'(s_1) \prod_{t=2}^{n} (1 + w_t \sigma'(s_t))"),
]
WRONG = [
    (LAYERS, "b_1", None, TOKEN + r"\sigma'(z_1) \prod_{j=2}^{L-1} w_j \sigma'(z_j)", "product-range"),
    (LAYERS, "b_1", None, TOKEN + r"\prod_{j=1}^{L} w_j \sigma'(z_j)", "product-range"),
    (LAYERS, "b_1", None, TOKEN + r"\sigma'(z_1) \prod_{j=1}^{L} w_j \sigma'(z_j)", "product-range"),
    (LAYERS, "b_1", None, TOKEN + r"\sigma'(z_1) \sum_{j=2}^{L} w_j \sigma'(z_j)", "sum-for-product"),
    (LAYERS, "b_1", None, "-dC/da_L sigma'(z_1) prod(w_k sigma'(z_k), k, 2, L)", "wrong-sign"),
    (LAYERS, "b_1", None, "sigma'(z_1) prod(w_k sigma'(z_k), k, 2, L)", "missing-factor"),
    (LAYERS, "b_1", None, "dC/db_1", "not-an-answer"),
    (LINEAR, "w_i", None, "(y_n - y) y_{i-1} prod(w_k, k, i, n)", "product-range"),
    (LINEAR, "w_i", None, "(y_n - y) y_i prod(w_k, k, i+1, n)", "wrong-index"),
    (LINEAR, "b", None, r"(y_n - y) \sum_{i=2}^{n} \prod_{k=i+1}^{n} w_k", "product-range"),
    (LINEAR, "b", None, r"(y_n - y) \sum_{i=1}^{n} \prod_{k=i}^{n} w_k", "product-range"),
    (GENERAL, "h_t", "h_d", r"\prod_{i=t}^{d} f'(s_i) w_i", "product-range"),
    (GENERAL, "h_t", "h_d", r"\prod_{i=t}^{d-1} f'(s_i) w_i", "wrong-index"),
    (RESIDUAL, "b_1", None, r"(h_n - y) \sigma'(s_1) \prod_{t=2}^{n} w_t \sigma'(s_t)", "dropped-term"),
]


@pytest.mark.parametrize(("text", "wrt", "of", "answer"), RIGHT)
def test_every_way_to_write_it_is_right(text: str, wrt: str, of: str | None, answer: str) -> None:
    found = mark(text, wrt, answer, of)
    assert found.verdict == "correct" and not found.remarks, found


@pytest.mark.parametrize(("text", "wrt", "of", "answer", "slip"), WRONG)
def test_a_wrong_range_is_refuted_in_a_chain_of_definite_depth(
    text: str, wrt: str, of: str | None, answer: str, slip: str
) -> None:
    found = mark(text, wrt, answer, of)
    assert found.verdict == "incorrect", found
    assert found.mistakes[0].name == slip
    if slip != "not-an-answer":
        depth = dict(found.evidence[0].fields)["values"]
        assert isinstance(depth, tuple) and len(found.evidence) == 2
        assert len(found.hints) == 3


@pytest.mark.parametrize(
    ("answer", "least"),
    [
        (TOKEN + r"\sigma'(z_1) w_L \sigma'(z_L) \prod_{j=2}^{L-1} w_j \sigma'(z_j)", "2 <= L"),
        ("dC/db_2 w_2 sigma'(z_1)", "2 <= L"),
        ("dC/da_2 sigma'(z_1) w_2 sigma'(z_2)", "2 <= L"),
    ],
)
def test_a_peeled_end_is_right_where_it_exists_and_says_so(answer: str, least: str) -> None:
    found = mark(LAYERS, "b_1", answer)
    assert found.verdict == "correct"
    assert [remark.fields[0][1] for remark in found.remarks] == [strip_spans(read(least))]


@pytest.mark.parametrize(
    "answer",
    [
        TOKEN + r"\sigma'(z_1) \prod_{j=2}^{n} w_j \sigma'(z_j)",  # what is n?
        TOKEN + r"\sigma'(z_1) \prod_{j=2}^{2 L} w_j \sigma'(z_j)",  # names that do not exist
    ],
)
def test_what_cannot_be_decided_stays_undecided(answer: str) -> None:
    found = mark(LAYERS, "b_1", answer)
    assert found.verdict in ("undecided", "unreadable") and found.points is None


# -- an evaluator of its own: floats, forward mode, everything written out ---------------------------------


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


SLOPES: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "sigma": (sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x))),
    "phi": (math.tanh, lambda x: 1 - math.tanh(x) ** 2),
    "f": (math.sin, math.cos),
    "cost": (math.exp, math.exp),
}
Numbers = dict[Name, tuple[float, float]]


def dual(node: Tree, known: Numbers, letters: dict[str, int], chain: Network) -> tuple[float, float]:
    """A value and its slope."""

    def go(part: Tree) -> tuple[float, float]:
        return dual(part, known, letters, chain)

    match node:
        case Number(value):
            return float(value), 0.0
        case Name(stem, ()) if stem in letters:
            return float(letters[stem]), 0.0
        case Name():
            member = instantiate(node, letters)
            assert isinstance(member, Name)
            return known[member]
        case Derivative(of, by):
            end, start = instantiate(of, letters), instantiate(by, letters)
            assert isinstance(end, Name) and isinstance(start, Name)
            if start not in known:
                raise KeyError(start)
            return forward(chain, start)[end][1], 0.0
        case Add(terms):
            parts = list(map(go, terms))
            return sum(v for v, _ in parts), sum(d for _, d in parts)
        case Neg(operand):
            u, du = go(operand)
            return -u, -du
        case Mul(factors):
            return product(list(map(go, factors)))
        case Div(above, below):
            (u, du), (v, dv) = go(above), go(below)
            return u / v, (du * v - u * dv) / v**2
        case Pow(base, exponent):
            (u, du), (n, _) = go(base), go(exponent)
            return u**n, n * u ** (n - 1) * du if n else 0.0
        case Apply(function, (argument,), order):
            u, du = go(argument)
            own, derived = SLOPES[function.stem]
            return (own(u), derived(u) * du) if not order else (derived(u), math.nan)
        case BigOp(kind, body, index, low, high):
            places = range(round(go(low)[0]), round(go(high)[0]) + 1)
            inner = [dual(body, known, {**letters, index: place}, chain) for place in places]
            return product(inner) if kind == "prod" else (sum(v for v, _ in inner), sum(d for _, d in inner))
    raise NotImplementedError(node)


def product(parts: list[tuple[float, float]]) -> tuple[float, float]:
    value, slope = 1.0, 0.0
    for v, d in parts:
        value, slope = value * v, slope * v + value * d
    return value, slope


def forward(chain: Network, by: Name | None) -> Numbers:
    """All values of a chain, and their slopes by one name."""
    known: Numbers = {}
    for place, leaf in enumerate(sorted(chain.leaves, key=str)):
        known[leaf] = (0.3 + 0.37 * ((place * 7) % 5), float(leaf == by))
    for target, body in chain.definitions():
        value, slope = dual(body, known, {}, chain)
        known[target] = (value, 1.0 if target == by else slope)
    return known


@pytest.mark.parametrize(("text", "wrt", "of", "answer"), [*RIGHT, *(row[:4] for row in WRONG)])
def test_the_verdicts_agree_with_chains_of_one_to_eight_layers(
    text: str, wrt: str, of: str | None, answer: str
) -> None:
    """The answer as it was read: in all chains the slope if right, in some another number if not."""
    question = Question(Chain.parse(text), wrt=wrt, of=of)
    found, goal = question.mark(answer), question.question.goal
    network = question.question.network
    assert isinstance(network, SymbolicNetwork) and goal is not None and found.value.answer is not None
    if goal == found.value.answer:
        return
    written = Bench(question.question, network).ranges().directed(found.value.answer)
    free = [letter for letter in "it" if f"_{letter}" in wrt]
    agree = []
    for depth in range(1, 9):
        chain = network.at_depth(depth)
        known = forward(chain, None)
        for place in range(1, depth + 1) if free else [0]:
            letters = {network.depth: depth, **{letter: place for letter in free}}
            try:
                value = dual(written, known, letters, chain)[0]
            except KeyError:
                continue  # a name that this chain is too short for
            agree.append(math.isclose(value, dual(goal, known, letters, chain)[0], rel_tol=1e-9))
    assert len(agree) >= 7 and all(agree) == (found.verdict == "correct")


def test_limits_know_how_long_a_range_is() -> None:
    context = Context("claim")
    relations = [strip_spans(read(text, context)) for text in ("1 <= i <= n", "1 <= n")]
    limits = Limits.of([relation for relation in relations if isinstance(relation, Relation)])
    for low, high, least in (
        ("i+1", "n", -1),
        ("1", "n", 0),
        ("2", "n-1", -2),
        ("i", "i", 0),
        ("n", "i", None),
    ):
        form = gap(strip_spans(read(low)), strip_spans(read(high)))
        assert form is not None and limits.least(form) == least


def test_forms_are_equal_exactly_where_the_products_are() -> None:
    limits = Limits(((tree("3"), tree("n")),))
    same = Ranges({}, limits).same
    assert same(tree("prod(w_k, k, 1, n)"), tree("w_1 w_2 prod(w_m, m, 3, n)"))
    assert same(tree("prod(w_k, k, 1, n)"), tree("prod(w_{k+1}, k, 0, n-1)"))
    assert same(tree("prod(w_k x_k, k, 1, n)"), tree("prod(w_k, k, 1, n) prod(x_j, j, 1, n)"))
    assert same(tree("prod(2 u, k, 1, n)"), tree("2^n u^n"))
    assert same(tree("sum(x_k + y_k, k, 1, n)"), tree("sum(x_k, k, 1, n) + sum(y_j, j, 1, n-1) + y_n"))
    assert same(tree("sum(c, k, 2, n)"), tree("(n - 1) c"))
    assert not same(tree("prod(w_k, k, 1, n)"), tree("prod(w_k, k, 1, n-1)"))
    assert not same(tree("prod(w_k, k, 1, n)"), tree("prod(w_k, k, 2, n)"))
    assert not same(tree("sum(x_k y_k, k, 1, n)"), tree("sum(x_k, k, 1, n) sum(y_k, k, 1, n)"))


def test_the_gradient_itself_is_right_in_its_own_plain_notation() -> None:
    for text, wrt in ((LAYERS, "w_j"), (LINEAR, "b"), (RECURRENT, "v"), (RESIDUAL, "w_i")):
        chain = Chain.parse(text)
        question = Question(chain, wrt=wrt)
        derivation = question.question.derivation
        assert derivation is not None
        for written in (question.question.gold, result(derivation)):
            assert question.mark(str(written)).verdict == "correct"


LSTM = """sigma = sigmoid
phi = tanh
for t in 1..n:
    f_t = sigma(p_f x_t + q_f h_{t-1} + b_f)
    i_t = sigma(p_i x_t + q_i h_{t-1} + b_i)
    r_t = sigma(p_r x_t + q_r h_{t-1} + b_r)
    g_t = phi(p_g x_t + q_g h_{t-1} + b_g)
    c_t = f_t c_{t-1} + i_t g_t
    h_t = r_t phi(c_t)
L = (h_n - y)^2 / 2
"""
SHARED = "y_0 = x\nfor i in 1..n:\n    y_i = w_i y_{i-1} + b\nL = (y_n - y)^2 / 2\nparameters w, b\n"
SKIP = "sigma = sigmoid\nfor t in 1..n:\n    s_t = w_t h_{t-1}\n    h_t = h_{t-1} + sigma(s_t)\nL = h_n\n"


@pytest.mark.parametrize(
    ("text", "wrt", "of", "answer"),
    [
        (LSTM, "c_j", "L", "f_{j+1} dL/dc_{j+1} + r_j phi'(c_j) dL/dh_j"),
        (LSTM, "c_j", "L", "f_{j+1} dL/dc_{j+1} + r_j (1 - tanh(c_j)^2) dL/dh_j"),
        (LSTM, "b_f", "L", "sum(c_{k-1} f_k (1-f_k) dL/dc_k, k, 1, n)"),
        (LSTM, "b_f", "L", "sum(dL/df_k f_k (1-f_k), k, 1, n)"),
        (
            LSTM, "c_1", "c_2",
            "f_2 + (c_1 f_2 (1-f_2) q_f + g_2 i_2 (1-i_2) q_i + i_2 (1-g_2^2) q_g) r_1 phi'(c_1)",
        ),
        (SHARED, "b", "L", "(y_n - y)*sum(prod(w_{n+1-k}, k, 1, n-i), i, 1, n)"),
        (SHARED, "b", "L", "(y_n - y)*sum(prod(w_k, k, n-i+1, n), i, 0, n-1)"),
        (SHARED, "x", "L", "(y_n - y)*prod(w_{n-k}, k, 0, n-1)"),
        (SKIP, "h_0", "h_n", "prod(1 + w_t*(h_t - h_{t-1})*(1-h_t+h_{t-1}), t, 1, n)"),
    ],
)  # fmt: skip
def test_recursions_and_reversed_ranges_are_read_in_any_spelling(
    text: str, wrt: str, of: str, answer: str
) -> None:
    assert mark(text, wrt, answer, of).verdict == "correct"


@pytest.mark.parametrize(
    ("text", "wrt", "of", "answer", "slip", "detail"),
    [
        (LSTM, "c_j", "L", "f_j dL/dc_{j+1} + r_j phi'(c_j) dL/dh_j", "wrong-index", "f_j -> f_{j+1}"),
        (LSTM, "c_j", "L", "f_{j+1} dL/dc_{j+1}", "dropped-term", "r_j phi'(c_j) dL/dh_j"),
        (LSTM, "b_f", "L", "sum(f_k (1-f_k) dL/dc_k, k, 1, n)", "missing-factor", "c_{k-1}"),
        (SHARED, "w_i", "L", "(y_n - y) y_{i-1} prod(w_{k-1}, k, i+1, n)", "wrong-index", "w_{k-1} -> w_k"),
        (SHARED, "b", "L", "(y_n - y)*sum(prod(w_k, k, i+1, n), i, 1, n-1)", "product-range", ""),
        (SKIP, "h_1", "h_n", "prod(1 + w_t sigma'(s_t), t, 1, n-1)", "wrong-index", "s_{t+1}"),
    ],
)  # fmt: skip
def test_slips_in_letters_are_named(
    text: str, wrt: str, of: str, answer: str, slip: str, detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("symgrad.grading.depths.SECONDS", 10.0)  # on a busy machine, too
    found = mark(text, wrt, answer, of)
    assert found.verdict == "incorrect"
    assert found.mistakes[0].name == slip
    assert detail in found.mistakes[0].detail


BASE, STEP = r"\delta_n=(a_n-y)\sigma'(z_n)", r"\delta_k=w_{k+1}\delta_{k+1}\sigma'(z_k)"
OWN = r"\delta_n=a_n-y" + "\n" + r"\delta_k=w_{k+1}\sigma'(z_{k+1})\delta_{k+1}"
DEEP = LAYERS.replace("L", "n").replace("cost(a_n)", "(a_n - y)^2/2")
STATED = [
    ("b_1", f"{BASE}\n{STEP}\ndC/db_1=\\delta_1", "correct"),
    ("w_j", f"{BASE}\n{STEP}\ndC/dw_j=\\delta_j a_{{j-1}}", "correct"),
    ("b_1", OWN + "\ndC/db_1=\\delta_1 \\sigma'(z_1)", "correct"),  # delta_k for dC/da_k
    ("b_1", r"dC/db_1=\delta_1，其中 \delta_k=w_{k+1}\delta_{k+1}\sigma'(z_k)", "correct"),
    ("b_1", BASE + "\n" + r"\delta_k=w_{k}\delta_{k+1}\sigma'(z_k)" + "\ndC/db_1=\\delta_1", "incorrect"),
    (
        "w_j",
        BASE + "\n" + r"\delta_k=w_{k}\delta_{k+1}\sigma'(z_k)" + "\ndC/dw_j=\\delta_j a_{j-1}",
        "incorrect",
    ),
    ("b_1", r"\delta_n=(a_n-y)" + f"\n{STEP}\ndC/db_1=\\delta_1", "incorrect"),
    ("b_1", r"dC/db_1=\delta_1，其中 \delta_k=w_k\delta_{k+1}\sigma'(z_k)", "incorrect"),
    (
        "b_1",
        r"\frac{dC}{da_k}=w_k\sigma'(z_k)\frac{dC}{da_{k+1}}" + "\ndC/db_1=dC/da_1 \\sigma'(z_1)",
        "incorrect",
    ),
    ("b_1", OWN + "\n\\frac{dC}{dz_k}=\\delta_k\\sigma'(z_k)\ndC/db_1=dC/dz_1", "undecided"),
    (
        "b_1",
        r"\delta_1 = y - a_n, dC/db_1 = -\delta_1 \prod_{k=2}^n w_k \prod_{k=1}^n \sigma'(z_k)",
        "correct",
    ),
]


@pytest.mark.parametrize(("wrt", "answer", "verdict"), STATED)
def test_a_recursion_that_an_answer_states_is_checked(wrt: str, answer: str, verdict: str) -> None:
    found = mark(DEEP, wrt, answer)
    assert found.verdict == verdict, found
    if verdict == "incorrect":
        assert found.evidence[0].id == "feedback.working-wrong-line"
