"""Moving trees along a family: an index letter replaced by another index, with the arithmetic carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from symgrad.notation.indices import Linear, canonical, from_linear, linear
from symgrad.notation.tree import Add, Apply, BigOp, Name, Number, Pow, Tree, children, number, rebuild, walk


def at(tree: Tree, places: Mapping[str, Tree]) -> Tree:
    """The tree with index letters replaced, in names, functions and bounds: w_{j-1} at n is w_{n-1}.

    >>> str(at(Name("w", (Add((Name("j"), number(1))),)), {"j": Name("n")}))
    'w_{n+1}'
    """
    match tree:
        case Name(stem, ()):
            return places.get(stem, tree)
        case Name(_, indices):
            return replace(tree, indices=tuple(canonical(at(index, places)) for index in indices))
        case Apply(function) if function.indices:
            arguments = tuple(at(argument, places) for argument in tree.arguments)
            indices = tuple(canonical(at(index, places)) for index in function.indices)
            return replace(tree, function=replace(function, indices=indices), arguments=arguments)
        case BigOp(_, body, index, low, high):
            inner = {letter: place for letter, place in places.items() if letter != index}
            low, high = canonical(at(low, places)), canonical(at(high, places))
            if any(index in plain_letters(place) for place in inner.values()):
                index, body = _apart(index, body, inner)
            return replace(tree, body=at(body, inner), index=index, low=low, high=high)
        case Pow(base, exponent):
            return replace(tree, base=at(base, places), exponent=signed(at(exponent, places)))
    return rebuild(tree, lambda child: at(child, places))


def _apart(index: str, body: Tree, places: Mapping[str, Tree]) -> tuple[str, Tree]:
    """Another letter for an index, where a place that comes into its body has the same one."""
    letters = plain_letters(body)
    if not any(index in plain_letters(place) for letter, place in places.items() if letter in letters):
        return index, body
    taken = letters.union(*map(plain_letters, places.values()))
    fresh = next(f"{index}{k}" for k in range(2, len(taken) + 3) if f"{index}{k}" not in taken)
    return fresh, at(body, {index: Name(fresh)})


def moved(place: Tree, by: int) -> Tree:
    """An index, some steps further: n - 1 by 1 is n."""
    return canonical(Add((place, number(by))))


def gap(low: Tree, high: Tree) -> Linear | None:
    """High - low as a linear form, or None where one of them is not linear."""
    below, above = linear(low), linear(high)
    if below is None or above is None:
        return None
    letters = dict(above[0])
    for letter, coefficient in below[0]:
        letters[letter] = letters.get(letter, Fraction(0)) - coefficient
    kept = tuple(sorted((letter, c) for letter, c in letters.items() if c))
    return kept, above[1] - below[1]


def distance(low: Tree, high: Tree) -> int | None:
    """High - low where it is one integer whatever the letters are."""
    form = gap(low, high)
    if form is None or form[0] or form[1].denominator != 1:
        return None
    return int(form[1])


def gap_tree(low: Tree, high: Tree) -> Tree:
    """High - low as a tree: n - i."""
    form = gap(low, high)
    assert form is not None
    return signed(from_linear(form))


def signed(tree: Tree) -> Tree:
    """A linear tree with its positive letters first: n - i for -i + n."""
    form = linear(tree)
    if form is None:
        return tree
    return from_linear((tuple(sorted(form[0], key=lambda item: item[1] < 0)), form[1]))


def letters_of(tree: Tree) -> frozenset[str]:
    """The letters in the indices of names and in the bounds of big operators that no big operator binds."""
    found: set[str] = set()

    def visit(node: Tree, bound: frozenset[str]) -> None:
        match node:
            case Name(_, indices):
                for index in indices:
                    found.update(plain_letters(index) - bound)
            case BigOp(_, body, index, low, high):
                found.update((plain_letters(low) | plain_letters(high)) - bound)
                visit(body, bound | {index})
            case Pow(base, exponent):
                visit(base, bound)
                if not isinstance(exponent, Number):
                    found.update(plain_letters(exponent) - bound)
            case _:
                for child in children(node):
                    visit(child, bound)

    visit(tree, frozenset())
    return frozenset(found)


def plain_letters(tree: Tree) -> frozenset[str]:
    """The names without indices in a tree, by their letters."""
    return frozenset(node.stem for node in walk(tree) if isinstance(node, Name) and not node.indices)
