"""A chain of symbolic depth as the graph of one gradient: single lines, and runs of layers between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from symgrad.calculus.depth_reach import (
    Stations,
    distance_to_depth,
    earlier,
    later,
    merged,
    stations,
    within,
)
from symgrad.calculus.derive import on_paths
from symgrad.errors import DerivationError, NotSupportedError, Where
from symgrad.network.graph import Network
from symgrad.network.symbolic import Line, SymbolicNetwork, index_letters
from symgrad.notation.indices import linear
from symgrad.notation.places import distance, letters_of, moved
from symgrad.notation.source import Source
from symgrad.notation.tree import Apply, Derivative, Name, Relation, Tree, walk
from symgrad.notation.writers.plain import plain
from symgrad.values.derivation import Derivation

if TYPE_CHECKING:
    from symgrad.calculus.depth_states import Course

COMBINING = ("sum-over-paths", "chain-rule", "no-dependence", "same-variable")
"""Steps that put others together and are no edges."""
PRODUCT_LETTERS, SUM_LETTERS, LAST_LETTERS = "klmtsrpquv", "ijtsrlmpqu", "mlrspqtuvd"


@dataclass(frozen=True, slots=True)
class Run:
    """Layers low..high as one edge: from the state before them, and from the names all of them use."""

    low: Tree
    high: Tree
    entry: Name
    exit: Name


@dataclass(frozen=True, slots=True)
class Plan:
    """The chain as the graph of one gradient: its lines with runs of layers between them.

    letters: bound letters of a product, of a sum, and of the last layer in an induction.
    course: the recursion of adjoints, where layers hand on several values.
    """

    network: Network
    runs: dict[Name, Run]
    goal: Derivative
    letters: tuple[str, str, str]
    ranges: tuple[Relation, ...]
    course: Course | None = None


def state_of(network: SymbolicNetwork) -> str:
    """The one stem that a layer hands to the next.

    Raises:
        NotSupportedError: none or several, or handed over more than one layer.
    """
    states = network.states
    hands = [s for s in network.slots if s.stem in states and s != network.here(s.stem)]
    before = Name(states[0], (moved(Name(network.letter), -1),)) if states else None
    if len(states) != 1 or hands != [before]:
        names = ", ".join(map(plain, hands)) or "-"
        raise NotSupportedError("symbolic-states", network.loop.where, names=names)
    return states[0]


def free_letters(network: SymbolicNetwork, names: Sequence[Tree]) -> tuple[str, str, str]:
    """Letters for indices that nothing else uses."""
    used = {network.depth, *(name.stem for name in network.names if not name.indices)}
    for name in names:
        used |= letters_of(name)
    sizes = [size for shape in network.file.shapes for size in shape.sizes]
    used |= {node.stem for size in sizes for node in walk(size) if isinstance(node, Name)}
    used |= {label for name in network.outer for label in index_letters(name)}
    product = next(letter for letter in PRODUCT_LETTERS if letter not in used)
    total = next(letter for letter in SUM_LETTERS if letter not in used | {product})
    last = next(letter for letter in LAST_LETTERS if letter not in used | {product, total})
    return product, total, last


def make_plan(network: SymbolicNetwork, wrt: Name, of: Name) -> Plan:
    """The lines and runs of layers from wrt to of.

    Raises:
        UnknownNameError: one of them is no name of the chain.
        NotSupportedError: the chain or the pair is beyond this.
    """
    by, to = network.find(wrt), network.find(of)
    inner, target = network.is_member(by), network.is_member(to)
    check_order(network, by, to)
    if len(network.states) > 1:
        from symgrad.calculus.depth_states import plan_states

        return plan_states(network, by, to)
    stem = state_of(network)
    used = stations(network)
    if inner:
        check_offsets(network, by)
    lines: list[Line] = [] if inner else list(network.before)
    start = by.indices[0] if inner else moved(network.low, -1)
    end = to.indices[0] if target else network.high
    if inner:
        lines.extend(network.layer(start))
    tail = list(network.after)
    if target:
        tail = [] if to.stem == stem else list(network.layer(end))
        end = end if to.stem == stem else moved(end, -1)
    if not target and to in {line.target for line in network.before} | (set(network.outer) - network.defined):
        start, end, tail = network.low, network.low, []  # nothing of the loop lies below it
    runs: dict[Name, Run] = {}
    needed: tuple[Relation, ...] = ()
    same = inner and target and distance(by.indices[0], to.indices[0]) == 0
    after_only = not inner and by in {line.target for line in network.after}
    if same:
        tail = []
    elif not after_only:
        if target or to not in {line.target for line in network.after}:
            used = Stations(None, None)
        way = used.way(network, start, end)
        lines.extend(way.first)
        needed = way.needed
        if way.run is not None and not acts_on_layer(network, previous(network, stem)):
            top = way.run[1]  # layers hand nothing on: only the last of them counts
            lines.extend(network.layer(top))
            needed = (*needed, *within(network, start, moved(network.low, -1), moved(top, -1)))
        elif way.run is not None:
            low, high = way.run
            entry, exit_ = Name(stem, (moved(low, -1),)), Name(stem, (high,))
            runs[exit_] = Run(low, high, entry, exit_)
            lines.append(run_line(network, runs[exit_]))
        lines.extend(way.last)
        if (distance(start, end) or 0) < 0:
            tail = []
    lines.extend(tail)
    ranges = ranges_of(network, (by, to))
    return Plan(
        condensed(network, lines, by, to), runs, Derivative(to, by), free_letters(network, (by, to)),
        merged((*ranges, *needed, *between(network, inner and target, start, end))),
    )  # fmt: skip


def check_order(network: SymbolicNetwork, by: Name, to: Name) -> None:
    """Two members of which one may be anywhere must not leave open which comes first.

    Raises:
        NotSupportedError: dh_m/dw_n, which is 0 unless m is n.
    """
    if network.is_member(by) and network.is_member(to):
        start, end = by.indices[0], to.indices[0]
        if distance(start, end) is None and distance(start, network.high) is not None:
            raise NotSupportedError("symbolic-order", network.loop.where, of=plain(to), by=plain(by))


def run_line(network: SymbolicNetwork, run: Run) -> Line:
    """A stand-in for the equations of many layers: it only says what they use."""
    acting = (name for name in network.tied if acts_on_layer(network, name))
    body = Apply(Name("layers"), (run.entry, *acting))
    return Line(run.exit, body, Source("", network.name))


def previous(network: SymbolicNetwork, stem: str) -> Name:
    """The member of a family that belongs to the layer before: h_{t-1}."""
    return Name(stem, (moved(Name(network.letter), -1),))


def acts_on_layer(network: SymbolicNetwork, name: Name) -> bool:
    """Whether a name has an effect on the state of a layer that uses it."""
    state = network.here(state_of(network))
    return bool(on_paths(condensed(network, network.block, name, state), name, state))


def condensed(network: SymbolicNetwork, lines: Sequence[Line], by: Name, to: Name) -> Network:
    """An ordinary network of some lines, letters in their indices; everything undefined is a leaf."""
    equations = tuple(line.equation() for line in lines)
    made = {equation.name for equation in equations}
    parents = [parent for equation in equations for parent in equation.parents]
    leaves = tuple(dict.fromkeys(name for name in (by, to, *parents) if name not in made))
    facts = (network.name, network.title, network.text)
    return Network(*facts, equations, leaves, (), network.objective, network.functions, network.assumptions)


def check_offsets(network: SymbolicNetwork, name: Name) -> None:
    """A leaf of the loop is used at the loop's own index, and nowhere else."""
    own = Name(name.stem, (Name(network.letter),))
    used = [slot for slot in network.fed if slot.stem == name.stem]
    if used and used != [own]:
        raise NotSupportedError("symbolic-offset", network.loop.where, name=plain(name))


def ranges_of(network: SymbolicNetwork, names: Sequence[Name]) -> tuple[Relation, ...]:
    """Where the indices must lie, unless they do so anyway: 1 <= i <= n, or 3 <= n."""
    found: dict[str, tuple[Tree, Tree]] = {}
    others: list[Relation] = []
    for name in names:
        if not network.is_member(name):
            continue
        place = name.indices[0]
        low = moved(network.low, -1) if name.stem in network.states else network.low
        form = linear(place)
        assert form is not None
        letter = form[0][0][0] if len(form[0]) == 1 and form[0][0][1] == 1 else ""
        if letter and letter != network.depth:
            first, last = (moved(end, -int(form[1])) for end in (low, network.high))
            if letter in found:
                first, last = later(found[letter][0], first), earlier(found[letter][1], last)
            found[letter] = (first, last)
        else:
            others.extend(depth_needed(network, place, low))
    inside = (Relation(("<=", "<="), (low, Name(letter), high)) for letter, (low, high) in found.items())
    return (*inside, *others)


def depth_needed(network: SymbolicNetwork, place: Tree, low: Tree) -> list[Relation]:
    """What an index without a letter of its own asks of the depth: 3 <= n for b_3, 2 <= n for b_{n-1}."""
    below, above = distance(low, place), distance(place, network.high)
    if below is None and above is not None:
        needed = above + distance_to_depth(network)
        return [Relation(("<=",), (moved(low, needed), Name(network.depth)))] if above else []
    if below and above is None:
        return [Relation(("<=",), (moved(place, distance_to_depth(network)), Name(network.depth)))]
    if below is None and above is None:
        return [Relation(("<=", "<="), (low, place, network.high))]
    return []


def between(network: SymbolicNetwork, both: bool, start: Tree, end: Tree) -> tuple[Relation, ...]:
    """Two indices of which nobody knows which is larger."""
    if not both or distance(start, end) is not None or distance(end, network.high) == 0:
        return ()
    return (Relation(("<=",), (start, end)),)


def fail(network: Network, derivation: Derivation, what: str) -> NoReturn:
    """Reject a derivation."""
    raise DerivationError(what, Where(network.name), goal=plain(derivation.goal))
