"""How deep the same rule must run until the first layer's gradient rounds to 0 in a float format.

The loop is lengthened layer by layer in one pass of balls with slopes; at every depth the lines after the
loop are evaluated as if it ended there. The exact value rounds to 0 at or below half the smallest subnormal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import flint

from symgrad.arithmetic import Arb, Functions, Inexact, NotScalar, Undefined, Unvalued
from symgrad.errors import InputError
from symgrad.network.graph import Equation, Network
from symgrad.notation.tree import Name, Number, number
from symgrad.numerics.dual import Dual, Duals
from symgrad.numerics.forward import Forward, Line, made_of
from symgrad.numerics.given import Slot, Values, read_values
from symgrad.numerics.missing import fill_functions

HALF_SMALLEST = {"float16": -25, "float32": -150, "float64": -1075}
"""Format -> exponent of the largest power of two that rounds to 0 (a tie goes to the even neighbour, 0)."""
DEEPEST, EXPLODED, FIRST_BITS, MOST_BITS = 4096, 1100, 128, 1024


class CannotLengthen(Exception):
    """The chain or its values do not say what a longer loop would be."""


class Undecided(Exception):
    """A ball lies across a threshold; more bits are needed."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A chain with one loop: the lines before it, its body, its range, the lines after it."""

    before: tuple[Equation, ...]
    body: tuple[Equation, ...]
    low: int
    high: int
    after: tuple[Equation, ...]

    def last(self, name: Name, end: int) -> Name:
        """A name of a line after the loop, if the loop ended at `end`: a_4 becomes a_end, a_0 stays."""
        match name.indices:
            case (Number(value),) if value >= self.high:
                return Name(name.stem, (number(value + end - self.high),))
            case (Number(value),) if value >= self.low:
                raise CannotLengthen
        return name


def shape_of(network: Network) -> Shape | None:
    """The one loop of a chain, or None if there is none, or several, or nested ones."""
    looped = [place for place, equation in enumerate(network.equations) if equation.pattern.letters]
    if not looped:
        return None
    start, stop = looped[0], looped[-1] + 1
    letters = {equation.pattern.letters for equation in network.equations[start:stop]}
    if len(letters) != 1 or len(next(iter(letters))) != 1:
        return None
    values = [equation.values[0] for equation in network.equations[start:stop]]
    low, high = values[0], values[-1]
    size = values.count(low)
    if values != [j for j in range(low, high + 1) for _ in range(size)]:
        return None
    body = network.equations[start : start + size]
    return Shape(network.equations[:start], body, low, high, network.equations[stop:])


def vanishing(
    network: Network,
    wrt: Name,
    values: Mapping[Any, object],
    functions: Mapping[str, str] | None = None,
    deepest: int = DEEPEST,
) -> dict[str, int] | None:
    """Format -> number of layers from which on d(objective)/d(wrt) rounds to 0.

    None where the chain has no single loop, its later lines use more than the loop's last members, its values
    are given for single layers only, or the gradient does not vanish within `deepest` layers.
    """
    shape, given = shape_of(network), read_values(network, values)
    chosen = fill_functions(network, functions)
    if shape is None:
        return None
    bits = FIRST_BITS
    while bits <= MOST_BITS:
        try:
            return depths(shape, Lengthened(network, given, Arb(bits), chosen, shape, wrt, deepest)) or None
        except Undecided:
            bits *= 2
        except (CannotLengthen, InputError, Inexact, Undefined, NotScalar, Unvalued):
            return None
    return None


def depths(shape: Shape, chain: Lengthened) -> dict[str, int]:
    """From which depth on each format has only zeros, as far as the depths were looked at."""
    since: dict[str, int] = {}
    for end, gradient in chain.gradients():
        layers = end - shape.low + 1
        if gradient.is_zero():
            raise CannotLengthen
        size = abs(gradient)
        for name, exponent in HALF_SMALLEST.items():
            half = flint.arb(2) ** exponent
            if size <= half:
                since.setdefault(name, layers)
            elif size > half:
                since.pop(name, None)
            else:
                raise Undecided
        if len(since) == len(HALF_SMALLEST) and layers >= 16 + max(since.values()) * 5 // 4:
            break
        if layers > 64 and size > flint.arb(2) ** EXPLODED:
            break
    return since


@dataclass(slots=True)
class Lengthened:
    """One chain at every depth: numbers as balls, slopes by the chosen name beside them."""

    network: Network
    given: Values
    base: Arb
    functions: Functions
    shape: Shape
    wrt: Name
    deepest: int = DEEPEST
    slopes: dict[Name, Any] = field(default_factory=dict)
    lines: dict[int, Line] = field(default_factory=dict)
    forward: Forward = field(init=False)
    duals: Duals = field(init=False)

    def __post_init__(self) -> None:
        self.forward = Forward(self.network, self.given, self.base, self.functions)
        self.duals = Duals(self.base)
        self.slopes[self.wrt] = self.base.number(number(1).value)

    def gradients(self) -> Iterator[tuple[int, Any]]:
        """(upper end of the loop, gradient) for every end from the loop's start on that the name reaches."""
        numbers, objective = self.forward.numbers, self.network.objective
        if objective in {equation.name for equation in self.shape.before}:
            raise CannotLengthen
        for equation in self.shape.before:
            self.compute(equation.name, equation, {}, None)
        for end in range(self.shape.low, self.shape.low + self.deepest):
            for equation in self.shape.body:
                letters = {equation.pattern.letters[0]: end}
                self.compute(named(equation, letters), equation, letters, None)
            known = len(numbers), len(self.slopes)
            for equation in self.shape.after:
                self.compute(self.shape.last(equation.name, end), equation, {}, end)
            slope = self.slopes.get(self.shape.last(objective, end))
            forget(numbers, known[0])
            forget(self.slopes, known[1])
            if slope is not None:
                yield end, slope

    def compute(self, name: Name, equation: Equation, letters: Mapping[str, int], end: int | None) -> None:
        """One line; in lines after the loop, names move with its end."""
        body = equation.pattern.body
        if (line := self.lines.get(id(body))) is None:
            line = self.lines[id(body)] = Line(body, self.duals, self.functions)
        inputs = {}
        for tree, slot in line.slots:
            if slot is None:
                raise CannotLengthen
            actual = slot.at(letters)
            if isinstance(actual, Name) and end is not None:
                actual = self.shape.last(actual, end)
            inputs[tree] = self.input(actual)
        if line.program is None:
            raise CannotLengthen
        result = line.program(inputs)
        self.forward.numbers[name] = result.value
        if name != self.wrt and result.slope is not None:
            self.slopes[name] = result.slope

    def input(self, name: Any) -> Dual:
        """The dual number of a name; a leaf is settled from its family's value."""
        if isinstance(name, Number):
            return Dual(self.base.number(name.value))
        if name not in self.forward.numbers:
            found = self.given.find(name)
            if found is None or any(other not in self.forward.numbers for other in self.inner(*found)):
                raise CannotLengthen
            self.forward.settle(name)
        return Dual(self.forward.numbers[name], self.slopes.get(name))

    def inner(self, given: Any, letters: Mapping[str, int]) -> list[Name]:
        """What a leaf's value is made of: known names, or leaves that can be settled first."""
        if not letters and any(self.moves(slot.name) for slot in given.names):
            raise CannotLengthen
        names = made_of(given, letters)
        for other in names:
            if other not in self.forward.numbers:
                self.input(other)
        return names

    def moves(self, name: Name) -> bool:
        """Whether a name in a single value belongs to the loop: which one is meant at another depth?"""
        match name.indices:
            case (Number(value),):
                return bool(value >= self.shape.low)
        return False


def named(equation: Equation, letters: Mapping[str, int]) -> Name:
    """The name a line of the loop defines at one value of its letter."""
    found = Slot.of(equation.pattern.target).at(letters)
    assert isinstance(found, Name)
    return found


def forget(table: dict[Any, Any], size: int) -> None:
    """Drop what was added last."""
    while len(table) > size:
        table.popitem()
