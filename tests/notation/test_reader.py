"""Reading: every spelling of the notation, brackets, big operators, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.errors import ParseError, SymgradError, UnknownNameError
from symgrad.notation.context import Context
from symgrad.notation.reader import read, read_source
from symgrad.notation.source import Source
from symgrad.notation.tree import BigOp, Name, number
from symgrad.notation.writers.plain import plain

NAMES = [Name(stem, (number(j),)) for stem in "wbz" for j in range(1, 5)]
NAMES += [Name("a", (number(j),)) for j in range(5)] + [Name("y"), Name("C")]
ANSWER = Context(
    "answer", frozenset(NAMES), frozenset({"sigma"}), activation="sigma", objective=Name("C"), deltas=True
)

SAME = [
    ("w_1", ["w1", "w₁", "w_{1}", r"\mathbf{w}_1", "ｗ_１", "w _ 1"]),
    ("sigma'(z_1)", ["σ′(z₁)", r"\sigma'(z_1)", r"\sigma^{\prime}(z_1)", "sigma ' (z1)"]),
    ("sigma'(z_1)", [r"\frac{d\sigma}{dz}(z_1)", r"\left.\frac{d\sigma}{dz}\right|_{z=z_1}"]),
    ("sigma'(z_1)", [r"\frac{d\sigma(z_1)}{dz_1}", "dsigma(z_1)/dz_1"]),
    ("dC/da_4", ["∂C/∂a₄", r"\frac{\partial C}{\partial a_4}", r"\partial C / \partial a_4"]),
    ("dC/da_4", ["dC_da4", r"\frac{dC}{da_4}"]),
    ("1/2 w_1", [r"\frac12 w_1", "½ w1", r"\tfrac{1}{2} w_1", "1/2*w_1", "1/2·w₁"]),
    ("abs(w_1 sigma'(z_1)) <= 1/4", [r"|w_1\sigma'(z_1)| \le \frac14", "|w₁ σ′(z₁)| ≤ ¼"]),
    ("abs(w_1 sigma'(z_1)) <= 1/4", [r"\left| w_1 \sigma'(z_1) \right| \leq 1/4"]),
    ("a_4 - y", ["a4 − y", "(a_4 - y)", r"\left( a_4 - y \right)", "a_4-y"]),
    ("prod(w_k, k, 2, 4)", [r"\prod_{k=2}^{4} w_k", r"\prod_{k=2}^4 w_k", "∏ₖ₌₂⁴ wₖ"]),
    ("sigma(z_1)^2", [r"\sigma^2(z_1)", "sigma(z1)**2", "σ²(z₁)"]),
    ("2^-1", ["2**-1", "2^{-1}"]),
    ("e^-w_1", [r"e^{-w_1}", "e^(-w1)"]),
    ("y_hat", [r"\hat y", r"\hat{y}", "ŷ", "y_{hat}", "y\u0302"]),
    ("y_true", [r"y_{\text{true}}", "y_{true}", r"y_\text{true}"]),
    ("sqrt(y)", [r"\sqrt{y}", "√y"]),
    ("sigma''''(z_1)", [r"\sigma^{(4)}(z_1)", r"\sigma''''(z_1)"]),
]  # fmt: skip


@pytest.mark.parametrize(("standard", "spellings"), SAME, ids=[standard for standard, _ in SAME])
def test_spellings_of_one_thing_read_the_same(standard: str, spellings: list[str]) -> None:
    wanted = read(standard)
    for spelling in spellings:
        found = read(spelling)
        if isinstance(found, BigOp):
            assert (found.kind, found.body, found.low, found.high) == (
                wanted.kind,
                wanted.body,
                wanted.low,
                wanted.high,
            )  # type: ignore[union-attr]
        else:
            assert plain(found) == plain(wanted), spelling


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ("log2(w x)", "log2", "write log(x)/log(2)"),
        ("log10 (w x)", "log10", "write log(x)/log(10)"),
        ("log2 x", "log2", "write log(x)/log(2)"),
        (r"\log2(w x)", "log2", "write log(x)/log(2)"),
        ("tanh2(w x)", "tanh2", "did you mean tanh? a product is written tanh(2)*(...)"),
        ("relu6(z)", "relu6", "write min(relu(x), 6)"),
        ("lam (w_1 + w_2)/2", "lam", "if a product is meant, write lam*(...)"),
        ("sigmod(z)", "sigmod", "did you mean sigmoid?"),
    ],
)
def test_functions_nobody_knows_are_refused_with_what_can_be_written(text: str, name: str, says: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        read(text)
    assert f"unknown function {name}; {says}" in str(caught.value)


def test_digits_behind_a_function_are_its_argument_where_nothing_is_applied() -> None:
    assert plain(read("tanh 2 + log2")) == "tanh(2) + log(2)"
    known = Context("chain", frozenset({Name("sigma", (number(2),))}))
    assert plain(read("sigma2(w + 1)", known)) == "sigma_2*(w + 1)"


@pytest.mark.parametrize("kind", ["chain", "claim"])
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1e-3 w^2", "write 0.001 or 10^-3; or 1*e - 3 if"),
        ("w + 2.5E+2", "write 250 or 2.5*10^2; or 2.5*e + 2 if"),
        ("1e5 w", "write 100000 or 10^5; or 1*e*5 if"),
        ("3e-30", "write 3*10^-30; or 3*e - 30 if"),
    ],
)
def test_powers_of_ten_are_asked_about_in_formulas(kind: str, text: str, says: str) -> None:
    with pytest.raises(ParseError) as caught:
        read(text, Context(kind))
    assert says in str(caught.value)


def test_eulers_number_with_a_space_or_a_name_e_is_a_product() -> None:
    assert plain(read("2 e - 3")) == "2 e - 3"
    assert plain(read("2e-3", Context("chain", frozenset({Name("e")})))) == "2 e - 3"
    assert plain(read("2e-3", Context("value", scientific=True))) == "0.002"


MEANINGS = [
    ("a/b c", "a/b c"),
    ("a/(b c)", "a/(b c)"),
    ("-x^2", "-x^2"),
    ("2^3^2", "2^3^2"),
    (r"\tanh^2\tfrac z2", "tanh(z/2)^2"),
    ("dC/db_1 / dC/db_3", "dC/db_1 / dC/db_3"),
    (r"2 \prod_{k=2}^{n} w_k \sigma'(z_k) D", None),
    ("w2w3", "w_2 w_3"),
    ("(f ∘ g)(x)", "f(g(x))"),
    ("lambda (theta - c)", "lambda (theta - c)"),
    ("np.exp(-z)", "exp(-z)"),
    ("ReLU(x)", "relu(x)"),
]


@pytest.mark.parametrize(("text", "wanted"), [row for row in MEANINGS if row[1]])
def test_precedence_and_names(text: str, wanted: str) -> None:
    assert plain(read(text)) == wanted


def test_a_big_operator_ends_with_the_last_factor_that_has_its_index() -> None:
    tree = read(r"\prod_{k=2}^{n} w_k \sigma'(z_k) \frac{\partial C}{\partial a_n}")
    assert plain(tree) == "prod(w_k sigma'(z_k), k, 2, n) dC/da_n" or plain(tree).endswith("dC/da_n")
    assert isinstance(tree.factors[0], BigOp) and plain(tree.factors[0].body) == "w_k sigma'(z_k)"  # type: ignore[union-attr]


def test_two_products_side_by_side_do_not_nest_but_a_dependent_one_does() -> None:
    side = read(r"\prod_{j=1}^{4} \sigma'(z_j) \prod_{k=2}^{4} w_k")
    assert [type(f) for f in side.factors] == [BigOp, BigOp]  # type: ignore[union-attr]
    nested = read(r"\sum_{i=1}^{n} \prod_{k=i+1}^{n} w_k")
    assert isinstance(nested, BigOp) and isinstance(nested.body, BigOp)


def test_what_stands_before_a_bracket() -> None:
    assert plain(read("a_1(1-a_1)", ANSWER)) == "a_1 (1 - a_1)"
    assert plain(read("sigma (z_1)", ANSWER)) == "sigma(z_1)"
    with pytest.raises(UnknownNameError, match="did you mean sigmoid"):
        read("sigmod(z)")
    with pytest.raises(UnknownNameError):
        read("q(z) - z")


def test_in_an_answer_free_letters_stand_for_the_activation_and_its_slope() -> None:
    reading = read_source(Source("s'(z1) w2 sp(z2)"), ANSWER)
    assert plain(reading.formulas[0]) == "sigma'(z_1) w_2 sigma'(z_2)"
    assert dict(reading.taken) == {"s": "sigma", "sp": "sigma'"}


@pytest.mark.parametrize(
    ("text", "column", "hint"),
    [
        ("w_2 omega_3", 5, "w_3"),
        ("w_2 W_3", 5, "w_3"),
        ("w_9", 1, "w_1"),
        ("w_2 (a_4 - y", 5, "("),
        ("w_2 )", 5, ")"),
        ("w_2 +", 5, "+"),
        ("5 apples", 3, "apples"),
    ],
)
def test_an_unreadable_answer_says_where_and_what(text: str, column: int, hint: str) -> None:
    with pytest.raises(SymgradError) as caught:
        read(text, ANSWER, name="<answer>")
    assert str(caught.value).startswith(f"<answer>:1:{column}:")
    assert hint in str(caught.value)
    assert "^" in str(caught.value)


HOSTILE = [
    "__import__('os').system('id')", "().__class__.__bases__[0]", "lambda: 0", "x; import os", "%s%s%n",
    "(" * 10_000 + ")" * 10_000, r"\frac{1}{" * 1000, "1" * 1_000_000, "x+" * 500_000, "a" * 4001,
    "а_1", "a\x00b", "w\u202e_1", "<script>1</script>", "\\input{/etc/passwd}", "\\def\\x{1}\\x",
    "9**9**9**9!", "d^1.5C/dw_1^1.5", "\\frac{d^{1.5}C}{dw_1}",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_refused_and_says_so(text: str) -> None:
    with pytest.raises(SymgradError):
        read(text, ANSWER, name="<answer>")


def test_towers_of_powers_are_read_but_never_computed() -> None:
    assert plain(read("9^9^9^9")) == "9^9^9^9"


CAPS = [
    ("+".join("x" * 2500), "2000 parts"),
    ("(" * 70 + "x" + ")" * 70, "64 deep"),
    ("1" * 31, "30 digits"),
    ("x" * 4001, "4000 characters"),
]


@pytest.mark.parametrize(("text", "cap"), CAPS, ids=[cap for _, cap in CAPS])
def test_beyond_a_cap_the_error_names_it(text: str, cap: str) -> None:
    context = ANSWER if "characters" in cap else Context("claim")
    with pytest.raises(ParseError) as caught:
        read(text, context)
    assert cap.split()[0] in str(caught.value).replace(",", "")


def test_letters_of_other_scripts_are_refused_by_name() -> None:
    with pytest.raises(ParseError, match="Cyrillic small letter a"):
        read("а_1")


@given(st.text(max_size=60))
@settings(max_examples=400)
def test_any_text_is_read_or_refused_with_a_message(text: str) -> None:
    try:
        plain(read(text, ANSWER))
    except SymgradError as error:
        assert str(error)


ALPHABET = [
    *"wabzyσ′₁₂₃()[]{}|^_+-*/=<>',. 0123459\\", "\\frac", "\\sigma'", "\\prod_{k=2}^{4}", "dC/da_4",
    "sigma", "\\left", "\\right", "exp", "w_2", "\\\\", "&",
]  # fmt: skip


@given(st.lists(st.sampled_from(ALPHABET), max_size=25).map("".join))
@settings(max_examples=600)
def test_any_mathematical_scribble_is_read_or_refused(text: str) -> None:
    try:
        plain(read(text, ANSWER))
    except SymgradError as error:
        assert str(error)
