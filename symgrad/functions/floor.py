"""The largest integer not above x; its derivative is 0 away from the integers and does not exist there."""

from fractions import Fraction

from symgrad.functions.questionnaire import INFINITY, Function, Range

FUNCTION = Function(
    name="floor",
    spellings=(),
    options=(),
    value=None,
    stable_value=None,
    derivative="0",
    stable_derivative="0",
    exponential=None,
    domain=None,
    derivative_domain="x != floor(x)",
    range=Range(INFINITY, INFINITY),
    derivative_range=None,
    monotone="nondecreasing",
    parity=None,
    lipschitz=None,
    kinks=(),
    exact=((Fraction(0), Fraction(0)), (Fraction(1, 2), Fraction(0)), (Fraction(1), Fraction(1))),
    activation=False,
)
