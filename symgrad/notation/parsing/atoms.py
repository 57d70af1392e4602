"""Single things: numbers, brackets, bars, fractions, roots, values at a point."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

from symgrad.errors import ParseError, SymgradError
from symgrad.notation.lexer import Token
from symgrad.notation.parsing.cases import Cases
from symgrad.notation.parsing.functions import CLOSING
from symgrad.notation.tree import (
    Apply,
    Constant,
    Derivative,
    Div,
    Name,
    Number,
    Pow,
    Relation,
    Tree,
    number,
    substitute,
)

SCIENTIFIC = re.compile(r"(\d+\.?\d*|\.\d+)[eE]([-+]?\d+)(?![\w.])")
BOXES = ("boxed", "fbox")
MAX_SECOND_READINGS = 16
"""How often `||` may turn out to be two bars, so that no row of bars is read over and over."""


class Atoms(Cases):
    """Reads one thing, and says what is missing where none begins."""

    def atom(self) -> Tree:
        """The thing that begins at the next token."""
        token = self.token
        match token.kind:
            case "number":
                return self.number(token)
            case "letters" | "word":
                return self.letters(token)
            case "(" | "[" | "{":
                return self.bracket(token)
            case "|" | "|<" | "||" | "||<":
                return self.absolute(token)
            case "frac":
                return self.fraction(token)
            case "sqrt":
                return self.root(token)
            case "partial":
                if (derivative := self.derivative()) is not None:
                    return derivative
                if self.peek().kind in ("_", "sub"):
                    return self.gradient(token)
                raise self.fail("half-derivative", token)
            case "nabla":
                return self.gradient(token)
            case "prod" | "sum":
                return self.fold(self.big_operator(token), token.start)
            case "infty":
                self.take()
                return self.spanned(Constant("infty"), token.start)
            case "wrap":
                return self.wrapped(token)
            case "left.":
                return self.evaluated(token)
            case "begin:cases":
                return self.cases(token)
            case _:
                raise self.no_atom(token)

    def no_atom(self, token: Token) -> SymgradError:
        """The error for a token that begins nothing."""
        if token.kind == "dots":
            return self.fail("dots", token)
        if token.kind.startswith("begin:"):
            return self.fail("environment-here", token, name=token.text)
        if token.kind in (")", "]", "}") and self.depth == 0:
            return self.fail("unbalanced-bracket", token, bracket=token.text)
        if token.kind in ("end", ")", "]", "}", "newline"):
            before = self.last if self.at else token
            return self.fail("operand-expected", before, after=self.text_of(before) or "=")
        return self.fail("unexpected", token, found=self.text_of(token))

    # Numbers and brackets.

    def number(self, token: Token) -> Tree:
        """A number, or the 1 of 1[z > 0]."""
        self.refuse_scientific(token)
        self.take()
        assert token.value is not None
        if token.value == 1 and self.token.kind in ("[", "_", "{") and not self.token.spaced:
            save = self.at
            if (indicator := self.indicator()) is not None:
                return self.spanned(indicator, token.start)
            self.at = save
        decimal = "." in token.text or "e" in token.text.lower()
        return Number(token.value, decimal=decimal, span=(token.start, token.end))

    def refuse_scientific(self, token: Token) -> None:
        """Raise for 1e-3, a power of ten to whoever wrote it and a product with Euler's number to a reader.

        An answer is asked about later, and only if it is not right as it reads.
        """
        match = SCIENTIFIC.match(self.source.text, token.start)
        letter = self.peek().text
        if match is None or self.context.kind == "answer" or self.context.scientific or letter in self.stems:
            return
        digits, exponent = match[1], int(match[2])
        power = f"10^{exponent}" if digits == "1" else f"{digits}*10^{exponent}"
        places = Decimal(f"{digits}e{exponent}") if abs(exponent) <= 12 else None
        euler = (
            f"{digits}*e {match[2][0]} {match[2][1:]}" if match[2][0] in "+-" else f"{digits}*e*{match[2]}"
        )
        raise self.source.error(
            "scientific-number",
            match.start(),
            match.end(),
            hint="scientific-number-short" if places is None else "scientific-number-hint",
            text=match[0],
            decimal="" if places is None else format(places, "f"),
            power=power,
            euler=euler,
        )

    def bracket(self, token: Token) -> Tree:
        """Whatever stands between brackets of the same kind."""
        if (composed := self.composition(token)) is not None:
            return composed
        self.take()
        inner = self.nested(self.statement, token)
        if token.kind == "{" and self.accept("over"):
            inner = Div(inner, self.nested(self.expression, token))
        self.expect(CLOSING[token.kind], token)
        return self.spanned(inner, token.start) if inner.span or isinstance(inner, Div) else inner

    def absolute(self, token: Token) -> Tree:
        """|x|, ‖v‖; `||` without a partner is two bars: ||x| - |y||."""
        if token.kind != "||" or self.text_of(token) != "||" or self.second_readings >= MAX_SECOND_READINGS:
            return self.between_bars(token)
        at, tokens, bound, bars = self.at, list(self.tokens), list(self.bound), list(self.bars)
        try:
            return self.between_bars(token)
        except ParseError as error:
            self.second_readings += 1
            self.at, self.tokens[:], self.bound[:], self.bars[:] = at, tokens, bound, bars
            self.tokens[at : at + 1] = _two_bars(token)
            with suppress(ParseError):
                return self.between_bars(self.token)
            raise error from None

    def between_bars(self, token: Token) -> Tree:
        """From a bar to its partner."""
        self.take()
        kind = token.kind.removesuffix("<")
        self.bars.append(kind)
        with self.deeper(token):
            inner = self.expression()
        self.bars.pop()
        if self.token.kind == "||" and kind == "|":  # |a||b|
            self.tokens[self.at : self.at + 1] = _two_bars(self.token)
        if not self.accept(kind, ">" + kind):
            raise self.fail("unbalanced-bracket", token, bracket=self.text_of(token))
        array = isinstance(inner, Name) and inner.stem in self.context.arrays
        return self.spanned(Apply(Name("norm" if kind == "||" and array else "abs"), (inner,)), token.start)

    # LaTeX's commands with arguments.

    def fraction(self, token: Token) -> Tree:
        r"""\frac{a}{b}; a derivative written as a fraction comes first."""
        if (derivative := self.derivative()) is not None:
            return derivative
        self.take()
        numerator = self.argument(token)
        denominator = self.argument(token)
        return self.spanned(Div(numerator, denominator), token.start)

    def argument(self, command: Token) -> Tree:
        r"""A group or one digit, letter or command, as in \frac12 and \tfrac z2."""
        opened = self.token
        if self.accept("{"):
            inner = self.nested(self.statement if command.text in BOXES else self.expression, opened)
            if self.accept("over"):
                inner = Div(inner, self.nested(self.expression, opened))
            self.expect("}", opened)
            return inner
        if opened.kind in ("number", "letters") and len(opened.text) > 1 and opened.text.isalnum():
            self.split(1)
        if self.token.kind == "end":
            raise self.fail("operand-expected", command, after="\\frac")
        following = self.peek()
        letter = self.token.kind in ("letters", "word") and not self.is_function(self.token.text)
        if letter and following.kind not in ("_", "sub"):
            following.spaced = True  # the digit behind \frac z2 is the denominator, not an index
        with self.deeper(opened):
            return self.atom()

    def root(self, token: Token) -> Tree:
        r"""\sqrt{x}, \sqrt[3]{x}, √x."""
        self.take()
        degree: Tree | None = None
        if self.latex and (opened := self.accept("[")):
            degree = self.nested(self.expression, opened)
            self.expect("]", opened)
        radicand = self.argument(token)
        if degree is not None and degree != number(2):
            return self.spanned(Pow(radicand, Div(number(1), degree)), token.start)
        return self.spanned(Apply(Name("sqrt"), (radicand,)), token.start)

    def wrapped(self, token: Token) -> Tree:
        r"""\boxed{x}, \underbrace{x}_{...}: the content; a caption is read over."""
        self.take()
        inner = self.argument(token)
        if token.text not in BOXES and self.accept("_", "^"):
            depth = 0
            while self.token.kind != "end":
                kind = self.take().kind
                depth += (kind == "{") - (kind == "}")
                if depth <= 0:
                    break
        return inner

    def evaluated(self, token: Token) -> Tree:
        r"""\left. f'(x) \right|_{x = z_1}: the value at a point."""
        self.take()
        inner = self.nested(self.expression, token)
        if not self.accept(">|", "|", "right."):
            raise self.fail("unbalanced-bracket", token, bracket="\\left.")
        if not (self.accept("_") and (opened := self.accept("{"))):
            raise self.fail("evaluation-point", token)
        point = self.nested(self.statement, opened)
        self.expect("}", opened)
        match point:
            case Relation(("=",), (Name() as variable, value)):
                if isinstance(inner, Apply) and inner.arguments == (variable,):
                    return replace(inner, arguments=(value,))
                return substitute(inner, {variable: value})
        raise self.fail("evaluation-point", token)

    def gradient(self, token: Token) -> Tree:
        r"""\nabla_\theta J, \partial_w L."""
        self.take()
        if not self.accept("_"):
            raise self.fail("half-derivative", token)
        braces = self.accept("{")
        by = self.name_only()
        if braces:
            self.expect("}", braces)
        of = self.name_only()
        return self.spanned(Derivative(of, by), token.start)


def _two_bars(bars: Token) -> list[Token]:
    """`||` as the `|` `|` of two things."""
    first = Token("|", "|", bars.start, bars.start + 1, bars.spaced)
    return [first, Token("|", "|", bars.start + 1, bars.end)]
