"""How far a score a falls short of the margin 1 on the side of its label y, which is 1 or -1."""

from symgrad.functions.formula import Formula

FORMULA = Formula(
    name="hinge",
    spellings=(),
    parameters=("a", "y"),
    options=(),
    formula="max(0, 1 - y a)",
    smooth="y a != 1",
    domain=None,
    reduction=None,
)
