"""What a proof entry may use: functions, definitions, assumptions; and the facts that follow from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from symgrad.notation.places import plain_letters
from symgrad.notation.tree import Name, Number, Relation, Tree, names_in
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.families import parts
from symgrad.proving.kernel.substitution import put_in

if TYPE_CHECKING:
    from symgrad.proving.kernel.depth.readings import Families


@dataclass(frozen=True, slots=True)
class Setting:
    """What a proof entry may use: functions, definitions, assumptions (as single relations).

    families: what is assumed of whole families, where indices are letters. shapes: of the leaves that are
    vectors and matrices; where there are any, only rules for arrays apply.
    """

    functions: Mapping[str, str]
    definitions: Sequence[tuple[Name, Tree]]
    used: tuple[Tree, ...]
    settled: Mapping[Tree, Tree] = field(default_factory=dict)
    families: Families | None = None
    shapes: Mapping[Name, tuple[Tree, ...]] = field(default_factory=dict)
    _known: dict[tuple[Name, ...], Bounds] = field(default_factory=dict, compare=False, repr=False)
    _further: dict[Tree, Setting] = field(default_factory=dict, compare=False, repr=False)

    def with_assumption(self, extra: Tree) -> Setting:
        """The same, with one more assumption."""
        if extra not in self._further:
            self._further[extra] = self.using((*self.used, *parts(extra)))
        return self._further[extra]

    def using(self, used: Sequence[Tree]) -> Setting:
        """The same, with other assumptions."""
        return setting(self.functions, self.definitions, used, self.families, self.shapes)

    def without(self, letter: str) -> Setting:
        """What holds whatever a letter stands for."""
        used = [u for u in self.used if letter not in plain_letters(u)]
        lines = [pair for pair in self.definitions if all(letter not in plain_letters(tree) for tree in pair)]
        families = None if self.families is None else self.families.without(letter)
        return setting(self.functions, lines, used, families, self.shapes)

    def with_settled(self, tree: Tree) -> Tree:
        """A tree with its numbers for the names that have one; the indices of a chain's names are labels."""
        loop = None if self.families is None else self.families.loop
        return put_in(tree, self.settled, indices=not self.definitions and loop is None)

    def bounds(self, *trees: Tree) -> Bounds:
        """Facts for these trees, with the definitions they reach."""
        reached = {name for tree in (*trees, *self.used) for name in names_in(tree)}
        needed = []
        for name, body in reversed(self.definitions):
            if name in reached:
                reached.update(names_in(body))
                needed.append((name, body))
        key = tuple(name for name, _ in needed)
        if key not in self._known:
            self._known[key] = Bounds(self.functions, self.used, needed[::-1])
        return self._known[key]


def setting(
    functions: Mapping[str, str],
    definitions: Sequence[tuple[Name, Tree]],
    used: Sequence[Tree],
    families: Families | None = None,
    shapes: Mapping[Name, tuple[Tree, ...]] | None = None,
) -> Setting:
    """A Setting; equations `y = 0` among the assumptions are substituted."""
    settled: dict[Tree, Tree] = {}
    for relation in used:
        match relation:
            case Relation(("=",), (Name() as name, Number() as value)):
                settled[name] = value
    return Setting(functions, definitions, tuple(used), settled, families, shapes or {})
