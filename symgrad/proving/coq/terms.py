"""Trees as Coq terms over the reals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction

from symgrad.errors import NotSupportedError
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    Constant,
    Div,
    Is,
    Logic,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
)
from symgrad.notation.writers.plain import plain
from symgrad.proving.coq.chapters import CHAPTERS
from symgrad.proving.kernel import functions as known

COQ = """R as at cofix else end exists exp fix for forall fun if in let ln match mod nat n return sqrt then
Type Set Prop using where with PI Rabs positive corner bars nonzero closed products product
between_ t_"""
RESERVED = frozenset(COQ.split())
CONNECTIVE = {"and": " /\\ ", "or": " \\/ ", "implies": " -> ", "iff": " <-> "}


REFUSALS = {
    "line": "coq-no-line",
    "known": "coq-no-fact",
    "lipschitz": "coq-no-fact",
    "constant": "coq-no-fact",
    "loop": "coq-no-depth",
    "series": "coq-no-range",
    "layers": "coq-no-range",
    "termwise": "coq-no-range",
    "factorwise": "coq-no-range",
    "induction": "coq-no-range",
    "place": "coq-no-range",
    "entries": "coq-no-arrays",
    "norms": "coq-no-arrays",
    "logarithms": "coq-no-logarithms",
}
"""What is said of a rule that has no counterpart; of a term or function, its name is."""


def unsupported(what: str) -> NotSupportedError:
    """What has no counterpart in the Coq files yet, and what has one."""
    return NotSupportedError(REFUSALS.get(what, "coq-no-term"), None, "coq-can", part=what)


def number(value: Fraction) -> str:
    """3, (1 / 4), (-1), (- (1 / 4))."""
    size = (
        str(abs(value.numerator))
        if value.denominator == 1
        else f"({abs(value.numerator)} / {value.denominator})"
    )
    return size if value >= 0 else f"(- {size})"


class Terms:
    """Writes trees; the names of variables are kept apart from Coq's own and from each other."""

    def __init__(self, functions: Mapping[str, str]) -> None:
        self.functions = functions
        self._names: dict[Name, str] = {}
        self._count = 0
        self.used: dict[str, None] = {}
        self.general: dict[str, None] = {}
        self.heads: set[Name] = set()
        self.letter = ""  # the index of a theorem over a range: w_i is then (w i)
        self.quotients = True  # a / b for readers; a * / b in proofs, where / b has bounds of its own

    def fresh(self) -> int:
        """A number that no hypothesis has yet."""
        self._count += 1
        return self._count

    def name(self, name: Name) -> str:
        """An identifier."""
        if name not in self._names:
            word = re.sub(r"[^A-Za-z0-9_]+", "_", plain(name)).strip("_") or "x"
            word = word if word[0].isalpha() else f"x{word}"
            taken = {*self._names.values(), *RESERVED, *CHAPTERS}
            while word in taken:
                word += "_"
            self._names[name] = word
        return self._names[name]

    @contextmanager
    def called(self, name: Name, word: str) -> Iterator[None]:
        """Within it the name is written as this reserved word."""
        before = dict(self._names)
        self._names[name] = word
        yield
        self._names.clear()
        self._names.update(before)

    def known(self, tree: Apply) -> str | None:
        """The built-in that a function is."""
        return known.resolve(tree.function, self.functions)

    def function(self, tree: Apply) -> str:
        """Exp, Rabs, sigmoid', or a general function's own name."""
        name = known.resolve(tree.function, self.functions)
        if tree.order > 1 or tree.options:
            raise unsupported(plain(tree))
        if name in ("exp", "abs") and not tree.order:
            return {"exp": "exp", "abs": "Rabs"}[name]
        if name in ("max", "min") and len(tree.arguments) == 2 and not tree.order:
            return {"max": "Rmax", "min": "Rmin"}[name]
        if name in ("log", "sqrt") and not tree.order:
            return {"log": "ln", "sqrt": "sqrt"}[name]
        if name == "exp":
            return "exp"
        if name in CHAPTERS:
            self.used[name] = None
            return name + "'" * tree.order
        if name is None:
            word = self.name(tree.function)
            self.heads.add(tree.function)
            self.general[word + "'" * tree.order] = None
            return word + "'" * tree.order
        raise unsupported(name)

    def __call__(self, tree: Tree) -> str:
        """The term, in brackets unless it is one word."""
        match tree:
            case Number(value):
                written = number(value) if self.quotients else number(value).replace(" / ", " * / ")
                return written.replace("(1 * / ", "(/ ")
            case Name(_, (Name(index),)) if index == self.letter:
                return f"({self.name(Name(tree.stem))} {index})"
            case Name():
                return self.name(tree)
            case Constant("pi"):
                return "PI"
            case Constant("e"):
                return "(exp 1)"
            case Add(terms):
                return f"({self._sum(terms)})"
            case Neg(Number(n)) if n >= 0 and n.denominator == 1:
                return f"(- ({n}))"  # the opposite of 1, as after putting in; (- 1) would be a numeral
            case Neg(a):
                return f"(- {self(a)})"
            case Mul(factors):
                return f"({' * '.join(map(self, factors))})"
            case Div(a, b):
                if self.quotients:
                    return f"({self(a)} / {self(b)})"
                return f"(/ {self(b)})" if a == ONE else f"({self(a)} * / {self(b)})"
            case Pow(Constant("e"), exponent):
                return f"(exp {self(exponent)})"
            case Pow(base, Number(n)) if n.denominator == 1:
                power = f"({self(base)} ^ {abs(int(n))})"
                return power if n >= 0 else f"(/ {power})"
            case Apply(_, arguments):
                return f"({self.function(tree)} {' '.join(map(self, arguments))})"
        raise unsupported(plain(tree))

    def _sum(self, terms: tuple[Tree, ...]) -> str:
        written = self(terms[0])
        for term in terms[1:]:
            written += f" - {self(term.operand)}" if isinstance(term, Neg) else f" + {self(term)}"
        return written

    def proposition(self, tree: Tree) -> str:
        """A relation or several joined."""
        match tree:
            case Relation(operators, operands):
                links = zip(operators, operands, operands[1:], strict=False)
                return " /\\ ".join(self._link(operator, a, b) for operator, a, b in links)
            case Logic(operator, arguments) if operator in CONNECTIVE:
                return CONNECTIVE[operator].join(f"({self.proposition(part)})" for part in arguments)
            case Logic("not", (inner,)):
                return f"~ ({self.proposition(inner)})"
            case Is(subject, kind) if "integer" not in kind or "positive" in kind:
                if kind == "real":
                    return "True"
                return f"1 <= {self(subject)}" if "integer" in kind else f"0 < {self(subject)}"
            case Is():
                return "True"
        raise unsupported(plain(tree))

    def _link(self, operator: str, a: Tree, b: Tree) -> str:
        if operator not in ("<", "<=", ">", ">=", "=", "!="):
            raise unsupported(operator)
        return f"{self(a)} {'<>' if operator == '!=' else operator} {self(b)}"


Write = Callable[[Tree], str]
