"""Products, and the big operators ∏ and ∑ with their bounds and the extent of their bodies."""

from __future__ import annotations

from symgrad.notation.indices import canonical
from symgrad.notation.lexer import Token
from symgrad.notation.parsing.derivatives import Derivatives
from symgrad.notation.parsing.dots import through_dots
from symgrad.notation.tree import (
    BigOp,
    Div,
    Indicator,
    Logic,
    Mul,
    Name,
    Number,
    Relation,
    Tree,
    children,
    walk,
)

BIG = ("prod", "sum")
Item = tuple[str, Tree]
"""A factor and the sign before it."""


class Operators(Derivatives):
    """Reads products; a big operator is one of their factors and takes the factors its body needs."""

    def product(self) -> Tree:
        """Factors with * and / between them, or side by side."""
        start = self.token.start
        items: list[Item] = [("*", self.factor())]
        while True:
            token = self.token
            if token.kind in BIG:
                items.extend(self.big_operator(token))
            elif token.kind == "dots" and self.context.kind == "answer":
                return self.dotted(items, start)
            elif token.kind in ("*", "/"):
                operator = self.take().kind
                if operator == "*" and self.token.kind == "dots" and self.context.kind == "answer":
                    return self.dotted(items, start)
                if self.token.kind in BIG:
                    (_, big), *rest = self.big_operator(self.token)
                    items.extend([(operator, big), *rest])
                else:
                    items.append((operator, self.factor()))
            elif self.starts_factor(token):
                items.append(("*", self.factor()))
            else:
                return self.fold(items, start)

    def dotted(self, items: list[Item], start: int) -> Tree:
        """The product with the factors that its dots leave out."""
        dots = self.take()
        self.accept("*")
        if self.token.kind == "dots" or not self.starts_factor(self.token):
            raise self.fail("dots", dots)
        rest = self.product()
        behind = rest.factors if isinstance(rest, Mul) else (rest,)
        before = [item for operator, item in items if operator == "*"]
        found = through_dots(before, behind) if len(before) == len(items) else None
        known = self.context.known
        if found is None or any(
            isinstance(n, Name) and n not in known and self.context.members(n.stem) and concrete(n)
            for factor in found
            for n in walk(factor)
        ):
            raise self.fail("dots", dots)
        return self.spanned(Mul(tuple(found)), start)

    def fold(self, items: list[Item], start: int) -> Tree:
        """The product of the items from left to right: a/b c is (a/b) c."""
        factors: list[Tree] = []
        for operator, item in items:
            factor = as_number(item) if len(items) > 1 else item
            if operator == "*":
                factors.append(factor)
            else:
                left = factors[0] if len(factors) == 1 else Mul(tuple(factors))
                factors = [self.spanned(Div(left, factor), start)]
        return factors[0] if len(factors) == 1 else self.spanned(Mul(tuple(factors)), start)

    def big_operator(self, token: Token) -> list[Item]:
        """A big operator and the factors behind its body, as items of the surrounding product.

        The body ends with the last factor that holds the index: in ∏_k w_k · a the a stands outside.
        """
        self.take()
        index, low, high = self.bounds(token)
        self.bound.append(index)
        items, outside = self.big_body(index)
        self.bound.pop()
        last = max((place for place, (_, item) in enumerate(items) if mentions(item, index)), default=0)
        body = self.fold(items[: last + 1], token.start)
        big = self.spanned(BigOp(token.kind, body, index, low, high), token.start)
        return [("*", big), *items[last + 1 :], *outside]

    def big_body(self, index: str) -> tuple[list[Item], list[Item]]:
        """The factors behind the bounds, and apart from them those of an operator without the index."""
        items: list[Item] = []
        while True:
            operator = "*"
            if items and self.token.kind in ("*", "/"):
                if self.peek().kind in BIG:
                    break
                operator = self.take().kind
            elif items and not self.starts_factor(self.token):
                break
            if self.token.kind not in BIG:
                items.append((operator, self.factor()))
                continue
            nested = self.big_operator(self.token)
            if items and not any(mentions(item, index) for _, item in nested):
                return items, nested
            items.extend([(operator, nested[0][1]), *nested[1:]])
        return items, []

    def bounds(self, token: Token) -> tuple[str, Tree, Tree]:
        """_{k=2}^{n}, in either order, or the Unicode ₖ₌₂ⁿ."""
        low: tuple[str, Tree] | None = None
        high: Tree | None = None
        for _ in range(2):
            if self.token.kind == "sub":
                low = self.small_bound(self.take())
            elif self.token.kind == "super":
                high = self.small(self.take())
            elif self.accept("_"):
                opened = self.token
                if not self.accept("{", "("):
                    raise self.fail("bounds-expected", token, operator=token.kind)
                low = self.lower_bound(opened)
                self.expect("}" if opened.kind == "{" else ")", opened)
            elif self.accept("^"):
                high = self.in_index(self.exponent)
        if low is None or high is None:
            raise self.fail("bounds-expected", token, operator=token.kind)
        return low[0], low[1], canonical(high)

    def lower_bound(self, opened: Token) -> tuple[str, Tree]:
        """The k=2 between braces."""
        letter = self.take()
        if letter.kind not in ("letters", "word") or not self.accept("="):
            raise self.fail("bounds-expected", opened, letter, operator="\\sum")
        return letter.text, canonical(self.in_index(self.expression))

    def small_bound(self, token: Token) -> tuple[str, Tree]:
        """The k=2 in small Unicode signs."""
        letter, _, rest = token.text.partition("=")
        if not letter or not rest:
            raise self.fail("bounds-expected", token, operator="sum")
        return letter, self.small(token, skip=len(letter) + 1)


def as_number(tree: Tree) -> Tree:
    """A relation that is calculated with counts as 0 or 1."""
    return Indicator(tree) if isinstance(tree, Relation | Logic) else tree


def concrete(name: Name) -> bool:
    """Whether all indices are numbers."""
    return all(isinstance(index, Number) for index in name.indices)


def mentions(tree: Tree, index: str) -> bool:
    """Whether the index letter stands in the tree; what another operator binds is another letter."""
    match tree:
        case BigOp(_, body, inner, low, high):
            parts = (low, high) if inner == index else (body, low, high)
            return any(mentions(part, index) for part in parts)
        case Name(stem, ()):
            return stem == index
    return any(mentions(part, index) for part in children(tree))
