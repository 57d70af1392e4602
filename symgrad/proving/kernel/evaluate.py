"""Trees at points: exact fractions as long as possible, then Arb balls that certainly hold the value."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from fractions import Fraction
from math import isqrt
from typing import TypeAlias

from flint import arb, ctx, fmpq

from symgrad.errors import CertificateError
from symgrad.notation.tree import (
    Add,
    Apply,
    Constant,
    Div,
    Indicator,
    Is,
    Logic,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    rebuild,
)  # fmt: skip
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.analysis import elementary
from symgrad.proving.kernel.normal import Normaliser

Value: TypeAlias = Fraction | arb
BITS = 256
"""Precision of balls inside `precise`; correctness never depends on it."""
MAX_EXPONENT = 4096


class Undefined(CertificateError):
    """The tree has no value there, or none that the kernel can compute."""


def precise() -> AbstractContextManager[object]:
    """Balls of BITS bits for a while, without changing anyone else's precision."""
    manager: AbstractContextManager[object] = ctx.workprec(BITS)
    return manager


def ball(value: Value) -> arb:
    """A value as an Arb ball."""
    return arb(fmpq(value.numerator, value.denominator)) if isinstance(value, Fraction) else value


def evaluate(tree: Tree, values: Mapping[Tree, Value], functions: Mapping[str, str]) -> Value:
    """The tree's value; names and other subtrees listed in `values` are taken from there."""
    if (given := values.get(tree)) is not None:
        return given

    def at(child: Tree) -> Value:
        return evaluate(child, values, functions)

    match tree:
        case Number(value):
            return value
        case Constant("pi"):
            return arb.pi()
        case Constant("e"):
            return arb(1).exp()
        case Add(terms):
            total: Value = Fraction(0)
            for term in terms:
                total = _add(total, at(term))
            return total
        case Mul(factors):
            product: Value = Fraction(1)
            for factor in factors:
                product = _mul(product, at(factor))
            return product
        case Neg(a):
            return _mul(Fraction(-1), at(a))
        case Div(a, b):
            return _mul(at(a), _inverse(at(b)))
        case Pow(a, b):
            return _power(at(a), at(b))
        case Indicator(condition):
            return Fraction(int(_decided(condition, values, functions)))
        case Apply(function, arguments, order, ()):
            name = known.resolve(function, functions)
            if name == "piecewise" and order == 0:
                for case, condition in zip(arguments[::2], arguments[1::2], strict=False):
                    if _decided(condition, values, functions):
                        return at(case)
                return at(arguments[-1])
            if name is not None:
                return _call(name, order, tuple(map(at, arguments)))
    raise Undefined("certificate-no-value", kind=type(tree).__name__)


def _add(a: Value, b: Value) -> Value:
    return a + b if isinstance(a, Fraction) and isinstance(b, Fraction) else ball(a) + ball(b)


def _mul(a: Value, b: Value) -> Value:
    if a == 0 or b == 0:
        return Fraction(0)
    return a * b if isinstance(a, Fraction) and isinstance(b, Fraction) else ball(a) * ball(b)


def _inverse(a: Value) -> Value:
    if isinstance(a, Fraction):
        if a == 0:
            raise Undefined("certificate-division")
        return 1 / a
    if not (a > 0 or a < 0):
        raise Undefined("certificate-division")
    return 1 / a


def _power(a: Value, b: Value) -> Value:
    if isinstance(b, Fraction) and b.denominator == 1:
        if abs(b) > MAX_EXPONENT:
            raise Undefined("certificate-too-large")
        if b < 0:
            return _inverse(_power(a, -b))
        power: Value = a ** int(b)
        return power
    if ball(a) > 0:
        return ball(a) ** ball(b)
    raise Undefined("certificate-no-value", kind="Pow")


def _call(name: str, order: int, arguments: tuple[Value, ...]) -> Value:
    """A built-in function of values."""
    if name in ("max", "min") and order == 0:
        best = arguments[0]
        for other in arguments[1:]:
            bigger = compare("<=", best, other)
            if bigger is None:
                raise Undefined("certificate-no-value", kind=name)
            best = other if bigger == (name == "max") else best
        return best
    if len(arguments) != 1:
        raise Undefined("certificate-no-value", kind=name)
    x = arguments[0]
    if order > 1:
        return evaluate(_higher(name, order), {Name("x"): x}, {})
    if order == 0 and isinstance(x, Fraction) and (value := known.exact(name, x)) is not None:
        return value
    if name == "abs":
        sign = 0 if x == 0 else 1 if compare(">", x, Fraction(0)) else -1
        if sign < 0 and not compare("<", x, Fraction(0)):
            raise Undefined("certificate-no-value", kind=name)
        return Fraction(sign) if order else _mul(Fraction(sign), x)
    if name in ("exp", "log", "sqrt"):
        return _elementary(name, order, x)
    if name in ("erf", "arctan") and not order:
        return Fraction(0) if x == 0 else ball(x).erf() if name == "erf" else ball(x).atan()
    domain = known.derivative_domain(name, Name("x")) if order else None
    if domain is not None and truth(domain, {Name("x"): x}, {}) is not True:
        raise Undefined("certificate-no-value", kind=name)
    formula = known.derivative(name) if order else (known.value(name) or known.exponential(name))
    if formula is None:
        raise Undefined("certificate-no-value", kind=name)
    values: dict[Tree, Value] = {Name("x"): x}
    if not order and known.value(name) is None:
        values[Name("E")] = _elementary("exp", 0, x)
    return evaluate(formula, values, {})


def _higher(name: str, order: int) -> Tree:
    """A second or higher derivative in elementary functions."""
    try:
        return elementary.formula(name, order)
    except CertificateError as error:
        raise Undefined("certificate-no-value", kind=name) from error


def _elementary(name: str, order: int, x: Value) -> Value:
    """exp, log, sqrt and their derivatives."""
    if name == "exp":
        return Fraction(1) if x == 0 else ball(x).exp()
    if not compare(">=" if name == "sqrt" and not order else ">", x, Fraction(0)):
        raise Undefined("certificate-no-value", kind=name)
    if name == "log":
        return _inverse(x) if order else Fraction(0) if x == 1 else ball(x).log()
    if isinstance(x, Fraction) and all(isqrt(n) ** 2 == n for n in (x.numerator, x.denominator)):
        root: Value = Fraction(isqrt(x.numerator), isqrt(x.denominator))
    else:
        root = ball(x).sqrt()
    return _inverse(_mul(Fraction(2), root)) if order else root


def compare(operator: str, a: Value, b: Value) -> bool | None:
    """Whether the relation certainly holds (True), certainly fails (False), or cannot be told (None)."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        less, equal = a < b, a == b
    else:
        x, y = ball(a), ball(b)
        if not (x < y or x > y):
            return None
        less, equal = bool(x < y), False
    return {"<": less, "<=": less or equal, ">": not less and not equal, ">=": not less,
            "=": equal, "!=": not equal}.get(operator)  # fmt: skip


def truth(tree: Tree, values: Mapping[Tree, Value], functions: Mapping[str, str]) -> bool | None:
    """A statement's truth at a point, None where it cannot be told; an undefined side raises."""
    match tree:
        case Relation(operators, operands):
            sides = [evaluate(side, values, functions) for side in operands]
            links = [compare(op, a, b) for op, a, b in zip(operators, sides, sides[1:], strict=False)]
            for k, link in enumerate(links):
                if link is None and same(operands[k], operands[k + 1], values, functions):
                    links[k] = compare(operators[k], Fraction(0), Fraction(0))
            return False if False in links else None if None in links else True
        case Logic(operator, arguments):
            return _connect(operator, [truth(part, values, functions) for part in arguments])
        case Is(subject, kind):
            value = evaluate(subject, values, functions)
            if kind == "real":
                return True
            if not isinstance(value, Fraction):
                return None
            return value.denominator == 1 and ("positive" not in kind or value > 0)
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


def _decided(condition: Tree, values: Mapping[Tree, Value], functions: Mapping[str, str]) -> bool:
    found = truth(condition, values, functions)
    if found is None:
        raise Undefined("certificate-no-value", kind="condition")
    return found
