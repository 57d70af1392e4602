"""The name of a precision -> a kind of number, or a count of certified digits."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import flint

from symgrad.arithmetic import BFLOAT16, EXACT, FLOAT16, FLOAT32, FLOAT64, SIGNED_LOG
from symgrad.arithmetic.kind import Kind
from symgrad.errors import InputError, Where

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (FLOAT16, BFLOAT16, FLOAT32, FLOAT64, SIGNED_LOG, EXACT)
}
MAX_DIGITS = 100_000


class Certified(flint.arb):  # type: ignore[misc]
    """A ball that prints as many certified digits as were asked for: `[0.00178182349... +/- 3e-51]`."""

    __slots__ = ("digits",)
    digits: int

    @classmethod
    def of(cls, ball: Any, digits: int) -> Certified:
        """The same ball, printing `digits` digits."""
        found = cls(ball)
        found.digits = digits
        return found

    def __str__(self) -> str:
        return str(self.str(self.digits))

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Precision:
    """A kind of number under its name; for certified digits there is no kind yet but their count."""

    name: str
    kind: Kind | None = None
    digits: int = 0


def precision_of(asked: str | int) -> Precision:
    """What "float64", "exact", 50 or "50" asks for.

    Raises:
        InputError: nothing that numbers come in.
    """
    text = str(asked).strip().lower()
    if text in KINDS:
        return Precision(text, KINDS[text])
    if text.isascii() and text.isdecimal() and 0 < int(text[:9]) <= MAX_DIGITS:
        return Precision(str(int(text)), digits=int(text))
    near, name = get_close_matches(text, KINDS, 1), str(asked)
    raise InputError(
        "unknown-precision", Where("<precision>", 1, 1, name, max(1, len(name))),
        "did-you-mean" if near else "", name=name, known=", ".join(KINDS), suggestion=next(iter(near), ""),
    )  # fmt: skip
