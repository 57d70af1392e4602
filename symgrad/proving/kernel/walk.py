"""One walk over the trees of real functions, whatever their values are: numbers, Taylor series, germs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from typing import Generic, TypeVar

from symgrad.errors import CertificateError
from symgrad.notation.tree import (
    Add,
    Apply,
    Constant,
    Div,
    Indicator,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
)  # fmt: skip

T = TypeVar("T")


class Walk(Generic[T]):
    """An arithmetic, and the values of some subtrees, the variables among them.

    call: a function of one argument. signs: the least and the largest sign that a value may have.
    """

    number: Callable[[Fraction], T]
    pi: Callable[[], T]
    add: Callable[[T, T], T]
    times: Callable[[T, T], T]
    power: Callable[[T, Fraction], T]
    call: Callable[[str, T], T]
    signs: Callable[[T], tuple[int, int]]

    def __init__(self, given: Mapping[Tree, T]) -> None:
        self._given, self._found = given, dict[Tree, T]()

    def of(self, node: Tree) -> T:
        """The value of a tree."""
        if (found := self._given.get(node)) is None and (found := self._found.get(node)) is None:
            found = self._found[node] = self._made(node)
        return found

    def _made(self, node: Tree) -> T:
        match node:
            case Number(value):
                return self.number(value)
            case Constant("pi"):
                return self.pi()
            case Constant("e"):
                return self.call("exp", self.number(Fraction(1)))
            case Add(terms):
                return reduce(self.add, map(self.of, terms))
            case Mul(factors):
                return reduce(self.times, map(self.of, factors))
            case Neg(a):
                return self.negated(self.of(a))
            case Div(a, b):
                return self.times(self.of(a), self.power(self.of(b), Fraction(-1)))
            case Pow(a, Number(n)):
                return self.power(self.of(a), n)
            case Pow(a, b):
                return self.raised(self.of(a), self.of(b))
            case Indicator(condition):
                return self.number(Fraction(int(self.holds(condition))))
            case Apply(function, arguments, order, ()) if (name := self.name(function)) is not None:
                return self._applied(name, order, arguments)
        raise self.refused(type(node).__name__)

    def _applied(self, name: str, order: int, arguments: tuple[Tree, ...]) -> T:
        if name == "piecewise" and not order:
            cases = zip(arguments[::2], arguments[1::2], strict=False)
            return self.of(next((case for case, condition in cases if self.holds(condition)), arguments[-1]))
        values = [self.of(argument) for argument in arguments]
        if name in ("max", "min") and not order:
            return reduce(lambda a, b: self.extreme(a, b, name == "max"), values)
        if len(values) != 1:
            raise self.refused(name)
        if order:
            return self.slope(name, order, values[0])
        return self.bars(values[0]) if name == "abs" else self.call(name, values[0])

    def negated(self, a: T) -> T:
        """-a."""
        return self.times(self.number(Fraction(-1)), a)

    def raised(self, a: T, b: T) -> T:
        """a^b for a > 0."""
        return self.call("exp", self.times(b, self.call("log", a)))

    def bars(self, a: T) -> T:
        """|a|, its sign being certain."""
        return self.extreme(a, self.negated(a), largest=True)

    def extreme(self, a: T, b: T, largest: bool) -> T:
        """The larger or smaller of two, where it is certain which."""
        low, high = self.signs(self.add(a, self.negated(b)))
        if low < 0 < high:
            raise self.refused("max")
        return a if (low >= 0) == largest else b

    def holds(self, condition: Tree) -> bool:
        """Whether a comparison holds, where that is certain."""
        match condition:
            case Relation((operator,), (a, b)):
                low, high = self.signs(self.add(self.of(a), self.negated(self.of(b))))
                if (found := compared(operator, low, high)) is not None:
                    return found
        raise self.refused("condition")

    def slope(self, name: str, order: int, a: T) -> T:
        """A derivative of a function of one argument."""
        raise self.refused(name)

    def name(self, function: Name) -> str | None:
        """What a function is called; None for one that is not known."""
        return None if function.indices else function.stem

    def refused(self, kind: str) -> CertificateError:
        """What is raised for a kind of node that this arithmetic does not know."""
        return CertificateError("certificate-unsupported", kind=kind)


def compared(operator: str, low: int, high: int) -> bool | None:
    """Whether `a operator b`, a - b having a sign from low to high; None where that leaves it open."""
    less = True if high < 0 else False if low >= 0 else None
    more = True if low > 0 else False if high <= 0 else None
    equal = True if low == high == 0 else False if less or more else None
    opposite = {"<=": more, ">=": less, "!=": equal}
    if operator in opposite:
        found = opposite[operator]
        return None if found is None else not found
    return {"<": less, ">": more, "=": equal}.get(operator)
