"""The questions every activation, loss or elementary function answers, one file a function.

Formulas are plain notation in the argument `x` (several arguments: `x`, `y`), so that reader, calculus, arithmetic,
algebra, kernel and writers all use the same answer. A field left out fails at import: ignorance is said as None.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class End:
    """One end of an exact range: a rational, or None for infinity; `at` are the arguments where it is attained.

    An end with no `at` is not attained (open)."""

    value: Fraction | None
    at: tuple[Fraction, ...] = ()
    why: str = ""
    """Phrase id under `facts.` that proves the bound, "" where the formula itself shows it."""

    @property
    def closed(self) -> bool:
        """True where the bound is attained."""
        return bool(self.at)


@dataclass(frozen=True, slots=True)
class Range:
    """An exact range: infimum and supremum, each attained or not."""

    low: End
    high: End


@dataclass(frozen=True, slots=True)
class Kink:
    """A point where the derivative jumps, and the convention taken there."""

    at: Fraction
    derivative: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One scalar function x -> f(x); all formulas in plain notation.

    name: canonical plain name. spellings: other plain or LaTeX spellings. latex, unicode: how it is printed.
    value: f(x) by more elementary functions, or None for a primitive of `arithmetic`.
    derivative: f'(x), a polynomial in f(x) where one exists. stable_derivative: the same without cancellation.
    exponential: f(x) as a rational function of E = exp(x), or None.
    domain: a relation that x must satisfy, or None for all reals.
    range, derivative_range: exact, over the whole domain; None if not known exactly.
    monotone: "increasing" | "decreasing" | "nondecreasing" | None. parity: "odd" | "even" | None.
    lipschitz: the least constant, None if there is none. kinks: where the derivative jumps.
    exact: arguments at which f is rational, with the value.
    activation: whether a layer may name it (relu: yes; log: no).
    """

    name: str
    spellings: tuple[str, ...]
    latex: str
    unicode: str
    value: str | None
    derivative: str
    stable_derivative: str
    exponential: str | None
    domain: str | None
    range: Range | None
    derivative_range: Range | None
    monotone: str | None
    parity: str | None
    lipschitz: Fraction | None
    kinks: tuple[Kink, ...]
    exact: tuple[tuple[Fraction, Fraction], ...]
    activation: bool
