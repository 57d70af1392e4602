"""Every exception of symgrad: what is wrong, where (line, column, caret) and what to do about it.

`str(error)` is the whole message in English; `error.message(lang)` is the same in another language.
The words stand in templates/phrases/<lang>/errors.toml, keyed by the `what` id.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

from symgrad.phrases import say


def display_width(text: str) -> int:
    """Terminal columns a text takes: full-width characters count two, combining marks none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a text: its name (`nielsen.chain`, `<claim>`), 1-based line and column, the line itself."""

    name: str
    line: int = 1
    column: int = 1
    source: str = ""
    length: int = 1

    def __str__(self) -> str:
        return f"{self.name}:{self.line}:{self.column}"

    def picture(self) -> str:
        """The source line with a caret under the place; a long line is cut around it."""
        if not self.source:
            return ""
        start, line = self.column - 1, self.source.replace("\t", " ")
        left = max(0, start - 60)
        shown = line[left : start + 100]
        lead, tail = ("…" if left else ""), ("…" if start + 100 < len(line) else "")
        pad = " " * display_width(lead + line[left:start])
        marks = "^" * max(1, min(display_width(line[start : start + self.length]), 100))
        return f"    {lead}{shown}{tail}\n    {pad}{marks}"


class SymgradError(Exception):
    """Base of all: `what` is a phrase id below `errors.`, `hint` another, `fields` fill both."""

    def __init__(self, what: str, where: Where | None = None, hint: str = "", **fields: object) -> None:
        super().__init__(what)
        self.what, self.where, self.hint, self.fields = what, where, hint, fields

    def message(self, lang: str = "en") -> str:
        """`file:line:column: what; hint`, then the source line and a caret."""
        text = say(f"errors.{self.what}", lang, **self.fields)
        if self.hint:
            text += ("；" if lang == "zh" else "; ") + say(f"errors.{self.hint}", lang, **self.fields)
        if self.where is None:
            return text
        picture = self.where.picture()
        return f"{self.where}: {text}" + (f"\n{picture}" if picture else "")

    def named(self, name: str) -> SymgradError:
        """The same error, its place now in the file `name`."""
        if self.where is not None:
            self.where = replace(self.where, name=name)
        return self

    def __str__(self) -> str:
        return self.message()


class InputError(SymgradError, ValueError):
    """The user's input could not be used; exit code 2."""


class ParseError(InputError):
    """A text could not be read as mathematics."""


class UnknownNameError(InputError):
    """A name or function that nothing defines; the hint suggests the nearest."""


class ShapeError(InputError):
    """Sizes that do not fit."""


class MissingValueError(InputError):
    """Values were forgotten; the message holds the line to paste."""


class FileError(InputError, OSError):
    """A file that cannot be read or written."""


class NotSupportedError(InputError):
    """Sound mathematics that this version does not do yet; says what does work."""


class DerivationError(SymgradError):
    """A derivation failed its own independent check: our bug, never the user's."""


class NotDifferentiableError(InputError):
    """No derivative exists there; names the point."""


class CertificateError(SymgradError):
    """A certificate the kernel does not accept; says at which field."""


class MissingExtraError(InputError, ImportError):
    """An optional part is not installed; names the install command."""
