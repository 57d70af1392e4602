"""A chain whose one loop runs to a symbol, `for j in 1..n:`: the loop's equations kept once, with its index.

Nothing is unrolled until somebody says how deep: `at_depth(4)` is the ordinary network of four layers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn

from symgrad.errors import InputError, NotSupportedError, UnknownNameError, Where
from symgrad.network.graph import Equation, Network, Pattern, instantiate
from symgrad.network.sizes import GeneralShapes
from symgrad.notation import chainfile as cf
from symgrad.notation.chainfile import read_chain
from symgrad.notation.indices import linear
from symgrad.notation.places import at, distance, moved
from symgrad.notation.source import Source
from symgrad.notation.tree import Apply, Name, Number, Tree, names_in, number, strip_spans, substitute, walk
from symgrad.notation.writers.plain import plain


@dataclass(frozen=True, slots=True)
class Line:
    """One equation, its index letter still in it, and where it was written."""

    target: Name
    body: Tree
    source: Source

    @property
    def slots(self) -> tuple[Name, ...]:
        """The names its right side uses, each once."""
        return names_in(self.body)

    def placed(self, letter: str, place: Tree) -> Line:
        """The line of one layer: its letter replaced by a place."""
        target = at(self.target, {letter: place})
        assert isinstance(target, Name)
        return Line(target, at(self.body, {letter: place}), self.source)

    def equation(self) -> Equation:
        """The line as an equation of an ordinary network; letters stay where they are."""
        slots = self.slots
        return Equation(self.target, slots, Pattern(self.target, self.body, (), slots, self.source))


def symbolic_loop(file: cf.ChainFile) -> cf.Loop | None:
    """The file's one loop if it runs from an integer to a symbol (n, n-1, ...), else None."""
    loops = {id(loop): loop for equation in file.equations for loop in equation.loops}
    if len(loops) != 1 or any(len(equation.loops) > 1 for equation in file.equations):
        return None
    (loop,) = loops.values()
    form = linear(loop.high)
    if not isinstance(low := linear(loop.low), tuple) or low[0] or low[1].denominator != 1 or form is None:
        return None
    one_letter = len(form[0]) == 1 and form[0][0][1] == 1 and form[1].denominator == 1
    return loop if one_letter and form[0][0][0] != loop.index else None


class SymbolicNetwork(Network):
    """A forward pass of symbolic depth; what needs its equations one by one gets a NotSupportedError."""

    def __init__(self, file: cf.ChainFile, loop: cf.Loop, functions: Mapping[str, str]) -> None:
        put = object.__setattr__
        low, high = linear(loop.low), linear(loop.high)
        assert low is not None and high is not None
        facts: dict[str, Any] = {
            "file": file, "loop": loop, "name": file.name, "title": file.title, "text": file.text,
            "functions": functions, "assumptions": file.assumptions, "shapes": {}, "letter": loop.index,
            "low": number(low[1]), "high": loop.high, "depth": high[0][0][0],
        }  # fmt: skip
        for key, value in facts.items():
            put(self, key, value)
        self.check_layers()
        put(self, "objective", self.find_objective())

    file: cf.ChainFile
    loop: cf.Loop
    letter: str
    low: Number
    high: Tree
    depth: str
    """The symbol of the depth, n."""

    # -- the lines ---------------------------------------------------------------------------------------

    @cached_property
    def lines(self) -> tuple[tuple[Line, bool], ...]:
        """All lines in order, each with whether it stands in the loop."""
        found = []
        for equation in self.file.equations:
            target = strip_spans(equation.target)
            assert isinstance(target, Name)
            found.append((Line(target, strip_spans(equation.body), equation.source), bool(equation.loops)))
        return tuple(found)

    @cached_property
    def block(self) -> tuple[Line, ...]:
        """The lines of one layer."""
        return tuple(line for line, inside in self.lines if inside)

    @cached_property
    def before(self) -> tuple[Line, ...]:
        """The lines above the loop."""
        first = next(place for place, (_, inside) in enumerate(self.lines) if inside)
        return tuple(line for line, _ in self.lines[:first])

    @cached_property
    def after(self) -> tuple[Line, ...]:
        """The lines below the loop."""
        return tuple(line for line, inside in self.lines[len(self.before) :] if not inside)

    def layer(self, place: Tree) -> tuple[Line, ...]:
        """The lines of the layer at a place."""
        return tuple(line.placed(self.letter, place) for line in self.block)

    # -- the names ---------------------------------------------------------------------------------------

    @cached_property
    def made(self) -> tuple[str, ...]:
        """The stems the loop defines, in order."""
        return tuple(line.target.stem for line in self.block)

    @cached_property
    def states(self) -> tuple[str, ...]:
        """The stems a layer hands to the next one."""
        found: dict[str, None] = {}
        for slot in self.slots:
            if slot.stem in self.made and slot != self.here(slot.stem):
                found[slot.stem] = None
        return tuple(found)

    @cached_property
    def slots(self) -> tuple[Name, ...]:
        """The names one layer uses, each once."""
        return tuple(dict.fromkeys(slot for line in self.block for slot in line.slots))

    @cached_property
    def fed(self) -> tuple[Name, ...]:
        """The leaves of one layer that change from layer to layer: w_j, b_j."""
        return tuple(s for s in self.slots if s.stem not in self.made and self.letter in index_letters(s))

    @cached_property
    def tied(self) -> tuple[Name, ...]:
        """The names that every layer uses: one b for all."""
        return tuple(s for s in self.slots if self.letter not in index_letters(s) and s.stem != self.letter)

    def here(self, stem: str) -> Name:
        """The member of a family that the layer itself defines: a_j."""
        return Name(stem, (Name(self.letter),))

    def check_layers(self) -> None:
        """Only what one layer defines at its own index can be handed on."""
        for line in self.block:
            if line.target != self.here(line.target.stem):
                raise NotSupportedError(
                    "symbolic-layer", line.source.where(0), name=plain(line.target), letter=self.letter
                )

    def argument(self, places: tuple[Tree, ...]) -> Name | None:
        """What the activation of the layer at a place is applied to: z_j."""
        if len(places) == 1:
            for line in self.layer(places[0]):
                match line.body:
                    case Apply(_, (Name() as argument,)):
                        return argument
        return None

    def find_objective(self) -> Name:
        """The declared objective, or the last name defined."""
        if self.file.objective is not None:
            name = strip_spans(self.file.objective[0])
            assert isinstance(name, Name)
            return name
        line, inside = self.lines[-1]
        return line.placed(self.letter, self.high).target if inside else line.target

    @cached_property
    def outer(self) -> tuple[Name, ...]:
        """The names outside the loop: defined or used there, tied, and the initial values of the states."""
        found: dict[Name, None] = {}
        for line in (*self.before, *self.after):
            for name in (*line.slots, line.target):
                if not self.is_member(name):
                    found[name] = None
        for stem in self.states:
            found[Name(stem, (moved(self.low, -1),))] = None
        return tuple(dict.fromkeys((*found, *self.tied)))

    @cached_property
    def labels(self) -> dict[Tree, Tree]:
        """The names whose subscript is a label and no index, q_f, each with a stand-in that has none."""
        own = {self.depth, self.letter}
        return {
            name: Name("\0".join((name.stem, *sorted(letters))))
            for name in self.outer
            if (letters := index_letters(name)) and not letters & own
        }

    def shielded(self, tree: Tree) -> Tree:
        """The tree with stand-ins for labelled names, so that no letter of theirs is taken for an index."""
        return substitute(tree, self.labels) if self.labels else tree

    def bared(self, tree: Tree) -> Tree:
        """The tree with the labelled names again."""
        if not self.labels:
            return tree
        return substitute(tree, {stand_in: name for name, stand_in in self.labels.items()})

    def is_member(self, name: Name) -> bool:
        """Whether a name belongs to a family of the loop, inside its range as far as one can tell."""
        stems = {*self.made, *(slot.stem for slot in self.fed)}
        if name.stem not in stems or len(name.indices) != 1 or linear(name.indices[0]) is None:
            return False
        place = name.indices[0]
        below, above = distance(self.low, place), distance(place, self.high)
        return (below is None or below >= 0) and (above is None or above >= 0)

    def find(self, name: Name) -> Name:
        """A name of the chain, with any index inside the range.

        Raises:
            UnknownNameError: there is none.
        """
        if name in self.outer or self.is_member(name):
            return name
        stems = {*self.made, *(slot.stem for slot in self.fed)}
        if name.stem in stems and name.indices:
            first, last = (plain(Name(name.stem, (place,))) for place in (self.low, self.high))
            raise UnknownNameError(
                "no-such-member", Where(self.name), name=plain(name), members=f"{first}, ..., {last}"
            )
        raise UnknownNameError("not-in-chain", Where(self.name), name=plain(name))

    # -- as a network ------------------------------------------------------------------------------------

    @cached_property
    def names(self) -> frozenset[Name]:
        """The names as the file writes them, a family by its general, first and last member."""
        found = set(self.outer)
        for line in self.block:
            found.update((line.target, *line.slots))
        for name in list(found):
            if self.letter in index_letters(name):
                for place in (self.low, self.high):
                    member = at(name, {self.letter: place})
                    assert isinstance(member, Name)
                    found.add(member)
        return frozenset(found)

    @cached_property
    def families(self) -> frozenset[str]:
        """The stems whose members nobody can list."""
        return frozenset((*self.made, *(slot.stem for slot in self.fed)))

    @cached_property
    def defined(self) -> frozenset[Name]:
        """The names with an equation outside the loop."""
        return frozenset(line.target for line in (*self.before, *self.after))

    @property
    def leaves(self) -> tuple[Name, ...]:
        """What no equation defines, a family of the loop by its general member."""
        loose = [name for name in self.outer if name not in self.defined]
        return tuple(dict.fromkeys((*self.fed, *loose)))

    @property
    def parameters(self) -> tuple[Name, ...]:
        """The trained leaves, w_j standing for the whole family."""
        from symgrad.network.build import DEFAULT_PARAMETERS

        if self.file.parameters is None:
            return tuple(leaf for leaf in self.leaves if leaf.stem in DEFAULT_PARAMETERS)
        chosen = [strip_spans(name) for name, _ in self.file.parameters]
        stems = {name.stem for name in chosen if isinstance(name, Name) and not name.indices}
        return tuple(leaf for leaf in self.leaves if leaf in chosen or leaf.stem in stems)

    @property
    def applied(self) -> tuple[str, ...]:
        """The functions this chain applies, by the name they have in it."""
        return applied_in(line for line, _ in self.lines)

    @property
    def applied_in_layers(self) -> tuple[str, ...]:
        """The functions applied outside the objective's own equation."""
        return applied_in(line for line, _ in self.lines if line.target != self.objective)

    @property
    def activation(self) -> str | None:
        """The one function that layers apply to a whole pre-activation, or None."""
        found = {
            line.body.function.stem
            for line, _ in self.lines
            if isinstance(line.body, Apply)
            and len(line.body.arguments) == 1
            and line.target != self.objective
        }
        return next(iter(found)) if len(found) == 1 else None

    def unrolled(self) -> NoReturn:
        """What asks for every equation must say how deep.

        Raises:
            NotSupportedError: always.
        """
        raise NotSupportedError(
            "symbolic-depth-needed", self.loop.where, "symbolic-depth-needed-hint", letter=self.depth
        )

    @property
    def equations(self) -> tuple[Equation, ...]:
        """There is no list of them."""
        self.unrolled()

    @property
    def position(self) -> dict[Name, int]:
        """There is none."""
        self.unrolled()

    @property
    def bodies(self) -> tuple[Tree, ...]:
        """There is no list of them."""
        self.unrolled()

    @property
    def uses(self) -> dict[Name, tuple[int, ...]]:
        """There is no list of them."""
        self.unrolled()

    # -- variants ----------------------------------------------------------------------------------------

    def renamed(self, functions: Mapping[str, str]) -> SymbolicNetwork:
        """The same chain with general functions filled in or swapped."""
        return SymbolicNetwork(self.file, self.loop, {**self.functions, **functions})

    def direct(self, stem: str) -> SymbolicNetwork:
        """The loop of one line alone, everything else that it uses held fixed: the direct path.

        Raises:
            UnknownNameError: no line of the loop defines the stem.
        """
        line = next((line for line in self.block if line.target.stem == stem), None)
        if line is None:
            raise UnknownNameError("no-equation", Where(self.name), name=stem)
        head = f"for {self.letter} in {plain(self.low)}..{plain(self.high)}:"
        file = read_chain(f"{head}\n    {plain(line.target)} = {plain(line.body)}", self.name)
        loop = symbolic_loop(file)
        assert loop is not None
        return SymbolicNetwork(file, loop, self.functions)

    def at_depth(self, depth: int) -> Network:
        """The ordinary network with a number for the depth.

        Raises:
            InputError: the loop would be empty.
        """
        from symgrad.network.build import build, rename_functions
        from symgrad.network.unrolling import text_at

        last = instantiate(self.high, {self.depth: depth})
        form = linear(last)
        assert form is not None
        if form[1] < self.low.value:
            low = int(self.low.value - form[1] + depth)
            raise InputError("depth-below-range", Where(self.name), depth=depth, low=low)
        return rename_functions(build(read_chain(text_at(self, depth), self.name)), dict(self.functions))


def index_letters(name: Name) -> frozenset[str]:
    """The letters in the indices of a name."""
    return frozenset(
        node.stem
        for index in name.indices
        for node in walk(index)
        if isinstance(node, Name) and not node.indices
    )


def applied_in(lines: Iterator[Line]) -> tuple[str, ...]:
    """The functions some lines apply, in order of appearance."""
    nodes = (node for line in lines for node in walk(line.body))
    return tuple(dict.fromkeys(node.function.stem for node in nodes if isinstance(node, Apply)))


def build_symbolic(file: cf.ChainFile, loop: cf.Loop) -> SymbolicNetwork:
    """The network of a file with one loop of symbolic depth; its slips show in its first few depths.

    Raises:
        InputError: as for a chain of explicit depth.
    """
    network = SymbolicNetwork(file, loop, {binding.name: binding.function for binding in file.bindings})
    form = linear(network.high)
    assert form is not None
    for layers in (2, 3):
        deep = network.at_depth(int(network.low.value - form[1]) + layers - 1)
    object.__setattr__(network, "shapes", GeneralShapes(network, deep) if deep.shapes else {})
    return network
