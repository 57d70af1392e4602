"""Random products of factors: what is proved holds at random points, what is refuted fails where it says."""

from __future__ import annotations

import random
from fractions import Fraction

import mpmath  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.notation.reader import read
from symgrad.notation.tree import Name, names_in
from symgrad.proving import prove
from symgrad.proving.kernel.enclosures.intervals import Interval
from tests.proving.claims import claim
from tests.proving.truth import holds

SLOPES = ("sigmoid'(z_{j})", "tanh'(z_{j})", "sigmoid(z_{j})", "relu'(z_{j})", "tanh(z_{j})")
SIZES = st.sampled_from(["1/2", "1", "2", "4"])
SIGNS = st.sampled_from(["<=", "<"])


@st.composite
def products(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A bound on a product w_1 f(z_1) w_2 f(z_2) ..., and assumptions on some of the weights."""
    factors, assumed = [], []
    for j in range(1, draw(st.integers(1, 4)) + 1):
        slope = draw(st.sampled_from(SLOPES)).format(j=j)
        factors.append(f"w_{j} {slope}")
        if draw(st.integers(0, 5)):
            assumed.append(f"|w_{j}| {draw(SIGNS)} {draw(SIZES)}")
    bound = draw(st.sampled_from(["1/64", "1/16", "1/4", "1/2", "1", "2", "8"]))
    return f"|{' '.join(factors)}| {draw(SIGNS)} {bound}", assumed


@settings(max_examples=60, deadline=None)
@given(products())
def test_verdicts_agree_with_evaluation(drawn: tuple[str, list[str]]) -> None:
    text, assumed = drawn
    made = claim(text, *assumed)
    proof = prove(made, timeout=2)
    if proof.verdict == "undecided":
        return
    assert proof.checked
    names = names_in(made.statement)
    with mpmath.workdps(40):
        if proof.verdict == "refuted":
            pairs = ((read(name), Fraction(value)) for name, value in proof.counterexample)
            values: dict[Name, object] = {n: v for n, v in pairs if isinstance(n, Name)}
            assert all(holds(g, values) for g in made.given) and not holds(made.statement, values)
            return
        dice = random.Random(text)
        for _ in range(200):
            point = {
                n: Fraction(dice.choice([-4, -2, -1, 0, 1, 2, 4]), dice.choice([1, 2, 3])) for n in names
            }
            if all(holds(g, dict(point)) for g in made.given):
                assert holds(made.statement, dict(point))


ENDS = st.one_of(st.none(), st.fractions(-3, 3, max_denominator=2))


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    """A non-empty interval with any kind of ends."""
    a, b = draw(ENDS), draw(ENDS)
    if a is not None and b is not None:
        a, b = min(a, b), max(a, b)
    closed = a is not None and a == b
    low_closed = a is not None and (closed or draw(st.booleans()))
    return Interval(a, low_closed, b, b is not None and (closed or draw(st.booleans())))


def inside(x: Fraction, box: Interval) -> bool:
    """Whether x lies in the interval."""
    above = box.low is None or x > box.low or (x == box.low and box.low_closed)
    return above and (box.high is None or x < box.high or (x == box.high and box.high_closed))


GRID = [Fraction(n, 4) for n in range(-20, 21)]


@given(intervals(), intervals())
def test_interval_operations_enclose(a: Interval, b: Interval) -> None:
    total, product, size = a + b, a * b, a.magnitude()
    xs, ys = [x for x in GRID if inside(x, a)], [y for y in GRID if inside(y, b)]
    for x in xs:
        assert inside(abs(x), size) and inside(x * x, a.power(2)) and inside(x**3, a.power(3))
        assert inside(-x, -a) and inside(x, a.hull(b))
        assert not a.nonzero or inside(1 / x, a.inverse())
        for y in ys:
            assert inside(x + y, total) and inside(x * y, product)


@given(intervals(), intervals())
def test_open_and_closed_ends_of_a_product_are_exact(a: Interval, b: Interval) -> None:
    """A closed end of a product is a product of two values; checked at the corners."""
    found = a * b
    for end, closed in ((found.low, found.low_closed), (found.high, found.high_closed)):
        if end is not None and closed:
            corners = [(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
            reached = any(x is not None and y is not None and x * y == end for x, y in corners)
            assert reached or end == 0
