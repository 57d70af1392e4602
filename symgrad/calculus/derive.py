"""Graph -> Derivation: the steps along all paths from one name to another, and the gradient they give.

Every pass is a loop over the graph's order; nothing nested is ever differentiated, and no path is listed
that the answer does not show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from symgrad.calculus.replay import Walk, replay
from symgrad.calculus.tape import Tape
from symgrad.calculus.tidy import plus, times
from symgrad.errors import UnknownNameError, Where
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.tree import ONE, ZERO, Derivative, Name, Tree
from symgrad.notation.writers.plain import plain
from symgrad.values.derivation import Derivation, Step
from symgrad.values.phrase import Phrase


def derive(network: Network, wrt: Name, of: Name | None = None, keep: Sequence[Name] = ()) -> Derivation:
    """d(of)/d(wrt), total over all paths, with every local derivative a named step.

    Args:
        network: the forward pass.
        wrt: any leaf or defined name.
        of: the name to differentiate; default the objective.
        keep: names whose derivative d(of)/d(name) is kept as a factor instead of being walked through.

    Raises:
        UnknownNameError: wrt or of is no name of the chain.
    """
    if isinstance(network, SymbolicNetwork):
        return of_any_depth(network, wrt, of, keep)
    target = of or network.objective
    for name in (wrt, target, *keep):
        if name not in network.names:
            raise UnknownNameError("not-in-chain", Where(network.name), name=plain(name))
    goal = Derivative(target, wrt)
    if wrt == target:
        return Derivation(goal, (Step("same-variable", goal, ONE, Phrase.of("steps.same-variable")),), (ONE,))
    places = on_paths(network, wrt, target)
    if not places:
        why = Phrase.of("steps.no-dependence", node=target, parent=wrt)
        return Derivation(goal, (Step("no-dependence", goal, ZERO, why),), (ZERO,), notes=(why,))
    if network.shapes and has_arrays(network, wrt, places):
        return through_arrays(network, places, wrt, target, keep)
    edges = path_steps(tape(network, target), wrt, places)
    walk = replay(goal, edges, frozenset(keep))
    return Derivation(
        goal, (*edges, *sums(edges, goal), chain_step(goal, walk)), walk.factors, walk.kept, walk.path
    )


def of_any_depth(network: SymbolicNetwork, wrt: Name, of: Name | None, keep: Sequence[Name]) -> Derivation:
    """The derivation for a chain whose depth is a symbol."""
    from symgrad.calculus.depth import derive_symbolic

    return derive_symbolic(network, wrt, of, keep)


def has_arrays(network: Network, wrt: Name, places: Sequence[int]) -> bool:
    """Whether a vector or matrix has a part in the equations on the way."""
    equations = [network.equations[place] for place in places]
    return any(network.shapes.get(name) for e in equations for name in (wrt, e.name, *e.parents))


def through_arrays(
    network: Network, places: Sequence[int], wrt: Name, target: Name, keep: Sequence[Name]
) -> Derivation:
    """The derivation through vectors and matrices: adjoints of a number, or a Jacobian."""
    from symgrad.calculus.matrices.derive import derive_shaped
    from symgrad.calculus.matrices.jacobian import jacobian

    if not network.shapes.get(target):
        return derive_shaped(network, places, wrt, target, keep)
    return jacobian(network, places, wrt, target)


def on_paths(network: Network, wrt: Name, target: Name) -> list[int]:
    """Places of the equations that lie on a path from wrt to target, in forward order."""
    last = network.position.get(target)
    if last is None:
        return []
    reached: set[Name] = {wrt}
    first = network.position.get(wrt, -1)
    forward = []
    for place in range(first + 1, last + 1):
        equation = network.equations[place]
        if any(parent in reached for parent in equation.parents):
            reached.add(equation.name)
            forward.append(place)
    needed = {target} if target in reached else set()
    found = []
    for place in reversed(forward):
        equation = network.equations[place]
        if equation.name in needed:
            found.append(place)
            needed.update(parent for parent in equation.parents if parent in reached)
    return found[::-1]


@lru_cache(maxsize=8)
def tape(network: Network, target: Name) -> Tape:
    """The shared tape of a network and a target."""
    return Tape(network, target)


def path_steps(tape: Tape, wrt: Name, places: list[int]) -> tuple[Step, ...]:
    """The local derivatives along the paths, in forward order."""
    reached = {wrt}
    found: list[Step] = []
    for place in places:
        parents = tape.network.equations[place].parents
        found.extend([tape.step(place, parent) for parent in parents if parent in reached])
        reached.add(tape.network.equations[place].name)
    return tuple(found)


def sums(edges: Sequence[Step], goal: Derivative) -> tuple[Step, ...]:
    """An explicit sum-over-paths step for every name that feeds several others."""
    uses: dict[Tree, list[Step]] = {}
    for step in edges:
        assert isinstance(step.before, Derivative)
        uses.setdefault(step.before.by, []).append(step)
    found = []
    for name, steps in uses.items():
        if len(steps) > 1:
            assert isinstance(name, Name)
            before = Derivative(goal.of, name)
            why = Phrase.of("steps.sum-over-paths", parent=name, count=len(steps))
            found.append(Step("sum-over-paths", before, adjoint_sum(steps, goal), why))
    return tuple(found)


def adjoint_sum(steps: Sequence[Step], goal: Derivative) -> Tree:
    """Sum of du_i/dv dC/du_i over the uses u_i of v."""
    terms = []
    for step in steps:
        assert isinstance(step.before, Derivative) and isinstance(step.before.of, Name)
        upstream = ONE if step.before.of == goal.of else Derivative(goal.of, step.before.of)
        terms.append(times(step.after, upstream))
    return plus(*terms)


def chain_step(goal: Derivative, walk: Walk) -> Step:
    """The last step: the gradient itself, as the product that was walked."""
    rule = "chain-rule"
    return Step(rule, goal, walk.product, Phrase.of(f"steps.{rule}", node=goal.of, parent=goal.by))


def array_or_symbolic(network: Network) -> bool:
    """Whether a chain has vectors, or a depth that is no number: those are derived one by one."""
    return bool(network.shapes) or isinstance(network, SymbolicNetwork)


class Gradients(Mapping[Name, Derivation]):
    """The gradients of all parameters in their order, derived together; one is written out when looked at."""

    def __init__(self, network: Network, of: Name | None = None) -> None:
        self.network, self.of = network, of
        self.found: dict[Name, Derivation] = {}
        self.parameters = frozenset(network.parameters)
        self.tape = None if array_or_symbolic(network) else tape(network, of or network.objective)
        self.edges = 0 if self.tape is None else len(self.tape.edges)

    def __getitem__(self, parameter: Name) -> Derivation:
        if parameter not in self.parameters:
            raise KeyError(parameter)
        if parameter not in self.found:
            self.found[parameter] = derive(self.network, parameter, self.of)
        return self.found[parameter]

    def __iter__(self) -> Iterator[Name]:
        return iter(self.network.parameters)

    def __len__(self) -> int:
        return len(self.network.parameters)
