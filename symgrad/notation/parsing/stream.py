"""The tokens under the parser's hand: looking, taking, refusing, and how deep brackets may nest."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from symgrad.errors import ParseError, SymgradError
from symgrad.notation.context import Context
from symgrad.notation.lexer import Token
from symgrad.notation.source import Source
from symgrad.notation.tree import Tree

MAX_DEPTH = 64
RELATION_KINDS = frozenset(["<", "<=", ">", ">=", "=", "!=", "~"])
NO_FACTOR = RELATION_KINDS | {
    "+", "-", "*", "/", ".*", "./", ".^", "circ",
    "^", "_", "prime", "super", "sub", "!", "%", "transpose", "top",
    ")", "]", "}", ">|", ">||", ".", "right.", ",", ";", ":", "newline", "end",
    "to", "in", "implies", "iff", "and", "or", "not", "is", "over", "&",
}  # fmt: skip
"""What cannot begin a factor, and so ends a product written without signs."""
KEYWORDS = frozenset(["and", "or", "not", "iff", "implies", "is"])

_T = TypeVar("_T")


class Stream(ABC):
    """A place in a list of tokens, and what is known there.

    `bound` holds the index letters of the operators around, `bars` the bars that are open, `taken` what a
    free letter was taken for, `bare` the letters that stand somewhere without an argument. In `index_mode`
    letters are indices, whatever the context says.
    """

    def __init__(self, tokens: list[Token], source: Source, context: Context, *, latex: bool) -> None:
        self.tokens, self.source, self.context, self.latex = tokens, source, context, latex
        self.at, self.depth, self.second_readings = 0, 0, 0
        self.bound: list[str] = []
        self.bars: list[str] = []
        self.index_mode = False
        self.stems = context.stems  # a property that builds a set: asked once
        self.taken: dict[str, str] = {}
        self.bare: frozenset[str] = frozenset()

    # What the layers above promise to the layers below: the grammar is circular, the modules are not.

    @abstractmethod
    def statement(self) -> Tree:
        """Anything: relations joined by logic."""

    @abstractmethod
    def relation(self) -> Tree:
        """Expressions compared, or one expression."""

    @abstractmethod
    def expression(self) -> Tree:
        """A sum."""

    @abstractmethod
    def factor(self) -> Tree:
        """One factor with its powers and signs."""

    @abstractmethod
    def atom(self) -> Tree:
        """One factor without what stands behind it."""

    # Looking and taking.

    @property
    def token(self) -> Token:
        """The token to be read next."""
        return self.tokens[self.at]

    def peek(self, offset: int = 1) -> Token:
        """The token `offset` places ahead; at the end, the closing one."""
        return self.tokens[min(self.at + offset, len(self.tokens) - 1)]

    def take(self) -> Token:
        """The next token, read; the end is never passed."""
        token = self.token
        if token.kind != "end":
            self.at += 1
        return token

    def accept(self, *kinds: str) -> Token | None:
        """The next token if it is of one of these kinds, read."""
        return self.take() if self.token.kind in kinds else None

    def expect(self, kind: str, opened: Token) -> Token:
        """The token that closes `opened`, read; its absence is an error at the opening."""
        if self.token.kind == kind:
            return self.take()
        if self.token.kind in ("end", ")", "]", "}", "newline"):
            raise self.fail("unbalanced-bracket", opened, bracket=self.text_of(opened))
        raise self.fail("unexpected", self.token, found=self.text_of(self.token))

    def split(self, length: int) -> None:
        """Cut the next letters or digits after `length` characters."""
        token = self.token
        cut = token.start + length
        head, tail = token.text[:length], token.text[length:]
        value = (Fraction(head), Fraction(tail)) if token.kind == "number" else (None, None)
        self.tokens[self.at : self.at + 1] = [
            Token(token.kind, head, token.start, cut, token.spaced, value[0]),
            Token(token.kind, tail, cut, token.end, False, value[1]),
        ]

    def keyword(self, token: Token) -> str:
        """The kind of a token, where `and`, `or`, `not`, ... count as words unless they are names."""
        if token.kind == "letters" and token.text in KEYWORDS and token.text not in self.stems:
            return token.text
        return token.kind

    def starts_factor(self, token: Token) -> bool:
        """Whether a token can begin a factor, so that a product without a sign goes on."""
        if token.kind in ("|", "||"):  # the same bar closes what it opened
            return not self.bars or (self.bars[-1] == "||" and token.kind == "|")
        if token.kind.startswith(("begin:", "end:")):
            return token.kind == "begin:cases"
        return self.keyword(token) not in NO_FACTOR

    # Errors and places.

    def fail(
        self,
        what: str,
        start: Token,
        end: Token | None = None,
        *,
        hint: str = "",
        kind: type[SymgradError] = ParseError,
        **fields: object,
    ) -> SymgradError:
        """An error to raise, under the tokens start..end."""
        return self.source.error(what, start.start, (end or start).end, hint=hint, kind=kind, **fields)

    def text_of(self, token: Token) -> str:
        """A token as it was written."""
        return self.source.text[token.start : token.end].strip() or token.text

    def written(self, start: Token) -> str:
        """The text from a token to the last one read."""
        return self.source.text[start.start : self.last.end]

    @property
    def last(self) -> Token:
        """The last token read."""
        return self.tokens[self.at - 1]

    def spanned(self, tree: Tree, start: int) -> Tree:
        """The tree with its place: from `start` to the last token read."""
        return replace(tree, span=(start, self.last.end if self.at else start))

    # Nesting.

    @contextmanager
    def deeper(self, opened: Token) -> Iterator[None]:
        """One level deeper, up to the cap."""
        if self.depth >= MAX_DEPTH:
            raise self.fail("too-deep", opened, limit=MAX_DEPTH)
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1

    def nested(self, read: Callable[[], _T], opened: Token) -> _T:
        """Read inside a bracket, one level deeper; bars outside do not close inside."""
        bars = self.bars
        with self.deeper(opened):
            self.bars = []
            try:
                return read()
            finally:
                self.bars = bars

    def in_index(self, read: Callable[[], _T]) -> _T:
        """Read where every run of letters is an index."""
        before, self.index_mode = self.index_mode, True
        try:
            return read()
        finally:
            self.index_mode = before
