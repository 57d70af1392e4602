"""max(0, x): the rectifier; at the kink its derivative is taken to be 0."""

from fractions import Fraction

from symgrad.functions.questionnaire import INFINITY, End, Function, Kink, Range

FUNCTION = Function(
    name="relu",
    spellings=(),
    options=(),
    value="x 1[x > 0]",
    stable_value=None,
    derivative="1[x > 0]",
    stable_derivative="1[x > 0]",
    exponential=None,
    domain=None,
    derivative_domain=None,
    range=Range(End(Fraction(0), (Fraction(0), Fraction(-1)), why="relu-range"), INFINITY),
    derivative_range=Range(
        End(Fraction(0), (Fraction(0), Fraction(-1)), why="indicator-slope"),
        End(Fraction(1), (Fraction(1),), why="indicator-slope"),
    ),
    monotone="nondecreasing",
    parity=None,
    lipschitz=Fraction(1),
    kinks=(Kink(Fraction(0), Fraction(0)),),
    exact=((Fraction(-1), Fraction(0)), (Fraction(0), Fraction(0)), (Fraction(1), Fraction(1))),
    activation=True,
)
