"""Readings that take something for granted: asked about, unless the answer is right under them."""

from __future__ import annotations

import re

from symgrad.errors import SymgradError
from symgrad.grading.question import Question
from symgrad.notation.source import Source

SCIENTIFIC = re.compile(r"(?<![\w.\\])(?:\d+\.?\d*|\.\d+)[eE][-+]?\d+(?![\w.])")
NUMBERED = re.compile(r"\s*\(\s*(?:[2-9]|1\d)\s*\)\s+(?=[\\A-Za-zα-ω(])")
CARRIES_ON = re.compile(r"(?:[-+*/=·×,;(\[{^_&−]|\\\\|\\(?:cdot|times|left|frac|[,;:! ]|q?quad))\s*$")
GOES_ON = re.compile(r"\s*(?:[-+*/=·×)\]}^_&,;−]|\\(?:cdot|times|right|end|\\|tag|label|q?quad))")
RELATION = re.compile(r"[=≤≥<>＝≔←]")


def doubt(question: Question, source: Source) -> SymgradError | None:
    """What to ask the student, or None where the text has one reading."""
    if not question.numeric and (match := SCIENTIFIC.search(source.text)):
        return source.error("doubt-scientific", match.start(), match.end(), text=match[0])
    if match := NUMBERED.match(source.text):
        return source.error("doubt-numbering", match.start(), match.end(), text=match[0].strip())
    if (place := joined_lines(source.text)) is not None:
        return source.error("doubt-lines", place, place + 1)
    return None


def joined_lines(text: str) -> int | None:
    """Where a second line without a relation may be a second answer."""
    opened = inside = place = 0
    before = ""
    for line in text.split("\n"):
        if line.strip():
            if before and opened <= 0 and inside == 0 and separate(before, line):
                return place + len(line) - len(line.lstrip())
            opened += sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))
            inside += line.count("\\begin") - line.count("\\end")
            inside ^= (line.count("$$") % 2) << 8
            before = line
        place += len(line) + 1
    return None


def separate(line: str, following: str) -> bool:
    """Whether nothing says that the following line goes on with this one."""
    return not (CARRIES_ON.search(line) or GOES_ON.match(following) or RELATION.search(following))
