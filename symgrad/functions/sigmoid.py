"""sigma(x) = 1/(1 + e^-x): the logistic sigmoid."""

from fractions import Fraction

from symgrad.functions.questionnaire import End, Function, Range

FUNCTION = Function(
    name="sigmoid",
    spellings=("logistic", "expit"),
    latex=r"\operatorname{sigmoid}",
    unicode="sigmoid",
    value="1/(1 + exp(-x))",
    derivative="sigmoid(x) (1 - sigmoid(x))",
    stable_derivative="sigmoid(x) sigmoid(-x)",
    exponential="E/(1 + E)",
    domain=None,
    range=Range(End(Fraction(0)), End(Fraction(1))),
    derivative_range=Range(End(Fraction(0), why="sigmoid-slope-positive"), End(Fraction(1, 4), (Fraction(0),), "sigmoid-slope")),
    monotone="increasing",
    parity=None,
    lipschitz=Fraction(1, 4),
    kinks=(),
    exact=((Fraction(0), Fraction(1, 2)),),
    activation=True,
)
