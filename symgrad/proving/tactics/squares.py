"""Sums of squares: the gap as a quadratic form, diagonalised exactly (LDL^T), one square at a time."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symgrad.notation.tree import ONE, Add, Apply, Div, Mul, Number, Pow, Tree, number
from symgrad.proving.kernel import normal as nf
from symgrad.proving.tactics.expanded import gap
from symgrad.proving.tactics.goal import Goal, Offer, bare

MAX_TERMS = 60
Form = dict[tuple[int, int], Fraction]
"""Coefficients of u_i u_j, i <= j."""


def candidates(goal: Goal) -> Iterator[Offer]:
    """Gap = sum of c_k (linear form in monomials)^2 with c_k >= 0, over the denominator."""
    for unfold in (0, 1):
        value = gap(goal, unfold)
        if value is None or not 0 < len(value.numerator) <= MAX_TERMS:
            continue
        outside = ONE if value.denominator == nf.constant(1) else Div(ONE, nf.to_tree(value.denominator))
        for bars in (False, True):
            basis = _basis(value.numerator, bars)
            form = _form(value.numerator, basis)
            if form is not None and (squares := diagonal(form, len(basis))) is not None:
                yield goal.difference(outside, _written(squares, basis), unfold)


def _basis(poly: nf.Poly, bars: bool) -> list[nf.Monomial]:
    """The monomials whose squares are added, |x| for x if asked; higher ones first, the constant last."""
    sized = {bare(base) for m in poly for base, _ in m if nf.is_bars(base)} if bars else set()
    found: dict[nf.Monomial, None] = {}
    for m in sorted((m for m, c in poly.items() if c > 0), key=nf.order, reverse=True):
        if all(n % 2 == 0 for _, n in m):
            halves = ((Apply(nf.ABS, (b,)) if b in sized and n == 2 else b, n // 2) for b, n in m)
            found[frozenset(halves)] = None
    return list(found)


def _form(poly: nf.Poly, basis: list[nf.Monomial]) -> Form | None:
    """The polynomial as a quadratic form in the basis; None if a term is no product of two members."""
    products: dict[nf.Monomial, tuple[int, int]] = {}
    for i, u in enumerate(basis):
        products[nf.join(u, u)] = (i, i)
    for i, u in enumerate(basis):
        for j in range(i + 1, len(basis)):
            products.setdefault(nf.join(u, basis[j]), (i, j))
    if not set(poly) <= set(products):
        return None
    return {products[m]: c for m, c in poly.items()}


def diagonal(form: Form, size: int) -> list[tuple[Fraction, list[Fraction]]] | None:
    """[(c, l), ...] with form = sum c (l . u)^2 and all c > 0; None if the form takes negative values."""
    rest, squares = dict(form), list[tuple[Fraction, list[Fraction]]]()
    for i in range(size):
        pivot = rest.pop((i, i), Fraction(0))
        row = {j: rest.pop((i, j)) for j in range(i + 1, size) if (i, j) in rest}
        if pivot < 0 or (pivot == 0 and any(row.values())):
            return None
        if pivot == 0:
            continue
        line = [
            Fraction(int(j == i)) if j <= i else row.get(j, Fraction(0)) / (2 * pivot) for j in range(size)
        ]
        squares.append((pivot, line))
        for j in row:
            for k in row:
                if j <= k:
                    both = pivot * line[j] * line[k] * (1 if j == k else 2)
                    rest[j, k] = rest.get((j, k), Fraction(0)) - both
    return squares


def _written(squares: list[tuple[Fraction, list[Fraction]]], basis: list[nf.Monomial]) -> Tree:
    terms: list[Tree] = []
    for c, line in squares:
        inside = nf.to_tree({m: a for m, a in zip(basis, line, strict=True) if a})
        if isinstance(inside, Number):
            terms.append(Number(c * inside.value**2))
        else:
            power = Pow(inside, number(2))
            terms.append(power if c == 1 else Mul((Number(c), power)))
    return terms[0] if len(terms) == 1 else Add(tuple(terms))
