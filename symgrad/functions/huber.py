"""Half the square up to a distance of delta, a straight line beyond; the mean over components."""

from fractions import Fraction

from symgrad.functions.formula import Formula

FORMULA = Formula(
    name="huber",
    spellings=(),
    parameters=("a", "y"),
    options=(("delta", Fraction(1)),),
    formula="(a - y)^2/2 1[abs(a - y) <= delta] + delta (abs(a - y) - delta/2) 1[abs(a - y) > delta]",
    smooth=None,
    domain=None,
    reduction="mean",
)
