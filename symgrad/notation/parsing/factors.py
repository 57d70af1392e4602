"""What stands behind an atom: powers, transposes, components, layers."""

from __future__ import annotations

from symgrad.notation.indices import canonical
from symgrad.notation.lexer import Token
from symgrad.notation.parsing.atoms import Atoms
from symgrad.notation.tree import Component, Elementwise, Name, Neg, Pow, Transpose, Tree, walk


class Factors(Atoms):
    """Reads an atom with everything behind it that binds tighter than a product."""

    def factor(self) -> Tree:
        """An atom with its powers; a sign may stand before it: 2 * -x, e^-z."""
        start = self.token.start
        if sign := self.accept("-", "+"):
            with self.deeper(sign):
                inner = self.factor()
            return self.spanned(Neg(inner), start) if sign.kind == "-" else inner
        return self.postfix(self.atom(), start)

    def postfix(self, base: Tree, start: int) -> Tree:
        """The base with the powers, transposes and components behind it, from left to right."""
        while True:
            token = self.token
            if self.accept("^"):
                with self.deeper(token):
                    base = self.superscript(base, token, start)
            elif token.kind == "super":
                exponent = self.small(self.take())
                base = self.spanned(Pow(base, exponent), start)
            elif self.accept("transpose", "top"):
                base = self.transpose(base, token, start)
            elif self.accept(".^"):
                base = self.spanned(Elementwise("^", base, self.factor()), start)
            elif self.transpose_attribute():
                self.at += 2
                base = self.transpose(base, token, start)
            elif token.kind == "[" and not token.spaced and self.is_array(base):
                base = self.component(base, start)
            elif token.kind == "prime":
                name = self.source.text[start : token.start].strip()
                raise self.fail("prime-on-variable", token, name=name)
            elif token.kind == "!":
                raise self.fail("factorial", token)
            else:
                return base

    def is_array(self, base: Tree) -> bool:
        """Whether a name is known as a vector or matrix."""
        return isinstance(base, Name) and base.stem in self.context.arrays

    def superscript(self, base: Tree, token: Token, start: int) -> Tree:
        """What ^ means behind the base: a transpose, a layer or a power."""
        if self.accept_transpose():
            return self.transpose(base, token, start)
        if isinstance(base, Name) and (layered := self.layer(base, start)) is not None:
            return layered
        exponent = self.exponent()
        return self.spanned(Pow(base, exponent), start)

    def accept_transpose(self) -> bool:
        r"""Whether T, \top, {T} or {\mathsf T} follows and means the transpose; it is read then."""
        braces = 1 if self.token.kind == "{" else 0
        token = self.peek(braces)
        if braces and self.peek(2).kind != "}":
            return False
        places = [i for name in self.context.known for i in name.indices if not self.context.arrays]
        depth = any(node == Name("T") for place in places for node in walk(place))
        symbol = depth or "T" in self.stems
        letter = token.kind in ("letters", "word") and token.text == "T" and not symbol
        if letter or token.kind in ("top", "transpose"):
            self.at += 1 + 2 * braces
            return True
        return False

    def transpose_attribute(self) -> bool:
        """Whether the .T of W.T follows."""
        letter = self.peek()
        return (
            self.token.kind == "." and letter.kind == "letters" and letter.text == "T" and not letter.spaced
        )

    def transpose(self, base: Tree, token: Token, start: int) -> Tree:
        """The transpose of the base; a name known as a number has none."""
        if isinstance(base, Name) and self.context.known and base.stem not in self.context.arrays:
            raise self.fail("transpose-of-scalar", token, self.last, name=base.stem)
        return self.spanned(Transpose(base), start)

    def component(self, base: Tree, start: int) -> Tree:
        """v[i], W[i, j]."""
        opened = self.take()
        positions = [self.in_index(self.expression)]
        while self.accept(","):
            positions.append(self.in_index(self.expression))
        self.expect("]", opened)
        return self.spanned(Component(base, tuple(canonical(p) for p in positions)), start)
