"""Loops that hand on several values: where their recursion of adjoints ends, and where its letters may be.

An LSTM hands on h and c. No product of numbers says what happens between two layers then, but the adjoints
dL/dh_k and dL/dc_k follow from those of layer k+1: a recursion, exact at every depth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symgrad.calculus.depth_plan import Plan, condensed, free_letters
from symgrad.calculus.depth_reach import is_initial, merged, refuse, within
from symgrad.calculus.derive import on_paths
from symgrad.errors import NotSupportedError, UnknownNameError, Where
from symgrad.network.graph import Network
from symgrad.network.symbolic import Line, SymbolicNetwork
from symgrad.notation.places import distance, moved
from symgrad.notation.tree import Derivative, Name, Relation, Tree
from symgrad.notation.writers.plain import plain

WRITTEN_OUT = 4
"""So many layers between two names are written out; over more of them, the recursion is the answer."""


@dataclass(frozen=True, slots=True)
class Course:
    """The recursion of one gradient.

    stop: the last layer whose states have an adjoint of their own; tail: the lines below it.
    """

    stop: Tree
    tail: tuple[Line, ...]


def check_hands(network: SymbolicNetwork) -> None:
    """Every value is handed to the very next layer.

    Raises:
        NotSupportedError: over more than one layer, or one member to all layers.
    """
    for slot in network.slots:
        handed = Name(slot.stem, (moved(Name(network.letter), -1),))
        if slot.stem in network.states and slot not in (handed, network.here(slot.stem)):
            raise NotSupportedError("symbolic-states", network.loop.where, names=plain(slot))


def plan_states(network: SymbolicNetwork, by: Name, to: Name) -> Plan:
    """The plan of d(to)/d(by) in a loop that hands on several values.

    Raises:
        NotSupportedError: a value is handed over several layers, or a line outside uses the loop's inside.
    """
    check_hands(network)
    inner, target = network.is_member(by), network.is_member(to)
    goal, letters = Derivative(to, by), free_letters(network, (by, to))
    if by == to or not (target or to in {line.target for line in network.after}):
        return outside_plan(network, goal, letters, network.before)
    if not inner and by not in network.tied and not reaches_loop(network, by):
        return outside_plan(network, goal, letters, network.after)
    stop, tail = ending(network, to if target else None)
    start = by.indices[0] if inner else moved(network.low, -1)
    gap = distance(start, stop)
    if gap is not None and gap <= WRITTEN_OUT:
        return written_plan(network, goal, letters, stop, tail)
    ranges = ranges_of(network, goal, stop)
    return Plan(condensed(network, tail, by, to), {}, goal, letters, ranges, Course(stop, tail))


def ending(network: SymbolicNetwork, to: Name | None) -> tuple[Tree, tuple[Line, ...]]:
    """The last layer that is reached through its states, and the lines below."""
    if to is not None:
        place = to.indices[0]
        return (place, ()) if to.stem in network.states else (moved(place, -1), network.layer(place))
    last, states_only = network.high, True
    for line in (*network.before, *network.after):
        for slot in line.slots:
            if network.is_member(slot) and not is_initial(network, slot):
                if slot.indices[0] != last or line in network.before:
                    refuse(line, slot, network.depth)
                states_only = states_only and slot.stem in network.states
    if states_only:
        return last, network.after
    return moved(last, -1), (*network.layer(last), *network.after)


def reaches_loop(network: SymbolicNetwork, by: Name) -> bool:
    """Whether a name outside the loop acts on what the states start from."""
    starts = [Name(state, (moved(network.low, -1),)) for state in network.states]
    before = condensed(network, network.before, by, by)
    return by in starts or any(on_paths(before, by, start) for start in starts)


def outside_plan(
    network: SymbolicNetwork, goal: Derivative, letters: tuple[str, str, str], lines: Sequence[Line]
) -> Plan:
    """Nothing of the loop lies between the two names."""
    assert isinstance(goal.of, Name)
    lines = () if goal.of == goal.by else lines
    ranges = merged(member_ranges(network, goal))
    return Plan(condensed(network, lines, goal.by, goal.of), {}, goal, letters, ranges)


def member_ranges(network: SymbolicNetwork, goal: Derivative) -> list[Relation]:
    """Where the indices of the goal's names lie in the loop."""
    assert isinstance(goal.of, Name)
    places = [name.indices[0] for name in (goal.by, goal.of) if network.is_member(name)]
    return [relation for place in places for relation in within(network, place, network.low, network.high)]


def written_plan(
    network: SymbolicNetwork, goal: Derivative, letters: tuple[str, str, str], stop: Tree,
    tail: Sequence[Line],
) -> Plan:  # fmt: skip
    """The few layers between the two names, line by line."""
    inner = network.is_member(goal.by)
    start = goal.by.indices[0] if inner else network.low
    lines: list[Line] = [] if inner else list(network.before)
    count = distance(start, stop)
    assert count is not None and isinstance(goal.of, Name)
    for step in range(count + 1):
        lines.extend(network.layer(moved(start, step)))
    lines.extend(tail)
    ranges = merged(member_ranges(network, goal))
    return Plan(condensed(network, lines, goal.by, goal.of), {}, goal, letters, ranges)


def ranges_of(network: SymbolicNetwork, goal: Derivative, stop: Tree) -> tuple[Relation, ...]:
    """Where the indices of the goal must lie for the recursion to reach from one to the other."""
    found: list[Relation] = []
    if network.is_member(goal.by) and not is_initial(network, goal.by):
        top = moved(stop, -1) if goal.by.stem in network.states else stop
        found.extend(within(network, goal.by.indices[0], network.low, top))
    assert isinstance(goal.of, Name)
    if distance(network.low, stop) is None:
        found.extend(within(network, stop, network.low, network.high))
    if network.is_member(goal.of):
        found.extend(within(network, goal.of.indices[0], network.low, network.high))
    return merged(found)


def cut_layer(network: SymbolicNetwork, place: Tree, state: str, by: Name) -> Network:
    """One layer up to one of its states, the other states held fixed: what a name does to it directly."""
    lines = [
        line
        for line in network.layer(place)
        if (line.target.stem == state or line.target.stem not in network.states) and line.target != by
    ]
    return condensed(network, lines, by, Name(state, (place,)))


def direct_network(network: SymbolicNetwork, target: Name, by: Name) -> Network:
    """What the direct path from a name to another is derived in: one line, in its loop if it hands itself on.

    Raises:
        UnknownNameError: no line defines the target.
    """
    if target.stem in network.made:
        return network.direct(target.stem)
    line = next((line for line in (*network.before, *network.after) if line.target == target), None)
    if line is None:
        raise UnknownNameError("no-equation", Where(network.name), name=plain(target))
    return condensed(network, (line,), by, target)
