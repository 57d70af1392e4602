"""The inverse of the tangent; its range ends at -pi/2 and pi/2."""

from fractions import Fraction

from symgrad.functions.questionnaire import End, Function, Range

FUNCTION = Function(
    name="arctan",
    spellings=("atan",),
    options=(),
    value=None,
    stable_value=None,
    derivative="1/(1 + x^2)",
    stable_derivative="1/(1 + x^2)",
    exponential=None,
    domain=None,
    derivative_domain=None,
    range=None,
    derivative_range=Range(
        End(Fraction(0), why="arctan-slope"), End(Fraction(1), (Fraction(0),), why="arctan-slope")
    ),
    monotone="increasing",
    parity="odd",
    lipschitz=Fraction(1),
    kinks=(),
    exact=((Fraction(0), Fraction(0)),),
    activation=True,
)
