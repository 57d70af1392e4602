"""A pattern's members by compiled index arithmetic are those by substitution, and equal names are one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symgrad.network.build import build
from symgrad.network.instances import Members, instantiate
from symgrad.notation.chainfile import read_chain
from symgrad.notation.tree import Name, Tree, walk

FORMS = [
    "w_j a_{j-1} + b_j",
    "sigma(z_j)",
    "j w_{2j-1}^j/3 - v_{j+k, k}",
    "W^{(j)} x_{k-1} + y_true",
    "w_{7-j} + w_{1+1} + u_{j k}",
    "prod(w_i, i, 1, j) + sum(v_{i,k}, i, 1, 3)",
    "-exp(q)/(1 + q_{3})",
    "tanh(a_{j/2}) + 1[z_j > 0]",
]


def body(form: str) -> Tree:
    text = f"for j in 1..2:\n    for k in 1..2:\n        t_{{j,k}} = {form}\n"
    return read_chain(text).equations[0].body


@pytest.mark.parametrize("form", FORMS)
@given(j=st.integers(-3, 100_000), k=st.integers(0, 9))
def test_members_are_substituted_patterns(form: str, j: int, k: int) -> None:
    tree, members = body(form), Members()
    made = members.tree(tree, ("j", "k"))((j, k))
    assert made == instantiate(tree, {"j": j, "k": k})
    assert members.tree(tree, ())(()) is tree


def test_equal_names_of_a_chain_are_one_object() -> None:
    network = build(
        read_chain("h_0 = x\nfor j in 1..9:\n    h_j = w_j h_{j-1} + v h_{j-1}^2\nC = h_9 - w_3\n")
    )
    known = {name: name for name in network.names}
    for place, equation in enumerate(network.equations):
        assert network.body(place) == equation.body == network.bodies[place]
        if equation.values:
            used = [node for node in walk(network.body(place)) if isinstance(node, Name) and node in known]
            assert used and all(known[node] is node for node in used if node.indices)


def test_the_wiring_names_every_slot() -> None:
    network = build(read_chain("for j in 1..3:\n    q_j = w_j w_{2j-1} q_{j-1}\nC = q_3\n"))
    wiring = network.wiring
    names = {number: name for name, number in wiring.number.items()}
    assert list(wiring.number) == [*network.leaves, *(equation.name for equation in network.equations)]
    for equation, slots in zip(network.equations, wiring.slots, strict=True):
        assert len(slots) == len(equation.pattern.slots)
        assert {names[number] for number in slots} == set(equation.parents)
