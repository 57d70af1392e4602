"""Reading the user's files: UTF-8, or one clear error."""

from __future__ import annotations

from pathlib import Path

from symgrad.errors import FileError, InputError, Where


def read_utf8(path: str | Path) -> str:
    """The text of a UTF-8 file, with or without a byte order mark.

    Raises:
        FileError: it is missing or may not be read. InputError: it is not UTF-8; says where.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise FileError("cannot-read", Where(str(path)), path=str(path), reason=reason) from problem
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        column = problem.start - (data.rfind(b"\n", 0, problem.start) + 1) + 1
        raise InputError("not-utf8", Where(str(path), line, column), path=str(path)) from problem
