"""Minus the log-likelihood of a label y for a probability p; the mean over components."""

from symgrad.functions.formula import Formula

FORMULA = Formula(
    name="binary_cross_entropy",
    spellings=("bce",),
    parameters=("p", "y"),
    options=(),
    formula="-(y log(p) + (1 - y) log(1 - p))",
    smooth=None,
    domain="0 < p < 1",
    reduction="mean",
)
