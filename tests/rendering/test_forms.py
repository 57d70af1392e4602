"""The four styles of a derivation: the textbook's formulas, the same gradient, every format and language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest

from symgrad import Chain
from symgrad.arithmetic import EXACT, evaluate
from symgrad.errors import NotSupportedError
from symgrad.notation.tree import Apply, Derivative, Mul, Name, Relation, Tree, number, substitute
from symgrad.notation.writers.plain import plain
from symgrad.rendering.forms.backprop import backprop
from symgrad.rendering.forms.jacobian import jacobian
from symgrad.rendering.forms.perturbation import perturbation
from symgrad.rendering.forms.rows import Form, folded
from symgrad.rendering.render import Target, render_derivation
from tests.helpers import EXAMPLES
from tests.rendering.viewer import check

STYLES = ("factors", "backprop", "perturbation", "jacobian")
RESIDUAL = """sigma = sigmoid
for t in 1..4:
    s_t = w_t h_{t-1} + b_t
    g_t = sigma(s_t)
    h_t = h_{t-1} + g_t
L = (h_4 - y)^2 / 2
parameters w, b
"""
RECURRENT = """phi = tanh
for t in 1..4:
    a_t = u h_{t-1} + v x_t + b
    h_t = phi(a_t)
L = (h_4 - y)^2 / 2
parameters u, v, b
"""


def chain(name: str) -> Chain:
    return Chain.read(EXAMPLES / f"{name}.chain")


def made(form: Form | None) -> Form:
    assert form is not None
    return form


def formulas(form: Form) -> list[str]:
    return [plain(row.formula) for row in form.rows]


def reasons(form: Form) -> list[str]:
    return [row.why.id.removeprefix("forms.") for row in form.rows]


def test_nielsen_has_the_four_equations_of_backpropagation() -> None:
    bias = made(backprop(chain("nielsen").derive("b_1").value))
    assert formulas(bias) == [
        "dC/da_4 = a_4 - y",
        "delta_4 = dC/da_4 sigma'(z_4)",
        "delta_3 = w_4 delta_4 sigma'(z_3)",
        "delta_2 = w_3 delta_3 sigma'(z_2)",
        "delta_1 = w_2 delta_2 sigma'(z_1)",
        "dC/db_1 = delta_1",
    ]
    assert reasons(bias)[1:] == ["bp1", "bp2", "bp2", "bp2", "bp3"]
    weight = made(backprop(chain("nielsen").derive("w_2").value))
    assert formulas(weight)[-1] == "dC/dw_2 = a_1 delta_2" and reasons(weight)[-1] == "bp4"
    assert "bp3" not in reasons(weight)


def test_the_recursion_is_one_line_with_its_range() -> None:
    rows = folded(made(backprop(chain("nielsen").derive("b_1").value)).rows, backward=True)
    (line,) = [row for row in rows if row.range is not None]
    assert plain(line.formula) == "delta_j = w_{j+1} delta_{j+1} sigma'(z_j)"
    assert plain(line.range or number(0)) == "1 <= j <= 3"
    assert len(rows) == 4


def test_vectors_are_carried_back_by_the_transpose() -> None:
    found = made(backprop(chain("mlp").derive("W_1").value))
    assert "delta_2 = W_3^T delta_3 .* sigma'(z_2)" in formulas(found)
    assert formulas(found)[-1] == "dL/dW_1 = delta_1 h_0^T"
    assert reasons(found)[1:] == ["bp1", "bp2", "bp2", "bp4"]


def test_a_shared_parameter_adds_up_over_the_layers() -> None:
    found = made(backprop(Chain.parse(RECURRENT).derive("u").value))
    assert formulas(found)[-1] == "dL/du = h_0 delta_1 + h_1 delta_2 + h_2 delta_3 + h_3 delta_4"
    assert reasons(found)[-1] == "bp4-several"


def test_without_layers_there_are_adjoints_and_no_names_of_equations() -> None:
    found = made(backprop(chain("linear").derive("b").value))
    assert formulas(found) == [
        "dL/dy_3 = y_3 - y", "dL/dy_2 = w_3 dL/dy_3", "dL/dy_1 = w_2 dL/dy_2",
        "dL/db = dL/dy_1 + dL/dy_2 + dL/dy_3",
    ]  # fmt: skip
    assert not any("bp" in reason for reason in reasons(found))


def test_a_neuron_is_no_weight() -> None:
    network = chain("nielsen").network
    derivation = chain("nielsen").derive("a_2").value
    found = made(backprop(derivation, network.parameters))
    assert formulas(found)[-1] == "dC/da_2 = w_3 delta_3" and reasons(found)[-1] == "one-use"


def test_a_small_change_is_exact_where_the_line_is_affine() -> None:
    found = made(perturbation(chain("nielsen").derive("b_1").value, {}))
    signs = [row.formula.operators[0] for row in found.rows if isinstance(row.formula, Relation)]
    assert signs == ["=", "~"] * 4 + ["~"]
    assert formulas(found)[:3] == [
        "Delta(z_1) = Delta(b_1)", "Delta(a_1) ~ sigma'(z_1) Delta(z_1)", "Delta(z_2) = w_2 Delta(a_1)",
    ]  # fmt: skip
    shared = made(perturbation(Chain.parse(RECURRENT).derive("u").value, {}))
    assert "Delta(a_2) ~ h_1 Delta(u) + u Delta(h_1)" in formulas(shared)  # a product of two changes
    assert "Delta(a_1) = h_0 Delta(u)" in formulas(shared)


def test_a_chain_without_curvature_is_exact_to_the_end() -> None:
    line = Chain.parse("y_1 = w_1 x\ny_2 = w_2 y_1\nL = 3 y_2")
    found = made(perturbation(line.derive("w_1").value, {}))
    assert [link.operators for link in found.links] == [("=",), ("=",)]
    assert found.remarks[0].id == "forms.change-limit-exact"


def test_the_change_of_the_cost_is_divided_by_the_first_change() -> None:
    page = chain("nielsen").derive("b_1").to("text", style="perturbation")
    product = "σ′(z₁) · w₂ σ′(z₂) · w₃ σ′(z₃) · w₄ σ′(z₄) · ∂C/∂a₄"
    assert f"ΔC ≈ {product} · Δb₁\n" in page and f"ΔC/Δb₁ ≈ {product}\n" in page
    assert f"∂C/∂b₁ = {product}\n" in page
    assert r"\Delta z_{j+1} = w_{j+1}\, \Delta a_j" in chain("nielsen").derive("b_1").to(
        "latex", style="perturbation"
    )


def test_jacobians_stand_later_layer_left_and_are_counted_from_both_ends() -> None:
    mlp = chain("mlp")
    found = made(jacobian(mlp.derive("b_2").value, mlp.network.shapes))
    left, right = found.links[-1].operands
    assert plain(left) == "(dL/db_2)^T"
    assert plain(right) == "(h_3 - y)^T diag(sigma'(z_3)) W_3 diag(sigma'(z_2))"
    counts = {remark.id: dict(remark.fields).get("count") for remark in found.remarks}
    for shape in ((2, 3), (7, 5), (1, 4)):
        n3, n2 = shape
        sizes: dict[Tree, Fraction] = {n("n", 3): Fraction(n3), n("n", 2): Fraction(n2)}
        # row times diagonal, row times matrix, row times diagonal; and the other way round
        assert value(counts["forms.cost-left"], sizes) == n3 + n3 * n2 + n2
        assert value(counts["forms.cost-right"], sizes) == n3 * n2 + n3 * n2 + n3 * n2


def n(stem: str, index: int) -> Name:
    return Name(stem, (number(index),))


def value(tree: object, values: Mapping[Tree, Fraction]) -> Fraction:
    assert isinstance(tree, Mul) or hasattr(tree, "span")
    return Fraction(evaluate(tree, dict(values), EXACT, {}))  # type: ignore[arg-type]


def test_numbers_cost_the_same_from_either_end() -> None:
    found = made(jacobian(chain("nielsen").derive("b_1").value, {}))
    assert plain(found.links[-1].operands[1]).startswith("dC/da_4 sigma'(z_4) w_4 sigma'(z_3) w_3")
    assert dict(found.remarks[0].fields)["total"] == 7


def test_several_paths_of_vectors_are_no_single_product() -> None:
    tied = Chain.parse(
        "x : vector(d)\ny : vector(d)\nW : matrix(d, d)\nparameters W\n"
        "h = W x\no = W h\nL = half_square(o, y)"
    )
    with pytest.raises(NotSupportedError, match="backprop"):
        tied.derive("W").to(style="jacobian")
    assert "δ" not in tied.derive("W").to(style="backprop")


VALUES = {
    "w": Fraction(2, 3),
    "b": Fraction(1, 5),
    "h": Fraction(1, 2),
    "a": Fraction(1, 2),
    "y": Fraction(3),
}


@pytest.mark.parametrize("text", ["nielsen", "relu3", "linear", RESIDUAL, RECURRENT])
def test_the_lines_of_each_form_give_the_gradient(text: str) -> None:
    """Every line is followed in fractions, slopes and neurons being arbitrary numbers."""
    network = Chain.parse(text) if "\n" in text else chain(text)
    for name in network.parameters:
        derivation = network.derive(name).value
        right = exact(Mul((*derivation.factors, number(1))), dict(derivation.kept))
        backward: dict[Tree, Tree] = {}
        for row in made(backprop(derivation)).rows:
            assert isinstance(row.formula, Relation)
            backward[row.formula.operands[0]] = substitute(row.formula.operands[-1], backward)
        assert exact(backward[derivation.goal], {}) == right
        forward: dict[Tree, Tree] = {Apply(Name("Delta"), (derivation.goal.by,)): number(1)}
        for row in made(perturbation(derivation, {})).rows:
            assert isinstance(row.formula, Relation)
            forward[row.formula.operands[0]] = substitute(row.formula.operands[1], forward)
        assert exact(forward[Apply(Name("Delta"), (derivation.goal.of,))], {}) == right
        product = made(jacobian(derivation, {})).links[-1].operands[1]
        assert exact(product, dict(derivation.kept)) == right


def exact(tree: Tree, kept: Mapping[Derivative, Tree]) -> Fraction:
    """A formula at numbers that are told apart by their spelling."""
    known: dict[Tree, Tree] = dict(kept)
    tree = substitute(tree, known)
    values: dict[Tree, Fraction] = {}
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Name | Apply | Derivative):
            values[node] = Fraction(sum(map(ord, plain(node))) % 89 + 2, 7)
            continue
        for part in ("terms", "factors"):
            waiting.extend(getattr(node, part, ()))
        waiting.extend(
            p
            for p in map(lambda f: getattr(node, f, None), ("operand", "numerator", "denominator", "base"))
            if p
        )
    return Fraction(evaluate(tree, values, EXACT, {}))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", ["nielsen", "linear", "relu3", "mlp", "softmax"])
def test_every_format_and_language(name: str, lang: str, style: str) -> None:
    source = chain(name)
    derivation = source.derive(source.parameters[0])
    assert check(derivation.to("markdown", lang, style=style)) > 5
    page = derivation.to("latex", lang, style=style)
    assert page.count(r"\begin") == page.count(r"\end") and "Δ" not in page
    page = derivation.to("text", lang, style=style, encoding="ascii")
    assert page.isascii() or lang == "zh"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ["b_1", "w_1"])
def test_fifty_layers_fit_on_a_hundred_columns(name: str, style: str) -> None:
    deep = chain("nielsen").vary(depth=50).derive(name)
    page = deep.to("text", style=style)
    assert max(map(len, page.splitlines())) <= 125
    result = [line for line in page.splitlines() if line.startswith(("  ∂C", "  ΔC"))]
    assert result and all(len(line) <= 100 and "⋯" in line for line in result)
    full = deep.to("text", style=style, detail="full")
    assert all(f"w{index}" in full for index in ("₂", "₁₇", "₄₉", "₅₀")) and "⋯" not in full


def test_the_steps_alone_decide_what_a_form_says() -> None:
    """A corrupted step shows in every form: none of them computes the gradient on its own."""
    derivation = chain("nielsen").derive("b_1").value
    wrong = tuple(
        replace(step, after=n("w", 9)) if step.after == n("w", 3) else step for step in derivation.steps
    )
    for form in (backprop, lambda d: perturbation(d, {}), lambda d: jacobian(d, {})):
        assert any("w_9" in text for text in formulas(made(form(replace(derivation, steps=wrong)))))


def test_a_gradient_that_is_zero_has_no_other_form() -> None:
    network = Chain.parse("z = w x\nq = v x\nC = z^2\nparameters w, v")
    for style in STYLES:
        assert "∂C/∂v = 0" in render_derivation(network.derive("v").value, Target(), style=style)
