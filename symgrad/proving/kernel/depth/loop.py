"""Chains whose one loop runs to a letter: the layers as they are written, and at a definite depth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data, to_data
from symgrad.notation.indices import linear
from symgrad.notation.places import at, moved, plain_letters
from symgrad.notation.tree import (
    Apply,
    BigOp,
    Derivative,
    Is,
    Name,
    Number,
    Relation,
    Tree,
    children,
    names_in,
    number,
    walk,
)  # fmt: skip

Lines = tuple[tuple[Name, Tree], ...]
MAX_LAYERS = 24


@dataclass(frozen=True, slots=True)
class Loop:
    """for letter in low..high: lines; with the equations before and after it."""

    letter: str
    low: int
    high: Tree
    lines: Lines
    before: Lines
    after: Lines

    # ---- names

    @property
    def depth(self) -> str:
        """The letter of the depth."""
        form = linear(self.high)
        if form is None or len(form[0]) != 1 or form[0][0][1] != 1 or form[1].denominator != 1:
            raise CertificateError("certificate-malformed", problem="loop")
        return form[0][0][0]

    @property
    def made(self) -> dict[str, None]:
        """The stems that a layer defines."""
        return {name.stem: None for name, _ in self.lines}

    @property
    def states(self) -> tuple[str, ...]:
        """The stems that a layer takes from the one below."""
        here, found = self.made, dict[str, None]()
        for _, body in self.lines:
            for name in names_in(body):
                if name.stem in here and name.indices != (Name(self.letter),):
                    found[name.stem] = None
        return tuple(found)

    @property
    def fed(self) -> frozenset[str]:
        """The stems of the leaves that each layer has of its own: w_j, b_j."""
        own = (Name(self.letter),)
        return frozenset(
            n.stem for _, body in self.lines for n in names_in(body)
            if n.indices == own and n.stem not in self.made
        )  # fmt: skip

    @property
    def labelled(self) -> frozenset[Name]:
        """The names whose subscript is a label and no place: b_f."""
        trees = [t for pair in (*self.lines, *self.before, *self.after) for t in pair]
        own = {self.letter, self.depth}
        return frozenset(
            n for tree in trees for n in names_in(tree) if n.indices
            and not any(isinstance(m, Name) and m.stem in own for i in n.indices for m in walk(i))
        )  # fmt: skip

    def validated(self) -> Loop:
        """Itself, if a layer defines only its own names, in order, from its own and the one below."""
        here = (Name(self.letter),)
        done: set[str] = set()
        own, first = {*self.made, *self.fed}, moved(number(self.low), -1)
        for name in (*dict(self.before), *dict(self.after)):
            # Members of the layers come from the layers; only the values below the first one are given.
            if name.stem in own and not (name.stem in self.states and name.indices == (first,)):
                raise CertificateError("certificate-definition")
        for name, body in self.lines:
            if name.indices != here or name.stem in done:
                raise CertificateError("certificate-definition")
            for used in names_in(body):
                below = used.indices == (moved(Name(self.letter), -1),)
                if used.stem in self.made and not below and not (used.indices == here and used.stem in done):
                    raise CertificateError("certificate-definition")
                letters = {n.stem for index in used.indices for n in walk(index) if isinstance(n, Name)}
                if used.stem not in self.made and self.letter in letters and used.indices != here:
                    raise CertificateError("certificate-definition")
            done.add(name.stem)
        if not self.depth or self.depth == self.letter or self.depth in {n.stem for n, _ in self.lines}:
            raise CertificateError("certificate-malformed", problem="loop")
        return self

    def place(self, name: Name) -> Tree | None:
        """The layer that a member of a family belongs to; None for any other name."""
        if len(name.indices) != 1 or linear(name.indices[0]) is None:
            return None
        if name in self.labelled and plain_letters(name.indices[0]):
            return None
        return name.indices[0] if name.stem in self.made or name.stem in self.fed else None

    def letters_in(self, *trees: Tree) -> set[str]:
        """The depth and the letters in the places that some trees name: integers by their use."""
        names = (node for tree in trees for node in walk(tree) if isinstance(node, Name))
        return {self.depth}.union(*(plain_letters(p) for n in names if (p := self.place(n)) is not None))

    def ends(self, name: Name, high: Tree) -> tuple[Tree, Tree] | None:
        """The first and the last place of a name's family; None where it has none, or stands by itself."""
        outside = {n for pair in (*self.before, *self.after) for t in pair for n in names_in(t)}
        given = name in outside and name.stem not in self.states
        if self.place(name) is None or given:
            return None
        return number(self.low - (name.stem in self.states)), high

    def facts(self, *trees: Tree) -> list[Tree]:
        """The range of every free place, and that there is a layer."""
        found: dict[Tree, None] = {Relation(("<=",), (number(self.low), self.high)): None}
        found[Is(Name(self.depth), "integer")] = None
        for name in dict.fromkeys(n for tree in trees for n in free_names(tree)):
            if (ends := self.ends(name, self.high)) is not None:
                (place,), (low, high) = name.indices, ends
                found[Relation(("<=",), (low, place))] = found[Relation(("<=",), (place, high))] = None
        return list(found)

    def layer(self, place: Tree) -> Lines:
        """The lines of the layer at a place."""
        return tuple(
            (as_name(at(name, {self.letter: place})), at(body, {self.letter: place}))
            for name, body in self.lines
        )

    def unrolled(self, depth: int) -> Lines:
        """All equations in order, for a definite depth."""
        high = at(self.high, {self.depth: number(depth)})
        if not isinstance(high, Number) or not self.low <= high.value <= self.low + 4 * MAX_LAYERS:
            raise CertificateError("certificate-too-large")
        layers = [self.layer(number(k)) for k in range(self.low, int(high.value) + 1)]
        ends = {self.depth: number(depth)}
        after = tuple((as_name(at(name, ends)), at(body, ends)) for name, body in self.after)
        return (*self.before, *(pair for layer in layers for pair in layer), *after)

    # ---- data

    def to_data(self) -> dict[str, Any]:
        """Plain data for a certificate."""

        def pairs(lines: Lines) -> list[Any]:
            return [[to_data(name), to_data(body)] for name, body in lines]

        return {
            "letter": self.letter,
            "low": self.low,
            "high": to_data(self.high),
            "lines": pairs(self.lines),
            "before": pairs(self.before),
            "after": pairs(self.after),
        }


def read_loop(data: Any) -> Loop:
    """A loop from a certificate."""

    def pairs(items: Any) -> Lines:
        return tuple((as_name(from_data(name)), from_data(body)) for name, body in items)

    if set(data) != {"letter", "low", "high", "lines", "before", "after"}:
        raise CertificateError("certificate-malformed", problem="loop")
    letter, low = data["letter"], data["low"]
    if not isinstance(letter, str) or not isinstance(low, int) or isinstance(low, bool):
        raise CertificateError("certificate-malformed", problem="loop")
    parts = (pairs(data[key]) for key in ("lines", "before", "after"))
    return Loop(letter, low, from_data(data["high"]), *parts).validated()


def free_names(tree: Tree) -> list[Name]:
    """The names whose indices no big operator binds."""
    found: dict[Name, None] = {}

    def visit(node: Tree, bound: frozenset[str]) -> None:
        match node:
            case Name(stem, indices):
                letters = {n.stem for index in indices for n in walk(index) if isinstance(n, Name)}
                if not letters & bound and not (stem in bound and not indices):
                    found[node] = None
            case Derivative(of, by):
                visit(of, bound)
                visit(by, bound)
            case BigOp(_, body, index, low, high):
                visit(low, bound)
                visit(high, bound)
                visit(body, bound | {index})
            case Apply(_, arguments):
                for argument in arguments:
                    visit(argument, bound)
            case _:
                for child in children(node):
                    visit(child, bound)

    visit(tree, frozenset())
    return list(found)


def as_name(tree: Tree) -> Name:
    """A name, nothing else."""
    if not isinstance(tree, Name):
        raise CertificateError("certificate-malformed", problem="name")
    return tree
