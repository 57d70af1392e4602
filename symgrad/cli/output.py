"""Everything the commands print goes through here: to the terminal, glyph by glyph, or whole into a file."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TextIO

from symgrad.errors import FileError, Where


class PipeClosed(Exception):
    """Whoever reads our output went away (`| head`); not an OSError, which click would end with code 1."""


def encoding_of(target: Path | None) -> str:
    """The encoding that text for this target will be written in (None is the terminal)."""
    return "utf-8" if target is not None else stream_encoding(sys.stdout)


def stream_encoding(stream: TextIO) -> str:
    """A stream's encoding; a stream that does not say takes anything."""
    return getattr(stream, "encoding", None) or "utf-8"


def emit(text: str, target: Path | None = None) -> None:
    """Print a text with a final line break, or write it into the file `target`."""
    text = text.rstrip("\n") + "\n"
    if target is None:
        show(text)
    else:
        write_file(target, text)


def show(text: str, stream: TextIO | None = None) -> None:
    """Write to a terminal stream; glyphs its encoding lacks are spelled another way, one by one."""
    stream = stream or sys.stdout
    try:
        stream.write(fit(text, stream_encoding(stream)))
        stream.flush()
    except BrokenPipeError:
        raise PipeClosed from None


def fit(text: str, encoding: str) -> str:
    """The text with every glyph that the encoding lacks replaced.

    >>> fit("b = 1", "ascii")
    'b = 1'
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        from symgrad.notation.writers.encodings import encodable

        text = encodable(text, encoding)
    return text.encode(encoding, "replace").decode(encoding)


READ: set[str] = set()
"""The files this run has read: none of them may be written over."""


def remember(source: str) -> None:
    """Note that a file of the person's own was read."""
    READ.add(os.path.realpath(source))


def write_file(path: Path, text: str) -> None:
    """Write a UTF-8 file by way of a temporary one beside it, so that nothing is ever half-written.

    Raises:
        FileError: it cannot be written, or it is what this run has read from.
    """
    if os.path.realpath(path) in READ:
        raise FileError("output-is-input", Where(str(path)), path=str(path))
    try:
        target = Path(os.path.realpath(path))
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8", newline="\n")
            return
        replace_file(target, text.encode("utf-8", "replace"))
    except OSError as problem:
        where = Where(str(path))
        raise FileError(
            "cannot-write", where, path=str(path), reason=problem.strerror or str(problem)
        ) from problem


def replace_file(target: Path, data: bytes) -> None:
    """Put `data` at `target` in one step, keeping the permissions a file there already had."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with open(draft, "xb") as file:
            file.write(data)
        if target.exists():
            os.chmod(draft, target.stat().st_mode & 0o7777)
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
