"""Simple rational points, simplest first: where counterexamples and equality cases are looked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product
from random import Random

from flint import arb

from symgrad.notation.tree import Add, Apply, Mul, Name, Number, Tree, names_in, walk
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.enclosures.ranges import FAR, dyadic
from symgrad.proving.kernel.evaluate import Undefined, Value, evaluate, truth
from symgrad.proving.problem import Problem

INPUTS = tuple(map(Fraction, ("0", "1", "-1", "2", "1/2", "-2", "10", "-10", "1/10")))
WEIGHTS = tuple(map(Fraction, ("1", "2", "-1", "0", "4", "5", "100", "1/2", "-2", "3", "-100", "1/10")))

SHORT = 10**4
"""The largest denominator of a bias that makes its z nearly what is aimed at."""


DRAWS, DRAWN_FROM = 600, 5
"""Points with every leaf moved at once, and how many simple values of each leaf they use."""


class Points:
    """The leaves' candidates; `complete` solves biases so that every z_j is 0, or 1 where 0 is a kink.

    aimed: whether it does; else biases are leaves like any other.
    """

    def __init__(self, problem: Problem, aimed: bool = True) -> None:
        self.problem = problem
        self.solved = _solvable(problem) if aimed else {}
        self.aim = {name: Fraction(int(_kinked(problem, name))) for name in self.solved}
        self.free = tuple(leaf for leaf in problem.leaves if leaf not in self.solved.values())
        self.candidates = {leaf: self.usual(leaf) for leaf in self.free}
        self.baseline = {leaf: values[0] for leaf, values in self.candidates.items()}
        relevant = upstream(problem, (problem.statement, *problem.pieces))
        self.moving = tuple(leaf for leaf in self.free if leaf in relevant)

    def usual(self, leaf: Name) -> tuple[Fraction, ...]:
        """Usual values, then the ends that assumptions name, without those that an assumption excludes."""
        problem = self.problem
        usual = WEIGHTS if self._multiplies(leaf) else INPUTS
        about = [piece for piece in problem.pieces if leaf in names_in(piece)]
        numbers = [n.value for piece in about for n in walk(piece) if isinstance(n, Number)]
        numbers += [n.value for n in walk(problem.statement) if isinstance(n, Number) and n.value > 1]
        ends = [
            v
            for n in dict.fromkeys(numbers)
            for v in (n, -n, n / 2, n + 1, n * Fraction(9, 10), n * Fraction(99, 100))
        ]
        values = dict.fromkeys((*usual, *ends))
        alone = [piece for piece in about if names_in(piece) == (leaf,)]
        return tuple(v for v in values if all(self._holds(p, {leaf: v}) for p in alone)) or usual

    def _multiplies(self, leaf: Name) -> bool:
        """Weights start at 1; inputs, targets and arguments of functions at 0."""
        problem = self.problem
        if not problem.definitions:
            return leaf not in problem.arguments()
        defined = {name.stem for name, _ in problem.definitions}
        bodies = [node for _, body in problem.definitions for node in walk(body)]
        products = [node.factors for node in bodies if isinstance(node, Mul)]
        return leaf.stem not in defined and any(leaf in factors for factors in products)

    def _holds(self, piece: Tree, values: Mapping[Tree, Value]) -> bool:
        try:
            return truth(piece, values, self.problem.functions) is True
        except Undefined:
            return False

    def __iter__(self) -> Iterator[dict[Tree, Value] | None]:
        """Complete assignments of leaves and everything defined from them; None where an assumption fails."""
        for changes in self._changes():
            if self.problem.late:
                return
            values = self.complete({**self.baseline, **changes})
            held = values is not None and all(self._holds(p, values) for p in self.problem.pieces)
            yield values if held else None

    def _changes(self) -> Iterator[dict[Name, Fraction]]:
        """Nothing, then one leaf, two, three leaves moved from the baseline."""
        for count in range(min(4, len(self.moving) + 1)):
            width = (len(WEIGHTS) + 20, len(WEIGHTS) + 20, 8, 5)[count]
            for leaves in combinations(self.moving, count):
                for values in product(*(self.candidates[leaf][1 : width + 1] for leaf in leaves)):
                    yield dict(zip(leaves, values, strict=True))
            if count == 2 and len(self.moving) > 3:
                yield from self._drawn()

    def _drawn(self) -> Iterator[dict[Name, Fraction]]:
        """Every leaf moved at once, to simple values, always the same ones."""
        dice = Random(len(self.moving))
        for _ in range(DRAWS):
            yield {leaf: dice.choice(self.candidates[leaf][:DRAWN_FROM]) for leaf in self.moving}

    def complete(self, chosen: Mapping[Name, Fraction]) -> dict[Tree, Value] | None:
        """The forward pass, each solvable bias chosen so that its z is what is aimed at."""
        values: dict[Tree, Value] = {}
        values.update(chosen.items())
        try:
            for name, body in self.problem.definitions:
                if (bias := self.solved.get(name)) is not None:
                    rest = evaluate(body, {**values, bias: Fraction(0)}, self.problem.functions)
                    values[bias] = self.aim[name] - (rest if isinstance(rest, Fraction) else rounded(rest))
                values[name] = evaluate(body, values, self.problem.functions)
        except Undefined:
            return None
        return values


def rounded(value: arb) -> Fraction:
    """A short rational near a ball."""
    if not value.is_finite() or abs(value) > FAR:
        return Fraction(0)
    return dyadic(value.mid()).limit_denominator(SHORT)


def _solvable(problem: Problem) -> dict[Name, Name]:
    """Defined name -> the leaf that stands in it alone as a term, used nowhere else."""
    uses: dict[Name, int] = {}
    for _, body in problem.definitions:
        for node in walk(body):
            if isinstance(node, Name):
                uses[node] = uses.get(node, 0) + 1
    spoken = {n for tree in (problem.statement, *problem.pieces) for n in names_in(tree)}
    nodes = [node for _, body in problem.definitions for node in walk(body)]
    arguments = {a for node in nodes if isinstance(node, Apply) for a in node.arguments}
    found: dict[Name, Name] = {}
    for name, body in problem.definitions:
        if name in arguments and isinstance(body, Add):
            for term in reversed(body.terms):
                alone = isinstance(term, Name) and term in problem.leaves and uses[term] == 1
                if isinstance(term, Name) and alone and term not in spoken:
                    found[name] = term
                    break
    return found


def _kinked(problem: Problem, name: Name) -> bool:
    """Whether a function with a kink at 0 is applied to a name."""
    trees = (problem.statement, *(body for _, body in problem.definitions))
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, Apply) and name in node.arguments:
                called = known.resolve(node.function, problem.functions)
                if called is not None and any(at == 0 for at, _ in known.kinks(called)):
                    return True
    return False


def upstream(problem: Problem, trees: Sequence[Tree]) -> set[Name]:
    """The names that some trees depend on."""
    reached = {n for tree in trees for n in names_in(tree)}
    for name, body in reversed(problem.definitions):
        if name in reached:
            reached.update(names_in(body))
    return reached


def exact_data(values: Mapping[Tree, Value], leaves: tuple[Name, ...]) -> list[tuple[Name, Fraction]]:
    """The chosen leaves with their values, in order."""
    return [(leaf, value) for leaf in leaves if isinstance(value := values[leaf], Fraction)]
