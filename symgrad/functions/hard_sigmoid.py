"""x/6 + 1/2 held between 0 and 1; at the kinks its derivative is the one from the left."""

from fractions import Fraction

from symgrad.functions.questionnaire import End, Function, Kink, Range

FUNCTION = Function(
    name="hard_sigmoid",
    spellings=(),
    options=(),
    value="(x/6 + 1/2) 1[x > -3] 1[x <= 3] + 1[x > 3]",
    stable_value=None,
    derivative="1[x > -3] 1[x <= 3]/6",
    stable_derivative="1[x > -3] 1[x <= 3]/6",
    exponential=None,
    domain=None,
    derivative_domain=None,
    range=Range(
        End(Fraction(0), (Fraction(-3), Fraction(-4)), why="pieces-range"),
        End(Fraction(1), (Fraction(3), Fraction(4)), why="pieces-range"),
    ),
    derivative_range=Range(
        End(Fraction(0), (Fraction(-3), Fraction(4)), why="pieces-slope"),
        End(Fraction(1, 6), (Fraction(0), Fraction(3)), why="pieces-slope"),
    ),
    monotone="nondecreasing",
    parity=None,
    lipschitz=Fraction(1, 6),
    kinks=(Kink(Fraction(-3), Fraction(0)), Kink(Fraction(3), Fraction(1, 6))),
    exact=((Fraction(-3), Fraction(0)), (Fraction(0), Fraction(1, 2)), (Fraction(3), Fraction(1))),
    activation=True,
)
