r"""Dots in a product, w_2 s'(z_2) \cdots w_n s'(z_n), where what they leave out is plain; nothing is guessed.

The factors before and behind the dots must be one unit at two places of the chain. What lies between is the
unit at every place in between. A neighbour that could belong to the unit makes the dots unreadable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symgrad.notation.indices import canonical
from symgrad.notation.places import gap
from symgrad.notation.tree import (
    ZERO,
    Add,
    Apply,
    BigOp,
    Mul,
    Name,
    Number,
    Tree,
    children,
    number,
    rebuild,
    walk,
)

MAX_WRITTEN = 64
LETTERS = "kjilmprst"


def through_dots(before: Sequence[Tree], behind: Sequence[Tree]) -> list[Tree] | None:
    """All factors of `before ... behind`, the left-out ones written; None where the pattern is not plain."""
    for length in range(1, min(len(before), len(behind)) + 1):
        first, last = tuple(before[-length:]), tuple(behind[:length])
        places = differences(first, last)
        if places is None:
            continue
        left, right = before[-length - 1 : -length], behind[length : length + 1]
        if any(belongs(n, first) for n in left) or any(belongs(n, last) for n in right):
            return None
        earlier = tuple(before[-2 * length : -length])
        found = between(earlier, first, last, places)
        return None if found is None else [*before[:-length], *found, *behind[length:]]
    return None


def between(
    earlier: tuple[Tree, ...], first: tuple[Tree, ...], last: tuple[Tree, ...], apart: Tree
) -> list[Tree] | None:
    """From the first unit to the last, both included."""
    if not isinstance(apart, Number):
        return symbolic(first, last)
    distance = int(apart.value)
    step = 1 if distance > 0 else -1
    known = differences(earlier, first) if earlier else None
    if known is not None and known != number(step):
        return None
    if abs(distance) > MAX_WRITTEN:
        return symbolic(first, last) if distance > 0 else None
    found: list[Tree] = []
    for by in range(0, distance + step, step):
        found.extend(shifted(tree, by) for tree in first)
    return found


def symbolic(first: tuple[Tree, ...], last: tuple[Tree, ...]) -> list[Tree] | None:
    """A product over the range between two units, counted by the first index in them."""
    low, high = next(iter(indices_of(first)), None), next(iter(indices_of(last)), None)
    used = {node.stem for tree in (*first, *last) for node in walk(tree) if isinstance(node, Name)}
    letter = next((letter for letter in LETTERS if letter not in used), None)
    if not isinstance(low, Number) or high is None or letter is None:
        return None
    by = canonical(Add((Name(letter), number(-low.value))))
    parts = tuple(shifted(tree, by) for tree in first)
    body = parts[0] if len(parts) == 1 else Mul(parts)
    return [BigOp("prod", body, letter, low, high)]


def differences(first: Sequence[Tree], last: Sequence[Tree]) -> Tree | None:
    """By how much every index grows from one unit to the other; None if they are not one unit twice."""
    if len(first) != len(last):
        return None
    found: set[Tree | None] = set()
    for left, right in zip(first, last, strict=True):
        for low, high in pairs(left, right):
            if low is None or high is None or (form := gap(low, high)) is None:
                return None
            found.add(number(form[1]) if not form[0] else canonical(Add((high, number(-number_of(low))))))
    if len(found) != 1:
        return None
    (only,) = found
    return None if only is None or only == ZERO else only


def number_of(tree: Tree | None) -> int:
    """The value of an index that is a number."""
    return int(tree.value) if isinstance(tree, Number) else 0


def pairs(left: Tree, right: Tree) -> Iterator[tuple[Tree | None, Tree | None]]:
    """The indices that correspond; (None, None) wherever the two are not built alike."""
    match left, right:
        case Name(stem, mine), Name(other, theirs):
            if stem != other or len(mine) != len(theirs):
                yield None, None
            yield from zip(mine, theirs, strict=False)
            return
    below, beside = children(left), children(right)
    if len(below) != len(beside) or rebuild(left, hollow) != rebuild(right, hollow):
        yield None, None
        return
    for a, b in zip(below, beside, strict=True):
        yield from pairs(a, b)


def hollow(tree: Tree) -> Tree:
    """What stands for a child when only the node itself is compared; a name that must be one stays one."""
    return Name("x") if isinstance(tree, Name) else ZERO


def indices_of(unit: Sequence[Tree]) -> Iterator[Tree]:
    """The indices of all names in a unit."""
    for tree in unit:
        for node in walk(tree):
            if isinstance(node, Name):
                yield from node.indices


def belongs(neighbour: Tree, unit: tuple[Tree, ...]) -> bool:
    """Whether the factor beside a unit carries the unit's own index, and so may be part of it."""
    if not isinstance(neighbour, Name | Apply):
        return False
    own = set(indices_of((neighbour,)))
    return bool(own) and own <= set(indices_of(unit))


def shifted(tree: Tree, by: int | Tree) -> Tree:
    """The tree with all indices of names moved."""
    step = number(by) if isinstance(by, int) else by
    if isinstance(tree, Name):
        return replace(
            tree, indices=tuple(canonical(Add((index, step))) for index in tree.indices), span=None
        )
    return replace(rebuild(tree, lambda child: shifted(child, by)), span=None)
