"""(e^x - e^-x)/(e^x + e^-x): the hyperbolic tangent."""

from fractions import Fraction

from symgrad.functions.questionnaire import End, Extremum, Function, Range

FUNCTION = Function(
    name="tanh",
    spellings=("th",),
    options=(),
    value="(exp(x) - exp(-x))/(exp(x) + exp(-x))",
    stable_value="1 - 2/(1 + exp(2 x))",
    derivative="1 - tanh(x)^2",
    stable_derivative="4 sigmoid(2 x) sigmoid(-2 x)",
    exponential="(E^2 - 1)/(E^2 + 1)",
    domain=None,
    derivative_domain=None,
    range=Range(End(Fraction(-1), why="tanh-range"), End(Fraction(1), why="tanh-range")),
    derivative_range=Range(
        End(Fraction(0), why="tanh-slope-positive", certificate="(1 - s) (1 + s)"),
        End(Fraction(1), (Fraction(0),), why="tanh-slope", certificate="s^2"),
    ),
    monotone="increasing",
    parity="odd",
    lipschitz=Fraction(1),
    kinks=(),
    exact=((Fraction(0), Fraction(0)),),
    activation=True,
    extrema=(
        Extremum(
            2,
            "low",
            Fraction("-0.769801"),
            Fraction("0.658479"),
            "x = log(2 + sqrt(3))/2",
            "-4 sqrt(3)/9",
        ),
        Extremum(
            2,
            "high",
            Fraction("0.769801"),
            Fraction("-0.658479"),
            "x = log(2 - sqrt(3))/2",
            "4 sqrt(3)/9",
        ),
    ),
)
