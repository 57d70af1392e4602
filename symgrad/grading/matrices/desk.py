"""What all answers to one question about vectors and matrices share: scopes, values, the gold's pieces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from symgrad.algebra import Decision, Prints, Scope, ShapedAlgebra, shaped_algebra_of
from symgrad.algebra.tensors.prints import alike
from symgrad.grading.matrices.kinds import readings, shapes_for, widened
from symgrad.grading.matrices.written import Shape, layered
from symgrad.grading.question import Question
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    Derivative,
    Name,
    Neg,
    Transpose,
    Tree,
    names_in,
    substitute,
    walk,
)

SECONDS = 2.0


@dataclass(slots=True)
class Room:
    """One way to understand the names: a scope with shapes, and everything computed in it."""

    scope: Scope
    gold: Tree
    algebra: ShapedAlgebra = field(init=False)
    prints: Prints = field(init=False)

    def __post_init__(self) -> None:
        self.algebra, self.prints = shaped_algebra_of(self.scope), Prints(self.scope)

    def shape(self, tree: Tree) -> Shape:
        """The shape of a tree as (rows, columns).

        Raises:
            Misshapen: it has none.
        """
        return self.algebra.shape(tree)

    def shape_or_none(self, tree: Tree) -> Shape | None:
        """The shape, or None where the sizes do not fit (or it cannot be told)."""
        try:
            return self.shape(tree)
        except ArithmeticError:
            return None

    def alike(self, left: Tree, right: Tree) -> bool:
        """Whether two trees are worth an exact comparison."""
        return alike(self.prints.of(left), self.prints.of(right))

    def equal(self, left: Tree, right: Tree, seconds: float = SECONDS) -> Decision:
        """The exact decision."""
        return self.algebra.equal(left, right, seconds)


@dataclass(slots=True)
class Desk:
    """The rooms of a question; one where there is a chain or the shapes are given."""

    question: Question
    rooms: dict[frozenset[tuple[Name, tuple[Tree, ...]]], Room] = field(default_factory=dict)
    known: list[Mapping[Name, str]] | None = None

    @property
    def gold(self) -> Tree:
        """The right answer: the token asked for, which the scope knows; else the expression itself."""
        question = self.question
        if question.goal is not None and question.goal in question.scope.derivatives:
            return question.goal
        return question.gold if question.network is not None else layered(question.gold)

    def rooms_for(self, answer: Tree) -> list[Room | None]:
        """One room for each reading of the gold; None where the answer does not fit into one."""
        question = self.question
        if question.network is not None:
            return [self.room(question.scope.shapes)]
        if question.shapes:
            return [self.room(question.shapes)]
        if self.known is None:
            self.known = list(readings(self.gold))
        found: list[Room | None] = []
        for kinds in self.known:
            wide = widened(kinds, answer)
            shapes = shapes_for(wide, (self.gold, answer))
            found.append(None if shapes is None else self.room(shapes))
        return found

    def room_of_gold(self, answer: Tree) -> Room | None:
        """A room in which at least the gold makes sense, the answer's own names as their families are."""
        if self.question.network is not None or self.question.shapes:
            return self.rooms_for(answer)[0]
        for kinds in self.known or list(readings(self.gold)):
            shapes = shapes_for(widened(kinds, answer), (self.gold,))
            if shapes is not None:
                return self.room(shapes)
        return None

    def room(self, shapes: Mapping[Name, tuple[Tree, ...]]) -> Room:
        """The room of some shapes, made once."""
        key = frozenset(shapes.items())
        if key not in self.rooms:
            if len(self.rooms) > 16:
                self.rooms.clear()
            question = self.question
            scope = question.scope
            if question.network is None:
                scope = Scope((), question.bindings, {}, shapes)
            self.rooms[key] = Room(scope, self.gold)
        return self.rooms[key]


@lru_cache(maxsize=32)
def desk_of(question: Question) -> Desk:
    """The desk of a question."""
    return Desk(question)


class Pieces:
    """What the right answer is made of, in every form it has: for slips that leave something out."""

    def __init__(self, question: Question, room: Room) -> None:
        self.question, self.room = question, room

    @cached_property
    def writings(self) -> tuple[Tree, ...]:
        """The gold by the adjoints next to it, by their values, and as the derivation writes it."""
        found: dict[Tree, None] = {}
        gold = self.room.gold
        values = self.room.scope.derivatives
        at: Tree | None = values.get(gold) if isinstance(gold, Derivative) else gold
        while at is not None and at not in found and len(found) < 6:
            found[at] = None
            tokens: dict[Tree, Tree] = {
                node: values[node] for node in walk(at) if isinstance(node, Derivative) and node in values
            }
            at = substitute(at, tokens) if tokens and sum(1 for _ in walk(at)) < 200 else None
        if self.question.network is not None:
            found.setdefault(self.question.gold)
        return tuple(found)

    @cached_property
    def factors(self) -> tuple[Tree, ...]:
        """Names with their transposes, slopes, tokens, differences: whatever a factor may be."""
        found: dict[Tree, None] = {}
        for writing in self.writings:
            for node in walk(writing):
                match node:
                    case Name() if self.shaped(node):
                        found.setdefault(node)
                        found.setdefault(Transpose(node))
                    case Name() if self.known(node):
                        found.setdefault(node)
                    case Apply(Name("diag"), _):
                        continue
                    case Apply(_, _, order) if order or self.shaped(node):
                        found.setdefault(node)
                    case Derivative():
                        found.setdefault(node)
                    case Add() if len(node.terms) == 2:
                        found.setdefault(node)
        return tuple(found)[:40]

    @cached_property
    def terms(self) -> tuple[Tree, ...]:
        """The terms of sums in the gold."""
        found: dict[Tree, None] = {}
        for writing in self.writings:
            for node in walk(writing):
                if isinstance(node, Add):
                    found.update(dict.fromkeys(node.terms))
                    found.update((Neg(term), None) for term in node.terms)
        return tuple(found)[:24]

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """All names that an answer may use."""
        network = self.question.network
        if network is not None:
            return (*network.leaves, *(e.name for e in network.equations))
        return names_in(self.room.gold)

    @cached_property
    def slopes(self) -> dict[Name, Apply]:
        """sigma'(z_j) for a_j = sigma(z_j)."""
        found: dict[Name, Apply] = {}
        for name, body in self.room.scope.bodies.items():
            match body:
                case Apply(_, (argument,), 0) if self.same_shape(body, argument):
                    found[name] = Apply(body.function, body.arguments, 1)
        return found

    def same_shape(self, left: Tree, right: Tree) -> bool:
        """Whether a function acts entry by entry."""
        return self.room.shape_or_none(left) == self.room.shape_or_none(right)

    def known(self, name: Name) -> bool:
        """Whether a name is a variable and not an index."""
        return name in self.names

    def matrix(self, name: Name) -> bool:
        """Whether a name is a matrix."""
        shape = self.room.shape_or_none(name)
        return shape is not None and ONE not in shape

    def shaped(self, tree: Tree) -> bool:
        """Whether a tree is a vector or matrix."""
        return self.room.shape_or_none(tree) not in (None, (ONE, ONE))
