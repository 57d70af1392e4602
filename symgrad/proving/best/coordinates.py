"""What the factors of a gradient depend on: arguments of functions and leaves; which of them are free."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    Mul,
    Name,
    Neg,
    Tree,
    names_in,
    number,
    rebuild,
    substitute,
    walk,
)
from symgrad.proving.kernel.normal import ABS

PLAIN = frozenset({"abs", "max", "min", "piecewise"})
"""Functions that are looked through: what they are applied to is no coordinate."""
LEVELS = 12
"""How many equations deep a name is written out."""


@dataclass(frozen=True, slots=True)
class Coordinate:
    """What a function is applied to.

    letter: how it is called here. argument: what it is in the chain. leaf: one that gives it any value, and
    has no other use and no assumption; None where there is none.
    """

    letter: Name
    argument: Tree
    leaf: Name | None


@dataclass(slots=True)
class Coordinates:
    """The coordinates met so far. spoken: the names in assumptions, which are not free."""

    definitions: Mapping[Name, Tree]
    spoken: frozenset[Name]
    found: dict[Name, Coordinate] = field(default_factory=dict)
    uses: Counter[Name] = field(default_factory=Counter)

    @classmethod
    def of(cls, definitions: Sequence[tuple[Name, Tree]], given: Sequence[Tree]) -> Coordinates:
        """None met yet."""
        uses = Counter(n for _, body in definitions for n in walk(body) if isinstance(n, Name))
        spoken = frozenset(n for tree in given for n in names_in(tree))
        return cls(dict(definitions), spoken, {}, uses)

    def expand(self, tree: Tree, levels: int = LEVELS) -> Tree:
        """The tree in coordinates and leaves; a name that is written out too deep stays."""

        def within(child: Tree) -> Tree:
            return self.expand(child, levels)

        match tree:
            case Name() if tree in self.found or tree not in self.definitions or not levels:
                return tree
            case Name():
                return self.expand(self.definitions[tree], levels - 1)
            case Apply(function, (argument,), _, _) if function.stem not in PLAIN:
                inside = self._argument(argument, levels)
                return Apply(function, (inside,), tree.order, tree.options)
        return rebuild(tree, within)

    def _argument(self, argument: Tree, levels: int) -> Tree:
        """A coordinate's letter; a function of a coordinate, such as log(a_2), is written out instead."""
        body = self.definitions.get(argument, argument) if isinstance(argument, Name) else argument
        leaf = self._free(argument, body)
        if isinstance(argument, Name) and not _is_value(body):
            self.found.setdefault(argument, Coordinate(argument, argument, leaf))
            return argument
        if leaf is None or isinstance(argument, Name):
            return self.expand(argument, levels)
        for known in self.found.values():
            if known.argument == argument:
                return known.letter
        letter = next(
            n
            for k in range(1, 10**6)
            if (n := Name("u", (number(k),))) not in self.found and n not in self.uses
        )
        self.found[letter] = Coordinate(letter, argument, leaf)
        return letter

    def _free(self, argument: Tree, body: Tree) -> Name | None:
        """The leaf of `z = w a + b` that stands alone in it, or a factor of `z = w x`."""
        if isinstance(body, Name) and body not in self.definitions:
            return body if body not in self.spoken or body == argument else None
        terms: tuple[Tree, ...] = ()
        match body:
            case Add(found):
                terms = tuple(t.operand if isinstance(t, Neg) else t for t in found)
            case Mul(factors) if all(isinstance(f, Name) and f not in self.definitions for f in factors):
                terms = factors
        for term in reversed(terms):
            if isinstance(term, Name) and self._unused(term):
                return term
        return None

    def _unused(self, leaf: Name) -> bool:
        return leaf not in self.definitions and leaf not in self.spoken and self.uses[leaf] == 1

    def written(self, tree: Tree) -> Tree:
        """A tree in letters as the chain writes it."""
        return substitute(tree, {c.letter: c.argument for c in self.found.values()})


def _is_value(body: Tree) -> bool:
    """sigma(z), a copy, or a number: no sum of weighted inputs."""
    return isinstance(body, Apply) and body.function != ABS


def solved(body: Tree, leaf: Name, target: Tree) -> Tree:
    """The leaf's value for which the body is the target, where the body is linear in it."""
    rest = substitute(body, {leaf: ZERO})
    slope = Add((substitute(body, {leaf: ONE}), Neg(rest)))
    from symgrad.notation.tree import Div

    return Div(Add((target, Neg(rest))), slope)


def groups(trees: Sequence[Tree], given: Sequence[Tree]) -> list[list[int]]:
    """Which trees belong together, because they share names, or an assumption joins their names."""
    names = [set(names_in(tree)) for tree in trees]
    every = set().union(*names) if names else set()
    joined = [met for piece in given if len(met := set(names_in(piece)) & every) > 1]
    found: list[tuple[set[Name], list[int]]] = []
    for k, mine in [*enumerate(names), *((-1, met) for met in joined)]:
        touching = [group for group in found if group[0] & mine]
        found = [group for group in found if not group[0] & mine]
        together = set(mine).union(*(group[0] for group in touching))
        members = sorted({k, *(m for group in touching for m in group[1])} - {-1})
        found.append((together, members))
    return sorted((members for _, members in found if members), key=lambda m: m[0])
