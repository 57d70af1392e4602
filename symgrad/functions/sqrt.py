"""The nonnegative square root, for x >= 0; its derivative exists for x > 0 only."""

from fractions import Fraction

from symgrad.functions.questionnaire import INFINITY, End, Function, Range

FUNCTION = Function(
    name="sqrt",
    spellings=(),
    options=(),
    value=None,
    stable_value=None,
    derivative="1/(2 sqrt(x))",
    stable_derivative="1/(2 sqrt(x))",
    exponential=None,
    domain="x >= 0",
    derivative_domain="x > 0",
    range=Range(End(Fraction(0), (Fraction(0),), why="sqrt-range"), INFINITY),
    derivative_range=Range(End(Fraction(0), why="positive-argument-slope"), INFINITY),
    monotone="increasing",
    parity=None,
    lipschitz=None,
    kinks=(),
    exact=(
        (Fraction(0), Fraction(0)),
        (Fraction(1, 4), Fraction(1, 2)),
        (Fraction(1), Fraction(1)),
        (Fraction(4), Fraction(2)),
    ),
    activation=False,
)
