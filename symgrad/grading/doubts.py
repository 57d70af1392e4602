"""Readings that take something for granted: asked about, unless the answer is right under them."""

from __future__ import annotations

import re
from collections.abc import Callable

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
    for find in FINDERS:
        if (place := find(source.text)) is not None:
            return source.error("doubt-lines", place, place + 1)
    return None


def joined_lines(text: str) -> int | None:
    """Where a second line without a relation may be a second answer."""
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        following = next((later for later in text[end:].split("\n") if later.strip()), "")
        if line.strip() and following and separate(text[:end], line, following):
            return end + text[end:].index(following) + len(following) - len(following.lstrip())
        start = end + 1
    return None


def separate(before: str, line: str, following: str) -> bool:
    """Whether nothing says that the following line goes on with this one."""
    if CARRIES_ON.search(line) or GOES_ON.match(following) or RELATION.search(following):
        return False
    opened = sum(before.count(sign) for sign in "([{") - sum(before.count(sign) for sign in ")]}")
    return opened <= 0 and before.count("\\begin") == before.count("\\end") and before.count("$$") % 2 == 0


FINDERS: tuple[Callable[[str], int | None], ...] = (joined_lines,)
