"""Every sentence exists in both languages, with the same fields, and every id used in the code has one."""

from __future__ import annotations

import ast
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from symgrad import errors
from tests.helpers import ROOT, source_files

PHRASES = ROOT / "templates" / "phrases"
ROOMS = sorted({path.stem for path in PHRASES.rglob("*.toml")})
ERRORS = {name for name in dir(errors) if name.endswith("Error")}


def phrases(lang: str, room: str) -> dict[str, str]:
    return tomllib.loads((PHRASES / lang / f"{room}.toml").read_text(encoding="utf-8"))


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("room", ROOMS)
def test_both_languages_have_the_same_keys_and_fields(room: str) -> None:
    english, chinese = phrases("en", room), phrases("zh", room)
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        assert fields(text) == fields(chinese[key]), f"{room}.{key}"
        assert text.strip(), f"{room}.{key}"


@pytest.mark.parametrize("room", ROOMS)
def test_chinese_is_chinese(room: str) -> None:
    """A sentence of several words that was never translated would look the same in both files."""
    english, chinese = phrases("en", room), phrases("zh", room)
    same = [key for key, text in english.items() if chinese[key] == text and _has_prose(text)]
    assert not same


def _has_prose(text: str) -> bool:
    bare = "".join(literal for literal, *_ in string.Formatter().parse(text))
    words = [word for word in bare.split() if word.isalpha() and len(word) > 2]
    return len(words) >= 3


def used_ids() -> Iterator[tuple[str, Path, int]]:
    """(id or prefix ending in *, file, line) for every phrase that the code names."""
    for path in source_files("symgrad"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for prefix, argument in _phrase_arguments(node, "cli" in path.parts):
                    if (id := _text(argument)) is not None:
                        yield prefix + id, path, node.lineno


def _phrase_arguments(call: ast.Call, in_cli: bool) -> Iterator[tuple[str, ast.expr]]:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name == "say" and call.args:
        yield "", call.args[0]
    elif name == "words" and in_cli and call.args:
        yield "cli.", call.args[0]
    elif name == "of" and _is_phrase(function) and call.args:
        yield "", call.args[0]
    elif name in ERRORS:
        yield from (("errors.", argument) for argument in call.args[:1])
        yield from (("errors.", k.value) for k in call.keywords if k.arg in ("what", "hint"))
        yield from (("errors.", argument) for argument in call.args[2:3])


def _is_phrase(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and getattr(function.value, "id", "") == "Phrase"


def _text(argument: ast.expr) -> str | None:
    match argument:
        case ast.Constant(value=str(text)):
            return text or None
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]):
            return f"{start}*"
    return None


def test_every_id_that_the_code_names_has_words() -> None:
    known = {f"{room}.{key}" for room in ROOMS for key in phrases("en", room)}
    missing = []
    for id, path, line in used_ids():
        start = id.removesuffix("*")
        found = any(key.startswith(start) for key in known) if id.endswith("*") else id in known
        if not found and "." in id:
            missing.append(f"{path.relative_to(ROOT)}:{line}: {id}")
    assert not missing, "\n".join(missing)


def test_the_scan_sees_ids() -> None:
    """A scan that finds nothing would pass for ever."""
    found = {id for id, _, _ in used_ids()}
    assert {"cli.wrote-example", "errors.cannot-write"} <= found
