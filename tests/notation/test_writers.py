"""Writers: what a textbook prints, brackets exactly where needed, and read(write(tree)) == tree."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings

from symgrad.notation import tree as t
from symgrad.notation.reader import read
from symgrad.notation.writers.encodings import encodable
from symgrad.notation.writers.latex import latex
from symgrad.notation.writers.plain import plain
from symgrad.notation.writers.unicode import pretty
from tests.notation.trees import CONTEXT, statements, undirected

a, b, c, x, w, y = (t.Name(stem) for stem in "abcxwy")
N = t.number


def n(stem: str, *indices: int) -> t.Name:
    return t.Name(stem, tuple(N(i) for i in indices))


def slope(j: int) -> t.Apply:
    return t.Apply(t.Name("sigma"), (n("z", j),), 1)


GRADIENT = t.Derivative(t.Name("C"), n("b", 1))
PREVIOUS = t.Name("a", (t.Add((t.Name("j"), t.Neg(N(1)))),))
LINE = t.Add((t.Mul((t.Name("w", (t.Name("j"),)), PREVIOUS)), t.Name("b", (t.Name("j"),))))
CHAIN = t.Mul((slope(1), n("w", 2), t.Add((n("a", 4), t.Neg(y)))))
SHAPED = t.Apply(t.Name("elu"), (x,), 0, (("alpha", N(2)),))
DELTA = t.Elementwise("*", t.Mul((t.Transpose(n("W", 2)), n("d", 2))), slope(1))
MATRIX = t.Array((t.Array((a, b)), t.Array((b, c))))
AB, BC = t.Relation(("<",), (a, b)), t.Relation(("<",), (b, c))
AC = t.Relation(("=",), (a, c))
PRODUCT = t.BigOp("prod", t.Mul((t.Name("w", (t.Name("k"),)), b)), "k", N(2), t.Name("n"), True)


@pytest.mark.parametrize(
    ("tree", "typed", "set_", "shown"),
    [
        (GRADIENT, "dC/db_1", r"\frac{\partial C}{\partial b_1}", "∂C/∂b₁"),
        (t.Derivative(t.Name("C"), b, 2), "d^2C/db^2", r"\frac{\partial^2 C}{\partial b^2}", "∂²C/∂b²"),
        (CHAIN, "sigma'(z_1) w_2 (a_4 - y)", r"\sigma'(z_1)\, w_2\, (a_4 - y)", "σ′(z₁) w₂ (a₄ − y)"),
        (LINE, "w_j a_{j-1} + b_j", "w_j a_{j-1} + b_j", "wⱼ aⱼ₋₁ + bⱼ"),
        (t.Name("y", (t.Name("true"),)), "y_true", r"y_{\text{true}}", "y_true"),
        (t.Name("y_hat", (N(1),)), "y_hat_1", r"\hat{y}_1", "ŷ₁"),
        (n("w", 1, 2), "w_{1,2}", "w_{1,2}", "w_{1,2}"),
        (t.Name("W", (t.Name("l"),), layer=True), "W^(l)", "W^{(l)}", "W^(l)"),
        (t.Name("loss"), "loss", r"\mathrm{loss}", "loss"),
        (t.Number(Fraction(1, 4)), "1/4", r"\frac{1}{4}", "1/4"),
        (t.Number(Fraction(1, 4), decimal=True), "0.25", "0.25", "0.25"),
        (t.Number(Fraction(-3, 2)), "-3/2", r"-\frac{3}{2}", "−3/2"),
        (t.Number(Fraction(1, 3), decimal=True), "1/3", r"\frac{1}{3}", "1/3"),
        (t.Apply(t.Name("sigma"), (x,), 4), "sigma''''(x)", r"\sigma^{(4)}(x)", "σ′′′′(x)"),
        (t.Apply(t.Name("abs"), (w,)), "abs(w)", r"\lvert w\rvert", "|w|"),
        (t.Apply(t.Name("norm"), (t.Name("v"),)), "norm(v)", r"\lVert v\rVert", "‖v‖"),
        (t.Apply(t.Name("sqrt"), (x,)), "sqrt(x)", r"\sqrt{x}", "√(x)"),
        (t.Apply(t.Name("exp"), (x,)), "exp(x)", r"\exp(x)", "exp(x)"),
        (t.Apply(t.Name("relu"), (x,), 1), "relu'(x)", r"\operatorname{ReLU}'(x)", "relu′(x)"),
        (t.Apply(t.Name("f", (t.Name("l"),)), (x,), 1), "f_l'(x)", "f_l'(x)", "fₗ′(x)"),
        (SHAPED, "elu(x, alpha=2)", r"\operatorname{ELU}(x, \alpha=2)", "elu(x, α=2)"),
        (PRODUCT, "prod(w_k b, k, 2, n)", r"\prod_{k=2}^{n} \left(w_k b\right)", "∏ₖ₌₂ⁿ (wₖ b)"),
        (DELTA, "W_2^T d_2 .* sigma'(z_1)", r"W_2^{\top}\, d_2 \odot \sigma'(z_1)", "W₂ᵀ d₂ ⊙ σ′(z₁)"),
        (t.Apply(t.Name("diag"), (t.Name("v"),)), "diag(v)", r"\operatorname{diag}(v)", "diag(v)"),
        (t.Relation(("<", "<="), (N(0), x, N(1))), "0 < x <= 1", r"0 < x \le 1", "0 < x ≤ 1"),
        (t.Is(t.Name("n"), "integer"), "n is integer", r"n \in \mathbb{Z}", "n ∈ ℤ"),
        (t.Indicator(t.Relation((">",), (x, N(0)))), "1[x > 0]", r"\mathbf 1_{x > 0}", "1[x > 0]"),
        (MATRIX, "[[a, b], [b, c]]", r"\begin{pmatrix} a & b \\ b & c \end{pmatrix}", "[[a, b], [b, c]]"),
        (t.Constant("infty"), "infty", r"\infty", "∞"),
    ],
)  # fmt: skip
def test_textbook_spelling(tree: t.Tree, typed: str, set_: str, shown: str) -> None:
    assert (plain(tree), latex(tree), pretty(tree)) == (typed, set_, shown)


@pytest.mark.parametrize(
    ("tree", "typed"),
    [
        (t.Mul((t.Div(a, b), c)), "a/b c"),
        (t.Div(a, t.Mul((b, c))), "a/(b c)"),
        (t.Div(t.Mul((a, b)), c), "a b/c"),
        (t.Mul((a, t.Div(b, c))), "a (b/c)"),
        (t.Div(t.Div(a, b), c), "a/b/c"),
        (t.Div(a, t.Div(b, c)), "a/(b/c)"),
        (t.Neg(t.Pow(a, N(2))), "-a^2"),
        (t.Pow(t.Neg(a), N(2)), "(-a)^2"),
        (t.Pow(a, t.Pow(b, c)), "a^b^c"),
        (t.Pow(t.Pow(a, b), c), "(a^b)^c"),
        (t.Pow(a, t.Neg(b)), "a^-b"),
        (t.Pow(a, t.Add((b, N(1)))), "a^(b + 1)"),
        (t.Pow(GRADIENT, N(2)), "(dC/db_1)^2"),
        (t.Div(GRADIENT, t.Derivative(t.Name("C"), n("b", 3))), "dC/db_1 / dC/db_3"),
        (t.Neg(t.Mul((a, b))), "-a b"),
        (t.Mul((t.Neg(a), b)), "(-a) b"),
        (t.Mul((a, t.Neg(b))), "a (-b)"),
        (t.Add((a, t.Neg(t.Add((b, c))))), "a - (b + c)"),
        (t.Add((a, t.Add((b, c)))), "a + (b + c)"),
        (t.Add((a, t.Neg(t.Neg(b)))), "a - (-b)"),
        (t.Add((a, N(-2))), "a - 2"),
        (t.Mul((N(2), N(3))), "2*3"),
        (t.Mul((x, N(2))), "x*2"),
        (t.Mul((t.Name("loss"), t.Add((a, b)))), "loss*(a + b)"),
        (t.Mul((t.Name("sigma"), t.Add((a, b)))), "sigma*(a + b)"),
        (t.Mul((a, t.Mul((b, c)))), "a (b c)"),
        (t.Logic("or", (t.Logic("and", (AB, BC)), AC)), "a < b and b < c or a = c"),
        (t.Logic("and", (t.Logic("or", (AB, BC)), AC)), "(a < b or b < c) and a = c"),
    ],
)  # fmt: skip
def test_brackets_stand_exactly_where_needed(tree: t.Tree, typed: str) -> None:
    assert plain(tree) == typed


def test_descending_product_keeps_its_bounds() -> None:
    low = t.Add((t.Name("i"), N(1)))
    tree = t.BigOp("prod", t.Name("W", (t.Name("k"),)), "k", t.Name("n"), low)
    assert plain(tree) == "∏_{k=n}^{i+1} W_k"
    assert latex(tree) == r"\prod_{k=n}^{i+1} W_k"
    counted = t.BigOp("prod", t.Name("W", (t.Name("k"),)), "k", N(4), N(2))
    assert plain(counted) == "∏_{k=4}^{2} W_k"
    assert plain(t.BigOp("sum", t.Name("W", (t.Name("k"),)), "k", N(1), N(3))) == "sum(W_k, k, 1, 3)"


def test_big_operator_does_not_swallow_later_factors() -> None:
    body = t.Name("w", (t.Name("k"),))
    tree = t.Mul((t.BigOp("prod", body, "k", N(1), t.Name("n"), True), t.Name("b", (t.Name("k"),))))
    assert latex(tree) == r"\left(\prod_{k=1}^{n} w_k\right)\, b_k"
    assert latex(t.Mul((tree.factors[0], b))) == r"\prod_{k=1}^{n} w_k\, b"


@settings(max_examples=600, deadline=None)
@given(statements)
def test_plain_is_read_back_to_the_same_tree(tree: t.Tree) -> None:
    assert read(plain(tree), CONTEXT) == tree


@settings(max_examples=600, deadline=None)
@given(statements)
def test_latex_is_read_back_to_the_same_tree(tree: t.Tree) -> None:
    assert undirected(read(latex(tree), CONTEXT)) == undirected(tree)
    assert undirected(read(latex(tree, markdown=True), CONTEXT)) == undirected(tree)


@settings(max_examples=300, deadline=None)
@given(statements)
def test_markdown_and_encodings_are_safe(tree: t.Tree) -> None:
    text = latex(tree, markdown=True)
    assert "<" not in text and ">" not in text and "|" not in text and "*" not in text and "\n" not in text
    assert text[0] not in "-+#=>" and not re.match(r"\d+[.)]\s", text)
    for encoding in ("gbk", "ascii", "cp936", "latin-1", "cp437"):
        pretty(tree, encoding).encode(encoding)


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("ascii", "|dC/db_{j-1}| <= 1/16 sigma'(z_1)^2 - y_hat"),
        ("gbk", "|dC/db_{j-1}| ≤ 1/16 σ′(z_1)^2 - y_hat"),
        ("utf-8", "|∂C/∂bⱼ₋₁| ≤ 1/16 σ′(z₁)² − ŷ"),
    ],
)
def test_glyphs_fall_back_one_by_one(encoding: str, shown: str) -> None:
    by = t.Name("b", (t.Add((t.Name("j"), t.Neg(N(1)))),))
    left = t.Apply(t.Name("abs"), (t.Derivative(t.Name("C"), by),))
    right = t.Add((t.Mul((t.Number(Fraction(1, 16)), t.Pow(slope(1), N(2)))), t.Neg(t.Name("y_hat"))))
    assert pretty(t.Relation(("<=",), (left, right)), encoding) == shown


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("b₁ → z₁ ✓ “½” … — ████▌▎", "ascii", 'b_1 -> z_1 ok "1/2" ... -- ####=-'),
        ("a·b ≤ ¼", "gbk", "a·b ≤ 1/4"),
        ("梯度 ∂C/∂b₁", "gbk", "梯度 dC/db_1"),
        ("梯度", "ascii", "??"),
        ("naïve 2⁻¹", "ascii", "naive 2^{-1}"),
        ("plain", "ascii", "plain"),
    ],
)
def test_any_text_becomes_encodable(text: str, encoding: str, shown: str) -> None:
    assert encodable(text, encoding) == shown


def test_long_products_and_deep_nests_cost_linear_work() -> None:
    long = t.Mul(tuple(n("w", j) for j in range(100_000)))
    assert plain(long).count(" ") == latex(long).count(" ") == pretty(long).count(" ") == 99_999
    deep: t.Tree = x
    for _ in range(3000):
        deep = t.Apply(t.Name("sigma"), (deep,))
    assert plain(deep) == "sigma(" * 3000 + "x" + ")" * 3000
    assert len(latex(deep)) > 3000 and len(pretty(deep)) > 3000
