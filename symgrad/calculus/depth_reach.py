"""Where the letters of a symbolic depth may be, and which members of a loop the lines outside it use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symgrad.errors import NotSupportedError
from symgrad.network.symbolic import Line, SymbolicNetwork
from symgrad.notation.indices import linear
from symgrad.notation.places import distance, moved
from symgrad.notation.tree import Name, Relation, Tree
from symgrad.notation.writers.plain import plain


@dataclass(frozen=True, slots=True)
class Way:
    """From one layer to another: layers line by line, a run of layers (low, high), layers line by line."""

    first: tuple[Line, ...]
    run: tuple[Tree, Tree] | None
    last: tuple[Line, ...]
    needed: tuple[Relation, ...]


@dataclass(frozen=True, slots=True)
class Stations:
    """Layers that lines below the loop use: the highest one counted from below, the lowest counted from n."""

    head: Tree | None
    foot: Tree | None

    def way(self, network: SymbolicNetwork, start: Tree, end: Tree) -> Way:
        """The layers after `start` up to `end`; a run stands for those that no station is among."""
        first: list[Line] = []
        needed: list[Relation] = []
        begin, head = start, self.head
        if head is not None:
            away = distance(start, head)
            if away is None:
                needed.extend(within(network, start, moved(head, 1), network.high))
            else:
                first.extend(layers(network, moved(start, 1), away))
                begin = moved(start, max(away, 0))
        stop = end if self.foot is None else moved(self.foot, -1)
        length = distance(begin, stop)
        run = (moved(begin, 1), stop) if length is None or length > 1 else None
        if length == 1:
            first.extend(network.layer(stop))
        if length is None and (self.foot is not None or begin == head):
            after = moved(begin, 1) if begin == head else begin
            needed.extend(within(network, after, moved(network.low, -1), stop))
        if self.foot is None:
            return Way(tuple(first), run, (), tuple(needed))
        after = self.foot if length is None or length >= 0 else moved(begin, 1)
        last = layers(network, after, 1 + (distance(after, end) or 0))
        return Way(tuple(first), run, tuple(last), tuple(needed))


def layers(network: SymbolicNetwork, first: Tree, count: int) -> list[Line]:
    """The lines of some layers, one after the other."""
    return [line for step in range(count) for line in network.layer(moved(first, step))]


def stations(network: SymbolicNetwork) -> Stations:
    """The members that the lines outside the loop use, the last state apart.

    Raises:
        NotSupportedError: a line above the loop uses its inside, or one member goes to every layer.
    """
    head: Tree | None = None
    foot: Tree | None = None
    for place, lines in enumerate((network.before, network.after)):
        for line in lines:
            for slot in line.slots:
                if not network.is_member(slot) or slot.stem not in network.made or is_initial(network, slot):
                    if network.is_member(slot) and slot.stem not in network.made:
                        refuse(line, slot, network.depth)
                    continue
                index = slot.indices[0]
                from_low, to_high = distance(network.low, index), distance(index, network.high)
                if place == 0 or (from_low is None and to_high is None):
                    refuse(line, slot, network.depth)
                if from_low is not None:
                    head = index if head is None else later(head, index)
                elif to_high or slot.stem not in network.states:
                    foot = index if foot is None else earlier(foot, index)
    for slot in network.tied:
        if slot.stem in network.made:
            raise NotSupportedError("symbolic-states", network.loop.where, names=plain(slot))
    return Stations(head, foot)


def refuse(line: Line, slot: Name, letter: str) -> None:
    """A line outside the loop uses what it cannot."""
    raise NotSupportedError(
        "symbolic-skip", line.source.where(0), "symbolic-depth-needed-hint", name=plain(slot), letter=letter
    )


def is_initial(network: SymbolicNetwork, name: Name) -> bool:
    """Whether a name is what a state starts from: h_0."""
    return name.stem in network.states and name.indices == (moved(network.low, -1),)


def within(network: SymbolicNetwork, place: Tree, low: Tree, top: Tree) -> list[Relation]:
    """The relation low <= place <= top, about the letter in it; nothing where it surely holds."""
    below, above = distance(low, place), distance(place, top)
    if below is not None and above is not None:
        return []
    form = linear(place)
    assert form is not None
    if len(form[0]) == 1 and form[0][0][1] == 1 and form[0][0][0] != network.depth:
        shift = -int(form[1])
        return [Relation(("<=", "<="), (moved(low, shift), Name(form[0][0][0]), moved(top, shift)))]
    if below is not None:
        return at_least(network, place, top) if below >= 0 else []
    if above is not None:
        shift = distance_to_depth(network) + above
        return [Relation(("<=",), (moved(low, shift), Name(network.depth)))] if shift else []
    return [Relation(("<=", "<="), (low, place, top))]


def at_least(network: SymbolicNetwork, place: Tree, top: Tree) -> list[Relation]:
    """A number <= top, about the depth where top is n or near it."""
    away = distance(top, Name(network.depth))
    if away is None:
        return [Relation(("<=",), (place, top))]
    least = moved(place, away)
    first = moved(network.low, distance_to_depth(network))
    return [Relation(("<=",), (least, Name(network.depth)))] if (distance(first, least) or 0) > 0 else []


def merged(relations: Sequence[Relation]) -> tuple[Relation, ...]:
    """Several ranges of one letter as one, where their ends can be compared."""
    found: dict[Tree, Relation] = {}
    for relation in relations:
        key = relation.operands[1] if len(relation.operands) == 3 else relation
        known = found.get(key)
        if known is None or len(known.operands) != 3:
            found[key] = relation
            continue
        (low, _, high), (first, _, last) = known.operands, relation.operands
        found[key] = Relation(("<=", "<="), (later(low, first), key, earlier(high, last)))
    return tuple(found.values())


def distance_to_depth(network: SymbolicNetwork) -> int:
    """By how much the symbol exceeds the loop's upper end."""
    return distance(network.high, Name(network.depth)) or 0


def later(a: Tree, b: Tree) -> Tree:
    """The larger of two ends that differ by a number."""
    return b if (distance(a, b) or 0) > 0 else a


def earlier(a: Tree, b: Tree) -> Tree:
    """The smaller of two ends that differ by a number."""
    return a if (distance(a, b) or 0) > 0 else b
