"""The shapes of a chain whose depth is a symbol: of the layer at any index, h_k : vector(n_k).

What a layer is like is read off its first members, and holds for all of them by induction: where the layer
before has that shape, the equations of the layer at a letter give it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from symgrad.errors import NotSupportedError
from symgrad.network.graph import Network
from symgrad.network.shapes import SCALAR, Shape, Shapes, declared
from symgrad.notation.indices import canonical
from symgrad.notation.places import at, distance, moved
from symgrad.notation.tree import Name, Number, Tree, number

if TYPE_CHECKING:
    from symgrad.network.symbolic import SymbolicNetwork


class GeneralShapes(Mapping[Name, Shape]):
    """Name -> shape, for names with any index."""

    def __init__(self, network: SymbolicNetwork, deep: Network) -> None:
        self.network = network
        self.generic = {stem: self.family(stem, deep) for stem in network.made}
        self.defined: dict[Name, Shape] = {}
        self.follow()

    def family(self, stem: str, deep: Network) -> Shape:
        """The shape of a member at the loop's letter, from the first three.

        Raises:
            NotSupportedError: the sizes follow no pattern.
        """
        first = int(self.network.low.value)
        found = [deep.shapes.get(Name(stem, (number(first + layer),)), SCALAR) for layer in range(3)]
        if len({len(shape) for shape in found}) > 1:
            self.refuse(stem)
        return tuple(self.size(stem, [shape[axis] for shape in found]) for axis in range(len(found[0])))

    def size(self, stem: str, sizes: list[Tree]) -> Tree:
        """One size as it depends on the letter: the same in all layers, or n_t, n_{t-1}."""
        if all(size == sizes[0] for size in sizes):
            return sizes[0]
        first, letter = int(self.network.low.value), Name(self.network.letter)
        match sizes[0]:
            case Name(family, (Number(value),)):
                general = Name(family, (moved(letter, int(value) - first),))
                if all(at(general, {letter.stem: number(first + i)}) == s for i, s in enumerate(sizes)):
                    return general
        self.refuse(stem)
        return sizes[0]

    def refuse(self, stem: str) -> None:
        """The sizes follow no pattern."""
        where, name = self.network.loop.where, f"{stem}_{self.network.letter}"
        raise NotSupportedError("symbolic-sizes", where, "symbolic-depth-needed-hint", name=name,
                                letter=self.network.depth)  # fmt: skip

    def follow(self) -> None:
        """Infer the shapes outside the loop, and see that a layer at a letter is what it should be."""
        network = self.network
        for line in network.before:
            self.defined[line.target] = Shapes(self, line.source).of(line.body)
        for line in network.block:
            if Shapes(self).of(line.body) != self[line.target]:
                self.refuse(line.target.stem)
        for line in network.after:
            self.defined[line.target] = Shapes(self, line.source).of(line.body)

    def __getitem__(self, name: Name) -> Shape:
        if name in self.defined:
            return self.defined[name]
        if (found := declared(name, self.network.file.shapes, general=True)) is not None:
            return found
        generic = self.generic.get(name.stem)
        if generic is not None and len(name.indices) == 1 and self.inside(name):
            return tuple(canonical(at(size, {self.network.letter: name.indices[0]})) for size in generic)
        return SCALAR

    def inside(self, name: Name) -> bool:
        """Whether a name is a member of a family of the loop, or what it starts from."""
        below = distance(moved(self.network.low, -1), name.indices[0])
        return below is None or below >= 0

    def __iter__(self) -> Iterator[Name]:
        return iter(self.network.names)

    def __len__(self) -> int:
        return len(self.network.names)
