"""x/(1 + |x|): like tanh, but it saturates slowly; differentiable at 0 too."""

from fractions import Fraction

from symgrad.functions.questionnaire import End, Extremum, Function, Range

FUNCTION = Function(
    name="softsign",
    spellings=(),
    options=(),
    value="x/(1 + abs(x))",
    stable_value=None,
    derivative="1/(1 + abs(x))^2",
    stable_derivative="1/(1 + abs(x))^2",
    exponential=None,
    domain=None,
    derivative_domain=None,
    range=Range(End(Fraction(-1), why="softsign-range"), End(Fraction(1), why="softsign-range")),
    derivative_range=Range(
        End(Fraction(0), why="softsign-slope"), End(Fraction(1), (Fraction(0),), why="softsign-slope")
    ),
    monotone="increasing",
    parity="odd",
    lipschitz=Fraction(1),
    kinks=(),
    exact=((Fraction(-1), Fraction(-1, 2)), (Fraction(0), Fraction(0)), (Fraction(1), Fraction(1, 2))),
    activation=True,
    extrema=(
        Extremum(0, "low", Fraction(-1), Fraction(-6), "", "-1", terms=0),
        Extremum(0, "high", Fraction(1), Fraction(6), "", "1", terms=0),
    ),
)
