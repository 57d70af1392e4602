"""x sigmoid(x): the sigmoid linear unit, also called swish."""

from fractions import Fraction

from symgrad.functions.questionnaire import Function

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
)
