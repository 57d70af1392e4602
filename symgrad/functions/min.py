"""The smaller of two numbers; at a tie its derivative is the first one's."""

from symgrad.functions.formula import Formula

FORMULA = Formula(
    name="min",
    spellings=(),
    parameters=("a", "b"),
    options=(),
    formula="a 1[a <= b] + b 1[a > b]",
    smooth="a != b",
    domain=None,
    reduction=None,
)
