"""All gradients at once: the tape says what derivations say, and no mutation of it is accepted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given

from symgrad.calculus.check import check_all
from symgrad.calculus.derive import Gradients, derive
from symgrad.calculus.edges import edge_step
from symgrad.calculus.modular import DivisionByZero, Dual, P
from symgrad.calculus.sweep import Sweep
from symgrad.calculus.tape import Tape
from symgrad.errors import DerivationError
from symgrad.network.graph import Network
from symgrad.notation.tree import ONE, Add, Derivative, Mul, Name, Neg, Number, Tree, substitute
from tests.calculus.chains import chain, named, nielsen, scalar_chains

LOOPS = {
    "chain": "for j in 1..4:\n    z_j = w_j a_{j-1} + b_j\n    a_j = sigma(z_j)\nC = (a_4 - y)^2/2\n",
    "residual": "h_0 = x\nfor j in 1..3:\n    h_j = h_{j-1} + tanh(w_j h_{j-1} + b)\nC = (h_3 - y)^2\n",
    "recurrent": "for t in 1..3:\n    h_t = tanh(w h_{t-1} + u x_t + b)\nC = (h_3 - y)^2/2\n",
    "letters": "for j in 1..4:\n    q_j = j w_j q_{j-1}^2 + b_{2j}/j\nC = q_4\n",
    "doubled": "for j in 1..3:\n    q_j = w_j w_{2j-1} q_{j-1}\nC = q_3\n",
    "trained start": "parameters h_0, w\nfor j in 1..3:\n    h_j = h_{j-1} + w_j\nC = h_3^2\n",
    "two back": "f_0 = x\nf_1 = w\nfor k in 2..6:\n    f_k = f_{k-1} f_{k-2} + v_k\nC = exp(f_6)\n",
    "layers": "for l in 1..2:\n    for i in 1..2:\n        a_{l,i} = sigma(w_{l,i} a_{l-1,i} + v_l)\n"
    "C = a_{2,1} a_{2,2}\n",
    "kinks": "for j in 1..3:\n    a_j = relu(w_j a_{j-1}) + sqrt(1 + a_{j-1}^2)\nC = a_3/(2 + a_3^2)\n",
}


def swept(network: Network, tape: Tape | None = None) -> tuple[Sweep, list[int]]:
    """A point at which nothing is divided by zero, and all derivatives of the objective there."""
    for seed in range(20):
        sweep = Sweep(tape or Tape(network, network.objective), seed)
        try:
            sweep.run()
        except DivisionByZero:
            continue
        return sweep, sweep.reverse(sweep.tape.edges)
    raise AssertionError("a pole at every point")


def written_out(network: Network) -> None:
    """The reverse pass gives what the factors of every single derivation multiply to."""
    sweep, adjoints = swept(network)
    number = network.wiring.number
    known: dict[Tree, Dual] = {name: Dual(sweep.values[at]) for name, at in number.items()}
    for leaf in network.leaves:
        found = derive(network, leaf)
        values = {Derivative(network.objective, name): Dual(adjoints[at]) for name, at in number.items()}
        kept: dict[Tree, Tree] = dict(found.kept)
        trees = [substitute(factor, kept) for factor in found.factors]
        if any(isinstance(node, Derivative) and node.of != network.objective for node in trees):
            continue
        product = 1
        for tree in trees:
            product = product * sweep.field.evaluate(tree, {**known, **values}).value % P
        assert product == adjoints[number[leaf]] % P


@pytest.mark.parametrize("name", LOOPS)
def test_the_tape_says_what_the_derivations_say(name: str) -> None:
    written_out(chain(LOOPS[name]))


@given(scalar_chains())
def test_the_tape_of_random_chains(text: str) -> None:
    written_out(chain(text))


@pytest.mark.parametrize("name", LOOPS)
def test_steps_of_a_pattern_are_the_steps_of_its_members(name: str) -> None:
    network = chain(LOOPS[name])
    tape = Tape(network, network.objective)
    for place, equation in enumerate(network.equations):
        steps = tape.at(place)
        assert list(steps) == list(equation.parents)
        for parent, step in steps.items():
            assert step == edge_step(network, equation, parent, network.objective)


def rejected(tape: Tape) -> bool:
    try:
        swept(tape.network, tape)
    except DerivationError:
        return True
    return False


@pytest.mark.parametrize("name", LOOPS)
@pytest.mark.parametrize(
    "change", [Neg, lambda tree: Add((tree, ONE)), lambda tree: Mul((Number(ONE.value + 1), tree))]
)
def test_a_changed_local_derivative(name: str, change: Callable[[Tree], Tree]) -> None:
    network = chain(LOOPS[name])
    for unit in dict.fromkeys(Tape(network, network.objective).edges.units):
        for slot in range(len(unit.slots)):
            tape = Tape(network, network.objective)
            twin = next(u for u in tape.edges.units if (u.body, u.slots) == (unit.body, unit.slots))
            parts = list(tape.locals[twin])
            parts[slot] = change(parts[slot])
            tape.locals[twin] = tuple(parts)
            assert rejected(tape)


@pytest.mark.parametrize("name", LOOPS)
def test_a_lost_line_a_line_twice_and_lines_out_of_order(name: str) -> None:
    network = chain(LOOPS[name])
    length = len(Tape(network, network.objective).edges.names)
    for place in range(length):
        lost, twice = (Tape(network, network.objective) for _ in range(2))
        for part in (lost.edges.names, lost.edges.units, lost.edges.slots):
            del part[place]
        for part in (twice.edges.names, twice.edges.units, twice.edges.slots):
            part.insert(place, part[place])
        assert rejected(lost) and rejected(twice)
    late = Tape(network, network.objective)
    for part in (late.edges.names, late.edges.units, late.edges.slots):
        part.append(part.pop(0))
    assert rejected(late)


@pytest.mark.parametrize("name", LOOPS)
def test_a_slot_wired_to_another_name(name: str) -> None:
    network = chain(LOOPS[name])
    slots = Tape(network, network.objective).edges.slots
    number_of = network.wiring.number
    same = {
        number_of[e.name] for e in network.equations if e.body in network.leaves
    }  # h_0 = x: either will do
    same |= {
        number_of[e.body] for e in network.equations if isinstance(e.body, Name) and e.body in network.leaves
    }
    for place, numbers in enumerate(slots):
        for slot, number in enumerate(numbers):
            tape = Tape(network, network.objective)
            other = (number + 1) % tape.edges.names[place]
            if {number, other} <= same:
                continue
            tape.edges.slots[place] = (*numbers[:slot], other, *numbers[slot + 1 :])
            assert other == number or rejected(tape)


def test_a_gradient_that_was_looked_at_is_checked_as_it_stands() -> None:
    network = nielsen()
    gradients = Gradients(network)
    good = gradients[named("b", 1)]
    assert check_all(network, gradients).points == 2
    gradients.found[named("b", 1)] = replace(good, factors=good.factors[1:])
    with pytest.raises(DerivationError):
        check_all(network, gradients)


@pytest.mark.parametrize("depth", [20, 40, 80])
def test_all_gradients_make_each_step_once(depth: int) -> None:
    network = nielsen(depth)
    gradients = Gradients(network)
    assert check_all(network, gradients).edges == 4 * depth + 2
    steps = {id(step) for found in gradients.values() for step in found.steps if step.equation is not None}
    assert len(gradients) == 2 * depth and len(steps) == 4 * depth


def test_a_deep_chain_is_checked_whole() -> None:
    network = nielsen(20_000)
    assert check_all(network, Gradients(network)).edges == 80_002
    assert len(derive(network, named("w", 19_999)).factors) == 5
