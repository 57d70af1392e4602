"""Mathematics for a terminal: `σ′(z₁) w₂`, `∂C/∂a₄`; what an encoding lacks falls back glyph by glyph."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from symgrad.notation import tree as t
from symgrad.notation.symbols import COMBINING, GREEK, SUBSCRIPTS
from symgrad.notation.writers.encodings import encodable
from symgrad.notation.writers.precedence import Level, Piece
from symgrad.notation.writers.writer import RISKY, Writer, is_label, is_word

LETTERS = {word: glyph for glyph, word in reversed(GREEK.items())} | {"ell": "ℓ"}
MARKS = {word: mark for mark, word in reversed(COMBINING.items())}
BELOW = (
    {ord(text): glyph for glyph, text in SUBSCRIPTS.items()}
    | {ord("−"): "₋"}
    | dict(zip(map(ord, "βγρφχ"), "ᵦᵧᵨᵩᵪ", strict=True))
)
ABOVE = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")
SETS = {"integer": "ℤ", "real": "ℝ", "positive integer": "ℤ₊", "natural": "ℕ"}


def lowered(text: str) -> str | None:
    """A text in subscript glyphs, or None where Unicode lacks one."""
    return text.translate(BELOW) if all(ord(c) in BELOW for c in text) else None


def raised(text: str) -> str | None:
    """A text in superscript glyphs, or None where Unicode lacks one."""
    return text.translate(ABOVE) if all(ord(c) in ABOVE for c in text) else None


class UnicodeWriter(Writer):
    """Plain notation in the glyphs of a textbook."""

    minus, times = " − ", " · "
    dotted_numbers = True
    relations: Mapping[str, str] = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "=": "=", "!=": "≠", "~": "≈"}
    words: Mapping[str, str] = {"and": "and", "or": "or", "not": "not", "implies": "⇒", "iff": "⇔"}
    elementwise_signs: Mapping[str, str] = {"*": "⊙", "/": "⊘", "^": ".^"}
    tail = re.compile(r"([^\W\d_₀-ₜ]+)(?:[₀-ₜᵢⱼᵣᵤᵥᵦᵧᵨᵩᵪ]+|_(?:\w+|\{[^{}]*\}))?$")

    def constant(self, name: str) -> str:
        """e, π, ∞."""
        return {"pi": "π", "infty": "∞"}.get(name, name)

    def stem(self, stem: str) -> str:
        """A Greek letter as a glyph; a hat, bar or tilde over its letter."""
        base, _, mark = stem.rpartition("_")
        if mark in MARKS and (len(base) == 1 or base in LETTERS):
            return unicodedata.normalize("NFC", LETTERS.get(base, base) + MARKS[mark])
        return LETTERS.get(stem, stem)

    def subscript(self, indices: Sequence[t.Tree], texts: Sequence[str]) -> str:
        """Subscript glyphs for numbers and letters; words and what Unicode lacks follow an underscore."""
        word = any(isinstance(index, t.Name) and is_label(index.stem) for index in indices)
        glyphs = None if word or len(texts) > 1 else lowered("".join(texts))
        return super().subscript(indices, texts) if glyphs is None else glyphs

    def seems_function(self, text: str) -> bool:
        """As in plain notation; a Greek letter is known by its glyph."""
        match = self.tail.search(text[-80:])
        word = GREEK.get(match[1], match[1]) if match else ""
        return bool(word) and (is_word(word) or word in RISKY)

    def apply(self, node: t.Apply, function: Piece, arguments: Sequence[str]) -> Piece:
        """|x|, ‖v‖ and √(x) in their own signs."""
        inner = ", ".join(arguments)
        if node.function.stem == "eye":
            return Piece("I")
        if node.order == 0 and len(arguments) == 1 and not node.function.indices:
            match node.function.stem:
                case "abs" if "|" not in inner:
                    return Piece(f"|{inner}|")
                case "norm" if "‖" not in inner:
                    return Piece(f"‖{inner}‖")
                case "sqrt":
                    return Piece(f"√({inner})")
        return super().apply(node, function, arguments)

    def primes(self, order: int) -> str:
        """Primes of their own glyph."""
        return "′" * order

    def power(self, node: t.Pow, base: Piece, exponent: Piece) -> Piece:
        """An integer power in superscript glyphs."""
        if (glyphs := raised(exponent.text)) is not None:
            return Piece(self.inside(base, Level.ATOM) + glyphs, Level.POWER)
        return super().power(node, base, exponent)

    def transpose_sign(self) -> str:
        """The sign of a transpose."""
        return "ᵀ"

    def derivative(self, node: t.Derivative, of: Piece, by: Piece) -> Piece:
        """∂X/∂Y, one thing."""
        upper = self.inside(of, Level.ATOM if node.order > 1 else Level.POWER)
        order = raised(str(node.order)) if node.order > 1 else ""
        return Piece(f"∂{order}{upper}/∂{by.text}{order}", Level.POWER)

    def mixed(self, of: t.Tree, names: Sequence[tuple[t.Name, int]]) -> Piece:
        """∂²X/∂Y∂Z, one thing."""
        order = raised(str(sum(count for _, count in names)))
        lower = "".join(f"∂{self.write(name)}{raised(str(n)) if n > 1 else ''}" for name, n in names)
        return Piece(f"∂{order}{self.write(of)}/{lower}", Level.POWER)

    def big_operator(self, node: t.BigOp, body: Piece, low: Piece, high: Piece) -> Piece:
        """∏ or ∑ with its limits, small where Unicode has the glyphs."""
        start, end = f"{self.stem(node.index)}={self.tight(low)}", self.tight(high)
        below, above = lowered(start), raised(end)
        limits = f"{below}{above}" if below and above else f"_{{{start}}}^{{{end}}}"
        return self.signed_operator(node, body, limits)

    def membership(self, subject: str, kind: str) -> str:
        """`n ∈ ℤ`."""
        return f"{subject} ∈ {SETS[kind]}" if kind in SETS else super().membership(subject, kind)


_WRITER = UnicodeWriter()


def pretty(tree: t.Tree, encoding: str | None = None) -> str:
    """A tree in Unicode; glyphs that an encoding lacks fall back one by one (`b_1` for `b₁`, `d` for `∂`).

    >>> from symgrad.notation.tree import Derivative, Name, number
    >>> gradient = Derivative(Name("C"), Name("b", (number(1),)))
    >>> pretty(gradient), pretty(gradient, "gbk")
    ('∂C/∂b₁', 'dC/db_1')
    """
    text = _WRITER.write(tree)
    return text if encoding is None else encodable(text, encoding)
