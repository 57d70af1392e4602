"""x Phi(x), Phi the normal distribution function: the Gaussian error linear unit, exact."""

from fractions import Fraction

from symgrad.functions.questionnaire import Extremum, Function

FUNCTION = Function(
    name="gelu",
    spellings=(),
    options=(),
    value="x (1 + erf(x/sqrt(2)))/2",
    stable_value="x erfc(-x/sqrt(2))/2",
    derivative="(1 + erf(x/sqrt(2)))/2 + x exp(-x^2/2)/sqrt(2 pi)",
    stable_derivative="erfc(-x/sqrt(2))/2 + x exp(-x^2/2)/sqrt(2 pi)",
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
        Extremum(0, "low", Fraction("-0.169972"), Fraction("-0.751792"), "gelu'(x) = 0"),
        Extremum(
            1,
            "low",
            Fraction("-0.128905"),
            Fraction("-1.414214"),
            "x = -sqrt(2)",
            "(1 - erf(1))/2 - exp(-1)/sqrt(pi)",
        ),
        Extremum(
            1,
            "high",
            Fraction("1.128905"),
            Fraction("1.414214"),
            "x = sqrt(2)",
            "(1 + erf(1))/2 + exp(-1)/sqrt(pi)",
        ),
        Extremum(2, "low", Fraction("-0.107982"), Fraction("2"), "x^2 = 4", "-sqrt(2/pi) exp(-2)"),
        Extremum(2, "high", Fraction("0.797885"), Fraction("0"), "x = 0", "sqrt(2/pi)"),
    ),
)
