"""The questions that a function of several arguments answers: max, min and the losses, one file each.

It stands for its formula: wherever something is computed or derived, the formula is taken for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symgrad.functions.questionnaire import IDENTIFIER

REDUCTIONS = ("sum", "mean", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A function of several arguments by its formula, in plain notation in the letters of `parameters`.

    Args:
        name: canonical plain name.
        spellings: other spellings, read in any case.
        parameters: the letters of the arguments, in their order.
        options: further letters of the formula, each with its default.
        formula: the value for scalar arguments.
        smooth: the relation without which the derivative is a convention, or None if there is none.
        domain: a relation the arguments must satisfy, or None.
        reduction: how vectors become a scalar: sum or mean over their components, or None.
    """

    name: str
    spellings: tuple[str, ...]
    parameters: tuple[str, ...]
    options: tuple[tuple[str, Fraction], ...]
    formula: str
    smooth: str | None
    domain: str | None
    reduction: str | None

    def __post_init__(self) -> None:
        letters = (*self.parameters, *(key for key, _ in self.options))
        problems = [f"{s!r} is no name" for s in (self.name, *self.spellings) if not IDENTIFIER.fullmatch(s)]
        if not self.parameters or len(set(letters)) < len(letters):
            problems.append("parameters and options are different letters, at least one")
        if not self.formula:
            problems.append("the formula is missing")
        if self.reduction not in REDUCTIONS:
            problems.append(f"reduction is one of {REDUCTIONS}, not {self.reduction!r}")
        if problems:
            raise ValueError(f"formula {self.name!r}: {'; '.join(problems)}")
