"""Derivations and values -> numbers, factor by factor, in the precision asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log2
from typing import Any

from symgrad.arithmetic import EXACT, Arb, Functions
from symgrad.arithmetic.arrays import array_of, is_array
from symgrad.arithmetic.kind import Kind
from symgrad.errors import InputError, SymgradError
from symgrad.network.graph import Network
from symgrad.notation.tree import Derivative, Name, Tree, children, walk
from symgrad.numerics.factors import Factors, Valued
from symgrad.numerics.forward import Forward, needed
from symgrad.numerics.given import Values, read_values
from symgrad.numerics.kinks import Kink, kinks
from symgrad.numerics.layers import LayerRow, rows
from symgrad.numerics.lost import lost
from symgrad.numerics.missing import fill_functions, require_functions
from symgrad.numerics.precision import Certified, precision_of
from symgrad.values.derivation import Derivation
from symgrad.values.evaluation import Evaluation, FactorValue

BITS_PER_DIGIT = 3.33
MOST_BITS = 1 << 20


@dataclass(frozen=True, slots=True)
class Report:
    """Gradients in numbers, the numbers of all names they are made of, and for a family a row a layer.

    kinks: where the point lies exactly on a kink, so that a convention decides.
    """

    evaluations: tuple[Evaluation, ...]
    numbers: Mapping[Tree, Any]
    rows: tuple[LayerRow, ...]
    kinks: tuple[Kink, ...] = ()


def evaluate(
    network: Network,
    goals: Sequence[Derivation],
    values: Mapping[Any, object],
    precision: str | int = "float64",
    functions: Mapping[str, str] | None = None,
) -> tuple[Evaluation, ...]:
    """The numbers of some gradients; see `report`."""
    return report(network, goals, values, precision, functions).evaluations


def report(
    network: Network,
    goals: Sequence[Derivation],
    values: Mapping[Any, object],
    precision: str | int = "float64",
    functions: Mapping[str, str] | None = None,
) -> Report:
    """The numbers of some gradients of one chain.

    Args:
        network: the forward pass.
        goals: its derivations; a gradient is the product of its factors, from the parameter forward.
        values: names or families in any spelling -> numbers, or expressions in earlier names.
        precision: a float format, "log", "exact", or a number of certified digits.
        functions: what the general functions of the chain stand for.

    Raises:
        MissingValueError: with the settings to paste. UnknownNameError, InputError: at their place.
    """
    asked = precision_of(precision)
    given = read_values(network, values)
    work = Work(network, tuple(goals), given, fill_functions(network, functions))
    work.prepare()
    if asked.kind is None:
        numbers, valued = work.certified(asked.digits)
    else:
        numbers, valued = work.run(asked.kind)
    losses: Sequence[tuple[tuple[str, ...], tuple[str, ...]]] = [((), ())] * len(valued)
    if asked.kind is not None and asked.kind.name != "exact":
        losses = lost(work.goals, valued, asked.kind, lambda bits: work.run(Arb(bits))[1])
    evaluations = tuple(
        Evaluation(
            goal.goal, asked.name, found.value,
            tuple(FactorValue(f, v) for f, v in zip(goal.factors, found.factors, strict=True)), under, over,
        )
        for goal, found, (under, over) in zip(work.goals, valued, losses, strict=True)
    )  # fmt: skip
    kind = asked.kind or Arb(bits_for(asked.digits) + 64)
    found = rows(evaluations, numbers, kind)
    if asked.kind is None:
        found = tuple(printing(row, asked.digits) for row in found)
    return Report(evaluations, numbers, found, kinks(network, work.functions, numbers, kind, given.sizes))


def printing(row: LayerRow, digits: int) -> LayerRow:
    """The same row, its number printing so many digits."""
    return row if row.value is None else replace(row, value=printed(row.value, digits))


def printed(value: Any, digits: int) -> Any:
    """A ball, or every ball of an array, printing so many digits."""
    if not is_array(value):
        return Certified.of(value, digits)
    balls = [Certified.of(ball, digits) for ball in value.reshape(-1)]
    return array_of(balls, value.shape, EXACT)


def flat(value: Any) -> list[Any]:
    """A number, or the entries of an array."""
    return list(value.reshape(-1)) if is_array(value) else [value]


def bits_for(digits: int) -> int:
    """The bits that hold so many decimal digits."""
    return int(BITS_PER_DIGIT * digits) + 2


@dataclass(frozen=True, slots=True)
class Work:
    """One evaluation, to be run in several kinds."""

    network: Network
    goals: tuple[Derivation, ...]
    given: Values
    functions: Functions

    @property
    def targets(self) -> list[Name]:
        """Every name the factors speak of, and the ends of the gradients."""
        found: dict[Name, None] = {}
        seen: set[int] = set()  # gradients share their factors: each is looked through once
        for goal in self.goals:
            for tree in (goal.goal, *goal.factors, *(value for _, value in goal.kept)):
                if id(tree) in seen:
                    continue
                seen.add(id(tree))
                for node in walk(tree):
                    if isinstance(node, Name) and node in self.network.names:
                        found.setdefault(node)
        if self.network.shapes:
            self.named_in_results(found)
        return list(found)

    def named_in_results(self, found: dict[Name, None]) -> None:
        """The names in the gradients themselves, which may be others than those in the factors."""
        for goal in self.goals:
            for node in walk(goal.steps[-1].after):
                if isinstance(node, Name) and node in self.network.names:
                    found.setdefault(node)

    @property
    def idle(self) -> frozenset[Name]:
        """What is differentiated, where no gradient is made of its own number: that may be irrational."""
        ends = {goal.goal.of for goal in self.goals if isinstance(goal.goal.of, Name)}
        used = {parent for equation in self.network.equations for parent in equation.parents}
        trees = {id(t): t for goal in self.goals for t in (*goal.factors, goal.steps[-1].after)}
        bare = {node for tree in trees.values() for node in outside_tokens(tree)}
        return frozenset(ends - used - bare)

    def prepare(self) -> None:
        """Everything that is missing is said before anything is computed."""
        places, _ = needed(self.network, self.given, self.targets)
        require_functions(self.network, self.functions, places)

    def run(self, kind: Kind) -> tuple[dict[Tree, Any], list[Valued]]:
        """The forward pass and the factors in one kind."""
        idle = self.idle if kind is EXACT else frozenset()
        forward = Forward(self.network, self.given, kind, self.functions, idle=idle)
        numbers = forward.run(self.targets)
        factors = Factors(kind, self.functions, numbers, self.given.sizes if self.network.shapes else None)
        return numbers, [factors.of(goal) for goal in self.goals]

    def certified(self, digits: int) -> tuple[dict[Tree, Any], list[Valued]]:
        """Balls of at least so many digits; a gradient that is truly 0 may come as a ball around it."""
        wanted = bits_for(digits)
        bits = wanted + 40 + int(log2(len(self.network.equations) + 2))
        limit = min(MOST_BITS, 64 * bits)
        while True:
            last = 2 * bits > limit
            try:
                numbers, valued = self.run(Arb(bits))
            except SymgradError as problem:
                if last or not isinstance(problem, InputError) or problem.what != "no-value-there":
                    raise
            else:
                balls = [
                    ball for found in valued for part in (*found.factors, found.value) for ball in flat(part)
                ]
                if last or all(ball.rel_accuracy_bits() >= wanted for ball in balls):
                    return {name: printed(value, digits) for name, value in numbers.items()}, [
                        certify(found, digits) for found in valued
                    ]
            bits *= 2


def outside_tokens(tree: Tree) -> Iterator[Name]:
    """The names of a tree that do not stand in a derivative."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Name):
            yield node
        elif not isinstance(node, Derivative):
            stack.extend(children(node))


def certify(found: Valued, digits: int) -> Valued:
    """The same balls, printing the digits that were asked for."""
    factors, partial = (
        tuple(printed(value, digits) for value in values) for values in (found.factors, found.partial)
    )
    return Valued(factors, partial)
