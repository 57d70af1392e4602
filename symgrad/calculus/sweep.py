"""Verify all gradients of a chain together, in linear time.

One forward pass over the definitions carries a random direction of every leaf; one reverse pass over the tape
gives all gradients; along the direction both must say the same. It is an identity in the random directions,
so no single gradient can be wrong. Before that every local derivative, and the factors it is printed as, is
compared with the tangent of its own line, at slots that know nothing of the rest of the chain.
"""

from __future__ import annotations

from symgrad.calculus.lines import Compiler, Line, Value
from symgrad.calculus.modular import Dual, Field, P
from symgrad.calculus.tape import Edges, Tape
from symgrad.calculus.tidy import factors_of
from symgrad.calculus.units import Unit, Units
from symgrad.errors import DerivationError, Where
from symgrad.notation.tree import ONE, Derivative, Tree
from symgrad.notation.writers.plain import plain


class Sweep:
    """One random point of one tape."""

    def __init__(self, tape: Tape, seed: int) -> None:
        self.tape, self.network = tape, tape.network
        self.field = Field(seed, self.network.functions)
        self.values: list[int] = []
        self.tangents: list[int] = []

    def run(self) -> None:
        """Accept the tape, or raise.

        Raises:
            DerivationError: a local derivative, its factors or the wiring is wrong.
            DivisionByZero: the point is no good; another must be tried.
        """
        edges = self.tape.edges
        self.forward()
        for unit in dict.fromkeys(edges.units):
            self.verify_locals(unit)
        adjoints = self.reverse(edges)
        leaves = len(self.network.leaves)
        along = sum([a * t for a, t in zip(adjoints[:leaves], self.tangents[:leaves], strict=True)]) % P
        target = self.network.wiring.number[self.tape.target]
        if target >= leaves and along != self.tangents[target]:
            self.fail("check-steps")

    def forward(self) -> None:
        """All values and tangents, by the definitions alone."""
        network, units = self.network, Units(self.network)
        draw, values, tangents = self.field.draw, self.values, self.tangents
        for _ in network.leaves:
            values.append(draw())
            tangents.append(draw())
        lines: dict[Unit, Line] = {}
        for place in range(network.position.get(self.tape.target, -1) + 1):
            unit, slots = units.at(place)
            line = lines.get(unit)
            if line is None:
                line = lines[unit] = Compiler(self.field, values, unit.slots).line(unit.body)
                value, tangent = line(slots, tangents)
                self.verify_definition(place, value, tangent)
            else:
                value, tangent = line(slots, tangents)
            values.append(value)
            tangents.append(tangent)

    def verify_definition(self, place: int, value: int, tangent: int) -> None:
        """The compiled line says what the equation says when it is read as a tree."""
        equation, number = self.network.equations[place], self.network.wiring.number
        known: dict[Tree, Dual] = {
            name: Dual(self.values[number[name]], self.tangents[number[name]]) for name in equation.parents
        }
        found = self.field.evaluate(equation.body, known)
        if (found.value, found.tangent) != (value, tangent):
            self.fail("check-steps")

    def verify_locals(self, unit: Unit) -> None:
        """Every local derivative of a line is the tangent of the line with the other slots held fixed."""
        slots = range(len(unit.slots))
        here = [self.field.draw() for _ in slots]
        compiler = Compiler(self.field, here, unit.slots)
        line = compiler.line(unit.body)
        for slot, local in zip(slots, self.tape.locals[unit], strict=True):
            _, slope = line(slots, [int(other == slot) for other in slots])
            product = 1
            for factor in factors_of(local):
                product = product * compiler.value(factor)(slots) % P
            if compiler.value(local)(slots) != slope or product != slope:
                self.fail("check-steps")

    def reverse(self, edges: Edges) -> list[int]:
        """The derivative of the target by every name, by the tape alone."""
        compiled: dict[Unit, list[Value | None]] = {}
        adjoints = [0] * len(self.values)
        adjoints[self.network.wiring.number[self.tape.target]] = 1
        for name, unit, slots in zip(edges.names, edges.units, edges.slots, strict=True):
            adjoint = adjoints[name]
            if not adjoint:
                continue
            locals_ = compiled.get(unit)
            if locals_ is None:
                compiler = Compiler(self.field, self.values, unit.slots)
                locals_ = [None if tree == ONE else compiler.value(tree) for tree in self.tape.locals[unit]]
                compiled[unit] = locals_
            for at, local in zip(slots, locals_, strict=True):
                if local is None:
                    adjoints[at] += adjoint
                else:
                    adjoints[at] = (adjoints[at] + local(slots) * adjoint) % P
        return adjoints

    def fail(self, what: str) -> None:
        """Reject."""
        network = self.network
        goal = Derivative(
            self.tape.target, network.parameters[0] if network.parameters else network.leaves[0]
        )
        raise DerivationError(what, Where(network.name), goal=plain(goal))
