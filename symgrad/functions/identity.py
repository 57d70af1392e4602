"""x itself: the linear neuron."""

from fractions import Fraction

from symgrad.functions.questionnaire import INFINITY, End, Function, Range

FUNCTION = Function(
    name="identity",
    spellings=("id",),
    options=(),
    value="x",
    stable_value=None,
    derivative="1",
    stable_derivative="1",
    exponential=None,
    domain=None,
    derivative_domain=None,
    range=Range(INFINITY, INFINITY),
    derivative_range=Range(
        End(Fraction(1), (Fraction(0),), why="constant-slope"),
        End(Fraction(1), (Fraction(0),), why="constant-slope"),
    ),
    monotone="increasing",
    parity="odd",
    lipschitz=Fraction(1),
    kinks=(),
    exact=((Fraction(0), Fraction(0)), (Fraction(1), Fraction(1))),
    activation=True,
)
