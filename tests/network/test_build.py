"""Chain files become networks: unrolled, ordered, every name resolved; and every slip at its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symgrad.errors import InputError, ParseError, SymgradError, UnknownNameError
from symgrad.network.build import build, rename_functions
from symgrad.network.graph import Network, instantiate
from symgrad.notation.chainfile import read_chain
from symgrad.notation.tree import Name, number
from symgrad.notation.writers.plain import plain
from tests.helpers import EXAMPLES


def chain(text: str) -> Network:
    return build(read_chain(text, "t.chain"))


def named(stem: str, *indices: int) -> Name:
    return Name(stem, tuple(map(number, indices)))


def example(name: str) -> Network:
    return build(read_chain((EXAMPLES / f"{name}.chain").read_text(encoding="utf-8"), f"{name}.chain"))


def test_nielsen() -> None:
    network = example("nielsen")
    lines = [f"{plain(e.name)} = {plain(e.body)}" for e in network.equations]
    assert lines[:2] == ["z_1 = w_1 a_0 + b_1", "a_1 = sigma(z_1)"]
    assert lines[-1] == "C = (a_4 - y)^2/2" and len(lines) == 9
    assert list(map(plain, network.parameters)) == ["w_1", "b_1", "w_2", "b_2", "w_3", "b_3", "w_4", "b_4"]
    assert [plain(n) for n in network.leaves if n not in network.parameters] == ["a_0", "y"]
    assert network.objective == Name("C") and network.functions == {"sigma": "sigmoid"}


def test_a_shared_leaf_is_one_leaf() -> None:
    network = example("linear")
    assert list(map(plain, network.leaves)).count("b") == 1
    assert [plain(network.equations[p].name) for p in network.uses[Name("b")]] == ["y_1", "y_2", "y_3"]


def test_a_function_without_a_name_stays_general() -> None:
    network = chain("a = sigma(w x)\nC = a^2\n")
    assert "sigma" not in network.functions and network.applied == ("sigma",)
    assert rename_functions(network, {"sigma": "tanh"}).functions == {"sigma": "tanh"}
    assert network.activation == "sigma"


@given(st.integers(1, 40), st.integers(0, 5))
def test_every_name_stands_after_what_it_uses(depth: int, skip: int) -> None:
    back = min(skip, 1)
    loop = f"for j in 1..{depth}:\n    z_j = w_j h_{{j-1}} + b\n    h_j = tanh(z_j) + {back} h_{{j-1}}\n"
    text = f"h_0 = x\n{loop}C = h_{depth}^2\n"
    network = chain(text)
    assert len(network.equations) == 2 + 2 * depth
    for place, equation in enumerate(network.equations):
        assert all(network.position.get(parent, -1) < place for parent in equation.parents)
        assert network.position[equation.name] == place
        assert set(equation.parents) <= network.names
    for name, places in network.uses.items():
        assert all(name in network.equations[place].parents for place in places)


def test_loops_nest_and_bounds_may_use_outer_letters() -> None:
    network = chain("for i in 1..3:\n    for k in i..3:\n        v_{i,k} = w x\nC = v_{1,3} + v_{3,3}\n")
    names = [plain(e.name) for e in network.equations]
    assert names == ["v_{1,1}", "v_{1,2}", "v_{1,3}", "v_{2,2}", "v_{2,3}", "v_{3,3}", "C"]


def test_instantiate_puts_letters_in_indices_and_elsewhere() -> None:
    tree = read_chain("for j in 1..2:\n    q_j = j w_{2j-1}\nC = q_2\n").equations[0].body
    assert plain(instantiate(tree, {"j": 3})) == "3 w_5"


def test_deep_chains_cost_no_recursion() -> None:
    network = chain("for j in 1..20000:\n    a_j = w a_{j-1}\nC = a_20000\n")
    assert len(network.equations) == 20001 and len({id(e.pattern) for e in network.equations}) == 2


def test_objective_and_parameters_may_be_chosen() -> None:
    network = chain("parameters v_1, u\nobjective L\nL = v_1 u x\nM = L v_2\n")
    assert network.objective == Name("L") and list(map(plain, network.parameters)) == ["v_1", "u"]


SLIPS = [
    ("z = w x\nz = 2\n", InputError, "t.chain:2:1: z is defined twice"),
    ("a = b + 1\nb = a\nC = a\n", InputError, "t.chain:1:5: this definition runs in a circle: "),
    ("p = q\nq = r\nr = p\nC = p\n", InputError, "p -> "),
    ("a = b + 1\nb = 2\nC = a\n", InputError, "b is used before it is defined in line 2"),
    ("for j in 1..3:\n    a_j = w a_{j-2}\nC = a_3\n", InputError, "there is no a_{-1}"),
    (
        "for j in 1..3:\n    a_j = w a_{j-1}\nC = a_7\n",
        InputError,
        "t.chain:3:5: there is no a_7; there are a_1, a_2, a_3",
    ),
    ("for j in 4..1:\n    a_j = w\nC = a_1\n", ParseError, "4..1 runs downward"),
    ("C = w/0\n", InputError, "division by zero"),
    ("C = a_{k-1}\n", InputError, "the index k is not bound"),
    ("objective D\nC = w\n", UnknownNameError, "the objective D"),
    ("parameters q\nC = w\n", UnknownNameError, "the parameter q"),
    ("\n# nothing\n", ParseError, "no equation"),
    ("C = (w + 1\n", ParseError, "t.chain:1:5: the bracket ( has no partner"),
    ("for j in 1..2:\n\ta_j = w\n    b_j = w\nC = a_2\n", ParseError, "tabs and spaces"),
    ("a = sigmod(z)\nC = a\n", SymgradError, "sigmoid"),
]


@pytest.mark.parametrize(("text", "kind", "said"), SLIPS)
def test_a_slip_is_told_at_its_place(text: str, kind: type[SymgradError], said: str) -> None:
    with pytest.raises(kind) as caught:
        chain(text)
    assert said in str(caught.value)
    assert caught.value.message("zh")


def test_a_sum_over_members_is_written_out() -> None:
    network = chain("for t in 1..3:\n    h_t = w h_{t-1}\nL = sum((h_k - y_k)^2, k, 1, 3)/2")
    assert plain(network.bodies[-1]) == "((h_1 - y_1)^2 + (h_2 - y_2)^2 + (h_3 - y_3)^2)/2"
    assert {named("h", k) for k in (1, 2, 3)} <= set(network.equations[-1].parents)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("for t in 1..3:\n    h_t = h_{t-1} + sum(u_k, k, 1, t)", "operator-bounds"),
        ("L = sum(u_k, k, 1, m)", "operator-bounds"),
        ("L = sum(u_k, k, 1, 5000)", "operator-too-long"),
        ("for t in 1..n:\n    h_t = w h_{t-1}\nfor s in 1..n:\n    g_s = w g_{s-1}", "symbolic-loops"),
    ],
)
def test_what_an_operator_or_a_second_loop_cannot_be_is_said(text: str, what: str) -> None:
    with pytest.raises(SymgradError) as caught:
        chain(text)
    assert caught.value.what == what
