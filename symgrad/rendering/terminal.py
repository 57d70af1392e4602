"""Columns on a terminal: widths that count Chinese characters as two."""

from __future__ import annotations

from collections.abc import Iterable

from symgrad.errors import display_width


def pad(text: str, width: int) -> str:
    """The text followed by blanks up to a display width."""
    return text + " " * max(0, width - display_width(text))


def pad_left(text: str, width: int) -> str:
    """The text after blanks up to a display width."""
    return " " * max(0, width - display_width(text)) + text


def widest(texts: Iterable[str]) -> int:
    """The largest display width (0 if there is no text)."""
    return max(map(display_width, texts), default=0)
