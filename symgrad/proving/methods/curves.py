"""Places where Jensen's inequality or a parabola beside the graph may help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, islice, permutations

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import ONE, Add, Apply, Mul, Name, Neg, Number, Relation, Tree, names_in
from symgrad.proving import kernel
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.rules.known import SMOOTH
from symgrad.proving.methods.facts import Lemma, applications, known_fact
from symgrad.proving.methods.terms import product

MAX_VALUES, MAX_WEIGHTS, MAX_PAIRS = 6, 6, 12


def means(trees: Sequence[Tree], here: kernel.Setting) -> Iterator[Lemma]:
    """Jensen's inequality for each value at a mean whose other values occur."""
    for group in _groups(trees, here):
        for middle in group:
            others = [value for value in group if value != middle][:MAX_VALUES]
            for at in islice(_weighted(middle, others, here), 1):
                for name, operator in (("convex", ">="), ("concave", "<=")):
                    if (found := _said(name, operator, at, middle, here)) is not None:
                        yield found


def _said(name: str, operator: str, at: Sequence[Tree], middle: Apply, here: kernel.Setting) -> Lemma | None:
    """The fact about a mean in its own words."""
    mean = Add(tuple(product(pair) for pair in zip(at[::2], at[1::2], strict=True)))
    places = [to_data(tree) for tree in at]
    entry = {"rule": "known", "fact": name, "at": places, "by": to_data(ONE), "unfold": 0}
    try:
        kernel.prove_entry(said := Relation((operator,), (mean, middle)), entry, here)
    except CertificateError:
        return None
    return Lemma(said, entry)


def parabolas(trees: Sequence[Tree], here: kernel.Setting) -> Iterator[Lemma]:
    """F(s) beside the parabola that touches the graph at t."""
    for group in _groups(trees, here):
        for pair in islice(permutations(group, 2), MAX_PAIRS):
            for name in ("above-parabola", "below-parabola"):
                if (found := known_fact(name, pair, here)) is not None:
                    yield found


def _groups(trees: Sequence[Tree], here: kernel.Setting) -> list[list[Apply]]:
    """The values of each function that is taken at two places or more."""
    found: dict[Name, list[Apply]] = {}
    for node in applications(trees, here.functions, SMOOTH):
        if not node.order:
            found.setdefault(node.function, []).append(node)
    return [group for group in found.values() if len(group) > 1]


def _weighted(middle: Apply, others: Sequence[Apply], here: kernel.Setting) -> Iterator[tuple[Tree, ...]]:
    """Weight, value, weight, value, ... with the argument of the middle as the mean."""
    normal = nf.Normaliser(here.functions)
    try:
        target = normal(middle.arguments[0])
    except CertificateError:
        return
    if (by_names := _by_coefficients(target, others)) is not None:
        yield by_names
    for pair in combinations(others, 2):
        for weight in _weights(middle, here):
            parts = ((weight, pair[0]), (Add((ONE, Neg(weight))), pair[1]))
            mean = Add(tuple(Mul((w, value.arguments[0])) for w, value in parts))
            try:
                if normal(mean).equals(target):
                    yield tuple(tree for part in parts for tree in part)
            except CertificateError:
                continue
    for count in range(3, len(others) + 1):
        share: Tree = Number(Fraction(1, count))
        for chosen in combinations(others, count):
            try:
                if normal(Mul((share, Add(tuple(v.arguments[0] for v in chosen))))).equals(target):
                    yield tuple(tree for value in chosen for tree in (share, value))
            except CertificateError:
                continue


def _by_coefficients(target: nf.Rational, others: Sequence[Apply]) -> tuple[Tree, ...] | None:
    """For values at plain names: their coefficients in the mean."""
    if target.denominator != nf.constant(1) or not target.numerator:
        return None
    places: dict[Tree, Apply] = {
        value.arguments[0]: value for value in others if isinstance(value.arguments[0], Name)
    }
    weights: dict[Tree, nf.Poly] = {}
    for monomial, c in target.numerator.items():
        inside = [base for base, n in monomial if base in places and n == 1]
        if len(inside) != 1:
            return None
        rest = frozenset(pair for pair in monomial if pair[0] != inside[0])
        weights.setdefault(inside[0], {})[rest] = c
    if len(weights) < 2:
        return None
    return tuple(tree for place, w in weights.items() for tree in (nf.to_tree(w), places[place]))


def _weights(middle: Apply, here: kernel.Setting) -> Iterator[Tree]:
    """A half, and what the assumptions keep between 0 and 1, either way round."""
    yield Number(Fraction(1, 2))
    bounds = here.bounds(middle)
    for name in dict.fromkeys(names_in(middle.arguments[0])[:MAX_WEIGHTS]):
        try:
            box = bounds.enclose(name)
        except CertificateError:
            continue
        if box.nonnegative and box.high is not None and box.high <= 1:
            yield from (name, Add((ONE, Neg(name))))
    for value in (Fraction(k, n) for n in (3, 4) for k in range(1, n)):
        yield Number(value)
