"""Phrases into sentences: words from the phrase files, mathematics from the format's style."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from symgrad.notation.tree import Name
from symgrad.phrases import say
from symgrad.rendering.styles import Style
from symgrad.values.phrase import Field, Phrase

_OPEN, _CLOSE = "\x01", "\x02"  # in every encoding, in no text
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")


@dataclass(frozen=True, slots=True)
class Wording:
    """A language, a format's style and the user's own phrase folder: all it takes to say something."""

    lang: str
    style: Style
    folder: Path | None = None

    def say(self, phrase: Phrase) -> str:
        """The sentence of a phrase, mathematics set in this format, words escaped for it."""
        return self._fill(phrase.id, dict(phrase.fields))

    def word(self, id: str, /, **fields: Field) -> str:
        """The words of `documents.<id>`: headings, table heads, verdicts."""
        return self._fill(f"documents.{id}", fields)

    def join(self, texts: Iterable[str], separator: str) -> str:
        """Sentences or clauses in a row; in Markdown a formula never touches a full-width separator."""
        out = ""
        for text in texts:
            if out and self.style.name == "markdown" and self.lang == "zh":
                before = " " if out.endswith("$") and separator else ""
                after = " " if text.startswith("$") else ""
                out += f"{before}{separator}{after}{text}"
            else:
                out += f"{separator}{text}" if out else text
        return out

    def list(self, items: Iterable[str]) -> str:
        """`a, b` or `a、b`."""
        return ("、" if self.lang == "zh" else ", ").join(items)

    def objective(self, name: Name) -> str:
        """What a lecturer calls an objective of that letter: C is a cost, L a loss."""
        kind = {"C": "cost", "J": "cost", "L": "loss", "E": "error"}.get(name.stem, "other")
        return say(f"documents.objective-{kind}", self.lang, self.folder)

    def _fill(self, id: str, fields: Mapping[str, Field]) -> str:
        # Words are escaped before the fields go in: what a style has written must not be escaped again.
        if isinstance(node := fields.get("node"), Name):
            fields = {**fields, "called": self.objective(node)}
        texts = [self._named(key, value) for key, value in fields.items()]
        marks = {key: f"{_OPEN}{i}{_CLOSE}" for i, key in enumerate(fields)}
        words = self.style.words(say(id, self.lang, self.folder, **marks))
        strict = self.style.name == "markdown"
        return _MARK.sub(lambda m: _spaced(words, m, texts[int(m.group(1))], strict), words)

    def _named(self, key: str, value: Field) -> str:
        """A field by what its name promises: `path` is names with arrows, `count` a number as a word."""
        if key == "path":
            return self.path(value)
        if key == "count" and isinstance(value, int) and 1 <= value <= 10:
            return say(f"documents.count-{value}", self.lang, self.folder)
        return self.field(value)

    def path(self, value: Field) -> str:
        """Names in a row with arrows between them; the middle of a long row left out."""
        names = value if isinstance(value, tuple) else ()
        tex = self.style.name in ("markdown", "latex")
        arrow, dots = (r" \to ", r"\cdots") if tex else (" → ", "…")
        long = len(names) > 14
        texts = [self.style.math(name) for name in ((*names[:7], *names[-4:]) if long else names)]
        if long:
            texts.insert(7, dots)
        joined = arrow.join(texts)
        return f"${joined}$" if tex else self.style.words(joined)

    def field(self, value: Field) -> str:
        """One field: mathematics by the style, a tuple as a list, text escaped."""
        if isinstance(value, tuple):
            return self.style.inlines(value, "、" if self.lang == "zh" else ", ")
        if isinstance(value, str):
            return self.style.words(value)
        if isinstance(value, int):
            return str(value)
        return self.style.inline(value)


def _spaced(words: str, mark: re.Match[str], text: str, strict: bool) -> str:
    """A field with a blank towards Chinese characters; `strict`: a formula also towards any wide sign.

    Some Markdown viewers see a formula only where a blank or ASCII punctuation bounds it.
    """
    before, after = words[: mark.start()][-1:], words[mark.end() :][:1]
    wide = (lambda c: c > "\x7f") if strict and text.startswith("$") else _ideograph
    lead = " " if before not in ("", _CLOSE) and wide(before) and not _ideograph(text[:1]) else ""
    tail = " " if after not in ("", _OPEN) and wide(after) and not _ideograph(text[-1:]) else ""
    return lead + text + tail


def _ideograph(character: str) -> bool:
    return bool(character) and unicodedata.category(character) == "Lo"
