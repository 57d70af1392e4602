"""What a run of letters is: a name, a function, a derivative token, a constant or a product of letters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from symgrad.errors import UnknownNameError
from symgrad.notation.lexer import Token
from symgrad.notation.parsing.functions import CLOSING
from symgrad.notation.parsing.operators import Operators
from symgrad.notation.parsing.programs import EVERYWHERE, PROGRAMS, STEPS, computed
from symgrad.notation.parsing.programs import truth as counted
from symgrad.notation.tree import Constant, Indicator, Logic, Name, Relation, Tree

MODULES = frozenset(["np", "numpy", "math", "torch", "jnp", "jax", "F", "nn", "sp_"])
"""What Python writes before a function; read over."""


class Letters(Operators):
    """Decides by the names around: the same letters are a variable in one chain and a function in another."""

    def letters(self, token: Token) -> Tree:
        """A run of letters: the rules in the order of the notation, known names first."""
        text = token.text
        if self.index_mode:
            self.take()
            return Name(text, span=(token.start, token.end))
        if self.behind_module(token):
            self.at += 2
            return self.called(self.token, PROGRAMS.keys() | STEPS) or self.letters(self.token)
        if (
            token.kind == "letters"
            and text not in self.stems
            and (derivative := self.derivative()) is not None
        ):
            return derivative
        if text in self.stems or self.is_bound(text):
            return self.variable(text)
        if (alias := self.context.aliases.get(text)) is not None:
            self.taken[text] = alias
            self.tokens[self.at] = replace(token, text=alias)
            return self.letters(self.token)
        if text in ("prod", "sum", "product") and self.peek().kind == "(":
            return self.called_operator(token)
        if (applied := self.activation_letter(token)) is not None:
            return applied
        if (result := self.called(token, EVERYWHERE | STEPS)) is not None:
            return result
        if text == "I" and self.peek().kind in ("(", "[", "{", "_") and (truth := self.truth_letter()):
            return truth
        if self.is_function(text):
            if self.numbered():
                raise self.numbered_function(token)
            return self.application(token)
        if text in ("e", "pi") and not self.subscripted():
            self.take()
            return Constant(text, span=(token.start, token.end))
        if self.latex and token.kind == "letters" and len(text) > 1:  # LaTeX sets a product of letters
            self.split(len(self.longest_known(text) or "x"))
            return self.letters(self.token)
        return self.free_name(token)

    def called(self, token: Token, names: Iterable[str]) -> Tree | None:
        """A function of a numerical library, by what it computes; None if it is none."""
        opened = self.peek()
        if token.text not in names or opened.kind != "(" or self.context.is_general(token.text):
            return None
        if self.context.is_variable(token.text):
            return None
        self.take()
        arguments, options = self.arguments(opened)
        result = None if options else computed(token.text, tuple(map(counted, arguments)))
        if result is None:
            raise self.fail("unknown-function", token, name=token.text, kind=UnknownNameError)
        return self.spanned(result, token.start)

    def truth_letter(self) -> Tree | None:
        r"""The \mathbb I(z > 0) of an indicator; None if no relation stands in the bracket."""
        save, token = self.at, self.take()
        if (found := self.indicator()) is not None:
            return self.spanned(found, token.start)
        self.at = save
        return None

    def indicator(self) -> Tree | None:
        r"""The [z > 0] of 1[z > 0], \mathbb 1_{z > 0}; None if no relation stands in the bracket."""
        self.accept("_")
        opened = self.take()
        if opened.kind not in CLOSING:
            return None
        inner = self.nested(self.statement, opened)
        if not isinstance(inner, Relation | Logic):
            return None
        self.expect(CLOSING[opened.kind], opened)
        return Indicator(inner)

    def behind_module(self, token: Token) -> bool:
        """Whether the letters are the np of np.exp."""
        behind = self.peek(2)
        return (
            token.text in MODULES
            and self.peek().kind == "."
            and behind.kind == "letters"
            and not behind.spaced
        )

    def subscripted(self) -> bool:
        """Whether the next letter carries an index, so that e_1 is not Euler's number."""
        following = self.peek()
        glued = following.kind == "number" and not following.spaced and not self.latex
        return glued or following.kind in ("_", "sub")
