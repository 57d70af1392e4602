"""What a run of letters is: a name, a function, a derivative token, a constant or a product of letters."""

from __future__ import annotations

from dataclasses import replace

from symgrad.notation.lexer import Token
from symgrad.notation.parsing.operators import Operators
from symgrad.notation.tree import Constant, Name, Tree

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
            return self.letters(self.token)
        if (
            token.kind == "letters"
            and text not in self.stems
            and (derivative := self.derivative()) is not None
        ):
            return derivative
        if text in self.stems or self.is_bound(text):
            return self.variable(text)
        if text in ("prod", "sum", "product") and self.peek().kind == "(":
            return self.called_operator(token)
        if (applied := self.activation_letter(token)) is not None:
            return applied
        if self.is_function(text):
            return self.application(token)
        if text in ("e", "pi") and not self.subscripted():
            self.take()
            return Constant(text, span=(token.start, token.end))
        if (alias := self.context.aliases.get(text)) is not None:
            self.taken[text] = alias
            self.tokens[self.at] = replace(token, text=alias)
            return self.letters(self.token)
        if self.latex and token.kind == "letters" and len(text) > 1:  # LaTeX sets a product of letters
            self.split(len(self.longest_known(text) or "x"))
            return self.letters(self.token)
        return self.free_name(token)

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
