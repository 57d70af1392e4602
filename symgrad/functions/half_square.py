"""Half the squared distance, summed over components."""

from symgrad.functions.formula import Formula

FORMULA = Formula(
    name="half_square",
    spellings=(),
    parameters=("a", "y"),
    options=(),
    formula="(a - y)^2/2",
    smooth=None,
    domain=None,
    reduction="sum",
)
