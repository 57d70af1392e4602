"""The questions every activation, loss or elementary function answers, one file a function.

Formulas are plain notation in the argument `x`, so that reader, calculus, arithmetic, algebra, kernel and
writers all use the same answer. A field left out fails at import, and so do answers that contradict each
other: ignorance is said as None.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
CONFIGURED = re.compile(r"[a-z][a-z0-9_]*(\([^()]+\))?")
"""A name, or one with chosen options: `leaky_relu(slope=1/5)`."""
MONOTONE = ("increasing", "nondecreasing", "decreasing", "nonincreasing", None)
PARITY = ("odd", "even", None)


@dataclass(frozen=True, slots=True)
class End:
    """One end of an exact range: a rational, or None for infinity, and the arguments where it is attained.

    An end with no `at` is not attained (open).

    Args:
        value: the infimum or supremum.
        at: every argument where it is attained, or a few of them if there are many.
        why: phrase id under `facts.` that says why the bound holds, "" for infinity.
        certificate: for a slope that is a polynomial in s = f(x): the distance from the bound to the slope
            (bound - slope above, slope - bound below), written as a square or as a product of factors that
            are nonnegative on the range of s. A kernel compares it with that difference as a polynomial.
    """

    value: Fraction | None
    at: tuple[Fraction, ...] = ()
    why: str = ""
    certificate: str = ""

    def __post_init__(self) -> None:
        if self.value is None and (self.at or self.why or self.certificate):
            raise ValueError("infinity is not attained, and nothing is to be proved about it")
        if self.value is not None and not self.why:
            raise ValueError(f"the bound {self.value} gives no reason")

    @property
    def closed(self) -> bool:
        """True where the bound is attained."""
        return bool(self.at)


INFINITY = End(None)


@dataclass(frozen=True, slots=True)
class Range:
    """An exact range: infimum and supremum, each attained or not."""

    low: End
    high: End

    def __post_init__(self) -> None:
        if self.low.value is not None and self.high.value is not None and self.low.value > self.high.value:
            raise ValueError(f"a range from {self.low.value} up to {self.high.value} is empty")


@dataclass(frozen=True, slots=True)
class Kink:
    """A point where the derivative jumps, and the convention taken there."""

    at: Fraction
    derivative: Fraction


@dataclass(frozen=True, slots=True)
class Extremum:
    """A rational bound for f, f' or f'' whose best value is no simple rational, and where that is taken.

    Args:
        order: 0 for f, 1 for f', 2 for f''.
        side: `low` or `high`.
        bound: the rational bound; it holds strictly unless it is `attained`.
        near: about where the extreme value is taken.
        at: that place exactly, as an equation for x (`x = sqrt(2)`), "" if it is only approached.
        value: the extreme value exactly, "" where there is no closed form.
        attained: whether the bound is the extreme value itself, `at` being then of the form `x = ...`.
        reach, step: a proof cuts [-reach, reach] into intervals of this length.
        terms: of the Taylor polynomials there, 0 where f is not smooth.
    """

    order: int
    side: str
    bound: Fraction
    near: Fraction
    at: str
    value: str = ""
    attained: bool = False
    reach: Fraction = Fraction(6)
    step: Fraction = Fraction(1, 4)
    terms: int = 6

    def __post_init__(self) -> None:
        if self.side not in ("low", "high") or self.order not in (0, 1, 2):
            raise ValueError(f"no extremum of order {self.order} on side {self.side!r}")
        if self.attained and not self.at.startswith("x = "):
            raise ValueError("an attained bound says where")


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One scalar function x -> f(x); all formulas in plain notation, numbers of any length as {0.5} or {1/3}.

    Args:
        name: canonical plain name.
        spellings: other spellings, read in any case.
        options: the letters beside x that formulas may hold, each with the value that all answers are for.
        value: f(x) by more elementary functions, as in textbooks, or None for a primitive of `arithmetic`.
        stable_value: the same without overflow or lost digits, or None where `value` is that already.
        derivative: f'(x), a polynomial in f(x) where one exists.
        stable_derivative: the same without cancellation.
        exponential: f(x) as a rational function of E = exp(x), or None.
        domain: a relation that x must satisfy, or None for all reals.
        derivative_domain: where f' exists or has its convention; None for all reals.
        range: the exact range over the domain, or None if not known exactly (its ends are irrational, say).
        derivative_range: the exact range of f' over its domain, or None likewise.
        monotone: increasing, nondecreasing, decreasing, nonincreasing or None.
        parity: odd, even or None.
        lipschitz: the least constant, None if there is none or it is not rational.
        kinks: where the derivative jumps.
        exact: arguments at which f is rational, with the value.
        activation: whether a layer may name it (relu: yes; log: no).
        extrema: rational bounds of f, f' and f'' whose best values are irrational or taken at such places.
        family: the same questionnaire for other values of the options, by keyword; None without options.
    """

    name: str
    spellings: tuple[str, ...]
    options: tuple[tuple[str, Fraction], ...]
    value: str | None
    stable_value: str | None
    derivative: str
    stable_derivative: str
    exponential: str | None
    domain: str | None
    derivative_domain: str | None
    range: Range | None
    derivative_range: Range | None
    monotone: str | None
    parity: str | None
    lipschitz: Fraction | None
    kinks: tuple[Kink, ...]
    exact: tuple[tuple[Fraction, Fraction], ...]
    activation: bool
    extrema: tuple[Extremum, ...] = ()
    family: Callable[..., Function] | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        problems = [f"{s!r} is no name" for s in self.spellings if not IDENTIFIER.fullmatch(s)]
        if not CONFIGURED.fullmatch(self.name):
            problems.append(f"{self.name!r} is no name")
        if bool(self.options) != (self.family is not None):
            problems.append("options and the family of functions they choose from go together")
        own = re.compile(rf"\b{self.name.partition('(')[0]}\b")
        if self.options and any(own.search(text) for text in self.texts):
            problems.append("a formula with options may not use the function itself")
        if not self.derivative or not self.stable_derivative:
            problems.append("a derivative is missing")
        if self.monotone not in MONOTONE:
            problems.append(f"monotone is one of {MONOTONE}, not {self.monotone!r}")
        if self.parity not in PARITY:
            problems.append(f"parity is one of {PARITY}, not {self.parity!r}")
        if self.derivative_range is not None and self.lipschitz != steepest(self.derivative_range):
            problems.append(
                f"lipschitz is {steepest(self.derivative_range)} by the slope's range, not {self.lipschitz}"
            )
        if problems:
            raise ValueError(f"function {self.name!r}: {'; '.join(problems)}")

    @property
    def texts(self) -> tuple[str, ...]:
        """The formulas in x that are there."""
        found = (self.value, self.stable_value, self.derivative, self.stable_derivative)
        return tuple(text for text in found if text is not None)


def steepest(slopes: Range) -> Fraction | None:
    """The supremum of |f'|, None if it is infinite."""
    low, high = slopes.low.value, slopes.high.value
    return None if low is None or high is None else max(abs(low), abs(high))
