"""Equations solved for one name as school does it: terms moved over, roots, logarithms, quadratics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from symgrad.errors import CertificateError
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    Constant,
    Div,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Tree,
    names_in,
    number,
    walk,
)  # fmt: skip
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel import normal as nf


def solutions(a: Tree, b: Tree, name: Name, functions: Mapping[str, str]) -> tuple[Tree, ...]:
    """The values of the name at which a = b, as trees in the other names; none where they are out of reach.

    Whether they are defined and right is for the kernel to say.
    """
    sides = (a, b) if name in names_in(a) else (b, a)
    once = name not in names_in(sides[1]) and sum(node == name for node in walk(sides[0])) == 1
    if once and (found := tuple(_isolated(sides[0], name, sides[1], functions))):
        return found
    return tuple(_of_polynomial(Add((a, Neg(b))), name, functions))


def _isolated(tree: Tree, name: Name, value: Tree, functions: Mapping[str, str]) -> Iterator[Tree]:
    """Tree = value, the name occurring once in the tree."""

    def inside(part: Tree, *values: Tree) -> Iterator[Tree]:
        for v in values:
            yield from _isolated(part, name, v, functions)

    def within(part: Tree) -> bool:
        return name in names_in(part)

    match tree:
        case Name():
            yield value
        case Neg(a):
            yield from inside(a, Neg(value))
        case Add(terms):
            (k,) = (k for k, t in enumerate(terms) if within(t))
            yield from inside(terms[k], _sum(value, *map(Neg, (*terms[:k], *terms[k + 1 :]))))
        case Mul(factors):
            (k,) = (k for k, f in enumerate(factors) if within(f))
            rest = (*factors[:k], *factors[k + 1 :])
            yield from inside(factors[k], Div(value, rest[0] if len(rest) == 1 else Mul(rest)))
        case Div(a, b):
            if within(a):
                yield from inside(a, Mul((value, b)))
            else:
                yield from inside(b, Div(a, value))
        case Pow(Constant("e"), exponent):
            yield from inside(exponent, Apply(Name("log"), (value,)))
        case Pow(a, Number(n)) if n.denominator == 1 and n > 0:
            root = value if n == 1 else _root(value, int(n))
            yield from inside(a, root, *([Neg(root)] if n % 2 == 0 else []))
        case Apply(function, (a,), 0, ()):
            yield from inside(a, *_inverse(known.resolve(function, functions), value))


def _inverse(name: str | None, value: Tree) -> tuple[Tree, ...]:
    match name:
        case "exp":
            return (Apply(Name("log"), (value,)),)
        case "log":
            return (Apply(Name("exp"), (value,)),)
        case "sqrt":
            return (Pow(value, number(2)),)
        case "abs":
            return (value, Neg(value))
        case "relu":
            return (value,)
        case "sigmoid":
            return (Apply(Name("log"), (Div(value, Add((ONE, Neg(value)))),)),)
        case "tanh":
            return (Div(Apply(Name("log"), (Div(Add((ONE, value)), Add((ONE, Neg(value)))),)), number(2)),)
        case "softplus":
            return (Apply(Name("log"), (Add((Apply(Name("exp"), (value,)), Neg(ONE))),)),)
    return ()


def _of_polynomial(tree: Tree, name: Name, functions: Mapping[str, str]) -> Iterator[Tree]:
    """The roots of a polynomial of degree one or two in the name."""
    try:
        poly = nf.Normaliser(functions)(tree).numerator
    except CertificateError:
        return
    parts: dict[int, nf.Poly] = {}
    for monomial, factor in poly.items():
        power = dict(monomial).get(name, 0)
        rest = frozenset((base, n) for base, n in monomial if base != name)
        if any(name in names_in(base) for base, _ in rest):
            return
        parts.setdefault(power, {})[rest] = factor
    a, b, c = (nf.to_tree(parts.get(k, {})) for k in (2, 1, 0))
    match max(parts, default=0):
        case 1:
            yield Div(Neg(c), b)
        case 2 if b == ZERO:
            yield (root := _root(Div(Neg(c), a), 2))
            yield Neg(root)
        case 2:
            root = _root(Add((Pow(b, number(2)), Neg(Mul((number(4), a, c))))), 2)
            for sign in (root, Neg(root)):
                yield Div(Add((Neg(b), sign)), Mul((number(2), a)))


def _root(value: Tree, n: int) -> Tree:
    return Apply(Name("sqrt"), (value,)) if n == 2 else Pow(value, Number(Fraction(1, n)))


def _sum(*terms: Tree) -> Tree:
    kept = [t for t in terms if t != ZERO]
    return ZERO if not kept else kept[0] if len(kept) == 1 else Add(tuple(kept))
