"""(e^x - e^-x)/2: the hyperbolic sine."""

from fractions import Fraction

from symgrad.functions.questionnaire import INFINITY, End, Function, Range

FUNCTION = Function(
    name="sinh",
    spellings=(),
    options=(),
    value="(exp(x) - exp(-x))/2",
    stable_value="tanh(x) cosh(x)",
    derivative="cosh(x)",
    stable_derivative="cosh(x)",
    exponential="(E^2 - 1)/(2 E)",
    domain=None,
    derivative_domain=None,
    range=Range(INFINITY, INFINITY),
    derivative_range=Range(End(Fraction(1), (Fraction(0),), why="cosh-range"), INFINITY),
    monotone="increasing",
    parity="odd",
    lipschitz=None,
    kinks=(),
    exact=((Fraction(0), Fraction(0)),),
    activation=False,
)
