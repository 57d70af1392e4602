"""The values a person gives: `w_j=1`, `b_j=-100*a_{j-1}`, `W_1=[[1,2],[3,4]]`, matched to a chain's names."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from numbers import Rational
from typing import Any

from symgrad.errors import InputError, SymgradError, UnknownNameError
from symgrad.network.graph import Network
from symgrad.network.shapes import Shapes
from symgrad.notation.context import Context
from symgrad.notation.indices import Linear, linear
from symgrad.notation.reader import read
from symgrad.notation.source import Source
from symgrad.notation.tree import (
    Array,
    Constant,
    Derivative,
    Is,
    Logic,
    Name,
    Number,
    Relation,
    Tree,
    names_in,
    number,
    strip_spans,
    walk,
)  # fmt: skip
from symgrad.notation.writers.plain import plain
from symgrad.numerics.lists import NO_NUMBERS, Listed, Text, is_list, listed, read_list
from symgrad.numerics.sizes import Extent, Sizes, size_symbols

PLACE = "<values>"


@dataclass(frozen=True, slots=True)
class Given:
    """One given value: the name or family it is for, its expression, and where it was written."""

    target: Name
    tree: Tree
    source: Source
    names: tuple[Slot, ...]
    listed: Listed | None = None
    """The entries of a vector or matrix in plain numbers; with others among them, the tree is an Array."""

    def letters(self, name: Name) -> dict[str, int] | None:
        """The values of the family's letters that make the target this name, or None."""
        return match(self.target, name)


@dataclass(slots=True)
class Values:
    """All given values of one chain. An exact name wins over a family; the later of two equals wins."""

    network: Network
    exact: dict[Name, Given] = field(default_factory=dict)
    families: dict[str, list[Given]] = field(default_factory=dict)
    matched: dict[Name, tuple[Given, dict[str, int]] | None] = field(default_factory=dict)
    sizes: Sizes = field(init=False)

    def __post_init__(self) -> None:
        self.sizes = Sizes(self.network.shapes)

    def find(self, name: Name) -> tuple[Given, dict[str, int]] | None:
        """The value that is meant for a name, and the letters of its family."""
        if name not in self.matched:
            self.matched[name] = self.search(name)
        return self.matched[name]

    def search(self, name: Name) -> tuple[Given, dict[str, int]] | None:
        """`find`, from the beginning."""
        if (given := self.exact.get(name)) is not None:
            return given, {}
        for family in reversed(self.families.get(name.stem, [])):
            if (letters := family.letters(name)) is not None:
                return family, letters
        return None


def match(pattern: Name, name: Name) -> dict[str, int] | None:
    """Letters j with pattern(j) = name: w_{j+1} is w_4 at j = 3."""
    if pattern.stem != name.stem or len(pattern.indices) != len(name.indices):
        return None
    letters: dict[str, int] = {}
    for index, value in zip(pattern.indices, name.indices, strict=True):
        if index == value:
            continue
        form = linear(index)
        if form is None or len(form[0]) != 1 or not isinstance(value, Number):
            return None
        (letter, coefficient), constant = form[0][0], form[1]
        solved = (value.value - constant) / coefficient
        if solved.denominator != 1 or letters.setdefault(letter, int(solved)) != solved:
            return None
    return letters


def read_values(network: Network, values: Mapping[Any, object]) -> Values:
    """Read all given values, and learn the sizes of vectors and matrices from them.

    Raises:
        UnknownNameError: a name the chain does not have. InputError: a value that is no number, or one for
            something the chain itself defines. ShapeError: a list that does not fit.
    """
    found = Values(network)
    symbols = frozenset(size_symbols(network))
    for key, value in values.items():
        if symbols and read_size(found, symbols, key, value):
            continue
        given = read_given(network, key, value)
        if given.target in network.leaves:
            found.exact[given.target] = given
        else:
            found.families.setdefault(given.target.stem, []).append(given)
    found.sizes.learn(list(extents(found)))
    for symbol in symbols & set(network.leaves):
        if symbol not in found.exact and symbol in found.sizes.known:
            found.exact[symbol] = constant(symbol, found.sizes.known[symbol])
    return found


def constant(name: Name, value: int) -> Given:
    """A leaf that is also a size, which the arrays have settled."""
    return Given(name, number(value), Source(str(value), PLACE), ())


def extents(values: Values) -> Iterator[Extent]:
    """The dimensions of all values that are lists, or plain numbers where a vector is wanted."""
    for leaf in values.network.leaves:
        if (found := values.find(leaf)) is None:
            continue
        given = found[0]
        if given.listed is not None:
            yield Extent(leaf, given.listed.dimensions, given.source)
        elif isinstance(given.tree, Number):
            yield Extent(leaf, (), given.source)


def read_size(values: Values, symbols: frozenset[Name], key: Any, value: object) -> bool:
    """Take `n=3` (or `n_j=3` for all of a family) as a size; False if it is none.

    Raises:
        InputError: a size that is no positive whole number.
    """
    label = plain(key) if isinstance(key, Name) else str(key)
    around = Context("value", values.network.names | symbols)
    try:
        target = strip_spans(read(label, around, name=PLACE, line_text=label))
    except SymgradError:
        return False
    if not isinstance(target, Name) or target in values.network.position:
        return False
    meant = [s for s in symbols if s == target or match(target, s) is not None]
    if not meant or (target not in symbols and target.stem in {n.stem for n in values.network.leaves}):
        return False
    line = f"{label}={value}"
    text = str(value).strip()
    whole_number = text.isascii() and text.isdecimal() and int(text[:9]) > 0
    if not whole_number or len(text) > 9:
        raise Source(line, PLACE).error("size-not-whole", len(label) + 1, len(line), kind=InputError)
    for symbol in meant:
        values.sizes.known[symbol] = int(text)
    return target not in values.network.leaves


def read_given(network: Network, key: Any, value: object) -> Given:
    """One pair of a name and its value."""
    label = plain(key) if isinstance(key, Name) else str(key)
    entries = listed(label, value, fraction_of)
    exact = None if entries is not None or isinstance(value, str) else fraction_of(label, value)
    text = str(value if exact is None else exact)
    if entries is not None:
        text = " ".join(text.split())
        text = text if len(text) <= 60 else f"{text[:57]}..."
    line = f"{label}={text}"
    place = Source(label, PLACE, line_text=line)
    target = key if isinstance(key, Name) else read_target(network, place)
    letters = check_target(network, target, place)
    source = Source(text, PLACE, 1, len(label) + 2, line)
    if exact is not None:
        return Given(target, number(exact), source, ())
    if (
        text.strip()
        and text.strip().lower().lstrip("+-") in NO_NUMBERS
        and Name(text.strip()) not in network.names
    ):
        raise source.error("value-not-number", 0, len(text), kind=InputError)
    if entries is None and is_list(text) and (network.shapes or "," in text):
        entries = read_list(source)
    if entries is not None:
        return read_entries(network, target, entries, source, letters)
    tree = read_tree(network, text, source, letters)
    return Given(target, tree, source, check_expression(network, tree, source, letters))


def read_tree(network: Network, text: str, source: Source, letters: tuple[str, ...], start: int = 0) -> Tree:
    """An expression in the chain's names."""
    around = context(network, frozenset(letters))
    return read(text, around, name=PLACE, column=source.column + start, line_text=source.line_text)


def read_entries(
    network: Network, target: Name, found: Listed, source: Source, letters: tuple[str, ...]
) -> Given:
    """A vector or matrix; entries that are expressions are read."""
    if not any(isinstance(entry, Text) for entry in found.entries):
        return Given(target, Array(()), source, (), found)
    trees: list[Tree] = []
    slots: dict[Slot, None] = {}
    for entry in found.entries:
        if not isinstance(entry, Text):
            trees.append(number(entry))
            continue
        inside = Source(entry.text, PLACE, 1, source.column + max(entry.start, 0), source.line_text)
        tree = read_tree(network, entry.text, source, letters, max(entry.start, 0))
        slots.update(dict.fromkeys(check_expression(network, tree, inside, letters)))
        if not letters and Shapes(network.shapes, inside).of(tree):
            raise inside.error("value-not-number", 0, len(entry.text), kind=InputError)
        trees.append(tree)
    width = found.dimensions[-1]
    rows = [Array(tuple(trees[i : i + width])) for i in range(0, len(trees), width)]
    tree = rows[0] if len(found.dimensions) == 1 else Array(tuple(rows))
    return Given(target, tree, source, tuple(slots), found)


def context(network: Network, bound: frozenset[str] = frozenset()) -> Context:
    """What values may speak about: the chain's names and functions, and the letters of their family."""
    functions = frozenset(network.functions) | frozenset(network.applied)
    layered = frozenset(name.stem for name in network.names if name.layer)
    arrays = frozenset(name.stem for name, shape in network.shapes.items() if shape)
    return Context("value", network.names, functions, bound, arrays, layered, scientific=True)


def read_target(network: Network, source: Source) -> Name:
    """The name before the equals sign."""
    if source.text.strip() in network.applied:
        raise source.error(
            "value-is-function", 0, len(source.text), kind=InputError, name=source.text.strip()
        )
    tree = strip_spans(read(source.text, context(network), name=PLACE, line_text=source.line_text))
    if not isinstance(tree, Name):
        raise source.error("name-expected", 0, len(source.text), kind=InputError, found=source.text or "=")
    return tree


def check_target(network: Network, target: Name, source: Source) -> tuple[str, ...]:
    """The free letters of a target that the chain has leaves for."""
    end = len(source.text)
    if target in network.leaves:
        return ()
    if target in network.position:
        raise source.error("value-of-defined", 0, end, kind=InputError, name=plain(target))
    if any(match(target, leaf) is not None for leaf in network.leaves if leaf.stem == target.stem):
        return tuple(name.stem for index in target.indices for name in names_in(index))
    if any(match(target, name) is not None for name in network.position if name.stem == target.stem):
        raise source.error("value-of-defined", 0, end, kind=InputError, name=plain(target))
    raise unknown(network, target, source, 0, end)


def check_expression(
    network: Network, tree: Tree, source: Source, letters: tuple[str, ...]
) -> tuple[Slot, ...]:
    """The names that a value is made of, bare letters of its family left out."""
    for node in walk(tree):
        if isinstance(node, Relation | Logic | Is | Derivative | Array) or node == Constant("infty"):
            raise source.error("value-not-number", *(node.span or (0, len(source.text))), kind=InputError)
    used = names_in(tree)
    for name in used:
        free = {inner.stem for index in name.indices for inner in names_in(index)}
        if name not in network.names and not (free and free <= set(letters)) and name.stem not in letters:
            raise unknown(network, name, source, *(name.span or (0, len(source.text))))
    return tuple(Slot.of(name) for name in used if name.indices or name.stem not in letters)


def unknown(network: Network, name: Name, source: Source, start: int, end: int) -> SymgradError:
    """There is no such name: with the members of its family, or the nearest name."""
    shown, names = plain(name), list(dict.fromkeys(map(plain, (*network.leaves, *network.position))))
    family = [plain(leaf) for leaf in network.leaves if leaf.stem == name.stem]
    if family and name.indices:
        members = ", ".join(family if len(family) <= 6 else [*family[:2], "...", family[-1]])
        return source.error("no-such-member", start, end, kind=UnknownNameError, name=shown, members=members)
    if family:
        near = [f"{name.stem}_j"] if len(family) > 1 else family
    else:
        folded = {other.lower().replace("_", ""): other for other in reversed(names)}
        alike = get_close_matches(shown.lower().replace("_", ""), folded, 1, 0.5)
        near = get_close_matches(shown, names, 1, 0.5) or [folded[key] for key in alike]
    return source.error(
        "not-in-chain", start, end, kind=UnknownNameError, hint="did-you-mean" if near else "", name=shown,
        suggestion=near[0] if near else "",
    )  # fmt: skip


def fraction_of(label: str, value: object) -> Fraction | None:
    """A number as the fraction it means, a float its shortest decimal; None for what must be read as text.

    Raises:
        InputError: not a finite number, or several.
    """
    if hasattr(value, "dtype"):  # NumPy: a scalar by its shortest decimal in its own width
        single = not getattr(value, "ndim", 0) and value.dtype.kind == "f"
        value = Decimal(str(value)) if single else value.item()  # type: ignore[attr-defined]
    endless = isinstance(value, float | Decimal) and not math.isfinite(value)
    if value is None or isinstance(value, bool) or endless:
        line = f"{label}={value}"
        raise Source(line, PLACE).error("value-not-number", len(label) + 1, len(line), kind=InputError)
    match value:
        case Rational():
            return Fraction(int(value.numerator), int(value.denominator))
        case float():
            return Fraction(repr(float(value)))
        case Decimal():
            return Fraction(value)
    return None


@dataclass(frozen=True, slots=True)
class Slot:
    """A name with loop letters, ready to be put in: w_{j-1} is w_2 at j = 3, a bare j the number 3."""

    name: Name
    forms: tuple[Linear | None, ...]

    @staticmethod
    def of(name: Name) -> Slot:
        """The slot of a name as it was written."""
        return Slot(name, tuple(linear(index) for index in name.indices))

    def at(self, letters: Mapping[str, int]) -> Tree:
        """The name, or number, at some values of the letters."""
        if not letters:
            return self.name
        if not self.forms:
            return whole(letters[self.name.stem]) if self.name.stem in letters else self.name
        indices = []
        for index, form in zip(self.name.indices, self.forms, strict=True):
            if form is None or any(letter not in letters for letter, _ in form[0]):
                indices.append(strip_spans(index))
            else:
                total = form[1] + sum(times * letters[letter] for letter, times in form[0])
                indices.append(whole(int(total)) if total.denominator == 1 else number(total))
        return Name(self.name.stem, tuple(indices), layer=self.name.layer)


@lru_cache(maxsize=65536)
def whole(value: int) -> Tree:
    """A whole number, one object for each."""
    return number(value)
