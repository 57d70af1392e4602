"""The derivation of all gradients of a chain at once: every edge of its graph with its local derivative.

A loop's edges are worked out once, for its pattern; the step of one layer is made when somebody looks at it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from symgrad.calculus.edges import edge_step
from symgrad.calculus.rules import cached_derivative
from symgrad.calculus.units import Unit, Units, regular
from symgrad.network.graph import Equation, Network, Pattern
from symgrad.network.instances import Members, Values
from symgrad.notation.tree import Name, Relation, Tree
from symgrad.values.derivation import Step
from symgrad.values.phrase import Field as PhraseField
from symgrad.values.phrase import Phrase

StepMaker: TypeAlias = Callable[[Values, Relation | None], Step]


@dataclass(frozen=True, slots=True)
class Edges:
    """What a target depends on, last line first: the number of a name, its line, the numbers in its slots.

    The derivative of the target by a name is the sum, over its uses, of the line's local derivative times
    that of the line's own name: read from the front, these lists are all gradients.
    """

    names: list[int] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    slots: list[tuple[int, ...]] = field(default_factory=list)

    def __len__(self) -> int:
        return sum(map(len, self.slots))


class Tape:
    """The edges of one network towards one target; each step is made once however many gradients use it."""

    def __init__(self, network: Network, target: Name) -> None:
        self.network, self.target = network, target
        self.steps: dict[int, dict[Name, Step]] = {}
        self.makers: dict[int, dict[Name, StepMaker] | None] = {}
        self.trained = frozenset(network.parameters)
        self.families = {(name.stem, len(name.indices)) for name in self.trained}
        self.units = Units(network)
        self.locals: dict[Unit, tuple[Tree, ...]] = {}
        """The derivatives of a line by its slots, for the lines of `edges`."""

    @cached_property
    def edges(self) -> Edges:
        """All edges, every local derivative worked out."""
        wiring, units, functions = (
            self.network.wiring,
            self.units,
            tuple(sorted(self.network.functions.items())),
        )
        last = self.network.position.get(self.target)
        found = Edges()
        if last is None:
            return found
        first = wiring.number[self.target] - last
        needed = bytearray(first + last + 1)
        needed[first + last] = 1
        for place in range(last, -1, -1):
            if needed[first + place]:
                unit, slots = units.at(place)
                if unit not in self.locals:
                    self.locals[unit] = tuple(
                        cached_derivative(unit.body, by, functions) for by in unit.slots
                    )
                for name in slots:
                    needed[name] = 1
                found.names.append(first + place)
                found.units.append(unit)
                found.slots.append(slots)
        return found

    def at(self, place: int) -> dict[Name, Step]:
        """The steps into the equation at a place, by parent."""
        return {parent: self.step(place, parent) for parent in self.network.equations[place].parents}

    def step(self, place: int, parent: Name) -> Step:
        """The step from a parent into the equation at a place."""
        known = self.steps.setdefault(place, {})
        found = known.get(parent)
        if found is None:
            found = known[parent] = self.made(place, parent)
        return found

    def made(self, place: int, parent: Name) -> Step:
        """A new step: that of the pattern with its letters filled in, where all its members are alike."""
        equation = self.network.equations[place]
        pattern, parents = equation.pattern, equation.parents
        if (
            not pattern.letters
            or len(parents) != len(pattern.slots)
            or equation.name == self.network.objective
        ):
            return edge_step(self.network, equation, parent, self.target)
        makers = self.patterns(pattern)
        if makers is None or not all(map(self.typical, parents, pattern.slots)):
            return edge_step(self.network, equation, parent, self.target)
        line = Relation(("=",), (equation.name, self.network.bodies[place]))
        return makers[pattern.slots[parents.index(parent)]](equation.values, line)

    def typical(self, member: Name, slot: Name) -> bool:
        """Whether a member is trained where its family is: what a step says of it depends on that."""
        return (member in self.trained) == ((slot.stem, len(slot.indices)) in self.families)

    def patterns(self, pattern: Pattern) -> dict[Name, StepMaker] | None:
        """What makes the steps of a pattern's members, by slot."""
        key = id(pattern)
        if key not in self.makers:
            makers = None
            if regular(pattern.body, pattern.letters):
                alone = Pattern(pattern.target, pattern.body, (), pattern.slots, pattern.source)
                equation = Equation(pattern.target, pattern.slots, alone)
                steps = {slot: edge_step(self.network, equation, slot, self.target) for slot in pattern.slots}
                members = self.network.members
                makers = {slot: maker(step, members, pattern.letters) for slot, step in steps.items()}
            self.makers[key] = makers
        return self.makers[key]


def maker(step: Step, members: Members, letters: tuple[str, ...]) -> StepMaker:
    """What makes a member of a pattern's step; `equation` is the member's own."""
    rule, phrase = step.rule, step.why.id
    before, after = members.tree(step.before, letters), members.tree(step.after, letters)
    conditions = members.many(step.conditions, letters)
    inner = tuple(maker(substep, members, letters) for substep in step.substeps)
    parts = tuple((key, filled(part, members, letters)) for key, part in step.why.fields)
    own = tuple(key for key, part in step.why.fields if part is step.after)

    def made(values: Values, equation: Relation | None) -> Step:
        result = after(values)
        why = tuple([(key, result if key in own else part(values)) for key, part in parts])
        return Step(
            rule,
            before(values),
            result,
            Phrase(phrase, why),
            conditions(values),
            tuple([substep(values, None) for substep in inner]),
            equation,
        )

    return made


def filled(part: PhraseField, members: Members, letters: tuple[str, ...]) -> Callable[[Values], PhraseField]:
    """What gives a field of a phrase at values of the letters."""
    if isinstance(part, str | int):
        return lambda values: part
    if isinstance(part, tuple):
        return members.many(part, letters)
    return members.tree(part, letters)
