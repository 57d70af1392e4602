"""Words by id: every sentence a person reads stands in templates/phrases/<lang>/<room>.toml.

Floor 0: a room names a sentence (`errors.unknown-name`) and its fields; this module finds the words.
It knows neither mathematics nor formats: fields arrive as finished text.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

LANGUAGES = ("en", "zh")


class PhraseFileError(ValueError):
    """A phrase file of the user's own that is no TOML; floor 0 has no place to point at but the file."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


@cache
def data_root(kind: str) -> Path:
    """The folder `templates` or `examples`: inside the installed package, else beside it in a checkout."""
    package = Path(str(files("symgrad")))
    for folder in (package / kind, package.parent / kind):
        if (folder / "base").is_dir() or (folder / "nielsen.chain").is_file():
            return folder
    raise FileNotFoundError(
        f"symgrad's `{kind}` folder is neither in {package} nor beside it; reinstall symgrad"
    )


@cache
def catalogue(lang: str, room: str, folder: Path | None = None) -> Mapping[str, str]:
    """All phrases of one room in one language; `folder` is a user's own template folder, put in front."""
    phrases: dict[str, str] = {}
    for root in (data_root("templates"), folder):
        if root is not None and (path := root / "phrases" / lang / f"{room}.toml").is_file():
            try:
                phrases.update(tomllib.loads(path.read_text(encoding="utf-8")))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
                raise PhraseFileError(str(path), str(problem)) from problem
    return phrases


def say(phrase: str, lang: str = "en", folder: Path | None = None, /, **fields: object) -> str:
    """The words of `room.key` in a language, its `{fields}` filled in; a missing phrase is our bug."""
    room, _, key = phrase.partition(".")
    words = catalogue(lang, room, folder).get(key)
    if words is None:
        raise KeyError(f"no phrase {phrase!r} in language {lang!r}")
    return words.format_map(fields)


def preferred_language(environment: Mapping[str, str] = os.environ) -> str:
    """SYMGRAD_LANG, else the locale's language where we have it, else English."""
    for variable in ("SYMGRAD_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(variable, "")[:2].lower()
        if value in LANGUAGES:
            return value
        if value and variable in ("SYMGRAD_LANG", "LC_ALL"):
            break
    return "en"
