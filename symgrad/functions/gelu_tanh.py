"""x (1 + tanh(u))/2 with u = sqrt(2/pi) (x + 0.044715 x^3): the usual approximation of gelu."""

from fractions import Fraction

from symgrad.functions.questionnaire import Extremum, Function

U = "sqrt(2/pi) (x + {0.044715} x^3)"
V = f"sigmoid(2 {U}) sigmoid(-2 {U})"
"""Before the powers of x, so that 0 stays 0 where a power overflows."""

FUNCTION = Function(
    name="gelu_tanh",
    spellings=(),
    options=(),
    value=f"x (1 + tanh({U}))/2",
    stable_value=f"x sigmoid(2 {U})",
    derivative=f"(1 + tanh({U}))/2 + sqrt(2/pi) x (1 + {{0.134145}} x^2) (1 - tanh({U})^2)/2",
    stable_derivative=f"sigmoid(2 {U}) + sqrt(2/pi) (2 {V} x + {{0.26829}} {V} x x x)",
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
        Extremum(0, "low", Fraction("-0.170041"), Fraction("-0.752461"), "gelu_tanh'(x) = 0"),
        Extremum(
            1, "low", Fraction("-0.128994"), Fraction("-1.418504"), "gelu_tanh''(x) = 0", step=Fraction(1, 8)
        ),
        Extremum(
            1, "high", Fraction("1.128994"), Fraction("1.418504"), "gelu_tanh''(x) = 0", step=Fraction(1, 8)
        ),
        Extremum(
            2, "low", Fraction("-0.107914"), Fraction("2.013481"), "gelu_tanh'''(x) = 0", step=Fraction(1, 16)
        ),
        Extremum(2, "high", Fraction("0.797885"), Fraction("0"), "x = 0", "sqrt(2/pi)", step=Fraction(1, 8)),
    ),
)
