"""Minus the expected logarithm of the probabilities p under y, summed over components."""

from symgrad.functions.formula import Formula

FORMULA = Formula(
    name="cross_entropy",
    spellings=(),
    parameters=("p", "y"),
    options=(),
    formula="-(y log(p))",
    smooth=None,
    domain="p > 0",
    reduction="sum",
)
