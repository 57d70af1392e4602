"""The graph of a chain: an append-only list of named values, each after everything it uses.

An equation inside a loop is kept once as a Pattern and instantiated on demand, so a chain of depth 100,000
costs a name and a few integers a layer, and local derivatives are taken once a pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from symgrad.network.instances import Members
from symgrad.network.instances import instantiate as instantiate
from symgrad.notation.source import Source
from symgrad.notation.tree import Apply, Name, Tree, walk


@dataclass(frozen=True, slots=True)
class Pattern:
    """One written equation, `target = body`, and the loop letters in both; `slots` are the body's names."""

    target: Name
    body: Tree
    letters: tuple[str, ...]
    slots: tuple[Name, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Equation:
    """One named value: its name, the names its body uses (each once), and the pattern it comes from."""

    name: Name
    parents: tuple[Name, ...]
    pattern: Pattern
    values: tuple[int, ...] = ()

    @property
    def body(self) -> Tree:
        """The right side, with its indices filled in."""
        return instantiate(self.pattern.body, dict(zip(self.pattern.letters, self.values, strict=True)))


@dataclass(frozen=True, slots=True)
class Wiring:
    """Names as numbers, leaves first, then equations; `slots` are an equation's inputs in pattern order."""

    number: Mapping[Name, int]
    slots: Sequence[tuple[int, ...]]


def wire(leaves: Sequence[Name], equations: Sequence[Equation], members: Callable[[], Members]) -> Wiring:
    """The wiring of some equations; two slots of a pattern may be one name in a member."""
    number = {name: place for place, name in enumerate(leaves)}
    number.update({equation.name: place for place, equation in enumerate(equations, len(leaves))})
    slots = []
    for equation in equations:
        names, pattern = equation.parents, equation.pattern
        if len(names) != len(pattern.slots):
            names = tuple([members().name(slot, pattern.letters)(equation.values) for slot in pattern.slots])
        slots.append(tuple([number[name] for name in names]))
    return Wiring(number, slots)


@dataclass(frozen=True, eq=False)
class Network:
    """A forward pass: equations in order of definition, leaves in order of first use, one scalar objective.

    functions: what a name such as sigma stands for; a name that is not in it is a general function.
    """

    name: str
    title: str
    text: str
    equations: tuple[Equation, ...]
    leaves: tuple[Name, ...]
    parameters: tuple[Name, ...]
    objective: Name
    functions: Mapping[str, str] = field(default_factory=dict)
    assumptions: tuple[Tree, ...] = ()
    shapes: Mapping[Name, tuple[Tree, ...]] = field(default_factory=dict)
    """Name -> (), (n,) or (m, n), for chains that declare shapes; empty where all is scalar."""

    @cached_property
    def position(self) -> dict[Name, int]:
        """Where a defined name stands among the equations."""
        return {equation.name: place for place, equation in enumerate(self.equations)}

    @cached_property
    def bodies(self) -> tuple[Tree, ...]:
        """The right sides in order, instantiated once; equal names are one object."""
        return tuple(map(self.body, range(len(self.equations))))

    def body(self, place: int) -> Tree:
        """The right side of the equation at a place."""
        equation = self.equations[place]
        pattern = equation.pattern
        if not equation.values:
            return pattern.body
        make = self._makers.get(id(pattern))
        if make is None:
            make = self._makers[id(pattern)] = self.members.tree(pattern.body, pattern.letters)
        return make(equation.values)

    @cached_property
    def _makers(self) -> dict[int, Callable[[tuple[int, ...]], Tree]]:
        """What gives the right sides of a pattern's equations; the equations keep their patterns alive."""
        return {}

    @cached_property
    def members(self) -> Members:
        """The names of the chain, to be had by stem and indices."""
        return Members((*self.leaves, *(equation.name for equation in self.equations)))

    @cached_property
    def wiring(self) -> Wiring:
        """The names as numbers and what every equation uses, slot by slot."""
        return wire(self.leaves, self.equations, lambda: self.members)

    @cached_property
    def names(self) -> frozenset[Name]:
        """All names, leaves and defined."""
        return frozenset(self.leaves) | self.position.keys()

    @cached_property
    def trained(self) -> frozenset[Name]:
        """The parameters as a set."""
        return frozenset(self.parameters)

    @cached_property
    def stems_below(self) -> dict[str, frozenset[str]]:
        """For the stem of every defined name the stems that its equations use."""
        found: dict[str, frozenset[str]] = {}
        for pattern in {id(equation.pattern): equation.pattern for equation in self.equations}.values():
            used = {slot.stem for slot in pattern.slots}
            found[pattern.target.stem] = found.get(pattern.target.stem, frozenset()) | used
        return found

    @cached_property
    def uses(self) -> dict[Name, tuple[int, ...]]:
        """For every name the places of the equations that use it, in forward order."""
        found: dict[Name, list[int]] = {}
        for place, equation in enumerate(self.equations):
            for parent in equation.parents:
                found.setdefault(parent, []).append(place)
        return {name: tuple(places) for name, places in found.items()}

    def equation(self, name: Name) -> Equation | None:
        """The equation that defines a name, or None for a leaf."""
        place = self.position.get(name)
        return None if place is None else self.equations[place]

    def definitions(self) -> tuple[tuple[Name, Tree], ...]:
        """(name, right side) in order, for rooms that only need the forward pass."""
        return tuple(
            (equation.name, body) for equation, body in zip(self.equations, self.bodies, strict=True)
        )

    @cached_property
    def applied(self) -> tuple[str, ...]:
        """The functions this chain applies, by the name they have in it, in order of appearance."""
        return self.functions_in(self.equations)

    @cached_property
    def applied_in_layers(self) -> tuple[str, ...]:
        """The functions applied outside the objective's own equation."""
        return self.functions_in(tuple(e for e in self.equations if e.name != self.objective))

    @staticmethod
    def functions_in(equations: tuple[Equation, ...]) -> tuple[str, ...]:
        """The functions applied in some equations, in order of appearance."""
        found: dict[str, None] = {}
        for pattern in {id(equation.pattern): equation.pattern for equation in equations}.values():
            for node in walk(pattern.body):
                if isinstance(node, Apply):
                    found.setdefault(node.function.stem)
        return tuple(found)

    @cached_property
    def activation(self) -> str | None:
        """The one function that layers apply to a whole pre-activation (a = f(z)), or None."""
        found = {
            equation.pattern.body.function.stem
            for equation in self.equations
            if isinstance(equation.pattern.body, Apply)
            and len(equation.pattern.body.arguments) == 1
            and equation.name != self.objective
        }
        return next(iter(found)) if len(found) == 1 else None
