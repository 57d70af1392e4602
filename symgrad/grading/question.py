"""A question: what is asked, about which chain, and everything marking needs to know, worked out once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from symgrad.algebra import Scope
from symgrad.calculus.derive import adjoint_sum, derive, tape
from symgrad.functions import registry
from symgrad.grading.matrices.surroundings import shaped_adjoints, shaped_scope
from symgrad.grading.scalars import scalars
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.context import Context
from symgrad.notation.places import letters_of
from symgrad.notation.reader import read
from symgrad.notation.symbols import GENERAL_FUNCTIONS, MATRIX_FUNCTIONS
from symgrad.notation.tree import (
    Apply,
    Array,
    Component,
    Derivative,
    Elementwise,
    Mul,
    Name,
    Relation,
    Transpose,
    Tree,
    names_in,
    strip_spans,
    substitute,
    walk,
)
from symgrad.notation.writers.plain import plain
from symgrad.values.derivation import Derivation, Step

Rule = Fraction | Mapping[str, Fraction]
LAYOUTS = ("gradient", "jacobian", "any")
"""Of gradients by vectors and matrices: the shape of the variable, its transpose, or either."""


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked: a gradient of a chain, or an expression given as `gold`.

    wrt, of: the gradient; gold: the right answer as a tree. functions: what general names stand for beyond
    the chain's own. aliases: other names -> the chain's. form: any, factored, expanded or simplified.
    points: full marks; rubric: mistake -> what it costs. tolerance: for numbers, how far off is still right.
    layout: of gradients by vectors and matrices: gradient, jacobian or any.
    """

    gold: Tree
    network: Network | None = None
    derivation: Derivation | None = None
    functions: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    form: str = "any"
    points: Fraction = Fraction(1)
    rubric: Mapping[str, Rule] = field(default_factory=dict)
    tolerance: Fraction | None = None
    prover: Callable[[str], str] | None = field(default=None, compare=False)
    """For bounds: decides a claim; given by the face, which knows chains and assumptions."""
    shapes: Mapping[Name, tuple[Tree, ...]] = field(default_factory=dict)
    """Declared shapes, for a question without a chain."""
    layout: str = "gradient"

    @staticmethod
    def about(network: Network, wrt: Name, of: Name | None = None, **settings: object) -> Question:
        """The question for d(of)/d(wrt) of a chain."""
        derivation = derive(network, wrt, of)
        factors = derivation.factors
        gold = factors[0] if len(factors) == 1 else Mul(factors)
        return Question(substitute(gold, dict(derivation.kept)), network, derivation, **settings)  # type: ignore[arg-type]

    # -- the gradient as factors ---------------------------------------------------------------------------

    @property
    def goal(self) -> Derivative | None:
        """dC/db_1, where a gradient is asked for."""
        return None if self.derivation is None else self.derivation.goal

    @cached_property
    def factors(self) -> tuple[Tree, ...]:
        """The gold's factors in textbook order, kept tokens replaced by their values."""
        from symgrad.calculus.tidy import factors_of

        if self.derivation is None:
            return factors_of(self.gold)
        values = dict(self.derivation.kept)
        return tuple(values.get(f, f) if isinstance(f, Derivative) else f for f in self.derivation.factors)

    @cached_property
    def step_of(self) -> tuple[Step | None, ...]:
        """For every factor the derivation step it comes from."""
        from symgrad.calculus.tidy import factors_of

        if self.derivation is None:
            return (None,) * len(self.factors)
        edges = [s for s in self.derivation.steps if s.rule not in ("sum-over-paths", "chain-rule")]
        found: list[Step | None] = []
        for factor in self.factors:
            owner = next((s for s in edges if factor in (s.after, *factors_of(s.after))), None)
            found.append(owner)
        return tuple(found)

    # -- the surroundings ----------------------------------------------------------------------------------

    @cached_property
    def bindings(self) -> dict[str, str]:
        """What every function name stands for."""
        own = dict(self.network.functions) if self.network else {}
        return {**own, **self.functions}

    @cached_property
    def bodies(self) -> dict[Name, Tree]:
        """The chain's equations by name."""
        return {e.name: e.body for e in self.network.equations} if self.network else {}

    @cached_property
    def scope(self) -> Scope:
        """The chain's equations and the values of d(objective)/d(anything), for exact comparison."""
        if self.network is None:
            return Scope((), self.bindings, {}, self.shapes)
        if self.network.shapes:
            return shaped_scope(self.network, self.bindings, self.adjoints)
        lines = self.network.definitions()
        if self.scalar:
            lines = tuple((name, scalars(body)) for name, body in lines)
        return Scope(lines, self.bindings, self.adjoints)

    @cached_property
    def adjoints(self) -> dict[Derivative, Tree]:
        """d(of)/d(v) for every name v on the way, each by its neighbours'; all together they are linear."""
        network, goal = self.network, self.goal
        if network is None or goal is None or not isinstance(goal.of, Name):
            return {}
        if isinstance(network, SymbolicNetwork):
            return {}
        if network.shapes:
            return shaped_adjoints(network, goal.of)
        found: dict[Derivative, Tree] = {}
        track = tape(network, goal.of)
        uses: dict[Name, list[Step]] = {}
        for place in range(len(network.equations)):
            if place in self.places:
                for parent, step in track.at(place).items():
                    uses.setdefault(parent, []).append(step)
        for name, steps in uses.items():
            token = Derivative(goal.of, name)
            found[token] = adjoint_sum(steps, token)
        return found

    @cached_property
    def places(self) -> frozenset[int]:
        """Places of the equations that the objective depends on."""
        network, goal = self.network, self.goal
        if network is None or goal is None or not isinstance(goal.of, Name):
            return frozenset()
        last = network.position.get(goal.of)
        if last is None:
            return frozenset()
        needed, found = {goal.of}, set()
        for place in range(last, -1, -1):
            equation = network.equations[place]
            if equation.name in needed:
                found.add(place)
                needed.update(equation.parents)
        return frozenset(found)

    @cached_property
    def letters(self) -> frozenset[str]:
        """The letters that an answer about a chain of symbolic depth may use: n, and those of w_i."""
        if not isinstance(self.network, SymbolicNetwork) or self.goal is None:
            return frozenset()
        return letters_of(self.goal) | {self.network.depth}

    def decided(self, claim: Relation) -> str:
        """What the prover says under the question's assumptions: proved, refuted or undecided."""
        return "undecided" if self.prover is None else self.prover(plain(claim))

    @property
    def judged_by_algebra(self) -> bool:
        """Whether the verdict is the equality of two numbers in the surroundings of the chain."""
        symbolic = isinstance(self.network, SymbolicNetwork) and self.goal is not None
        return self.scalar and self.tolerance is None and not symbolic

    @property
    def numeric(self) -> bool:
        """Whether a number is asked for, in which 2e-1 is 0.2."""
        return self.tolerance is not None

    @cached_property
    def scalar(self) -> bool:
        """Whether everything here is a number, so that elementwise products are plain ones."""
        if self.network is not None:
            return not self.network.shapes
        if self.shapes:
            return False
        matrices = (Elementwise, Transpose, Array, Component)
        return not any(
            isinstance(node, matrices) or (isinstance(node, Apply) and node.function.stem in MATRIX_FUNCTIONS)
            for node in walk(self.gold)
        )

    @cached_property
    def renamed(self) -> dict[Tree, Tree]:
        """Other names with an index, or for one with an index: theta_1 -> w_2, x -> a_0."""
        found: dict[Tree, Tree] = {}
        for written, meant in self.aliases.items():
            if not (written.isalpha() and meant.isalpha()):
                key, value = (strip_spans(read(text, Context("chain"))) for text in (written, meant))
                found[key] = value
        return found

    @cached_property
    def context(self) -> Context:
        """What the reader must know about the names an answer may use."""
        found = self.own_context
        other = frozenset(name for name in self.renamed if isinstance(name, Name))
        simple = {k: v for k, v in self.aliases.items() if k.isalpha() and v.isalpha()}
        pairs = [(a, b) for a, b in self.renamed.items() if isinstance(a, Name) and isinstance(b, Name)]
        arrays = {other.stem for other, meant in pairs if meant.stem in found.arrays}
        return replace(
            found,
            known=found.known | other,
            arrays=found.arrays | arrays,
            aliases=simple,
            scientific=self.numeric,
        )

    @cached_property
    def sizes(self) -> frozenset[Name]:
        """The symbols for sizes of vectors and matrices, which an answer may use as numbers; never a T."""
        shapes = self.network.shapes if self.network is not None else self.shapes
        names = (name for shape in shapes.values() for size in shape for name in names_in(size))
        return frozenset(name for name in names if name.stem != "T")

    @property
    def identity(self) -> frozenset[Name]:
        """I, where there are matrices and no name is called so."""
        mine = self.network.names if self.network is not None else frozenset(self.shapes)
        some = self.network.shapes if self.network is not None else self.shapes
        return frozenset([Name("I")]) if some and all(name.stem != "I" for name in mine) else frozenset()

    @property
    def errors(self) -> frozenset[str]:
        """delta, where the errors of layers are vectors."""
        return frozenset(["delta"]) if self.network is not None and self.network.shapes else frozenset()

    @property
    def own_context(self) -> Context:
        """The context without other names."""
        if self.network is not None:
            network = self.network
            symbolic = network if isinstance(network, SymbolicNetwork) else None
            declared = frozenset(self.bindings) | frozenset(
                s for s in network.applied if registry.configured(s) is None
            )
            objective = self.goal.of if self.goal and isinstance(self.goal.of, Name) else network.objective
            return Context(
                "answer",
                arrays=frozenset(n.stem for n, shape in network.shapes.items() if shape) | self.errors,
                known=network.names | self.sizes | self.identity,
                functions=declared,
                layered=frozenset(n.stem for n in network.names if n.layer),
                activation=network.activation,
                objective=objective,
                deltas=not any(n.stem == "delta" for n in network.names),
                families=symbolic.families if symbolic else frozenset(),
                bound=self.letters,
            )
        names = frozenset(names_in(self.gold)) | frozenset(self.shapes) | self.sizes | self.identity
        applied = {node.function.stem for node in walk(self.gold) if isinstance(node, Apply)}
        general = frozenset(applied & GENERAL_FUNCTIONS) | frozenset(self.functions)
        activation = next(iter(general)) if len(general) == 1 else None
        arrays = frozenset(name.stem for name, shape in self.shapes.items() if shape)
        if not self.scalar and not self.shapes:  # what is a vector or matrix shows in the answers too
            arrays = frozenset(name.stem for name in names)
        return Context("answer", names, functions=general, activation=activation, arrays=arrays)
