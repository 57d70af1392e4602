"""1 - erf(x), with all digits where erf(x) is nearly 1."""

from fractions import Fraction

from symgrad.functions.questionnaire import End, Function, Range

FUNCTION = Function(
    name="erfc",
    spellings=(),
    options=(),
    value="1 - erf(x)",
    stable_value=None,
    derivative="-2 exp(-x^2)/sqrt(pi)",
    stable_derivative="-2 exp(-x^2)/sqrt(pi)",
    exponential=None,
    domain=None,
    derivative_domain=None,
    range=Range(End(Fraction(0), why="erf-range"), End(Fraction(2), why="erf-range")),
    derivative_range=None,
    monotone="decreasing",
    parity=None,
    lipschitz=None,
    kinks=(),
    exact=((Fraction(0), Fraction(1)),),
    activation=False,
)
