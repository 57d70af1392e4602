r"""\begin{cases} 1 & z > 0 \\ 0 & \text{otherwise} \end{cases}: a function in pieces."""

from __future__ import annotations

from symgrad.notation.lexer import Token
from symgrad.notation.parsing.letters import Letters
from symgrad.notation.tree import Add, Apply, Indicator, Logic, Mul, Name, Relation, Tree

OTHERWISE = frozenset(["otherwise", "else", "otherwise_", "其他", "其它", "否则"])
WORDS = frozenset(["if", "for", "when", "where", "falls"])
OPPOSITE = {">": "<=", "<=": ">", "<": ">=", ">=": "<", "=": "!=", "!=": "="}


class Cases(Letters):
    """Reads the rows of a cases environment."""

    def cases(self, token: Token) -> Tree:
        """Value and condition a row; the last row may say otherwise."""
        self.take()
        values: list[Tree] = []
        conditions: list[Tree | None] = []
        while self.token.kind != "end:cases":
            values.append(self.nested(self.expression, token))
            conditions.append(self.case_condition(token))
            if not self.accept("newline") and self.token.kind != "end:cases":
                raise self.fail("unexpected", self.token, found=self.text_of(self.token))
        self.take()
        if not values or any(condition is None for condition in conditions[:-1]):
            raise self.fail("environment-here", token, name=token.text)
        return self.spanned(pieces(values, conditions), token.start)

    def case_condition(self, token: Token) -> Tree | None:
        """The condition behind a value; None for otherwise."""
        self.accept(",")
        self.accept("&")
        while self.token.kind in ("letters", "word") and self.token.text.lower() in WORDS:
            self.take()
        self.accept(",")  # \text{if} is read as a comma
        if self.token.kind in ("letters", "word") and self.token.text.lower() in OTHERWISE:
            self.take()
            self.accept(",", ".")
            return None
        found = self.nested(self.statement, token)
        self.accept(",", ".", ";")
        if not isinstance(found, Relation | Logic):
            raise self.fail("environment-here", token, name=token.text)
        return found


def pieces(values: list[Tree], conditions: list[Tree | None]) -> Tree:
    """The function in pieces; a last condition that only says otherwise is left out."""
    last = conditions[-1]
    if len(values) > 1 and last is not None and conditions[-2] is not None and opposite(conditions[-2], last):
        last = None
    if last is None:
        parts: list[Tree] = []
        for value, condition in zip(values[:-1], conditions[:-1], strict=True):
            assert condition is not None
            parts.extend((value, condition))
        return Apply(Name("piecewise"), (*parts, values[-1]))
    weighted = [Mul((Indicator(c), v)) for v, c in zip(values, conditions, strict=True) if c is not None]
    return weighted[0] if len(weighted) == 1 else Add(tuple(weighted))


def opposite(first: Tree, second: Tree) -> bool:
    """Whether one of two relations holds exactly where the other fails."""
    match first, second:
        case Relation((one,), operands), Relation((other,), others):
            return operands == others and OPPOSITE.get(one) == other
    return False
