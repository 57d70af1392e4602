"""The forward pass in one kind of number: what the targets need, each line compiled once, no recursion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from symgrad.arithmetic import (
    Arb,
    Functions,
    Inexact,
    NotScalar,
    Program,
    Undefined,
    Unvalued,
    compile_shaped,
    compile_tree,
)
from symgrad.arithmetic.arrays import is_array, numbers_of
from symgrad.arithmetic.kind import Kind
from symgrad.errors import InputError, NotSupportedError, ShapeError, SymgradError, UnknownNameError
from symgrad.network.graph import Equation, Network, instantiate
from symgrad.network.shapes import shown
from symgrad.notation.source import Source
from symgrad.notation.tree import Array, BigOp, Name, Number, Tree, names_in, number, strip_spans, walk
from symgrad.notation.writers.plain import plain
from symgrad.numerics.given import Given, Slot, Values
from symgrad.numerics.missing import missing_values
from symgrad.numerics.sizes import Sizes

BALL_BITS = 128
"""Precise enough to tell a line without a value from one that floats have lost."""


@dataclass(slots=True)
class Line:
    """A right side with loop letters, compiled once for all its instances."""

    tree: Tree
    kind: Kind
    functions: Functions
    program: Program | None = None
    slots: tuple[tuple[Tree, Slot | None], ...] = ()
    """The program's inputs; None where an input holds no name to look up by letters."""

    def __post_init__(self) -> None:
        if not any(isinstance(node, BigOp) for node in walk(self.tree)):
            self.program = compile_tree(self.tree, self.kind, self.functions)
            self.slots = tuple((t, Slot.of(t) if isinstance(t, Name) else None) for t in self.program.inputs)

    def __call__(self, letters: Mapping[str, int], numbers: Mapping[Tree, Any]) -> Any:
        """The number at some values of the letters."""
        if self.program is None:
            whole = instantiate(self.tree, letters)
            return compile_tree(whole, self.kind, self.functions)(numbers)
        if not letters:
            return self.program(numbers)
        inputs = {}
        for tree, slot in self.slots:
            actual = tree if slot is None else slot.at(letters)
            known = self.kind.number(actual.value) if isinstance(actual, Number) else numbers.get(actual)
            inputs[tree] = known
        return self.program(inputs)


@dataclass(slots=True)
class Forward:
    """The numbers of a chain's names as they become known."""

    network: Network
    values: Values
    kind: Kind
    functions: Functions
    numbers: dict[Tree, Any] = field(default_factory=dict)
    lines: dict[int, Line] = field(default_factory=dict)
    idle: frozenset[Name] = frozenset()
    """Names that may go without a number where it is irrational."""

    def run(self, targets: Iterable[Name]) -> dict[Tree, Any]:
        """The numbers of the targets and of everything they are made of, leaves included."""
        places, leaves = needed(self.network, self.values, targets)
        for symbol, count in self.values.sizes.known.items():
            self.numbers.setdefault(symbol, self.kind.number(number(count).value))
        for place in places:
            equation = self.network.equations[place]
            for parent in equation.parents:
                if parent not in self.network.position:
                    self.settle(parent)
            try:
                self.numbers[equation.name] = self.equation(equation)
            except InputError as problem:
                if problem.what != "irrational-value" or equation.name not in self.idle:
                    raise
        for leaf in leaves:
            self.settle(leaf)
        return self.numbers

    def equation(self, equation: Equation) -> Any:
        """The number of one equation whose inputs are known."""
        pattern = equation.pattern
        letters = dict(zip(pattern.letters, equation.values, strict=True))
        return self.line(pattern.body, letters, pattern.source, equation.name)

    def line(self, tree: Tree, letters: Mapping[str, int], source: Source, name: Name) -> Any:
        """A right side at values of its letters; what cannot be computed is an error at its place."""
        try:
            if self.network.shapes:
                whole = strip_spans(instantiate(tree, letters))
                value = compile_shaped(whole, self.kind, self.sizes, self.functions)(self.numbers)
            else:
                if (line := self.lines.get(id(tree))) is None:
                    line = self.lines[id(tree)] = Line(tree, self.kind, self.functions)
                value = line(letters, self.numbers)
            if self.kind.dtype is not object and np.isnan(value).any():
                self.certify_nan(strip_spans(instantiate(tree, letters)))
            return value
        except (Inexact, Undefined, NotScalar, Unvalued) as problem:
            raise explained(problem, name, source) from problem

    def certify_nan(self, tree: Tree) -> None:
        """Raise Undefined where a nan is no loss of rounding or overflow: nothing has a value there."""
        balls = Arb(BALL_BITS)
        numbers: dict[Tree, Any] = {}
        for name in names_in(tree):
            value = self.numbers.get(name)
            if value is None or not np.isfinite(value).all():
                return
            exact = np.vectorize(Fraction, otypes=[object])(np.asarray(value, dtype=float))
            numbers[name] = numbers_of(exact, balls) if np.ndim(value) else balls.number(exact.item())
        with suppress(Inexact, NotScalar, Unvalued):
            compile_shaped(tree, balls, self.sizes, self.functions)(numbers)

    @property
    def sizes(self) -> Sizes:
        """The shapes of all names, in numbers."""
        return self.values.sizes

    def value(self, name: Name, given: Given, letters: Mapping[str, int]) -> Any:
        """The number or array of a leaf; of its own shape, or an error at the place of the value."""
        if given.tree == Array(()) and given.listed is not None:
            entries = np.empty(len(given.listed.entries), dtype=object)
            entries[:] = given.listed.entries
            return numbers_of(entries.reshape(given.listed.dimensions), self.kind)
        found = self.line(given.tree, letters, given.source, name)
        wanted, dimensions = self.sizes.dimensions(name), np.shape(found) if is_array(found) else ()
        if dimensions != wanted:
            raise given.source.error(
                "value-shape", 0, len(given.source.text), kind=ShapeError, name=plain(name),
                left=self.sizes.shown(name), right=shown(tuple(map(number, dimensions))),
            )  # fmt: skip
        return found

    def settle(self, leaf: Name) -> None:
        """The number of a leaf from its given value, after the leaves that value is made of."""
        open_names: dict[Name, None] = {}
        stack = [leaf]
        while stack:
            name = stack[-1]
            if name in self.numbers:
                stack.pop()
                continue
            given, letters = self.given(name)
            open_names.setdefault(name)
            waiting = [other for other in made_of(given, letters) if other not in self.numbers]
            for other in waiting:
                self.available(name, other, given, open_names)
            if waiting:
                stack.extend(waiting)
                continue
            self.numbers[name] = self.value(name, given, letters)
            del open_names[name]

    def given(self, name: Name) -> tuple[Given, dict[str, int]]:
        """The value given for a leaf."""
        found = self.values.find(name)
        if found is None:
            raise missing_values(self.network, self.values, [name])
        return found

    def available(self, name: Name, other: Name, given: Given, open_names: Mapping[Name, None]) -> None:
        """Refuses a value made of what is computed later, or of itself."""
        end = len(given.source.text)
        if other in self.network.position:
            fields = {"name": plain(name), "other": plain(other)}
            raise given.source.error("value-too-early", 0, end, kind=InputError, **fields)
        if other in open_names:
            circle = [*list(open_names)[list(open_names).index(other) :], other]
            raise given.source.error("cycle", 0, end, kind=InputError, path=" -> ".join(map(plain, circle)))
        if other not in self.network.names:
            raise given.source.error("not-in-chain", 0, end, kind=UnknownNameError, name=plain(other))


def made_of(given: Given, letters: Mapping[str, int]) -> list[Name]:
    """The names that one instance of a given value uses."""
    if any(isinstance(node, BigOp) for node in walk(given.tree)):
        whole = strip_spans(instantiate(given.tree, letters))
        return list(names_in(whole))
    return [name for slot in given.names if isinstance(name := slot.at(letters), Name)]


def needed(network: Network, values: Values, targets: Iterable[Name]) -> tuple[list[int], list[Name]]:
    """The places of the equations and the leaves that the targets are made of, through given values too.

    Raises:
        MissingValueError: with the line to paste.
    """
    found: dict[Name, None] = dict.fromkeys(targets)
    queue, missing = list(found), []
    for name in queue:
        equation = network.equation(name)
        below: Iterable[Name] = ()
        if equation is not None:
            below = equation.parents
        elif (given := values.find(name)) is None:
            missing.append(name)
        else:
            below = made_of(*given)
        for other in below:
            if other in network.names and other not in found:
                found[other] = None
                queue.append(other)
    if missing:
        lacking = set(missing)
        raise missing_values(network, values, [leaf for leaf in network.leaves if leaf in lacking])
    places = sorted(network.position[name] for name in found if name in network.position)
    return places, [leaf for leaf in network.leaves if leaf in found]


def explained(problem: Exception, name: Name, source: Source) -> SymgradError:
    """Why a line has no number of this kind, at its place."""
    where = source.where(0, len(source.text))
    match problem:
        case Inexact():
            return InputError("irrational-value", where, "irrational-value-hint", name=plain(name))
        case Undefined():
            return InputError("no-value-there", where, name=plain(name))
        case Unvalued() if isinstance(problem.tree, Name):
            return InputError("not-in-chain", where, name=plain(problem.tree))
    return NotSupportedError("no-numbers-yet", where, name=plain(name))
