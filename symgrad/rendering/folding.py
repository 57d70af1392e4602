"""What repeats from layer to layer: indices moved by one, runs of steps, factors that belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from symgrad.notation.tree import Add, Apply, Derivative, Name, Neg, Number, Tree, rebuild, walk
from symgrad.values.derivation import Step

_MAX_PERIOD = 6


def shift(tree: Tree, by: int) -> Tree:
    """The tree with every whole-number index of its names moved by `by`."""
    moved = rebuild(tree, lambda child: shift(child, by))
    if isinstance(moved, Name) and moved.indices:
        return replace(moved, indices=tuple(_move(index, by) for index in moved.indices))
    return moved


def _move(index: Tree, by: int) -> Tree:
    return Number(index.value + by) if isinstance(index, Number) else index


def lettered(tree: Tree, at: int, letter: str = "j") -> Tree:
    """The tree seen from layer `at`: index `at` becomes `j`, `at - 1` becomes `j-1`, and so on."""
    out = rebuild(tree, lambda child: lettered(child, at, letter))
    if isinstance(out, Name) and out.indices:
        return replace(out, indices=tuple(_letter(index, at, letter) for index in out.indices))
    return out


def _letter(index: Tree, at: int, letter: str) -> Tree:
    if not isinstance(index, Number):
        return index
    off = index.value - at
    if off == 0:
        return Name(letter)
    return Add((Name(letter), Number(off) if off > 0 else Neg(Number(-off))))


def index_of(tree: Tree) -> int | None:
    """The layer a factor belongs to: of `w_3` and `sigma'(z_3)` it is 3, of `a_4 - y` none."""
    match tree:
        case Name(indices=(*_, Number(value))) if value.denominator == 1:
            return int(value)
        case Apply(arguments=(Name() as argument,)):
            return index_of(argument)
        case _:
            return None


def layer_key(tree: Tree) -> Tree | None:
    """The index that says which layer a factor belongs to, a number or a letter."""
    match tree:
        case Name(indices=(*_, index)):
            return index
        case Apply(arguments=(Name() as argument,)):
            return layer_key(argument)
        case _:
            return None


def highest_index(tree: Tree) -> int | None:
    """The largest whole-number index of a name in the tree."""
    found = [i for node in walk(tree) if isinstance(node, Name) and (i := index_of(node)) is not None]
    return max(found, default=None)


def groups(factors: Sequence[Tree]) -> tuple[tuple[Tree, ...], ...]:
    """Neighbouring factors of one layer together: `sigma'(z_1)`, `w_2 sigma'(z_2)`, ..., `a_4 - y`."""
    out: list[tuple[Tree, ...]] = []
    last: Tree | None = None
    for factor in factors:
        index = layer_key(factor)
        if out and index is not None and index == last:
            out[-1] = (*out[-1], factor)
        else:
            out.append((factor,))
        last = index
    return tuple(out)


def regular(parts: Sequence[tuple[Tree, ...]]) -> bool:
    """True where each part is the one before it, one layer on."""
    return all(
        len(a) == len(b) and all(shift(x, 1) == y for x, y in zip(a, b, strict=True))
        for a, b in pairwise(parts)
    )


@dataclass(frozen=True, slots=True)
class Run:
    """Items `start .. start+period-1` come back, one layer on each time, up to `stop` (exclusive)."""

    start: int
    period: int
    stop: int

    @property
    def first_folded(self) -> int:
        """The first item that only repeats."""
        return self.start + self.period

    @property
    def repeats(self) -> int:
        """How often the block stands there, itself included."""
        return (self.stop - self.start) // self.period


def find_run(items: Sequence[tuple[Tree, ...]], least: int = 2, late: bool = True) -> Run | None:
    """The run that leaves fewest items to print, among equals the latest (or earliest); linear time."""
    best: Run | None = None
    for period in range(1, min(_MAX_PERIOD, len(items) // 2) + 1):
        same = [_follows(items[i], items[i + period]) for i in range(len(items) - period)]
        length = 0
        for i in range(len(same) - 1, -1, -1):
            length = length + 1 if same[i] else 0
            folded = length - length % period
            saved = best.stop - best.first_folded if best else 0
            if folded >= least and (
                folded > saved or (folded == saved and best and best.period == period and not late)
            ):
                best = Run(i, period, i + period + folded)
    return best


def _follows(a: tuple[Tree, ...], b: tuple[Tree, ...]) -> bool:
    return len(a) == len(b) and all(shift(x, 1) == y for x, y in zip(a, b, strict=True))


def step_key(step: Step) -> tuple[Tree, ...]:
    """What of a step must agree, up to the layer, for two steps to be the same one."""
    trees: tuple[Tree, ...] = (Name(step.rule), step.before, step.after)
    return trees if step.equation is None else (*trees, step.equation)


def alike(a: tuple[Tree, ...], b: tuple[Tree, ...]) -> bool:
    """True where two keys differ by a shift of layers only."""
    low, high = (max((i for t in key if (i := highest_index(t)) is not None), default=0) for key in (a, b))
    return len(a) == len(b) and all(shift(x, high - low) == y for x, y in zip(a, b, strict=True))


def layer_of(step: Step) -> int | None:
    """The layer a local derivative belongs to: that of the name it differentiates."""
    return index_of(step.before.of) if isinstance(step.before, Derivative) else highest_index(step.before)
