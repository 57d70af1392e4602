"""d(of)/d(wrt) through vectors and matrices at symbolic depth: the steps, the induction, and the gradient."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from symgrad.calculus.depth_plan import Plan, Run
from symgrad.calculus.derive import derive, on_paths
from symgrad.calculus.matrices.depth import RUN, VALUE, Pieces, mapped, written
from symgrad.calculus.matrices.forms import collected, product
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.places import at, moved
from symgrad.notation.tree import (
    ONE,
    BigOp,
    Derivative,
    Name,
    Relation,
    Tree,
    rebuild,
    walk,
)
from symgrad.values.derivation import Derivation, Step
from symgrad.values.phrase import Phrase


def derive_arrays(network: SymbolicNetwork, plan: Plan, keep: Collection[Name] = ()) -> Derivation:
    """The derivation by a plan that has a path.

    Raises:
        NotSupportedError: a layer whose derivative is no matrix.
    """
    return Assembly(Pieces(network, plan), frozenset(keep)).derivation()


@dataclass(slots=True)
class Assembly:
    """Collects the steps of one gradient."""

    pieces: Pieces
    keep: frozenset[Name]
    steps: list[Step] = field(default_factory=list)
    parts: list[tuple[Tree, ...]] = field(default_factory=list)
    kept: dict[Derivative, Tree] = field(default_factory=dict)
    notes: dict[Phrase, None] = field(default_factory=dict)
    why: Phrase | None = None

    def derivation(self) -> Derivation:
        """The lines of the plan, and what a name that all layers use does in each of them."""
        pieces, goal = self.pieces, self.pieces.plan.goal
        assert isinstance(goal.of, Name)
        run = pieces.run
        if on_paths(pieces.outer, goal.by, goal.of):
            self.take(derive(pieces.outer, goal.by, goal.of, tuple(self.keep)), run)
        if run is not None and goal.by in pieces.chain.tied:
            own, layer = pieces.stand_in(goal.by), pieces.use_of(goal.by, run)
            if on_paths(layer, own, goal.of):
                self.total(derive(layer, own, goal.of, tuple(self.keep)), run)
        wholes = [p[0] if len(p) == 1 else product(*p) for p in self.parts]
        factors = self.parts[0] if len(self.parts) == 1 else (collected(wholes),)
        result = factors[0] if len(factors) == 1 else product(*factors)
        assert self.why is not None
        self.steps.append(Step("chain-rule", goal, result, self.why))
        ranges = [Phrase.of("steps.index-range", range=relation) for relation in pieces.plan.ranges]
        return Derivation(
            goal, tuple(self.steps), factors, tuple(self.kept.items()), notes=(*self.notes, *ranges)
        )

    def take(self, found: Derivation, run: Run | None) -> None:
        """A derivation of an ordinary chain, its run of layers written out as a product."""
        put = written(self.pieces, run.low, run.high) if run is not None else (lambda tree: tree)
        for step in found.steps[:-1]:
            if run is not None and is_run(step):
                self.lemma(run)
                self.add(self.run_step(mapped(step, put), run))
            else:
                self.add(mapped(step, put))
        self.finish(found, tuple(map(put, found.factors)), {t: put(value) for t, value in found.kept})

    def finish(self, found: Derivation, factors: tuple[Tree, ...], kept: dict[Derivative, Tree]) -> None:
        """Note a result."""
        self.parts.append(factors)
        self.kept.update(kept)
        self.notes.update(dict.fromkeys(found.notes))
        self.why = self.why or found.steps[-1].why

    def add(self, step: Step) -> None:
        """A step, once."""
        if step not in self.steps:
            self.steps.append(step)

    def run_step(self, step: Step, run: Run) -> Step:
        """The step over a run of layers, by induction."""
        why = Phrase.of("steps.product-over-layers", node=run.exit, parent=step.before.by)  # type: ignore[union-attr]
        return Step("product-over-layers", step.before, step.after, why)

    def total(self, found: Derivation, run: Run) -> None:
        """The sum over the layers of what a name does in each, and in the layers above it."""
        pieces, by = self.pieces, self.pieces.plan.goal.by
        index = Name(pieces.plan.letters[1])
        own = pieces.stand_in(by)
        product_ = written(pieces, moved(index, 1), run.high)

        def put(tree: Tree) -> Tree:
            return renamed(product_(tree), own, by)

        inside = Relation(("<=", "<="), (run.low, index, run.high))
        below = Run(moved(index, 1), run.high, Name(run.exit.stem, (index,)), run.exit)
        for step in found.steps[:-1]:
            if is_run(step):
                self.lemma(run)
                step = self.run_step(mapped(step, put), below)
            else:
                step = mapped(step, put)
            local = any(index in getattr(node, "indices", ()) for node in walk(step.before))
            if local or step.before == Derivative(pieces.plan.goal.of, by):
                step = Step(step.rule, step.before, step.after, step.why, (*step.conditions, inside),
                            step.substeps, step.equation)  # fmt: skip
            self.add(step)
        body = product(*map(put, found.factors))
        whole = BigOp("sum", body, index.stem, run.low, run.high, True)
        token = Derivative(pieces.plan.goal.of, by)
        why = Phrase.of("steps.sum-over-layers", node=run.exit, parent=by)
        self.steps.append(Step("sum-over-layers", token, whole, why))
        self.finish(found, (whole,), {t: put(value) for t, value in found.kept})

    # -- the induction -----------------------------------------------------------------------------------

    def lemma(self, run: Run) -> None:
        """One layer, and the induction that multiplies the layers up; said once."""
        if any(step.rule == "layer-factor" for step in self.steps):
            return
        for step in lemma_steps(self.pieces, run):
            self.add(step)


def is_run(step: Step) -> bool:
    """Whether a step is that of a run of layers."""
    return step.equation is not None and any(node == RUN for node in walk(step.equation))


def renamed(tree: Tree, old: Name, new: Tree) -> Tree:
    """A name replaced, in derivative tokens too."""
    if tree == old:
        return new
    if isinstance(tree, Derivative):
        of, by = renamed(tree.of, old, new), renamed(tree.by, old, new)
        assert isinstance(by, Name)
        return Derivative(of, by)
    return rebuild(tree, lambda child: renamed(child, old, new))


def lemma_steps(pieces: Pieces, run: Run) -> list[Step]:
    """The generic layer's own steps, its factor, and the induction over the layers."""
    letter, _, last = pieces.plan.letters
    goal, k = pieces.plan.goal, Name(letter)
    found = []
    for step in pieces.generic(k).steps[:-1]:
        if step.equation is None or step.equation.operands[0] != VALUE:
            step = mapped(step, lambda tree: renamed(tree, VALUE, goal.of))
            inside = Relation(("<=", "<="), (run.low, k, run.high))
            found.append(Step(step.rule, step.before, step.after, step.why, (*step.conditions, inside),
                              step.substeps, step.equation))  # fmt: skip
    claims = backward_claims if pieces.backwards else forward_claims
    return [*found, *claims(pieces, run, k, Name(last))]


def forward_claims(pieces: Pieces, run: Run, k: Name, m: Name) -> list[Step]:
    """dh_m/dh_l is the product of the layers' Jacobians, the later one on the left."""
    stem, factor = run.exit.stem, pieces.factor(k)
    one = Derivative(Name(stem, (k,)), Name(stem, (moved(k, -1),)))
    token, shorter = (Derivative(Name(stem, (place,)), run.entry) for place in (m, moved(m, -1)))
    empty = pieces.nothing(run.entry)
    peeled = product(at(factor, {k.stem: m}), pieces.long(run.low, moved(m, -1)))
    why = (
        Phrase.of("steps.layer-factor", node=one.of, parent=one.by),
        beginning(pieces, run.entry),
        Phrase.of("steps.peel-last", local=shorter, node=token.of, parent=shorter.of),
    )
    return [
        Step("layer-factor", one, factor, why[0], inside(run, k)),
        Step("induction-base", Derivative(run.entry, run.entry), empty, why[1]),
        Step("peel-last", token, peeled, why[2], inside(run, m)),
    ]


def backward_claims(pieces: Pieces, run: Run, k: Name, m: Name) -> list[Step]:
    """dL/dh_{m-1} is the product of the transposed Jacobians, the later one on the right, times dL/dh_n."""
    stem, factor, of = run.exit.stem, pieces.factor(k), pieces.plan.goal.of

    def adjoint(place: Tree) -> Tree:
        name = Name(stem, (place,))
        return ONE if name == of else Derivative(of, name)

    def before(place: Tree) -> Derivative:
        return Derivative(of, Name(stem, (place,)))

    top = adjoint(run.high)
    empty = product(pieces.nothing(run.exit), top)
    peeled = product(at(factor, {k.stem: m}), pieces.long(moved(m, 1), run.high), top)
    state, below = Name(stem, (k,)), Name(stem, (moved(k, -1),))
    why = (
        Phrase.of("steps.layer-adjoint", node=state, parent=below),
        beginning(pieces, run.exit),
        Phrase.of("steps.peel-adjoint", known=before(m)),
    )
    return [
        Step("layer-factor", before(moved(k, -1)), product(factor, adjoint(k)), why[0], inside(run, k)),
        Step("induction-base", before(run.high), empty, why[1]),
        Step("peel-last", before(moved(m, -1)), peeled, why[2], inside(run, m)),
    ]


def beginning(pieces: Pieces, name: Name) -> Phrase:
    """Why the induction begins: the empty product is 1, of matrices the identity."""
    kind = "steps.induction-base" if pieces.is_number else "steps.induction-base-matrix"
    return Phrase.of(kind, node=name)


def inside(run: Run, letter: Name) -> tuple[Tree, ...]:
    """The layers of the run that a letter stands for."""
    return (Relation(("<=", "<="), (run.low, letter, run.high)),)
