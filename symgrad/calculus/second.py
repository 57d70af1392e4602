"""Second derivatives: a gradient becomes an equation of the chain, C_{b_1} = ..., and is derived like any.

The steps of the second derivative are the local derivatives of that equation and of the chain; the check is
the ordinary one, of the first gradient and then of the longer chain.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from symgrad.calculus.check import CheckReport, check
from symgrad.calculus.derive import derive
from symgrad.calculus.tidy import times
from symgrad.errors import NotSupportedError, Where
from symgrad.network.graph import Equation, Network, Pattern
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.source import Source
from symgrad.notation.tree import Derivative, Name, Tree, names_in, substitute, walk
from symgrad.notation.writers.plain import plain
from symgrad.values.derivation import Derivation, Step
from symgrad.values.phrase import Field

MAX_NODES = 20_000
"""A gradient longer than this is not differentiated again."""


@dataclass(frozen=True, slots=True)
class Second:
    """A derivative of a gradient: the gradient, the chain with its equation, the derivation in that chain."""

    first: Derivation
    network: Network
    inner: Derivation
    goal: Derivative
    """The gradient as it is told: dC/db_1, or itself a second derivative."""

    @property
    def shown(self) -> Derivation:
        """The derivation with dC/db_1 for the name of its equation."""
        assert isinstance(self.inner.goal.of, Name)
        names: dict[Tree, Tree] = {self.inner.goal.of: self.goal}

        def told(tree: Tree) -> Tree:
            return substitute(tree, names)

        def step(old: Step) -> Step:
            fields = tuple((key, told_field(value, names)) for key, value in old.why.fields)
            equation = old.equation and replace(
                old.equation, operands=tuple(map(told, old.equation.operands))
            )
            return replace(
                old,
                before=told(old.before),
                after=told(old.after),
                why=replace(old.why, fields=fields),
                substeps=tuple(map(step, old.substeps)),
                equation=equation,
            )

        goal = Derivative(self.goal, self.inner.goal.by)
        kept = tuple((Derivative(told(token.of), token.by), value) for token, value in self.inner.kept)
        factors = tuple(map(told, self.inner.factors))
        notes = tuple(
            replace(note, fields=tuple((key, told_field(value, names)) for key, value in note.fields))
            for note in self.inner.notes
        )
        return Derivation(goal, tuple(map(step, self.inner.steps)), factors, kept, (), notes)

    def check(self) -> CheckReport:
        """Verify the second derivation; the first one is checked where it was made.

        Raises:
            DerivationError: something is wrong.
        """
        return check(self.network, self.inner)


def told_field(value: Field, names: dict[Tree, Tree]) -> Field:
    """A field of a phrase with the name replaced, if it is mathematics."""
    match value:
        case str() | int():
            return value
        case tuple():
            return tuple(substitute(part, names) for part in value)
        case _:
            return substitute(value, names)


def second(network: Network, first: Derivation, by: Name, goal: Derivative | None = None) -> Second:
    """D(gradient)/d(by), total over all paths.

    Raises:
        NotSupportedError: for vectors, matrices, chains of symbolic depth and very long gradients.
    """
    name = gradient_name(network, first.goal)
    longer = with_gradient(network, first, name)
    return Second(first, longer, derive(longer, by, name), goal or first.goal)


def gradient_name(network: Network, goal: Derivative) -> Name:
    """C_{b_1}, the name that dC/db_1 gets as an equation; with a bar if the chain has such a name."""
    assert isinstance(goal.of, Name)
    name = Name(goal.of.stem, (*goal.of.indices, goal.by))
    while name in network.names:
        name = Name(f"{name.stem}_bar", name.indices)
    return name


def with_gradient(network: Network, first: Derivation, name: Name) -> Network:
    """The chain with one more equation, the gradient.

    Raises:
        NotSupportedError: as for `second`.
    """
    if isinstance(network, SymbolicNetwork) or network.shapes:
        raise NotSupportedError("second-not-yet", Where(network.name), goal=plain(first.goal))
    return with_equation(network, name, closed(network, value_of(first)))


def with_equation(network: Network, name: Name, body: Tree) -> Network:
    """The chain with one more equation at its end."""
    slots = names_in(body)
    pattern = Pattern(name, body, (), slots, Source("", network.name))
    equations = (*network.equations, Equation(name, slots, pattern))
    leaves = (*network.leaves, *(slot for slot in slots if slot not in network.names))
    return replace(network, equations=equations, leaves=leaves)


def value_of(derivation: Derivation) -> Tree:
    """The gradient as one tree, kept tokens replaced by their values."""
    values = dict(derivation.kept)
    return times(*(values.get(f, f) if isinstance(f, Derivative) else f for f in derivation.factors))


def closed(network: Network, tree: Tree) -> Tree:
    """A formula with the values of all derivative tokens in it.

    Raises:
        NotSupportedError: it becomes too long.
    """
    while tokens := {n for n in walk(tree) if isinstance(n, Derivative) and isinstance(n.of, Name)}:
        values: dict[Tree, Tree] = {}
        for token in tokens:
            assert isinstance(token.of, Name)
            values[token] = value_of(derive(network, token.by, token.of))
        tree = substitute(tree, values)
        if sum(1 for _ in walk(tree)) > MAX_NODES:
            raise NotSupportedError("second-too-long", Where(network.name), count=MAX_NODES)
    return tree


def seconds_filled(network: Network, tree: Tree) -> Tree:
    """A formula with its derivative tokens of higher order replaced by what they are.

    Raises:
        NotSupportedError: as for `second`.
        UnknownNameError: a token names what the chain does not have.
    """
    values: dict[Tree, Tree] = {}
    for node in walk(tree):
        if isinstance(node, Derivative) and (names := variables_of(node)) and len(names) > 1:
            of, by = node.of, names[0]
            while isinstance(of, Derivative):
                of = of.of
            assert isinstance(of, Name)
            values[node] = repeated(network, of, (by, *names[1:]))
    return substitute(tree, values) if values else tree


def variables_of(token: Derivative) -> tuple[Name, ...]:
    """What a token is differentiated by, the first one first; () where its top is no name."""
    inner: tuple[Name, ...] = ()
    if isinstance(token.of, Derivative):
        inner = variables_of(token.of)
        if not inner:
            return ()
    elif not isinstance(token.of, Name):
        return ()
    return (*inner, *(token.by for _ in range(token.order)))


def repeated(network: Network, of: Name, names: tuple[Name, ...]) -> Tree:
    """The closed value of a derivative by several names, one after the other."""
    found = derive(network, names[0], of)
    check(network, found)
    for name in names[1:]:
        step = second(network, found, name)
        step.check()
        network, found = step.network, step.inner
    return closed(network, value_of(found))
