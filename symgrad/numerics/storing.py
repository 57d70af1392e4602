"""The numbers of this room as plain data and back, for `values.codec`."""

from __future__ import annotations

import math
from typing import Any

from symgrad.arithmetic import SignedLog
from symgrad.numerics.precision import MAX_DIGITS, Certified
from symgrad.values.numbers import read_ball, store, write_ball


def write_log(value: SignedLog) -> str:
    """Sign and logarithm, every bit kept."""
    return f"{value.sign} {value.log!r}"


def read_log(text: str) -> SignedLog:
    """Back from `write_log`."""
    sign, _, log = text.partition(" ")
    if sign not in ("-1", "0", "1"):
        raise ValueError(f"the sign -1, 0 or 1 expected, not {sign!r}")
    found = SignedLog(int(sign), float(log))
    if math.isnan(found.log) or (found.sign == 0) != (found.log == -math.inf):
        raise ValueError(f"a logarithm that fits the sign expected, not {log!r}")
    return found


def write_certified(value: Certified) -> str:
    """The digits asked for, then the ball exactly."""
    return f"{value.digits} {write_ball(value)}"


def read_certified(text: str) -> Any:
    """Back from `write_certified`."""
    digits, _, ball = text.partition(" ")
    if not (digits.isascii() and digits.isdecimal() and 0 < int(digits[:9]) <= MAX_DIGITS):
        raise ValueError(f"a number of digits expected, not {digits!r}")
    return Certified.of(read_ball(ball), int(digits))


def store_numbers() -> None:
    """Make both kinds known to the codec."""
    store("log", SignedLog, write_log, read_log)
    store("digits", Certified, write_certified, read_certified)
