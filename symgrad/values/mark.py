"""What marking an answer gives back."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symgrad.notation.tree import Tree
from symgrad.values.phrase import Phrase

VERDICTS = ("correct", "incorrect", "undecided", "unreadable")

MISTAKES = (
    "missing-factor", "extra-factor", "wrong-index", "wrong-sign", "wrong-constant", "wrong-power",
    "function-for-derivative", "derivative-for-function", "wrong-argument", "wrong-activation-derivative",
    "sum-for-product", "product-range", "inverted-factor", "quotient-for-derivative",
    "loss-not-differentiated", "wrong-variable", "wrong-order", "missing-transpose", "dropped-term",
    "not-an-answer",
)  # fmt: skip
"""The closed vocabulary of slips in answers."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A named slip: `detail` is `F` or `F -> G` in plain notation, `at` the derivation step it belongs to."""

    name: str
    detail: str = ""
    at: int | None = None
    wrong: tuple[Tree, ...] = ()
    right: tuple[Tree, ...] = ()
    """What was written and what belongs there, as trees, for feedback."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The verdict, the named slips, the points, the exact evidence, and what was read.

    points: None for undecided and unreadable. reading: the answer as understood, in LaTeX ("" if unreadable).
    hints: three levels, each a tuple of phrases; remarks: what a correct answer should still be told.
    problem: for unreadable, the reader's message by language.
    """

    verdict: str
    mistakes: tuple[Mistake, ...] = ()
    points: Fraction | None = None
    evidence: tuple[Phrase, ...] = ()
    reading: str = ""
    hints: tuple[tuple[Phrase, ...], ...] = ()
    remarks: tuple[Phrase, ...] = ()
    problem: tuple[tuple[str, str], ...] = ()
    """For unreadable: (language, message) pairs."""
    answer: Tree | None = None
    """The answer as a tree, for showing the reading in other notations than LaTeX."""
