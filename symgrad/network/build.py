"""ChainFile -> Network: loops unrolled, every name resolved, every slip reported at its place."""

from __future__ import annotations

import gc
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from symgrad.arithmetic.written_out import TooLong, written_out
from symgrad.errors import (
    InputError,
    NotSupportedError,
    ParseError,
    SymgradError,
    UnknownNameError,
)
from symgrad.network.functions import bound_functions, check_options
from symgrad.network.graph import Equation, Network, Pattern
from symgrad.network.instances import Members
from symgrad.network.shapes import infer
from symgrad.network.symbolic import SymbolicNetwork, build_symbolic, symbolic_loop
from symgrad.notation import chainfile as cf
from symgrad.notation.indices import evaluate_index, linear
from symgrad.notation.source import Source
from symgrad.notation.tree import BigOp, Div, Name, Number, Tree, names_in, strip_spans, walk
from symgrad.notation.writers.plain import plain

DEFAULT_PARAMETERS = ("w", "W", "b", "U", "V", "gamma", "beta", "theta")
MAX_TERMS = 1000
"""A longer sum or product in a line is refused."""
MAX_EQUATIONS = 1_000_000


def build(file: cf.ChainFile) -> Network:
    """The network of a chain file.

    Raises:
        InputError: or its kin: duplicate definition, forward reference, cycle, undefined member or index,
            constant zero divisor, unknown objective or parameter; each with line, column and caret.
    """
    loop = symbolic_loop(file)
    if loop is not None:
        return build_symbolic(file, loop)
    with uncollected():
        return Builder(file).run()


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for garbage while many small things are made that all stay: half the time of a deep chain."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Builder:
    """Unrolls one file."""

    def __init__(self, file: cf.ChainFile) -> None:
        self.file = file
        self.defined: dict[Name, Equation] = {}
        self.leaves: dict[Name, None] = {}
        self.members = Members()
        self.makers: dict[int, Callable[[tuple[int, ...]], Name]] = {}
        self.patterns = [self.pattern(equation) for equation in file.equations]
        self.everything = self.all_targets()

    # -- patterns ----------------------------------------------------------------------------------------

    def pattern(self, equation: cf.Equation) -> Pattern:
        """The pattern of a written equation; a zero divisor and a letter no loop binds are slips."""
        letters = tuple(loop.index for loop in equation.loops)
        for node in walk(equation.body):
            match node:
                case Div(_, Number(value)) if value == 0:
                    raise equation.source.error("division-by-zero", *(node.span or (0, 1)), kind=InputError)
        self.check_indices(equation, letters)
        body = self.written(equation)
        slots = names_in(body)
        target = strip_spans(equation.target)
        assert isinstance(target, Name)
        bare = tuple(slot for slot in slots if slot.stem not in letters or slot.indices)
        return Pattern(target, body, letters, bare, equation.source)

    def written(self, equation: cf.Equation) -> Tree:
        """The right side, its sums and products written out term by term: each term uses names of its own.

        Raises:
            InputError: the bounds are no numbers, or too far apart.
        """
        big = next((node for node in walk(equation.body) if isinstance(node, BigOp)), None)
        if big is None:
            return equation.body
        try:
            body = written_out(equation.body, MAX_TERMS)
        except TooLong as problem:
            raise self.at(equation.source, big, "operator-too-long", limit=MAX_TERMS) from problem
        if any(isinstance(node, BigOp) for node in walk(body)):
            raise self.at(equation.source, big, "operator-bounds")
        return body

    def check_indices(self, equation: cf.Equation, letters: tuple[str, ...]) -> None:
        """Arithmetic on a letter that no loop binds is an error; a bare letter is a label."""
        bound = set(letters)
        for node in walk(equation.body):
            if not isinstance(node, Name):
                continue
            for index in node.indices:
                form = linear(index)
                if isinstance(index, Name | Number) or form is None:
                    continue
                for letter, _ in form[0]:
                    if letter not in bound and not self.big_letter(equation.body, letter):
                        raise self.at(equation.source, node, "unbound-index", letter=letter)

    @staticmethod
    def big_letter(body: Tree, letter: str) -> bool:
        """Whether a big operator of the body binds the letter."""
        return any(isinstance(node, BigOp) and node.index == letter for node in walk(body))

    # -- unrolling ---------------------------------------------------------------------------------------

    def ranges(self, loops: tuple[cf.Loop, ...], outer: dict[str, int]) -> Iterator[dict[str, int]]:
        """All values of the loop letters, outermost slowest."""
        if not loops:
            yield outer
            return
        loop, *rest = loops
        low, high = (self.bound(loop, bound, outer) for bound in (loop.low, loop.high))
        if high < low:
            raise ParseError("range-downward", loop.where, low=low, high=high)
        if high - low >= MAX_EQUATIONS:
            raise ParseError("range-too-long", loop.where, limit=MAX_EQUATIONS)
        for value in range(low, high + 1):
            yield from self.ranges(tuple(rest), {**outer, loop.index: value})

    def bound(self, loop: cf.Loop, bound: Tree, outer: dict[str, int]) -> int:
        """The value of one end of a loop; it may hold the letters of the loops around."""
        value = evaluate_index(bound, outer)
        if value is None:
            form = linear(bound)
            if form is None or not form[0]:
                raise ParseError("range-bound", loop.where, bound=plain(bound))
            several = len({id(each) for equation in self.file.equations for each in equation.loops}) > 1
            what = "symbolic-loops" if several else "symbolic-depth"
            raise NotSupportedError(what, loop.where, "symbolic-depth-hint", letter=form[0][0][0])
        return value

    def blocks(self) -> Iterator[tuple[list[Pattern], tuple[cf.Loop, ...]]]:
        """Runs of equations that share their loops."""
        pairs = list(zip(self.patterns, self.file.equations, strict=True))
        for loops, group in itertools.groupby(pairs, key=lambda pair: pair[1].loops):
            yield [pattern for pattern, _ in group], loops

    def instances(self) -> Iterator[tuple[Pattern, dict[str, int]]]:
        """Every equation of the unrolled chain, in order of definition."""
        for patterns, loops in self.blocks():
            for values in self.ranges(loops, {}):
                for pattern in patterns:
                    yield pattern, values

    def all_targets(self) -> dict[str, list[tuple[Name, Pattern]]]:
        """Every name that is defined anywhere, by stem (for forward references and families)."""
        targets: dict[str, list[tuple[Name, Pattern]]] = {}
        seen: dict[Name, Pattern] = {}
        for patterns, loops in self.blocks():
            makers = [(pattern, self.maker(pattern.target, loops)) for pattern in patterns]
            for values in self.ranges(loops, {}):
                at = tuple(values.values())
                for pattern, make in makers:
                    name = make(at)
                    if name in seen:
                        raise self.at(pattern.source, None, "defined-twice", name=plain(name), target=True)
                    if len(seen) >= MAX_EQUATIONS:
                        raise self.at(pattern.source, None, "too-many-equations", limit=MAX_EQUATIONS)
                    seen[name] = pattern
                    targets.setdefault(name.stem, []).append((name, pattern))
        for binding in self.file.bindings:
            if binding.name in targets:
                raise ParseError("defined-twice", binding.where, name=binding.name)
        self.defined_names = seen
        return targets

    def instance(self, name: Name, values: dict[str, int]) -> Name:
        """The name of a pattern with its loop letters replaced by their values."""
        return self.made(name, tuple(values))(tuple(values.values()))

    def made(self, name: Name, letters: tuple[str, ...]) -> Callable[[tuple[int, ...]], Name]:
        """What gives a name of a pattern at values of its letters."""
        make = self.makers.get(id(name))
        if make is None:
            make = self.makers[id(name)] = self.members.name(name, letters)
        return make

    def maker(self, name: Name, loops: tuple[cf.Loop, ...]) -> Callable[[tuple[int, ...]], Name]:
        """What gives a name of a pattern at values of its loops' letters."""
        return self.made(name, tuple(loop.index for loop in loops))

    def slot_makers(
        self, pattern: Pattern, loops: tuple[cf.Loop, ...]
    ) -> list[tuple[Name, Callable[[tuple[int, ...]], Name]]]:
        """The names a pattern uses, each with what gives it."""
        return [(slot, self.maker(slot, loops)) for slot in pattern.slots]

    def define(
        self, pattern: Pattern, name: Name, used: list[tuple[Name, Name]], at: tuple[int, ...]
    ) -> None:
        """One equation of the unrolled chain; what it uses is defined above, or a leaf."""
        parents: dict[Name, None] = {}
        for slot, parent in used:
            if parent not in self.defined and parent not in self.leaves:
                self.resolve(parent, name, slot, pattern)
            parents[parent] = None
        self.defined[name] = Equation(name, tuple(parents), pattern, at)

    def run(self) -> Network:
        """The network, every equation after everything it uses."""
        for patterns, loops in self.blocks():
            makers = [(p, self.maker(p.target, loops), self.slot_makers(p, loops)) for p in patterns]
            for values in self.ranges(loops, {}):
                at = tuple(values.values())
                for pattern, target, slots in makers:
                    self.define(pattern, target(at), [(slot, make(at)) for slot, make in slots], at)
        objective = self.objective()
        functions = bound_functions(self.file.bindings)
        for equation in self.file.equations:
            check_options(equation, functions)
        return Network(
            self.file.name,
            self.file.title,
            self.file.text,
            tuple(self.defined.values()),
            tuple(self.leaves),
            self.parameters(),
            objective,
            functions,
            self.file.assumptions,
            infer(self.file.shapes, tuple(self.leaves), tuple(self.defined.values()), objective),
        )

    # -- names -------------------------------------------------------------------------------------------

    def resolve(self, name: Name, target: Name, slot: Name, pattern: Pattern) -> None:
        """A name used for the first time that is not defined above is a leaf, or a slip."""
        if name in self.defined_names:
            raise self.forward(name, target, slot, pattern)
        family = [
            n
            for n, _ in self.everything.get(name.stem, ())
            if len(n.indices) == len(name.indices) and n.indices
        ]
        if family and name.indices and all(isinstance(i, Number) for i in name.indices):
            self.initial(name, family, slot, pattern)
        plain_name = strip_spans(name) if name is slot else name
        assert isinstance(plain_name, Name)
        self.leaves[plain_name] = None

    def initial(self, name: Name, family: list[Name], slot: Name, pattern: Pattern) -> None:
        """Only the index just below a family's range is its initial value."""
        for place, index in enumerate(name.indices):
            values = [other.value for n in family if isinstance(other := n.indices[place], Number)]
            assert isinstance(index, Number)
            if values and index.value not in values and index.value != min(values) - 1:
                raise self.no_member(name, family, slot, pattern)

    def no_member(self, name: Name, family: list[Name], slot: Name, pattern: Pattern) -> SymgradError:
        """The error for a member that a family does not have."""
        shown = [plain(n) for n in family]
        members = ", ".join(shown if len(shown) <= 6 else [*shown[:2], "...", shown[-1]])
        return self.at(pattern.source, slot, "no-such-member", name=plain(name), members=members)

    def forward(self, name: Name, target: Name, slot: Name, pattern: Pattern) -> SymgradError:
        """A forward reference: the cycle it closes, named in full, or else the line that comes too late."""
        cycle = self.cycle(target)
        if cycle:
            return self.at(pattern.source, slot, "cycle", path=" -> ".join(plain(n) for n in cycle))
        later = self.defined_names[name].source.line
        return self.at(pattern.source, slot, "used-before-defined", name=plain(name), line=later)

    def cycle(self, start: Name) -> list[Name]:
        """A way from a name back to itself through its definitions, or []."""
        parents: dict[Name, list[Name]] = {}
        for pattern, values in self.instances():
            target = self.instance(pattern.target, values)
            parents[target] = [self.instance(slot, values) for slot in pattern.slots]
        came: dict[Name, Name] = {}
        queue = [start]
        for node in queue:
            for parent in parents.get(node, ()):
                if parent == start:
                    path = [start, node]
                    while node != start:
                        node = came.get(node, start)
                        path.append(node)
                    return path[::-1]
                if parent not in came and parent in parents:
                    came[parent] = node
                    queue.append(parent)
        return []

    # -- objective and parameters ------------------------------------------------------------------------

    def objective(self) -> Name:
        """The declared objective, or the last name defined."""
        if self.file.objective is None:
            return next(reversed(self.defined))
        name, where = self.file.objective
        bare = strip_spans(name)
        if bare not in self.defined:
            raise UnknownNameError("objective-unknown", where, name=plain(name))
        assert isinstance(bare, Name)
        return bare

    def parameters(self) -> tuple[Name, ...]:
        """The trained leaves, in order of first use."""
        if self.file.parameters is None:
            return tuple(leaf for leaf in self.leaves if leaf.stem in DEFAULT_PARAMETERS)
        chosen: set[Name] = set()
        for name, where in self.file.parameters:
            bare = strip_spans(name)
            found = [
                leaf for leaf in self.leaves if leaf == bare or (not name.indices and leaf.stem == name.stem)
            ]
            if not found:
                raise UnknownNameError("parameter-unknown", where, name=plain(name))
            chosen.update(found)
        return tuple(leaf for leaf in self.leaves if leaf in chosen)

    def at(
        self, source: Source, node: Tree | None, what: str, *, target: bool = False, **fields: object
    ) -> SymgradError:
        """An error at a node of an equation's right side, or at its left side."""
        if target or node is None or node.span is None:
            line = source.line_text or ""
            lead = len(line) - len(line.lstrip())
            place = Source(line[lead:], source.name, source.line, lead + 1, line)
            end = len(line[lead:].split("=")[0].rstrip())
            return place.error(what, 0, end, hint="", kind=InputError, **fields)
        start, end = node.span
        return source.error(what, start, end, hint="", kind=InputError, **fields)


def rename_functions(network: Network, functions: dict[str, str]) -> Network:
    """The same network with general functions filled in or swapped (sigma -> tanh)."""
    if isinstance(network, SymbolicNetwork):
        return network.renamed(functions)
    return replace(network, functions={**network.functions, **functions})
