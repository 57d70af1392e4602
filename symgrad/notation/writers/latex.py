r"""LaTeX as a textbook sets it: `\sigma'(z_1)\, w_2`, `\frac{\partial C}{\partial a_4}`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from symgrad.notation import tree as t
from symgrad.notation.symbols import DECORATIONS, GREEK_COMMANDS
from symgrad.notation.writers.precedence import Level, Piece, closed_body
from symgrad.notation.writers.writer import RISKY, TRANSPOSE, Writer, is_label, is_word

COMMANDS = frozenset(
    ["exp", "log", "tanh", "sinh", "cosh", "max", "min", "arctan", "sin", "cos", "tan", "det"]
)
"""Functions that LaTeX has a command for; all others stand in \\operatorname."""
SPELLED = {
    "relu": "ReLU", "elu": "ELU", "selu": "SELU", "gelu": "GELU", "silu": "SiLU", "trace": "tr",
}  # fmt: skip
MARKS = {name: rf"\{name}" for name in set(DECORATIONS.values())}
SETS = {
    "integer": r"\mathbb{Z}",
    "real": r"\mathbb{R}",
    "positive integer": r"\mathbb{Z}_{>0}",
    "natural": r"\mathbb{N}",
}
ROW_END = r" \\ "
TALL = re.compile(r"\\(?:frac|prod|sum|begin)")


def script(sign: str, text: str) -> str:
    """A subscript or superscript, in braces unless it is one sign."""
    return f"{sign}{text}" if len(text) == 1 else f"{sign}{{{text}}}"


class LatexWriter(Writer):
    """LaTeX; with `markdown`, safe inside Markdown's mathematics."""

    times = r" \cdot "
    elementwise_signs: Mapping[str, str] = {"*": r"\odot", "/": r"\oslash", "^": r".^"}
    words: Mapping[str, str] = {
        "and": r"\text{ and }",
        "or": r"\text{ or }",
        "not": r"\lnot",
        "implies": r"\implies",
        "iff": r"\iff",
    }
    relations: Mapping[str, str] = {
        "<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "=": "=", "!=": r"\neq", "~": r"\approx",
    }  # fmt: skip
    tail = re.compile(
        r"(\\[A-Za-z]+|\\(?:mathrm|operatorname)\{[^{}]*\}|(?<![A-Za-z\\])[A-Za-z])(?:_(?:\w|\{[^{}]*\}))?$"
    )

    def __init__(self, markdown: bool = False) -> None:
        if markdown:
            self.relations = dict(self.relations) | {"<": r"\lt", ">": r"\gt"}

    def bracket(self, text: str) -> str:
        """Round brackets that grow where the text is tall."""
        return rf"\left({text}\right)" if TALL.search(text) else f"({text})"

    def fence(self, left: str, right: str, text: str) -> str:
        """Bars that know which side they stand on."""
        if TALL.search(text):
            return rf"\left{left} {text} \right{right}"
        return f"{left} {text}{right}"

    # -- numbers and names

    def fraction(self, numerator: str, denominator: str) -> Piece:
        r"""\frac binds as a factor."""
        return Piece(rf"\frac{{{numerator}}}{{{denominator}}}", Level.POWER)

    def constant(self, name: str) -> str:
        r"""e, \pi, \infty."""
        return name if name == "e" else rf"\{name}"

    def letter(self, stem: str) -> str:
        """One letter, Latin or Greek, or a word set upright."""
        if stem in GREEK_COMMANDS:
            return rf"\{stem}"
        return stem if len(stem) == 1 else rf"\mathrm{{{self.escaped(stem)}}}"

    def escaped(self, word: str) -> str:
        """An underscore inside a word."""
        return word.replace("_", r"\_")

    def stem(self, stem: str) -> str:
        """A name without its indices; a hat, bar or tilde over its letter."""
        base, _, mark = stem.rpartition("_")
        if mark in MARKS and (len(base) == 1 or base in GREEK_COMMANDS):
            return f"{MARKS[mark]}{{{self.letter(base)}}}"
        return self.letter(stem)

    def layer(self, text: str) -> str:
        """A layer superscript."""
        return f"^{{({text})}}"

    def subscript(self, indices: Sequence[t.Tree], texts: Sequence[str]) -> str:
        """Indices; words are set upright."""
        words = [
            text if not isinstance(index, t.Name) or index.indices or not is_word(index.stem)
            else rf"\text{{{self.escaped(index.stem)}}}" if is_label(index.stem) else index.stem
            for index, text in zip(indices, texts, strict=True)
        ]  # fmt: skip
        return script("_", ",".join(words)) if words else ""

    # -- functions

    def apply_pieces(self, node: t.Apply, below: Sequence[Piece], indices: int, arguments: int) -> Piece:
        """As everywhere, but piecewise functions are set as cases."""
        if node.function.stem == "piecewise" and not node.order and not node.options:
            return self.cases([piece.text for piece in below[indices:]])
        return super().apply_pieces(node, below, indices, arguments)

    def cases(self, texts: Sequence[str]) -> Piece:
        """Values and conditions in rows; a last value without a condition holds otherwise."""
        rows = [f"{texts[i]} & {texts[i + 1]}" for i in range(0, len(texts) - 1, 2)]
        if len(texts) % 2:
            rows.append(rf"{texts[-1]} & \text{{otherwise}}")
        return Piece(rf"\begin{{cases}} {ROW_END.join(rows)} \end{{cases}}", Level.POWER)

    def apply(self, node: t.Apply, function: Piece, arguments: Sequence[str]) -> Piece:
        """A function of finished arguments; roots, absolute values and norms in their own signs."""
        stem, inner = node.function.stem, ", ".join(arguments)
        if stem == "eye":
            return Piece("I")
        if stem == "ones":
            return Piece(r"\mathbf{1}")
        if stem == "unit" and arguments:
            return Piece(rf"\mathbf{{e}}_{{{arguments[0]}}}")
        if node.order == 0 and len(arguments) == 1 and not node.function.indices:
            match stem:
                case "abs":
                    return Piece(self.fence(r"\lvert", r"\rvert", inner))
                case "norm":
                    return Piece(self.fence(r"\lVert", r"\rVert", inner))
                case "sqrt":
                    return Piece(rf"\sqrt{{{inner}}}")
        text = function.text
        if len(stem) > 1 and stem not in GREEK_COMMANDS:
            indices = text.removeprefix(self.stem(stem))
            command = rf"\operatorname{{{self.escaped(SPELLED.get(stem, stem))}}}"
            text = (rf"\{stem}" if stem in COMMANDS else command) + indices
        if node.order and function.level < Level.ATOM:
            text = f"{{{text}}}"
        return Piece(text + self.primes(node.order) + self.bracket(inner))

    def primes(self, order: int) -> str:
        """Primes up to the third derivative, then a number."""
        return "'" * order if order <= 3 else f"^{{({order})}}"

    # -- arithmetic

    def between(self, left: t.Tree, right: t.Tree, before: str, after: str) -> str:
        """A thin space beside functions and fractions, a space between letters, a dot between numbers."""
        opening = after.removeprefix(r"\left").startswith("(")
        numbers = (
            isinstance(left, t.Number) and after.startswith(r"\frac{") and not isinstance(right, t.Derivative)
        )
        if numbers or self.digit_start.match(after) or (opening and self.seems_function(before)):
            return self.times
        light = all(isinstance(f, t.Name | t.Constant | t.Number) for f in (left, right))
        return " " if light else r"\, "

    def seems_function(self, text: str) -> bool:
        """Whether a bracket behind the text would be read as the arguments of a function."""
        match = self.tail.search(text[-80:])
        return match is not None and ("{" in match[1] or match[1].removeprefix("\\") in RISKY)

    def div(self, node: t.Div, numerator: Piece, denominator: Piece) -> Piece:
        """A fraction needs no brackets."""
        return self.fraction(numerator.text, denominator.text)

    def power(self, node: t.Pow, base: Piece, exponent: Piece) -> Piece:
        """A power."""
        text = self.bracket(exponent.text) if node.exponent == TRANSPOSE else exponent.text
        return Piece(self.inside(base, Level.ATOM) + script("^", text), Level.POWER)

    # -- vectors

    def elementwise(self, node: t.Elementwise, left: Piece, right: Piece) -> Piece:
        """As in plain notation; the exponent of a power entry by entry stands in braces."""
        if node.operator == "^":
            return Piece(f"{self.inside(left, Level.ATOM)} .^{{{right.text}}}", Level.ELEMENTWISE)
        return super().elementwise(node, left, right)

    def transpose_sign(self) -> str:
        """The sign of a transpose."""
        return r"^{\top}"

    def array(self, node: t.Array, below: Sequence[Piece]) -> Piece:
        """A column, or a matrix by rows."""
        texts = tuple(piece.text for piece in below)
        rows = [" & ".join(piece.parts) if isinstance(item, t.Array) else piece.text
                for item, piece in zip(node.items, below, strict=True)]  # fmt: skip
        return Piece(rf"\begin{{pmatrix}} {ROW_END.join(rows)} \end{{pmatrix}}", Level.ATOM, texts)

    # -- derivatives and big operators

    def derivative(self, node: t.Derivative, of: Piece, by: Piece) -> Piece:
        """A partial derivative, one thing."""
        order = script("^", str(node.order)) if node.order > 1 else ""
        lower = self.inside(by, Level.ATOM) if order else by.text
        return self.fraction(rf"\partial{order} {self.inside(of, Level.POWER)}", rf"\partial {lower}{order}")

    def mixed(self, of: t.Tree, names: Sequence[tuple[t.Name, int]]) -> Piece:
        """A derivative by several names, one thing."""
        order = script("^", str(sum(count for _, count in names)))
        lower = r" \, ".join(
            rf"\partial {self.write(name)}" + (script("^", str(count)) if count > 1 else "")
            for name, count in names
        )
        return self.fraction(rf"\partial{order} {self.write(of)}", lower)

    def big_operator(self, node: t.BigOp, body: Piece, low: Piece, high: Piece) -> Piece:
        r"""\prod or \sum with its limits."""
        inner = body.text if closed_body(node, body) else rf"\left({body.text}\right)"
        limits = f"_{{{self.letter(node.index)}={self.tight(low)}}}^{{{self.tight(high)}}}"
        return Piece(rf"\{node.kind}{limits} {inner}", Level.PRODUCT)

    # -- claims

    def membership(self, subject: str, kind: str) -> str:
        r"""`n \in \mathbb{Z}`."""
        return rf"{subject} \in {SETS[kind]}" if kind in SETS else rf"{subject} \text{{ is {kind}}}"

    def convexity(self, subject: str, names: Sequence[str], concave: bool) -> str:
        r"""`L \text{ is convex in } w_1, w_2`."""
        return rf"{subject} \text{{ is {'concave' if concave else 'convex'} in }} {', '.join(names)}"

    def indicator(self, condition: Piece) -> Piece:
        """1 where a condition holds."""
        return Piece(rf"\mathbf 1_{{{condition.text}}}", Level.POWER)


_LATEX, _MARKDOWN = LatexWriter(), LatexWriter(markdown=True)


def latex(tree: t.Tree, markdown: bool = False) -> str:
    r"""A tree in LaTeX, on one line; `markdown` keeps clear of what Markdown would take for its own.

    >>> from symgrad.notation.tree import Derivative, Name, number
    >>> latex(Derivative(Name("C"), Name("b", (number(1),))))
    '\\frac{\\partial C}{\\partial b_1}'
    """
    if not markdown:
        return _LATEX.write(tree)
    text = _MARKDOWN.write(tree)
    return rf"\,{text}" if text.startswith(("-", "+")) else text  # a line must not start as a list does
