"""Assumptions about a family: `|w_j| <= 1` says something about every w_1, w_2, ... that occurs."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice, product
from math import prod

from symgrad.errors import CertificateError
from symgrad.notation.places import at
from symgrad.notation.tree import Add, Logic, Name, Neg, Number, Relation, Tree, names_in, number
from symgrad.proving.kernel.substitution import put_in

MAX_INSTANCES = 20_000


def parts(assumption: Tree) -> list[Tree]:
    """An assumption as single relations where it is joined by `and` or chained; other logic stays whole."""
    match assumption:
        case Logic("and", arguments):
            return [piece for argument in arguments for piece in parts(argument)]
        case Relation(operators, operands) if len(operators) > 1:
            return [
                Relation((op,), (a, b)) for op, a, b in zip(operators, operands, operands[1:], strict=False)
            ]
    return [assumption]


def instances(
    assumption: Tree, universe: Iterable[Name], both: bool = False, closed: bool = True
) -> list[Tree]:
    """The assumption for every member that occurs; a name that occurs exactly as written is itself.

    both: take the exact reading and the family's together (a counterexample must satisfy either). closed:
    the members that occur are all there are, as in a chain; else an instance with another member, which has a
    value all the same, is not left out.
    """
    pieces = parts(assumption)
    if len(pieces) > 1:  # each has letters of its own: `n >= 1 and |w_i| < 1` says n >= 1 without any w_i
        return list(
            dict.fromkeys(found for piece in pieces for found in instances(piece, universe, both, closed))
        )
    members = list(dict.fromkeys(universe))
    names = [name for name in names_in(assumption) if name.indices]
    letters = list(dict.fromkeys(letter for name in names for letter in _letters(name)))
    exact = all(name in members for name in names)
    if not letters or (exact and not both):
        return parts(assumption)
    if both and any(not _solvable(name, member) for name in names for member in members):
        raise CertificateError("certificate-assumption")
    choices = [_values(letter, names, members) for letter in letters]
    if both and prod(map(len, choices)) > MAX_INSTANCES:
        raise CertificateError("certificate-too-large")
    found: dict[Tree, None] = dict.fromkeys(parts(assumption)) if exact else {}
    for values in islice(product(*choices), MAX_INSTANCES):
        filled = at(put_in(assumption, dict(zip(letters, values, strict=True)), indices=True), {})
        if not closed or all(name in members for name in names_in(filled) if name.indices):
            found.update(dict.fromkeys(parts(filled)))
    return list(found)


def _letters(name: Name) -> list[Name]:
    """The free index letters of a name."""
    inside = [n for index in name.indices for n in names_in(index)]
    return [n for n in inside if not n.indices and len(n.stem) == 1]


def _solvable(name: Name, member: Name) -> bool:
    """Whether it is known for which values of its letters the name is this member."""
    if name.stem != member.stem or len(name.indices) != len(member.indices):
        return True
    for pattern, index in zip(name.indices, member.indices, strict=True):
        letters = _letters(Name("", (pattern,)))
        if letters and (len(letters) > 1 or _solve(pattern, letters[0], index) is None):
            return False
    return True


def _values(letter: Name, names: list[Name], members: list[Name]) -> list[Tree]:
    """What the letter can stand for, from the members that exist."""
    found: dict[Tree, None] = {}
    for name in names:
        for k, pattern in enumerate(name.indices):
            for member in members:
                if member.stem == name.stem and len(member.indices) == len(name.indices):
                    value = _solve(pattern, letter, member.indices[k])
                    if value is not None:
                        found.setdefault(value)
    return list(found)


def _solve(pattern: Tree, letter: Name, index: Tree) -> Tree | None:
    """The letter's value where `j`, `j + 1` or `j - 1` is the index."""
    match pattern:
        case Name() if pattern == letter:
            return index
        case Add((Name() as j, Number(shift))) if j == letter and isinstance(index, Number):
            return number(index.value - shift)
        case Add((Name() as j, Neg(Number(shift)))) if j == letter and isinstance(index, Number):
            return number(index.value + shift)
    return None
