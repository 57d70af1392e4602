"""The sign of a function of one variable near an end of the line, or beside a point, by its germ there."""

from __future__ import annotations

from fractions import Fraction

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
from symgrad.proving.kernel.analysis.constants import ONE, Exact, exact, pi
from symgrad.proving.kernel.analysis.germs import UNIT, Germ, Germs, Term, constant, rational

SIDES = {"up": 1, "down": -1, "right": 1, "left": -1}


def argument(side: str, at: Exact) -> Germ:
    """The variable as a germ in y: y, -y, c + 1/y, c - 1/y; the point c itself for "at"."""
    if side in ("up", "down"):
        return {Term(Fraction(1)): rational(SIDES[side])}
    found = constant(at)
    if side != "at":
        found = {**found, Term(Fraction(-1)): rational(SIDES[side])}
    return found


def germ(tree: Tree, x: Name | None, value: Germ, germs: Germs) -> Germ:
    """The tree as a germ, its variable being one; without a variable it is a constant."""
    memo: dict[Tree, Germ] = {} if x is None else {x: value}

    def of(node: Tree) -> Germ:
        if (found := memo.get(node)) is None:
            found = memo[node] = made(node)
        return found

    def made(node: Tree) -> Germ:
        match node:
            case Number(number):
                return constant(exact(number))
            case Constant("pi"):
                return constant(pi())
            case Constant("e"):
                return constant(ONE.exp())
            case Add(terms):
                return germs.add(map(of, terms))
            case Mul(factors):
                product = constant(ONE)
                for factor in factors:
                    product = germs.times(product, of(factor))
                return product
            case Neg(a):
                return germs.scaled(of(a), rational(-1))
            case Div(a, b):
                return germs.times(of(a), germs.power(of(b), Fraction(-1)))
            case Pow(a, Number(n)):
                return germs.power(of(a), n)
            case Pow(a, exponent):
                return germs.exp(germs.times(of(exponent), germs.log(of(a))))
            case Indicator(condition):
                return constant(exact(int(holds(condition))))
            case Apply(Name("exp"), (a,), 0):
                return germs.exp(of(a))
            case Apply(Name("log"), (a,), 0):
                return germs.log(of(a))
            case Apply(Name("sqrt"), (a,), 0):
                return germs.power(of(a), Fraction(1, 2))
            case Apply(Name("erf" | "arctan" as name), (a,), 0):
                return germs.odd(name, of(a))
            case Apply(Name("abs"), (a,), 0):
                inside = of(a)
                return inside if germs.sign(inside) >= 0 else germs.scaled(inside, rational(-1))
            case Apply(Name("max" | "min" as which), arguments, 0):
                best = of(arguments[0])
                for other in map(of, arguments[1:]):
                    if (difference(best, other) < 0) == (which == "max"):
                        best = other
                return best
            case Apply(Name("piecewise"), arguments, 0):
                for case, condition in zip(arguments[::2], arguments[1::2], strict=False):
                    if holds(condition):
                        return of(case)
                return of(arguments[-1])
        raise CertificateError("certificate-unsupported", kind=type(node).__name__)

    def difference(a: Germ, b: Germ) -> int:
        return germs.sign(germs.add([a, germs.scaled(b, rational(-1))]))

    def holds(condition: Tree) -> bool:
        match condition:
            case Relation((operator,), (a, b)):
                sign = difference(of(a), of(b))
                return {"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0,
                        "=": sign == 0, "!=": sign != 0}[operator]  # fmt: skip
        raise CertificateError("certificate-unsupported", kind="condition")

    return of(tree)


def sign_at_end(tree: Tree, x: Name, side: str, at: Tree | None, start: Fraction, order: int) -> int:
    """The sign that the tree certainly has for all y >= start, 0 where it is exactly 0."""
    germs = Germs(start, order)
    point = ONE if at is None else constant_of(at)
    return germs.sign(germ(tree, x, argument(side, point), germs))


def sign_at(tree: Tree, x: Name, at: Tree) -> int:
    """The sign at a point, 0 where it is exactly 0."""
    germs = Germs(Fraction(3), 1)
    return germs.sign(germ(tree, x, argument("at", constant_of(at)), germs))


def constant_of(tree: Tree) -> Exact:
    """A tree without variables as an exact constant."""
    found = germ(tree, None, {}, Germs(Fraction(3), 1))
    factor = found.get(UNIT, rational(0))
    if set(found) - {UNIT} or factor.exact is None:
        raise CertificateError("certificate-unsupported", kind="constant")
    return factor.exact
