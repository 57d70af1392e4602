"""Answers with vectors and matrices, from what students write to how it is marked; and no wrong verdict."""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symgrad.algebra.tensors import prints
from symgrad.api import Chain, Question, grade
from symgrad.grading.matrices.desk import Pieces, Room, desk_of
from symgrad.grading.matrices.judge import outcome
from symgrad.grading.matrices.slips import Mends
from symgrad.grading.reading import read_answer
from symgrad.notation.tree import Tree

MLP = """x : vector(n_0)
y : vector(n_2)
W_j : matrix(n_j, n_{j-1})
b_j : vector(n_j)
sigma = sigmoid
z_1 = W_1 x + b_1
h_1 = sigma(z_1)
z_2 = W_2 h_1 + b_2
h_2 = sigma(z_2)
C = half_square(h_2, y)
"""
GEN = """x : vector(n_0)
y : vector(n_2)
W_j : matrix(n_j, n_{j-1})
b_j : vector(n_j)
z_1 = W_1 x + b_1
h_1 = sigma(z_1)
z_2 = W_2 h_1 + b_2
h_2 = sigma(z_2)
C = half_square(h_2, y)
"""
SM = """x : vector(d)
y : vector(k)
W_1 : matrix(m, d)
W_2 : matrix(k, m)
z_1 = W_1 x
h_1 = tanh(z_1)
z_2 = W_2 h_1
p = softmax(z_2)
L = cross_entropy(p, y)
assume sum(y) = 1
"""
RNN = """h_0 : vector(m)
x_t : vector(d)
y : vector(m)
W : matrix(m, m)
U : matrix(m, d)
for t in 1..3:
    s_t = W h_{t-1} + U x_t
    h_t = tanh(s_t)
L = half_square(h_3, y)
"""
AE = """x : vector(n)
W : matrix(m, n)
z = W x
h = tanh(z)
r = W^T h
L = half_square(r, x)
"""
RES = """h_0 : vector(m)
y : vector(m)
W_t : matrix(m, m)
for t in 1..3:
    s_t = W_t h_{t-1}
    h_t = h_{t-1} + tanh(s_t)
L = half_square(h_3, y)
"""
BN = """x : vector(m)
t : vector(m)
mu = mean(x)
u = x - mu
v = mean(u .* u)
r = u / sqrt(v + epsilon)
o = gamma r + beta
L = half_square(o, t)
parameters gamma, beta
"""
F12 = """h_0 : vector(n_0)
y : vector(n_3)
W_t : matrix(n_t, n_{t-1})
sigma = sigmoid
for t in 1..3:
    z_t = W_t h_{t-1}
    h_t = sigma(z_t)
ell = half_square(h_3, y)
parameters W
"""
F13 = """h_0 : vector(m)
y : vector(m)
W_l : matrix(m, m)
phi = tanh
for l in 1..3:
    h_l = phi(W_l h_{l-1})
o = h_3
L = half_square(o, y)
parameters W
"""
LOGISTIC = """x : vector(3)
w : vector(3)
z = w^T x + b
p = sigmoid(z)
L = -(y*log(p) + (1-y)*log(1-p))
"""
WIDE = """x : vector(784)
W_1 : matrix(30, 784)
W_2 : matrix(10, 30)
y : vector(10)
sigma = sigmoid
z_1 = W_1 x
h_1 = sigma(z_1)
z_2 = W_2 h_1
h_2 = sigma(z_2)
C = half_square(h_2, y)
"""
QUADRATIC = """A : matrix(3, 3)
x : vector(3)
q = A x
L = x^T q
"""
RIDGE = """X : matrix(n, d)
w : vector(d)
y : vector(n)
r = X w - y
L = r^T r / n + lambda w^T w
"""
ATTENTION = """h : vector(m)
K : matrix(m, n)
q : vector(m)
s = K^T q
a = softmax(s)
c = K a
L = norm(c)^2
"""
RELU = """x : vector(m)
z = relu(x)
L = sum(z .* z)/2
"""
UNIT = """x : vector(m)
q : vector(m)
n = x/norm(x)
L = q^T n
"""
BATCH = """X : matrix(n, d)
W : matrix(d, m)
Y : matrix(n, m)
Z = X W
H = sigma(Z)
D = H - Y
L = norm(D)^2 / 2
"""
LOOKUP = """x : vector(d)
V : matrix(m, d)
q : vector(m)
K : matrix(T, m)
s = K q
a = softmax(s)
c = K^T a
u : vector(m)
L = u^T c
"""
AFFINE = """x : vector(3)
W : matrix(2, 3)
b : vector(2)
y : vector(2)
z = W x + b
h = relu(z)
L = mse(h, y) + lambda*norm(W)^2
"""
NORMED = """x : vector(d)
g : vector(d)
k : vector(d)
mu = mean(x)
c = x - mu
v = mean(c .* c)
n = c / sqrt(v + epsilon)
o = gamma n
L = sum(o .* k)
"""
GATED = """x : vector(d)
W : matrix(m, d)
V : matrix(m, d)
y : vector(m)
a = sigmoid(W x)
c = tanh(V x)
h = a .* c
L = half_square(h, y)
"""
NEURON = """x : vector(d)
w_1 : vector(d)
z_1 = w_1^T x + b_1
a_1 = sigmoid(z_1)
z_2 = w_2 a_1 + b_2
a_2 = sigmoid(z_2)
C = (a_2 - y)^2/2
"""
SQUARE = """x : vector(2)
W : matrix(2, 2)
z = W x
L = sum(z .* z)
"""
CHAINS = {
    "BATCH": BATCH,
    "LOOKUP": LOOKUP,
    "AFFINE": AFFINE,
    "NORMED": NORMED,
    "GATED": GATED,
    "NEURON": NEURON,
    "SQUARE": SQUARE,
    "MLP": MLP,
    "GEN": GEN,
    "SM": SM,
    "RNN": RNN,
    "AE": AE,
    "RES": RES,
    "BN": BN,
    "F12": F12,
    "F13": F13,
    "LOGISTIC": LOGISTIC,
    "WIDE": WIDE,
    "QUADRATIC": QUADRATIC,
    "RIDGE": RIDGE,
    "ATTENTION": ATTENTION,
    "RELU": RELU,
    "UNIT": UNIT,
}

ANSWERS = Path(__file__).with_name("matrix_answers.jsonl").read_text("utf-8")
ROWS = [json.loads(line) for line in ANSWERS.splitlines()]


@cache
def asked(chain: str, wrt: str, of: str | None = None, layout: str = "gradient") -> Question:
    return Question(Chain.parse(CHAINS[chain]), wrt=wrt, of=of, layout=layout)


@cache
def alone(gold: str, shapes: tuple[tuple[str, str], ...]) -> Question:
    return Question(answer=gold, shapes=dict(shapes))


def question_of(row: dict[str, Any]) -> Question:
    if "gold" in row:
        return alone(row["gold"], tuple(row.get("shapes", {}).items()))
    return asked(row["chain"], row["wrt"], row.get("of"), row.get("layout", "gradient"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.get('chain', row.get('gold'))}: {row['answer']}")
def test_verdicts_and_slips(row: dict[str, Any]) -> None:
    mark = question_of(row).mark(row["answer"])
    assert mark.verdict == row["verdict"]
    assert "slip" not in row or row["slip"] in [mistake.name for mistake in mark.mistakes]
    told(mark)


def told(mark: Any) -> None:
    """Every sentence can be said, in both languages and at all levels."""
    for lang in ("en", "zh"):
        said = [mark.feedback(lang, hint=level) for level in (1, 2, 3)]
        assert all(said)
        assert "{" not in "".join(said)
    assert mark.verdict in mark.to("json", explain=True)


def test_a_lost_transpose_is_told_by_the_sizes() -> None:
    mark = asked("MLP", "b_1").mark("(W_2 delta_2) .* sigma'(z_1)")
    assert mark.feedback("en", hint=1) == "The structure is right; the sizes do not fit in one place."
    assert mark.feedback("en", hint=2).startswith("W₂ is n₂ × n₁ and ∂C/∂z₂ is n₂ × 1. Can W₂ ∂C/∂z₂")
    assert mark.feedback("zh", hint=2).startswith("W₂ 是 n₂ × n₁，∂C/∂z₂ 是 n₂ × 1。")
    assert "W₂ᵀ" in mark.feedback("en", hint=3)


def test_a_product_of_columns_is_read_entry_by_entry_and_says_so() -> None:
    mark = asked("MLP", "b_1").mark("W_2.T @ delta_2 * sigma'(z_1)")
    assert mark.verdict == "correct"
    assert "entry by entry" in mark.to("text")


def test_a_witness_has_small_numbers() -> None:
    mark = asked("MLP", "W_1").mark("((W_2^T delta_2) .* sigma(z_1)) x^T")
    assert mark.evidence == (
        "For example, take n₀ = n₁ = n₂ = 1, z₁ = 0, z₂ = 0, W₂ = 1, W₁ = 1, x = 1, y = 0. "
        "Your formula gives 1/16, the gradient is 1/32."
    )


def test_a_wrong_line_is_carried_forward() -> None:
    text = (
        r"\frac{\partial C}{\partial z_2} = h_2 - y, \quad "
        r"\frac{\partial C}{\partial W_2} = \frac{\partial C}{\partial z_2} h_1^T"
    )
    mark = asked("MLP", "W_2").mark(text)
    assert mark.verdict == "incorrect"
    assert "missing-factor" in [mistake.name for mistake in mark.mistakes]


def test_what_the_kinds_decide_is_left_to_a_person() -> None:
    assert Question(answer="w^T x").mark("x^T w").verdict == "undecided"
    shapes = {"w": "vector(n)", "x": "vector(n)"}
    assert Question(answer="w^T x", shapes=shapes).mark("x^T w").verdict == "correct"


def truth(room: Room, answer: Tree, gold: Tree, monkeypatch: pytest.MonkeyPatch) -> list[bool | None]:
    """Whether floats agree, at three points of three sizes."""
    original, found = prints.draw, list[bool | None]()
    for salt in ("", "b", "c"):
        monkeypatch.setattr(prints, "draw", lambda key, salt=salt: original(key + salt))
        values = prints.Prints(room.scope)
        values.sizes = {n: 2 + (i + len(salt)) % 3 for i, n in enumerate(values.sizes)}
        left, right = values.of(answer), values.of(gold)
        if left is None or right is None or left.shape != right.shape:
            found.append(None if left is None or right is None else False)
        else:
            found.append(bool(np.abs(left - right).max() <= 1e-7 * max(1e-12, float(np.abs(right).max()))))
    monkeypatch.setattr(prints, "draw", original)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_no_wrong_verdict_on_random_slips(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    source = random.Random(seed)
    right = [row for row in ROWS if row["verdict"] == "correct" and row.get("chain", "WIDE") != "WIDE"]
    for _ in range(12):
        row = source.choice([row for row in right if "layout" not in row])
        question = question_of(row).question
        tree = read_answer(question, row["answer"]).tree
        room = desk_of(question).rooms_for(tree)[0]
        assert room is not None
        mends = Mends(Pieces(question, room))
        slipped = source.choice([*mends.small(tree), *mends.large(tree)]).tree
        found = outcome(desk_of(question), room, slipped)
        agree = truth(room, found.meant.tree, room.gold, monkeypatch)
        if found.state == "equal":
            assert all(agree)
        elif found.state in ("different", "misshapen"):
            assert not all(agree)


SHEET = """title: Matrices
questions:
  - id: q1
    layout: any
    wrt: b_1
    points: 2
    rubric: {missing-transpose: -1}
    chain: |
"""


def test_a_sheet_with_layouts_and_shapes(tmp_path: Path) -> None:
    chain = "".join(f"      {line}\n" for line in MLP.splitlines())
    shaped = "    shapes: {X: 'matrix(n, d)', w: vector(d), y: vector(n)}\n"
    (tmp_path / "sheet.yaml").write_text(
        f"{SHEET}{chain}  - id: q2\n    answer: X^T (X w - y)\n{shaped}", "utf-8"
    )
    rows = [
        ('a,q1,"delta_2^T W_2 diag(sigma\'(z_1))"', "correct", 2),
        ('b,q1,"W_2 delta_2 .* sigma\'(z_1)"', "incorrect", 1),
        ("c,q2,X (X w - y)", "incorrect", 0),
        ("d,q2,X^T X w - X^T y", "correct", 1),
    ]
    text = "\n".join(["student,question,answer", *(row for row, _, _ in rows)])
    (tmp_path / "answers.csv").write_text(text, "utf-8")
    marks = [result.mark for result in grade(tmp_path / "sheet.yaml", tmp_path / "answers.csv")]
    assert [(mark.verdict, mark.points) for mark in marks] == [
        (verdict, points) for _, verdict, points in rows
    ]
