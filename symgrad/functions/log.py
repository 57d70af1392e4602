"""ln x: the natural logarithm, for x > 0."""

from fractions import Fraction

from symgrad.functions.questionnaire import INFINITY, End, Function, Range

FUNCTION = Function(
    name="log",
    spellings=("ln",),
    options=(),
    value=None,
    stable_value=None,
    derivative="1/x",
    stable_derivative="1/x",
    exponential=None,
    domain="x > 0",
    derivative_domain="x > 0",
    range=Range(INFINITY, INFINITY),
    derivative_range=Range(End(Fraction(0), why="positive-argument-slope"), INFINITY),
    monotone="increasing",
    parity=None,
    lipschitz=None,
    kinks=(),
    exact=((Fraction(1), Fraction(0)),),
    activation=False,
)
