"""What is known not to be negative, as trees that the kernel encloses and as polynomials to be added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from symgrad.errors import CertificateError
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    Div,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    number,
    substitute,
)
from symgrad.proving import kernel
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.enclosures.bounds import Bounds

MAX_SIZE = 80
"""Terms of a polynomial beyond which a fact is left aside."""


@dataclass(frozen=True, eq=False)
class Term:
    """Tree >= 0 (> 0 if strict, = 0 if free), and its numerator as a polynomial in exponentials and names."""

    tree: Tree
    poly: nf.Poly
    strict: bool = False
    free: bool = False


UNIT = Term(ONE, nf.constant(1), True)


@dataclass(frozen=True)
class Stage:
    """A setting with the lemmas in it, read as polynomials."""

    here: kernel.Setting
    unfold: int = 2

    @cached_property
    def bounds(self) -> Bounds:
        """Facts under the assumptions."""
        return self.here.bounds()

    @cached_property
    def normal(self) -> nf.Normaliser:
        """The normal form by exponentials."""
        return nf.Normaliser(self.here.functions, self.unfold, self.bounds._never_negative)

    def gap(self, a: Tree, b: Tree) -> nf.Rational:
        """A - b."""
        return self.normal(substitute(Add((a, Neg(b))), self.here.settled))

    def cleared(self, tree: Tree, value: nf.Rational) -> tuple[Tree, nf.Poly] | None:
        """The tree times its denominator (squared, where its sign is open), and the numerator that leaves."""
        if value.denominator == nf.constant(1):
            return tree, value.numerator
        below = nf.to_tree(value.denominator)
        try:
            size = self.bounds.enclose(below)
            if size.nonnegative:
                return Mul((below, tree)), value.numerator
            if (-size).nonnegative:
                return Mul((Neg(below), tree)), nf.scale(value.numerator, Fraction(-1))
            squared = nf.times(value.numerator, value.denominator)
            return Mul((Pow(below, number(2)), tree)), squared
        except CertificateError:
            return None

    def term(self, tree: Tree, free: bool = False) -> Term | None:
        """A tree known to be >= 0 as a term; None where the kernel would not see it."""
        try:
            size = self.bounds.enclose(tree)
            if not (size.is_zero if free else size.nonnegative):
                return None
            found = self.cleared(tree, self.normal(substitute(tree, self.here.settled)))
            if found is None or not found[1] or len(found[1]) > MAX_SIZE:
                return None
            strict = not free and self.bounds.enclose(found[0]).positive
        except CertificateError:
            return None
        return Term(found[0], found[1], strict, free)

    def assumed(self, relations: Iterable[Tree]) -> Iterator[Term]:
        """The slack of each comparison."""
        for relation in relations:
            match relation:
                case Relation((operator,), (a, b)) if operator in ("<", "<=", ">", ">=", "="):
                    if operator in ("<", "<="):
                        a, b = b, a
                    if (found := self.term(minus(a, b), operator == "=")) is not None:
                        yield found

    def ends(self, atoms: Iterable[Tree]) -> Iterator[Term]:
        """What the interval of each atom leaves over at its ends."""
        for atom in atoms:
            try:
                box = self.bounds.enclose(atom)
            except CertificateError:
                continue
            gaps = [minus(atom, Number(box.low))] if box.low else []
            if box.high is not None:
                gaps.append(minus(Number(box.high), atom))
            yield from (found for gap in gaps if (found := self.term(gap)) is not None)

    def signs(self, atoms: Iterable[Tree]) -> Mapping[Tree, bool]:
        """The atoms that are never negative -> whether they are positive."""
        found = {}
        for atom in atoms:
            try:
                box = self.bounds.enclose(atom)
                if box.nonnegative:
                    found[atom] = box.positive or self.bounds.nonzero(atom)
            except CertificateError:
                continue
        return found


def minus(a: Tree, b: Tree) -> Tree:
    """A - b, without a needless zero."""
    if isinstance(b, Number) and b.value <= 0:
        return a if not b.value else Add((a, Number(-b.value)))
    return Add((a, Neg(b)))


def atoms_of(polys: Iterable[nf.Poly]) -> list[Tree]:
    """The unknowns of some polynomials, in order."""
    return list(dict.fromkeys(base for poly in polys for m in poly for base, _ in m))


def product(factors: Sequence[Tree]) -> Tree:
    """A product, without a needless 1."""
    kept = [f for f in factors if f != ONE]
    return ONE if not kept else kept[0] if len(kept) == 1 else Mul(tuple(kept))


def applied(tree: Tree, stem: str) -> bool:
    """Whether a tree is that function of something."""
    return isinstance(tree, Apply) and tree.function == Name(stem) and not tree.order


def over(a: Tree, b: Tree) -> Tree:
    """A / b."""
    return a if b == ONE else Div(a, b)
