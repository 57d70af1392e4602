"""Claims as polynomial real arithmetic: every function value a bounded variable, every exponential positive.

Each fact that is written down holds wherever the claim is defined, and a quotient or a logarithm says
something only where it is defined; so `unsat` is about all values, and `sat` says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations

from symgrad.functions import facts, registry
from symgrad.functions.questionnaire import Range
from symgrad.notation.tree import (
    Add,
    Apply,
    Constant,
    Div,
    Logic,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    names_in,
    substitute,
)
from symgrad.proving.kernel.functions import resolve

CONSTANTS = {
    "e": (Fraction(271828182, 10**8), Fraction(271828183, 10**8)),
    "pi": (Fraction(314159265, 10**8), Fraction(314159266, 10**8)),
}
LARGEST = 12
"""Powers beyond are not written out."""


class NotPolynomial(Exception):
    """Something has no polynomial form here."""


@dataclass(slots=True)
class Translator:
    """What has been named so far: variables, the facts that hold of them, what must be defined."""

    functions: Mapping[str, str]
    known: dict[tuple[str, object], str] = field(default_factory=dict)
    facts: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    ordered: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def variable(self, kind: str, key: object) -> tuple[str, bool]:
        """The variable of something, and whether it is new."""
        if (kind, key) in self.known:
            return self.known[kind, key], False
        self.known[kind, key] = f"v{len(self.known)}"
        return self.known[kind, key], True

    def term(self, tree: Tree) -> str:
        """A number as an SMT-LIB term."""
        match tree:
            case Number(value):
                return rational(value)
            case Constant(name) if name in CONSTANTS:
                v, new = self.variable("constant", name)
                if new:
                    low, high = CONSTANTS[name]
                    self.facts += [f"(< {rational(low)} {v})", f"(< {v} {rational(high)})"]
                return v
            case Name():
                return self.variable("name", tree)[0]
            case Add(terms):
                return f"(+ {' '.join(map(self.term, terms))} 0.0)"
            case Mul(factors):
                return f"(* {' '.join(map(self.term, factors))} 1.0)"
            case Neg(operand):
                return f"(- {self.term(operand)})"
            case Div(a, b):
                return self.quotient(self.term(a), self.term(b))
            case Pow(Constant("e"), exponent):
                return self.exponential(exponent)
            case Pow(base, Number(value)) if value.denominator == 1 and abs(value) <= LARGEST:
                power = f"(* {' '.join([self.term(base)] * abs(int(value)))} 1.0)"
                return power if value > 0 else self.quotient("1.0", power)
            case Apply(function, arguments, order, ()):
                return self.applied(function, arguments, order)
        raise NotPolynomial

    def quotient(self, a: str, b: str) -> str:
        """A variable q with q b = a, and the condition that b is not zero."""
        q, new = self.variable("quotient", (a, b))
        if new:
            self.facts.append(f"(=> (not (= {b} 0.0)) (= (* {q} {b}) {a}))")
        self.conditions.append(f"(not (= {b} 0.0))")
        return q

    def applied(self, function: Name, arguments: tuple[Tree, ...], order: int) -> str:
        """A value of a function."""
        name = resolve(function, self.functions)
        if name in ("max", "min") and order == 0 and len(arguments) == 2:
            a, b = map(self.term, arguments)
            return f"(ite ({'>=' if name == 'max' else '<='} {a} {b}) {a} {b})"
        if len(arguments) != 1:
            raise NotPolynomial
        (argument,) = arguments
        if name == "exp":
            return self.exponential(argument)
        if order == 0 and name == "abs":
            a = self.term(argument)
            return f"(ite (>= {a} 0.0) {a} (- {a}))"
        if order == 0 and name in ("log", "sqrt"):
            return self.root_or_logarithm(name, self.term(argument))
        return self.bounded(function, name, argument, order)

    def exponential(self, argument: Tree) -> str:
        """E > 0; sums become products, opposites reciprocals."""
        match argument:
            case Number(value) if value == 0:
                return "1.0"
            case Add(terms):
                return f"(* {' '.join(map(self.exponential, terms))} 1.0)"
            case Neg(operand):
                inverse = self.exponential(operand)
                v, new = self.variable("inverse", inverse)
                if new:
                    self.facts += [f"(> {v} 0.0)", f"(= (* {v} {inverse}) 1.0)"]
                return v
            case Mul((Number(value), rest)) if value.denominator == 1 and 0 < value <= LARGEST:
                return f"(* {' '.join([self.exponential(rest)] * int(value))} 1.0)"
        u = self.term(argument)
        v, new = self.variable("exp", u)
        if new:
            self.facts += [f"(> {v} 0.0)", f"(>= {v} (+ 1.0 {u}))", f"(=> (= {v} (+ 1.0 {u})) (= {u} 0.0))"]
            self.facts.append(f"(= (> {v} 1.0) (> {u} 0.0))")
            self.ordered.setdefault("exp", []).append((u, v))
        return v

    def root_or_logarithm(self, name: str, u: str) -> str:
        """The root or logarithm of u, with the condition that it is defined."""
        v, new = self.variable(name, u)
        self.conditions.append(f"({'>' if name == 'log' else '>='} {u} 0.0)")
        if new and name == "sqrt":
            self.facts.append(f"(=> (>= {u} 0.0) (and (>= {v} 0.0) (= (* {v} {v}) {u})))")
        elif new:
            self.facts.append(f"(=> (> {u} 0.0) (<= {v} (- {u} 1.0)))")
            self.facts.append(f"(=> (> {u} 0.0) (= (> {v} 0.0) (> {u} 1.0)))")
            self.facts.append(f"(=> (> {u} 0.0) (= (= {v} 0.0) (= {u} 1.0)))")
        return v

    def bounded(self, function: Name, name: str | None, argument: Tree, order: int) -> str:
        """A value of a function on all reals: in its exact range; its slope by its value if possible."""
        known = None if name is None else registry.lookup(name)
        if known is None:
            u = self.term(argument)
            return self.variable("general", (function, order, u))[0]
        if known.domain is not None or known.derivative_domain is not None or order > 1:
            raise NotPolynomial
        slope = facts.slope_in_value(known)
        if order == 1 and slope is not None:
            here = Apply(function, (argument,))
            return self.term(substitute(slope, dict.fromkeys(names_in(slope), here)))
        u = self.term(argument)
        v, new = self.variable(f"{known.name} {order}", u)
        if new:
            self.within(v, known.range if order == 0 else known.derivative_range)
            if order == 0 and known.monotone == "increasing":
                self.ordered.setdefault(known.name, []).append((u, v))
        return v

    def within(self, v: str, values: Range | None) -> None:
        """Note that a variable lies in a range, its ends open or closed."""
        match values:
            case Range(low, high):
                for end, operator in ((low, ">"), (high, "<")):
                    if end.value is not None:
                        self.facts.append(
                            f"({operator}{'=' if end.closed else ''} {v} {rational(end.value)})"
                        )

    def said(self, tree: Tree) -> str:
        """A statement as an SMT-LIB formula."""
        match tree:
            case Relation(operators, operands):
                terms = [self.term(operand) for operand in operands]
                return f"(and {' '.join(map(compared, operators, terms, terms[1:]))} true)"
            case Logic("not", (inner,)):
                return f"(not {self.said(inner)})"
            case Logic(("and" | "or") as operator, inner):
                return f"({operator} {' '.join(map(self.said, inner))})"
            case Logic("implies", (a, b)):
                return f"(=> {self.said(a)} {self.said(b)})"
            case Logic("iff", (a, b)):
                return f"(= {self.said(a)} {self.said(b)})"
        raise NotPolynomial

    def order(self) -> list[str]:
        """Increasing functions keep the order of their arguments."""
        return [
            f"(= (<= {u} {w}) (<= {a} {b}))"
            for pairs in self.ordered.values()
            for (u, a), (w, b) in combinations(pairs[:8], 2)
        ] + [
            f"(=> (= {u} {w}) (= {a} {b}))"
            for pairs in self.ordered.values()
            for (u, a), (w, b) in combinations(pairs[:8], 2)
        ]

    def question(self, *asserted: str) -> str:
        """The whole text: variables, facts, and what is asserted."""
        declared = [f"(declare-fun {v} () Real)" for v in self.known.values()]
        return "\n".join([*declared, *(f"(assert {a})" for a in (*self.facts, *self.order(), *asserted))])


def compared(operator: str, a: str, b: str) -> str:
    """One comparison."""
    if operator == "!=":
        return f"(not (= {a} {b}))"
    if operator not in ("<", "<=", ">", ">=", "="):
        raise NotPolynomial
    return f"({operator} {a} {b})"


def rational(value: Fraction) -> str:
    """An exact number."""
    text = f"(/ {abs(value.numerator)}.0 {value.denominator}.0)"
    return f"(- {text})" if value < 0 else text
