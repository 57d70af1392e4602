"""What everything is called in the code: inputs, rows of families, derivatives; no two things alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from symgrad.network.graph import Network
from symgrad.network.instances import whole_indices
from symgrad.notation.indices import linear
from symgrad.notation.tree import Derivative, Name, Tree, names_in, walk
from symgrad.notation.writers.plain import plain
from symgrad.numerics.code.expressions import identifier
from symgrad.numerics.code.plan import Block, Line, Plan, Pull

RESERVED = frozenset({
    "np", "jnp", "jax", "lax", "torch", "sympy", "math", "gradient", "accumulate", "like", "batch",
    "size", "start", "width", "part", "shape", "state", "zero", "where", "sigmoid_and_slope",
    "tanh_and_slope", "BLOCK", "cut", "turn", "value", "slope", "total", "given", "tensor", "range",
    "slice", "min",
})  # fmt: skip
"""What the code itself calls something."""


@dataclass(frozen=True, slots=True)
class Family:
    """Members with one whole index, in an array whose row 0 is the member `base`."""

    called: str
    stem: str
    base: int
    count: int


@dataclass(frozen=True, slots=True)
class Result:
    """One gradient to hand back: of a whole family of inputs, or of one name."""

    called: str
    of: Family | Name


class Scope:
    """The names of one piece of code."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.used: set[str] = set(RESERVED)
        self.members = members_of(plan.network)
        self.single: dict[Name, str] = {}
        self.arrays: dict[str, Family] = {}
        self.inputs = [self.input(leaf) for leaf in leaves_in_order(plan.network)]
        self.inputs = list(dict.fromkeys(self.inputs))
        letters = dict.fromkeys(b.letter for b in (*plan.forward, *plan.backward) if b.letter)
        self.letters = {letter: self.take(letter) for letter in letters}
        self.rows = {stem: self.family(stem, "") for stem in self.rolled(plan.forward, plan.backward)}
        self.adjoints = {stem: self.family(stem, "d_") for stem in self.rolled_adjoints()}
        self.adjoint_single: dict[Name, str] = {}
        self.results = self.find_results()

    def take(self, text: str) -> str:
        """An identifier that nothing else has."""
        made = identifier(text)
        while made in self.used:
            made += "_"
        self.used.add(made)
        return made

    def input(self, leaf: Name) -> Family | Name:
        """How a leaf comes in: in the array of its family, or alone."""
        stem = leaf.stem
        indices = whole_indices(leaf)
        if len(indices) == 1 and stem in self.arrays:
            return self.arrays[stem]
        every = self.members.get(stem, {})
        if (
            len(indices) == 1
            and len(every) > 1
            and not (self.plan.network.shapes and max(every) - min(every) >= len(every))
            and not any(n in self.plan.network.position for n in every.values())
        ):
            if stem not in self.arrays:
                base = min(every)
                self.arrays[stem] = Family(self.take(stem), stem, base, max(every) - base + 1)
            return self.arrays[stem]
        self.single[leaf] = self.take(written(leaf))
        return leaf

    def family(self, stem: str, prefix: str) -> Family:
        """The rows of a family of computed values, or of the derivatives by them."""
        every = self.members[stem]
        base = min(every)
        return Family(self.take(prefix + stem), stem, base, max(every) - base + 1)

    def rolled(self, *parts: Iterable[Block]) -> list[str]:
        """The stems of computed families that loops speak of by letter."""
        found: dict[str, None] = {}
        for block in (b for blocks in parts for b in blocks if b.letter):
            for operation in block.operations:
                trees = (
                    (operation.target, operation.body) if isinstance(operation, Line) else (operation.local,)
                )
                for name in (n for tree in trees for n in names_in(tree)):
                    if name.stem not in self.arrays and by_letter(name, block.letter):
                        found.setdefault(name.stem)
        return list(found)

    def rolled_adjoints(self) -> list[str]:
        """The stems of families whose derivatives loops speak of by letter, inputs apart."""
        found: dict[str, None] = {}
        for block in (b for b in self.plan.backward if b.letter):
            for pull in block.operations:
                assert isinstance(pull, Pull)
                for name in (pull.parent, *(() if pull.whole else (pull.node,))):
                    if name.stem not in self.arrays and by_letter(name, block.letter):
                        found.setdefault(name.stem)
        return list(found)

    def find_results(self) -> list[Result]:
        """What is handed back, in the order of the goals."""
        loops = {
            pull.parent.stem
            for block in self.plan.backward
            if block.letter
            for pull in block.operations
            if isinstance(pull, Pull) and by_letter(pull.parent, block.letter)
        }
        goals = set(self.plan.goals)
        full = {stem for stem in self.arrays if goals.issuperset(self.members[stem].values())}
        found: dict[Family | Name, Result] = {}
        for goal in self.plan.goals:
            array = self.arrays.get(goal.stem) if len(whole_indices(goal)) == 1 else None
            whole = array is not None and (goal.stem in loops or goal.stem in full)
            key = array if array is not None and whole else goal
            if key not in found:
                called = key.called if isinstance(key, Family) else written(key)
                found[key] = Result(self.take(f"d_{called}"), key)
        return list(found.values())

    def result(self, name: Name) -> Result | None:
        """The result that a name's gradient is (a row of)."""
        for result in self.results:
            if result.of == name or (isinstance(result.of, Family) and result.of is self.array(name)):
                return result
        return None

    def array(self, name: Name) -> Family | None:
        """The input array a name is a row of."""
        return self.arrays.get(name.stem) if len(name.indices) == 1 and name not in self.single else None

    def ref(self, tree: Tree) -> str:
        """A name, or the derivative by it, in code."""
        if isinstance(tree, Derivative):
            return self.adjoint(tree.by)
        assert isinstance(tree, Name)
        if not tree.indices and tree.stem in self.letters:
            return self.letters[tree.stem]
        family = self.array(tree) or (self.rows.get(tree.stem) if len(tree.indices) == 1 else None)
        if family is not None:
            return f"{family.called}[{self.row(tree, family.base)}]"
        if tree not in self.single:
            self.single[tree] = self.take(written(tree))
        return self.single[tree]

    def row(self, name: Name, base: int) -> str:
        """The index of a name, counted from the base of its array."""
        form = linear(name.indices[0])
        assert form is not None
        shift = int(form[1]) - base
        if not form[0]:
            return str(shift)
        letter = self.letters[form[0][0][0]]
        return letter if not shift else f"{letter} {'+' if shift > 0 else '-'} {abs(shift)}"

    def adjoint(self, name: Name) -> str:
        """The derivative of the objective by a name."""
        result = self.result(name)
        family = self.adjoints.get(name.stem) if len(name.indices) == 1 else None
        if result is not None and isinstance(result.of, Family):
            return f"{result.called}[{self.row(name, result.of.base)}]"
        if family is not None:
            return f"{family.called}[{self.row(name, family.base)}]"
        if name not in self.adjoint_single:
            own = result.called if result is not None and name in self.plan.network.leaves else None
            self.adjoint_single[name] = own or self.take(f"d_{written(name)}")
        return self.adjoint_single[name]


def members_of(network: Network) -> dict[str, dict[int, Name]]:
    """Stem -> index -> name, for names with one whole index."""
    found: dict[str, dict[int, Name]] = {}
    for name in (*network.leaves, *network.position):
        indices = whole_indices(name)
        if len(indices) == 1:
            found.setdefault(name.stem, {})[indices[0]] = name
    return found


def leaves_in_order(network: Network) -> list[Name]:
    """Parameters first, then the other leaves."""
    return list(dict.fromkeys((*network.parameters, *network.leaves)))


def by_letter(name: Name, letter: str) -> bool:
    """Whether a name's index holds a letter."""
    return any(Name(letter) in walk(index) for index in name.indices)


def written(name: Name) -> str:
    """A name with its indices after underscores."""
    return "_".join((name.stem, *(plain(index).replace("-", "m") for index in name.indices)))
