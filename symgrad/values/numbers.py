"""Numbers of any kind as a kind and a text, and back: nothing is lost on the way.

Rooms with number kinds of their own make them known by `store`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias

Write: TypeAlias = Callable[[Any], str]
Read: TypeAlias = Callable[[str], Any]

MAX_TEXT = 1_000_000
FRACTION = re.compile(r"-?\d+(/\d+)?", re.ASCII)
INTEGER = re.compile(r"-?\d+", re.ASCII)
FLOAT = re.compile(r"-?(\d+\.?\d*([eE][+-]?\d+)?|inf|nan)", re.ASCII)
BALL = re.compile(r"-?\d+ -?\d+ \d+ -?\d+", re.ASCII)
DIGITS_AT_ONCE = 4000
STORED: dict[str, tuple[type, Write, Read]] = {}
"""Kinds that other rooms have added: name -> type, writer, reader."""


def store(kind: str, type: type, write: Write, read: Read) -> None:
    """Make another kind of number known."""
    STORED[kind] = (type, write, read)


def write_number(value: Any) -> dict[str, str]:
    """{"kind": ..., "value": ...} of a number.

    >>> write_number(Fraction(15625, 8))
    {'kind': 'exact', 'value': '15625/8'}
    """
    for kind, (type_, write, _) in STORED.items():
        if isinstance(value, type_):
            return {"kind": kind, "value": write(value)}
    name = type(value).__name__
    if isinstance(value, Fraction):
        return {"kind": "exact", "value": fraction_text(value)}
    if isinstance(value, int) and not isinstance(value, bool):
        return {"kind": "integer", "value": integer_text(value)}
    if name in ("float16", "float32", "float64"):
        return {"kind": name, "value": str(value)}
    if name == "float":
        return {"kind": "float", "value": repr(value)}
    if name == "arb":
        return {"kind": "ball", "value": write_ball(value)}
    raise ValueError(f"a number expected, not {name}")


def read_number(data: object) -> Any:
    """The number of `write_number`'s data.

    Raises:
        ValueError: not such data.
    """
    if not isinstance(data, dict) or set(data) != {"kind", "value"}:
        raise ValueError("a number with `kind` and `value` expected")
    kind, text = data["kind"], data["value"]
    if not isinstance(kind, str) or not isinstance(text, str) or len(text) > MAX_TEXT:
        raise ValueError("a number with `kind` and `value` as texts expected")
    if kind in STORED:
        return STORED[kind][2](text)
    if kind == "exact" and FRACTION.fullmatch(text):
        top, _, bottom = text.partition("/")
        if not bottom.strip("0") and bottom:
            raise ValueError("a denominator other than 0 expected")
        return Fraction(integer_of(top), integer_of(bottom or "1"))
    if kind == "integer" and INTEGER.fullmatch(text):
        return integer_of(text)
    if kind == "ball":
        return read_ball(text)
    if kind in ("float", "float16", "float32", "float64") and FLOAT.fullmatch(text):
        return read_float(kind, text)
    raise ValueError(f"no number of kind {kind[:40]!r}: {text[:40]!r}")


def read_float(kind: str, text: str) -> Any:
    """A Python float, or NumPy's of one width."""
    if kind == "float":
        return float(text)
    import numpy

    with numpy.errstate(all="ignore"):
        return getattr(numpy, kind)(text)


def write_ball(value: Any) -> str:
    """Middle and radius as integers times powers of two."""
    parts = (*value.mid().man_exp(), *value.rad().man_exp())
    return " ".join(integer_text(int(part)) for part in parts)


def read_ball(text: str) -> Any:
    """Back from `write_ball`: the same middle, the radius rounded up in its last of 30 bits."""
    if not BALL.fullmatch(text):
        raise ValueError(f"a ball as four integers expected, not {text[:40]!r}")
    from flint import arb, ctx

    top, power, radius, scale = map(integer_of, text.split(" "))
    with ctx.workprec(max(64, top.bit_length())):
        return arb((top, power), (radius, scale))


def integer_text(value: int) -> str:
    """Decimal digits of an integer of any length."""
    if abs(value).bit_length() < 3 * DIGITS_AT_ONCE:
        return str(value)
    from flint import fmpz

    return str(fmpz(value))


def integer_of(text: str) -> int:
    """The integer of digits of any number."""
    if len(text) <= DIGITS_AT_ONCE:
        return int(text)
    from flint import fmpz

    return int(fmpz(text))


def fraction_text(value: Fraction) -> str:
    """`15625/8`, or `3`."""
    top = integer_text(value.numerator)
    return top if value.denominator == 1 else f"{top}/{integer_text(value.denominator)}"
