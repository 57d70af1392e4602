"""What all notations share: which node is written how, and where brackets stand; subclasses spell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from symgrad.notation import tree as t
from symgrad.notation.symbols import BUILT_IN, GENERAL_FUNCTIONS, GREEK_WORDS
from symgrad.notation.writers.precedence import (
    LOGIC,
    Level,
    Piece,
    ascends,
    closed_body,
    decimal_text,
    fold,
    open_ended,
)

RISKY = GENERAL_FUNCTIONS | BUILT_IN
"""Names that a reader takes for a function when a bracket follows, even after a space."""


TRANSPOSE = t.Name("T")
"""As an exponent this name would be read as a transpose, so it is bracketed."""


def is_word(stem: str) -> bool:
    """Whether a name is a word of several letters, not one letter, Latin or Greek."""
    return len(stem) > 1 and stem not in GREEK_WORDS


def is_label(stem: str) -> bool:
    """Whether an index is a word like `true`, not letters side by side like `ij`."""
    return is_word(stem) and (len(stem) > 2 or not stem.isalpha())


def is_numeric(tree: t.Tree) -> bool:
    """Whether a tree is one number as it is written: 1/4."""
    return isinstance(tree, t.Number) or (
        isinstance(tree, t.Div)
        and isinstance(tree.numerator, t.Number)
        and isinstance(tree.denominator, t.Number)
    )


class Writer:
    """Plain notation; other notations override the spellings."""

    plus, minus, times = " + ", " - ", "*"
    relations: Mapping[str, str] = {sign: sign for sign in ("<", "<=", ">", ">=", "=", "!=", "~")}
    words: Mapping[str, str] = {"and": "and", "or": "or", "not": "not", "implies": "implies", "iff": "iff"}
    elementwise_signs: Mapping[str, str] = {"*": ".*", "/": "./", "^": ".^"}
    digit_start = re.compile(r"[\d.\[]")
    dotted_numbers = False
    """Whether 1/4 · 1/4 may stand without brackets: for the eye, not for reading back."""
    tail = re.compile(r"([A-Za-z][A-Za-z_]*?)(?:_(?:\w+|\{[^{}]*\}))?$")

    def write(self, tree: t.Tree) -> str:
        """The text of a tree."""
        return fold(tree, self.combine).text

    def combine(self, node: t.Tree, below: Sequence[Piece]) -> Piece:
        """The piece of a node over its children's pieces."""
        match node:
            case t.Number(value, decimal=decimal):
                return self.number(value, decimal)
            case t.Constant(name):
                return Piece(self.constant(name))
            case t.Name():
                return self.name(node, below)
            case t.Apply(function, arguments):
                return self.apply_pieces(node, below, len(function.indices), len(arguments))
            case t.Add(terms):
                return self.add(terms, below)
            case t.Mul(factors):
                return self.mul(factors, below)
            case t.Div():
                return self.div(node, below[0], below[1])
            case t.Neg():
                return Piece(self.minus.strip() + self.inside(below[0], Level.ELEMENTWISE), Level.SUM)
            case t.Pow():
                return self.power(node, below[0], below[1])
            case _:
                return self.combine_rarer(node, below)

    def combine_rarer(self, node: t.Tree, below: Sequence[Piece]) -> Piece:
        """The nodes of vectors, big operators and claims."""
        match node:
            case t.Elementwise():
                return self.elementwise(node, below[0], below[1])
            case t.Transpose():
                return Piece(self.inside(below[0], Level.ATOM) + self.transpose_sign(), Level.POWER)
            case t.Component():
                positions = ", ".join(piece.text for piece in below[1:])
                return Piece(f"{self.inside(below[0], Level.ATOM)}[{positions}]")
            case t.Array():
                return self.array(node, below)
            case t.Derivative(t.Derivative()):
                of, names = several(node)
                if len(names) == 1:
                    return Piece(self.write(t.Derivative(of, *names[0])), Level.POWER)
                return self.mixed(of, names)
            case t.Derivative():
                return self.derivative(node, below[0], below[1])
            case t.BigOp():
                return self.big_operator(node, below[0], below[1], below[2])
            case t.Relation(operators):
                return self.relation(operators, below)
            case t.Logic(operator):
                return self.logic(operator, below)
            case t.Is(_, kind):
                return Piece(self.membership(self.inside(below[0], Level.SUM), kind), Level.RELATION)
            case t.Convex(_, _, concave):
                subject = self.inside(below[0], Level.SUM)
                return Piece(self.convexity(subject, [b.text for b in below[1:]], concave), Level.RELATION)
            case t.Indicator():
                return self.indicator(below[0])
        raise TypeError(f"no node of a tree: {node!r}")

    # -- brackets

    def bracket(self, text: str) -> str:
        """The text in round brackets."""
        return f"({text})"

    def inside(self, piece: Piece, level: Level) -> str:
        """The text of a piece, bracketed if it binds less tightly than its place needs."""
        return piece.text if piece.level >= level else self.bracket(piece.text)

    # -- numbers and names

    def number(self, value: Fraction, decimal: bool) -> Piece:
        """An exact number: an integer, a decimal where it was typed as one, else a fraction."""
        sign, size = (self.minus.strip() if value < 0 else ""), abs(value)
        if decimal and (digits := decimal_text(size)) is not None:
            piece = Piece(digits)
        elif size.denominator == 1:
            piece = Piece(str(size.numerator))
        else:
            piece = self.fraction(str(size.numerator), str(size.denominator))
        return Piece(sign + piece.text, Level.SUM) if sign else piece

    def fraction(self, numerator: str, denominator: str) -> Piece:
        """A quotient of two finished texts."""
        return Piece(f"{numerator}/{denominator}", Level.PRODUCT)

    def constant(self, name: str) -> str:
        """e, pi, infty."""
        return name

    def stem(self, stem: str) -> str:
        """A name without its indices."""
        return stem

    def tight(self, piece: Piece) -> str:
        """The text of an index: no spaces around its signs."""
        return piece.text.replace(self.plus, "+").replace(self.minus, self.minus.strip())

    def name(self, name: t.Name, below: Sequence[Piece]) -> Piece:
        """A variable with its indices; a layer that was typed as a superscript is written as one."""
        texts = [self.tight(piece) for piece in below]
        if name.layer and texts:
            rest = self.subscript(name.indices[1:], texts[1:])
            return Piece(f"{self.stem(name.stem)}{self.layer(texts[0])}{rest}", Level.POWER)
        return Piece(self.stem(name.stem) + self.subscript(name.indices, texts))

    def layer(self, text: str) -> str:
        """A layer superscript."""
        return f"^({text})"

    def subscript(self, indices: Sequence[t.Tree], texts: Sequence[str]) -> str:
        """The indices behind a stem."""
        if not texts:
            return ""
        text = ",".join(texts)
        return f"_{text}" if text.isalnum() else f"_{{{text}}}"

    # -- functions

    def apply_pieces(self, node: t.Apply, below: Sequence[Piece], indices: int, arguments: int) -> Piece:
        """A function of arguments and options."""
        inner = [piece.text for piece in below[indices : indices + arguments]]
        values = below[indices + arguments :]
        inner += [
            f"{self.stem(key)}={piece.text}" for (key, _), piece in zip(node.options, values, strict=True)
        ]
        function = self.name(node.function, below[:indices])
        return self.apply(node, function, inner)

    def apply(self, node: t.Apply, function: Piece, arguments: Sequence[str]) -> Piece:
        """A function of finished arguments."""
        return Piece(function.text + self.primes(node.order) + self.bracket(", ".join(arguments)))

    def primes(self, order: int) -> str:
        """The order of a derivative behind a function's name."""
        return "'" * order

    # -- arithmetic

    def add(self, terms: Sequence[t.Tree], below: Sequence[Piece]) -> Piece:
        """A sum; a negative term is subtracted."""
        texts: list[str] = []
        dash = self.minus.strip()
        for term, piece in zip(terms, below, strict=True):
            negative = isinstance(term, t.Neg) or (isinstance(term, t.Number) and term.value < 0)
            if negative and texts:
                texts += [self.minus, piece.text.removeprefix(dash)]
            elif negative:
                texts.append(piece.text)
            else:
                texts += [self.plus] * bool(texts) + [self.inside(piece, Level.ELEMENTWISE)]
        return Piece("".join(texts), Level.SUM) if texts else Piece("0")

    def mul(self, factors: Sequence[t.Tree], below: Sequence[Piece]) -> Piece:
        """A product; only a quotient in front needs no brackets of its own."""
        swallowing = open_ended(factors)
        texts: list[str] = []
        for i, (factor, piece) in enumerate(zip(factors, below, strict=True)):
            bare = piece.level >= Level.POWER or (
                piece.level == Level.PRODUCT
                and (
                    isinstance(factor, t.BigOp)
                    or (i == 0 and isinstance(factor, t.Div | t.Number))
                    or (self.dotted_numbers and is_numeric(factor) and is_numeric(factors[i - 1]))
                )
            )
            closed = i not in swallowing or piece.level == Level.ATOM
            text = piece.text if bare and closed else self.bracket(piece.text)
            if texts and self.dotted_numbers and is_numeric(factor) and is_numeric(factors[i - 1]):
                texts.append(" · ")
            elif texts:
                texts.append(self.between(factors[i - 1], factor, texts[-1], text))
            texts.append(text)
        return Piece("".join(texts), Level.PRODUCT) if texts else Piece("1")

    def between(self, left: t.Tree, right: t.Tree, before: str, after: str) -> str:
        """What stands between two factors: a space where it reads as a product, else a sign."""
        if self.digit_start.match(after) or (after.startswith("(") and self.seems_function(before)):
            return self.times
        return " "

    def seems_function(self, text: str) -> bool:
        """Whether a bracket behind the text would be read as the arguments of a function."""
        match = self.tail.search(text[-80:])
        return match is not None and (is_word(match[1]) or match[1] in RISKY)

    def div(self, node: t.Div, numerator: Piece, denominator: Piece) -> Piece:
        """A quotient, read from left to right; derivative tokens get room."""
        last = node.numerator.factors[-1] if isinstance(node.numerator, t.Mul) else node.numerator
        room = isinstance(last, t.Derivative) or isinstance(node.denominator, t.Derivative)
        above, under = self.inside(numerator, Level.PRODUCT), self.inside(denominator, Level.POWER)
        if isinstance(node.numerator, t.BigOp) and numerator.level < Level.ATOM:
            above = self.bracket(numerator.text)
        return Piece(f"{above} / {under}" if room else f"{above}/{under}", Level.PRODUCT)

    def power(self, node: t.Pow, base: Piece, exponent: Piece) -> Piece:
        """A power; its exponent is bare if it is one thing, the negative of one, or a power."""
        inner = node.exponent.operand if isinstance(node.exponent, t.Neg) else node.exponent
        while isinstance(inner, t.Pow):
            inner = inner.base
        bare = isinstance(inner, t.Constant) or (
            isinstance(inner, t.Name) and not inner.layer and inner != TRANSPOSE
        )
        if isinstance(inner, t.Number):
            bare = inner.value >= 0 and (inner.value.denominator == 1 or inner.decimal)
        negative_in_front = isinstance(node.exponent, t.Number) and node.exponent.value.denominator == 1
        text = exponent.text if bare or negative_in_front else self.bracket(exponent.text)
        return Piece(f"{self.inside(base, Level.ATOM)}^{text}", Level.POWER)

    # -- vectors

    def elementwise(self, node: t.Elementwise, left: Piece, right: Piece) -> Piece:
        """A product, quotient or power entry by entry."""
        if node.operator == "^":
            texts = (self.inside(left, Level.ATOM), self.inside(right, Level.ATOM))
        else:
            chained = isinstance(node.left, t.Elementwise) and node.left.operator != "^"
            texts = (
                self.inside(left, Level.ELEMENTWISE if chained else Level.PRODUCT),
                self.inside(right, Level.PRODUCT),
            )
        return Piece(f" {self.elementwise_signs[node.operator]} ".join(texts), Level.ELEMENTWISE)

    def transpose_sign(self) -> str:
        """The sign of a transpose."""
        return "^T"

    def array(self, node: t.Array, below: Sequence[Piece]) -> Piece:
        """A written-out vector, or a matrix by rows."""
        parts = tuple(piece.text for piece in below)
        return Piece(f"[{', '.join(parts)}]", Level.ATOM, parts)

    # -- derivatives and big operators

    def derivative(self, node: t.Derivative, of: Piece, by: Piece) -> Piece:
        """The token dX/dY."""
        upper = self.inside(of, Level.ATOM if node.order > 1 else Level.POWER)
        if node.order == 1:
            return Piece(f"d{upper}/d{by.text}", Level.POWER)
        return Piece(f"d^{node.order}{upper}/d{by.text}^{node.order}", Level.POWER)

    def mixed(self, of: t.Tree, names: Sequence[tuple[t.Name, int]]) -> Piece:
        """The token d^2X/(dY dZ)."""
        upper = f"d^{sum(order for _, order in names)}{self.write(of)}"
        lower = " ".join(f"d{self.write(name)}" + (f"^{order}" if order > 1 else "") for name, order in names)
        return Piece(f"{upper}/({lower})", Level.POWER)

    def big_operator(self, node: t.BigOp, body: Piece, low: Piece, high: Piece) -> Piece:
        """A product or sum over a range; one that may run downward keeps its sign: calls ascend."""
        if ascends(node):
            return Piece(f"{node.kind}({body.text}, {node.index}, {self.tight(low)}, {self.tight(high)})")
        return self.signed_operator(node, body, f"_{{{node.index}={self.tight(low)}}}^{{{self.tight(high)}}}")

    def signed_operator(self, node: t.BigOp, body: Piece, limits: str) -> Piece:
        """∏ or ∑ with its limits; the body is bracketed unless a reader finds its end."""
        inner = body.text if closed_body(node, body) else self.bracket(body.text)
        return Piece(f"{'∏' if node.kind == 'prod' else '∑'}{limits} {inner}", Level.PRODUCT)

    # -- claims

    def relation(self, operators: Sequence[str], below: Sequence[Piece]) -> Piece:
        """A chain of relations."""
        texts = [self.inside(below[0], Level.SUM)]
        for operator, piece in zip(operators, below[1:], strict=True):
            texts += [self.relations[operator], self.inside(piece, Level.SUM)]
        return Piece(" ".join(texts), Level.RELATION)

    def logic(self, operator: str, below: Sequence[Piece]) -> Piece:
        """Relations joined with words."""
        level = LOGIC[operator]
        texts = [self.inside(piece, Level(level + 1)) for piece in below]
        if operator == "not":
            return Piece(f"{self.words['not']} {texts[0]}", level)
        return Piece(f" {self.words[operator]} ".join(texts), level)

    def membership(self, subject: str, kind: str) -> str:
        """`n is integer`."""
        return f"{subject} is {kind}"

    def convexity(self, subject: str, names: Sequence[str], concave: bool) -> str:
        """`L is convex in w_1, w_2`."""
        return f"{subject} is {'concave' if concave else 'convex'} in {', '.join(names)}"

    def indicator(self, condition: Piece) -> Piece:
        """1 where a condition holds."""
        return Piece(f"1[{condition.text}]")


def several(node: t.Derivative) -> tuple[t.Tree, list[tuple[t.Name, int]]]:
    """What a derivative of a derivative differentiates, and by what: the same name several times is one."""
    names: list[tuple[t.Name, int]] = []
    tree: t.Tree = node
    while isinstance(tree, t.Derivative):
        names.append((tree.by, tree.order))
        tree = tree.of
    found: dict[t.Name, int] = {}
    for name, order in reversed(names):
        found[name] = found.get(name, 0) + order
    return tree, list(found.items())
