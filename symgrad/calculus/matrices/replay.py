"""Adjoint steps -> gradient: where all paths pass through one name the product is cut there.

Between two such names there is a matrix, or a sum of matrices over the paths between them; what is no matrix
times the adjoint above (an outer product, an array entry by entry) takes that adjoint in. An adjoint that
would make the result long stays a token and has a line of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from symgrad.calculus.matrices.forms import collected, is_call, product, transpose
from symgrad.calculus.matrices.operators import Operator, as_product, holds_adjoint, matrix, operator
from symgrad.calculus.matrices.tape import ShapedTape, Use
from symgrad.calculus.replay import collect_numbers
from symgrad.calculus.tidy import plus
from symgrad.network.shapes import Shapes
from symgrad.notation.tree import (
    ONE,
    Apply,
    Derivative,
    Div,
    Mul,
    Name,
    Number,
    Transpose,
    Tree,
    rebuild,
    walk,
)

MAX_NODES = 60
"""A sum with more parts than this is written with the adjoints of the nodes in between."""
MAX_JACOBIAN = 4000
"""A Jacobian has no adjoints to be written with: it is given up beyond this."""


@dataclass(frozen=True, slots=True)
class Part:
    """An adjoint by the adjoint of a later name: factors times its token, or any tree that holds it."""

    tree: Tree
    factors: Operator | None = None
    token: Tree | None = None
    done: bool = False
    """Whether the adjoints in the tree stay tokens because it is long as it is."""

    @property
    def flat(self) -> Tree:
        """As a product with the token at its end, where there is one."""
        return self.tree if self.factors is None or self.token is None else product(*self.factors, self.token)

    @property
    def size(self) -> int:
        """The number of nodes."""
        return sum(1 for _ in walk(self.tree))


def linear(factors: Operator, token: Tree, tree: Tree | None = None) -> Part:
    """The product of a matrix and a token; `tree` if it has been written already."""
    return Part(product(*factors, token) if tree is None else tree, factors, token)


class Replay:
    """The gradients of one tape, each by the names that all its paths pass through."""

    def __init__(self, tape: ShapedTape, keep: Collection[Name] = ()) -> None:
        self.tape, self.keep = tape, frozenset(keep)
        self.depth: dict[Name, int] = {tape.of: 0}
        self.after: dict[Name, Name] = {}
        self.parts: dict[Name, Part] = {}
        self.stops: set[Name] = set()

    def prepare(self, name: Name) -> None:
        """The parts of everything between a name and the objective, nearest to the objective first."""
        tape = self.tape
        reached, waiting = {name}, [name]
        while waiting:
            for use in tape.uses.get(waiting.pop(), ()):
                if use.node not in reached:
                    reached.add(use.node)
                    waiting.append(use.node)
        order = [tape.network.equations[p].name for p in reversed(tape.places)]
        for each in (*(n for n in order if n in reached and n != tape.of), name):
            if each not in self.parts and each != tape.of:
                self.add(each)

    def add(self, name: Name) -> None:
        """The name that all paths from here pass through next, and the part up to there."""
        uses = self.tape.uses[name]
        if name in self.tape.closed and len(uses) == 1:
            at = uses[0].node
            self.after[name], self.depth[name] = at, self.depth[at] + 1
            self.parts[name] = Part(uses[0].part)
            return
        at = uses[0].node
        for use in uses[1:]:
            at = self.meeting(at, use.node)
        self.after[name], self.depth[name] = at, self.depth[at] + 1
        found = [self.composed(use, at) for use in uses]
        together = self.together(found)
        limit = MAX_JACOBIAN if self.tape.vector else MAX_NODES
        if len(uses) > 1 and together.size > limit:
            together = Part(collected([use.part for use in uses]), done=True)
        self.parts[name] = together

    def meeting(self, a: Name, b: Name) -> Name:
        """The first name that all paths from both pass through."""
        while a != b:
            if self.depth[a] < self.depth[b]:
                b = self.after[b]
            else:
                a = self.after[a]
        return a

    def together(self, parts: list[Part]) -> Part:
        """The sum of parts; of matrices times one token it is the sum of the matrices times the token."""
        if len(parts) == 1:
            return parts[0]
        token = parts[0].token
        if token is not None and all(p.factors is not None and p.token == token for p in parts):
            every = sorted((p.factors for p in parts if p.factors is not None), key=len)
            return linear((plus(*(matrix(factors, token, self.tape.shapes) for factors in every)),), token)
        return Part(collected([part.tree for part in parts]))

    def composed(self, use: Use, end: Name) -> Part:
        """One use of a name, as far as `end`."""
        token = self.tape.token(use.node)
        own = operator(use.part, token, self.tape.shapes) if token != ONE else None
        if use.node == end:
            return Part(use.part) if own is None else linear(own, token, use.part)
        rest = self.between(use.node, end)
        if own is not None and rest.factors is not None and rest.token is not None:
            return linear((*own, *rest.factors), rest.token)
        if own is not None:
            return Part(product(*own, rest.tree))
        return Part(taken_in(use.part, token, rest, self.tape.shapes))

    def final(self, name: Name) -> bool:
        """Whether the objective alone uses a name: its adjoint stays a token, with its value beside it."""
        uses = self.tape.uses[name]
        return len(uses) == 1 and uses[0].node == self.tape.of and not self.tape.vector

    def between(self, start: Name, end: Name) -> Part:
        """The adjoint of `start` by that of `end`, cut short at what stays a token."""
        if self.stays(start):
            return linear((), self.tape.token(start))
        return self.onward(self.parts[start], self.after[start], end)

    def stays(self, name: Name) -> bool:
        """Whether the adjoint of a name is left as a token."""
        return name in self.keep or name in self.stops or name in self.tape.closed or self.final(name)

    def onward(self, part: Part, at: Name, end: Name) -> Part:
        """A part that ends in the adjoint of `at`, taken on to `end`."""
        if part.done:
            return part
        factors, tree, shapes = part.factors, part.tree, self.tape.shapes
        while at != end and not self.ends(at) and (factors is not None or self.token(at) in walk(tree)):
            run, after = self.straight(at, end)
            following = self.parts[at]
            if factors is not None and after != at:
                factors, at = (*factors, *run), after
                continue
            count = 1 if factors is not None else sum(node == self.token(at) for node in walk(tree))
            if count == 1 and after != at:
                tree, at = taken_in(tree, self.token(at), linear(run, self.token(after)), shapes), after
                continue
            if factors is not None:
                tree, factors = product(*factors, following.flat), None
            elif count > 1 and count * following.size > MAX_NODES:
                break
            else:
                tree = taken_in(tree, self.token(at), following, shapes)
            at = self.after[at]
        return Part(tree) if factors is None else linear(factors, self.token(at))

    def ends(self, name: Name) -> bool:
        """Whether a product stops at a name."""
        return name == self.tape.of or self.stays(name)

    def straight(self, at: Name, end: Name) -> tuple[Operator, Name]:
        """The matrices from a name on, as far as there is nothing else, and the name they lead to."""
        found: list[Tree] = []
        while at != end and not self.ends(at):
            factors = self.parts[at].factors
            if factors is None:
                break
            found.extend(factors)
            at = self.after[at]
        return tuple(found), at

    def token(self, name: Name) -> Tree:
        """The adjoint of a name."""
        return self.tape.token(name)

    def whole(self, name: Name) -> Part:
        """The adjoint of a name as far as the objective."""
        return self.onward(self.parts[name], self.after[name], self.tape.of)

    def gradient(self, wrt: Name) -> tuple[tuple[Tree, ...], tuple[tuple[Derivative, Tree], ...]]:
        """The factors of d(of)/d(wrt), and the tokens left in them with their values, nearest first."""
        self.prepare(wrt)
        result = self.whole(wrt)
        kept: list[tuple[Derivative, Tree]] = []
        waiting = self.tokens(result.tree)
        self.stops = {token.by for token in waiting}
        for token in waiting:  # grows while it is walked
            value = self.whole(token.by)
            for other in self.tokens(value.tree):
                if other not in waiting:
                    waiting.append(other)
                    self.stops.add(other.by)
            kept.append((token, value.flat))
        self.stops = set()
        return self.factors(result), tuple(kept)

    def tokens(self, tree: Tree) -> list[Derivative]:
        """The adjoints in a tree, each once."""
        return list(dict.fromkeys(node for node in walk(tree) if isinstance(node, Derivative)))

    def factors(self, part: Part) -> tuple[Tree, ...]:
        """A part as factors, numbers in front."""
        shapes = self.tape.shapes
        if part.factors and part.token is not None and is_total(part.factors[0]):
            found: list[Tree] = [Apply(Name("sum"), (product(*part.factors[1:], part.token),))]
        elif part.factors is not None and part.token is not None:
            found = [*part.factors, part.token]
        else:
            found = list(as_product(part.tree, shapes))
        return collect_numbers(scalars_first(found, shapes))


def is_total(tree: Tree) -> bool:
    """Whether a factor is a row of ones, which adds up what follows it."""
    return isinstance(tree, Transpose) and is_call(tree.operand, "ones")


def scalars_first(factors: list[Tree], shapes: Shapes) -> list[Tree]:
    """What is no vector, matrix or derivative goes in front, where there are vectors or matrices."""
    if not any(map(shapes.of, factors)):
        return factors
    moved = [f for f in factors if not shapes.of(f) and not holds_adjoint(f)]
    if len([f for f in moved if not isinstance(f, Number)]) > 1 and any(isinstance(f, Div) for f in moved):
        moved = [product(*moved)]  # g (1/s) is g/s
    return [*moved, *(f for f in factors if shapes.of(f) or holds_adjoint(f))]


def taken_in(tree: Tree, token: Tree, value: Part, shapes: Shapes) -> Tree:
    """The value in place of a token that the tree is linear in.

    In a closed form with means, numbers of the value go in front of the whole.
    """
    if sum(node == token for node in walk(tree)) < 2 or not any(is_call(node, "mean") for node in walk(tree)):
        return put(tree, token, value.flat, shapes)
    found = value.tree
    above, below = (found.numerator, found.denominator) if isinstance(found, Div) else (found, ONE)
    parts = above.factors if isinstance(above, Mul) else (above,)
    arrays = [part for part in parts if shapes.of(part)]
    if len(arrays) != 1 or (len(parts) == 1 and below == ONE):
        return put(tree, token, found, shapes)
    scale = [*(part for part in parts if not shapes.of(part)), Div(ONE, below)]
    return product(*scale[: -1 if below == ONE else None], put(tree, token, arrays[0], shapes))


def put(tree: Tree, token: Tree, value: Tree, shapes: Shapes) -> Tree:
    """The value in place of the token; a product in a product joins it."""
    if tree == token:
        return value
    if isinstance(tree, Transpose) and tree.operand == token:
        return transpose(value, shapes)
    inner = rebuild(tree, lambda child: put(child, token, value, shapes))
    if inner == tree:
        return tree
    match inner:
        case Mul(factors):
            return product(*factors)
        case Div(above, below):
            return product(above, Div(ONE, below))
    return inner
