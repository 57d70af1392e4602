"""Values that are lists: `[1, 2, 3]`, `[[1, 2], [3, 4]]` as text, as Python lists, as NumPy arrays."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from symgrad.errors import InputError, ShapeError
from symgrad.notation.source import Source

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?(/\d+)?", re.ASCII)
NO_NUMBERS = frozenset({"nan", "inf", "infinity", "infty", "none", "null", ""})


@dataclass(frozen=True, slots=True)
class Text:
    """An entry that is text, and where it starts in the whole value."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Listed:
    """The entries row by row, and their dimensions."""

    dimensions: tuple[int, ...]
    entries: tuple[Any, ...]


def fraction(text: str) -> Fraction | None:
    """A plain number as a fraction; None for an expression."""
    found = text.strip()
    if not NUMBER.fullmatch(found) or re.search(r"[.eE].*/", found):
        return None
    try:
        return Fraction(found)
    except ZeroDivisionError:
        return None


def is_list(text: str) -> bool:
    """Whether a text is one pair of square brackets with everything inside."""
    text = text.strip()
    if not (text.startswith("[") and text.endswith("]")):
        return False
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "[") - (letter == "]")
        if depth == 0 and place < len(text) - 1:
            return False
    return depth == 0


def parts(text: str, start: int) -> Iterator[Text]:
    """What stands between the outer brackets, cut at the commas outside of inner ones."""
    depth, begun = 0, 1
    for place, letter in enumerate(text):
        depth += (letter in "[({") - (letter in "])}")
        if (letter in ",;" and depth == 1) or place == len(text) - 1:
            piece = text[begun:place]
            yield Text(piece.strip(), start + begun + len(piece) - len(piece.lstrip()))
            begun = place + 1


def read_list(source: Source) -> Listed:
    """A list in a text; its entries are fractions where they are plain numbers, else text.

    Raises:
        ShapeError: rows of different lengths, a list within rows. InputError: an empty list or entry.
    """
    start = len(source.text) - len(source.text.lstrip())
    rows = list(parts(source.text.strip(), start))
    nested = [is_list(row.text) for row in rows]
    if not any(nested):
        return Listed((len(rows),), tuple(entry(item, source) for item in rows))
    found: list[Any] = []
    width = None
    for row, inner in zip(rows, nested, strict=True):
        items = list(parts(row.text, row.start)) if inner else [row]
        if not inner or (width is not None and len(items) != width):
            raise ragged(source, row, width or 0, len(items) if inner else 1)
        width = len(items)
        for item in items:
            if is_list(item.text):
                raise source.error("value-rank", item.start, item.start + len(item.text), kind=ShapeError)
            found.append(entry(item, source))
    return Listed((len(rows), width or 0), tuple(found))


def ragged(source: Source, row: Text, first: int, other: int) -> Exception:
    """Rows of different lengths."""
    end = row.start + len(row.text)
    if not first:
        return source.error("value-mixed", row.start, end, kind=ShapeError)
    return source.error("value-ragged", row.start, end, kind=ShapeError, first=first, other=other)


def entry(item: Text, source: Source) -> Fraction | Text:
    """One entry."""
    if item.text.lower().lstrip("+-") in NO_NUMBERS:
        raise source.error(
            "value-not-number", item.start, item.start + max(1, len(item.text)), kind=InputError
        )
    found = fraction(item.text)
    return item if found is None else found


def listed(label: str, value: Any, number: Callable[[str, object], Fraction | None]) -> Listed | None:
    """A Python list or NumPy array; None for a single number.

    Args:
        label: the name it is for.
        value: nested lists, or anything with `tolist`.
        number: what reads one number (None where it is a text to be read).
    """
    if hasattr(value, "ndim") and hasattr(value, "dtype") and hasattr(value, "reshape"):
        if not value.ndim:
            return None
        dimensions = tuple(map(int, value.shape))
        found = [own(x) for x in value.reshape(-1)]
    elif isinstance(value, list | tuple):
        inner = [isinstance(row, list | tuple) or bool(getattr(row, "ndim", 0)) for row in value]
        if any(inner):
            rows = [list(row) if ok else [row] for row, ok in zip(value, inner, strict=True)]
            widths = [len(row) for row in rows]
            for place, ok in enumerate(inner):
                if not ok or widths[place] != widths[0]:
                    what = "value-ragged" if ok else "value-mixed"
                    raise python_error(label, what, first=widths[0], other=widths[place])
            dimensions, found = (len(rows), widths[0]), [own(x) for row in rows for x in row]
        else:
            dimensions, found = (len(value),), [own(x) for x in value]
    else:
        return None
    if len(dimensions) > 2 or any(isinstance(x, list | tuple) for x in found):
        raise python_error(label, "value-rank")
    if not math.prod(dimensions):
        raise python_error(label, "value-not-number")
    return Listed(dimensions, tuple(python_entry(label, x, number) for x in found))


def own(value: object) -> object:
    """A NumPy number by its shortest decimal in its own width, anything else as it is."""
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if kind == "f":
        return Decimal(str(value))
    return value.item() if kind in "iu" and kind else value  # type: ignore[attr-defined]


def python_entry(label: str, value: object, number: Callable[[str, object], Fraction | None]) -> Any:
    """One entry: a fraction, or a text to be read."""
    if isinstance(value, str):
        found = fraction(value)
        return Text(value, -1) if found is None else found
    found = number(label, value)
    if found is None:
        raise python_error(label, "value-not-number")
    return found


def python_error(label: str, what: str, first: int = 0, other: int = 0) -> Exception:
    """An error of a value that was given from Python."""
    kind = InputError if what == "value-not-number" else ShapeError
    return Source(label, "<values>").error(what, 0, len(label), kind=kind, first=first, other=other)
