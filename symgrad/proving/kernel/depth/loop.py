"""Chains whose one loop runs to a letter: tokens from one layer, and the chain at a definite depth.

The gradient through a run of layers is the product of the layers' own factors, each by `gradient` from the
layer's equations: d s_p/d s_q = prod_{m=q+1}^p d s_m/d s_{m-1} for p >= q, by induction on p (the empty
product is d s_q/d s_q = 1, and one more layer is one more factor). A name that every layer uses has one term
for each layer, and one for the initial value. Anything else is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data, to_data
from symgrad.notation.indices import linear
from symgrad.notation.places import at, distance, moved
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Apply,
    BigOp,
    Derivative,
    Is,
    Name,
    Number,
    Relation,
    Tree,
    children,
    names_in,
    number,
    rebuild,
    walk,
)  # fmt: skip
from symgrad.proving.kernel.depth.letters import Letters
from symgrad.proving.kernel.gradient import plus, times, total

Lines = tuple[tuple[Name, Tree], ...]
MAX_LAYERS = 24
INDEX_LETTERS = ("k", "m", "l", "r", "q", "p", "j", "i")


@dataclass(frozen=True, slots=True)
class Loop:
    """for letter in low..high: lines; with the equations before and after it."""

    letter: str
    low: int
    high: Tree
    lines: Lines
    before: Lines
    after: Lines

    # ---- names

    @property
    def depth(self) -> str:
        """The letter of the depth."""
        form = linear(self.high)
        if form is None or len(form[0]) != 1 or form[0][0][1] != 1 or form[1].denominator != 1:
            raise CertificateError("certificate-malformed", problem="loop")
        return form[0][0][0]

    @property
    def made(self) -> dict[str, None]:
        """The stems that a layer defines."""
        return {name.stem: None for name, _ in self.lines}

    @property
    def states(self) -> tuple[str, ...]:
        """The stems that a layer takes from the one below."""
        here, found = self.made, dict[str, None]()
        for _, body in self.lines:
            for name in names_in(body):
                if name.stem in here and name.indices != (Name(self.letter),):
                    found[name.stem] = None
        return tuple(found)

    @property
    def fed(self) -> frozenset[str]:
        """The stems of the leaves that each layer has of its own: w_j, b_j."""
        own = (Name(self.letter),)
        return frozenset(
            n.stem for _, body in self.lines for n in names_in(body)
            if n.indices == own and n.stem not in self.made
        )  # fmt: skip

    @property
    def labelled(self) -> frozenset[Name]:
        """The names whose subscript is a label and no place: b_f."""
        trees = [t for pair in (*self.lines, *self.before, *self.after) for t in pair]
        own = {self.letter, self.depth}
        return frozenset(
            n for tree in trees for n in names_in(tree) if n.indices
            and not any(isinstance(m, Name) and m.stem in own for i in n.indices for m in walk(i))
        )  # fmt: skip

    def validated(self) -> Loop:
        """Itself, if a layer defines only its own names, in order, from its own and the one below."""
        here = (Name(self.letter),)
        done: set[str] = set()
        for name, body in self.lines:
            if name.indices != here or name.stem in done:
                raise CertificateError("certificate-definition")
            for used in names_in(body):
                below = used.indices == (moved(Name(self.letter), -1),)
                if used.stem in self.made and not below and not (used.indices == here and used.stem in done):
                    raise CertificateError("certificate-definition")
                letters = {n.stem for index in used.indices for n in walk(index) if isinstance(n, Name)}
                if used.stem not in self.made and self.letter in letters and used.indices != here:
                    raise CertificateError("certificate-definition")
            done.add(name.stem)
        if not self.depth or self.depth == self.letter or self.depth in {n.stem for n, _ in self.lines}:
            raise CertificateError("certificate-malformed", problem="loop")
        return self

    def place(self, name: Name) -> Tree | None:
        """The layer that a member of a family belongs to; None for any other name."""
        if len(name.indices) != 1 or linear(name.indices[0]) is None:
            return None
        return name.indices[0] if name.stem in self.made or name.stem in self.fed else None

    def facts(self, *trees: Tree) -> list[Tree]:
        """The range of every free place, and that there is a layer."""
        found: dict[Tree, None] = {Relation(("<=",), (number(self.low), self.high)): None}
        found[Is(Name(self.depth), "integer")] = None
        outside = {n for pair in (*self.before, *self.after) for t in pair for n in names_in(t)}
        for name in dict.fromkeys(n for tree in trees for n in free_names(tree)):
            if (place := self.place(name)) is not None and (name not in outside or name.stem in self.states):
                low = self.low - (name.stem in self.states)
                found[Relation(("<=",), (number(low), place))] = None
                found[Relation(("<=",), (place, self.high))] = None
        return list(found)

    def layer(self, place: Tree) -> Lines:
        """The lines of the layer at a place."""
        return tuple(
            (_name(at(name, {self.letter: place})), at(body, {self.letter: place}))
            for name, body in self.lines
        )

    def unrolled(self, depth: int) -> Lines:
        """All equations in order, for a definite depth."""
        high = at(self.high, {self.depth: number(depth)})
        if not isinstance(high, Number) or not self.low <= high.value <= self.low + 4 * MAX_LAYERS:
            raise CertificateError("certificate-too-large")
        layers = [self.layer(number(k)) for k in range(self.low, int(high.value) + 1)]
        ends = {self.depth: number(depth)}
        after = tuple((_name(at(name, ends)), at(body, ends)) for name, body in self.after)
        return (*self.before, *(pair for layer in layers for pair in layer), *after)

    # ---- data

    def to_data(self) -> dict[str, Any]:
        """Plain data for a certificate."""

        def pairs(lines: Lines) -> list[Any]:
            return [[to_data(name), to_data(body)] for name, body in lines]

        return {
            "letter": self.letter,
            "low": self.low,
            "high": to_data(self.high),
            "lines": pairs(self.lines),
            "before": pairs(self.before),
            "after": pairs(self.after),
        }


def read_loop(data: Any) -> Loop:
    """A loop from a certificate."""

    def pairs(items: Any) -> Lines:
        return tuple((_name(from_data(name)), from_data(body)) for name, body in items)

    if set(data) != {"letter", "low", "high", "lines", "before", "after"}:
        raise CertificateError("certificate-malformed", problem="loop")
    letter, low = data["letter"], data["low"]
    if not isinstance(letter, str) or not isinstance(low, int) or isinstance(low, bool):
        raise CertificateError("certificate-malformed", problem="loop")
    parts = (pairs(data[key]) for key in ("lines", "before", "after"))
    return Loop(letter, low, from_data(data["high"]), *parts).validated()


def free_names(tree: Tree) -> list[Name]:
    """The names whose indices no big operator binds."""
    found: dict[Name, None] = {}

    def visit(node: Tree, bound: frozenset[str]) -> None:
        match node:
            case Name(stem, indices):
                letters = {n.stem for index in indices for n in walk(index) if isinstance(n, Name)}
                if not letters & bound and not (stem in bound and not indices):
                    found[node] = None
            case Derivative(of, by):
                visit(of, bound)
                visit(by, bound)
            case BigOp(_, body, index, low, high):
                visit(low, bound)
                visit(high, bound)
                visit(body, bound | {index})
            case Apply(_, arguments):
                for argument in arguments:
                    visit(argument, bound)
            case _:
                for child in children(node):
                    visit(child, bound)

    visit(tree, frozenset())
    return list(found)


def _name(tree: Tree) -> Name:
    if not isinstance(tree, Name):
        raise CertificateError("certificate-malformed", problem="name")
    return tree


def refuse(kind: str = "Derivative") -> CertificateError:
    """What the kernel has no rule for."""
    return CertificateError("certificate-unsupported", kind=kind)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Derivative tokens of a loop, written out; `letters` says how places compare."""

    loop: Loop
    letters: Letters
    fresh: tuple[str, str]

    def written_out(self, tree: Tree) -> Tree:
        """The tree with every token replaced by its product."""
        if isinstance(tree, Derivative):
            if tree.order != 1:
                raise refuse()
            return self.derivative(_name(tree.of), tree.by)
        if isinstance(tree, BigOp):
            low, high = tree.low, tree.high
            inner = replace(self, letters=self.letters.within(tree.index, low, high))
            return replace(tree, body=inner.written_out(tree.body))
        return rebuild(tree, self.written_out)

    def derivative(self, of: Name, by: Name) -> Tree:
        """D of / d by."""
        if of == by:
            return ONE
        for lines in (self.loop.after, self.loop.before):
            if of in dict(lines):
                return self._through(of, by, lines)
        place = self.loop.place(of)
        if place is None:
            return ZERO
        if of.stem not in self.loop.made:
            return self._leaf(of, place, by)
        if place == number(self.loop.low - 1):
            return ZERO
        other = self.loop.place(by)
        return self._shared(of, place, by) if other is None else self._between(of, place, by, other)

    def _leaf(self, of: Name, place: Tree, by: Name) -> Tree:
        """Of a leaf of one layer: 0 by any other, as long as it certainly is another."""
        other = self.loop.place(by)
        if other is None or by.stem != of.stem:
            return ZERO
        if (steps := distance(place, other)) is not None:
            return ZERO if steps else ONE
        if self.letters.at_least(place, other, 1) or self.letters.at_least(other, place, 1):
            return ZERO
        raise refuse()

    def _through(self, of: Name, by: Name, lines: Lines) -> Tree:
        """By the equations outside the loop, then onward from what they use."""
        if by in dict(lines):
            return times(total(Derivative(of, by), lines))
        defined = dict(lines)
        roots = dict.fromkeys(n for _, body in lines for n in names_in(body) if n not in defined)
        terms = []
        for root in roots:
            outer = times(total(Derivative(of, root), lines))
            inner = ZERO if outer == ZERO else self.derivative(root, by)
            terms.append(times((inner, outer)))
        return plus(terms)

    def _between(self, of: Name, high: Tree, by: Name, low: Tree) -> Tree:
        """From one place to another."""
        steps = distance(low, high)
        if steps is not None:
            return ZERO if steps < 0 else self._few(of, high, by, low, steps)
        state = self._state()
        if of.stem != state:
            if not self.letters.at_least(low, high, 1):
                raise refuse()
            below = Name(state, (moved(high, -1),))
            last = self._few(of, high, below, moved(high, -1), 1)
            return times((self._between(below, moved(high, -1), by, low), last))
        if not self.letters.at_least(low, high):
            raise refuse()
        first = ONE if by.stem == state else self._few(Name(state, (low,)), low, by, low, 0)
        return times((first, self._run(moved(low, 1), high)))

    def _few(self, of: Name, high: Tree, by: Name, low: Tree, steps: int) -> Tree:
        """Through a known number of layers, written out."""
        if of == by:
            return ONE
        if steps > MAX_LAYERS:
            raise CertificateError("certificate-too-large")
        alone = self.loop.states == (by.stem,) and steps > 0
        if alone or low == number(self.loop.low - 1):
            first = moved(low, 1)
        elif self.letters.at_least(number(self.loop.low), low):
            first = low
        else:
            raise refuse()
        count = distance(first, high)
        assert count is not None
        lines = [pair for k in range(count + 1) for pair in self.loop.layer(moved(first, k))]
        return times(total(Derivative(of, by), lines))

    def _state(self) -> str:
        if len(self.loop.states) != 1:
            raise refuse()
        return self.loop.states[0]

    def _run(self, low: Tree, high: Tree, which: int = 0) -> Tree:
        """The product of the layers' factors."""
        letter = Name(self.fresh[which])
        state = self._state()
        upper, lower = Name(state, (letter,)), Name(state, (moved(letter, -1),))
        factor = times(total(Derivative(upper, lower), self.loop.layer(letter)))
        return BigOp("prod", factor, letter.stem, low, high, True)

    def _shared(self, of: Name, place: Tree, by: Name) -> Tree:
        """By a name outside the loop: one term for each layer that uses it, one for the initial value."""
        first = number(self.loop.low)
        if isinstance(place, Number):
            lines = [*self.loop.before]
            for k in range(self.loop.low, min(int(place.value), self.loop.low + MAX_LAYERS) + 1):
                lines += self.loop.layer(number(k))
            return times(total(Derivative(of, by), lines)) if of in dict(lines) else _too_many()
        state = self._state()
        if of.stem != state:
            below = Name(state, (moved(place, -1),))
            direct = times(total(Derivative(of, by), self.loop.layer(place)))
            last = self._few(of, place, below, moved(place, -1), 1)
            return plus((direct, times((self._shared(below, moved(place, -1), by), last))))
        index = Name(self.fresh[1])
        own = times(total(Derivative(Name(state, (index,)), by), self.loop.layer(index)))
        terms: list[Tree] = []
        if own != ZERO:
            body = times((own, self._run(moved(index, 1), place)))
            terms.append(BigOp("sum", body, index.stem, first, place, True))
        start = Name(state, (number(self.loop.low - 1),))
        initial = self.derivative(start, by) if start in dict(self.loop.before) else ZERO
        if initial != ZERO:
            terms.append(times((initial, self._run(first, place))))
        return plus(terms)


def _too_many() -> Tree:
    raise CertificateError("certificate-too-large")


def tokens(loop: Loop, letters: Letters, *trees: Tree) -> Tokens:
    """A writer whose own letters stand nowhere in the loop or the trees."""
    lines = [t for pair in (*loop.lines, *loop.before, *loop.after) for t in pair]
    taken = {n.stem for tree in (*trees, *lines, loop.high) for n in walk(tree) if isinstance(n, Name)}
    taken |= {n.index for tree in trees for n in walk(tree) if isinstance(n, BigOp)} | {loop.letter}
    free = [letter for letter in INDEX_LETTERS if letter not in taken]
    while len(free) < 2:
        free.append(f"k{len(free)}{len(taken)}")
    return Tokens(loop, letters, (free[0], free[1]))
