"""A claim as the rules see it: known letters put in, tokens written out, assumptions read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from symgrad.errors import CertificateError
from symgrad.notation.places import at
from symgrad.notation.tree import (
    Apply,
    Array,
    Derivative,
    Elementwise,
    Is,
    Name,
    Transpose,
    Tree,
    names_in,
    walk,
)  # fmt: skip
from symgrad.proving.kernel.arrays.build import REDUCTIONS
from symgrad.proving.kernel.arrays.losses import losses_written, ranges_written
from symgrad.proving.kernel.depth.letters import places_in
from symgrad.proving.kernel.depth.loop import Lines, Loop
from symgrad.proving.kernel.depth.readings import (
    Families,
    directed,
    families_of,
    letters_among,
    pieces_of,
    settled_letters,
)
from symgrad.proving.kernel.depth.tokens import Tokens, tokens
from symgrad.proving.kernel.evaluate import truth
from symgrad.proving.kernel.families import instances, parts
from symgrad.proving.kernel.gradient import written_out
from symgrad.proving.kernel.setting import Setting, setting
from symgrad.proving.kernel.written import spelled_out

KINDS = ("real", "positive", "integer", "positive integer", "nonnegative integer", "natural")
Shapes: TypeAlias = Mapping[Name, tuple[Tree, ...]]


@dataclass(frozen=True, slots=True)
class Asked:
    """statement, given: without tokens. families: how assumptions are read where indices are letters."""

    functions: Mapping[str, str]
    statement: Tree
    given: tuple[Tree, ...]
    definitions: Lines
    families: Families | None
    tokens: Tokens | None = None
    shapes: Shapes = field(default_factory=dict)
    known: Mapping[str, Tree] = field(default_factory=dict)

    def written(self, tree: Tree) -> Tree:
        """A tree with its derivative tokens written out."""
        tree = at(tree, self.known) if self.known else tree
        return written_out(tree, self.definitions) if self.tokens is None else self.tokens.written_out(tree)

    @property
    def universe(self) -> list[Name]:
        """Every name that the statement or the chain mentions."""
        inside = [n for name, body in self.definitions for n in (name, *names_in(body))]
        return [*names_in(self.statement), *inside]

    def pieces(self) -> list[Tree]:
        """The assumptions as single relations, for every member that occurs."""
        if self.families is not None:
            return pieces_of(self.statement, self.given, self.families, self.universe)
        return list(dict.fromkeys(piece for g in self.given for piece in instances(g, self.universe)))

    def setting(self, used: Sequence[Tree]) -> Setting:
        """What a proof may use, with these among the assumptions."""
        return setting(self.functions, self.definitions, used, self.families, self.shapes)


def asked(
    statement: Tree,
    given: Sequence[Tree],
    definitions: Lines,
    functions: Mapping[str, str],
    loop: Loop | None = None,
    numbers: Mapping[str, Tree] | None = None,
    shapes: Shapes | None = None,
) -> Asked:
    """The claim of a chain of definite depth, of one whose loop runs to a letter, or of one with arrays.

    numbers: letters that a counterexample chooses.
    """
    if any(isinstance(n, Is) and n.kind not in KINDS for tree in (statement, *given) for n in walk(tree)):
        raise CertificateError("certificate-unsupported", kind="Is")
    if shapes:
        return with_arrays(statement, given, definitions, functions, shapes)
    statement, *given = upward(statement, given, loop)
    known = {**settled_letters(statement, given, loop), **(numbers or {})}
    known = {letter: value for letter, value in known.items() if letter not in _labels(definitions, loop)}
    ranges = [] if loop is None else loop.facts(statement)
    if numbers is None and loop is not None and any(names_in(at(fact, known)) for fact in ranges):
        known.pop(loop.depth, None)  # a place that is a letter needs the layers, even where n = 4
    if numbers is not None and loop is not None and loop.depth not in known:
        raise CertificateError("certificate-counterexample")
    read = None if numbers is None else families_of(statement, given, loop)
    statement, ranges = at(statement, known), [at(fact, known) for fact in ranges]
    written = [at(g, known if read is None else read.beside(known, g)) for g in given]
    if loop is not None and loop.depth in known:
        definitions, loop = loop.unrolled(_whole(known[loop.depth])), None
        if any(names_in(fact) or truth(fact, {}, {}) is not True for fact in ranges):
            raise CertificateError("certificate-assumption")
    writer = None
    if loop is None:
        chain = tuple((name, spelled_out(body, functions)) for name, body in definitions)
        trees = [written_out(spelled_out(t, functions), chain) for t in (statement, *written)]
    else:
        loop = _spelled(loop, functions)
        chain = (*loop.before, *loop.after)
        plain = [spelled_out(t, functions) for t in (statement, *written)]
        used = [piece for g in plain[1:] for piece in parts(g)]
        letters = letters_among((*used, *ranges), plain, loop)
        writer = tokens(loop, letters, *plain)
        trees = [writer.written_out(tree) for tree in plain]
    statement, *rest = trees
    if read is not None and loop is None:
        members = [*names_in(statement), *(n for pair in chain for tree in pair for n in names_in(tree))]
        rest = read.for_members(given, rest, known, members, bool(definitions))
    families = families_of(statement, rest, loop)
    if families is not None:
        families = replace(families, ranges=tuple(ranges))
    return Asked(functions, statement, tuple(rest), chain, families, writer, known=known)


def upward(statement: Tree, given: Sequence[Tree], loop: Loop | None) -> list[Tree]:
    """The claim and its assumptions with every range upward, as their letters say before any has a number."""
    trees, pieces = (statement, *given), [piece for g in given for piece in parts(g)]
    letters = letters_among((*pieces, *([] if loop is None else loop.facts(statement))), trees, loop)
    return [directed(tree, letters) for tree in trees]


def with_arrays(
    statement: Tree, given: Sequence[Tree], definitions: Lines, functions: Mapping[str, str], shapes: Shapes
) -> Asked:
    """A claim about vectors and matrices keeps its tokens; one about numbers alone needs no equations.

    Where only assumptions speak of arrays, what they say of numbers may be needed all the same.
    """
    chain = tuple((name, losses_written(body, functions)) for name, body in definitions)
    trees = [losses_written(ranges_written(tree), functions) for tree in (statement, *given)]
    plain = {name for name, _ in chain} | shapes.keys()
    if any(_of_arrays(n) or n in plain for tree in trees for n in walk(tree)):
        return Asked(functions, trees[0], tuple(trees[1:]), chain, None, None, shapes)
    return Asked(functions, trees[0], tuple(trees[1:]), (), None)


def _of_arrays(node: Tree) -> bool:
    made = isinstance(node, Apply) and node.function.stem in ("ones", "eye", *REDUCTIONS)
    return made or isinstance(node, Derivative | Transpose | Elementwise | Array)


def unwritten(question: Asked) -> bool:
    """Whether a derivative token is left that no rule for arrays will see."""
    if question.shapes:
        return False
    trees = (question.statement, *question.given)
    return any(isinstance(node, Derivative) for tree in trees for node in walk(tree))


def chosen_letters(statement: Tree, given: Sequence[Tree], definitions: Lines, loop: Loop | None) -> set[str]:
    """The letters that a counterexample may give a number to: places and ends of ranges."""
    whole = {g.subject.stem for g in given if isinstance(g, Is) and isinstance(g.subject, Name)}
    found = (places_in((statement, *given)) | whole) - _labels(definitions, loop)
    return found if loop is None else found | {loop.depth}


def _labels(definitions: Lines, loop: Loop | None) -> set[str]:
    """The letters in the subscripts of a chain's names: these are the names' own."""
    names = [n for pair in definitions for tree in pair for n in names_in(tree)]
    if loop is not None:
        names = list(loop.labelled)
    return {m.stem for n in names for i in n.indices for m in walk(i) if isinstance(m, Name)}


def _whole(value: Tree) -> int:
    number = getattr(value, "value", None)
    if number is None or number.denominator != 1:
        raise CertificateError("certificate-malformed", problem="depth")
    return int(number)


def _spelled(loop: Loop, functions: Mapping[str, str]) -> Loop:
    def lines(pairs: Lines) -> Lines:
        return tuple((name, spelled_out(body, functions)) for name, body in pairs)

    return replace(loop, lines=lines(loop.lines), before=lines(loop.before), after=lines(loop.after))
