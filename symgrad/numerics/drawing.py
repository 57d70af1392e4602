"""Values drawn at random for what nobody gave: the same for the same seed, on every machine, and said."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from symgrad.errors import InputError, MissingValueError, Where
from symgrad.network.graph import Network
from symgrad.notation.tree import Name
from symgrad.notation.writers.plain import plain
from symgrad.numerics.given import Values, read_values
from symgrad.numerics.missing import SMALL, nested, role

MOST_DRAWN = 2_000_000
DIGITS = 1000
"""Drawn numbers have three decimals, so that what is printed is what is computed with, in every format."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawn value: a number or nested lists of fractions."""

    name: Name
    value: Any
    setting: str
    """`W_1=[[0.1, -0.2]]`, to be given again by hand."""


def draw(
    network: Network, values: Mapping[Any, object], seed: int
) -> tuple[dict[Any, object], tuple[Drawn, ...]]:
    """The values, completed with random ones, and what was drawn.

    A weight matrix is uniform on [-a, a] with a = sqrt(6/(rows + columns)); labels of a cross entropy are one
    class, of a binary one 0 or 1, of a hinge -1 or 1; epsilon is 1/1000; everything else uniform on [-1, 1].

    Raises:
        MissingValueError: the size of something to be drawn is not known.
        InputError: more would be drawn than anybody waits for.
    """
    given = read_values(network, values)
    missing = [leaf for leaf in network.leaves if given.find(leaf) is None]
    if unknown := given.sizes.open(missing):
        names = ", ".join(map(plain, unknown))
        line = " ".join(f"--set {plain(symbol)}=2" for symbol in unknown)
        raise MissingValueError("missing-values", chain=network.name, names=names, line=line)
    count = sum(math.prod(given.sizes.dimensions(leaf)) for leaf in missing)
    if count > MOST_DRAWN:
        raise InputError("too-many-entries", Where(network.name), count=count, limit=MOST_DRAWN)
    drawn = tuple(drawn_value(network, given, leaf, seed) for leaf in missing)
    return {**values, **{one.name: one.value for one in drawn}}, drawn


def drawn_value(network: Network, given: Values, name: Name, seed: int) -> Drawn:
    """One value; it depends on the seed and the name only, not on what else is drawn."""
    random = Random(f"{seed} {plain(name)}")
    dimensions = given.sizes.dimensions(name)
    count = math.prod(dimensions)
    match role(network, name):
        case "cross_entropy" if dimensions:
            chosen = random.randrange(count)
            entries = [Fraction(int(place == chosen)) for place in range(count)]
        case "binary_cross_entropy" | "cross_entropy":
            entries = [Fraction(random.randrange(2)) for _ in range(count)]
        case _ if name.stem in SMALL:
            entries = [Fraction(1, DIGITS)] * count
        case "hinge":
            entries = [Fraction(2 * random.randrange(2) - 1) for _ in range(count)]
        case _:
            bound = math.sqrt(6 / sum(dimensions)) if len(dimensions) == 2 else 1.0
            widest = int(bound * DIGITS)
            entries = [Fraction(random.randint(-widest, widest), DIGITS) for _ in range(count)]
    texts = [decimal(entry) for entry in entries]
    shown = nested(texts, dimensions) if dimensions else texts[0]
    return Drawn(name, shaped(entries, dimensions), f"{plain(name)}={shown}")


def decimal(value: Fraction) -> str:
    """Three decimals at most: `-0.25`, `1`."""
    return f"{float(value):.3f}".rstrip("0").rstrip(".") if value.denominator != 1 else str(value.numerator)


def shaped(entries: Sequence[Fraction], dimensions: tuple[int, ...]) -> Any:
    """A number, a list, or a list of rows."""
    if not dimensions:
        return entries[0]
    if len(dimensions) == 1:
        return list(entries)
    width = dimensions[1]
    return [list(entries[i : i + width]) for i in range(0, len(entries), width)]
