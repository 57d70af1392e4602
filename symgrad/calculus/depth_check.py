"""Verify a derivation at symbolic depth twice: as an induction, and in every chain of one to five layers.

The induction: the factor of one generic layer is checked as a derivation of its own, and its first step, its
hypothesis and its conclusion must say what they should. The chains: every step and the printed gradient, with
each letter at every place it may have, against a forward pass over the unrolled equations modulo 2^61 - 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from symgrad.calculus import check as ordinary
from symgrad.calculus.depth import (
    INDUCTION,
    layer_derivation,
    layer_network,
    over_layers,
    peel,
    product_of,
)
from symgrad.calculus.depth_plan import COMBINING, Plan, Run, fail, make_plan, state_of
from symgrad.calculus.depth_points import layers_for, verify_depths
from symgrad.calculus.derive import on_paths
from symgrad.calculus.tidy import times
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.places import at, letters_of, moved
from symgrad.notation.tree import ONE, BigOp, Derivative, Name, Relation, Tree
from symgrad.values.derivation import Derivation, Step

Edge = tuple[Tree, Tree]


def check_symbolic(network: SymbolicNetwork, derivation: Derivation, seed: int) -> int:
    """The number of edges verified.

    Raises:
        DerivationError: a step, the induction, the wiring or the printed gradient is wrong.
    """
    goal = derivation.goal
    assert isinstance(goal.of, Name)
    plan = make_plan(network, goal.by, goal.of)
    if plan.course is not None:
        from symgrad.calculus.depth_recursion_check import check_recursion

        return check_recursion(network, plan, derivation, seed)
    if network.shapes and goal.by != goal.of and on_paths(plan.network, goal.by, goal.of):
        from symgrad.calculus.matrices.depth_check import check_arrays_deep

        return check_arrays_deep(network, plan, derivation, seed)
    count = structure(network, plan, derivation)
    for run in plan.runs.values():
        if any(step.rule in INDUCTION for step in derivation.steps):
            induction(network, plan, run, derivation)
    verify_depths(network, plan, derivation, layers_for(network, derivation), seed)
    return count


# -- what must be there --------------------------------------------------------------------------------------


def structure(network: SymbolicNetwork, plan: Plan, derivation: Derivation) -> int:
    """Every edge of the plan and of the lemmas exactly once, a sum for every fork, the result at the end."""
    goal, steps = derivation.goal, derivation.steps
    main, inner = expected(network, plan)
    local = [s for s in steps if s.rule not in (*COMBINING, *INDUCTION)]
    tokens = [s.before for s in local if isinstance(s.before, Derivative)]
    found = Counter((token.by, token.of) for token in tokens)
    if len(tokens) != len(local) or found != Counter(main) + Counter(inner):
        fail(network, derivation, "check-edges")
    if derivation.path and set(zip(derivation.path, derivation.path[1:], strict=False)) != set(main):
        fail(network, derivation, "check-edges")
    forks = fork_tokens(main, lambda edge: goal.of)
    forks += fork_tokens(inner, lambda edge: layer_state(network, edge))
    if Counter(s.before for s in steps if s.rule == "sum-over-paths") != forks:
        fail(network, derivation, "check-sum")
    ends = "chain-rule" if main else "same-variable" if goal.by == goal.of else "no-dependence"
    if steps[-1].rule != ends or steps[-1].before != goal:
        fail(network, derivation, "check-result")
    combined = sum(s.rule in COMBINING for s in steps)
    proofs = Counter(s.rule for s in steps if s.rule in INDUCTION)
    needed = sum(any(edge[1] == run.exit for edge in main) for run in plan.runs.values())
    if combined != sum(forks.values()) + 1 or proofs != Counter(
        dict.fromkeys(INDUCTION, needed) if needed else {}
    ):
        fail(network, derivation, "check-edges")
    noted = [value for note in derivation.notes for key, value in note.fields if key == "range"]
    if tuple(noted) != plan.ranges:
        fail(network, derivation, "check-result")
    return len(main) + len(inner)


def fork_tokens(edges: list[Edge], end: Callable[[Edge], Tree]) -> Counter[Tree]:
    """A sum over paths for every name that several edges leave."""
    groups: dict[tuple[Tree, Tree], int] = {}
    for edge in edges:
        key = (end(edge), edge[0])
        groups[key] = groups.get(key, 0) + 1
    found: Counter[Tree] = Counter()
    for (of, by), count in groups.items():
        if count > 1:
            assert isinstance(by, Name)
            found[Derivative(of, by)] += 1
    return found


def layer_state(network: SymbolicNetwork, edge: Edge) -> Name:
    """The state of the layer that an edge of a lemma lies in."""
    assert isinstance(edge[1], Name)
    return Name(state_of(network), edge[1].indices)


def expected(network: SymbolicNetwork, plan: Plan) -> tuple[list[Edge], list[Edge]]:
    """The edges from goal.by to goal.of, and those inside the generic layers of the lemmas."""
    goal = plan.goal
    assert isinstance(goal.of, Name)
    main: list[Edge] = []
    inner: list[Edge] = []
    reached = {goal.by}
    for place in on_paths(plan.network, goal.by, goal.of):
        equation = plan.network.equations[place]
        run = plan.runs.get(equation.name)
        if run is None:
            main.extend((parent, equation.name) for parent in equation.parents if parent in reached)
        else:
            generic = Name(plan.letters[0])
            inner.extend(layer_edges(network, generic, Name(run.exit.stem, (moved(generic, -1),))))
            if run.entry in reached:
                main.append((run.entry, run.exit))
            for name in network.tied:
                if name in reached and (edges := layer_edges(network, Name(plan.letters[1]), name)):
                    inner.extend(edges)
                    main.append((name, run.exit))
        reached.add(equation.name)
    return main, inner


def layer_edges(network: SymbolicNetwork, place: Tree, by: Name) -> list[Edge]:
    """The edges on the paths from a name to the state inside one layer."""
    layer = layer_network(network, place, by)
    reached, found = {by}, list[Edge]()
    for position in on_paths(layer, by, Name(state_of(network), (place,))):
        equation = layer.equations[position]
        found.extend((parent, equation.name) for parent in equation.parents if parent in reached)
        reached.add(equation.name)
    return found


# -- the induction -------------------------------------------------------------------------------------------


def induction(network: SymbolicNetwork, plan: Plan, run: Run, derivation: Derivation) -> None:
    """The factor of a generic layer is right, the empty product starts, one layer more is one factor more."""
    letter, _, last = plan.letters
    stem, k, m = run.exit.stem, Name(letter), Name(last)
    lemma = {step.rule: step for step in derivation.steps if step.rule in INDUCTION}
    one = Derivative(Name(stem, (k,)), Name(stem, (moved(k, -1),)))
    factor = lemma["layer-factor"].after
    check_layer(network, derivation, one, factor)
    empty = BigOp("prod", factor, letter, run.low, moved(run.low, -1), True)
    peeled = times(peel(factor, letter, run.low, moved(m, -1)), at(factor, {letter: m}))
    wanted = {
        "layer-factor": (one, factor, (inside(run.low, k, run.high),)),
        "induction-base": (
            Derivative(run.entry, run.entry),
            empty if letter in letters_of(factor) else ONE,
            (),
        ),
        "peel-last": (Derivative(Name(stem, (m,)), run.entry), peeled, (inside(run.low, m, run.high),)),
    }
    for rule, (before, after, conditions) in wanted.items():
        step = lemma[rule]
        if (step.before, step.after, step.conditions) != (before, after, conditions):
            fail(network, derivation, "check-layer")
    conclusion = over_layers(factor, letter, run.low, run.high)
    for step in derivation.steps:
        if step.rule == "product-over-layers" and step.after != conclusion:
            fail(network, derivation, "check-layer")
        if step.rule == "sum-over-layers":
            check_sum(network, plan, run, derivation, step, factor)


def check_sum(
    network: SymbolicNetwork, plan: Plan, run: Run, derivation: Derivation, step: Step, factor: Tree
) -> None:
    """A term for every layer: what the name does inside it, by its own derivation, and the layers above."""
    letter, index, _ = plan.letters
    assert isinstance(step.before, Derivative)
    own = layer_derivation(network, Name(index), step.before.by)
    ordinary.check(layer_network(network, Name(index), step.before.by), own)
    above = over_layers(factor, letter, moved(Name(index), 1), run.high)
    if step.after != BigOp("sum", times(product_of(own), above), index, run.low, run.high, True):
        fail(network, derivation, "check-layer")


def inside(low: Tree, place: Tree, high: Tree) -> Relation:
    """The condition low <= place <= high."""
    return Relation(("<=", "<="), (low, place, high))


def check_layer(network: SymbolicNetwork, derivation: Derivation, one: Derivative, factor: Tree) -> None:
    """The generic layer's own steps and factor, by the ordinary check."""
    assert isinstance(one.of, Name)
    layer = layer_network(network, one.of.indices[0], one.by)
    edges = {(by, of) for by, of in layer_edges(network, one.of.indices[0], one.by)}
    steps = [
        step
        for step in derivation.steps
        if isinstance(step.before, Derivative)
        and step.rule not in INDUCTION
        and ((step.before.by, step.before.of) in edges or is_layer_sum(step, one))
    ]
    end = next(step for step in derivation.steps if step.rule == "layer-factor")
    last = Step("chain-rule", one, factor, end.why)
    ordinary.check(layer, Derivation(one, (*steps, last), (factor,)))


def is_layer_sum(step: Step, one: Derivative) -> bool:
    """Whether a step sums the paths inside the generic layer."""
    return step.rule == "sum-over-paths" and isinstance(step.before, Derivative) and step.before.of == one.of
