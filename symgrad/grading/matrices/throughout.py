"""One slip made throughout an answer: every index shifted, every prime or transpose lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from symgrad.grading.matrices.desk import Pieces
from symgrad.grading.matrices.mends import Mend
from symgrad.notation.tree import Apply, Derivative, Name, Number, Transpose, Tree, number, rebuild, walk
from symgrad.notation.writers.plain import plain
from symgrad.values.mark import Mistake

Change = Callable[[Tree], Tree | None]


def throughout(tree: Tree, pieces: Pieces) -> Iterator[Mend]:
    """Mends at all places at once, where there are several."""
    stems = dict.fromkeys(node.stem for node in walk(tree) if isinstance(node, Name) and node.indices)
    for stem in stems:
        for by in (-1, 1):
            yield from mended("wrong-index", tree, shift(stem, by, pieces), 1.15)
    yield from mended("function-for-derivative", tree, primed, 1.1)
    matrices = dict.fromkeys(n.stem for n in walk(tree) if isinstance(n, Name) and pieces.matrix(n))
    for stem in matrices:
        yield from mended("missing-transpose", tree, turn(stem), 1.15)


def mended(name: str, tree: Tree, change: Change, cost: float) -> Iterator[Mend]:
    """The mend, if it changes several different parts."""
    found: dict[Tree, Tree] = {}

    def of(node: Tree) -> Tree:
        new = change(node)
        if new is not None:
            found[node] = new
            return new
        return node if isinstance(node, Name | Derivative) else rebuild(node, of)

    whole = of(tree)
    if len(found) > 1:
        detail = ", ".join(f"{plain(old)} -> {plain(new)}" for old, new in found.items())
        yield Mend((Mistake(name, detail, None, tuple(found), tuple(found.values())),), whole, cost)


def shift(stem: str, by: int, pieces: Pieces) -> Change:
    """Every member of a family by its neighbour."""

    def change(node: Tree) -> Tree | None:
        match node:
            case Name(own, (Number(value), *rest)) if own == stem:
                new = Name(own, (number(value + by), *rest), layer=node.layer)
                return new if pieces.known(new) else None
        return None

    return change


def primed(node: Tree) -> Tree | None:
    """f(z) as f'(z)."""
    match node:
        case Apply(function, (_,), 0) if function.stem not in ("diag", "sum", "mean", "norm", "trace"):
            return replace(node, order=1)
    return None


def turn(stem: str) -> Change:
    """Every matrix of a family transposed."""

    def change(node: Tree) -> Tree | None:
        match node:
            case Transpose(Name(own)) if own == stem:
                return node.operand
            case Name(own) if own == stem:
                return Transpose(node)
        return None

    return change
