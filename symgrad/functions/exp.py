"""e^x: the exponential function."""

from fractions import Fraction

from symgrad.functions.questionnaire import INFINITY, End, Function, Range

FUNCTION = Function(
    name="exp",
    spellings=(),
    options=(),
    value=None,
    stable_value=None,
    derivative="exp(x)",
    stable_derivative="exp(x)",
    exponential="E",
    domain=None,
    derivative_domain=None,
    range=Range(End(Fraction(0), why="exp-positive"), INFINITY),
    derivative_range=Range(End(Fraction(0), why="exp-positive", certificate="s"), INFINITY),
    monotone="increasing",
    parity=None,
    lipschitz=None,
    kinks=(),
    exact=((Fraction(0), Fraction(1)),),
    activation=False,
)
