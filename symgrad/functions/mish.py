"""x tanh(softplus(x))."""

from fractions import Fraction

from symgrad.functions.questionnaire import Function

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
)
