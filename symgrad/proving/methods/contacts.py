"""Numbers recognised: an exact description of a zero that was found numerically."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import gcd, isqrt

from flint import arb

from symgrad.notation.tree import Add, Apply, Constant, Div, Mul, Name, Neg, Number, Tree
from symgrad.proving.kernel.enclosures.ranges import dyadic

CLOSE = Fraction(1, 10**18)
MAX_DENOMINATOR = 1000


def described(value: arb) -> Iterator[Tree]:
    """Trees whose value is close to a number, simplest first: rationals, roots, logarithms, exponentials."""
    if (q := simple(value)) is not None:
        yield Number(q)
        return
    if (tree := _algebraic(value)) is not None:
        yield tree
        return
    if (q := simple(value / arb.pi())) is not None:
        top = Mul((Number(Fraction(q.numerator)), Constant("pi")))
        yield Div(top, Number(Fraction(q.denominator)))
        return
    if abs(value) < 40:
        for k in (1, 2):
            inside = (k * value).exp()
            if (tree := _number(inside)) is not None or (tree := _algebraic(inside)) is not None:
                log: Tree = Apply(Name("log"), (tree,))
                yield log if k == 1 else Div(log, Number(Fraction(k)))
                return
    if value > 0 and (q := simple(value.log())) is not None:
        yield Apply(Name("exp"), (Number(q),))


def _number(value: arb) -> Tree | None:
    q = simple(value)
    return None if q is None else Number(q)


def simple(value: arb, most: int = MAX_DENOMINATOR) -> Fraction | None:
    """A rational with a small denominator, equal for all that can be seen."""
    if not value.is_finite():
        return None
    near = dyadic(value.mid())
    found = near.limit_denominator(most)
    return found if abs(found - near) < CLOSE * (1 + abs(near)) else None


def _algebraic(value: arb) -> Tree | None:
    """(p + q sqrt(n)) / r of a small quadratic equation."""
    if (square := simple(value * value)) is not None:
        root = _root(square)
        return root if value > 0 else Neg(root)
    near = float(value.mid())
    for a in range(1, 25):
        for b in range(-60, 61):
            guess = -(a * near * near + b * near)
            c = round(guess)
            if abs(guess - c) > 1e-9 * (1 + abs(guess)) or abs(a * value * value + b * value + c) > 1e-20:
                continue
            inside = b * b - 4 * a * c
            if inside > 0:
                n, outside = _squarefree(inside)
                sign = 1 if 2 * a * near + b > 0 else -1
                return _quotient(-b, sign * outside, Apply(Name("sqrt"), (Number(Fraction(n)),)), 2 * a)
    return None


def _quotient(p: int, q: int, root: Tree, r: int) -> Tree:
    """(p + q root) / r in lowest terms."""
    shared = gcd(p, q, r)
    p, q, r = p // shared, q // shared, r // shared
    part = root if abs(q) == 1 else Mul((Number(Fraction(abs(q))), root))
    signed: Tree = part if q > 0 else Neg(part)
    if p:
        first: Tree = Number(Fraction(p)) if p > 0 else Neg(Number(Fraction(-p)))
        signed = Add((first, signed))
    return signed if r == 1 else Div(signed, Number(Fraction(r)))


def _root(square: Fraction) -> Tree:
    """Sqrt of a positive rational, squares taken out."""
    n, outside = _squarefree(square.numerator * square.denominator)
    root: Tree = Apply(Name("sqrt"), (Number(Fraction(n)),))
    scale = Fraction(outside, square.denominator)
    top: Tree = root if scale.numerator == 1 else Mul((Number(Fraction(scale.numerator)), root))
    return top if scale.denominator == 1 else Div(top, Number(Fraction(scale.denominator)))


def _squarefree(n: int) -> tuple[int, int]:
    """(m, k) with n = m k^2, small squares taken out."""
    outside, k = 1, 2
    while k * k <= n and k < 200:
        while n % (k * k) == 0:
            n, outside = n // (k * k), outside * k
        k += 1
    root = isqrt(n)
    return (1, outside * root) if root * root == n else (n, outside)
