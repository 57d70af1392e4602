"""2/sqrt(pi) times the integral of e^(-t^2) from 0 to x: the error function."""

from fractions import Fraction

from symgrad.functions.questionnaire import End, Extremum, Function, Range

FUNCTION = Function(
    name="erf",
    spellings=(),
    options=(),
    value=None,
    stable_value=None,
    derivative="2 exp(-x^2)/sqrt(pi)",
    stable_derivative="2 exp(-x^2)/sqrt(pi)",
    exponential=None,
    domain=None,
    derivative_domain=None,
    range=Range(End(Fraction(-1), why="erf-range"), End(Fraction(1), why="erf-range")),
    derivative_range=None,
    monotone="increasing",
    parity="odd",
    lipschitz=None,
    kinks=(),
    exact=((Fraction(0), Fraction(0)),),
    activation=False,
    extrema=(
        Extremum(0, "low", Fraction(-1), Fraction(-3), "", "-1", reach=Fraction(3)),
        Extremum(0, "high", Fraction(1), Fraction(3), "", "1", reach=Fraction(3)),
        Extremum(
            2,
            "low",
            Fraction("-0.967884"),
            Fraction("0.707107"),
            "x = 1/sqrt(2)",
            "-2 sqrt(2) exp(-1/2)/sqrt(pi)",
        ),
        Extremum(
            2,
            "high",
            Fraction("0.967884"),
            Fraction("-0.707107"),
            "x = -1/sqrt(2)",
            "2 sqrt(2) exp(-1/2)/sqrt(pi)",
        ),
    ),
)
