"""Where a command's inputs come from: a chain file or standard input, an answer file, a file of values."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symgrad.errors import FileError, InputError, Where

if TYPE_CHECKING:
    from symgrad.api import Chain


def read_chain(source: str) -> Chain:
    """The chain in a file, or on standard input for `-`."""
    from symgrad.api import Chain

    return Chain.parse(read_text("-"), name="<chain>") if source == "-" else Chain.read(source)


def read_text(source: str, name: str = "<chain>") -> str:
    """The whole UTF-8 text of a file, or of standard input for `-`."""
    if source == "-":
        return decode(sys.stdin.buffer.read(), name)
    try:
        return decode(Path(source).read_bytes(), source)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise FileError("cannot-read", Where(source), path=source, reason=reason) from problem


def decode(data: bytes, name: str) -> str:
    """UTF-8 with or without a byte order mark; anything else is an error that says where."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        column = problem.start - (data.rfind(b"\n", 0, problem.start) + 1) + 1
        raise InputError("not-utf8", Where(name, line, column), path=name) from problem


def read_values(path: Path) -> Mapping[str, Any]:
    """A mapping of names to values from a JSON or YAML file; a decimal in it means its shortest decimal."""
    import yaml

    text = read_text(str(path))
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        where = Where(str(path), mark.line + 1, mark.column + 1) if mark else Where(str(path))
        raise InputError("not-yaml", where, path=str(path)) from problem
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        raise InputError("not-a-mapping", Where(str(path)), path=str(path))
    return found
