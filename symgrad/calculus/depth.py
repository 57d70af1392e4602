"""Gradients of chains of symbolic depth: one generic layer is derived, their product is an induction.

The chain is cut into stretches: lines that are known one by one (the parameter's own layer, the lines after
the loop) and runs of layers. A run is one edge, whose derivative is the product of the layer factors;
everything else, sums over paths and kept factors included, is the ordinary replay of edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from symgrad.calculus.depth_plan import Plan, Run, condensed, make_plan, state_of
from symgrad.calculus.derive import chain_step, derive, on_paths, sums
from symgrad.calculus.edges import edge_step
from symgrad.calculus.replay import replay
from symgrad.calculus.tidy import power, times
from symgrad.errors import NotSupportedError
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.places import at, distance, gap_tree, letters_of, moved
from symgrad.notation.tree import ONE, ZERO, BigOp, Derivative, Name, Relation, Tree
from symgrad.values.derivation import Derivation, Step
from symgrad.values.phrase import Phrase

INDUCTION = ("layer-factor", "induction-base", "peel-last")
"""Steps that prove another and are no edges themselves."""
RUNS = ("product-over-layers", "sum-over-layers")
"""Steps that are edges over a run of layers."""


def layer_network(network: SymbolicNetwork, place: Tree, by: Name) -> Network:
    """The network of one layer at a place."""
    lines = network.layer(place)
    return condensed(network, lines, by, lines[-1].target)


def layer_derivation(network: SymbolicNetwork, place: Tree, by: Name) -> Derivation:
    """d(state at a place)/d(by) inside that layer."""
    state = Name(state_of(network), (place,))
    return derive(layer_network(network, place, by), by, state)


def product_of(derivation: Derivation) -> Tree:
    """The gradient as one tree, nothing kept."""
    values = dict(derivation.kept)
    return times(*(values.get(f, f) if isinstance(f, Derivative) else f for f in derivation.factors))


def over_layers(factor: Tree, letter: str, low: Tree, high: Tree) -> Tree:
    """The product of a layer's factor over a range; a power where it is the same in every layer."""
    if letter not in letters_of(factor):
        return ONE if factor == ONE else power(factor, gap_tree(low, moved(high, 1)))
    if distance(low, high) == 0:
        return at(factor, {letter: low})
    return BigOp("prod", factor, letter, low, high, True)


@dataclass(slots=True)
class Writer:
    """Collects the steps of one derivation."""

    chain: SymbolicNetwork
    plan: Plan
    steps: list[Step] = field(default_factory=list)
    edges: list[Step] = field(default_factory=list)

    def edge(self, step: Step) -> None:
        """A step that the replay walks along."""
        self.steps.append(step)
        self.edges.append(step)

    def run(self, run: Run, reached: set[Name]) -> None:
        """A run of layers: its lemma, then an edge for every name that acts through it."""
        product = self.lemma(run)
        if run.entry in reached:
            token = Derivative(run.exit, run.entry)
            why = Phrase.of("steps.product-over-layers", node=run.exit, parent=run.entry)
            self.edge(Step("product-over-layers", token, product, why))
        for name in self.chain.tied:
            if name in reached:
                self.total(run, name)

    def factor(self) -> Tree:
        """What one layer multiplies by."""
        letter = self.plan.letters[0]
        state = state_of(self.chain)
        by = Name(state, (moved(Name(letter), -1),))
        return product_of(layer_derivation(self.chain, Name(letter), by))

    def lemma(self, run: Run) -> Tree:
        """The factor of one layer, and the induction that multiplies it up; the product over the run."""
        letter, _, last = self.plan.letters
        stem = run.exit.stem
        k, m = Name(letter), Name(last)
        own = layer_derivation(self.chain, k, Name(stem, (moved(k, -1),)))
        factor = product_of(own)
        self.steps.extend(step for step in own.steps[:-1])
        inside = (Relation(("<=", "<="), (run.low, k, run.high)),)
        why = Phrase.of("steps.layer-factor", node=Name(stem, (k,)), parent=own.goal.by)
        self.steps.append(Step("layer-factor", own.goal, factor, why, inside))
        start = Derivative(run.entry, run.entry)
        empty: Tree = BigOp("prod", factor, letter, run.low, moved(run.low, -1), True)
        if letter not in letters_of(factor):
            empty = ONE
        why = Phrase.of("steps.induction-base", node=run.entry)
        self.steps.append(Step("induction-base", start, empty, why))
        token, shorter = (Derivative(Name(stem, (place,)), run.entry) for place in (m, moved(m, -1)))
        peeled = times(peel(factor, letter, run.low, moved(m, -1)), at(factor, {letter: m}))
        why = Phrase.of("steps.peel-last", local=shorter, node=token.of, parent=Name(stem, (moved(m, -1),)))
        inside = (Relation(("<=", "<="), (run.low, m, run.high)),)
        self.steps.append(Step("peel-last", token, peeled, why, inside))
        return over_layers(factor, letter, run.low, run.high)

    def total(self, run: Run, name: Name) -> None:
        """A name that every layer uses: its derivative in each, and the layers above it."""
        letter, index, _ = self.plan.letters
        place = Name(index)
        own = layer_derivation(self.chain, place, name)
        if own.steps[-1].rule == "no-dependence":
            return
        self.steps.extend(own.steps[:-1])
        above = over_layers(self.factor(), letter, moved(place, 1), run.high)
        term = times(product_of(own), above)
        body = BigOp("sum", term, index, run.low, run.high, True)
        why = Phrase.of("steps.sum-over-layers", node=run.exit, parent=name)
        self.edge(Step("sum-over-layers", Derivative(run.exit, name), body, why))


def peel(factor: Tree, letter: str, low: Tree, high: Tree) -> Tree:
    """The product over a range whose length is not known, never shortened."""
    if letter not in letters_of(factor):
        return ONE if factor == ONE else power(factor, gap_tree(low, moved(high, 1)))
    return BigOp("prod", factor, letter, low, high, True)


def derive_symbolic(
    network: SymbolicNetwork, wrt: Name, of: Name | None = None, keep: Sequence[Name] = ()
) -> Derivation:
    """d(of)/d(wrt) of a chain of symbolic depth; indices may be letters, and hold for all layers.

    Raises:
        UnknownNameError: wrt or of is no name of the chain.
        NotSupportedError: layers that hand on several values, or gradients across the loop's ends.
    """
    target = of or network.objective
    plan = make_plan(network, wrt, target)
    if plan.course is not None and network.shapes:
        where, letter = network.loop.where, network.depth
        raise NotSupportedError("symbolic-depth-arrays", where, "symbolic-depth-needed-hint", letter=letter)
    if plan.course is not None:
        from symgrad.calculus.depth_recursion import derive_recursion

        return derive_recursion(network, plan)[0]
    goal = plan.goal
    notes = tuple(Phrase.of("steps.index-range", range=relation) for relation in plan.ranges)
    if goal.of == goal.by:
        why = Phrase.of("steps.same-variable")
        return Derivation(goal, (Step("same-variable", goal, ONE, why),), (ONE,), notes=notes)
    places = on_paths(plan.network, goal.by, target)
    if not places:
        why = Phrase.of("steps.no-dependence", node=target, parent=goal.by)
        return Derivation(goal, (Step("no-dependence", goal, ZERO, why),), (ZERO,), notes=(why, *notes))
    if network.shapes:
        from symgrad.calculus.matrices.depth_derive import derive_arrays

        return derive_arrays(network, plan, keep)
    writer = Writer(network, plan)
    reached = {goal.by}
    for place in places:
        equation = plan.network.equations[place]
        run = plan.runs.get(equation.name)
        if run is not None:
            writer.run(run, reached)
        else:
            for parent in equation.parents:
                if parent in reached:
                    writer.edge(edge_step(plan.network, equation, parent, target))
        reached.add(equation.name)
    edges = tuple(writer.edges)
    walked = replay(goal, edges, frozenset(keep))
    steps = (*writer.steps, *sums(edges, goal), chain_step(goal, walked))
    forked = any(step.rule == "sum-over-paths" for step in writer.steps)  # a skip inside every layer
    path = () if forked else walked.path
    return Derivation(goal, steps, walked.factors, walked.kept, path, notes)
