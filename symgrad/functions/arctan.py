"""The inverse of the tangent; its range ends at -pi/2 and pi/2."""

from fractions import Fraction

from symgrad.functions.questionnaire import End, Extremum, Function, Range

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
    extrema=(
        Extremum(0, "low", Fraction("-1.570797"), Fraction("-6"), "", "-pi/2"),
        Extremum(0, "high", Fraction("1.570797"), Fraction("6"), "", "pi/2"),
        Extremum(
            2,
            "low",
            Fraction("-0.64952"),
            Fraction("0.57735"),
            "x = 1/sqrt(3)",
            "-3 sqrt(3)/8",
        ),
        Extremum(
            2,
            "high",
            Fraction("0.64952"),
            Fraction("-0.57735"),
            "x = -1/sqrt(3)",
            "3 sqrt(3)/8",
        ),
    ),
)
