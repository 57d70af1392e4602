"""1/(1 + e^-x): the logistic sigmoid."""

from fractions import Fraction

from symgrad.functions.questionnaire import End, Extremum, Function, Range

FUNCTION = Function(
    name="sigmoid",
    spellings=("logistic", "expit"),
    options=(),
    value="1/(1 + exp(-x))",
    stable_value=None,
    derivative="sigmoid(x) (1 - sigmoid(x))",
    stable_derivative="sigmoid(x) sigmoid(-x)",
    exponential="E/(1 + E)",
    domain=None,
    derivative_domain=None,
    range=Range(End(Fraction(0), why="sigmoid-range"), End(Fraction(1), why="sigmoid-range")),
    derivative_range=Range(
        End(Fraction(0), why="sigmoid-slope-positive", certificate="s (1 - s)"),
        End(Fraction(1, 4), (Fraction(0),), why="sigmoid-slope", certificate="(s - 1/2)^2"),
    ),
    monotone="increasing",
    parity=None,
    lipschitz=Fraction(1, 4),
    kinks=(),
    exact=((Fraction(0), Fraction(1, 2)),),
    activation=True,
    extrema=(
        Extremum(
            2,
            "low",
            Fraction("-0.096226"),
            Fraction("1.316958"),
            "x = log(2 + sqrt(3))",
            "-sqrt(3)/18",
            reach=Fraction(8),
        ),
        Extremum(
            2,
            "high",
            Fraction("0.096226"),
            Fraction("-1.316958"),
            "x = log(2 - sqrt(3))",
            "sqrt(3)/18",
            reach=Fraction(8),
        ),
    ),
)
