"""Formulas of a certificate as people write them: quotients whole, products without needless brackets."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product as choices

from symgrad.errors import CertificateError
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Div,
    Mul,
    Neg,
    Number,
    Pow,
    Tree,
    number,
    rebuild,
    walk,
)  # fmt: skip
from symgrad.proving.kernel.enclosures.bounds import Bounds

MOST = 3
"""Different denominators of a claim whose products are tried."""


def tidied(tree: Tree, bounds: Bounds, beside: Sequence[Tree] = ()) -> Tree:
    """The same value: 1/d (a) as a/d, no factors 1, no - 0; denominators as they stand in `beside`."""
    below = [n.denominator for t in beside for n in walk(t) if isinstance(n, Div)]
    found = _plain(tree)
    return _denominators(found, tuple(dict.fromkeys(d for d in below if not isinstance(d, Number))), bounds)


def minus(a: Tree, b: Tree) -> Tree:
    """A - b without a needless zero or two signs."""
    match b:
        case Number(value) if not value:
            return a
        case Number(value) if value < 0:
            return Add((a, Number(-value)))
        case Neg(inside):
            return Add((a, inside))
    return Neg(b) if a == ZERO else Add((a, Neg(b)))


def _plain(tree: Tree) -> Tree:
    tree = rebuild(tree, _plain)
    match tree:
        case Mul(factors):
            return _product(factors)
        case Add(terms):
            return _sum(terms)
        case Neg(Number(value)):
            return Number(-value)
        case Neg(Neg(inside)):
            return inside
        case Pow(base, Number(value)) if value == 1:
            return base
        case Div(above, below) if below != ZERO and not isinstance(above, Number):
            return _product((tree,)) if isinstance(above, Mul | Div | Neg) else tree
    return tree


def _product(factors: Sequence[Tree]) -> Tree:
    """One quotient: numbers first, what stands below together."""
    c = Fraction(1)
    above: list[Tree] = []
    below: list[Tree] = []
    queue = list(factors)
    while queue:
        match queue.pop(0):
            case Number(value):
                c *= value
            case Mul(inner):
                queue = [*inner, *queue]
            case Neg(inner):
                c, queue = -c, [inner, *queue]
            case Div(a, b):
                queue = [a, *queue]
                inner = b.factors if isinstance(b, Mul) else (b,)
                below += [d for d in inner if not isinstance(d, Number)]
                for d in inner:
                    c = c / d.value if isinstance(d, Number) and d.value else c
            case factor:
                above.append(factor)
    if not c:
        return ZERO
    for d in list(below):  # g (c/g) is c
        if d in above:
            above.remove(d)
            below.remove(d)
    size = abs(c)
    if below and size.denominator > 1:
        below.insert(0, Number(Fraction(size.denominator)))
        size = Fraction(size.numerator)
    top: list[Tree] = ([] if size == 1 else [Number(size)]) + above
    made = _joined(top) if not below else Div(_joined(top), _joined(below))
    return Neg(made) if c < 0 else made


def _joined(factors: Sequence[Tree]) -> Tree:
    """A product, equal factors as a power."""
    counts: dict[Tree, int] = {}
    for factor in factors:
        counts[factor] = counts.get(factor, 0) + 1
    made = [f if n == 1 or isinstance(f, Number) else Pow(f, number(n)) for f, n in counts.items()]
    return ONE if not made else made[0] if len(made) == 1 else Mul(tuple(made))


def _sum(terms: Sequence[Tree]) -> Tree:
    """Without zeros; (k + 1) - (k - 1) is 2; a leading minus to the back."""
    flat: list[Tree] = []
    match terms:
        case (Add(first), Neg(Add(second))):
            terms = (*first, *(_negative(t) for t in second))
    for term in terms:
        if isinstance(term, Number) and not term.value:
            continue
        if _negative(term) in flat:
            flat.remove(_negative(term))
        else:
            flat.append(term)
    numbers = [
        t for t in flat if isinstance(t, Number) or (isinstance(t, Neg) and isinstance(t.operand, Number))
    ]
    if len(numbers) > 1:
        whole = sum((_value(t) for t in numbers), Fraction(0))
        flat = [t for t in flat if t not in numbers] + ([Number(whole)] if whole else [])
    front = next((t for t in flat if not _is_negative(t)), None)
    if front is not None and flat and _is_negative(flat[0]):
        flat.remove(front)
        flat.insert(0, front)
    flat = [flat[0], *(_signed(t) for t in flat[1:])] if flat else []
    return ZERO if not flat else flat[0] if len(flat) == 1 else Add(tuple(flat))


def _value(tree: Tree) -> Fraction:
    match tree:
        case Number(value):
            return value
        case Neg(Number(value)):
            return -value
    raise AssertionError


def _negative(tree: Tree) -> Tree:
    match tree:
        case Neg(inside):
            return inside
        case Number(value):
            return Number(-value)
    return Neg(tree)


def _is_negative(tree: Tree) -> bool:
    return isinstance(tree, Neg) or (isinstance(tree, Number) and tree.value < 0)


def _signed(tree: Tree) -> Tree:
    return Neg(Number(-tree.value)) if isinstance(tree, Number) and tree.value < 0 else tree


def _denominators(tree: Tree, known: Sequence[Tree], bounds: Bounds) -> Tree:
    """Multiplied-out denominators as the powers of the claim's own that they are."""
    if not known or len(known) > MOST:
        return tree

    def change(node: Tree) -> Tree:
        node = rebuild(node, change)
        if isinstance(node, Div):
            below = node.denominator.factors if isinstance(node.denominator, Mul) else (node.denominator,)
            made = [
                _factored(d, known, bounds) if isinstance(d, Add) and d not in known else d for d in below
            ]
            return Div(node.numerator, _joined(made))
        return node

    return change(tree)


def _factored(tree: Tree, known: Sequence[Tree], bounds: Bounds) -> Tree:
    try:
        wanted = bounds.normal(tree)
        for powers in choices(range(3), repeat=len(known)):
            made = [d if n == 1 else Pow(d, number(n)) for d, n in zip(known, powers, strict=True) if n]
            if made and bounds.normal(_joined(made)).equals(wanted):
                return _joined(made)
    except CertificateError:
        pass
    return tree
