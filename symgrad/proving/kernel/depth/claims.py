"""A claim with ranges, integer letters or layers as the rules see it, known letters put in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from symgrad.errors import CertificateError
from symgrad.notation.places import at
from symgrad.notation.tree import Is, Name, Tree, names_in, walk
from symgrad.proving.kernel.asked import Asked
from symgrad.proving.kernel.depth.letters import places_in
from symgrad.proving.kernel.depth.loop import Lines, Loop
from symgrad.proving.kernel.depth.readings import directed, families_of, letters_among, settled_letters
from symgrad.proving.kernel.depth.tokens import tokens
from symgrad.proving.kernel.evaluate import truth
from symgrad.proving.kernel.families import parts
from symgrad.proving.kernel.gradient import written_out
from symgrad.proving.kernel.written import spelled_out


def asked_with_letters(
    statement: Tree,
    given: Sequence[Tree],
    definitions: Lines,
    functions: Mapping[str, str],
    loop: Loop | None,
    numbers: Mapping[str, Tree] | None,
) -> Asked:
    """The claim of a chain whose loop runs to a letter, or of one that speaks of integer letters.

    numbers: letters that a counterexample chooses.
    """
    # Each part has letters of its own: `n >= 1 and |w_i| < 1` says n >= 1 where there is no w_i at all.
    statement, *given = upward(statement, [piece for g in given for piece in parts(g)], loop)
    known = {**settled_letters(statement, given, loop), **(numbers or {})}
    known = {letter: value for letter, value in known.items() if letter not in labels(definitions, loop)}
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


def places(statement: Tree, given: Sequence[Tree], definitions: Lines, loop: Loop | None) -> set[str]:
    """The letters in indices and ends of ranges: integers by their use."""
    found = places_in((statement, *given)) - labels(definitions, loop)
    return found if loop is None else found | {loop.depth}


def chosen_letters(statement: Tree, given: Sequence[Tree], definitions: Lines, loop: Loop | None) -> set[str]:
    """The letters that a counterexample may give a number to: places and ends of ranges."""
    whole = {g.subject.stem for g in given if isinstance(g, Is) and isinstance(g.subject, Name)}
    return places(statement, given, definitions, loop) | (whole - labels(definitions, loop))


def labels(definitions: Lines, loop: Loop | None) -> set[str]:
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
