"""The atoms of one comparison, and the arithmetic of forms over them: sums of products of indexed factors."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from fractions import Fraction
from time import monotonic

from symgrad.algebra.polynomial import TooLarge
from symgrad.algebra.tensors.powers import Powers
from symgrad.algebra.tensors.sums import add, constant
from symgrad.algebra.tensors.terms import (
    Component,
    Factor,
    Form,
    Labels,
    Monomial,
    flat,
    merged,
    settled,
)
from symgrad.notation.tree import Number, Tree

MAX_TERMS = 3000
"""A form with more terms is not written out."""


@dataclass(frozen=True, slots=True)
class Atom:
    """What an indexed atom stands for.

    kind: delta, leaf, apply, exp, base (a form that is raised to powers), step, log. sizes: one for each
    index. tree: the leaf, or the function's name. argument: the canonical form below it.
    """

    kind: str
    sizes: tuple[Tree, ...]
    tree: Tree | None = None
    order: int = 0
    argument: tuple[tuple[Monomial, Fraction], ...] = ()
    symmetric: bool = False


def labels_of(form: Mapping[Monomial, Fraction]) -> frozenset[int]:
    """The free labels that a form depends on."""
    return frozenset(
        label for m in form for component in m for _, _, ls in component for label in ls if label >= 0
    )


@dataclass(slots=True)
class Table(Powers):
    """All atoms, each once; `squares` rewrites s^2 where sigma' = s (1 - s) makes that possible."""

    atoms: list[Atom] = field(default_factory=list)
    deltas: set[int] = field(default_factory=set)
    numbers: dict[Hashable, int] = field(default_factory=dict)
    squares: dict[int, tuple[tuple[tuple[int, ...], Fraction], ...]] = field(default_factory=dict)
    """s -> terms of s^2, each some atoms (with the labels of s) and a number."""
    rules: list[tuple[Component, Form]] = field(default_factory=list)
    """What is assumed: a component, and what it equals (sum(y) = 1)."""
    deadline: float | None = None

    def atom(
        self,
        kind: str,
        sizes: tuple[Tree, ...],
        tree: Tree | None = None,
        order: int = 0,
        argument: tuple[tuple[Monomial, Fraction], ...] = (),
        symmetric: bool = False,
    ) -> int:
        """The number of an atom."""
        key = (kind, sizes, tree, order, argument)
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.atoms)
            self.atoms.append(Atom(kind, sizes, tree, order, argument, symmetric))
            if kind == "delta":
                self.deltas.add(number)
        return number

    def delta(self, size: Tree) -> Form:
        """The identity matrix."""
        number = self.atom("delta", (size, size), symmetric=True)
        return {(((number, 1, (0, 1)),),): Fraction(1)}

    def symmetric(self, number: int) -> bool:
        """Whether an atom's two indices may be exchanged."""
        return self.atoms[number].symmetric

    def check_time(self) -> None:
        """TooLarge once the deadline has passed."""
        if self.deadline is not None and monotonic() > self.deadline:
            raise TooLarge("time")

    # -- products ------------------------------------------------------------------------------------------

    def product(self, left: Form, right: Form, a: Mapping[int, int], b: Mapping[int, int]) -> Form:
        """The product with free labels renamed; labels above 1 that appear are summed over."""
        if len(left) * len(right) > MAX_TERMS * 4:
            raise TooLarge("terms")
        total: Form = {}
        start = max(2, *(label + 1 for label in (*a.values(), *b.values()))) if a or b else 2
        for m, c in left.items():
            first, following = flat(m, a, start)
            self.check_time()
            for n, d in right.items():
                second, _ = flat(n, b, following)
                total = self.into(total, self.term(first + second, c * d))
        return self.limited(total)

    @staticmethod
    def into(total: Form, form: Form) -> Form:
        """Total += form, in place."""
        for monomial, c in form.items():
            value = total.get(monomial, Fraction(0)) + c
            if value:
                total[monomial] = value
            else:
                total.pop(monomial, None)
        return total

    def multiply(self, left: Form, right: Form) -> Form:
        """The product entry by entry."""
        return self.product(left, right, {}, {})

    def summed(self, form: Form, rename: Mapping[int, int], sizes: Mapping[int, Form]) -> Form:
        """The sum over the labels above 1 that `rename` introduces; `sizes` says how far each runs."""
        total: Form = {}
        for m, c in form.items():
            factors, _ = flat(m, rename, 4)
            terms: Form = constant(c)
            for label, size in sizes.items():
                if not any(label in labels for _, _, labels in factors):
                    terms = self.multiply(terms, size)
            total = add(total, self.multiply(terms, self.term(factors, Fraction(1))))
        return self.limited(total)

    def contracted(self, left: Form, right: Form, size: Form) -> Form:
        """sum_k left_{0k} right_{k1}, where k runs over `size`."""
        total: Form = {}
        with_k = [
            {m: c for m, c in form.items() if _has(m, label)} for form, label in ((left, 1), (right, 0))
        ]
        without = [
            {m: c for m, c in form.items() if not _has(m, label)} for form, label in ((left, 1), (right, 0))
        ]
        for i, f in enumerate((with_k[0], without[0])):
            for j, g in enumerate((with_k[1], without[1])):
                part = self.product(f, g, {1: 2}, {0: 2})
                total = add(total, self.multiply(size, part) if i and j else part)
        return self.limited(total)

    def term(self, factors: Sequence[Factor], c: Fraction) -> Form:
        """One product in canonical form, with all that is known of its atoms put in."""
        self.check_time()
        before = {label: None for _, _, labels in factors for label in labels if label > 1}
        kept = merged(factors, self.symmetric, self.deltas)
        start = max((label for _, _, labels in kept for label in labels), default=1) + 1
        for place, factor in enumerate(kept):
            if (parts := self.rewritten(factor, max(2, start))) is not None:
                rest = [*kept[:place], *kept[place + 1 :]]
                total: Form = {}
                for part, d in parts:
                    self.into(total, self.rebuilt(kept, [*rest, *part], c * d))
                return self._sized(total, before, factors, kept)
        monomial = settled(kept, self.symmetric)
        return self._assumed(self._sized({monomial: c}, before, factors, kept))

    def _sized(
        self, form: Form, before: Mapping[int, None], factors: Sequence[Factor], kept: list[Factor]
    ) -> Form:
        """A factor n for every summed index that no factor holds any more."""
        left = {label for _, _, labels in kept for label in labels}
        gone = [label for label in before if label not in left]
        if not gone:
            return form
        joined = _unions(factors, self.deltas)
        for group in {joined(label) for label in gone}:
            if group < 2 or any(joined(label) == group for label in left if label > 1):
                continue  # a delta made it another index
            size = next(
                self.atoms[atom].sizes[slot]
                for atom, _, labels in factors
                for slot, label in enumerate(labels) if joined(label) == group
            )  # fmt: skip
            form = self.multiply(form, self.size(size))
        return form

    def size(self, size: Tree) -> Form:
        """A size as a number, or as an atom of its own."""
        if isinstance(size, Number):
            return constant(size.value)
        return {((((self.atom("leaf", (), size)), 1, ()),),): Fraction(1)}

    def rewritten(self, factor: Factor, start: int) -> list[tuple[list[Factor], Fraction]] | None:
        """The terms that a power of an atom stands for, or None where it stays."""
        atom, exponent, labels = factor
        if exponent == 1 and self.atoms[atom].kind != "base":
            return None
        known = self.atoms[atom]
        if known.kind == "step" and exponent > 1:
            return [([(atom, 1, labels)], Fraction(1))]
        if known.kind == "base" and exponent >= 1:
            rest = [(atom, exponent - 1, labels)] if exponent > 1 else []
            found = []
            for m, c in known.argument:
                below, _ = flat(m, dict(enumerate(labels)), start)
                found.append(([*below, *rest], c))
            return found
        if atom in self.squares and exponent >= 2 and isinstance(exponent, int):
            rest = [(atom, exponent - 2, labels)] if exponent > 2 else []
            return [([*((a, 1, labels) for a in atoms), *rest], c) for atoms, c in self.squares[atom]]
        return None

    def _assumed(self, form: Form) -> Form:
        """What is assumed, put in."""
        for component, value in self.rules:
            for monomial, c in list(form.items()):
                if component in monomial and monomial in form:
                    place = monomial.index(component)
                    rest = (*monomial[:place], *monomial[place + 1 :])
                    del form[monomial]
                    form = add(form, self.multiply({rest: c}, value))
        return form

    def limited(self, form: Form) -> Form:
        """The form itself, if it is not too long."""
        if len(form) > MAX_TERMS:
            raise TooLarge("terms")
        self.check_time()
        return form

    def function(
        self, kind: str, form: Form, sizes: Mapping[int, Tree], tree: Tree | None = None, order: int = 0
    ) -> tuple[int, Labels]:
        """The atom of a function of a form, entry by entry, and the labels it has here."""
        used = sorted(labels_of(form))
        if len(used) == 2:
            turned = {m: c for m, c in self.renamed(form, {0: 1, 1: 0}).items()}
            here, there = key_of(form), key_of(turned)
            symmetric = here == there
            if there < here:
                number = self.atom(kind, (sizes[1], sizes[0]), tree, order, there)
                return number, (1, 0)
            return self.atom(kind, (sizes[0], sizes[1]), tree, order, here, symmetric), (0, 1)
        argument = key_of(self.renamed(form, {1: 0}) if used == [1] else form)
        return self.atom(kind, tuple(sizes[label] for label in used), tree, order, argument), tuple(used)

    def replaced(self, form: Form, number: int, value: Form, sizes: Mapping[int, Tree]) -> Form:
        """The form with an atom replaced by a value whose labels 0, 1 are the atom's indices in order."""
        total: Form = {}
        for monomial, c in form.items():
            factors, start = flat(monomial, {}, 2)
            rest: list[Factor] = []
            terms: list[tuple[list[Factor], Fraction]] = [([], c)]
            for factor in factors:
                if factor[0] != number:
                    rest.append(factor)
                    continue
                powered = value if factor[1] == 1 else self.power(value, factor[1], sizes)
                rename = dict(enumerate(factor[2]))
                longer = []
                for done, d in terms:
                    for m, e in powered.items():
                        more, start = flat(m, rename, start)
                        longer.append(([*done, *more], d * e))
                terms = longer
            if len(rest) == len(factors):
                self.into(total, {monomial: c})
                continue
            for done, d in terms:
                self.into(total, self.rebuilt(factors, [*rest, *done], d))
            self.limited(total)
        return total

    def rebuilt(self, before: Sequence[Factor], factors: Sequence[Factor], c: Fraction) -> Form:
        """A product made out of another, with a factor n for every summed index that it holds no more."""
        form = self.term(factors, c)
        left = {label for _, _, labels in factors for label in labels}
        gone = {label for _, _, labels in before for label in labels if label > 1} - left
        for label in gone:
            form = self.multiply(form, self.size(self._size_of(label, before)))
        return form

    def _size_of(self, label: int, factors: Sequence[Factor]) -> Tree:
        return next(
            self.atoms[atom].sizes[slot]
            for atom, _, labels in factors
            for slot, other in enumerate(labels)
            if other == label
        )

    def renamed(self, form: Form, rename: Mapping[int, int]) -> Form:
        """The form with its free labels renamed (to free ones)."""
        total: Form = {}
        for m, c in form.items():
            self.into(total, self.term(flat(m, rename, 2)[0], c))
        return total


def key_of(form: Form) -> tuple[tuple[Monomial, Fraction], ...]:
    """Equal keys mean equal forms."""
    return tuple(sorted(form.items()))


def _has(monomial: Monomial, label: int) -> bool:
    return any(label in labels for component in monomial for _, _, labels in component)


def _unions(factors: Sequence[Factor], deltas: Set[int]) -> Callable[[int], int]:
    """For every label the least of those that deltas make one with it."""
    parent: dict[int, int] = {}

    def find(label: int) -> int:
        while label in parent:
            label = parent[label]
        return label

    for atom, _, labels in factors:
        if atom in deltas:
            a, b = find(labels[0]), find(labels[1])
            if a != b:
                parent[max(a, b)] = min(a, b)
    return find
