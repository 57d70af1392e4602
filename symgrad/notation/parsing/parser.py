"""The top of the grammar: logic over relations over sums over products."""

from __future__ import annotations

from symgrad.notation.lexer import Token
from symgrad.notation.parsing.factors import Factors
from symgrad.notation.parsing.operators import as_number
from symgrad.notation.parsing.stream import KEYWORDS, RELATION_KINDS
from symgrad.notation.tree import (
    Add,
    Convex,
    Elementwise,
    Is,
    Logic,
    Name,
    Neg,
    Number,
    Relation,
    Tree,
    number,
)

LOGIC = (("iff", "implies"), ("or",), ("and", ","))
"""The words that join statements, the loosest first."""
PROPERTIES = frozenset(["integer", "positive integer", "nonnegative integer", "natural", "real", "positive"])
CURVATURES = frozenset(["convex", "concave"])


class Parser(Factors):
    """Reads one formula by precedence climbing; one grammar for chains, claims and answers.

    What a run of letters means depends on the names around it; `taken` records what a free letter was
    taken for (as written -> as understood).
    """

    def statement(self, level: int = 0) -> Tree:
        """iff, implies < or < and, comma < not < relation."""
        if level == len(LOGIC):
            return self.negated()
        start = self.token.start
        parts = [self.statement(level + 1)]
        operator = ""
        while (kind := self.keyword(self.token)) in LOGIC[level]:
            if kind == "," and not self.comma_joins():
                break
            kind = "and" if kind == "," else kind
            if operator and kind != operator:
                break
            operator = kind
            self.take()
            parts.append(self.statement(level + 1))
        return parts[0] if len(parts) == 1 else self.spanned(Logic(operator, tuple(parts)), start)

    def comma_joins(self) -> bool:
        """Whether a comma means `and`: between the relations of a claim, outside every bracket."""
        return self.context.kind == "claim" and not self.depth and self.peek().kind != "end"

    def negated(self) -> Tree:
        """A relation, or `not` before one."""
        if self.keyword(self.token) == "not":
            start = self.take().start
            return self.spanned(Logic("not", (self.negated(),)), start)
        return self.relation()

    def relation(self) -> Tree:
        """Comparisons, a < b <= c; `n is integer`; or one expression."""
        start = self.token.start
        operands, operators = [self.expression()], []
        while self.token.kind in RELATION_KINDS:
            operators.append(self.take().kind)
            operands.append(self.expression())
        if operators:
            return self.spanned(Relation(tuple(operators), tuple(operands)), start)
        if self.keyword(self.token) == "is":
            self.take()
            return self.membership(operands[0], start)
        return operands[0]

    def membership(self, subject: Tree, start: int) -> Tree:
        """`n is a positive integer`."""
        first, words = self.token, []
        while self.keyword(self.token) == "letters" and self.token.text != "in":
            words.append(self.take().text)
        kind = " ".join(word for word in words if word not in ("a", "an"))
        if kind in CURVATURES:
            return self.spanned(Convex(subject, self.variables(first), kind == "concave"), start)
        if kind not in PROPERTIES:
            raise self.fail("unknown-property", first, self.last, word=kind or "?")
        return self.spanned(Is(subject, kind), start)

    def variables(self, word: Token) -> tuple[Name, ...]:
        """`in w_1, w_2` or `in (w_1, w_2)`; a comma before anything but a name alone means `and`."""
        if self.token.text != "in":
            raise self.fail("convex-in-what", word, word, hint="convex-in-what-hint")
        self.take()
        bracket = self.accept("(")
        found = [self.plain_name()]
        while self.token.kind == "," and (further := self.further(bracket is not None)) is not None:
            found.append(further)
        if bracket:
            self.expect(")", bracket)
        return tuple(found)

    def plain_name(self) -> Name:
        """A name, with its indices."""
        first = self.token
        found = self.atom()
        if not isinstance(found, Name):
            raise self.fail("convex-in-what", first, self.last, hint="convex-in-what-hint")
        return found

    def further(self, inside: bool) -> Name | None:
        """The name after a comma; None, and nothing read, where a statement follows."""
        before = self.at
        self.take()
        if inside:
            return self.plain_name()
        found = self.atom() if self.token.kind in ("letters", "word") else None
        if isinstance(found, Name) and self.keyword(self.token) in (",", "end", ")", *KEYWORDS):
            return found
        self.at = before
        return None

    def expression(self) -> Tree:
        """Terms with + and - between them; a difference is the sum with a negated term."""
        start = self.token.start
        terms = [self.signed()]
        while sign := self.accept("+", "-"):
            term = self.elementwise()
            terms.append(self.spanned(Neg(term), start) if sign.kind == "-" else term)
        return terms[0] if len(terms) == 1 else self.spanned(Add(tuple(map(as_number, terms))), start)

    def signed(self) -> Tree:
        """The first term of a sum: -a b is -(a b); an index -1 is a number."""
        start = self.token.start
        if sign := self.accept("-"):
            with self.deeper(sign):
                inner = self.signed() if self.token.kind in ("-", "+") else self.elementwise()
            if isinstance(inner, Number) and self.index_mode:
                return number(-inner.value)
            return self.spanned(Neg(as_number(inner)), start)
        if sign := self.accept("+"):
            with self.deeper(sign):
                return self.signed()
        return self.elementwise()

    def elementwise(self) -> Tree:
        """Products with .*, ./ or ∘ between them, looser than the products themselves."""
        start = self.token.start
        left = self.product()
        while operator := self.accept(".*", "./", "circ"):
            right = self.product()
            left = self.spanned(Elementwise("/" if operator.kind == "./" else "*", left, right), start)
        return left
