"""Convexity of a loss in some of its variables, as statements about its Hessian.

On an open convex region a twice continuously differentiable function is convex exactly if its Hessian is
positive semidefinite there, and a symmetric matrix is so exactly if none of its principal minors is negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from symgrad.calculus.second import repeated
from symgrad.calculus.tidy import minus, plus, times
from symgrad.errors import InputError, NotSupportedError, Where
from symgrad.functions import registry
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.tree import (
    ZERO,
    Apply,
    Derivative,
    Div,
    Indicator,
    Name,
    Number,
    Pow,
    Relation,
    Tree,
    names_in,
    number,
    walk,
)
from symgrad.notation.writers.plain import plain

MAX_VARIABLES = 4


@dataclass(frozen=True, slots=True)
class Minor:
    """One principal minor of the Hessian is >= 0.

    told: with the second derivatives as tokens. written: with their formulas, or what these come to.
    """

    told: Relation
    written: Relation
    shortened: bool = False


@dataclass(frozen=True, slots=True)
class Hessian:
    """What convexity of a function in some variables comes down to.

    minors: the smaller ones first; empty where the function has a kink. moving: the variables, and every name
    that depends on them. defined: `t <= t` for each equation's right side t that may have no value. kink: a
    function that is not twice differentiable, or whose formula is not known.
    """

    minors: tuple[Minor, ...]
    moving: frozenset[Name]
    defined: tuple[Relation, ...] = ()
    kink: Name | None = None


def hessian(network: Network, function: Name, names: Sequence[Name], concave: bool = False) -> Hessian:
    """The conditions under which an equation's name is convex (or concave) in some variables.

    Raises:
        NotSupportedError: vectors, symbolic depth, more than MAX_VARIABLES variables.
        InputError: the function does not depend on a variable.
    """
    where = Where(network.name)
    if isinstance(network, SymbolicNetwork) or network.shapes:
        raise NotSupportedError("convex-numbers-only", where)
    if len(names) > MAX_VARIABLES:
        raise NotSupportedError("convex-too-many", where, count=MAX_VARIABLES)
    moving, bodies = _between(network, function, names)
    if (kink := _kink(network, bodies)) is not None:
        return Hessian((), moving, kink=kink)
    told: dict[tuple[Name, Name], Tree] = {}
    written: dict[tuple[Name, Name], Tree] = {}
    for k, a in enumerate(names):
        for b in names[k:]:
            token = Derivative(function, a, 2) if a == b else Derivative(Derivative(function, b), a)
            formula = repeated(network, function, (a, b))
            for entries, entry in ((told, token if formula != ZERO else ZERO), (written, formula)):
                entries[a, b] = entries[b, a] = minus(entry) if concave and entry != ZERO else entry
    minors: list[Minor] = []
    for size in range(1, len(names) + 1):
        for chosen in combinations(names, size):
            sides = [_determinant(entries, chosen) for entries in (told, written)]
            if sides[1] != ZERO:
                token_side, formula_side = (Relation((">=",), (side, ZERO)) for side in sides)
                minors.append(Minor(token_side, formula_side))
    partial = (body for body in bodies if _partial(network, body))
    defined = tuple(Relation(("<=",), (body, body)) for body in partial)
    return Hessian(tuple(minors), moving, defined)


def _between(network: Network, function: Name, names: Sequence[Name]) -> tuple[frozenset[Name], list[Tree]]:
    """What depends on the variables, and the equations that make it."""
    lines = [(equation.name, body) for equation, body in zip(network.equations, network.bodies, strict=True)]
    for name in names:
        reached = {name}
        for target, body in lines:
            if target != name and reached.intersection(names_in(body)):
                reached.add(target)
        if function not in reached:
            fields = {"function": plain(function), "name": plain(name)}
            raise InputError("convex-not-in", Where(network.name), **fields)
    moving = set(names)
    bodies: list[Tree] = []
    for target, body in lines:
        if target not in names and moving.intersection(names_in(body)):
            moving.add(target)
            bodies.append(body)
        if target == function:
            break
    return frozenset(moving), bodies


def _kink(network: Network, bodies: Sequence[Tree]) -> Name | None:
    """A function that is not twice continuously differentiable, or has no formula."""
    for body in bodies:
        for node in walk(body):
            if isinstance(node, Indicator):
                return Name("1")
            if isinstance(node, Apply):
                found = registry.lookup(network.functions.get(node.function.stem, node.function.stem))
                if found is None or found.kinks or node.order or len(node.arguments) != 1:
                    return node.function
    return None


def _partial(network: Network, body: Tree) -> bool:
    """Whether a formula may lack a value for some reals."""
    for node in walk(body):
        match node:
            case Div(_, b) if not isinstance(b, Number):
                return True
            case Pow(_, exponent) if not (
                isinstance(exponent, Number) and exponent.value >= 0 and exponent.value.denominator == 1
            ):
                return True
            case Apply(function, _, _, _):
                found = registry.lookup(network.functions.get(function.stem, function.stem))
                if found is None or found.domain or found.derivative_domain:
                    return True
    return False


def _determinant(entries: dict[tuple[Name, Name], Tree], chosen: Sequence[Name]) -> Tree:
    """The minor of some rows and the same columns, by Leibniz's formula."""
    terms: list[Tree] = []
    for order in permutations(range(len(chosen))):
        factors = [entries[chosen[row], chosen[column]] for row, column in enumerate(order)]
        if ZERO not in factors:
            inversions = sum(a > b for k, a in enumerate(order) for b in order[k + 1 :])
            product = _squared(factors)
            terms.append(minus(product) if inversions % 2 else product)
    return plus(*terms) if terms else ZERO


def _squared(factors: Sequence[Tree]) -> Tree:
    """A product where equal factors are written as a power."""
    kept = [f if factors.count(f) == 1 else Pow(f, number(factors.count(f))) for f in dict.fromkeys(factors)]
    return times(*kept)
