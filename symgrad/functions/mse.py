"""The mean squared error."""

from symgrad.functions.formula import Formula

FORMULA = Formula(
    name="mse",
    spellings=(),
    parameters=("a", "y"),
    options=(),
    formula="(a - y)^2",
    smooth=None,
    domain=None,
    reduction="mean",
)
