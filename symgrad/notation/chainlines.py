"""The lines of a chain file, and which of its names are functions, before any formula is read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from symgrad.errors import ParseError, Where
from symgrad.notation import symbols as s
from symgrad.notation.context import Context
from symgrad.notation.reader import MAX_LINE

WORD = re.compile(r"\\?[A-Za-z_]\w*")
LETTERS = re.compile(r"\\?[A-Za-z]+")
FUNCTION_VALUE = re.compile(
    r"\s*\\?(?:(?:text|mathrm|operatorname)\{)?([A-Za-z_]\w*)\}?\s*"
    r"(?:\((\s*\w+\s*=[^(),]*(?:,\s*\w+\s*=[^(),]*)*)\))?\s*$"
)
LAYERED = re.compile(r"([A-Za-z]+)\s*\^\s*\{?[(\[]\s*\w+\s*[)\]]\}?\s*(?:&\s*)?(?==|:\s*(?:vector|matrix))")

FULL_WIDTH = str.maketrans("＝：，；（）＃", "=:,;()#")
"""The signs that give a line its form, as a Chinese keyboard types them; columns stay where they are."""

DECLARED = re.compile(r"\\?([A-Za-z]+).*:\s*(?:vector|matrix)\b")


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its comment."""

    text: str
    indent: int
    number: int
    whole: str


def lines_of(text: str, name: str) -> list[Line]:
    """The lines that say something, without comments; tabs and spaces do not mix."""
    lines: list[Line] = []
    for number, whole in enumerate(text.split("\n"), start=1):
        whole = whole.rstrip("\r")
        if len(whole) > MAX_LINE:
            raise ParseError("too-long", Where(name, number, MAX_LINE, whole[:80]), limit=MAX_LINE)
        said = whole.translate(FULL_WIDTH).split("#", 1)[0].rstrip()
        stripped = said.lstrip(" \t")
        if not stripped:
            continue
        lead = said[: len(said) - len(stripped)]
        if " " in lead and "\t" in lead:
            raise ParseError("tabs-and-spaces", Where(name, number, 1, whole, len(lead)))
        lines.append(Line(stripped, len(lead), number, whole))
    indented = [line for line in lines if line.indent]
    for line in indented:
        if line.whole[0] != indented[0].whole[0]:
            raise ParseError("tabs-and-spaces", Where(name, line.number, 1, line.whole, line.indent))
    return lines


def names_ahead(lines: list[Line], text: str) -> Context:
    """Stems that are defined, and names that stand for functions, so that `a_1(1 - a_1)` is a product."""
    stems: set[str] = set()
    functions: set[str] = set()
    arrays = {match[1] for line in lines if (match := DECLARED.match(line.text))}
    for line in lines:
        first, *rest = line.text.split(None, 1)
        if first == "function" and rest:
            functions.update(declared(rest[0]))
        left, equals, right = line.text.partition("=")
        if not equals or first in ("for", "assume", "parameters"):
            continue
        match = WORD.match(left.strip().lstrip("\\"))
        if match is None:
            continue
        stem = re.split(r"_|\d", match[0])[0]
        bound = function_value(right) and LETTERS.fullmatch(left.strip().rstrip("&").strip())
        (functions if bound else stems).add(stem)
    return Context(
        "chain",
        functions=frozenset(functions - stems),
        bare=frozenset(stems & s.GENERAL_FUNCTIONS),
        layered=frozenset(LAYERED.findall(text)),
        # What is defined beside vectors may be one; whether `z[2]` fits is for the shapes to say.
        arrays=frozenset(arrays | stems) if arrays else frozenset(),
    )


def declared(text: str) -> list[str]:
    """The names behind `function`, without their indices and arguments."""
    return [re.split(r"_|\W+", part.strip())[0] for part in text.split(",") if part.strip()]


def function_value(text: str) -> re.Match[str] | None:
    """`sigmoid`, `leaky_relu(slope=1/5)`: the right side of NAME = FUNCTION."""
    match = FUNCTION_VALUE.match(text)
    if match is None:
        return None
    word = match[1].lower()
    return match if word in s.BUILT_IN or word in s.SYNONYMS else None
