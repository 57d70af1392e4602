"""A piece of text and where it stands, so that every error can point at its column."""

from __future__ import annotations

from dataclasses import dataclass

from symgrad.errors import ParseError, SymgradError, Where


@dataclass(frozen=True, slots=True)
class Source:
    """One line, claim or answer: its text, the name of the whole (`nielsen.chain`), where it starts there.

    `line_text` is the whole line for the caret picture where the text is only a part of it.
    """

    text: str
    name: str = "<claim>"
    line: int = 1
    column: int = 1
    line_text: str | None = None

    def where(self, start: int, end: int | None = None) -> Where:
        """The place of offsets start..end; the text may itself hold several lines."""
        start = min(max(start, 0), len(self.text))
        before = self.text[:start]
        line = self.line + before.count("\n")
        column = start - (before.rfind("\n") + 1) + 1
        lines = self.text.split("\n")
        picture = lines[before.count("\n")] if lines else ""
        if line == self.line:
            column += self.column - 1
            if self.line_text is not None:
                picture = self.line_text
            elif self.column > 1:
                picture = " " * (self.column - 1) + picture
        length = max(1, (end if end is not None else start + 1) - start)
        return Where(self.name, line, column, picture, length)

    def error(
        self,
        what: str,
        start: int,
        end: int | None = None,
        *,
        hint: str = "",
        kind: type[SymgradError] = ParseError,
        **fields: object,
    ) -> SymgradError:
        """An error of this text at offsets start..end."""
        return kind(what, self.where(start, end), hint, **fields)
