"""x held between -1 and 1; at the kinks its derivative is the one from the left."""

from fractions import Fraction

from symgrad.functions.questionnaire import End, Function, Kink, Range

FUNCTION = Function(
    name="hard_tanh",
    spellings=(),
    options=(),
    value="x 1[x > -1] 1[x <= 1] + 1[x > 1] - 1[x <= -1]",
    stable_value=None,
    derivative="1[x > -1] 1[x <= 1]",
    stable_derivative="1[x > -1] 1[x <= 1]",
    exponential=None,
    domain=None,
    derivative_domain=None,
    range=Range(
        End(Fraction(-1), (Fraction(-1), Fraction(-2)), why="pieces-range"),
        End(Fraction(1), (Fraction(1), Fraction(2)), why="pieces-range"),
    ),
    derivative_range=Range(
        End(Fraction(0), (Fraction(-1), Fraction(2)), why="pieces-slope"),
        End(Fraction(1), (Fraction(0), Fraction(1)), why="pieces-slope"),
    ),
    monotone="nondecreasing",
    parity="odd",
    lipschitz=Fraction(1),
    kinks=(Kink(Fraction(-1), Fraction(0)), Kink(Fraction(1), Fraction(1))),
    exact=((Fraction(-1), Fraction(-1)), (Fraction(0), Fraction(0)), (Fraction(1), Fraction(1))),
    activation=True,
)
