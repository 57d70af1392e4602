"""Gradients through a loop that hands on several values: a recursion of adjoints, closed by its last layer.

For states v of a layer, d(to)/dv_k is the sum of what v_k does to the states of its own layer and of the next
one, each times that state's adjoint. The coefficients are products within one layer, derived once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from symgrad.calculus.depth_plan import Plan, condensed
from symgrad.calculus.depth_states import Course, cut_layer
from symgrad.calculus.derive import chain_step, derive, on_paths
from symgrad.calculus.replay import Walk
from symgrad.calculus.tidy import factors_of, plus, times
from symgrad.errors import NotSupportedError
from symgrad.network.graph import Network
from symgrad.network.symbolic import Line, SymbolicNetwork
from symgrad.notation.places import at, distance, moved
from symgrad.notation.tree import ONE, ZERO, BigOp, Derivative, Name, Relation, Tree, walk
from symgrad.values.derivation import Derivation, Step
from symgrad.values.phrase import Phrase

COMBINING = ("sum-over-paths", "chain-rule", "no-dependence", "same-variable")


@dataclass(slots=True)
class Recursion:
    """Collects the steps of one gradient; `locals` are the derivations that its coefficients come from."""

    chain: SymbolicNetwork
    plan: Plan
    course: Course
    steps: list[Step] = field(default_factory=list)
    locals: list[tuple[Network, Derivation]] = field(default_factory=list)
    shown: set[Tree] = field(default_factory=set)

    # -- coefficients ------------------------------------------------------------------------------------

    def local(self, network: Network, by: Name, of: Name) -> Tree:
        """d(of)/d(by) within a few lines, its steps noted once."""
        if not on_paths(network, by, of):
            return ONE if by == of else ZERO
        found = derive(network, by, of)
        values = dict(found.kept)
        parts = [values.get(f, f) if isinstance(f, Derivative) else f for f in found.factors]
        value = times(*parts)
        if any(isinstance(node, Derivative) for node in walk(value)):
            names = ", ".join(map(str, self.chain.states))
            raise NotSupportedError("symbolic-states", self.chain.loop.where, names=names)
        self.locals.append((network, found))
        for step in found.steps:
            if step.rule not in COMBINING and step.before not in self.shown:
                self.shown.add(step.before)
                self.steps.append(step)
        return value

    def layer(self, place: Tree, state: str, by: Name) -> Tree:
        """What a name does to a state of the layer at a place, the layer's other states held fixed."""
        return self.local(cut_layer(self.chain, place, state, by), by, Name(state, (place,)))

    def below(self, by: Name) -> Tree:
        """What a name does to the goal below the last layer, the layer's states held fixed."""
        assert isinstance(self.plan.goal.of, Name)
        of = self.plan.goal.of
        if self.course.tail:
            return self.local(condensed(self.chain, self.course.tail, by, of), by, of)
        return ONE if by == of else ZERO

    # -- adjoints ----------------------------------------------------------------------------------------

    def adjoint(self, state: str, place: Tree) -> Tree:
        """d(goal)/d(state at a place), as a token; 1 for the goal itself."""
        name = Name(state, (place,))
        return ONE if name == self.plan.goal.of else Derivative(self.plan.goal.of, name)

    def through(self, coefficients: dict[str, Tree], place: Tree, live: Iterable[str]) -> Tree:
        """The sum of coefficients times the adjoints of a layer's states."""
        return plus(
            *(
                times(coefficients[state], self.adjoint(state, place))
                for state in self.chain.states
                if state in live and coefficients.get(state, ZERO) != ZERO
            )
        )


@dataclass(slots=True)
class Table:
    """The coefficients of a generic layer: from a state to those of its own layer, and of the next."""

    same: dict[str, dict[str, Tree]]
    next: dict[str, dict[str, Tree]]
    ends: dict[str, Tree]
    live: tuple[str, ...]


def tabulate(work: Recursion) -> Table:
    """All coefficients, and which states reach the goal at all."""
    states, k = work.chain.states, Name(work.plan.letters[0])
    ends = {v: work.below(Name(v, (work.course.stop,))) for v in states}
    probe = Recursion(work.chain, work.plan, work.course)
    links = {v: {u for u in states if reaches(probe, k, u, v)} for v in states}
    live = {v for v in states if ends[v] != ZERO}
    while more := {v for v in states if v not in live and links[v] & live}:
        live |= more
    same: dict[str, dict[str, Tree]] = {v: {} for v in states}
    following: dict[str, dict[str, Tree]] = {v: {} for v in states}
    for v in states:
        for u in states:
            if v in live and u in live:
                following[v][u] = work.layer(k, u, Name(v, (moved(k, -1),)))
                same[v][u] = ZERO if u == v else work.layer(k, u, Name(v, (k,)))
    return Table(same, following, ends, tuple(v for v in states if v in live))


def reaches(probe: Recursion, place: Tree, state: str, other: str) -> bool:
    """Whether one state of a layer acts on another, of the same layer or the next, directly."""
    target = Name(state, (place,))
    for by in (Name(other, (place,)), Name(other, (moved(place, -1),))):
        if by != target and on_paths(cut_layer(probe.chain, place, state, by), by, target):
            return True
    return False


def derive_recursion(network: SymbolicNetwork, plan: Plan) -> tuple[Derivation, Recursion]:
    """The derivation, and the local derivations its coefficients come from."""
    assert plan.course is not None
    work = Recursion(network, plan, plan.course)
    goal = plan.goal
    notes = tuple(Phrase.of("steps.index-range", range=relation) for relation in plan.ranges)
    table = tabulate(work)
    own = conclusion(work, table)
    if own == ZERO:
        why = Phrase.of("steps.no-dependence", node=goal.of, parent=goal.by)
        step = Step("no-dependence", goal, ZERO, why)
        return Derivation(goal, (step,), (ZERO,), notes=(why, *notes)), work
    names = tuple(Name(state, (Name(network.letter),)) for state in network.states)
    notes = (*notes, Phrase.of("steps.recursion-form", names=names))
    factors = factors_of(own)
    walk_ = Walk(factors, (), ())
    steps = (*work.steps, *recursion_steps(work, table), chain_step(goal, walk_))
    return Derivation(goal, steps, factors, notes=notes), work


def recursion_steps(work: Recursion, table: Table) -> list[Step]:
    """The adjoints of the last layer, and of a layer by those of the next."""
    stop, k, goal = work.course.stop, Name(work.plan.letters[0]), work.plan.goal
    found = []
    for v in reversed(table.live):
        if isinstance(token := work.adjoint(v, stop), Derivative):
            why = Phrase.of("steps.recursion-end", node=goal.of, parent=token.by)
            found.append(Step("recursion-end", token, end_of(work, table, v), why))
    low = moved(work.chain.low, -1) if uses_initial(work) else work.chain.low
    inside = (Relation(("<=", "<="), (work.chain.low, k, moved(stop, -1))),)
    for v in reversed(table.live):
        token = Derivative(goal.of, Name(v, (k,)))
        why = Phrase.of("steps.recursion-step", node=goal.of, parent=token.by)
        found.append(Step("recursion-step", token, step_of(work, table, v, k), why, inside))
        if low != work.chain.low:
            first = Derivative(goal.of, Name(v, (low,)))
            if first != goal and (value := first_of(work, table, v)) != ZERO:
                found.append(Step("recursion-step", first, value, why))
    return found


def end_of(work: Recursion, table: Table, v: str) -> Tree:
    """d(goal)/d(v at the last layer): through the layer's own states, and below it."""
    stop, k = work.course.stop, work.plan.letters[0]
    own = {u: at(value, {k: stop}) for u, value in table.same[v].items()}
    return plus(table.ends[v], work.through(own, stop, table.live))


def step_of(work: Recursion, table: Table, v: str, place: Tree) -> Tree:
    """d(goal)/d(v at a place) by the adjoints of the next layer, and of its own."""
    k, up = work.plan.letters[0], moved(place, 1)
    over = {u: at(value, {k: up}) for u, value in table.next[v].items()}
    own = {u: at(value, {k: place}) for u, value in table.same[v].items()}
    return plus(work.through(over, up, table.live), work.through(own, place, table.live))


def first_of(work: Recursion, table: Table, v: str) -> Tree:
    """d(goal)/d(initial value of v), which acts through the first layer only."""
    over = {u: at(value, {work.plan.letters[0]: work.chain.low}) for u, value in table.next[v].items()}
    return work.through(over, work.chain.low, table.live)


def uses_initial(work: Recursion) -> bool:
    """Whether the goal's variable acts through an initial value that a line above the loop defines."""
    by, first = work.plan.goal.by, moved(work.chain.low, -1)
    made = {line.target for line in work.chain.before}
    starts = [Name(v, (first,)) for v in work.chain.states]
    return by not in starts and not work.chain.is_member(by) and any(
        start in made and reached(work, by, start) for start in starts
    )  # fmt: skip


def reached(work: Recursion, by: Name, start: Name) -> bool:
    """Whether a name acts on an initial value."""
    return bool(on_paths(condensed(work.chain, before_lines(work), by, start), by, start))


def before_lines(work: Recursion) -> tuple[Line, ...]:
    """The lines above the loop."""
    return work.chain.before


def conclusion(work: Recursion, table: Table) -> Tree:
    """The gradient itself, by the adjoints of the layers it acts in."""
    chain, by, stop = work.chain, work.plan.goal.by, work.course.stop
    first = moved(chain.low, -1)
    if chain.is_member(by) and by.indices[0] != first:
        place = by.indices[0]
        if (distance(place, stop) or 0) < 0:
            return work.below(by)
        if by.stem in chain.states:
            if by.stem not in table.live:
                return ZERO
            return end_of(work, table, by.stem) if place == stop else step_of(work, table, by.stem, place)
        return work.through({u: work.layer(place, u, by) for u in table.live}, place, table.live)
    terms: list[Tree] = []
    for v in table.live:
        start = Name(v, (first,))
        if by == start:
            terms.append(first_of(work, table, v))
        elif reached(work, by, start):
            part = work.local(condensed(chain, before_lines(work), by, start), by, start)
            terms.append(times(part, Derivative(work.plan.goal.of, start)))
    if by in chain.tied:
        index = work.plan.letters[1]
        place = Name(index)
        body = work.through({u: work.layer(place, u, by) for u in table.live}, place, table.live)
        if body != ZERO:
            terms.append(BigOp("sum", body, index, chain.low, stop, True))
    terms.append(work.below(by))
    return plus(*terms)
