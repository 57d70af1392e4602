"""What repeats from layer to layer: indices moved by one, runs of steps, factors that belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from symgrad.notation.tree import (
    Add,
    Apply,
    Derivative,
    Mul,
    Name,
    Neg,
    Number,
    Relation,
    Tree,
    rebuild,
    walk,
)
from symgrad.values.derivation import Step

_MAX_PERIOD = 6


def shift(tree: Tree, by: int) -> Tree:
    """The tree with every whole-number index of its names moved by `by`."""
    moved = rebuild(tree, lambda child: shift(child, by))
    if isinstance(moved, Name) and moved.indices:
        return replace(moved, indices=tuple(_move(index, by) for index in moved.indices))
    return moved


def shifts(a: Tree, b: Tree, by: int) -> bool:
    """Whether `shift(a, by) == b`, worked out without building a tree."""
    if type(a) is not type(b):
        return False
    if isinstance(a, Name) and isinstance(b, Name):  # most of what is compared
        if a.stem != b.stem or len(a.indices) != len(b.indices):
            return False
        return all([_moves(x, y, by) for x, y in zip(a.indices, b.indices, strict=True)])
    match a, b:
        case (Apply(f, xs, m, ()), Apply(g, ys, n, ())) if not f.indices:
            return f == g and m == n and _follows(xs, ys, by)
        case (Add(xs), Add(ys)) | (Mul(xs), Mul(ys)):
            return _follows(xs, ys, by)
        case (Derivative(x, v, m), Derivative(y, w, n)):
            return m == n and shifts(x, y, by) and shifts(v, w, by)
        case (Relation(p, xs), Relation(q, ys)):
            return p == q and _follows(xs, ys, by)
    return shift(a, by) == b


def _moves(a: Tree, b: Tree, by: int) -> bool:
    if isinstance(a, Number) and isinstance(b, Number):
        x, y = a.value, b.value
        return x.numerator + by * x.denominator == y.numerator and x.denominator == y.denominator
    return shift(a, by) == b


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


def repeating(parts: Sequence[tuple[Tree, ...]]) -> bool:
    """True where the parts repeat one layer on, or one layer back, after every one, two or three of them."""
    return any(_regular(parts, period, by) for by in (1, -1) for period in (1, 2, 3))


def _regular(parts: Sequence[tuple[Tree, ...]], period: int, by: int) -> bool:
    return all(_follows(a, b, by) for a, b in zip(parts, parts[period:], strict=False))


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


def find_run(
    items: Sequence[tuple[Tree, ...]],
    least: int = 2,
    late: bool = True,
    by: int = 1,
    widest: int = _MAX_PERIOD,
) -> Run | None:
    """The run that leaves fewest items to print, among equals the latest (or earliest); linear time.

    by: 1 where the items go one layer on each time, -1 where they go one layer back. widest: items a block.
    """
    best: Run | None = None
    for period in range(1, min(widest, len(items) // 2) + 1):
        same = [_follows(items[i], items[i + period], by) for i in range(len(items) - period)]
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


def _follows(a: tuple[Tree, ...], b: tuple[Tree, ...], by: int = 1) -> bool:
    if len(a) != len(b):
        return False
    for x, y in zip(a, b, strict=True):  # noqa: SIM110 - a loop is twice as fast as a generator here
        if not shifts(x, y, by):
            return False
    return True


def step_key(step: Step) -> tuple[Tree, ...]:
    """What of a step must agree, up to the layer, for two steps to be the same one."""
    trees: tuple[Tree, ...] = (Name(step.rule), step.before, step.after)
    return trees if step.equation is None else (*trees, step.equation)


def alike(a: tuple[Tree, ...], b: tuple[Tree, ...]) -> bool:
    """True where two keys differ by a shift of layers only."""
    low, high = (max((i for t in key if (i := highest_index(t)) is not None), default=0) for key in (a, b))
    return _follows(a, b, high - low)


def layer_of(step: Step) -> int | None:
    """The layer a local derivative belongs to: that of the name it differentiates."""
    return index_of(step.before.of) if isinstance(step.before, Derivative) else highest_index(step.before)
