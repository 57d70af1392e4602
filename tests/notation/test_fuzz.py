"""Any text at all: the reader gives a tree or one of our own errors, and a mark is always one of four."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.api import Chain, Question
from symgrad.errors import SymgradError
from symgrad.grading.cleaning import clean
from symgrad.notation.context import Context
from symgrad.notation.reader import read_source
from symgrad.notation.source import Source

CHAIN = Chain.parse("sigma = sigmoid\nz_1 = w_1 x + b_1\na_1 = sigma(z_1)\nC = (a_1 - y)^2 / 2\n")
ASKED = Question(CHAIN, wrt="w_1")
PIECES = [
    "w_1", "x", "a_1", "sigma'(z_1)", "\\sigma", "\\frac", "{", "}", "(", ")", "[", "]", "|", "_",
    "^", "'", "=", "+", "-", "*", "/", " ", "\n", "\\\\", "&", "$", ",", ";", ".", "...", "\\cdots",
    "2", "0.5", "1e-3", "e", "d", "dC/dw_1", "\\begin{cases}", "\\end{cases}", "\\text{if}", "<p>",
    "<sub>", "</sub>", "&sigma;", "&lt;", "np.", "prod(", "sum(", "解：", "Answer:", "=>", "1[",
    "\\mathbb", "\\boxed", "\\over", "\\left.", "\\right|", "T", "@", "⊙", "∂", "₁", "²", "（",
]  # fmt: skip
SOUP = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
ANYTHING = st.text(max_size=60)


@settings(max_examples=150)
@given(st.one_of(SOUP, ANYTHING))
def test_reading_ends_in_a_tree_or_in_an_error_of_ours(text: str) -> None:
    for context in (Context("answer"), Context("claim"), ASKED.question.context):
        try:
            assert read_source(Source(text), context).formulas
        except SymgradError as error:
            assert error.message("en") and error.message("zh")


@settings(max_examples=100)
@given(st.one_of(SOUP, ANYTHING))
def test_every_text_gets_a_mark(text: str) -> None:
    mark = ASKED.mark(text)
    assert mark.verdict in ("correct", "incorrect", "undecided", "unreadable")
    assert (mark.points is None) == (mark.verdict in ("undecided", "unreadable"))
    assert mark.verdict != "unreadable" or dict(mark.value.problem)["zh"]


@given(st.one_of(SOUP, ANYTHING))
def test_cleaning_keeps_the_length_and_the_lines(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) == len(text)
    if "<" not in text:
        assert cleaned.count("\n") == text.count("\n")
