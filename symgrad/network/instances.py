"""Pattern -> its members: index arithmetic worked out once a pattern, every name made once a chain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import TypeAlias

from symgrad.notation.indices import evaluate_index, linear
from symgrad.notation.tree import (
    Add,
    Apply,
    BigOp,
    Constant,
    Derivative,
    Div,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    children,
    number,
    rebuild,
)  # fmt: skip

Values: TypeAlias = tuple[int, ...]
"""The values of a pattern's loop letters, in the order of the letters."""
Place: TypeAlias = tuple[int, tuple[tuple[int, int], ...]]
"""An index as a constant and (letter's number, coefficient)."""


def instantiate(tree: Tree, values: Mapping[str, int]) -> Tree:
    """The tree with its loop letters replaced by their values, in indices and elsewhere."""
    if not values:
        return tree

    def index(node: Tree) -> Tree:
        value = evaluate_index(node, values)
        return number(value) if value is not None else node

    def change(node: Tree) -> Tree:
        match node:
            case Name(stem, ()):
                return number(values[stem]) if stem in values else node
            case Name(stem, indices, layer=layer):
                return Name(stem, tuple(map(index, indices)), layer=layer)
            case BigOp(_, _, letter) if letter in values:
                inner = {k: v for k, v in values.items() if k != letter}
                return instantiate(node, inner)
        return rebuild(node, change)

    return change(tree)


class Members:
    """The names of one chain by stem and whole-number indices: `w_{j-1}` at j = 3 is the one w_2 there is."""

    def __init__(self, names: Iterable[Name] = ()) -> None:
        self.families: dict[tuple[str, bool, int], dict[Values, Name]] = {}
        self.numbers: dict[int, Number] = {}
        for name in names:
            self.add(name)

    def add(self, name: Name) -> None:
        """Let a name stand for all that are equal to it."""
        key = whole_indices(name)
        if key:
            family = self.families.setdefault((name.stem, name.layer, len(key)), {})
            family.setdefault(key, name)
            for value, index in zip(key, name.indices, strict=True):
                if isinstance(index, Number):
                    self.numbers.setdefault(value, index)

    def name(self, name: Name, letters: tuple[str, ...]) -> Callable[[Values], Name]:
        """What gives a name of a pattern at values of the pattern's letters."""
        places = tuple(place_of(index, letters) for index in name.indices)
        if not letters or not name.indices:
            return lambda values: name
        if any(place is None for place in places):
            return lambda values: general(name, letters, values)
        known = tuple(place for place in places if place is not None)
        family = self.families.setdefault((name.stem, name.layer, len(known)), {})
        key = key_of(known)
        if len(known) == 1:
            return self.single(name, family, known[0])

        def made(values: Values) -> Name:
            at = key(values)
            found = family.get(at)
            if found is None:
                found = family[at] = Name(name.stem, tuple(map(self.number, at)), layer=name.layer)
            return found

        return made

    def single(self, name: Name, family: dict[Values, Name], place: Place) -> Callable[[Values], Name]:
        """The same for one index of one letter and a shift: the usual one, and there are many of them."""
        shift, terms = place
        if len(terms) != 1 or terms[0][1] != 1:
            key = key_of((place,))
            return lambda values: self.member(name, family, key(values))
        letter, known = terms[0][0], family.get

        def made(values: Values) -> Name:
            at = (values[letter] + shift,)
            return known(at) or self.member(name, family, at)

        return made

    def member(self, name: Name, family: dict[Values, Name], at: Values) -> Name:
        """The one name of a family at an index, made when it is first asked for."""
        found = family.get(at)
        if found is None:
            found = family[at] = Name(name.stem, tuple(map(self.number, at)), layer=name.layer)
        return found

    def number(self, value: int) -> Number:
        """An index, one object for every value."""
        found = self.numbers.get(value)
        if found is None:
            found = self.numbers[value] = number(value)
        return found

    def tree(self, tree: Tree, letters: tuple[str, ...]) -> Callable[[Values], Tree]:
        """What gives a tree of a pattern at values of its letters; parts without letters are shared."""
        if not letters or constant(tree, letters):
            return lambda values: tree
        make, span = self.tree, tree.span
        match tree:
            case Name(_, indices) if indices:
                return self.name(tree, letters)
            case Name(stem):
                place = letters.index(stem)
                return lambda values: self.number(values[place])
            case Add(parts):
                terms = self.many(parts, letters)
                return lambda values: Add(terms(values), span=span)
            case Mul(parts):
                factors = self.many(parts, letters)
                return lambda values: Mul(factors(values), span=span)
            case Neg(a):
                operand = make(a, letters)
                return lambda values: Neg(operand(values), span=span)
            case Div(a, b):
                above, below = make(a, letters), make(b, letters)
                return lambda values: Div(above(values), below(values), span=span)
            case Pow(a, b):
                base, exponent = make(a, letters), make(b, letters)
                return lambda values: Pow(base(values), exponent(values), span=span)
            case Apply(function, parts, order, ()) if not function.indices:
                arguments = self.many(parts, letters)
                return lambda values: Apply(function, arguments(values), order, span=span)
            case Derivative(Name() as a, b, order):
                of, by = self.name(a, letters), self.name(b, letters)
                return lambda values: Derivative(of(values), by(values), order, span=span)
            case Relation(operators, parts):
                operands = self.many(parts, letters)
                return lambda values: Relation(operators, operands(values), span=span)
        return lambda values: instantiate(tree, dict(zip(letters, values, strict=True)))

    def many(self, trees: tuple[Tree, ...], letters: tuple[str, ...]) -> Callable[[Values], tuple[Tree, ...]]:
        """What gives several trees at once."""
        made = tuple(self.tree(tree, letters) for tree in trees)
        if len(made) == 1:
            (only,) = made
            return lambda values: (only(values),)
        if len(made) == 2:
            first, second = made
            return lambda values: (first(values), second(values))
        return lambda values: tuple([make(values) for make in made])


def whole_indices(name: Name) -> Values:
    """The indices of a name as integers, or () where one is anything else."""
    found = []
    for index in name.indices:
        if not isinstance(index, Number) or index.value.denominator != 1:
            return ()
        found.append(index.value.numerator)
    return tuple(found)


def place_of(index: Tree, letters: tuple[str, ...]) -> Place | None:
    """An index with whole coefficients and no letters but these, or None."""
    form = linear(index)
    if form is None or form[1].denominator != 1:
        return None
    places = []
    for letter, coefficient in form[0]:
        if letter not in letters or coefficient.denominator != 1:
            return None
        places.append((letters.index(letter), coefficient.numerator))
    return form[1].numerator, tuple(places)


def key_of(places: tuple[Place, ...]) -> Callable[[Values], Values]:
    """The values of some indices; the usual index, one letter and a shift, on a short way."""
    match places:
        case ((shift, ((0, 1),)),):
            return lambda values: (values[0] + shift,)
        case _ if all(not shift and len(terms) == 1 and terms[0][1] == 1 for shift, terms in places):
            picked = [terms[0][0] for _, terms in places]
            if len(picked) > 1:
                return itemgetter(*picked)
    return lambda values: tuple(
        [shift + sum([values[letter] * factor for letter, factor in terms]) for shift, terms in places]
    )


def constant(tree: Tree, letters: tuple[str, ...]) -> bool:
    """Whether a tree is the same for all values of the letters."""
    match tree:
        case Number() | Constant():
            return True
        case Name(stem, ()):
            return stem not in letters
        case Name(_, indices):
            return all(
                constant(index, letters) and not isinstance(index, Add | Mul | Neg | Div) for index in indices
            )
        case Apply(function) if function.indices:
            return False
    return all(constant(child, letters) for child in children(tree))


def general(name: Name, letters: tuple[str, ...], values: Values) -> Name:
    """A name whose index is no plain sum of letters and numbers."""
    found = instantiate(name, dict(zip(letters, values, strict=True)))
    assert isinstance(found, Name)
    return found
