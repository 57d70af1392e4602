"""Steps -> a plan: the forward lines and the backward contributions, those of a `for` block rolled up.

The plan is in terms of the steps alone, so that the code computes what the derivation says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from symgrad.network.graph import Equation, Network
from symgrad.notation.indices import linear
from symgrad.notation.tree import ONE, Derivative, Name, Tree, names_in, substitute, walk
from symgrad.numerics.given import Slot
from symgrad.values.derivation import Step


@dataclass(frozen=True, slots=True)
class Line:
    """One forward line, target = body."""

    target: Name
    body: Tree


@dataclass(frozen=True, slots=True)
class Pull:
    """One contribution: d(parent) gets d(node) times local; from the objective itself it is local alone."""

    node: Name
    parent: Name
    local: Tree
    whole: bool
    first: bool = False
    """Whether nothing has contributed to d(parent) before, in any turn of the loop."""


@dataclass(frozen=True, slots=True)
class Block:
    """Operations in order; with a letter, for each of its values from first to last."""

    operations: tuple[Line | Pull, ...]
    letter: str = ""
    first: int = 0
    last: int = 0

    @property
    def turns(self) -> range:
        """The values of the letter."""
        return (
            range(self.first, self.last + 1)
            if self.first <= self.last
            else range(self.first, self.last - 1, -1)
        )

    def members(self, name: Name) -> Iterator[Name]:
        """What a name is in every turn; itself where there is no loop."""
        if not self.letter:
            yield name
            return
        slot = Slot.of(name)
        for turn in self.turns:
            found = slot.at({self.letter: turn})
            if isinstance(found, Name):
                yield found


@dataclass(frozen=True, slots=True)
class Plan:
    """What a gradient's code does: forward, then backward."""

    network: Network
    target: Name
    goals: tuple[Name, ...]
    forward: tuple[Block, ...]
    backward: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """The operations of one equation: as they are, and in letters (None where they have no such form)."""

    equation: Equation
    concrete: tuple[Line | Pull, ...]
    general: tuple[Line | Pull, ...] | None
    forms: tuple[object, ...] = ()
    """What must be alike in every turn of a loop: the number of axes of each name."""


def plan(
    network: Network,
    target: Name,
    goals: Sequence[Name],
    edges: Mapping[tuple[Name, Name], Tree],
    needed_by: Collection[Name] | None = None,
) -> Plan:
    """The plan of the gradients d(target)/d(goal), by their local derivatives.

    needed_by: where the edges are contributions already, with the derivatives by their nodes in them: the
        names whose derivatives are asked for. None where edges are local derivatives.
    """
    whole = needed_by is not None
    places = on_paths(network, target, goals, edges)
    asked, families = set(goals), {name.stem for name in network.position}
    pulls: list[Item] = []
    for place in reversed(places):
        equation = network.equations[place]
        found = [(p, edges[p, equation.name]) for p in equation.parents if (p, equation.name) in edges]
        found = [edge for edge in found if needed_by is None or edge[0] in needed_by]
        pulls.append(pulling(network, equation, wanted(network, found, asked, families), target, whole))
    alive = {*goals, *(network.equations[place].name for place in places)}
    backward = counted(roll(pulls, -1, alive))
    lines = [lining(network, place) for place in needed(network, used_by(backward))]
    return Plan(network, target, tuple(goals), roll(lines, 1), backward)


def used_by(blocks: Iterable[Block]) -> set[Name]:
    """The names whose numbers the contributions need."""
    found: set[Name] = set()
    for block in blocks:
        for pull in block.operations:
            assert isinstance(pull, Pull)
            for name in named(pull.local):
                found.update(block.members(name))
    return found


def named(tree: Tree) -> Iterable[Name]:
    """The names of a tree outside its derivative tokens."""
    tokens: dict[Tree, Tree] = {node: ONE for node in walk(tree) if isinstance(node, Derivative)}
    return names_in(substitute(tree, tokens) if tokens else tree)


def edges_of(steps: Iterable[Step]) -> dict[tuple[Name, Name], Tree]:
    """(input, named value) -> local derivative, for all steps that are edges."""
    found: dict[tuple[Name, Name], Tree] = {}
    for step in steps:
        match step.before:
            case Derivative(Name() as node, parent) if step.equation is not None:
                found[parent, node] = step.after
    return found


def on_paths(
    network: Network, target: Name, goals: Sequence[Name], edges: Mapping[tuple[Name, Name], Tree]
) -> list[int]:
    """The places between the goals and the target, in forward order."""
    reached, forward = set(goals), []
    for place, equation in enumerate(network.equations[: network.position.get(target, -1) + 1]):
        if any(p in reached and (p, equation.name) in edges for p in equation.parents):
            reached.add(equation.name)
            forward.append(place)
    needed, found = {target}, []
    for place in reversed(forward):
        equation = network.equations[place]
        if equation.name in needed:
            found.append(place)
            needed.update(p for p in equation.parents if p in reached)
    return found[::-1]


def wanted(
    network: Network, found: list[tuple[Name, Tree]], asked: set[Name], families: set[str]
) -> list[tuple[Name, Tree]]:
    """The edges that count: into goals, into defined names, and into members of families of those.

    The last are a_0 beside a_1: its derivative is not asked for, but without it the first turn of a loop
    would differ from the others.
    """
    return [
        (parent, local)
        for parent, local in found
        if parent in asked or (parent.stem in families and (parent.indices or parent in network.position))
    ]


def needed(network: Network, used: set[Name]) -> list[int]:
    """The places of the equations that the local derivatives are made of."""
    open_names, places = list(used), set()
    while open_names:
        place = network.position.get(open_names.pop())
        if place is not None and place not in places:
            places.add(place)
            open_names.extend(network.equations[place].parents)
    return sorted(places)


def lining(network: Network, place: int) -> Item:
    """The forward line of an equation."""
    equation = network.equations[place]
    pattern = equation.pattern
    general = (Line(pattern.target, pattern.body),) if rollable(equation) else None
    return Item(equation, (Line(equation.name, network.body(place)),), general, forms(network, equation))


def forms(network: Network, equation: Equation) -> tuple[object, ...]:
    """How many axes the names of an equation have, and whether they are rows."""
    if not network.shapes:
        return ()
    shapes = [network.shapes.get(name, ()) for name in (equation.name, *equation.parents)]
    return tuple((len(shape), shape[:1] == (ONE,)) for shape in shapes)


def pulling(
    network: Network, equation: Equation, found: list[tuple[Name, Tree]], target: Name, complete: bool
) -> Item:
    """The contributions of an equation to its inputs."""
    node, pattern = equation.name, equation.pattern
    whole = complete or node == target
    concrete = tuple(Pull(node, parent, local, whole) for parent, local in found)
    if not rollable(equation):
        return Item(equation, concrete, None)
    if len(equation.parents) != len(pattern.slots):  # two slots are one name here
        return Item(equation, concrete, None)
    slots: dict[Tree, Tree] = dict(zip(equation.parents, pattern.slots, strict=True))
    if complete:
        slots[node] = pattern.target
    general = []
    for pull in concrete:
        parent = slots[pull.parent]
        assert isinstance(parent, Name)
        general.append(Pull(pattern.target, parent, substitute(pull.local, slots), whole))
    return Item(equation, concrete, tuple(general), forms(network, equation))


def rollable(equation: Equation) -> bool:
    """Whether an equation is in one loop only and its indices are i or i + 3."""
    pattern = equation.pattern
    return len(pattern.letters) == 1 and shifting(pattern.target, pattern.body, pattern.letters[0])


@lru_cache(maxsize=256)
def shifting(target: Name, body: Tree, letter: str) -> bool:
    """Whether all indices with a letter in them are the letter plus a whole number."""
    names = [node for tree in (target, body) for node in walk(tree) if isinstance(node, Name)]
    for name in names:
        if any(Name(letter) in walk(index) for index in name.indices):
            form = linear(name.indices[0]) if len(name.indices) == 1 else None
            if form is None or form[0] != ((letter, Fraction(1)),) or form[1].denominator != 1:
                return False
    return True


def roll(items: Sequence[Item], step: int, alive: set[Name] | None = None) -> tuple[Block, ...]:
    """Runs of equal turns as loops, the letter going up or down by one; the rest as it is."""
    turns: list[list[Item]] = []
    for item in items:
        if turns and item.general is not None and same_turn(turns[-1][0], item):
            turns[-1].append(item)
        else:
            turns.append([item])
    blocks: list[Block] = []
    start = 0
    while start < len(turns):
        end = start + 1
        while end < len(turns) and follows(turns[end - 1], turns[end], step):
            end += 1
        blocks.append(rolled(turns[start:end]) if end - start > 1 else straight(turns[start], alive))
        start = end
    return merged(blocks)


def same_turn(one: Item, other: Item) -> bool:
    """Whether two equations are of one turn of a loop."""
    a, b = one.equation, other.equation
    return one.general is not None and a.pattern.letters == b.pattern.letters and a.values == b.values


def follows(before: list[Item], after: list[Item], step: int) -> bool:
    """Whether a turn continues a loop: the same operations, the letter one further."""
    if before[0].general is None or [i.general for i in before] != [i.general for i in after]:
        return False
    if [i.forms for i in before] != [i.forms for i in after]:
        return False
    (letter,), (value,) = before[0].equation.pattern.letters, before[0].equation.values
    return (letter,) == after[0].equation.pattern.letters and after[0].equation.values == (value + step,)


def rolled(turns: list[list[Item]]) -> Block:
    """A loop over equal turns."""
    operations = tuple(o for item in turns[0] for o in item.general or ())
    letter = turns[0][0].equation.pattern.letters[0]
    return Block(operations, letter, turns[0][0].equation.values[0], turns[-1][0].equation.values[0])


def straight(turn: list[Item], alive: set[Name] | None) -> Block:
    """The operations one after the other, without contributions that nobody asks for."""
    operations = tuple(o for item in turn for o in item.concrete)
    if alive is not None:
        operations = tuple(o for o in operations if isinstance(o, Pull) and o.parent in alive)
    return Block(operations)


def merged(blocks: list[Block]) -> tuple[Block, ...]:
    """Neighbouring straight blocks as one."""
    found: list[Block] = []
    for block in blocks:
        if found and not block.letter and not found[-1].letter:
            found[-1] = Block((*found[-1].operations, *block.operations))
        else:
            found.append(block)
    return tuple(block for block in found if block.operations)


def counted(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The same blocks, every contribution knowing whether it is the first to its name."""
    seen: set[Tree] = set()
    later: set[tuple[int, int]] = set()
    for at, block in enumerate(blocks):
        columns = []
        for pull in block.operations:
            assert isinstance(pull, Pull)
            columns.append(block.members(pull.parent))
        for parents in zip(*columns, strict=True):
            for place, parent in enumerate(parents):
                if parent in seen:
                    later.add((at, place))
                seen.add(parent)
    found = []
    for at, block in enumerate(blocks):
        operations = tuple(
            Pull(o.node, o.parent, o.local, o.whole, (at, place) not in later)
            for place, o in enumerate(block.operations)
            if isinstance(o, Pull)
        )
        found.append(Block(operations, block.letter, block.first, block.last))
    return tuple(found)
