"""x Phi(x), Phi the normal distribution function: the Gaussian error linear unit, exact."""

from fractions import Fraction

from symgrad.functions.questionnaire import Function

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
)
