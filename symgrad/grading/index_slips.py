"""Slips in indices and arguments: the wrong member of a family, the wrong thing inside a function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symgrad.grading.edits import Edit, Edits
from symgrad.notation.tree import Apply, Div, Name, Number, Tree, number, rebuild, substitute, walk
from symgrad.notation.writers.plain import plain


class IndexSlips(Edits):
    """Factors that belong elsewhere in the chain."""

    def indices(self) -> Iterator[Edit]:
        """Another member of the family at one place, or one index moved everywhere."""
        known = self.network.names if self.network else frozenset()
        for place, factor in enumerate(self.factors):
            for new in self.neighbours(factor, known):
                yield self.one("wrong-index", place, new, 1.1)
        nodes = [node for factor in self.factors for node in walk(factor)]
        for stem in dict.fromkeys(node.stem for node in nodes if isinstance(node, Name) and node.indices):
            for by in (-1, 1):
                changes = [
                    (place, moved)
                    for place, factor in enumerate(self.factors)
                    if isinstance(factor, Name | Apply)
                    and (moved := shifted(factor, stem, by)) != factor
                    and all(n in known for n in walk(moved) if isinstance(n, Name) and n.stem == stem)
                ]
                if len(changes) > 1:
                    yield self.several("wrong-index", changes, 1.4)

    def neighbours(self, factor: Tree, known: frozenset[Name]) -> Iterator[Tree]:
        """The factor with one of its names replaced by another member of its family."""
        for name in dict.fromkeys(n for n in walk(factor) if isinstance(n, Name) and n.indices):
            family = [n for n in known if n.stem == name.stem and len(n.indices) == len(name.indices)]
            for other in sorted(family, key=plain):
                if other != name:
                    yield substitute(factor, {name: other})

    def arguments(self) -> Iterator[Edit]:
        """sigma'(a_2) for sigma'(z_2), one or all; sigma'(z) for sigma'(z/2)."""
        changes: dict[str, list[tuple[int, Tree]]] = {}
        for place, factor in enumerate(self.factors):
            for node in walk(factor):
                if not (isinstance(node, Apply) and len(node.arguments) == 1):
                    continue
                for label, argument in self.other_arguments(node):
                    new = substitute(factor, {node: replace(node, arguments=(argument,))})
                    yield self.one("wrong-argument", place, new, 1.1)
                    changes.setdefault(f"{node.function.stem}-{label}", []).append((place, new))
        for places in changes.values():
            if len(places) > 1 and len({p for p, _ in places}) == len(places):
                yield self.several("wrong-argument", places)
        if self.network is None:
            yield from self.bare_arguments()

    def bare_arguments(self) -> Iterator[Edit]:
        """1 - z for 1 - sigma(z)."""
        for place, factor in enumerate(self.factors):
            for node in walk(factor):
                if isinstance(node, Apply) and len(node.arguments) == 1:
                    yield self.one(
                        "wrong-argument", place, substitute(factor, {node: node.arguments[0]}), 1.2
                    )

    def other_arguments(self, node: Apply) -> Iterator[tuple[str, Tree]]:
        """What else may have been put into a function, labelled by where it comes from."""
        argument = node.arguments[0]
        match argument:
            case Div(inner, Number()):
                yield "scaled", inner
        if self.network is None:
            return
        for equation in self.network.equations:
            if equation.body == Apply(node.function, (argument,)):
                yield "activation", equation.name
        if not isinstance(argument, Name):
            return
        own = self.network.equation(argument)
        for parent in own.parents if own else ():
            yield f"input-{parent.stem}", parent


def shifted(tree: Tree, stem: str, by: int) -> Tree:
    """Every index of one stem moved."""

    def change(node: Tree) -> Tree:
        match node:
            case Name(name, (*outer, Number(value))) if name == stem:
                return replace(node, indices=(*outer, number(value + by)))
        return rebuild(node, change)

    return change(tree)
