"""Numbers for people: exact where exact, at most five digits where not; bars that show their size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symgrad.notation.writers.encodings import shows

_LONGEST_EXACT = 24
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_SPREAD = 500.0
"""Beyond this ratio of largest to smallest, linear bars would hide the small ones."""


def numeral(value: Any, digits: int = 5) -> str:
    """`15625/8` for exact numbers, `0.0017818` for floats, `1.2346e-120` for what no float holds."""
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int | Fraction):
        if max(abs(value.numerator).bit_length(), value.denominator.bit_length()) > 4 * _LONGEST_EXACT:
            return _scientific(value, digits)  # Python writes no integer of thousands of digits
        text = str(value)
        return text if len(text) <= _LONGEST_EXACT else _scientific(value, digits)
    if hasattr(value, "log") and hasattr(value, "sign") and not hasattr(value, "dtype"):
        return _scientific(value, digits)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return str(value)
    if any(kind.__name__ == "arb" for kind in type(value).__mro__):
        return str(value)
    return _decimal(number, digits)


def _decimal(number: float, digits: int) -> str:
    if not math.isfinite(number) or number == 0:
        return f"{number:g}"
    whole = f"{number:.7g}"
    if float(whole) == number and "e" not in whole:
        return whole  # a short decimal is shown as it is: 1953.125
    short = f"{number:.{digits}g}"
    return short if float(short) == number else f"{number:#.{digits}g}".rstrip(".")


def _scientific(value: Any, digits: int) -> str:
    log = magnitude(value)
    if log is None:
        return "0"
    sign = "-" if (value.sign if hasattr(value, "sign") else value) < 0 else ""
    if -5 < log < 15 and not isinstance(value, int | Fraction):
        return sign + _decimal(10**log, digits)
    exponent = math.floor(log)
    return f"{sign}{10 ** (log - exponent):.{digits - 1}f}e{exponent}"


def magnitude(value: Any) -> float | None:
    """log10 |value|, None for zero and for what is no finite number."""
    if isinstance(value, int | Fraction):
        top, bottom = abs(Fraction(value).numerator), Fraction(value).denominator
        return math.log10(top) - math.log10(bottom) if top else None
    if hasattr(value, "log") and hasattr(value, "sign") and not hasattr(value, "dtype"):
        log = value.log if not callable(value.log) else float("nan")
        if value.sign and math.isfinite(log):
            return float(log) / math.log(10)
        return None
    try:
        number = abs(float(value))
    except (TypeError, ValueError, OverflowError):
        return None
    return math.log10(number) if number > 0 and math.isfinite(number) else None


def bars(values: Sequence[Any], width: int = 20, encoding: str | None = None) -> tuple[tuple[str, ...], bool]:
    """A bar for each value, and whether they are logarithmic; zero has none."""
    logs = [magnitude(value) for value in values]
    known = [log for log in logs if log is not None]
    if not known:
        return tuple("" for _ in logs), False
    top, low = max(known), min(known)
    logarithmic = top - low > math.log10(_SPREAD)
    if logarithmic:
        span = top - low + 1
        lengths = [0.0 if log is None else (log - low + 1) / span for log in logs]
    else:
        lengths = [0.0 if log is None else 10 ** (log - top) for log in logs]
    return tuple(_bar(length * width, encoding) for length in lengths), logarithmic


def _bar(length: float, encoding: str | None) -> str:
    if encoding is not None and not shows("█▌▏", encoding):
        return "#" * round(length)
    eighths = round(length * 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]
