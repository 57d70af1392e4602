"""The factors of a derivation as numbers, and their product in one kind of number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from symgrad.arithmetic import (
    Functions,
    Inexact,
    NotScalar,
    Undefined,
    Unvalued,
    compile_shaped,
    evaluate,
)
from symgrad.arithmetic.kind import Kind
from symgrad.errors import InputError, NotSupportedError, Where
from symgrad.notation.tree import Derivative, Name, Tree, walk
from symgrad.notation.writers.plain import plain
from symgrad.numerics.replay import Replay
from symgrad.numerics.sizes import Sizes
from symgrad.values.derivation import Derivation, Step


@dataclass(slots=True)
class Valued:
    """The factors' numbers, and the products of the first one, two, ... of them; the last is the gradient.

    Through vectors and matrices there are no such products, only the gradient itself.
    """

    factors: tuple[Any, ...]
    partial: tuple[Any, ...]

    @property
    def value(self) -> Any:
        """The gradient."""
        return self.partial[-1]


@dataclass(slots=True)
class Factors:
    """Values factors over one forward pass; a factor that several gradients share is computed once."""

    kind: Kind
    functions: Functions
    numbers: Mapping[Tree, Any]
    sizes: Sizes | None = None
    found: dict[Tree, Any] = field(default_factory=dict)
    span_of: tuple[Step, ...] = ()
    first: dict[Tree, int] = field(default_factory=dict)
    last: dict[Tree, int] = field(default_factory=dict)
    replay: Replay | None = None

    def of(self, derivation: Derivation) -> Valued:
        """The numbers of one gradient, multiplied from the parameter forward."""
        try:
            if self.sizes is not None and through_arrays(derivation, self.sizes):
                return self.shaped(derivation, self.sizes)
            factors = self.all(derivation)
        except (Inexact, Undefined, Unvalued, NotScalar) as problem:
            raise refusal(problem, derivation) from problem
        partial = [factors[0]]
        with self.kind.working():
            for factor in factors[1:]:
                partial.append(self.kind.multiply(partial[-1], factor))
        return Valued(tuple(factors), tuple(partial))

    def shaped(self, derivation: Derivation, sizes: Sizes) -> Valued:
        """The gradient and its factors through vectors and matrices."""
        if self.replay is None:
            self.replay = Replay(self.kind, self.functions, self.numbers, sizes)
        if sizes.of(derivation.goal.of):
            value = self.replay.jacobian(derivation)
        else:
            value = self.replay.gradient(derivation)
        return Valued(self.replay.factors(derivation), (value,))

    def all(self, derivation: Derivation) -> list[Any]:
        """The number of every factor; a kept token has its value's."""
        kept = dict(derivation.kept)
        values = []
        for factor in derivation.factors:
            if factor not in self.found:
                tree = kept.get(factor, factor) if isinstance(factor, Derivative) else factor
                tokens = inner_tokens(tree)
                extra = self.adjoints(derivation.steps, tokens) if tokens else {}
                self.found[factor] = self.number(tree, extra)
            values.append(self.found[factor])
        return values

    def number(self, tree: Tree, extra: Mapping[Tree, Any]) -> Any:
        """A tree's number, tokens supplied by `extra`."""
        if isinstance(tree, Name) and not extra:
            return self.numbers[tree]
        values = {**{n: self.numbers[n] for n in walk(tree) if n in self.numbers}, **extra}
        if self.sizes is not None:
            return compile_shaped(tree, self.kind, self.sizes, self.functions, extra)(values)
        return evaluate(tree, values, self.kind, self.functions)

    def adjoints(self, steps: tuple[Step, ...], tokens: Sequence[Derivative]) -> dict[Tree, Any]:
        """Tokens such as dh_9/dh_2 that long sums leave standing, by the reverse pass from dh_9/dh_9 = 1."""
        found: dict[Tree, Any] = {}
        zero = self.kind.number(Fraction(0))
        for end in dict.fromkeys(token.of for token in tokens):
            asked = [token for token in tokens if token.of == end]
            adjoint: dict[Tree, Any] = {end: self.kind.number(Fraction(1))}
            for step in self.between(steps, asked, end):
                before = step.before
                if not isinstance(before, Derivative) or before.of not in adjoint:
                    continue
                local = self.number(step.after, {})
                with self.kind.working():
                    term = self.kind.multiply(local, adjoint[before.of])
                    known = adjoint.get(before.by)
                    adjoint[before.by] = term if known is None else self.kind.add(known, term)
            found.update({token: adjoint.get(token.by, zero) for token in asked})
        return found

    def between(self, steps: tuple[Step, ...], tokens: Sequence[Derivative], end: Tree) -> list[Step]:
        """The edges between the tokens' names and their common end, backwards; no others are looked at."""
        if self.span_of is not steps:
            self.span_of, self.first, self.last = steps, {}, {}
            for place, step in enumerate(steps):
                if step.equation is not None and isinstance(step.before, Derivative):
                    self.first.setdefault(step.before.by, place)
                    self.last[step.before.of] = place
        low = min(self.first.get(token.by, len(steps)) for token in tokens)
        found = steps[low : self.last.get(end, -1) + 1]
        return [step for step in reversed(found) if step.equation is not None]


def through_arrays(derivation: Derivation, sizes: Sizes) -> bool:
    """Whether a vector or matrix has a part in a derivation."""
    goal = derivation.goal
    if sizes.of(goal.by) or sizes.of(goal.of):
        return True
    nodes = (step.equation.operands[0] for step in derivation.steps if step.equation is not None)
    return any(sizes.of(node) for node in nodes)


def inner_tokens(tree: Tree) -> list[Derivative]:
    """The derivative tokens inside a tree, each once."""
    return list(dict.fromkeys(node for node in walk(tree) if isinstance(node, Derivative)))


def refusal(problem: Exception, derivation: Derivation) -> InputError:
    """Why a factor has no number of this kind."""
    goal = plain(derivation.goal)
    match problem:
        case Inexact():
            return InputError("irrational-value", Where("<values>"), "irrational-value-hint", name=goal)
        case Undefined():
            return InputError("no-value-there", Where("<values>"), name=goal)
    return NotSupportedError("no-numbers-yet", Where("<values>"), name=goal)
