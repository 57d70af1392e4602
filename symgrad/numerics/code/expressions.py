"""Trees -> Python expressions in the vocabulary of one library."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce

from symgrad.arithmetic import Functions
from symgrad.arithmetic.derivatives import nth_derivative
from symgrad.arithmetic.resolve import resolve_applied
from symgrad.arithmetic.written_out import rational, written_out
from symgrad.errors import NotSupportedError, Where
from symgrad.functions import registry
from symgrad.functions.application import formula_of, written
from symgrad.functions.questionnaire import Function
from symgrad.notation.tree import (
    Add,
    Apply,
    Constant,
    Derivative,
    Div,
    Indicator,
    Logic,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    walk,
)  # fmt: skip
from symgrad.notation.writers.plain import plain

SUM, PRODUCT, SIGN, POWER, ATOM = 1, 2, 3, 4, 5
RELATIONS = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "==", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a library calls things.

    Args:
        language: its name in `to`.
        natives: function -> how to call it, for those it has.
        helpers: function -> the source of a definition to put in front, for those worth one by hand.
        where: a condition and a value -> the value where it holds, 0 elsewhere.
        pi: the constant.
        extremes: the larger and the smaller of two.
        rational: a quotient of two integers.
        relations: how comparisons are written where not as operators.
    """

    language: str
    natives: Mapping[str, str]
    helpers: Mapping[str, str]
    where: str
    pi: str
    e: str
    infinity: str
    extremes: Mapping[str, str]
    rational: str = "{0} / {1}"
    relations: Mapping[str, str] = field(default_factory=dict)
    conjunction: str = " & "
    stable: bool = True


def identifier(text: str) -> str:
    """A text as a Python identifier: `lambda` becomes `lambda_`.

    >>> identifier("lambda"), identifier("w_1"), identifier("ŵ'")
    ('lambda_', 'w_1', 'ŵ_')
    """
    made = "".join(c if (c.isidentifier() or c.isdigit()) else "_" for c in text)
    if not made.isidentifier():
        made = "_" + made
    return made + "_" if keyword.iskeyword(made) or keyword.issoftkeyword(made) else made


def variable(tree: Tree) -> bool:
    """Whether anything in a tree may vary."""
    return any(isinstance(node, Name | Derivative) for node in walk(tree))


class Expressions:
    """Writes trees, and collects the definitions of the functions they need."""

    def __init__(self, dialect: Dialect, functions: Functions, taken: Callable[[str], str]) -> None:
        self.dialect, self.functions, self.taken = dialect, functions, taken
        self.definitions: dict[tuple[str, int], str] = {}
        self.called: dict[tuple[str, int], str] = {}

    def write(self, tree: Tree, ref: Callable[[Tree], str], functions: Functions | None = None) -> str:
        """The expression; `ref` says what names and derivative tokens are called."""
        given = self.functions if functions is None else functions
        return Writer(self, ref, given, functions is not None).at(written_out(tree), SUM)

    def function(self, function: Function | Tree, name: str, order: int) -> str:
        """What f^(order) is called, defined before if the library does not have it."""
        if isinstance(function, Function):
            name = function.name
        if order == 0 and name in self.dialect.natives:
            return self.dialect.natives[name]
        key = (name, order)
        if key not in self.called:
            base = identifier(name.replace("=", "_").replace("/", "_").replace("(", "_").replace(")", ""))
            self.called[key] = self.taken(
                base + ("", "_slope", "_curvature")[order] if order < 3 else f"{base}_{order}"
            )
            if order == 0 and name in self.dialect.helpers:
                self.definitions[key] = self.dialect.helpers[name].format(name=self.called[key])
            else:
                self.define(key, function)
        return self.called[key]

    def define(self, key: tuple[str, int], function: Function | Tree) -> None:
        """A definition by the questionnaire's formula, in its form for floats."""
        name, order = key
        body = self.formula(function, order)
        text = self.write(body, lambda tree: "x", {})
        title = (
            f"{name}{chr(39) * order}(x) = {plain(body)}" if isinstance(function, Function) else plain(body)
        )
        self.definitions[key] = f'def {self.called[key]}(x):\n    """{title}."""\n    return {text}\n'

    def formula(self, function: Function | Tree, order: int) -> Tree:
        """f^(order) as a formula in x."""
        if not isinstance(function, Function) or order > 1:
            return nth_derivative(function, order)
        if order == 1:
            return (registry.stable_derivative if self.dialect.stable else registry.derivative)(function)
        value = (registry.stable_value if self.dialect.stable else registry.value)(function)
        if value is None:
            raise NotSupportedError("no-code", Where("<function>", source=function.name), form=function.name,
                                    language=self.dialect.language)  # fmt: skip
        return value


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes one tree; in formulas of functions u 1[c] is 0 where c fails, whatever u is."""

    parent: Expressions
    ref: Callable[[Tree], str]
    functions: Functions
    switching: bool

    def at(self, tree: Tree, least: int) -> str:
        """The text, in brackets where it binds less than `least`."""
        text, level = self.text(tree)
        return f"({text})" if level < least else text

    def text(self, tree: Tree) -> tuple[str, int]:
        """The text and how tightly it binds."""
        dialect = self.parent.dialect
        match tree:
            case Name() | Derivative():
                return self.ref(tree), ATOM
            case Number(value):
                return self.number(value)
            case Constant(name):
                return {"pi": dialect.pi, "e": dialect.e, "infty": dialect.infinity}[name], ATOM
            case Add(terms):
                return self.sum(terms), SUM
            case Mul(factors):
                return self.product(factors)
            case Neg(operand):
                return f"-{self.at(operand, SIGN)}", SIGN
            case Div(Number(a), Number(b)) if b:
                return self.number(a / b)
            case Div(a, b):
                return f"{self.at(a, PRODUCT)} / {self.at(b, SIGN)}", PRODUCT
            case Pow(base, exponent):
                return self.power(base, exponent)
            case Apply():
                return self.apply(tree)
            case Indicator(condition):
                return dialect.where.format(self.condition(condition), "1.0" if dialect.stable else "1"), ATOM
        raise self.impossible(tree)

    def number(self, value: Fraction) -> tuple[str, int]:
        """A number: an integer, or a quotient of two."""
        if value.denominator == 1:
            return str(value.numerator), ATOM if value >= 0 else SIGN
        text = self.parent.dialect.rational.format(value.numerator, value.denominator)
        return text, ATOM if "(" in text else PRODUCT

    def sum(self, terms: tuple[Tree, ...]) -> str:
        """Terms with their signs."""
        text = self.at(terms[0], SUM)
        for term in terms[1:]:
            negative = isinstance(term, Neg)
            inner = term.operand if isinstance(term, Neg) else term
            text += (" - " if negative else " + ") + self.at(inner, PRODUCT)
        return text

    def product(self, factors: tuple[Tree, ...]) -> tuple[str, int]:
        """Factors in order; under indicators where `switching`."""
        conditions = [f.condition for f in factors if isinstance(f, Indicator)]
        others = tuple(f for f in factors if not isinstance(f, Indicator))
        if self.switching and conditions and others:
            inner = self.at(others[0], SUM) if len(others) == 1 else self.product(others)[0]
            tests = [self.condition(c) for c in conditions]
            joined = (
                tests[0] if len(tests) == 1 else self.parent.dialect.conjunction.join(f"({t})" for t in tests)
            )
            return self.parent.dialect.where.format(joined, inner), ATOM
        parts = [self.at(f, PRODUCT if i == 0 else SIGN) for i, f in enumerate(factors)]
        return " * ".join(parts), PRODUCT

    def power(self, base: Tree, exponent: Tree) -> tuple[str, int]:
        """A power: e^x by exp, ^(1/2) by sqrt."""
        if base == Constant("e"):
            return self.apply(Apply(Name("exp"), (exponent,)))
        if rational(exponent) == Fraction(1, 2):
            return self.apply(Apply(Name("sqrt"), (base,)))
        n = rational(exponent)
        if n is not None and n < 0 and n.denominator == 1:
            return self.text(Div(Number(Fraction(1)), Pow(base, Number(-n)) if n != -1 else base))
        return f"{self.at(base, ATOM)} ** {self.at(exponent, POWER)}", POWER

    def apply(self, tree: Apply) -> tuple[str, int]:
        """A function of arguments."""
        if len(tree.arguments) == 1 and (function := resolve_applied(tree, self.functions)) is not None:
            name = self.parent.function(function, tree.function.stem, tree.order)
            text = self.at(tree.arguments[0], SUM)
            if self.parent.dialect.language == "torch" and not variable(tree.arguments[0]):
                text = f"tensor({text})"  # torch.sqrt takes no plain number
            return f"{name}({text})", ATOM
        known = formula_of(tree, self.functions)
        if known is not None and known.name in ("max", "min") and not tree.order:
            form = self.parent.dialect.extremes[known.name]  # the formula makes nan of inf times 0
            return reduce(form.format, (self.at(argument, SUM) for argument in tree.arguments)), ATOM
        if (formula := written(tree, self.functions)) is not None:
            return self.text(written_out(formula))
        raise self.impossible(tree)

    def condition(self, tree: Tree) -> str:
        """A comparison."""
        match tree:
            case Relation((operator,), (a, b)) if operator in RELATIONS:
                left, right = self.at(a, SUM), self.at(b, SUM)
                form = self.parent.dialect.relations.get(operator)
                return form.format(left, right) if form else f"{left} {RELATIONS[operator]} {right}"
            case Logic("and", parts):
                return self.parent.dialect.conjunction.join(f"({self.condition(part)})" for part in parts)
        raise self.impossible(tree)

    def impossible(self, tree: Tree) -> NotSupportedError:
        """What has no form in code."""
        return NotSupportedError("no-code", Where("<code>", source=plain(tree)), form=plain(tree),
                                 language=self.parent.dialect.language)  # fmt: skip
