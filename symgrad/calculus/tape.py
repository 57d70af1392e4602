"""The derivation of all gradients of a chain at once: every edge of its graph with its local derivative.

A loop's edges are worked out once, for its pattern; the step of one layer is made when somebody looks at it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TypeAlias

from symgrad.calculus.edges import edge_step
from symgrad.calculus.rules import cached_derivative
from symgrad.calculus.units import Unit, Units, regular
from symgrad.network.graph import Equation, Network, Pattern
from symgrad.network.instances import Members, Values
from symgrad.notation.tree import Name, Relation, Tree
from symgrad.values.derivation import Step
from symgrad.values.phrase import Field, Phrase

StepMaker: TypeAlias = Callable[[Values, Relation | None], Step]


class Tape:
    """The edges of one network towards one target; each step is made once however many gradients use it."""

    def __init__(self, network: Network, target: Name) -> None:
        self.network, self.target = network, target
        self.steps: dict[int, dict[Name, Step]] = {}
        self.makers: dict[int, dict[Name, StepMaker] | None] = {}
        self.units = Units(network)
        self.locals: dict[Unit, tuple[Tree, ...]] = {}
        """The derivatives of a line by its slots, for the lines of `edges`."""

    @cached_property
    def edges(self) -> list[tuple[int, Unit, tuple[int, ...]]]:
        """What the target depends on, in forward order: a name, its line, the names in the line's slots.

        The derivative of the target by a name is the sum, over its uses, of the line's local derivative times
        that of the line's own name: read from the end, this list is all gradients.
        """
        wiring, units, functions = (
            self.network.wiring,
            self.units,
            tuple(sorted(self.network.functions.items())),
        )
        last = self.network.position.get(self.target)
        if last is None:
            return []
        first = wiring.number[self.target] - last
        needed = bytearray(first + last + 1)
        needed[first + last] = 1
        found = []
        for place in range(last, -1, -1):
            if needed[first + place]:
                unit, slots = units.at(place)
                if unit not in self.locals:
                    self.locals[unit] = tuple(
                        cached_derivative(unit.body, by, functions) for by in unit.slots
                    )
                for name in slots:
                    needed[name] = 1
                found.append((first + place, unit, slots))
        found.reverse()
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
        if makers is None:
            return edge_step(self.network, equation, parent, self.target)
        line = Relation(("=",), (equation.name, self.network.bodies[place]))
        return makers[pattern.slots[parents.index(parent)]](equation.values, line)

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
    fields = tuple((key, filled(field, members, letters)) for key, field in step.why.fields)
    own = tuple(key for key, field in step.why.fields if field is step.after)

    def made(values: Values, equation: Relation | None) -> Step:
        result = after(values)
        why = tuple([(key, result if key in own else field(values)) for key, field in fields])
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


def filled(field: Field, members: Members, letters: tuple[str, ...]) -> Callable[[Values], Field]:
    """What gives a field of a phrase at values of the letters."""
    if isinstance(field, str | int):
        return lambda values: field
    if isinstance(field, tuple):
        return members.many(field, letters)
    return members.tree(field, letters)
