"""log(1 + e^x): the smooth rectifier."""

from fractions import Fraction

from symgrad.functions.questionnaire import INFINITY, End, Function, Range

FUNCTION = Function(
    name="softplus",
    spellings=(),
    options=(),
    value="log(1 + exp(x))",
    stable_value="relu(x) + log(1 + exp(-abs(x)))",
    derivative="sigmoid(x)",
    stable_derivative="sigmoid(x)",
    exponential=None,
    domain=None,
    derivative_domain=None,
    range=Range(End(Fraction(0), why="softplus-range"), INFINITY),
    derivative_range=Range(End(Fraction(0), why="softplus-slope"), End(Fraction(1), why="softplus-slope")),
    monotone="increasing",
    parity=None,
    lipschitz=Fraction(1),
    kinks=(),
    exact=(),
    activation=True,
)
