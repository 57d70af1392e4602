"""(e^x + e^-x)/2: the hyperbolic cosine."""

from fractions import Fraction

from symgrad.functions.questionnaire import INFINITY, End, Function, Range

FUNCTION = Function(
    name="cosh",
    spellings=(),
    options=(),
    value="(exp(x) + exp(-x))/2",
    stable_value=None,
    derivative="sinh(x)",
    stable_derivative="sinh(x)",
    exponential="(E^2 + 1)/(2 E)",
    domain=None,
    derivative_domain=None,
    range=Range(End(Fraction(1), (Fraction(0),), why="cosh-range"), INFINITY),
    derivative_range=Range(INFINITY, INFINITY),
    monotone=None,
    parity="even",
    lipschitz=None,
    kinks=(),
    exact=((Fraction(0), Fraction(1)),),
    activation=False,
)
