"""2/sqrt(pi) times the integral of e^(-t^2) from 0 to x: the error function."""

from fractions import Fraction

from symgrad.functions.questionnaire import End, Function, Range

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
)
