"""What a line of a chain says: a body over slots, the same for all layers of a loop."""

from __future__ import annotations

from dataclasses import dataclass

from symgrad.network.graph import Network, Pattern
from symgrad.notation.tree import Add, Apply, Constant, Div, Mul, Name, Neg, Number, Pow, Tree, children


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """A right side and the names it is a function of."""

    body: Tree
    slots: tuple[Name, ...]


class Units:
    """The units of a network: one a pattern, or one an equation where loop letters stand bare."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.shared: dict[int, Unit | None] = {}
        self.single: dict[int, tuple[Unit, tuple[int, ...]]] = {}

    def at(self, place: int) -> tuple[Unit, tuple[int, ...]]:
        """The unit of the equation at a place, and the numbers of the names in its slots."""
        pattern = self.network.equations[place].pattern
        key = id(pattern)
        unit = self.shared[key] if key in self.shared else self.of_pattern(pattern)
        if unit is not None:
            return unit, self.network.wiring.slots[place]
        if place not in self.single:
            slots = self.network.equations[place].parents
            number = self.network.wiring.number
            made = Unit(self.network.body(place), slots)
            self.single[place] = made, tuple([number[name] for name in slots])
        return self.single[place]

    def of_pattern(self, pattern: Pattern) -> Unit | None:
        """The unit of all equations of a pattern, or None if they are not alike."""
        alike = not pattern.letters or regular(pattern.body, pattern.letters)
        unit = Unit(pattern.body, pattern.slots) if alike else None
        self.shared[id(pattern)] = unit
        return unit


def regular(body: Tree, letters: tuple[str, ...]) -> bool:
    """Whether the letters of a pattern stand in the indices of its names only, and nothing else binds any."""
    match body:
        case Number() | Constant():
            return True
        case Name(stem, indices):
            return bool(indices) or stem not in letters
        case Apply(function, arguments, _, ()):
            return not function.indices and all(regular(part, letters) for part in arguments)
        case Add() | Mul() | Neg() | Div() | Pow():
            return all(regular(part, letters) for part in children(body))
    return False
