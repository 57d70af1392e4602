"""Random loops of symbolic depth: every gradient agrees with definite chains at rational points, exactly."""

from __future__ import annotations

from itertools import product

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from symgrad.calculus.check import check
from symgrad.calculus.derive import derive
from symgrad.errors import InputError, NotSupportedError, SymgradError
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.places import letters_of
from symgrad.notation.reader import read
from symgrad.notation.tree import Mul, Name, Relation, strip_spans
from symgrad.values.derivation import Derivation
from tests.calculus.chains import chain
from tests.calculus.depth_points import Chain, holds, named

TERMS = (
    "w_t h_{t-1}",
    "u h_{t-1}",
    "h_{t-1}",
    "b_t",
    "b",
    "x_t",
    "f(z_t)",
    "q_f z_t",
    "z_t^2",
    "u h_{t-1}^2/2",
)
CELL = ("f_t c_{t-1}", "c_{t-1} h_{t-1}", "g_t z_t", "c_{t-1}", "u", "f(c_{t-1})")
ENDS = ("z_n", "h_{n-1}", "k h_1", "u^2", "h_n b", "h_2 h_{n-2}")
NAMES = (
    "w_i", "w_1", "u", "b_i", "b", "x_2", "h_0", "h_i", "h_2", "z_i", "q_f", "c_i", "f_i", "c_0", "y", "w_n",
    "k", "h_{n-1}",
)  # fmt: skip
GOALS = ("L", "h_n", "h_m", "z_m", "c_n", "h_3", "c_m")


@st.composite
def loops(draw: st.DrawFn) -> str:
    """A chain file: z_t, perhaps a cell c_t, and h_t."""

    def some(pool: tuple[str, ...], least: int = 1) -> str:
        found = draw(st.lists(st.sampled_from(pool), min_size=least, max_size=3, unique=True))
        return " + ".join(found)

    cell = draw(st.booleans())
    lines = ["for t in 1..n:", f"    z_t = {some(TERMS[:6])}"]
    if cell:
        lines.append(f"    c_t = {some(CELL, 2)}")
    lines.append(f"    h_t = {some(TERMS)}{' + r_t f(c_t)' if cell else ''}")
    end = draw(st.sampled_from(("", "", *ENDS)))
    lines.append(f"L = (h_n - y)^2/2{' + ' + end if end else ''}")
    return "\n".join(lines) + "\n"


def name(text: str) -> Name:
    found = strip_spans(read(text))
    assert isinstance(found, Name)
    return found


def compare(network: SymbolicNetwork, found: Derivation, depths: range) -> int:
    """In how many definite chains and places the gradient was compared."""
    result = found.factors[0] if len(found.factors) == 1 else Mul(found.factors)
    values = dict(found.kept)
    ranges = [
        r for note in found.notes for key, r in note.fields if key == "range" and isinstance(r, Relation)
    ]
    assert isinstance(found.goal.of, Name)
    members = [part for part in (found.goal.by, found.goal.of) if network.is_member(part)]
    free = sorted({letter for part in members for letter in letters_of(part)} - {network.depth})
    count = 0
    for depth in depths:
        try:
            point = Chain(network.at_depth(depth))
        except InputError:  # h_{n-2} does not exist in one layer
            continue
        for places in product(range(0, depth + 1), repeat=len(free)):
            letters = {network.depth: depth, **dict(zip(free, places, strict=True))}
            if not all(holds(relation, letters) for relation in ranges):
                continue
            by, of = named(found.goal.by, letters), named(found.goal.of, letters)
            assert {by, of} <= point.names(), (by, of, depth)
            assert point.formula(result, letters) == point.tangent(of, by), (depth, letters)
            for token, value in values.items():
                assert point.formula(token, letters) == point.formula(value, letters)
            count += 1
    return count


@settings(max_examples=100)
@given(loops(), st.sampled_from(NAMES), st.sampled_from(GOALS))
def test_random_loops_agree_with_definite_chains(text: str, wrt: str, of: str) -> None:
    network = chain(text)
    assert isinstance(network, SymbolicNetwork)
    try:
        by, to = network.find(name(wrt)), network.find(name(of))
    except SymgradError:
        assume(False)
    try:
        found = derive(network, by, to)
    except NotSupportedError:
        assume(False)
    assert compare(network, found, range(1, 7)) >= 1
    assert check(network, found)
