"""Backpropagation through vectors and matrices: adjoint steps from the objective back, replayed.

Each step says how dL/d(node) gives its part of dL/d(input). The gradient is what replaying them leaves;
`factors` is the same as one matrix product with diag(...), later layers inside, where there is one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

from symgrad.calculus.matrices.forms import collected, is_call
from symgrad.calculus.matrices.replay import Replay
from symgrad.calculus.matrices.tape import ShapedTape
from symgrad.network.graph import Network
from symgrad.network.shapes import Shapes
from symgrad.notation.tree import Apply, Derivative, Mul, Name, Tree, walk
from symgrad.values.derivation import Derivation, Step
from symgrad.values.phrase import Phrase


@lru_cache(maxsize=8)
def shaped_tape(network: Network, of: Name) -> ShapedTape:
    """The shared tape of a network and what is differentiated."""
    return ShapedTape(network, of)


@lru_cache(maxsize=8)
def shared_replay(network: Network, of: Name) -> Replay:
    """The replay that all gradients of an objective share."""
    return Replay(shaped_tape(network, of))


def derive_shaped(
    network: Network, places: Sequence[int], wrt: Name, of: Name, keep: Collection[Name] = ()
) -> Derivation:
    """d(of)/d(wrt) for a scalar `of`, with steps in backward order."""
    tape = shaped_tape(network, of)
    goal = Derivative(of, wrt)
    reached = {wrt} | {network.equations[place].name for place in places}
    steps: list[Step] = []
    for place in reversed(places):
        name = network.equations[place].name
        if name != of:
            steps.extend(summed(tape, name))
        for edge in tape.edges[place]:
            if edge.parent in reached:
                steps.extend((edge.step, *edge.more))
    steps.extend(summed(tape, wrt))
    replay = Replay(tape, keep) if keep else shared_replay(network, of)
    factors, kept = replay.gradient(wrt)
    result = factors[0] if len(factors) == 1 else Mul(factors)
    last = Step("chain-rule", goal, result, Phrase.of("steps.backprop-result", node=of, parent=wrt))
    notes = (Phrase.of("steps.layout-gradient"), *conventions(steps, tape.shapes), *symbols(factors, kept))
    return Derivation(goal, (*steps, last), factors, kept, notes=notes)


def summed(tape: ShapedTape, name: Name) -> tuple[Step, ...]:
    """The contributions of all uses of a name add up; those through a normalisation have a closed form."""
    found: list[Step] = []
    parts = tape.summands.get(name, ())
    if len(parts) > 1:
        why = Phrase.of("steps.sum-over-paths", parent=name, count=len(parts))
        found.append(Step("sum-over-paths", Derivative(tape.of, name), collected(parts), why))
    if (closed := tape.closed.get(name)) is not None:
        found.append(closed)
    return tuple(found)


def conventions(steps: Sequence[Step], shapes: Shapes) -> tuple[Phrase, ...]:
    """What is agreed about ties and singular values, and how conditions on vectors are meant."""
    found: dict[Phrase, None] = {}
    for step in steps:
        for node in walk(step.after):
            if isinstance(node, Apply) and node.order == 1 and shapes.of(node):
                if node.function.stem in ("max", "min"):
                    found[Phrase.of("steps.pick-convention", slope=node)] = None
                elif node.function.stem == "opnorm":
                    found[Phrase.of("steps.opnorm-convention", slope=node)] = None
    for step in steps:
        for condition in step.conditions:
            if step.rule != "by-assumption" and shapes.of(condition):
                return (*found, Phrase.of("steps.entry-conditions"))
    return tuple(found)


def symbols(factors: Sequence[Tree], kept: Sequence[tuple[Derivative, Tree]] = ()) -> tuple[Phrase, ...]:
    """What the signs in a result mean that no line of the chain introduces."""
    found: dict[str, Phrase] = {}
    for tree in (*factors, *(value for _, value in kept)):
        for node in walk(tree):
            for stem, what in (("eye", "identity-matrix"), ("ones", "ones"), ("unit", "unit")):
                if is_call(node, stem):
                    found.setdefault(what, Phrase.of(f"steps.{what}", array=node))
    return tuple(found.values())
