"""The shapes of a chain in numbers: sizes as given by name, or as the given arrays have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from symgrad.arithmetic.written_out import rational
from symgrad.errors import ShapeError, SymgradError
from symgrad.network.graph import Network
from symgrad.network.shapes import Shape, Shapes, shown
from symgrad.notation.source import Source
from symgrad.notation.tree import Name, Number, Tree, names_in, number, substitute
from symgrad.notation.writers.plain import plain


@dataclass(frozen=True, slots=True)
class Extent:
    """The dimensions of one given value, and where it was written."""

    name: Name
    dimensions: tuple[int, ...]
    source: Source


@dataclass(slots=True)
class Sizes:
    """Shapes of expressions, and numbers for their sizes as far as these are known."""

    names: Mapping[Name, Shape]
    known: dict[Tree, int] = field(default_factory=dict)
    origin: dict[Tree, str] = field(default_factory=dict)
    """The name whose value a size was learnt from; nothing where the size itself was given."""
    shapes: dict[Tree, Shape] = field(default_factory=dict)

    def of(self, tree: Tree) -> Shape:
        """The shape of an expression, looked at once."""
        if (found := self.shapes.get(tree)) is None:
            found = self.shapes[tree] = Shapes(self.names).of(tree)
        return found

    def size(self, tree: Tree) -> int:
        """A size in numbers; KeyError if it is not known."""
        found = self.number(tree)
        if found is None:
            raise KeyError(plain(tree))
        return found

    def number(self, tree: Tree) -> int | None:
        """A size in numbers, or None."""
        if isinstance(tree, Number):
            return int(tree.value)
        if tree in self.known:
            return self.known[tree]
        value = rational(substitute(tree, {name: number(n) for name, n in self.known.items()}))
        return int(value) if value is not None and value.denominator == 1 else None

    def dimensions(self, name: Name) -> tuple[int, ...]:
        """The shape of a name in numbers."""
        return tuple(map(self.size, self.names.get(name, ())))

    def shown(self, name: Name) -> str:
        """`matrix(3, n_0)`: numbers where they are known."""
        shape = self.names.get(name, ())
        return shown(tuple(size if (n := self.number(size)) is None else number(n) for size in shape))

    def open(self, names: Iterable[Name]) -> list[Name]:
        """The symbols without a number in the shapes of some names."""
        found = dict.fromkeys(
            s for name in names for size in self.names.get(name, ()) for s in names_in(size)
        )
        return [symbol for symbol in found if symbol not in self.known]

    def assume(self, symbols: Iterable[Name], size: int) -> Sizes:
        """A copy in which some symbols have a number, for suggestions."""
        return Sizes(self.names, {**self.known, **dict.fromkeys(symbols, size)})

    def learn(self, extents: Sequence[Extent]) -> None:
        """Take the sizes from given values, as long as something new comes out.

        Raises:
            ShapeError: two values that do not go together, or one that does not have its name's shape.
        """
        for extent in extents:
            if len(extent.dimensions) != len(self.names.get(extent.name, ())):
                raise self.misfit(extent)
        before = -1
        while before != len(self.known):
            before = len(self.known)
            for extent in extents:
                for size, count in zip(self.names.get(extent.name, ()), extent.dimensions, strict=True):
                    self.match(extent, size, count)

    def match(self, extent: Extent, size: Tree, count: int) -> None:
        """One size of one value."""
        known = self.number(size)
        if known is not None and known != count:
            raise self.misfit(extent, size)
        if known is not None:
            return
        unknown = [symbol for symbol in names_in(size) if symbol not in self.known]
        if len(unknown) != 1:
            return
        solved = self.solved(size, unknown[0], count)
        if solved is None:
            raise self.misfit(extent, size)
        self.known[unknown[0]], self.origin[unknown[0]] = solved, plain(extent.name)

    def solved(self, size: Tree, symbol: Name, count: int) -> int | None:
        """The positive whole number a symbol must be for a size to be `count`; a size is linear in it."""
        known: dict[Tree, Tree] = {name: number(n) for name, n in self.known.items()}
        at = [rational(substitute(size, {**known, symbol: number(n)})) for n in (0, 1)]
        if at[0] is None or at[1] is None or at[0] == at[1]:
            return None
        value: Fraction = (count - at[0]) / (at[1] - at[0])
        return int(value) if value.denominator == 1 and value > 0 else None

    def misfit(self, extent: Extent, size: Tree | None = None) -> SymgradError:
        """A value of another shape than its name has; with where the size came from."""
        given = shown(tuple(map(number, extent.dimensions)))
        fields = {"name": plain(extent.name), "left": self.shown(extent.name), "right": given}
        end, hint = len(extent.source.text), ""
        symbols = [] if size is None else [s for s in names_in(size) if s in self.origin]
        if symbols and self.origin[symbols[0]] != plain(extent.name):
            hint = "value-size-hint"
            fields |= {"size": plain(symbols[0]), "origin": self.origin[symbols[0]]}
            fields["count"] = str(self.known[symbols[0]])
        return extent.source.error("value-shape", 0, end, hint=hint, kind=ShapeError, **fields)


def size_symbols(network: Network) -> tuple[Name, ...]:
    """The symbols that the shapes of a chain are written in, each once."""
    found: dict[Name, None] = {}
    for shape in network.shapes.values():
        for size in shape:
            found.update(dict.fromkeys(names_in(size)))
    return tuple(found)
