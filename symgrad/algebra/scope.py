"""What surrounds two expressions: a chain's equations, named functions, known derivatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

from symgrad.arithmetic.resolve import Functions, resolve
from symgrad.arithmetic.written_out import atoms, written_out
from symgrad.notation.tree import Add, Apply, BigOp, Derivative, Name, Neg, Tree, walk


class Level(IntEnum):
    """How much is put in before comparing. An identity at any level is an identity.

    OPAQUE: functions stay atoms, names stay free. FUNCTIONS: named functions become rational in exponentials.
    ACTIVATIONS: also a_j = sigma(z_j) and the values of derivative tokens. DEFINITIONS: every equation.
    """

    OPAQUE = 0
    FUNCTIONS = 1
    ACTIVATIONS = 2
    DEFINITIONS = 3


@dataclass(frozen=True, slots=True)
class Free:
    """A sum in the chain that can take any value, because `leaf` occurs once, added: leaf = sign (it - rest).

    `name` is the variable that stands for the sum: z_j itself, or a hidden name where the sum has none.
    """

    name: Name
    leaf: Name
    sign: int
    rest: tuple[Tree, ...]


@dataclass(frozen=True, eq=False)
class Scope:
    """The equations of a chain in order, which general names are concrete, and values of derivative tokens.

    functions: "sigma" -> "sigmoid" (or a formula in x as a tree); a name left out stays a general function.
    derivatives: dC/da_4 -> (a_4 - y); a token left out stays free, unless its equation is X = g(Y).
    shapes: name -> (), (n,) or (m, n), for chains with vectors and matrices. assumptions: what holds.
    """

    definitions: Sequence[tuple[Name, Tree]] = ()
    functions: Functions = field(default_factory=dict)
    derivatives: Mapping[Derivative, Tree] = field(default_factory=dict)
    shapes: Mapping[Name, tuple[Tree, ...]] = field(default_factory=dict)
    assumptions: tuple[Tree, ...] = ()

    @cached_property
    def places(self) -> Mapping[Name, int]:
        """Where every defined name stands among the equations."""
        return {name: place for place, (name, _) in enumerate(self.definitions)}

    @cached_property
    def bodies(self) -> Mapping[Name, Tree]:
        """The equations by name, big operators written out."""
        return {name: written_out(body) for name, body in self.definitions}

    @cached_property
    def free_sums(self) -> tuple[Free, ...]:
        """The sums below functions that a leaf of their own (a bias) makes free, in order of definition."""
        return tuple(_free_sums(self.bodies, self.leaf_uses))

    @cached_property
    def leaf_uses(self) -> Mapping[Tree, int]:
        """How often each leaf is written in the chain."""
        uses: dict[Tree, int] = {}
        for body in self.bodies.values():
            for node in walk(body):
                if isinstance(node, Name) and node not in self.bodies:
                    uses[node] = uses.get(node, 0) + 1
        return uses

    @cached_property
    def solved(self) -> Mapping[Tree, Free]:
        """The free sums by the leaf that makes them free."""
        return {free.leaf: free for free in self.free_sums}

    @cached_property
    def reached(self) -> Mapping[Tree, Free]:
        """The free sums by the name that stands for them."""
        return {free.name: free for free in self.free_sums}

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of all defined names."""
        return frozenset(name.stem for name in self.bodies)

    def token(self, token: Derivative) -> Tree | None:
        """The value of dX/dY, if it is given or X = g(Y) with a general g."""
        if (value := self.derivatives.get(token)) is not None:
            return value
        body = self.bodies.get(token.of) if isinstance(token.of, Name) else None
        match body:
            case Apply(function, (argument,), 0) if argument == token.by:
                return Apply(function, (argument,), token.order)
        return None

    def is_open(self, token: Derivative) -> bool:
        """Whether a token without a value may take any value: X is not defined, or is a general g(Y, ...)."""
        if not isinstance(token.of, Name) or token.of in self.leaf_uses:
            return False
        if token.of not in self.bodies:
            return True
        body = self.bodies[token.of]
        return (
            isinstance(body, Apply)
            and resolve(body.function, self.functions) is None
            and sum(argument == token.by for argument in body.arguments) == 1
            and sum(token.by in atoms(argument) for argument in body.arguments) == 1
        )


def _free_sums(bodies: Mapping[Name, Tree], uses: Mapping[Tree, int]) -> list[Free]:
    applied = {
        argument
        for body in bodies.values()
        for node in walk(body)
        if isinstance(node, Apply)
        for argument in node.arguments
    }
    found: list[Free] = []
    for name, body in bodies.items():
        if any(isinstance(node, BigOp) for node in walk(body)):
            continue
        if isinstance(body, Add) and name in applied:
            candidates: list[tuple[Name, Add]] = [(name, body)]
        else:
            sums = [a for n in walk(body) if isinstance(n, Apply) for a in n.arguments if isinstance(a, Add)]
            candidates = [(Name("_sum", (name, *name.indices)), s) for s in sums] if len(sums) == 1 else []
        for variable, total in candidates:
            if (free := _solve(variable, total, uses)) is not None:
                found.append(free)
    return found


def _solve(variable: Name, total: Add, uses: Mapping[Tree, int]) -> Free | None:
    options = []
    for position, term in enumerate(total.terms):
        leaf, sign = (term.operand, -1) if isinstance(term, Neg) else (term, 1)
        if isinstance(leaf, Name) and uses.get(leaf) == 1:
            options.append((leaf.stem != "b", -position, leaf, sign))
    if not options:
        return None
    _, position, leaf, sign = min(options, key=lambda option: option[:2])
    rest = tuple(term for i, term in enumerate(total.terms) if i != -position)
    return Free(variable, leaf, sign, rest)


class Circular(ArithmeticError):
    """Values that need each other."""


def ordered(roots: Sequence[Tree], body: Callable[[Tree], tuple[Tree, ...] | None]) -> list[Tree]:
    """Every atom below the roots that has a body, each after what its body needs; a loop, not a recursion."""
    order: list[Tree] = []
    state: dict[Tree, bool] = {}
    stack: list[tuple[Tree, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        node, leaving = stack.pop()
        if leaving:
            state[node] = True
            order.append(node)
            continue
        if node in state:
            if not state[node]:
                raise Circular
            continue
        needs = body(node)
        if needs is None:
            state[node] = True
            continue
        state[node] = False
        stack.append((node, True))
        stack.extend((need, False) for need in reversed(needs))
    return order
