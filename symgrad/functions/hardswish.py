"""x hard_sigmoid(x); at the kinks its derivative is the one from the left."""

from fractions import Fraction

from symgrad.functions.questionnaire import INFINITY, End, Function, Kink, Range

FUNCTION = Function(
    name="hardswish",
    spellings=("hard_swish",),
    options=(),
    value="x (x + 3)/6 1[x > -3] 1[x <= 3] + x 1[x > 3]",
    stable_value=None,
    derivative="(2 x + 3)/6 1[x > -3] 1[x <= 3] + 1[x > 3]",
    stable_derivative="(2 x + 3)/6 1[x > -3] 1[x <= 3] + 1[x > 3]",
    exponential=None,
    domain=None,
    derivative_domain=None,
    range=Range(End(Fraction(-3, 8), (Fraction(-3, 2),), why="hardswish-range"), INFINITY),
    derivative_range=Range(
        End(Fraction(-1, 2), why="hardswish-slope"),
        End(Fraction(3, 2), (Fraction(3),), why="hardswish-slope"),
    ),
    monotone=None,
    parity=None,
    lipschitz=Fraction(3, 2),
    kinks=(Kink(Fraction(-3), Fraction(0)), Kink(Fraction(3), Fraction(3, 2))),
    exact=(
        (Fraction(-3), Fraction(0)),
        (Fraction(-3, 2), Fraction(-3, 8)),
        (Fraction(0), Fraction(0)),
        (Fraction(3), Fraction(3)),
    ),
    activation=True,
)
