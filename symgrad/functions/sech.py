"""2/(e^x + e^-x): the hyperbolic secant; its slope is at most 1/2 in size, where tanh(x)^2 = 1/2."""

from fractions import Fraction

from symgrad.functions.questionnaire import End, Extremum, Function, Range

FUNCTION = Function(
    name="sech",
    spellings=(),
    options=(),
    value="2/(exp(x) + exp(-x))",
    stable_value=None,
    derivative="-sech(x) tanh(x)",
    stable_derivative="-sech(x) tanh(x)",
    exponential="2 E/(E^2 + 1)",
    domain=None,
    derivative_domain=None,
    range=Range(End(Fraction(0), why="sech-range"), End(Fraction(1), (Fraction(0),), why="sech-range")),
    derivative_range=None,
    monotone=None,
    parity="even",
    lipschitz=Fraction(1, 2),
    kinks=(),
    exact=((Fraction(0), Fraction(1)),),
    activation=False,
    extrema=(
        Extremum(
            1,
            "low",
            Fraction("-1/2"),
            Fraction("0.881374"),
            "x = log(1 + sqrt(2))",
            "-1/2",
            attained=True,
        ),
        Extremum(
            1,
            "high",
            Fraction("1/2"),
            Fraction("-0.881374"),
            "x = -log(1 + sqrt(2))",
            "1/2",
            attained=True,
        ),
        Extremum(2, "low", Fraction("-1"), Fraction("0"), "x = 0", "-1", attained=True),
        Extremum(
            2,
            "high",
            Fraction("0.272166"),
            Fraction("-1.544485"),
            "sech(x)^2 = 1/6",
            "sqrt(6)/9",
        ),
    ),
)
