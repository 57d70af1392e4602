"""Where a command's inputs come from: a chain file or standard input, an answer file, a file of values."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symgrad.cli.output import remember
from symgrad.errors import InputError, Where

if TYPE_CHECKING:
    from symgrad.api import Chain


def read_chain(source: str, swap: Mapping[str, str] | None = None, depth: int | None = None) -> Chain:
    """The chain in a file, or on standard input for `-`; with functions swapped and at another depth."""
    from symgrad.api import Chain

    if source != "-":
        remember(source)
    chain = Chain.parse(read_text("-"), name="<chain>") if source == "-" else Chain.read(source)
    return chain.vary(functions=swap, depth=depth) if swap or depth is not None else chain


def read_text(source: str, name: str = "<chain>") -> str:
    """The whole UTF-8 text of a file, or of standard input for `-`."""
    from symgrad.api.files import read_utf8

    if source != "-":
        remember(source)
        return read_utf8(source)
    data = sys.stdin.buffer.read()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        where = Where(name, data.count(b"\n", 0, problem.start) + 1)
        raise InputError("not-utf8", where, path=name) from problem


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
