"""For each layer the exact condition under which its factor can be larger than 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    Div,
    Logic,
    Mul,
    Name,
    Neg,
    Number,
    Relation,
    Tree,
    names_in,
    number,
)
from symgrad.proving.best.peak import Peak
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.enclosures.ranges import function_range
from symgrad.proving.kernel.normal import ABS

if TYPE_CHECKING:
    from symgrad.proving.supremum import Search


@dataclass(frozen=True, slots=True)
class Layer:
    """A weight, the slope of the function that it leads to, and the largest size of that slope.

    skip: whether the layer's factor is 1 + w f'(z), past a skip connection, with f' never negative.
    """

    weight: Name
    slope: Tree
    peak: Peak
    skip: bool = False

    @property
    def condition(self) -> Tree:
        """Where the layer's factor can be larger than 1."""
        assert self.peak.value is not None
        limit = inverse(self.peak.value)
        if not self.skip:
            return Relation((">",), (Apply(ABS, (self.weight,)), limit))
        below = Neg(Number(2 * limit.value)) if isinstance(limit, Number) else Neg(Mul((number(2), limit)))
        sides = Relation((">",), (self.weight, ZERO)), Relation(("<",), (self.weight, below))
        return Logic("or", sides)


def layers_of(search: Search) -> Iterator[Layer]:
    """(w_2, sigma'(z_2), ...): a weight, and the slope where it leads."""
    bodies = dict(search.definitions)
    factors = [*search.asked.factors, *search.asked.shared]
    by = search.asked.token.by
    beside = {n for body in bodies.values() if by in names_in(body) for n in names_in(body)}
    leaves = [f for f in search.asked.factors if isinstance(f, Name) and f not in bodies and f not in beside]
    for weight in leaves:
        for factor in factors:
            match factor:
                case Apply(_, (argument,), 1, ()):
                    body = bodies.get(argument, argument) if isinstance(argument, Name) else argument
                    if weight in names_in(body):
                        peak = _steepest(search, factor)
                        if peak is not None and peak.value is not None:
                            yield Layer(weight, factor, peak)
                        break


def _steepest(search: Search, slope: Tree) -> Peak | None:
    """The peak of a slope; exact only where its argument can really take every value of its interval."""
    tree = search.coordinates.expand(slope)
    peak = search.peaks.of(tree)
    met = [search.coordinates.found.get(name) for name in names_in(tree)]
    if peak is None or all(c is not None and c.leaf is not None for c in met):
        return peak
    return replace(peak, exact=False)


def skips(search: Search) -> Iterator[Layer]:
    """(w_2, f'(u), ...) for each factor 1 + f'(u) w_2."""
    bodies = dict(search.definitions)
    for factor in search.asked.factors:
        match factor:
            case Add((Number(one), Mul((first, second)))) if one == 1:
                slope, weight = (first, second) if isinstance(second, Name) else (second, first)
                if not (isinstance(weight, Name) and weight not in bodies and isinstance(slope, Apply)):
                    continue
                name = known.resolve(slope.function, dict(search.asked.functions))
                if slope.order != 1 or name is None or not function_range(name, 1).nonnegative:
                    continue
                peak = _steepest(search, slope)
                if peak is not None and peak.value is not None:
                    yield Layer(weight, slope, peak, True)


def inverse(value: Tree) -> Tree:
    """1/value."""
    return Number(1 / value.value) if isinstance(value, Number) and value.value else Div(ONE, value)
