"""Steps -> gradient: the only way a gradient comes about, so that steps and answer cannot disagree.

The walk goes forward from the parameter. Where all paths pass through one name the product is cut there;
between two such names there is one factor, or a sum over the paths between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from symgrad.calculus.tidy import factors_of, plus, times
from symgrad.notation.tree import ONE, ZERO, Derivative, Mul, Name, Number, Tree, number
from symgrad.values.derivation import Step

MAX_PATHS = 12
"""A sum over more paths than this is written with the derivatives of the names in between."""


@dataclass(frozen=True, slots=True)
class Walk:
    """What a replay gives: factors in textbook order, kept tokens with their values, the one path if any."""

    factors: tuple[Tree, ...]
    kept: tuple[tuple[Derivative, Tree], ...]
    path: tuple[Name, ...]

    @property
    def product(self) -> Tree:
        """The factors as one tree."""
        return self.factors[0] if len(self.factors) == 1 else Mul(self.factors)


@dataclass(slots=True)
class Edge:
    """One step as the walk needs it."""

    start: Name
    end: Name
    local: Tree
    rule: str


def replay(goal: Derivative, steps: Sequence[Step], keep: frozenset[Name] = frozenset()) -> Walk:
    """Multiply the steps' local derivatives along the paths from goal.by to goal.of."""
    assert isinstance(goal.of, Name)
    edges = [edge_of(step) for step in steps if isinstance(step.before, Derivative)]
    order = {goal.by: 0}
    for edge in edges:
        order.setdefault(edge.end, len(order))
    out: dict[Name, list[Edge]] = {}
    for edge in edges:
        out.setdefault(edge.start, []).append(edge)
    stops = bottlenecks(edges, order)
    single = all(len(uses) == 1 for uses in out.values())
    factors: list[Tree] = []
    kept: list[tuple[Derivative, Tree]] = []
    for start, end in pairwise(stops):
        if start in keep and start != goal.by:
            token = Derivative(goal.of, start)
            rest = replay(token, [s for s in steps if order[step_start(s)] >= order[start]], frozenset())
            kept.append((token, tidy_product(rest)))
            factors.append(token)
            break
        direct = [edge for edge in out[start] if edge.end == end]
        if len(out[start]) == 1 and direct:
            edge = direct[0]
            if edge.rule == "objective-derivative" and start != goal.by and edge.local != ONE:
                token = Derivative(goal.of, start)
                kept.append((token, edge.local))
                factors.append(token)
            elif edge.local != ONE:
                factors.extend(factors_of(edge.local))
        else:
            factors.append(sum_of_paths(start, end, out))
    return Walk(collect_numbers(factors), tuple(kept), stops if single else ())


def edge_of(step: Step) -> Edge:
    """The edge of the graph that a step differentiates along."""
    before = step.before
    assert isinstance(before, Derivative) and isinstance(before.of, Name)
    return Edge(before.by, before.of, step.after, step.rule)


def step_start(step: Step) -> Name:
    """The name a step differentiates by."""
    assert isinstance(step.before, Derivative)
    return step.before.by


def bottlenecks(edges: list[Edge], order: dict[Name, int]) -> tuple[Name, ...]:
    """The names every path passes through, in order: no edge jumps over them."""
    reach = [0] * len(order)
    for edge in edges:
        start = order[edge.start]
        reach[start] = max(reach[start], order[edge.end])
    names = list(order)
    found, furthest = [], 0
    for place, name in enumerate(names):
        if furthest <= place:
            found.append(name)
        furthest = max(furthest, reach[place])
    return tuple(found)


def sum_of_paths(start: Name, end: Name, out: dict[Name, list[Edge]]) -> Tree:
    """The sum over all paths start -> end, each a product in path order, shortest path first."""
    paths: list[tuple[int, tuple[Tree, ...]]] = []
    stack: list[tuple[Name, int, tuple[Tree, ...]]] = [(start, 0, ())]
    while stack:
        name, length, factors = stack.pop()
        if name == end:
            paths.append((length, factors))
            if len(paths) > MAX_PATHS:
                return sum_by_names(start, end, out)
            continue
        for edge in reversed(out[name]):
            stack.append((edge.end, length + 1, (*factors, edge.local)))
    paths.sort(key=lambda path: path[0])
    return plus(*(times(*factors) if factors else ONE for _, factors in paths))


def sum_by_names(start: Name, end: Name, out: dict[Name, list[Edge]]) -> Tree:
    """Sum of du_i/dv dw/du_i, the derivatives dw/du_i left as tokens."""
    terms = [times(edge.local, ONE if edge.end == end else Derivative(end, edge.end)) for edge in out[start]]
    return plus(*terms)


def collect_numbers(factors: list[Tree]) -> tuple[Tree, ...]:
    """All plain numbers as one factor in front; a zero makes the whole product zero."""
    value, rest = number(1).value, list[Tree]()
    for factor in factors:
        if isinstance(factor, Number):
            value *= factor.value
        else:
            rest.append(factor)
    if not value:
        return (ZERO,)
    if value != 1 or not rest:
        rest.insert(0, number(value))
    return tuple(rest)


def tidy_product(walk: Walk) -> Tree:
    """The value of a kept derivative, its own kept tokens replaced by their values."""
    values = dict(walk.kept)
    return times(
        *(values.get(factor, factor) if isinstance(factor, Derivative) else factor for factor in walk.factors)
    )
