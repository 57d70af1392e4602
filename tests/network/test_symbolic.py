"""Chains of symbolic depth as networks: what they hold, how they unroll, what they refuse."""

from __future__ import annotations

import pytest

from symgrad.errors import InputError, NotSupportedError, ParseError, SymgradError, UnknownNameError
from symgrad.network.build import build, rename_functions
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.chainfile import read_chain
from symgrad.notation.reader import read
from symgrad.notation.tree import Name, strip_spans
from symgrad.notation.writers.plain import plain

LOOP = """for j in {low}..{high}:
    z_j = w_j a_{{j-1}} + b_j
    a_j = sigma(z_j)
"""
DEEP = LOOP.format(low=1, high="n") + "C = (a_n - y)^2/2  # half the square\n"


def chain(text: str) -> Network:
    return build(read_chain(text, "t.chain"))


def symbolic(text: str) -> SymbolicNetwork:
    network = chain(text)
    assert isinstance(network, SymbolicNetwork)
    return network


def name(text: str) -> Name:
    found = strip_spans(read(text))
    assert isinstance(found, Name)
    return found


def shown(network: Network) -> list[str]:
    return [f"{plain(target)} = {plain(body)}" for target, body in network.definitions()]


def test_the_loop_is_kept_once_with_its_families() -> None:
    network = symbolic(DEEP)
    assert [plain(line.target) for line in network.block] == ["z_j", "a_j"]
    assert network.states == ("a",)
    assert [plain(leaf) for leaf in network.leaves] == ["w_j", "b_j", "y", "a_0"]
    assert [plain(parameter) for parameter in network.parameters] == ["w_j", "b_j"]
    assert plain(network.objective) == "C"
    assert network.activation == "sigma"


@pytest.mark.parametrize("depth", range(1, 9))
def test_a_depth_gives_the_chain_one_would_write(depth: int) -> None:
    written = LOOP.format(low=1, high=depth) + f"C = (a_{depth} - y)^2/2\n"
    found = symbolic(DEEP).at_depth(depth)
    assert not isinstance(found, SymbolicNetwork)
    assert shown(found) == shown(chain(written))
    assert found.text == written.replace("/2\n", "/2  # half the square\n")


@pytest.mark.parametrize(("low", "high", "first"), [(2, "n-1", 3), (0, "n", 0), (3, "n+2", 1), (-1, "n", -1)])
def test_other_bounds_start_where_the_loop_has_one_layer(low: int, high: str, first: int) -> None:
    last = f"a_{{{high}}}"
    network = symbolic(LOOP.format(low=low, high=high) + f"C = ({last} - y)^2/2\n")
    assert len(network.at_depth(first).equations) == 3
    assert len(network.at_depth(first + 4).equations) == 11
    with pytest.raises(InputError) as caught:
        network.at_depth(first - 1)
    assert caught.value.what == "depth-below-range" and caught.value.fields["low"] == first


def test_other_lines_that_name_the_depth_follow_it() -> None:
    text = DEEP.replace("(a_n - y)^2/2", "(a_n - y)^2/(2 n)").replace("w_j a", "w_j/n a")
    found = shown(symbolic(text).at_depth(3))
    assert found[0] == "z_1 = w_1/3 a_0 + b_1" and found[-1] == "C = (a_3 - y)^2/(2*3)"


def test_functions_are_kept_and_swapped() -> None:
    network = symbolic("sigma = sigmoid\n" + DEEP)
    swapped = rename_functions(network, {"sigma": "tanh"})
    assert isinstance(swapped, SymbolicNetwork)
    assert swapped.functions == swapped.at_depth(2).functions == {"sigma": "tanh"}


@pytest.mark.parametrize("wanted", ["equations", "bodies", "position", "uses"])
def test_what_needs_every_equation_is_told_to_say_how_deep(wanted: str) -> None:
    with pytest.raises(NotSupportedError) as caught:
        getattr(symbolic(DEEP), wanted)
    message = caught.value.message("en")
    assert message.startswith("t.chain:1:10") and "--depth" in message and "n" in message
    assert "深度" in caught.value.message("zh")


def test_names_inside_the_range_are_found_and_others_are_not() -> None:
    network = symbolic(DEEP)
    for text in ("b_1", "b_i", "b_n", "b_{n-1}", "a_0", "w_7", "z_{i+1}", "y", "C"):
        assert network.find(name(text)) == name(text)
    for text in ("b_0", "b_{n+1}", "w_0", "q", "a_{n+2}"):
        with pytest.raises(UnknownNameError):
            network.find(name(text))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("for i in 1..n:\n    for j in 1..3:\n        a_j = w_j x\nC = a_3\n", "symbolic-loops"),
        (
            "for i in 1..m:\n    p_i = w_i p_{i-1}\nfor j in 1..n:\n    a_j = w_j p_m\nC = a_n\n",
            "symbolic-loops",
        ),
        ("for j in 1..2 n:\n    a_j = w_j a_{j-1}\nC = a_n\n", "symbolic-depth"),
        ("for j in 1..n:\n    a_{j+1} = w_j a_j\nC = a_n\n", "symbolic-layer"),
    ],
)
def test_other_symbolic_loops_are_not_supported(text: str, what: str) -> None:
    with pytest.raises(NotSupportedError) as caught:
        chain(text)
    assert caught.value.what == what


@pytest.mark.parametrize(
    "text",
    [
        DEEP.replace("a_{j-1}", "q_{j-1} z_j"),  # a circle
        DEEP + "C = 1\n",  # defined twice
        DEEP.replace("(a_n", "(a_{n+3}"),  # beyond the last member
        DEEP.replace("sigma(z_j)", "sigma(z_j)/0"),
        DEEP + "objective Q\n",
        "parameters q\n" + DEEP,
    ],
)
def test_slips_show_as_in_explicit_chains(text: str) -> None:
    with pytest.raises((InputError, ParseError)) as caught:
        chain(text)
    assert isinstance(caught.value, SymgradError) and not isinstance(caught.value, NotSupportedError)
