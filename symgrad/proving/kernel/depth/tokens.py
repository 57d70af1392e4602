"""Derivative tokens of a chain whose one loop runs to a letter, from one layer.

The gradient through a run of layers is the product of the layers' own factors, each by `gradient` from the
layer's equations: d s_p/d s_q = prod_{m=q+1}^p d s_m/d s_{m-1} for p >= q, by induction on p (the empty
product is d s_q/d s_q = 1, and one more layer is one more factor). A name that every layer uses has one term
for each layer, and one for the initial value. Anything else is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from symgrad.errors import CertificateError
from symgrad.notation.places import distance, moved
from symgrad.notation.tree import (
    ONE,
    ZERO,
    BigOp,
    Derivative,
    Name,
    Number,
    Tree,
    names_in,
    number,
    rebuild,
    walk,
)
from symgrad.proving.kernel.depth.letters import Letters
from symgrad.proving.kernel.depth.loop import MAX_LAYERS, Lines, Loop, as_name
from symgrad.proving.kernel.gradient import plus, times, total

INDEX_LETTERS = ("k", "m", "l", "r", "q", "p", "j", "i")


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
            return self.derivative(as_name(tree.of), tree.by)
        if isinstance(tree, BigOp):
            low, high = tree.low, tree.high
            inner = replace(self, letters=self.letters.within(tree.index, low, high))
            return replace(tree, body=inner.written_out(tree.body))
        return rebuild(tree, self.written_out)

    def derivative(self, of: Name, by: Name) -> Tree:
        """D of / d by."""
        if of == by:
            return ONE
        place = self.loop.place(of)
        if place == number(self.loop.low - 1) and of.stem == by.stem:  # h_i may be h_0
            return self._leaf(of, place, by)
        for lines in (self.loop.after, self.loop.before):
            if of in dict(lines):
                return self._through(of, by, lines)
        if place is None:
            return ZERO
        if of.stem not in self.loop.made:
            return self._leaf(of, place, by)
        if place == number(self.loop.low - 1):
            return ZERO
        other = self.loop.place(by)
        if other is None:
            return self._shared(of, place, by)
        if any(name.stem == by.stem for _, body in self.loop.before for name in names_in(body)):
            raise refuse()  # another way into the layers
        return self._between(of, place, by, other)

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
        if not (self.letters.at_least(low, high) and self.letters.at_least(number(self.loop.low - 1), low)):
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
            direct = self._direct(of, place, by)
            last = self._few(of, place, below, moved(place, -1), 1)
            return plus((direct, times((self._shared(below, moved(place, -1), by), last))))
        index = Name(self.fresh[1])
        own = self._direct(Name(state, (index,)), index, by)
        terms: list[Tree] = []
        if own != ZERO:
            body = times((own, self._run(moved(index, 1), place)))
            terms.append(BigOp("sum", body, index.stem, first, place, True))
        start = Name(state, (number(self.loop.low - 1),))
        initial = self.derivative(start, by) if start in dict(self.loop.before) else ZERO
        if initial != ZERO:
            terms.append(times((initial, self._run(first, place))))
        return plus(terms)

    def _direct(self, of: Name, place: Tree, by: Name) -> Tree:
        """Within one layer: by the name itself, and through what the equations before the loop make of it."""
        lines, defined = self.loop.layer(place), dict(self.loop.before)
        used = dict.fromkeys(n for _, body in lines for n in names_in(body) if n == by or n in defined)
        roots = [name for name in used if self.loop.place(name) is None]
        ways = [(self.derivative(root, by), times(total(Derivative(of, root), lines))) for root in roots]
        return plus([times(way) for way in ways])


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
