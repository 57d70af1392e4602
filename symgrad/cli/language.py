"""The language of this run: `--lang`, else SYMGRAD_LANG, else the locale."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import click

from symgrad.phrases import LANGUAGES, preferred_language, say


@dataclass(frozen=True, slots=True)
class Run:
    """What holds for a whole run of the command: its language, found before anything is parsed."""

    lang: str


def asked_language(arguments: Sequence[str]) -> str:
    """The language these arguments ask for, even if the rest of them is wrong.

    >>> asked_language(["derive", "--lang", "zh", "--oops"])
    'zh'
    """
    for position, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name == "--lang":
            value = value or "".join(arguments[position + 1 : position + 2])
            if value in LANGUAGES:
                return value
    return preferred_language()


def language(context: click.Context | None = None) -> str:
    """The language of the running command."""
    context = context or click.get_current_context(silent=True)
    run = context.find_object(Run) if context else None
    lang = run.lang if run else asked_language(sys.argv[1:])
    to_file = context is not None and context.params.get("output") is not None
    return lang if to_file or showable(lang) else "en"


def showable(lang: str) -> bool:
    """Whether the terminal can show a language at all; a line of question marks helps nobody."""
    try:
        {"zh": "中"}.get(lang, "").encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def words(key: str, /, **fields: object) -> str:
    """A phrase of the command line's own room in the language of this run."""
    return say(f"cli.{key}", language(), None, **fields)
