"""Points at which two expressions are compared: first those a person can check by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

from symgrad.algebra.scope import Free, Scope, ordered
from symgrad.arithmetic.interpreter import Program, compile_tree
from symgrad.arithmetic.kind import Kind, Undefined, Value
from symgrad.arithmetic.resolve import VARIADIC, resolve
from symgrad.arithmetic.written_out import atoms, written_out
from symgrad.notation.tree import (
    Add,
    Apply,
    Constant,
    Derivative,
    Div,
    Name,
    Pow,
    Tree,
    children,
    names_in,
    number,
    walk,
)

X = Name("x")
SQUARE = Pow(X, number(2))
HALF_SQUARE = Div(SQUARE, number(2))
TARGET_STEMS = frozenset({"y", "t", "target", "label"})
ACTIVATIONS = frozenset({"sigma", "phi", "psi", "f", "g", "h", "s"})
VARIED = 16
"""So many leaves are varied one by one."""


class Dependent(ArithmeticError):
    """A token whose value other quantities decide, and nobody says how."""


@dataclass(frozen=True, slots=True)
class Point:
    """Values for leaves, and for the sums that a bias makes free."""

    leaves: Mapping[Tree, Fraction]
    sums: Mapping[Name, Fraction]


@dataclass(slots=True)
class Ground:
    """Everything two expressions rest on, in an order in which it can be computed."""

    scope: Scope
    sides: tuple[Tree, ...]
    leaves: list[Tree] = field(default_factory=list)
    sums: list[Free] = field(default_factory=list)
    steps: list[Tree] = field(default_factory=list)
    general: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sides = tuple(written_out(side) for side in self.sides)
        leaves: dict[Tree, None] = {}

        def needs(node: Tree) -> tuple[Tree, ...] | None:
            if (free := self.scope.solved.get(node)) is not None:
                return tuple(a for part in free.rest for a in atoms(part))
            if (body := self.body(node)) is None:
                leaves.setdefault(node)
                return None
            return atoms(body)

        roots = [a for side in self.sides for a in atoms(side)]
        self.steps = ordered(list(dict.fromkeys(roots)), needs)
        self.leaves = list(leaves)
        self.sums = [self.scope.solved[node] for node in self.steps if node in self.scope.solved]
        self._check_leaves()
        self.general = self._general_functions()

    def body(self, node: Tree) -> Tree | None:
        """The equation of a name or the value of a token."""
        if isinstance(node, Derivative):
            value = self.scope.token(node)
            return None if value is None else written_out(value)
        return self.scope.bodies.get(node) if isinstance(node, Name) else None

    def _check_leaves(self) -> None:
        """Dependent, if a leaf is not free: a token that others decide, a_j in a family a_1..a_4."""
        for leaf in self.leaves:
            family = isinstance(leaf, Name) and leaf.stem in self.scope.stems
            if family and any(names_in(index) for index in children(leaf)):
                raise Dependent
        tokens = [leaf for leaf in self.leaves if isinstance(leaf, Derivative)]
        closed = [token for token in tokens if not self.scope.is_open(token)]
        if closed or (len(tokens) > 1 and any(token.by in self.scope.bodies for token in tokens)):
            raise Dependent

    def _general_functions(self) -> list[str]:
        trees = [*self.sides, *(body for node in self.steps if (body := self.body(node)) is not None)]
        found = {
            node.function.stem: None
            for tree in trees
            for node in walk(tree)
            if isinstance(node, Apply)
            and node.function.stem not in VARIADIC
            and resolve(node.function, self.scope.functions) is None
        }
        return list(found)

    def choices(self) -> Iterator[dict[str, str | Tree]]:
        """Concrete functions for the general ones: activations like the sigmoid, costs like a square."""
        if not self.general:
            yield {}
            return
        for activation in ("sigmoid", SQUARE, "tanh"):
            for other in (HALF_SQUARE, SQUARE):
                yield {name: activation if name in ACTIVATIONS else other for name in self.general}
                if all(name in ACTIVATIONS for name in self.general):
                    break

    def simple(self) -> Iterator[Point]:
        """Every z_j = 0, weights 1, targets 0; then one thing changed at a time."""
        targets = {leaf for leaf in self.leaves if isinstance(leaf, Name) and leaf.stem in TARGET_STEMS}
        arguments = self._arguments()
        zero = {free.name: Fraction(0) for free in self.sums}
        base = {leaf: Fraction(leaf not in targets | arguments) for leaf in self.leaves}
        yield Point(base, zero)
        if arguments:
            yield Point({leaf: Fraction(leaf not in targets) for leaf in self.leaves}, zero)
        for value in (2, -1):
            for leaf in self.leaves[:VARIED]:
                yield Point({**base, leaf: Fraction(value)}, zero)
        counted = {leaf: Fraction(i + 2) for i, leaf in enumerate(self.leaves)}
        yield Point(counted, zero)
        if zero:
            one = dict.fromkeys(zero, Fraction(1))
            yield Point(base, one)
            yield from (Point(base, {**zero, name: Fraction(1)}) for name in list(zero)[:VARIED])
            yield from (Point(base, {**one, name: Fraction(2)}) for name in list(zero)[:VARIED])
            yield Point(counted, {name: Fraction(i + 1) for i, name in enumerate(zero)})
            yield Point(base, dict.fromkeys(zero, Fraction(-1)))

    def _arguments(self) -> set[Tree]:
        """Leaves that are alone in the argument of a function: z in sigma(z), e^(-z), tanh(z/2)."""
        found: set[Tree] = set()
        trees = [*self.sides, *(body for node in self.steps if (body := self.body(node)) is not None)]
        for node in (node for tree in trees for node in walk(tree)):
            inside = node.arguments if isinstance(node, Apply) else ()
            if isinstance(node, Pow) and node.base == Constant("e"):
                inside = (node.exponent,)
            for argument in inside:
                inner = atoms(argument)
                if len(inner) == 1 and not isinstance(argument, Add):
                    found.add(inner[0])
        return found & set(self.leaves)

    def random(self, count: int, seed: int = 1) -> Iterator[Point]:
        """Small rationals: in (0, 1) first, where logarithms and roots are defined, then of both signs."""
        source = Random(seed)
        for i in range(count):
            low = 1 if i % 2 == 0 else -12

            def draw(low: int = low) -> Fraction:
                return Fraction(source.choice([n for n in range(low, 13) if n]), 13)

            yield Point({leaf: draw() for leaf in self.leaves}, {free.name: draw() for free in self.sums})


@dataclass(slots=True)
class Machine:
    """The ground compiled for one kind of number and one choice of functions."""

    ground: Ground
    kind: Kind
    programs: list[tuple[Tree, Free | None, list[Program]]] = field(default_factory=list)
    sides: list[Program] = field(default_factory=list)

    @classmethod
    def build(cls, ground: Ground, kind: Kind, functions: Mapping[str, str | Tree]) -> Machine:
        """Compile every equation once."""
        chosen = {**ground.scope.functions, **functions}
        machine = cls(ground, kind)
        for node in ground.steps:
            if (free := ground.scope.solved.get(node)) is not None:
                machine.programs.append((node, free, [compile_tree(p, kind, chosen) for p in free.rest]))
            elif node not in ground.scope.reached and (body := ground.body(node)) is not None:
                machine.programs.append((node, None, [compile_tree(body, kind, chosen)]))
        machine.sides = [compile_tree(side, kind, chosen) for side in ground.sides]
        return machine

    def start(self, point: Point) -> dict[Tree, Value]:
        """The leaves and free sums as numbers of the kind."""
        with self.kind.working():
            return {tree: self.kind.number(v) for tree, v in (*point.leaves.items(), *point.sums.items())}

    def run(self, point: Point) -> tuple[dict[Tree, Value], list[Value]]:
        """All values at a point, and those of the sides."""
        values = self.start(point)
        for node, free, programs in self.programs:
            if free is None:
                values[node] = programs[0](values)
                continue
            with self.kind.working():
                total = values[free.name]
            for program in programs:
                part = program(values)
                with self.kind.working():
                    total = self.kind.add(total, self.kind.negate(part))
            values[node] = total if free.sign > 0 else self.kind.negate(total)
        return values, [side(values) for side in self.sides]


def no_ties(kind: Kind) -> Kind:
    """The kind, refusing to compare equal numbers: a witness must not rest on a convention at a kink."""
    original = kind.compare

    def compare(operator: str, left: Value, right: Value) -> bool | None:
        if original("=", left, right):
            raise Undefined("at a kink")
        return original(operator, left, right)

    kind.compare = compare  # type: ignore[method-assign]
    return kind
