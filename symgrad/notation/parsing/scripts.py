"""What stands at _ and ^ and in the small Unicode digits: subscripts, superscripts, layers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from symgrad.errors import SymgradError
from symgrad.notation.context import Context
from symgrad.notation.indices import canonical
from symgrad.notation.lexer import Lexer, Token
from symgrad.notation.parsing.stream import Stream
from symgrad.notation.source import Source
from symgrad.notation.tree import Name, Number, Tree

DECORATED = ("hat", "bar", "tilde")


class Scripts(Stream):
    """Reads indices in one canonical form, so that a_{1+j} and a_{j+1} are one name."""

    def subscripts(self, name: Name, start: int) -> Name:
        """The name with what follows: w1, w_1, w_{j-1}, w₁, y_true, y_hat, w_{1,2}."""
        indices, stem = list(name.indices), name.stem
        if not indices and self.glued_digits():
            indices.append(Number(Fraction(self.take().text)))
        while True:
            if self.token.kind == "sub":
                indices.append(self.small(self.take()))
            elif self.accept("_"):
                if (whole := self.labelled(stem)) is not None:
                    self.take()
                    stem, indices = whole.stem, list(whole.indices)
                    continue
                indices.extend(self.in_index(self.subscript))
                label = indices[-1]
                if isinstance(label, Name) and label.stem in DECORATED and not label.indices:
                    indices.pop()
                    stem = f"{stem}_{label.stem}"
            else:
                return Name(stem, tuple(indices), layer=name.layer, span=(start, self.last.end))

    def labelled(self, stem: str) -> Name | None:
        """The known name y_true where LaTeX would take only its t; the longest known name wins."""
        token = self.token
        if not self.latex or token.kind != "letters" or len(token.text) < 2:
            return None
        label = Name(stem, (Name(token.text),))
        if label in self.context.known:
            return label
        return Name(f"{stem}_{token.text}") if f"{stem}_{token.text}" in self.stems else None

    def glued_digits(self) -> bool:
        """Whether digits follow without a space, as in w1."""
        token = self.token
        return token.kind == "number" and not token.spaced and token.text.isdigit()

    def subscript(self) -> list[Tree]:
        """The indices behind _: a group with commas, or one digit, letter or word."""
        opened = self.token
        if not self.accept("{", "("):
            return [canonical(self.index_atom())]
        parts = [canonical(self.nested(self.expression, opened))]
        while self.accept(","):
            parts.append(canonical(self.nested(self.expression, opened)))
        self.expect("}" if opened.kind == "{" else ")", opened)
        return parts

    def index_atom(self) -> Tree:
        """An index without braces; LaTeX takes one letter, other notations the whole word."""
        token = self.token
        if token.kind == "number" and token.text.isdigit():
            self.take()
            return Number(Fraction(token.text))
        if token.kind == "letters":
            if self.latex and len(token.text) > 1:
                self.split(1)
            label = self.take().text
            if not self.latex and self.glued_digits():
                label += self.take().text
            return Name(label)
        if token.kind == "word":
            self.take()
            return Name(token.text)
        raise self.fail("subscript-expected", token, found=self.text_of(token))

    def exponent(self) -> Tree:
        """What stands after ^: a group, or one signed factor; right-associative."""
        opened = self.token
        if self.accept("{"):
            inner = self.nested(self.expression, opened)
            self.expect("}", opened)
            return inner
        if opened.kind == "end":
            raise self.fail("operand-expected", opened, after="^")
        if self.latex and opened.kind == "letters" and len(opened.text) > 1:
            self.split(1)
        return self.factor()

    def small(self, token: Token, skip: int = 0) -> Tree:
        """A run of small Unicode signs (₁₊ⱼ, ⁿ⁻¹) as a tree, its first `skip` characters left out."""
        source = Source(token.text[skip:])
        inner = type(self)(Lexer(source).run(), source, Context("chain"), latex=False)
        tree = inner.in_index(inner.expression)
        if inner.token.kind != "end":
            raise self.fail("unexpected", token, found=self.text_of(token))
        return canonical(tree)

    def layer(self, base: Name, start: int) -> Name | None:
        """W^{(2)}, W^{[2]}, and W^2 where the chain writes the family W^(l); None where ^ is a power."""
        save = self.at
        layered = base.stem in self.context.layered
        if not layered and not self.may_be_layered(base):
            return None
        braces, opened = self.accept("{"), self.accept("(", "[")
        if opened is None and not layered:
            self.at = save
            return None
        try:
            index = self.in_index(self.expression if (braces or opened) else self.index_atom)
        except SymgradError:
            self.at = save
            return None
        if opened:
            self.expect(")" if opened.kind == "(" else "]", opened)
        if braces:
            self.expect("}", braces)
        return self.subscripts(replace(base, indices=(canonical(index), *base.indices), layer=True), start)

    def may_be_layered(self, base: Name) -> bool:
        """Whether a bracket in the superscript can be a layer although no name of the family shows one."""
        if not self.latex:
            return False
        family = base.stem in self.stems and any(name.indices for name in self.context.members(base.stem))
        return family or self.context.kind == "chain"
