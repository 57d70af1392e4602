"""Trees at points: exact fractions as long as possible, then Arb balls that certainly hold the value."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from fractions import Fraction
from math import isqrt
from typing import TypeAlias

from flint import arb, ctx, fmpq

from symgrad.errors import CertificateError
from symgrad.notation.tree import Add, Is, Logic, Name, Neg, Number, Relation, Tree, rebuild
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.normal import Normaliser
from symgrad.proving.kernel.walk import Walk, compared

Value: TypeAlias = Fraction | arb
BITS = 256
"""Precision of balls inside `precise`; correctness never depends on it."""
MAX_EXPONENT = 4096
ZERO = Fraction(0)


class Undefined(CertificateError):
    """The tree has no value there, or none that the kernel can compute."""


def precise() -> AbstractContextManager[object]:
    """Balls of BITS bits for a while, without changing anyone else's precision."""
    manager: AbstractContextManager[object] = ctx.workprec(BITS)
    return manager


def ball(value: Value) -> arb:
    """A value as an Arb ball."""
    return arb(fmpq(value.numerator, value.denominator)) if isinstance(value, Fraction) else value


def signs_of(a: Value) -> tuple[int, int]:
    """The least and the largest sign that a value may have."""
    return 1 if a > 0 else 0 if a >= 0 else -1, -1 if a < 0 else 0 if a <= 0 else 1


def evaluate(tree: Tree, values: Mapping[Tree, Value], functions: Mapping[str, str]) -> Value:
    """The tree's value; names and other subtrees listed in `values` are taken from there."""
    return Point(values, functions).of(tree)


class Point(Walk[Value]):
    """Fractions as long as possible, then balls."""

    pi = staticmethod(arb.pi)
    signs = staticmethod(signs_of)

    def __init__(self, values: Mapping[Tree, Value], functions: Mapping[str, str]) -> None:
        super().__init__(values)
        self.values, self.functions = values, functions

    def number(self, value: Fraction) -> Value:
        """A rational."""
        return value

    def add(self, a: Value, b: Value) -> Value:
        """A + b."""
        return a + b if isinstance(a, Fraction) and isinstance(b, Fraction) else ball(a) + ball(b)

    def times(self, a: Value, b: Value) -> Value:
        """A b; 0 where either is exactly 0."""
        if a == 0 or b == 0:
            return ZERO
        return a * b if isinstance(a, Fraction) and isinstance(b, Fraction) else ball(a) * ball(b)

    def power(self, a: Value, n: Fraction) -> Value:
        """a^n."""
        if n.denominator != 1:
            return self.raised(a, n)
        if abs(n) > MAX_EXPONENT:
            raise Undefined("certificate-too-large")
        if n >= 0:
            power: Value = a ** int(n)
            return power
        return _inverse(self.power(a, -n))

    def raised(self, a: Value, b: Value) -> Value:
        """a^b."""
        if isinstance(b, Fraction) and b.denominator == 1:
            return self.power(a, b)
        if ball(a) > 0:
            return ball(a) ** ball(b)
        raise self.refused("Pow")

    def call(self, name: str, a: Value) -> Value:
        """A built-in function."""
        if isinstance(a, Fraction) and (value := known.exact(name, a)) is not None:
            return value
        match name:
            case "exp":
                return Fraction(1) if a == 0 else ball(a).exp()
            case "erf" | "arctan":
                return ZERO if a == 0 else ball(a).erf() if name == "erf" else ball(a).atan()
            case "log" | "sqrt":
                if not compare(">=" if name == "sqrt" else ">", a, ZERO):
                    raise self.refused(name)
                return (ZERO if a == 1 else ball(a).log()) if name == "log" else _root(a)
        values: dict[Tree, Value] = {Name("x"): a}
        if (formula := known.value(name)) is None:
            formula, values[Name("E")] = known.exponential(name), self.call("exp", a)
        return self._by(formula, values, name)

    def slope(self, name: str, order: int, a: Value) -> Value:
        """A derivative of a built-in, by its formula."""
        if order > 1:
            from symgrad.proving.kernel.analysis.elementary import formula as higher

            try:
                return evaluate(higher(name, order), {Name("x"): a}, {})
            except CertificateError as error:
                raise self.refused(name) from error
        match name:
            case "exp":
                return self.call(name, a)
            case "abs":
                low, high = self.signs(a)
                if low == high:
                    return Fraction(low)
            case "log" | "sqrt" if compare(">", a, ZERO):
                return _inverse(a if name == "log" else self.times(Fraction(2), _root(a)))
            case _ if name not in known.ELEMENTARY:
                domain = known.derivative_domain(name, Name("x"))
                if domain is None or truth(domain, {Name("x"): a}, {}) is True:
                    return self._by(known.derivative(name), {Name("x"): a}, name)
        raise self.refused(name)

    def _by(self, formula: Tree | None, values: Mapping[Tree, Value], name: str) -> Value:
        if formula is None:
            raise self.refused(name)
        return evaluate(formula, values, {})

    def holds(self, condition: Tree) -> bool:
        """A statement's truth."""
        found = truth(condition, self.values, self.functions)
        if found is None:
            raise self.refused("condition")
        return found

    def name(self, function: Name) -> str | None:
        """The built-in that a name stands for."""
        return known.resolve(function, self.functions)

    def refused(self, kind: str) -> CertificateError:
        """No value."""
        return Undefined("certificate-no-value", kind=kind)


def _inverse(a: Value) -> Value:
    low, high = signs_of(a)
    if low <= 0 <= high:
        raise Undefined("certificate-division")
    return 1 / a


def _root(a: Value) -> Value:
    if isinstance(a, Fraction) and all(isqrt(n) ** 2 == n for n in (a.numerator, a.denominator)):
        return Fraction(isqrt(a.numerator), isqrt(a.denominator))
    return ball(a).sqrt()


def compare(operator: str, a: Value, b: Value) -> bool | None:
    """Whether the relation certainly holds (True), certainly fails (False), or cannot be told (None)."""
    exact = isinstance(a, Fraction) and isinstance(b, Fraction)
    return compared(operator, *signs_of(a - b if exact else ball(a) - ball(b)))


def truth(tree: Tree, values: Mapping[Tree, Value], functions: Mapping[str, str]) -> bool | None:
    """A statement's truth at a point, None where it cannot be told; an undefined side raises."""
    match tree:
        case Relation(operators, operands):
            sides = [evaluate(side, values, functions) for side in operands]
            links = [compare(op, a, b) for op, a, b in zip(operators, sides, sides[1:], strict=False)]
            for k, link in enumerate(links):
                if link is None and same(operands[k], operands[k + 1], values, functions):
                    links[k] = compare(operators[k], ZERO, ZERO)
            return False if False in links else None if None in links else True
        case Logic(operator, arguments):
            return _connect(operator, [truth(part, values, functions) for part in arguments])
        case Is(subject, kind):
            value = evaluate(subject, values, functions)
            if kind in ("real", "positive"):
                return True if kind == "real" else compare(">", value, Fraction(0))
            least = {
                "integer": value,
                "positive integer": 1,
                "nonnegative integer": 0,
                "natural": 0,
            }.get(kind)
            if least is None or not isinstance(value, Fraction) or (kind == "natural" and value == 0):
                return None  # whether 0 is natural is left open
            return value.denominator == 1 and value >= least
    raise Undefined("certificate-no-value", kind=type(tree).__name__)


def same(a: Tree, b: Tree, values: Mapping[Tree, Value], functions: Mapping[str, str]) -> bool:
    """Whether two sides that no ball can tell apart are equal there by normal forms: log(1 + 1), log 2."""

    def folded(tree: Tree) -> Tree:
        node = rebuild(tree, folded) if not isinstance(tree, Name) else tree
        try:
            value = evaluate(node, values, functions)
        except CertificateError:
            return node
        return Number(value) if isinstance(value, Fraction) else node

    try:
        return not Normaliser(functions)(Add((folded(a), Neg(folded(b))))).numerator
    except CertificateError:
        return False


def _connect(operator: str, parts: list[bool | None]) -> bool | None:
    """Three-valued and, or, not, implies, iff."""
    match operator, parts:
        case "and", _:
            return False if False in parts else None if None in parts else True
        case "or", _:
            return True if True in parts else None if None in parts else False
        case "not", [a]:
            return None if a is None else not a
        case "implies", [a, b]:
            return True if a is False or b is True else None if None in (a, b) else False
        case "iff", [a, b]:
            return None if None in (a, b) else a == b
    return None
