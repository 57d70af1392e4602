"""How mathematics and words are put down in each format: one small object a format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from symgrad.notation.tree import BigOp, Div, Mul, Number, Relation, Tree
from symgrad.notation.writers.encodings import encodable
from symgrad.notation.writers.latex import latex
from symgrad.notation.writers.plain import plain
from symgrad.notation.writers.unicode import pretty
from symgrad.rendering.folding import groups, repeating

FORMATS = ("text", "markdown", "latex", "json")
_ELIDE_OVER, _HEAD, _TAIL = 9, 3, 3
_ENDS = ((1, 1), (2, 1), (1, 2), (2, 2))
"""How many groups at the ends of a long product may stand outside its pattern."""


class Style(Protocol):
    """What a view needs to know about a format."""

    @property
    def name(self) -> str:
        """The format."""

    def math(self, tree: Tree, *, short: bool = False) -> str:
        """A formula in a display, no delimiters; `short` leaves out the middle of a long product."""

    def inline(self, tree: Tree) -> str:
        """A formula inside a sentence, with its delimiters."""

    def inlines(self, trees: Sequence[Tree], comma: str) -> str:
        """Several formulas inside a sentence; `comma` is what the language puts between them."""

    def display(self, tree: Tree, *, short: bool = False) -> str:
        """A formula in a table cell: display notation, inline delimiters."""

    def words(self, text: str) -> str:
        """Words, with whatever this format would take for markup made harmless."""


def _grouped(factors: Sequence[Tree], short: bool) -> tuple[tuple[Tree, ...] | None, ...]:
    """The factors by layer; a regular middle of a long product is None once."""
    parts = groups(factors)
    if short and len(parts) > _ELIDE_OVER:
        for head, tail in _ENDS:
            if repeating(parts[head : len(parts) - tail]):
                return (*parts[: max(_HEAD, head + 1)], None, *parts[-max(_TAIL, tail + 1) :])
    return parts


def _layered(tree: Tree) -> bool:
    """True for a product long enough to be printed layer by layer; a big operator is left to the writer."""
    return (
        isinstance(tree, Mul)
        and len(tree.factors) > 3
        and not any(isinstance(f, BigOp) for f in tree.factors)
        and not all(isinstance(f, Number) for f in tree.factors)
    )


@dataclass(frozen=True, slots=True)
class TextStyle:
    """Unicode for a terminal, glyph by glyph where its encoding is poorer."""

    encoding: str | None = None
    name: str = "text"

    def math(self, tree: Tree, *, short: bool = False) -> str:
        """`σ′(z₁) · w₂ σ′(z₂) · (a₄ − y)`."""
        match tree:
            case Mul(factors) if _layered(tree):
                parts = _grouped(factors, short)
                times, dots = self.words(" · "), self.words("⋯")
                return times.join(dots if p is None else self._part(p) for p in parts)
            case Relation(operators, operands):
                return _chain(
                    [self.math(x, short=short) for x in operands], [self._sign(o) for o in operators]
                )
            case _:
                return pretty(tree, self.encoding)

    def _part(self, factors: tuple[Tree, ...]) -> str:
        text = pretty(Mul(factors), self.encoding)
        return f"({text})" if len(factors) == 1 and isinstance(factors[0], Div) else text

    def _sign(self, operator: str) -> str:
        return self.words({"<=": "≤", ">=": "≥", "!=": "≠", "~": "≈"}.get(operator, operator))

    def inline(self, tree: Tree) -> str:
        """The formula as the writer writes it."""
        return pretty(tree, self.encoding)

    def inlines(self, trees: Sequence[Tree], comma: str) -> str:
        """Formulas in a row."""
        return comma.join(map(self.inline, trees))

    def display(self, tree: Tree, *, short: bool = False) -> str:
        """The same as in a display."""
        return self.math(tree, short=short)

    def words(self, text: str) -> str:
        """Words as they are, glyphs the terminal lacks spelt out."""
        return text if self.encoding is None else encodable(text, self.encoding)


@dataclass(frozen=True, slots=True)
class PlainStyle:
    """Plain notation, which the reader reads back: for data."""

    name: str = "json"

    def math(self, tree: Tree, *, short: bool = False) -> str:
        """`sigma'(z_1) w_2 (a_4 - y)`."""
        return plain(tree)

    inline = math
    display = math

    def inlines(self, trees: Sequence[Tree], comma: str) -> str:
        """Formulas in a row."""
        return ", ".join(map(plain, trees))

    def words(self, text: str) -> str:
        """Words as they are."""
        return text


@dataclass(frozen=True, slots=True)
class TexStyle:
    """LaTeX between dollars, as LaTeX or as portable Markdown."""

    markdown: bool = False

    @property
    def name(self) -> str:
        """`markdown` or `latex`."""
        return "markdown" if self.markdown else "latex"

    def math(self, tree: Tree, *, short: bool = False) -> str:
        r"""`\sigma'(z_1)\; w_2\,\sigma'(z_2)\; (a_4 - y)`."""
        match tree:
            case Mul(factors) if _layered(tree):
                parts = _grouped(factors, short)
                return r"\; ".join(r"\cdots" if p is None else self.raw(Mul(p)) for p in parts)
            case Relation(operators, operands):
                return _chain(
                    [self.math(x, short=short) for x in operands], [self._sign(o) for o in operators]
                )
            case _:
                return self.raw(tree)

    def raw(self, tree: Tree) -> str:
        """The writer's own LaTeX."""
        return latex(tree, markdown=self.markdown)

    def _sign(self, operator: str) -> str:
        signs = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne", "~": r"\approx"}
        if self.markdown:
            signs |= {"<": r"\lt", ">": r"\gt"}
        return signs.get(operator, operator)

    def inline(self, tree: Tree) -> str:
        r"""`$\partial C/\partial b_1$`: what is small enough to stand in a line of text."""
        return f"${self._broken(_low(self.math(tree)))}$"

    def _broken(self, text: str) -> str:
        """LaTeX that may be broken between the layers of a product: TeX breaks a line at signs only."""
        return text if self.markdown else text.replace(r"\; ", r"\;\allowbreak ")

    def inlines(self, trees: Sequence[Tree], comma: str) -> str:
        """Formulas in a row, as one formula: no delimiter ever touches a full-width comma."""
        return "$" + r",\ ".join(_low(self.math(tree)) for tree in trees) + "$"

    def display(self, tree: Tree, *, short: bool = False) -> str:
        """The same, the middle of a long product left out if it is to be short."""
        return f"${_low(self.math(tree, short=short))}$"

    def words(self, text: str) -> str:
        """Words with markup characters escaped."""
        return _escape_markdown(text) if self.markdown else _escape_latex(text)


def _chain(operands: Sequence[str], signs: Sequence[str]) -> str:
    """`a = b <= c`."""
    # A writer may guard a leading minus against Markdown; behind a sign it needs no guard.
    rest = zip(signs, (operand.removeprefix(r"\,") for operand in operands[1:]), strict=True)
    return operands[0] + "".join(f" {sign} {operand}" for sign, operand in rest)


_PARTIAL = re.compile(r"\\frac\{(\\partial (?:[^{}]|\{[^{}]*\})*)\}\{(\\partial (?:[^{}]|\{[^{}]*\})*)\}")


def _low(text: str) -> str:
    r"""Derivatives low enough for a line: `\partial C/\partial b_1`."""
    return _PARTIAL.sub(lambda m: m[0] if r"\frac" in m[1] else f"{m[1]}/{m[2]}", text)


_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{",
    "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "→": r"$\to$", "≤": r"$\le$",
    "−": "$-$", "…": r"\dots{}",
}  # fmt: skip


def _escape_latex(text: str) -> str:
    return "".join(_LATEX.get(c, c) for c in text)


def _escape_markdown(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|$#])", r"\\\1", text)


def style_for(format: str, encoding: str | None = None) -> Style:
    """The style of a format."""
    match format:
        case "text":
            return TextStyle(encoding)
        case "markdown":
            return TexStyle(markdown=True)
        case "latex":
            return TexStyle()
        case "json":
            return PlainStyle()
        case _:
            raise ValueError(f"unknown format {format!r}; one of {', '.join(FORMATS)}")
