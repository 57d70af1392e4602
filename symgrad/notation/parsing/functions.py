"""Functions applied: f(x), f'(x), f^2(x), tanh z, (f ∘ g)(x), and prod and sum called like functions."""

from __future__ import annotations

from symgrad.notation import symbols as s
from symgrad.notation.context import ACTIVATION_LETTERS, DERIVATIVE_LETTERS
from symgrad.notation.indices import canonical
from symgrad.notation.lexer import Token
from symgrad.notation.parsing.names import Names
from symgrad.notation.tree import Apply, BigOp, Name, Neg, Number, Pow, Tree, number

CLOSING = {"(": ")", "[": "]", "{": "}"}
MAX_ORDER = 8
Arguments = tuple[tuple[Tree, ...], tuple[tuple[str, Tree], ...]]
"""Arguments by place, then by name."""


class Functions(Names):
    """Tells a function from a variable and reads what it is applied to."""

    def is_function(self, stem: str) -> bool:
        """Whether a name is applied where a bracket follows it; a variable of the same name comes first."""
        if self.context.is_variable(stem):
            return False
        lowered = stem.lower().replace(" ", "_")
        return self.context.is_general(stem) or lowered in s.BUILT_IN or lowered in s.SYNONYMS

    def canonical_function(self, stem: str) -> str:
        """The one name of a function that is written in several ways; a general one stays as written."""
        if self.context.is_general(stem):
            return stem
        lowered = stem.lower().replace(" ", "_")
        return s.SYNONYMS.get(lowered, lowered)

    def application(self, token: Token, function: str | None = None, order: int = 0) -> Tree:
        """f(x), f'(x), f^2(x), f_l(x), tanh z; `function` and `order` where the letter stands for another."""
        self.take()
        stem = function or self.canonical_function(token.text)
        name = Name(stem, span=(token.start, token.end))
        if self.token.kind in ("_", "sub") and self.context.is_general(stem):
            name = self.subscripts(name, token.start)
        order += self.primes()
        power = self.function_power(token)
        opened = self.token
        if opened.kind in ("(", "[") or (opened.kind == "{" and self.latex):
            arguments, options = self.arguments(opened)
        elif stem in s.BUILT_IN and (self.starts_factor(opened) or (self.latex and opened.kind == "-")):
            with self.deeper(token):
                arguments, options = (self.factor(),), ()
        else:
            raise self.fail("argument-expected", token, name=self.written(token))
        if stem == "sqrt" and len(arguments) != 1:
            raise self.fail("one-argument", token, name=stem)
        result = self.spanned(Apply(name, arguments, order, options), token.start)
        return result if power is None else self.spanned(Pow(result, power), token.start)

    def primes(self) -> int:
        r"""How many primes follow: ', ″, ^\prime, ^{\prime\prime}."""
        count = 0
        while True:
            if self.token.kind == "prime":
                count += len(self.take().text)
            elif self.token.kind == "^" and self.peek().kind == "prime":
                self.take()
            elif self.token.kind == "^" and self.peek().kind == "{" and self.peek(2).kind == "prime":
                opened = self.peek()
                self.at += 2
                while self.token.kind == "prime":
                    count += len(self.take().text)
                self.expect("}", opened)
            elif (order := self.bracketed_order()) is not None:
                count += order
            else:
                return count

    def bracketed_order(self) -> int | None:
        """The 4 of f^{(4)}(x), a derivative of higher order."""
        kinds = [self.peek(place).kind for place in range(6)]
        digits = self.peek(3).text
        if kinds[:3] != ["^", "{", "("] or kinds[3:] != ["number", ")", "}"] or not digits.isdigit():
            return None
        if not 1 <= int(digits) <= MAX_ORDER:
            raise self.fail("derivative-too-high", self.peek(3), limit=MAX_ORDER)
        self.at += 6
        return int(digits)

    def function_power(self, token: Token) -> Tree | None:
        """The 2 of f^2(x), if there is one; f^{-1} is refused, because it may mean two things."""
        if self.token.kind == "super":
            return self.small(self.take())
        if not self.accept("^"):
            return None
        if (
            self.latex
            and self.token.kind == "number"
            and len(self.token.text) > 1
            and self.token.text.isdigit()
        ):
            self.split(1)
        power = self.exponent() if self.token.kind == "{" else self.power_before_argument()
        if power in (Neg(number(1)), number(-1)):
            raise self.fail("inverse-function", token, self.last, name=token.text)
        return power

    def power_before_argument(self) -> Tree:
        """The exponent of f^2(x): one digit or letter, so that the bracket behind it stays the argument."""
        if self.accept("-"):
            return Neg(self.power_before_argument())
        token = self.take()
        if token.value is not None:
            return Number(token.value)
        if token.kind in ("letters", "word"):
            return Name(token.text)
        raise self.fail("unexpected", token, found=self.text_of(token))

    def arguments(self, opened: Token) -> Arguments:
        """What stands between the brackets: arguments, and behind the first also options, `alpha=0.1`."""
        self.take()
        closing = CLOSING[opened.kind]
        if self.token.kind == closing:
            before = self.source.text[: opened.start].split()
            raise self.fail("argument-expected", opened, self.token, name=before[-1] if before else "f")
        arguments: list[Tree] = []
        options: list[tuple[str, Tree]] = []
        while True:
            if arguments and self.token.kind in ("letters", "word") and self.peek().kind == "=":
                key = self.take().text
                self.take()
                options.append((key, self.nested(self.expression, opened)))
            else:
                arguments.append(self.nested(self.relation, opened))
            if not self.accept(",", ";"):
                break
        self.expect(closing, opened)
        return tuple(arguments), tuple(options)

    def composition(self, token: Token) -> Tree | None:
        """(f ∘ g)(x) as f(g(x)); None if the bracket holds anything else."""
        names, place = [], self.at + 1
        while self.tokens[place].kind in ("letters", "word") and self.tokens[place + 1].kind in ("circ", ")"):
            names.append(self.tokens[place].text)
            place += 2
            if self.tokens[place - 1].kind == ")":
                break
        if len(names) < 2 or self.tokens[place - 1].kind != ")" or self.tokens[place].kind != "(":
            return None
        if not all(self.is_function(name) for name in names):
            return None
        self.at = place
        opened = self.take()
        argument = self.nested(self.expression, opened)
        self.expect(")", opened)
        for name in reversed(names):
            argument = self.spanned(Apply(Name(self.canonical_function(name)), (argument,)), token.start)
        return argument

    def activation_letter(self, token: Token) -> Tree | None:
        """In an answer, s(...) or f'(...) stand for the chain's one activation; sp, ds for its derivative."""
        activation, text = self.context.activation, token.text
        if activation is None or text in self.context.functions or text in self.stems:
            return None
        following = self.peek()
        applied = following.kind == "prime" or (following.kind == "(" and not following.spaced)
        if text in ACTIVATION_LETTERS and (applied or self.primed()):
            if text != activation:
                self.taken[text] = activation
            return self.application(token, activation)
        if text in DERIVATIVE_LETTERS and following.kind == "(":
            self.taken[text] = activation + "'"
            return self.application(token, activation, order=1)
        return None

    def primed(self) -> bool:
        r"""Whether ^{\prime} follows the next token."""
        if self.peek().kind != "^":
            return False
        return self.peek(2).kind == "prime" or (self.peek(2).kind == "{" and self.peek(3).kind == "prime")

    def called_operator(self, token: Token) -> Tree:
        """prod(expr, k, lo, hi), sum(expr, k, lo, hi) and sum(v)."""
        kind = "prod" if token.text.startswith("prod") else "sum"
        index = self.operator_index()
        self.take()
        opened = self.take()
        if index is None:
            body = self.nested(self.expression, opened)
            self.expect(")", opened)
            return self.spanned(Apply(Name(kind), (body,)), token.start)
        self.bound.append(index)
        body = self.nested(self.expression, opened)
        self.bound.pop()
        for _ in range(2):  # the comma and the index letter
            self.take()
        self.accept(",")
        low = canonical(self.in_index(self.expression))
        if not self.accept(","):
            raise self.fail("bounds-expected", token, operator=kind)
        high = canonical(self.in_index(self.expression))
        self.expect(")", opened)
        return self.spanned(BigOp(kind, body, index, low, high, True), token.start)

    def operator_index(self) -> str | None:
        """The index letter of prod(expr, k, lo, hi), found ahead so that k is bound while expr is read."""
        depth, place = 0, self.at + 1
        while self.tokens[place].kind != "end":
            kind = self.tokens[place].kind
            depth += (kind in CLOSING) - (kind in CLOSING.values())
            if depth == 0:
                return None
            if kind == "," and depth == 1:
                letter, behind = self.tokens[place + 1], self.tokens[min(place + 2, len(self.tokens) - 1)]
                return letter.text if letter.kind in ("letters", "word") and behind.kind == "," else None
            place += 1
        return None
