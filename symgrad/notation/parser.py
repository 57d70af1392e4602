"""Tokens -> tree: precedence climbing over one grammar for chains, claims and answers.

What a run of letters means depends on the names around it (`context.py`); the order of the rules is that of the
notation: known names first, derivative tokens before any division, functions before products.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from fractions import Fraction

from symgrad.errors import SymgradError, UnknownNameError
from symgrad.notation import symbols as s
from symgrad.notation.context import ACTIVATION_LETTERS, DERIVATIVE_LETTERS, OBJECTIVE_LETTERS, Context
from symgrad.notation.indices import canonical
from symgrad.notation.lexer import Token
from symgrad.notation.source import Source
from symgrad.notation.tree import (
    Add, Apply, BigOp, Component, Constant, Derivative, Div, Elementwise, Indicator, Is, Logic, Mul, Name, Neg, Node,
    Number, Pow, Relation, Transpose, Tree, number, substitute, walk,
)  # fmt: skip

MAX_DEPTH, MAX_NODES = 64, 2000
RELATION_KINDS = frozenset(["<", "<=", ">", ">=", "=", "!=", "~"])
LOGIC = (("iff", "implies"), ("or",), ("and", ","))
MODULES = frozenset("np numpy math torch jnp jax F nn sp_".split())
NO_FACTOR = frozenset(
    ["+", "-", "*", "/", ".*", "./", ".^", ")", "]", "}", ">|", ">||", ",", ";", ":", "end", "newline", "^", "_", "circ", "to", "in",
     "implies", "iff", "and", "or", "not", ".", "right.", "prime", "super", "sub", "!", "%", "transpose", "top"]
) | RELATION_KINDS  # fmt: skip
KEYWORDS = {"and": "and", "or": "or", "not": "not", "iff": "iff", "implies": "implies", "is": "is"}


class Parser:
    """Reads one token list; `taken` records what a free letter was taken for ((as written, as understood))."""

    def __init__(self, tokens: list[Token], source: Source, context: Context, *, latex: bool) -> None:
        self.tokens, self.source, self.context, self.latex = tokens, source, context, latex
        self.at, self.depth = 0, 0
        self.bound: list[str] = []
        self.bars: list[str] = []
        self.index_mode = False
        self.stems = context.stems
        self.taken: dict[str, str] = {}
        self.bare: frozenset[str] = frozenset()

    # -- tokens ----------------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def peek(self, offset: int = 1) -> Token:
        return self.tokens[min(self.at + offset, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.tokens[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def accept(self, *kinds: str) -> Token | None:
        return self.take() if self.token.kind in kinds else None

    def fail(self, what: str, start: Token | int, end: Token | int | None = None, **fields: object) -> SymgradError:
        first = start.start if isinstance(start, Token) else start
        last = end.end if isinstance(end, Token) else end if end is not None else None
        if last is None and isinstance(start, Token):
            last = start.end
        hint = str(fields.pop("hint", ""))
        kind = fields.pop("kind", None)
        if kind is not None:
            return self.source.error(what, first, last, hint=hint, kind=kind, **fields)  # type: ignore[arg-type]
        return self.source.error(what, first, last, hint=hint, **fields)

    def expect(self, kind: str, opened: Token) -> Token:
        if self.token.kind == kind:
            return self.take()
        if self.token.kind in ("end", ")", "]", "}", "newline"):
            raise self.fail("unbalanced-bracket", opened, bracket=self.text_of(opened))
        raise self.fail("unexpected", self.token, found=self.text_of(self.token))

    def text_of(self, token: Token) -> str:
        return self.source.text[token.start : token.end].strip() or token.text

    def spanned(self, tree: Tree, start: int) -> Tree:
        end = self.tokens[self.at - 1].end if self.at else start
        return replace(tree, span=(start, end))

    # -- logic and relations ---------------------------------------------------------------------------

    def statement(self, level: int = 0) -> Tree:
        """iff, implies < or < and, comma < not < relation."""
        if level == len(LOGIC):
            return self.negated()
        start = self.token.start
        parts = [self.statement(level + 1)]
        operator = ""
        while self.keyword(self.token) in LOGIC[level]:
            kind = self.keyword(self.token)
            if kind == "," and (self.context.kind != "claim" or self.depth):
                break
            if kind == "," and self.peek().kind == "end":
                break
            kind = "and" if kind == "," else kind
            if operator and kind != operator:
                break
            operator = kind
            self.take()
            parts.append(self.statement(level + 1))
        return parts[0] if len(parts) == 1 else self.spanned(Logic(operator, tuple(parts)), start)

    def keyword(self, token: Token) -> str:
        if token.kind == "letters" and token.text in KEYWORDS and token.text not in self.stems:
            return KEYWORDS[token.text]
        return token.kind

    def negated(self) -> Tree:
        if self.keyword(self.token) == "not":
            start = self.take().start
            return self.spanned(Logic("not", (self.negated(),)), start)
        return self.relation()

    def relation(self) -> Tree:
        start = self.token.start
        operands, operators = [self.expression()], []
        while self.token.kind in RELATION_KINDS:
            operators.append(self.take().kind)
            operands.append(self.expression())
        if self.keyword(self.token) == "is" and not operators:
            self.take()
            return self.membership(operands[0], start)
        if not operators:
            return operands[0]
        return self.spanned(Relation(tuple(operators), tuple(operands)), start)

    def membership(self, subject: Tree, start: int) -> Tree:
        first, words = self.token, []
        while self.token.kind == "letters":
            words.append(self.take().text)
        kind = " ".join(w for w in words if w not in ("a", "an"))
        if kind not in ("integer", "positive integer", "natural", "real", "positive", "nonnegative integer"):
            raise self.fail("unknown-property", first, self.tokens[self.at - 1], word=kind or "?")
        return self.spanned(Is(subject, kind), start)

    # -- sums, elementwise products, products ----------------------------------------------------------

    def expression(self) -> Tree:
        """A sum."""
        start = self.token.start
        terms = [self.signed()]
        while self.token.kind in ("+", "-"):
            sign = self.take().kind
            term = self.elementwise()
            terms.append(self.spanned(Neg(term), start) if sign == "-" else term)
        return terms[0] if len(terms) == 1 else self.spanned(Add(tuple(map(as_number, terms))), start)

    def signed(self) -> Tree:
        start = self.token.start
        if self.accept("-"):
            inner = self.signed() if self.token.kind in ("-", "+") else self.elementwise()
            if isinstance(inner, Number) and self.index_mode:
                return number(-inner.value)
            return self.spanned(Neg(as_number(inner)), start)
        if self.accept("+"):
            return self.signed()
        return self.elementwise()

    def elementwise(self) -> Tree:
        start = self.token.start
        left = self.product()
        while self.token.kind in (".*", "./", "circ"):
            operator = self.take().kind
            right = self.product()
            left = self.spanned(Elementwise("/" if operator == "./" else "*", left, right), start)
        return left

    def product(self) -> Tree:
        start = self.token.start
        items: list[tuple[str, Tree]] = [("*", self.factor())]
        while True:
            token = self.token
            if token.kind in ("prod", "sum") and self.is_big(token):
                items.extend(self.big_operator(token))
            elif token.kind in ("*", "/"):
                operator = self.take().kind
                if self.token.kind in ("prod", "sum") and self.is_big(self.token):
                    items.extend((operator, item) if i == 0 else (op, item) for i, (op, item) in enumerate(self.big_operator(self.token)))  # noqa: E501
                else:
                    items.append((operator, self.factor()))
            elif self.starts_factor(token):
                items.append(("*", self.factor()))
            else:
                break
        return self.fold(items, start)

    def fold(self, items: list[tuple[str, Tree]], start: int) -> Tree:
        """Left to right: a/b c is (a/b) c."""
        factors: list[Tree] = []
        for operator, item in items:
            if len(items) > 1:
                item = as_number(item)
            if operator == "*":
                factors.append(item)
            else:
                left = factors[0] if len(factors) == 1 else Mul(tuple(factors))
                factors = [self.spanned(Div(left, item), start)]
        return factors[0] if len(factors) == 1 else self.spanned(Mul(tuple(factors)), start)

    def starts_factor(self, token: Token) -> bool:
        if token.kind in ("|", "||"):
            return not self.bars or (self.bars[-1] == "||" and token.kind == "|")
        if token.kind == "newline" or token.kind.startswith(("begin:", "end:")):
            return False
        return token.kind not in NO_FACTOR and self.keyword(token) not in NO_FACTOR and self.keyword(token) != "is"

    # -- big operators ---------------------------------------------------------------------------------

    def is_big(self, token: Token) -> bool:
        return token.kind in ("prod", "sum")

    def big_operator(self, token: Token) -> list[tuple[str, Tree]]:
        """A big operator and the factors behind its body, as items of the surrounding product."""
        self.take()
        index, low, high = self.bounds(token)
        self.bound.append(index)
        items: list[tuple[str, Tree]] = []
        while True:
            operator = "*"
            if items and self.token.kind in ("*", "/"):
                if self.peek().kind in ("prod", "sum"):
                    break
                operator = self.take().kind
            elif items and not self.starts_factor(self.token):
                break
            if self.token.kind in ("prod", "sum"):
                nested = self.big_operator(self.token)
                if items and not any(self.mentions(item, index) for _, item in nested):
                    items.extend([("|", nested[0][1]), *nested[1:]])
                    break
                items.extend([(operator, nested[0][1]), *nested[1:]])
                continue
            items.append((operator, self.factor()))
        self.bound.pop()
        last = 0
        for place, (operator, item) in enumerate(items):
            if operator == "|":
                break
            if self.mentions(item, index):
                last = place
        body = self.fold(items[: last + 1], token.start)
        rest = [("*" if operator == "|" else operator, item) for operator, item in items[last + 1 :]]
        big = self.spanned(BigOp(token.kind, body, index, low, high), token.start)
        return [("*", big), *rest]

    @staticmethod
    def mentions(tree: Tree, index: str) -> bool:
        return any(isinstance(node, Name) and node.stem == index and not node.indices for node in walk(tree))

    def bounds(self, token: Token) -> tuple[str, Tree, Tree]:
        """_{k=2}^{n}, in either order, or the Unicode ₖ₌₂ⁿ."""
        low: tuple[str, Tree] | None = None
        high: Tree | None = None
        for _ in range(2):
            if self.token.kind == "sub":
                low = self.script_bounds(self.take())
            elif self.token.kind == "super":
                high = self.script_tree(self.take())
            elif self.token.kind == "_":
                self.take()
                opened = self.token
                if not self.accept("{", "("):
                    raise self.fail("bounds-expected", token, operator=token.kind)
                low = self.lower_bound(opened)
                self.expect("}" if opened.kind == "{" else ")", opened)
            elif self.token.kind == "^":
                self.take()
                high = self.in_index(self.script_argument)
        if low is None or high is None:
            raise self.fail("bounds-expected", token, operator=token.kind)
        return low[0], low[1], canonical(high)

    def lower_bound(self, opened: Token) -> tuple[str, Tree]:
        letter = self.take()
        if letter.kind not in ("letters", "word") or not self.accept("="):
            raise self.fail("bounds-expected", opened, letter, operator="\\sum")
        return letter.text, canonical(self.in_index(self.expression))

    def script_bounds(self, token: Token) -> tuple[str, Tree]:
        letter, _, rest = token.text.partition("=")
        if not letter or not rest:
            raise self.fail("bounds-expected", token, operator="sum")
        return letter, canonical(self.script_tree(replace_text(token, rest)))

    # -- factors: powers, transposes, primes -----------------------------------------------------------

    def factor(self) -> Tree:
        if self.token.kind in ("-", "+"):  # 2 * -x, e^-z
            start, sign = self.token.start, self.take().kind
            inner = self.factor()
            return self.spanned(Neg(inner), start) if sign == "-" else inner
        start = self.token.start
        return self.postfix(self.atom(), start)

    def postfix(self, base: Tree, start: int) -> Tree:
        while True:
            token = self.token
            if token.kind == "^":
                self.take()
                base = self.superscript(base, token, start)
            elif token.kind == "super":
                exponent = self.script_tree(self.take())
                base = self.spanned(Pow(base, exponent), start)
            elif token.kind in ("transpose", "top"):
                self.take()
                base = self.transpose(base, token, start)
            elif token.kind == ".^":
                self.take()
                base = self.spanned(Elementwise("^", base, self.factor()), start)
            elif token.kind == "." and self.peek().kind == "letters" and self.peek().text == "T" and not self.peek().spaced:
                self.at += 2
                base = self.transpose(base, token, start)
            elif token.kind == "[" and not token.spaced and isinstance(base, Name) and base.stem in self.context.arrays:
                base = self.component(base, start)
            elif token.kind == "prime":
                raise self.fail("prime-on-variable", token, name=self.source.text[start : token.start].strip())
            elif token.kind == "!":
                raise self.fail("factorial", token)
            else:
                return base

    def superscript(self, base: Tree, token: Token, start: int) -> Tree:
        if self.is_transpose():
            return self.transpose(base, token, start)
        if isinstance(base, Name) and (layered := self.layer(base, start)) is not None:
            return layered
        exponent = self.script_argument()
        return self.spanned(Pow(base, exponent), start)

    def is_transpose(self) -> bool:
        """Consumes T, \\top, {T}, {\\mathsf T} after ^ where it means the transpose."""
        braces = 1 if self.token.kind == "{" else 0
        token = self.peek(braces)
        if braces and self.peek(2).kind != "}":
            return False
        if token.kind in ("top", "transpose") or (token.kind in ("letters", "word") and token.text == "T" and "T" not in self.stems):
            self.at += 1 + 2 * braces
            return True
        return False

    def transpose(self, base: Tree, token: Token, start: int) -> Tree:
        if isinstance(base, Name) and self.context.known and base.stem not in self.context.arrays:
            raise self.fail("transpose-of-scalar", token, self.tokens[self.at - 1], name=base.stem)
        return self.spanned(Transpose(base), start)

    def layer(self, base: Name, start: int) -> Tree | None:
        """A layer superscript: W^{(2)}, W^{[2]}, and W^2 where the chain writes the family W^(l)."""
        layered = base.stem in self.context.layered
        family = layered or (self.latex and base.stem in self.stems and any(n.indices for n in self.context.members(base.stem)))
        if not family and not (self.latex and self.context.kind == "chain"):
            return None
        save = self.at
        braces = self.accept("{")
        opened = self.accept("(", "[")
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
        name = Name(base.stem, (canonical(index), *base.indices), layer=True)
        return self.subscripts(name, start)

    def component(self, base: Tree, start: int) -> Tree:
        opened = self.take()
        positions = [self.in_index(self.expression)]
        while self.accept(","):
            positions.append(self.in_index(self.expression))
        self.expect("]", opened)
        return self.spanned(Component(base, tuple(canonical(p) for p in positions)), start)

    def script_argument(self) -> Tree:
        """What stands after ^: a group, or one signed factor; right-associative."""
        opened = self.token
        if opened.kind == "{":
            self.take()
            inner = self.nested(self.expression, opened)
            self.expect("}", opened)
            return inner
        if opened.kind == "end":
            raise self.fail("operand-expected", opened, after="^")
        if self.latex and opened.kind == "letters" and len(opened.text) > 1:
            self.split(1)
        return self.factor()

    def script_tree(self, token: Token) -> Tree:
        """A Unicode superscript or subscript run as a tree."""
        from symgrad.notation.lexer import Lexer

        inner = Parser(Lexer(Source(token.text)).run(), Source(token.text), Context("chain"), latex=False)
        inner.index_mode = True
        tree = inner.expression()
        if inner.token.kind != "end":
            raise self.fail("unexpected", token, found=self.text_of(token))
        return canonical(tree)

    # -- atoms -----------------------------------------------------------------------------------------

    def nested(self, read: Callable[[], Tree], opened: Token) -> Tree:
        """Read inside a bracket, one level deeper; bars outside do not close inside."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail("too-deep", opened, limit=MAX_DEPTH)
        bars, self.bars = self.bars, []
        try:
            return read()
        finally:
            self.depth -= 1
            self.bars = bars

    def in_index(self, read: Callable[[], Tree]) -> Tree:
        before, self.index_mode = self.index_mode, True
        try:
            return read()
        finally:
            self.index_mode = before

    def atom(self) -> Tree:
        token = self.token
        match token.kind:
            case "number":
                self.take()
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
                raise self.fail("half-derivative", token)
            case "nabla":
                return self.gradient(token)
            case "prod" | "sum":
                items = self.big_operator(token)
                return self.fold(items, token.start)
            case "infty":
                self.take()
                return self.spanned(Constant("infty"), token.start)
            case "wrap":
                return self.wrapped(token)
            case "left.":
                return self.evaluated(token)
            case "dots":
                raise self.fail("dots", token)
            case _ if token.kind.startswith("begin:"):
                raise self.fail("environment-here", token, name=token.text)
            case "end" | ")" | "]" | "}" | "newline":
                before = self.tokens[self.at - 1] if self.at else token
                if token.kind in (")", "]", "}") and self.depth == 0:
                    raise self.fail("unbalanced-bracket", token, bracket=token.text)
                raise self.fail("operand-expected", before, after=self.text_of(before) or "=")
            case _:
                raise self.fail("unexpected", token, found=self.text_of(token))

    def number(self, token: Token) -> Tree:
        assert token.value is not None
        if token.value == 1 and self.token.kind in ("[", "_") and not self.token.spaced:
            save = self.at
            indicator = self.indicator()
            if indicator is not None:
                return self.spanned(indicator, token.start)
            self.at = save
        decimal = "." in token.text or "e" in token.text.lower()
        return Number(token.value, decimal=decimal, span=(token.start, token.end))

    def indicator(self) -> Tree | None:
        """1[z > 0], \\mathbb 1_{z > 0}."""
        self.accept("_")
        opened = self.take()
        closing = {"[": "]", "{": "}"}.get(opened.kind)
        if closing is None:
            return None
        inner = self.nested(self.statement, opened)
        if not isinstance(inner, Relation | Logic):
            return None
        self.expect(closing, opened)
        return Indicator(inner)

    def bracket(self, token: Token) -> Tree:
        if (composed := self.composition(token)) is not None:
            return composed
        self.take()
        inner = self.nested(self.statement, token)
        self.expect({"(": ")", "[": "]", "{": "}"}[token.kind], token)
        return replace(inner, span=(token.start, self.tokens[self.at - 1].end)) if inner.span else inner

    def composition(self, token: Token) -> Tree | None:
        """(f ∘ g)(x)."""
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

    def absolute(self, token: Token) -> Tree:
        self.take()
        kind = token.kind.removesuffix("<")
        self.bars.append(kind)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail("too-deep", token, limit=MAX_DEPTH)
        inner = self.expression()
        self.depth -= 1
        self.bars.pop()
        if self.token.kind == "||" and kind == "|":  # |a||b|
            bars = self.token
            self.tokens[self.at : self.at + 1] = [
                Token("|", "|", bars.start, bars.start + 1, bars.spaced),
                Token("|", "|", bars.start + 1, bars.end),
            ]
        if not self.accept(kind, ">" + kind):
            raise self.fail("unbalanced-bracket", token, bracket=self.text_of(token))
        array = isinstance(inner, Name) and inner.stem in self.context.arrays
        return self.spanned(Apply(Name("norm" if kind == "||" and array else "abs"), (inner,)), token.start)

    def fraction(self, token: Token) -> Tree:
        if (derivative := self.derivative()) is not None:
            return derivative
        self.take()
        numerator = self.fraction_part(token)
        denominator = self.fraction_part(token)
        return self.spanned(Div(numerator, denominator), token.start)

    def fraction_part(self, token: Token) -> Tree:
        """A group or one digit, letter or command, as in \\frac12 and \\tfrac z2."""
        opened = self.token
        if opened.kind == "{":
            self.take()
            inner = self.nested(self.expression, opened)
            self.expect("}", opened)
            return inner
        if opened.kind in ("number", "letters") and len(opened.text) > 1 and opened.text.isalnum():
            self.split(1)
        if self.token.kind == "end":
            raise self.fail("operand-expected", token, after="\\frac")
        if self.token.kind in ("letters", "word") and self.peek().kind not in ("_", "sub") and not self.is_function(self.token.text):
            following = self.peek()
            following.spaced = True  # the digit behind \frac z2 is the denominator, not an index
        self.depth += 1
        part = self.atom()
        self.depth -= 1
        return part

    def split(self, length: int) -> None:
        """Cut the current letters or digits after `length` characters."""
        token = self.token
        cut = token.start + length
        head, tail = token.text[:length], token.text[length:]
        value = (Fraction(head), Fraction(tail)) if token.kind == "number" else (None, None)
        self.tokens[self.at : self.at + 1] = [
            Token(token.kind, head, token.start, cut, token.spaced, value[0]),
            Token(token.kind, tail, cut, token.end, False, value[1]),
        ]

    def root(self, token: Token) -> Tree:
        self.take()
        degree: Tree | None = None
        if self.latex and (opened := self.accept("[")):
            degree = self.nested(self.expression, opened)
            self.expect("]", opened)
        radicand = self.fraction_part(token)
        if degree is not None and degree != number(2):
            return self.spanned(Pow(radicand, Div(number(1), degree)), token.start)
        return self.spanned(Apply(Name("sqrt"), (radicand,)), token.start)

    def wrapped(self, token: Token) -> Tree:
        self.take()
        inner = self.fraction_part(token)
        if token.text != "boxed" and self.accept("_", "^"):
            depth = 0
            while self.token.kind != "end":
                kind = self.take().kind
                depth += (kind == "{") - (kind == "}")
                if depth <= 0:
                    break
        return inner

    def evaluated(self, token: Token) -> Tree:
        """\\left. f'(x) \\right|_{x = z_1}: the value at a point."""
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
        """\\nabla_\\theta J."""
        self.take()
        if not self.accept("_"):
            raise self.fail("half-derivative", token)
        braces = self.accept("{")
        by = self.name_only()
        if braces:
            self.expect("}", braces)
        of = self.name_only()
        return self.spanned(Derivative(of, by), token.start)

    # -- letters: names, functions, derivative tokens --------------------------------------------------

    def is_function(self, stem: str) -> bool:
        if self.context.is_variable(stem):
            return False
        lowered = stem.lower().replace(" ", "_")
        return self.context.is_general(stem) or lowered in s.BUILT_IN or lowered in s.SYNONYMS

    def canonical_function(self, stem: str) -> str:
        if self.context.is_general(stem):
            return stem
        lowered = stem.lower().replace(" ", "_")
        return s.SYNONYMS.get(lowered, lowered)

    def letters(self, token: Token) -> Tree:
        """A run of letters: the rules in the order of the notation."""
        if self.index_mode:
            self.take()
            return Name(token.text, span=(token.start, token.end))
        text = token.text
        if (name := self.python_module(token)) is not None:
            return name
        if token.kind == "letters" and text not in self.stems and (derivative := self.derivative()) is not None:
            return derivative
        if text in self.stems or text in self.bound or text in self.context.bound:
            return self.variable(text)
        if text in ("prod", "sum", "product") and self.peek().kind == "(":
            return self.called_operator(token)
        if (substitute_ := self.activation_letter(token)) is not None:
            return substitute_
        if self.is_function(text):
            return self.application(token)
        if text in ("e", "pi") and not self.subscripted():
            self.take()
            return Constant(text, span=(token.start, token.end))
        if (alias := self.context.aliases.get(text)) is not None:
            self.taken[text] = alias
            self.tokens[self.at] = replace_text(token, alias)
            return self.letters(self.token)
        if token.kind == "letters" and len(text) > 1 and (self.latex or text not in s.GREEK_WORDS):
            if (known := self.longest_known(text)) is not None and self.latex:
                self.split(len(known))
                return self.letters(self.token)
            if self.latex:
                self.split(1)
                return self.letters(self.token)
        return self.free_name(token)

    def subscripted(self) -> bool:
        return self.peek().kind in ("_", "sub") or (self.peek().kind == "number" and not self.peek().spaced and not self.latex)

    def longest_known(self, text: str) -> str | None:
        """The longest known name or function that begins a LaTeX run of letters, shorter than the run."""
        known = [n for n in self.stems if len(n) > 1 and text.startswith(n) and n != text]
        return max(known, key=len, default=None)

    def python_module(self, token: Token) -> Tree | None:
        following = self.peek(2)
        if token.text in MODULES and self.peek().kind == "." and following.kind == "letters" and not following.spaced:
            self.at += 2
            return self.letters(self.token)
        return None

    def activation_letter(self, token: Token) -> Tree | None:
        """In an answer, s(...) or f'(...) stand for the chain's one activation; sp, ds for its derivative."""
        activation = self.context.activation
        text = token.text
        if activation is None or text in self.context.functions or text in self.stems:
            return None
        following = self.peek()
        if text in ACTIVATION_LETTERS and (following.kind == "prime" or (following.kind == "(" and not following.spaced) or self.primed()):
            if text != activation:
                self.taken[text] = activation
            return self.application(token, activation)
        if text in DERIVATIVE_LETTERS and following.kind == "(":
            self.taken[text] = activation + "'"
            return self.application(token, activation, order=1)
        return None

    def primed(self) -> bool:
        """Whether ^{\\prime} follows."""
        if self.peek().kind != "^":
            return False
        return self.peek(2).kind == "prime" or (self.peek(2).kind == "{" and self.peek(3).kind == "prime")

    def variable(self, stem: str) -> Name:
        """A known name with its subscripts; a member that does not exist is an error that says which do."""
        token = self.take()
        name = self.subscripts(Name(stem, span=(token.start, token.end)), token.start)
        if self.context.kind == "answer":
            self.check_member(name, token)
        return name

    def check_member(self, name: Name, token: Token) -> None:
        if name in self.context.known or name.stem in self.bound or name.stem in self.context.bound:
            return
        members = self.context.members(name.stem)
        if not members:
            return
        concrete = all(isinstance(i, Number) for i in name.indices) or not name.indices
        if concrete or all(not m.indices for m in members):
            raise self.unknown(token, name)

    def unknown(self, token: Token, name: Name) -> SymgradError:
        from symgrad.notation.writers.plain import plain

        known = [plain(n) for n in self.context.members(name.stem)]
        shown = ", ".join(known if len(known) <= 6 else [*known[:3], "...", known[-1]])
        return self.fail(
            "no-such-member", token, self.tokens[self.at - 1], name=plain(name), members=shown, kind=UnknownNameError
        )  # fmt: skip

    def free_name(self, token: Token) -> Tree:
        """A name nobody declared: a leaf, a free symbol, or an error with a suggestion."""
        text, following = token.text, self.peek()
        opens = following.kind == "("
        single = len(text) == 1 or text in s.GREEK_WORDS or token.kind == "word"
        if opens and not (single and following.spaced):
            if text not in self.bound and text not in self.bare:
                raise self.fail(
                    "unknown-function", token, name=text, hint=self.near_function(text), suggestion=self.nearest_function(text),
                    kind=UnknownNameError,
                )  # fmt: skip
        if self.context.kind == "answer" and not self.allowed_in_answer(text):
            raise self.unknown_in_answer(token)
        self.take()
        name = self.subscripts(Name(text, span=(token.start, token.end)), token.start)
        if self.token.kind == "(" and not self.token.spaced and name.indices and text not in self.bare:
            raise self.fail("unknown-function", token, self.tokens[self.at - 1], name=self.source.text[token.start : self.tokens[self.at - 1].end], hint="", kind=UnknownNameError)  # noqa: E501
        return name

    def allowed_in_answer(self, text: str) -> bool:
        return (text == "delta" and self.context.deltas) or (
            self.context.objective is not None and text in OBJECTIVE_LETTERS and text not in self.stems
        )

    def unknown_in_answer(self, token: Token) -> SymgradError:
        written = self.source.text[token.start : token.end]
        save = self.at
        self.take()
        try:
            name = self.subscripts(Name(token.text), token.start)
        except SymgradError:
            name = Name(token.text)
        last = self.tokens[self.at - 1]
        written = self.source.text[token.start : last.end].strip()
        self.at = save
        suggestion = self.suggest(name)
        return self.fail(
            "unknown-name", token, last, name=written, hint="did-you-mean" if suggestion else "", suggestion=suggestion,
            kind=UnknownNameError,
        )  # fmt: skip

    def suggest(self, name: Name) -> str:
        """The nearest known name: same index first, look-alike letters, then spelling."""
        from symgrad.notation.writers.plain import plain

        known = {plain(n): n for n in self.context.known}
        alike = {"omega": "w", "nu": "v", "upsilon": "v", "alpha": "a", "l": "L", "c": "C", "W": "w", "A": "a", "B": "b", "Z": "z"}
        candidate = replace(name, stem=alike.get(name.stem, name.stem.lower()))
        if candidate in self.context.known:
            return plain(candidate)
        words = name.stem
        if not name.indices and len(words) > 1 and all(c in self.stems for c in words):
            return " ".join(words)
        return next(iter(get_close_matches(plain(name), sorted(known), 1, 0.5)), "")

    def near_function(self, text: str) -> str:
        return "did-you-mean" if self.nearest_function(text) else ""

    def nearest_function(self, text: str) -> str:
        pool = sorted(s.BUILT_IN | self.context.functions)
        return next(iter(get_close_matches(text.lower(), pool, 1, 0.6)), "")

    def name_only(self) -> Name:
        token = self.token
        if token.kind not in ("letters", "word"):
            raise self.fail("name-expected", token, found=self.text_of(token))
        if token.kind == "letters" and len(token.text) > 1 and self.latex and token.text not in self.stems:
            self.split(len(self.longest_known(token.text) or "x"))
            token = self.token
        self.take()
        return self.subscripts(Name(token.text, span=(token.start, token.end)), token.start)

    # -- subscripts ------------------------------------------------------------------------------------

    def subscripts(self, name: Name, start: int) -> Name:
        """w1, w_1, w_{j-1}, w₁, y_true, y_hat, w_{1,2}."""
        indices = list(name.indices)
        stem = name.stem
        following = self.token
        if following.kind == "number" and not following.spaced and following.text.isdigit() and not indices:
            self.take()
            indices.append(Number(Fraction(following.text)))
        while True:
            token = self.token
            if token.kind == "sub":
                self.take()
                indices.append(self.script_tree(token))
            elif token.kind == "_":
                self.take()
                indices.extend(self.subscript())
                last = indices[-1]
                if isinstance(last, Name) and last.stem in ("hat", "bar", "tilde") and not last.indices:
                    indices.pop()
                    stem = f"{stem}_{last.stem}"
            else:
                break
        end = self.tokens[self.at - 1].end
        return Name(stem, tuple(indices), layer=name.layer, span=(start, end))

    def subscript(self) -> list[Tree]:
        before, self.index_mode = self.index_mode, True
        try:
            return self.subscript_content()
        finally:
            self.index_mode = before

    def subscript_content(self) -> list[Tree]:
        opened = self.token
        if opened.kind in ("{", "("):
            self.take()
            parts = [canonical(self.nested(self.expression, opened))]
            while self.accept(","):
                parts.append(canonical(self.nested(self.expression, opened)))
            self.expect("}" if opened.kind == "{" else ")", opened)
            return parts
        return [canonical(self.index_atom())]

    def index_atom(self) -> Tree:
        token = self.token
        if token.kind == "number" and token.text.isdigit():
            self.take()
            return Number(Fraction(token.text))
        if token.kind == "letters":
            if self.latex and len(token.text) > 1:
                self.split(1)
                token = self.token
            self.take()
            label = token.text
            if not self.latex and self.token.kind == "number" and not self.token.spaced and self.token.text.isdigit():
                label += self.take().text
            return Name(label)
        if token.kind == "word":
            self.take()
            return Name(token.text)
        raise self.fail("subscript-expected", token, found=self.text_of(token))

    # -- application -----------------------------------------------------------------------------------

    def application(self, token: Token, function: str | None = None, order: int = 0) -> Tree:
        """f(x), f'(x), f^2(x), f_l(x), tanh z."""
        self.take()
        stem = function or self.canonical_function(token.text)
        name = Name(stem, span=(token.start, token.end))
        if self.token.kind in ("_", "sub") and self.context.is_general(stem):
            name = self.subscripts(name, token.start)
        order += self.primes()
        exponent = self.function_power(token)
        opened = self.token
        if opened.kind in ("(", "[") or (opened.kind == "{" and self.latex):
            arguments, options = self.arguments(opened)
        elif stem in s.BUILT_IN and self.starts_factor(opened):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise self.fail("too-deep", token, limit=MAX_DEPTH)
            argument_start = self.token.start
            arguments, options = (self.postfix(self.atom(), argument_start),), ()
            self.depth -= 1
        else:
            raise self.fail("argument-expected", token, name=self.source.text[token.start : self.tokens[self.at - 1].end])
        if stem == "sqrt" and len(arguments) != 1:
            raise self.fail("one-argument", token, name=stem)
        result = self.spanned(Apply(name, arguments, order, options), token.start)
        return result if exponent is None else self.spanned(Pow(result, exponent), token.start)

    def primes(self) -> int:
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
            else:
                return count

    def function_power(self, token: Token) -> Tree | None:
        if self.token.kind == "super":
            return self.script_tree(self.take())
        if not self.accept("^"):
            return None
        if self.latex and self.token.kind == "number" and len(self.token.text) > 1 and self.token.text.isdigit():
            self.split(1)
        exponent = self.script_argument() if self.token.kind == "{" else self.factor_without_call()
        if exponent == Neg(number(1)) or exponent == number(-1):
            raise self.fail("inverse-function", token, self.tokens[self.at - 1], name=token.text)
        return exponent

    def factor_without_call(self) -> Tree:
        """The exponent of f^2(x): one digit or letter, so that the bracket behind it stays the argument."""
        if self.accept("-"):
            return Neg(self.factor_without_call())
        token = self.take()
        if token.kind == "number":
            assert token.value is not None
            return Number(token.value)
        if token.kind in ("letters", "word"):
            return Name(token.text)
        raise self.fail("unexpected", token, found=self.text_of(token))

    def arguments(self, opened: Token) -> tuple[tuple[Tree, ...], tuple[tuple[str, Tree], ...]]:
        self.take()
        arguments: list[Tree] = []
        options: list[tuple[str, Tree]] = []
        closing = {"(": ")", "[": "]", "{": "}"}[opened.kind]
        if self.token.kind == closing:
            raise self.fail("argument-expected", opened, self.token, name=self.source.text[: opened.start].split()[-1] if opened.start else "f")
        while True:
            if self.token.kind in ("letters", "word") and self.peek().kind == "=" and arguments:
                key = self.take().text
                self.take()
                options.append((key, self.nested(self.expression, opened)))
            else:
                arguments.append(self.nested(self.relation, opened))
            if not self.accept(",", ";"):
                break
        self.expect(closing, opened)
        return tuple(arguments), tuple(options)

    def called_operator(self, token: Token) -> Tree:
        """prod(expr, k, lo, hi), sum(expr, k, lo, hi) and sum(v)."""
        kind = "prod" if token.text.startswith("prod") else "sum"
        index = self.operator_index()
        self.take()
        opened = self.take()
        if index is not None:
            self.bound.append(index)
        body = self.nested(self.expression, opened)
        if index is None:
            self.expect(")", opened)
            return self.spanned(Apply(Name(kind), (body,)), token.start)
        self.bound.pop()
        self.take()
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
            depth += kind in ("(", "[", "{")
            depth -= kind in (")", "]", "}")
            if depth == 0:
                return None
            if kind == "," and depth == 1:
                letter = self.tokens[place + 1]
                return letter.text if letter.kind in ("letters", "word") and self.tokens[place + 2].kind == "," else None
            place += 1
        return None

    # -- derivative tokens -----------------------------------------------------------------------------

    def derivative(self) -> Tree | None:
        """dC/db_1, ∂C/∂a₄, \\frac{\\partial C}{\\partial a_4}, dC_da4, dσ(z_1)/dz_1; None if it is not one."""
        save, tokens = self.at, list(self.tokens)
        start = self.token.start
        try:
            result = self.derivative_fraction() if self.token.kind == "frac" else self.derivative_slash()
        except SymgradError:
            result = None
        if result is None:
            self.at, self.tokens = save, tokens
            return None
        return self.spanned(result, start)

    def marker(self) -> str | None:
        """The d or ∂ before a name, cut off a run of letters."""
        token = self.token
        if token.kind == "partial":
            self.take()
            return "partial"
        if token.kind == "letters" and token.text.startswith("d"):
            if len(token.text) > 1:
                self.split(1)
            self.take()
            return "d"
        return None

    def order(self) -> int:
        if self.token.kind == "super" and self.token.text.isdigit():
            return int(self.take().text)
        if self.token.kind == "^" and self.peek().kind == "number":
            self.take()
            return int(self.take().text)
        if self.token.kind == "^" and self.peek().kind == "{" and self.peek(2).kind == "number" and self.peek(3).kind == "}":
            value = self.peek(2).text
            self.at += 4
            return int(value)
        return 1

    def derivative_slash(self) -> Tree | None:
        sign = self.marker()
        if sign is None:
            return None
        order = self.order()
        top = self.differentiated(sign)
        if top is None or not (self.accept("/") or (sign == "d" and self.accept("_"))):
            return None
        grouped = self.accept("(")
        below = self.by_names(sign)
        if grouped and not self.accept(")"):
            return None
        return None if below is None else self.derived(top, below, order, sign)

    def derivative_fraction(self) -> Tree | None:
        self.take()
        if not self.accept("{"):
            return None
        sign = self.marker()
        if sign is None:
            return None
        order = self.order()
        top = None if self.token.kind == "}" else self.differentiated(sign)
        empty = top is None
        if not self.accept("}") or not self.accept("{"):
            return None
        below = self.by_names(sign)
        if below is None or not self.accept("}"):
            return None
        if empty:
            top = self.differentiated("partial")
        return None if top is None else self.derived(top, below, order, sign)

    def differentiated(self, sign: str) -> Tree | None:
        """X of dX/dY: a name, a function, or a function applied."""
        token = self.token
        if token.kind not in ("letters", "word"):
            return None
        text = token.text
        if token.kind == "letters" and text not in self.stems and self.latex and len(text) > 1 and not self.is_function(text):
            return None
        activation = self.context.activation
        if not self.context.is_variable(text) and activation and text in ACTIVATION_LETTERS and text not in self.context.functions:
            self.taken[text] = activation
            text = activation
        if self.is_function(text):
            self.take()
            stem = self.canonical_function(text)
            if self.token.kind != "(":
                return Name(stem, (Name("()"),))  # a function by itself; see `derived`
            opened = self.token
            arguments, options = self.arguments(opened)
            return Apply(Name(stem), arguments, 0, options)
        if sign == "d" and self.context.known and text not in self.stems and text not in OBJECTIVE_LETTERS:
            return None
        self.take()
        name = self.subscripts_of_top(Name(text, span=(token.start, token.end)), token.start)
        objective = self.context.objective
        if objective is not None and name.stem not in self.stems and name.stem in OBJECTIVE_LETTERS and not name.indices:
            self.taken[name.stem] = objective.stem
            return objective
        return name

    def subscripts_of_top(self, name: Name, start: int) -> Name:
        """Like `subscripts`, but the _ of dC_da4 belongs to the derivative."""
        following = self.peek()
        if self.token.kind == "_" and following.kind == "letters" and following.text.startswith("d") and not self.latex:
            rest = following.text[1:]
            if rest and (not self.context.known or rest in self.stems):
                return name
        return self.subscripts(name, start)

    def by_names(self, sign: str) -> list[tuple[Name, int]] | None:
        """Y of dX/dY, or several: ∂w_1 ∂w_2."""
        found: list[tuple[Name, int]] = []
        while self.token.kind == "partial" or (self.token.kind == "letters" and self.token.text.startswith("d")):
            if found and self.token.kind == "letters" and not (self.latex and len(found) < 2):
                break
            if self.marker() != sign:
                return None
            name = self.name_only()
            if sign == "d" and self.context.known and self.context.kind == "answer" and name.stem not in self.stems and name.stem != "z":
                return None
            found.append((name, self.order()))
            if not self.latex and found:
                break
        return found or None

    def derived(self, top: Tree, below: list[tuple[Name, int]], order: int, sign: str) -> Tree | None:
        by, by_order = below[0]
        match top:
            case Apply(function, arguments, 0, options):
                return Apply(function, arguments, order, options) if arguments == (by,) and len(below) == 1 else None
            case Name(stem, (Name("()"),)):
                if self.token.kind == "(":
                    arguments, options = self.arguments(self.token)
                    return Apply(Name(stem), arguments, order, options)
                return Apply(Name(stem), (by,), order)
            case Name() if len(below) == 1:
                return Derivative(top, by, max(order, by_order)) if by_order == order else None
            case Name() if len(below) == 2 and order == 2:
                return Derivative(Derivative(top, by), below[1][0])
        return None


def as_number(tree: Tree) -> Tree:
    """A relation that is calculated with counts as 0 or 1."""
    return Indicator(tree) if isinstance(tree, Relation | Logic) else tree


def replace_text(token: Token, text: str) -> Token:
    """The same token with another text."""
    return Token(token.kind, text, token.start, token.end, token.spaced, token.value)


def check_size(tree: Tree, source: Source) -> Tree:
    """The cap on nodes; counts as it walks, so it stops early."""
    count = 0
    for node in walk(tree):
        count += 1
        if count > MAX_NODES:
            raise source.error("too-many-nodes", 0, len(source.text), limit=MAX_NODES)
    assert isinstance(tree, Node)
    return tree
