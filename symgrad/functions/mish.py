"""x tanh(softplus(x))."""

from fractions import Fraction

from symgrad.functions.questionnaire import Extremum, Function

FUNCTION = Function(
    name="mish",
    spellings=(),
    options=(),
    value="x tanh(log(1 + exp(x)))",
    stable_value="x tanh(softplus(x))",
    derivative="tanh(softplus(x)) + x (1 - tanh(softplus(x))^2) sigmoid(x)",
    stable_derivative="tanh(softplus(x)) + 4 x sigmoid(2 softplus(x)) sigmoid(-2 softplus(x)) sigmoid(x)",
    exponential=None,
    domain=None,
    derivative_domain=None,
    range=None,
    derivative_range=None,
    monotone=None,
    parity=None,
    lipschitz=None,
    kinks=(),
    exact=((Fraction(0), Fraction(0)),),
    activation=True,
    extrema=(
        Extremum(0, "low", Fraction("-0.308844"), Fraction("-1.192431"), "mish'(x) = 0"),
        Extremum(
            1,
            "low",
            Fraction("-0.112527"),
            Fraction("-2.256376"),
            "mish''(x) = 0",
            reach=Fraction(8),
        ),
        Extremum(
            1,
            "high",
            Fraction("1.088499"),
            Fraction("1.490571"),
            "mish''(x) = 0",
            reach=Fraction(8),
        ),
        Extremum(
            2,
            "low",
            Fraction("-0.059034"),
            Fraction("2.114843"),
            "mish'''(x) = 0",
            reach=Fraction(8),
        ),
        Extremum(
            2,
            "high",
            Fraction("0.644205"),
            Fraction("-0.087934"),
            "mish'''(x) = 0",
            reach=Fraction(8),
        ),
    ),
)
