"""The steps of a gradient through vectors and matrices, carried out in numbers: the reverse pass itself.

A derivative that several gradients pass through is computed once for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from symgrad.arithmetic import Functions, compile_shaped
from symgrad.arithmetic.arrays import Arrays, is_array
from symgrad.arithmetic.kind import Kind
from symgrad.notation.tree import Derivative, Name, Tree, walk
from symgrad.numerics.sizes import Sizes
from symgrad.values.derivation import Derivation

CANCELLED = "cancelled"
"""The rule of a step that writes the contribution before it without what cancels: the stable form."""


@dataclass(slots=True)
class Replay:
    """Numbers for derivations over one forward pass."""

    kind: Kind
    functions: Functions
    numbers: Mapping[Tree, Any]
    sizes: Sizes
    tokens: dict[Tree, Any] = field(default_factory=dict)

    def gradient(self, derivation: Derivation) -> Any:
        """d(number)/d(anything): what the steps add up to."""
        parts = contributions(derivation)
        goal = derivation.goal
        if goal not in parts and goal not in self.tokens:
            return self.tree(derivation.steps[-1].after, parts)
        self.settle([goal], parts)
        return self.tokens[goal]

    def factors(self, derivation: Derivation) -> tuple[Any, ...]:
        """The numbers of the factors; derivatives in them are those of the steps."""
        parts = contributions(derivation)
        kept = dict(derivation.kept)
        return tuple(
            self.tree(kept[f] if f in kept and f not in parts else f, parts) for f in derivation.factors
        )

    def tree(self, tree: Tree, parts: Mapping[Tree, list[Tree]]) -> Any:
        """A tree's number, after the derivatives in it."""
        self.settle(tokens_in(tree), parts)
        return self.number(tree)

    def settle(self, asked: list[Derivative], parts: Mapping[Tree, list[Tree]]) -> None:
        """The numbers of some derivatives, after those that their contributions are made of."""
        stack = list(asked)
        while stack:
            token = stack[-1]
            own = [] if token in self.tokens else parts.get(token, [])
            if not own:
                stack.pop()
                continue
            waiting = [
                inner
                for part in own
                for inner in tokens_in(part)
                if inner not in self.tokens and inner in parts
            ]
            if waiting:
                stack.extend(waiting)
                continue
            values = [self.number(part) for part in own]
            add = Arrays(self.kind).add
            with self.kind.working():
                total = values[0]
                for value in values[1:]:
                    total = add(total, value)
            self.tokens[token] = total
            stack.pop()

    def number(self, tree: Tree) -> Any:
        """A tree's number; derivatives in it are known."""
        if isinstance(tree, Name):
            return self.numbers[tree]
        if tree in self.tokens:
            return self.tokens[tree]
        values: dict[Tree, Any] = self.numbers_in(tree)
        values |= {token: self.tokens[token] for token in tokens_in(tree) if token in self.tokens}
        return compile_shaped(tree, self.kind, self.sizes, self.functions)(values)

    def numbers_in(self, tree: Tree) -> dict[Tree, Any]:
        """The numbers of the names in a tree."""
        return {node: self.numbers[node] for node in walk(tree) if node in self.numbers}

    def jacobian(self, derivation: Derivation) -> Any:
        """d(vector)/d(anything): the local matrices multiplied along the paths, from the input forward."""
        goal, arrays = derivation.goal, Arrays(self.kind)
        assert isinstance(goal.of, Name)
        moved: dict[Tree, Any] = {goal.by: arrays.identity(self.count(goal.by))}
        with self.kind.working():
            for step in derivation.steps:
                before = step.before
                if step.equation is None or not isinstance(before, Derivative) or before.by not in moved:
                    continue
                local = self.flat(self.number(step.after), before, arrays)
                part = self.kind.matmul(local, moved[before.by])
                known = moved.get(before.of)
                moved[before.of] = part if known is None else arrays.add(known, part)
            found = moved.get(goal.of)
            if found is None:
                return self.number(derivation.steps[-1].after)
            return found.reshape(-1) if not self.sizes.of(goal.by) else found

    def flat(self, local: Any, before: Derivative, arrays: Arrays) -> Any:
        """A local derivative with a row an entry of the output and a column an entry of the input."""
        assert isinstance(before.of, Name)
        rows, columns = self.count(before.of), self.count(before.by)
        if is_array(local):
            return local.reshape(rows, columns)
        return arrays.multiply(arrays.identity(rows), local)

    def count(self, name: Name) -> int:
        """How many entries a number or vector has."""
        dimensions = self.sizes.dimensions(name)
        return dimensions[0] if dimensions else 1


def contributions(derivation: Derivation) -> dict[Tree, list[Tree]]:
    """What the steps say each derivative is the sum of."""
    found: dict[Tree, list[Tree]] = {}
    for step in derivation.steps:
        if step.equation is not None:
            found.setdefault(step.before, []).append(step.after)
        elif step.rule == CANCELLED and step.before in found:
            found[step.before][-1] = step.after
    return found


def tokens_in(tree: Tree) -> list[Derivative]:
    """The derivatives in a tree, each once."""
    return list(dict.fromkeys(node for node in walk(tree) if isinstance(node, Derivative)))
