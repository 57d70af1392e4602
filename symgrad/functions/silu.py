"""x sigmoid(x): the sigmoid linear unit, also called swish."""

from fractions import Fraction

from symgrad.functions.questionnaire import Extremum, Function

FUNCTION = Function(
    name="silu",
    spellings=("swish",),
    options=(),
    value="x/(1 + exp(-x))",
    stable_value="x sigmoid(x)",
    derivative="sigmoid(x) (1 + x (1 - sigmoid(x)))",
    stable_derivative="sigmoid(x) (1 + x sigmoid(-x))",
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
        Extremum(0, "low", Fraction("-0.278465"), Fraction("-1.278465"), "x + 1 + exp(x) = 0"),
        Extremum(1, "low", Fraction("-0.09984"), Fraction("-2.399357"), "x tanh(x/2) = 2"),
        Extremum(1, "high", Fraction("1.09984"), Fraction("2.399357"), "x tanh(x/2) = 2"),
        Extremum(2, "low", Fraction("-0.036915"), Fraction("3.435841"), "silu'''(x) = 0", reach=Fraction(8)),
        Extremum(2, "high", Fraction("1/2"), Fraction("0"), "x = 0", "1/2", attained=True, reach=Fraction(8)),
    ),
)
