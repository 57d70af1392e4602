"""Bounds of factors that stand for many at once: a run of layers, or the entries of vectors and matrices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    BigOp,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Transpose,
    Tree,
    number,
)
from symgrad.proving.best.peak import LETTER, Decide, Line, Peak
from symgrad.proving.best.product import times
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.enclosures.intervals import LINE
from symgrad.proving.kernel.normal import ABS

OPNORM, NORM, DIAG, EYE = "opnorm", "norm", "diag", "eye"


@dataclass(frozen=True, slots=True)
class Size:
    """What a factor is at most: a number times formulas; exact if it is met whatever the others are."""

    tree: Tree
    exact: bool = True
    kept: tuple[Tree, ...] = ()


@dataclass(slots=True)
class Sizes:
    """How large factors get: slopes by their peaks, weights by the assumptions, else as they are."""

    functions: Mapping[str, str]
    given: Sequence[Tree]
    decide: Decide
    arrays: Callable[[Name], int]
    peaks: dict[Name, Peak | None]

    def slope(self, function: Name) -> Peak | None:
        """The peak of |f'| on the whole line."""
        if function not in self.peaks:
            tree = Apply(function, (LETTER,), 1)
            general = known.resolve(function, self.functions) is None
            self.peaks[function] = (
                None if general else Line(tree, LINE, 1, self.functions, self.decide).peak()
            )
        return self.peaks[function]

    def of(self, factor: Tree) -> Size | None:
        """The size of one factor, None if nothing is known of it."""
        match factor:
            case Number(value):
                return Size(Number(abs(value)))
            case Apply(Name("eye"), _, 0, ()):
                return Size(ONE)
            case Apply(Name("diag"), (inside,), 0, ()):
                return self.of(inside)
            case Apply(function, _, 1, ()):
                peak = self.slope(function)
                if peak is None or peak.value is None:
                    return None
                return Size(peak.value, peak.exact)
            case Transpose(inside):
                return self.of(inside)
            case Name():
                return self._weight(factor)
            case Mul(factors):
                return self._product(factors)
            case Neg(inside):
                return self.of(inside)
            case Add(terms):
                sizes = [self.of(t) for t in terms]
                if any(s is None for s in sizes):
                    return None
                found = [s for s in sizes if s is not None]
                kept = tuple(k for s in found for k in s.kept)
                total = summed([s.tree for s in found])
                return Size(total, False, kept)
            case BigOp("prod", body, index, low, high):
                return self._run(body, index, low, high)
        return None

    def _product(self, factors: Sequence[Tree]) -> Size | None:
        sizes = [self.of(f) for f in factors]
        if any(s is None for s in sizes):
            return None
        found = [s for s in sizes if s is not None]
        return Size(
            product([s.tree for s in found]),
            all(s.exact for s in found),
            tuple(k for s in found for k in s.kept),
        )

    def _weight(self, name: Name) -> Size:
        """|w_k| or opnorm(W_t), by an assumption about it or its family; else as it stands."""
        kind = {0: "abs", 1: NORM, 2: OPNORM}[min(self.arrays(name), 2)]
        size = Apply(Name(kind), (name,))
        for piece in self.given:
            match piece:
                case Relation((("<=" | "<"),), (Apply(function, (inside,), 0, ()), limit)):
                    if function == Name(kind) and _covers(inside, name):
                        return Size(limit)
        return Size(size, True, (size,))

    def _run(self, body: Tree, index: str, low: Tree, high: Tree) -> Size | None:
        """A product over layers: a power if its factors have one bound for all."""
        inner = self.of(body)
        if inner is None:
            return None
        count = power_of(low, high)
        if not inner.kept:
            return Size(raised(inner.tree, count), inner.exact)
        if not isinstance(body, Mul):
            return None
        each, kept = _split(inner)
        run = BigOp("prod", times(list(kept)), index, low, high, True)
        return Size(times([raised(each, count), run]), inner.exact, (run,))


def _split(size: Size) -> tuple[Tree, tuple[Tree, ...]]:
    """The number, and the weights that are left."""
    factors = size.tree.factors if isinstance(size.tree, Mul) else (size.tree,)
    return times([f for f in factors if f not in size.kept]), size.kept


def _covers(inside: Tree, name: Name) -> bool:
    """Whether an assumption about w_j speaks of w_k: the same name, or its whole family."""
    if inside == name:
        return True
    if not isinstance(inside, Name) or inside.stem != name.stem or len(inside.indices) != len(name.indices):
        return False
    return all(isinstance(i, Name) and not i.indices for i in inside.indices)


def power_of(low: Tree, high: Tree) -> Tree:
    """How many layers there are from low to high."""
    match low, high:
        case Number(a), Number(b):
            return Number(b - a + 1)
        case Number(a), _:
            return high if a == 1 else Add((high, Neg(Number(a - 1))))
    return Add((high, Neg(low), ONE))


def raised(base: Tree, count: Tree) -> Tree:
    """base^count; 1 for the base 1."""
    return base if base == ONE or count == ONE else Pow(base, count)


def product(trees: Sequence[Tree]) -> Tree:
    """A product, its numbers multiplied."""
    total, rest = Fraction(1), []
    for tree in trees:
        for factor in tree.factors if isinstance(tree, Mul) else (tree,):
            if isinstance(factor, Number):
                total *= factor.value
            else:
                rest.append(factor)
    powers = Counter(rest)
    return times([Number(total), *(t if n == 1 else Pow(t, number(n)) for t, n in powers.items())])


def summed(trees: Sequence[Tree]) -> Tree:
    """A sum, its numbers added."""
    total = sum((t.value for t in trees if isinstance(t, Number)), Fraction(0))
    rest = [t for t in trees if not isinstance(t, Number)]
    terms = [*([Number(total)] if total or not rest else []), *rest]
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def gathered(trees: Sequence[Tree]) -> Tree:
    """The product of all sizes; q * q^(n-1) as q^n."""
    whole = product(trees)
    if isinstance(whole, Mul) and isinstance(whole.factors[0], Number):
        first, *rest = whole.factors
        for k, factor in enumerate(rest):
            match factor:
                case Pow(base, Add((n, Neg(Number(one))))) if base == first and one == 1:
                    rest[k] = Pow(base, n)
                    return times(rest)
    return whole


__all__ = ["ABS", "NORM", "OPNORM", "Size", "Sizes", "gathered"]
