"""What a reader must know about the names around a text before it can read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from symgrad.notation.symbols import GENERAL_FUNCTIONS
from symgrad.notation.tree import Name, Number

ACTIVATION_LETTERS = frozenset({"s", "sig", "f", "g", "phi", "sigma"})
DERIVATIVE_LETTERS = frozenset({"sp", "ds"})
OBJECTIVE_LETTERS = frozenset({"C", "L", "J", "E"})


@dataclass(frozen=True, slots=True)
class Context:
    """The names a text may use.

    kind: `chain` (an unknown name is a leaf), `claim` (a free symbol) or `answer` (an error with a
    suggestion). known: every name of the chain or question. functions: names that are applied. bound: index
    letters from outside.
    arrays: stems that are vectors or matrices. layered: stems whose layer stands in a superscript.
    bare: stems that are variables although they could be general functions. activation, objective: what the
    free letters of an answer stand for. deltas: whether delta_j is understood. scientific: whether 1e-3 is a
    number. aliases: other letters -> the names they stand for. families: stems with a member for every
    index, in chains of symbolic depth.
    """

    kind: str = "claim"
    known: frozenset[Name] = frozenset()
    functions: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    arrays: frozenset[str] = frozenset()
    layered: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()
    activation: str | None = None
    objective: Name | None = None
    deltas: bool = False
    scientific: bool = False
    aliases: Mapping[str, str] = field(default_factory=dict, hash=False)
    families: frozenset[str] = frozenset()

    @property
    def stems(self) -> frozenset[str]:
        """The stems of all known names and variables."""
        return frozenset(name.stem for name in self.known) | self.bare

    def is_variable(self, stem: str) -> bool:
        """Whether `stem(` is a product."""
        return stem in self.stems or stem in self.bound

    def is_general(self, stem: str) -> bool:
        """Whether `stem(` is a function without being built in."""
        return stem in self.functions or (stem in GENERAL_FUNCTIONS and not self.is_variable(stem))

    def members(self, stem: str) -> tuple[Name, ...]:
        """The known names of one family, in order of their index."""
        family = [name for name in self.known if name.stem == stem]
        return tuple(
            sorted(family, key=lambda n: [i.value if isinstance(i, Number) else -1 for i in n.indices])
        )

    @staticmethod
    def of_names(kind: str, names: Iterable[Name], **rest: Any) -> Context:
        """A context of a chain's names."""
        return Context(kind, frozenset(names), **rest)
